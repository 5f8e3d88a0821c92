"""The doctor's checks and its report."""

import json
import sys
from importlib.metadata import metadata
from pathlib import Path

import pytest

from console.commands import checks
from console.commands.checks import (
    Check,
    Verdict,
    check_folder,
    check_gpu,
    check_import,
    check_microphones,
    check_models,
    check_profiles,
    check_providers,
    check_python,
    check_runtime,
    check_virtual_cameras,
    check_virtual_microphone,
    installed,
    provider_checks,
)
from console.commands.doctor import report
from pipeline.audio.devices.inputs import Input
from pipeline.inference.providers import NO_DRIVER
from pipeline.inference.store import ModelStore
from pipeline.machine import GpuReading
from pipeline.video.devices.listing import VirtualCameraInfo
from profiles.store import ProfileStore
from tests.console.conftest import put_profile
from tests.profiles.conftest import GOOD


def test_exactly_one_onnx_runtime_is_good() -> None:
    assert check_runtime({"onnxruntime-gpu": "1.31"}).verdict is Verdict.OK
    assert check_runtime({}).verdict is Verdict.BAD
    both = check_runtime({"onnxruntime": "1.31", "onnxruntime-gpu": "1.31"})
    assert both.verdict is Verdict.BAD
    assert "break each other" in both.text


def test_this_environment_has_exactly_one_onnx_runtime() -> None:
    assert len(installed(("onnxruntime", "onnxruntime-gpu"))) == 1


@pytest.mark.parametrize(("got", "verdict"), [((3, 10), "bad"), ((3, 11), "ok"), ((3, 13), "ok"), ((3, 14), "bad")])
def test_the_python_version(got: tuple[int, int], verdict: str) -> None:
    assert check_python(got).verdict == verdict


def test_a_package_that_does_not_load_is_bad_or_a_note() -> None:
    check = check_import("Sound", "import no_such_package_at_all", "install it")
    assert (check.verdict, check.cure) == (Verdict.BAD, "install it")
    assert "no_such_package_at_all" in check.text
    assert check_import("Sound", "raise OSError('gone')", "install it", needed=False).verdict is Verdict.NOTE
    assert check_import("Fine", "import json", "").verdict is Verdict.OK


def test_providers_are_tried_and_the_cpu_works() -> None:
    checks = list(check_providers())
    assert any("the CPU works" in check.text and check.verdict is Verdict.OK for check in checks)
    assert all(check.verdict is not Verdict.BAD for check in checks)


LOST = "its libraries don't load: libcublasLt.so.13: cannot open shared object file"


def test_a_missing_library_is_named_with_its_cure_and_where_models_run_then() -> None:
    problems = {"CUDAExecutionProvider": LOST, "CPUExecutionProvider": ""}
    cuda, cpu, models = provider_checks(problems, has_gpu=True)
    assert (cuda.verdict, cuda.cure) == (Verdict.NOTE, 'pip install "onnxruntime-gpu[cuda,cudnn]"')
    assert "libcublasLt.so.13" in cuda.text
    assert cpu.text == "the CPU works"
    assert models.text.startswith("run on the CPU, because CUDA can't be used: its libraries don't load: libcublasLt")
    cuda, *_ = provider_checks(problems, has_gpu=False)
    assert cuda.cure.startswith("an NVIDIA GPU and its driver come first; then pip install")


def test_what_several_providers_lack_is_told_once() -> None:
    problems = {"TensorrtExecutionProvider": NO_DRIVER, "CUDAExecutionProvider": NO_DRIVER, "CPUExecutionProvider": ""}
    devices, _, models = provider_checks(problems, has_gpu=False)
    assert devices.text == f"TensorRT and CUDA can't be used: {NO_DRIVER}"
    assert devices.cure.startswith("an NVIDIA GPU and its driver come first")
    assert models.text == "run on the CPU, because CUDA can't be used"


def test_microphones_are_counted_and_the_usual_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Input("usb", "USB microphone", "USB microphone"), Input("headset", "Headset", "Headset")]
    monkeypatch.setattr(checks, "list_inputs", lambda: tuple(found))
    monkeypatch.setattr(checks, "usual_microphone", lambda: "Headset")
    monkeypatch.setattr(checks, "usual_is_monitor", lambda: False)
    assert check_microphones() == Check("Microphones", Verdict.OK, "2 found, auto is Headset")
    found.clear()
    none = check_microphones()
    assert (none.verdict, none.text) == (Verdict.NOTE, "none found")
    assert "--microphone demo" in none.cure


def test_what_an_output_plays_is_no_microphone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "list_inputs", lambda: [Input("x.monitor", "Monitor of X", "Monitor of X")])
    monkeypatch.setattr(checks, "usual_microphone", lambda: "Monitor of X")
    monkeypatch.setattr(checks, "usual_is_monitor", lambda: True)
    check = check_microphones()
    assert (check.verdict, "Monitor of X, which is no microphone" in check.text) == (Verdict.NOTE, True)
    assert "--microphone" in check.cure


def test_a_virtual_microphone_that_was_left_behind_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "left_microphones", lambda: ("understudy_microphone",))
    check = check_virtual_microphone()
    assert check.verdict is Verdict.NOTE
    assert "left understudy_microphone behind" in check.text


def test_every_text_of_the_report_begins_in_the_same_column(capsys: pytest.CaptureFixture[str]) -> None:
    report([Check("Log", Verdict.OK, "text"), Check("Virtual microphone", Verdict.NOTE, "text", "text")], as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert {line.index("text") for line in lines[:2]} == {21}
    assert lines[2].index("→") == 21


def test_the_extras_that_the_cure_names_exist() -> None:
    """Builds for computers without a GPU have none."""
    if "onnxruntime-gpu" in installed(("onnxruntime-gpu",)):
        assert {"cuda", "cudnn"} <= set(metadata("onnxruntime-gpu").get_all("Provides-Extra") or ())


def test_every_gpu_is_told_as_far_as_its_driver_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = GpuReading("Accelerator", 42.0, 2048.0, 16384.0, "999.1", 61.0, 120.0)
    monkeypatch.setattr(checks.Machine, "gpus", lambda machine: (whole, GpuReading("Part of one", driver="999.1")))
    check = check_gpu()
    assert check.verdict is Verdict.OK
    assert check.text == ("Accelerator, driver 999.1, 2048 of 16384 MB in use, load 42 %; Part of one, driver 999.1")


def test_a_gpu_that_works_and_a_build_without_one() -> None:
    *_, models = provider_checks({"CUDAExecutionProvider": "", "CPUExecutionProvider": ""}, has_gpu=True)
    assert (models.verdict, models.text) == (Verdict.OK, "run on the GPU by CUDA; --device tells otherwise")
    *_, models = provider_checks({"CPUExecutionProvider": ""}, has_gpu=True)
    assert "was built without it" in models.text


def test_missing_networks_come_with_their_cure(tmp_path: Path) -> None:
    check = check_models(ModelStore(tmp_path))
    assert (check.verdict, check.cure) == (Verdict.NOTE, "understudy models pull")


def test_no_virtual_camera_comes_with_the_line_that_makes_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.commands.checks.list_virtual_cameras", tuple)
    monkeypatch.setattr("sys.platform", "linux")
    assert check_virtual_cameras().cure.startswith("sudo modprobe v4l2loopback")


def test_a_virtual_camera_in_use_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = VirtualCameraInfo("Understudy", "/dev/video10", writable=False)
    monkeypatch.setattr("console.commands.checks.list_virtual_cameras", lambda: (busy,))
    assert "in use" in check_virtual_cameras().text


def test_broken_profiles_are_named(tmp_path: Path) -> None:
    (tmp_path / "ill").mkdir()
    check = check_profiles(ProfileStore((tmp_path,)))
    assert check.verdict is Verdict.NOTE
    assert "ill" in check.text


def test_models_that_nobody_tried_and_pictures_that_are_none_are_not_called_fit(home: Path) -> None:
    store = ProfileStore((home / "profiles",))
    folder = put_profile(home, "ada", GOOD.replace("[face]", '[dfm]\nmodel = "a.dfm"\n\n[face]\nengine = "dfm"'))
    (folder / "a.dfm").touch()
    put_profile(home, "eve")
    check = check_profiles(store)
    assert check.text == "1 can go on air; with models of their own: ada"
    assert check.cure == "understudy profiles check ada"
    (folder / "portrait.png").write_bytes(b"no picture")
    assert check_profiles(store).text == "ada can't be used"


@pytest.mark.skipif(sys.platform == "win32", reason="no such names on Windows")
@pytest.mark.parametrize("as_json", [False, True])
def test_the_name_of_a_broken_profile_can_not_steer_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    (tmp_path / "ill\x1b[2J\nwill").mkdir()
    report([check_profiles(ProfileStore((tmp_path,)))], as_json=as_json)
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert (r"ill\u001b[2J\nwill" if as_json else r"ill\x1b[2J\nwill") in told


def test_a_folder_that_is_not_there_yet_counts_as_its_parent(tmp_path: Path) -> None:
    assert check_folder("Cache", tmp_path / "a" / "b").verdict is Verdict.OK


CHECKS = (Check("One", Verdict.OK, "fine"), Check("Two", Verdict.NOTE, "less", "get more"))


def test_the_report_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(CHECKS, as_json=False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["✓", "–", "→"]
    assert lines[2].endswith("→ get more")


def test_the_report_for_scripts_and_its_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert report((*CHECKS, Check("Three", Verdict.BAD, "broken")), as_json=True) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert told["checks"][1] == {"name": "Two", "verdict": "note", "text": "less", "cure": "get more"}
