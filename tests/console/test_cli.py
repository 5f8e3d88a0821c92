"""The command line from outside: exit status, what goes to which output, and what each command says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from console.commands import devices, models
from console.commands.options import SIDES
from pipeline.inference.catalogue import Catalogue
from pipeline.inference.store import ModelStore
from pipeline.video.devices.listing import CameraInfo, VirtualCameraInfo
from pipeline.video.devices.settings import SourceSettings
from tests.console.conftest import Run, put_profile
from tests.profiles.conftest import GOOD

COMMANDS = [
    [],
    ["run"],
    ["render"],
    ["bench"],
    ["bench", "video"],
    ["doctor"],
    ["devices"],
    ["logs"],
    ["models"],
    *(["models", name] for name in ("pull", "list", "verify")),
    ["profiles"],
    *(["profiles", name] for name in ("list", "show", "new", "check", "export", "import")),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(run: Run, command: list[str]) -> None:
    status, output, errors = run(*command, "--help")
    assert (status, errors) == (0, "")
    assert "Usage: understudy" in output


def test_the_options_of_the_contract_are_there(run: Run) -> None:
    _, output, _ = run("run", "--help")
    names = ("profile", "camera", "virtual-camera", "size", "fps", "pace", "seconds", "switch-at", "stats", "headless")
    assert [name for name in names if f"--{name}" not in output] == []


def test_help_is_quick_and_loads_no_heavy_library() -> None:
    code = (
        "import sys; from console.cli import main; main(['--help']); "
        "print(sorted({'cv2', 'textual', 'numpy', 'av', 'onnxruntime'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["run", "--bogus"],
        ["run", "--headless", "--size", "big"],
        ["run", "--headless", "--size", "0x10"],
        ["run", "--headless", "--size", "99999x99999"],
        ["bench", "video", "--size", "63x64"],
        ["run", "--headless", "--fps", "0"],
        ["run", "--headless", "--rotate", "45"],
        ["run", "--headless", "--switch-at", "ines"],
        ["run", "--headless", "--switch-at", "-1:ines"],
        ["run", "--headless", "--switch-at", "nan:ines"],
        ["run", "--headless", "--pace", "fast"],
        ["run", "--seconds", "3"],
        ["--camera", "demo", "run", "--headless"],
        ["render", "only-one.mp4"],
        ["profiles", "new", "x"],
        ["profiles", "new", "x", "--portrait", "p.png", "--kind", "robot"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_status_2_and_one_line(run: Run, arguments: list[str]) -> None:
    status, output, errors = run(*arguments)
    assert (status, output) == (2, "")
    assert len(errors.splitlines()) == 1


def test_every_size_that_the_command_line_takes_is_taken_by_a_source() -> None:
    for side in SIDES:
        assert SourceSettings(size=(side, side)).size == (side, side)


def test_the_version(run: Run) -> None:
    status, output, _ = run("--version")
    assert status == 0
    assert output.startswith("understudy 0.")


def test_the_console_without_a_terminal_is_refused_with_the_cure(run: Run) -> None:
    status, _, errors = run()
    assert status == 1
    assert "run --headless" in errors


def test_an_unknown_profile_is_status_1_and_named(run: Run, home: Path) -> None:
    put_profile(home, "mona")
    status, output, errors = run("run", "--headless", "--profile", "mono", "--camera", "demo")
    assert (status, output) == (1, "")
    assert errors == "There is no profile called mono; did you mean mona?\n"


def test_a_broken_profile_tells_every_problem_on_a_line(run: Run, home: Path) -> None:
    folder = put_profile(home, "own", GOOD.replace("1.1", "9.0").replace("room.jpg", "beach.jpg"))
    status, _, errors = run("run", "--headless", "--profile", "own")
    assert status == 1
    assert [line.split(": ")[0] for line in errors.splitlines()] == [
        f"{folder / 'profile.toml'}, background.path",
        f"{folder / 'profile.toml'}, face.size",
    ]


def test_figures_into_nowhere_are_refused_before_the_start(run: Run, home: Path) -> None:
    put_profile(home)
    status, _, errors = run("run", "--headless", "--profile", "own", "--stats", home / "no" / "s.json")
    assert status == 1
    assert "no such folder" in errors


def test_what_nobody_foresaw_is_one_sentence_and_a_traceback_in_the_log(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(store: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("profiles.store.ProfileStore.list", explode)
    status, _, errors = run("profiles", "list")
    assert status == 1
    assert "ZeroDivisionError: a bug" in errors
    assert "Traceback" not in errors
    _, log, _ = run("logs")
    assert "Traceback" in log


class TestModels:
    """`understudy models`, without a registry."""

    def test_list_says_what_is_absent(self, run: Run) -> None:
        rows = json.loads(run("models", "list", "--json")[1])
        assert {"face-detection", "face-landmarks"} <= {row["name"] for row in rows}
        assert all("missing" in row["problem"] and row["licence"] in ("Apache-2.0", "MIT") for row in rows)
        assert run("models", "list")[1].count(" absent ") == len(rows)

    def test_verify_fails_and_says_the_cure(self, run: Run) -> None:
        status, _, errors = run("models", "verify")
        assert status == 1
        assert all("understudy models pull" in line for line in errors.splitlines())

    def test_pull_from_an_empty_folder_says_what_it_lacks(self, run: Run, home: Path) -> None:
        status, _, errors = run("models", "pull", "--from", home)
        assert status == 1
        assert "face_landmark.tflite" in errors

    def test_a_folder_that_is_of_no_use_is_told_though_nothing_is_missing(
        self, run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(models, "ModelStore", lambda: ModelStore(catalogue=Catalogue(sources={}, models=())))
        status, output, errors = run("models", "pull", "--from", home)
        assert (status, output.count("All networks are in")) == (0, 1)
        assert errors == f"Nothing was taken from {home}, which holds none of the networks.\n"
        status, output, errors = run("models", "pull", "--from", home / "nowhere")
        assert (status, output) == (1, "")
        assert f"no folder {home / 'nowhere'}" in errors

    def test_what_is_fetched_on_the_way_is_told_with_the_reason(
        self, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        store = ModelStore()
        store.folder.mkdir(parents=True)
        damaged, missing, *_ = (entry for entry in store.entries() if entry.required)
        (store.folder / damaged.file).write_bytes(b"not a network")
        monkeypatch.setattr(models, "pull_with_bar", lambda store, names: None)
        models.ready_models()
        told = capsys.readouterr().err
        assert len(told.splitlines()) == 1
        assert f"{damaged.name} (damaged), {missing.name} (absent)" in told
        monkeypatch.setattr(ModelStore, "missing", lambda store: ())
        models.ready_models()
        assert capsys.readouterr().err == ""

    def test_a_wrong_file_names_file_wanted_and_got(self, run: Run, home: Path) -> None:
        stick = home / "stick"
        stick.mkdir()
        for entry in ModelStore().entries():
            (stick / entry.file).write_bytes(b"not a network")
        status, _, errors = run("models", "pull", "--from", stick)
        assert status == 1
        assert f"{stick}/" in errors
        assert "wanted" in errors
        assert "got" in errors


class TestLogs:
    """`understudy logs`."""

    def test_no_log_yet(self, run: Run) -> None:
        status, output, errors = run("logs")
        assert (status, output) == (0, "")
        assert "no log yet" in errors

    def test_lines(self, run: Run, home: Path) -> None:
        from console.logs import log_file

        log_file().parent.mkdir(parents=True)
        log_file().write_text("".join(f"line {number}\n" for number in range(200)))
        assert run("logs", "--lines", "2")[1] == "line 198\nline 199\n"
        assert len(run("logs")[1].splitlines()) == 50


def test_devices_are_listed_for_people_and_scripts(run: Run) -> None:
    assert set(json.loads(run("devices", "--json")[1])) == {"cameras", "virtual_cameras", "sound", "sound_server"}
    assert "Virtual cameras" in run("devices")[1]
    assert "Microphones" in run("devices")[1]


def test_the_name_of_a_camera_cannot_steer_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    camera = CameraInfo(0, "Desk\x1b[2J camera", "/dev/video0")
    monkeypatch.setattr(devices, "list_cameras", lambda: (camera,))
    monkeypatch.setattr(
        devices, "list_virtual_cameras", lambda: (VirtualCameraInfo("Out\x9b2J", "/dev/video9", writable=True),)
    )
    told = run("devices")[1] + run("devices", "--json")[1]
    assert {"\x1b", "\x9b"} & set(told) == set()
    assert r"Desk\x1b[2J camera" in told


def test_a_reader_that_goes_away_is_no_traceback(home: Path) -> None:
    command = f"{sys.executable} -m console profiles list --json | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert "Traceback" not in done.stderr
