"""What `understudy doctor` looks at, one function for each part of the computer."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType

from console.commands.targets.checking import looked_at
from console.logs import log_file
from pipeline.audio.devices.inputs import list_inputs
from pipeline.audio.devices.listing import VIRTUAL_MICROPHONE_CURES
from pipeline.audio.devices.opening import (
    can_have_virtual_microphone,
    left_microphones,
    usual_is_monitor,
    usual_microphone,
)
from pipeline.errors import DeviceError
from pipeline.inference.apart.child import NoAnswerError, answer_of
from pipeline.inference.store import ModelStore
from pipeline.machine import GpuReading, Machine
from pipeline.video.devices.listing import list_cameras, list_virtual_cameras, virtual_camera_cure
from profiles.store import ProfileStore, user_folder

PROBE_LIMIT_S = 60.0
MIN_FREE_BYTES = 1_000_000_000
CPU, CUDA, TENSORRT = "CPUExecutionProvider", "CUDAExecutionProvider", "TensorrtExecutionProvider"
PROVIDERS: Mapping[str, str] = MappingProxyType({CPU: "the CPU", CUDA: "CUDA", TENSORRT: "TensorRT"})
PROVIDER_CURES: Mapping[str, str] = MappingProxyType(
    {
        CUDA: 'pip install "onnxruntime-gpu[cuda,cudnn]"',
        TENSORRT: 'pip install "onnxruntime-gpu[cuda,cudnn]", and install TensorRT 10 so that the loader finds it',
    }
)
RUNTIMES = ("onnxruntime", "onnxruntime-gpu")
OLDEST, NEWEST = (3, 11), (3, 13)


class Verdict(StrEnum):
    """How a check came out."""

    OK = "ok"
    NOTE = "note"
    """Works without, or with less."""
    BAD = "bad"
    """Has to be put right."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor's report."""

    name: str
    verdict: Verdict
    text: str
    cure: str = ""


def all_checks(models: ModelStore, profiles: ProfileStore) -> Iterator[Check]:
    """Every check in the order of the report, each made when it is asked for."""
    yield check_python(sys.version_info[:2])
    yield check_runtime(installed(RUNTIMES))
    yield check_import("Pictures", "import cv2, av, pyvirtualcam", "apt-get install libgl1 libglib2.0-0")
    yield check_import("Small networks", "import ai_edge_litert.interpreter", "make setup")
    yield check_import("Sound", "import sounddevice", "apt-get install libportaudio2", needed=False)
    yield check_microphones()
    yield check_virtual_microphone()
    yield check_models(models)
    yield check_gpu()
    yield from check_providers()
    yield check_cameras()
    yield check_virtual_cameras()
    yield check_profiles(profiles)
    for name, folder in (("Cache", models.folder), ("Profiles folder", user_folder()), ("Log", log_file().parent)):
        yield check_folder(name, folder)


def check_python(got: tuple[int, ...]) -> Check:
    """The interpreter and the system."""
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    if OLDEST <= got <= NEWEST:
        return Check("Python", Verdict.OK, text)
    return Check("Python", Verdict.BAD, text, "install Python 3.11, 3.12 or 3.13 and run make setup")


def installed(names: tuple[str, ...]) -> dict[str, str]:
    """Versions of those packages that are installed."""
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def check_runtime(found: dict[str, str]) -> Check:
    """Exactly one of the two packages of ONNX Runtime: together they break each other without a word."""
    text = ", ".join(f"{name} {number}" for name, number in found.items()) or "no ONNX Runtime"
    if len(found) == 1:
        return Check("ONNX Runtime", Verdict.OK, text)
    cure = "make setup"
    if found:
        text += " are both installed and break each other"
        cure = "pip uninstall both, then make setup"
    return Check("ONNX Runtime", Verdict.BAD, text, cure)


def check_import(name: str, statement: str, cure: str, *, needed: bool = True) -> Check:
    """Whether some packages load with their native libraries, tried in a process of its own."""
    code, output, complaint = _probe("-c", statement)
    if code == 0:
        return Check(name, Verdict.OK, statement.removeprefix("import ") + " load")
    reason = (complaint.strip().splitlines() or [output.strip() or "no reason given"])[-1]
    return Check(name, Verdict.BAD if needed else Verdict.NOTE, reason, cure)


def check_microphones() -> Check:
    """What the actor can be heard through."""
    cure = "plug one in; until then --microphone demo is the demo actor's voice"
    try:
        count = len(list_inputs())
    except DeviceError as error:
        return Check("Microphones", Verdict.NOTE, str(error), cure)
    if count == 0:
        return Check("Microphones", Verdict.NOTE, "none found", cure)
    usual = usual_microphone()
    if usual_is_monitor():
        text = f"auto is {usual}, which is no microphone: it gives what an output plays"
        return Check("Microphones", Verdict.NOTE, text, f"name another with --microphone, or {cure}")
    return Check("Microphones", Verdict.OK, f"{count} found" + (f", auto is {usual}" if usual else ""))


def check_virtual_microphone() -> Check:
    """Whether call programs can be given a microphone."""
    left = left_microphones()
    if left:
        text = f"a program that was killed left {' and '.join(left)} behind"
        return Check("Virtual microphone", Verdict.NOTE, text, "the next session takes it away")
    if can_have_virtual_microphone():
        return Check("Virtual microphone", Verdict.OK, "can be made" if sys.platform == "linux" else "a cable is there")
    return Check(
        "Virtual microphone", Verdict.NOTE, "there can be none as it is", VIRTUAL_MICROPHONE_CURES.get(sys.platform, "")
    )


def check_models(models: ModelStore) -> Check:
    """The networks in the cache."""
    problems = [models.problem(name) or "" for name in models.missing()]
    if not problems:
        return Check("Networks", Verdict.OK, f"all there in {models.folder}")
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return Check("Networks", Verdict.NOTE, problems[0].rpartition(";")[0] + more, "understudy models pull")


def check_gpu() -> Check:
    """The graphics processor."""
    machine = Machine()
    gpus = machine.gpus()
    reason = machine.no_gpu_reason
    machine.close()
    if not gpus:
        return Check("GPU", Verdict.NOTE, f"{reason}; the built-in engines run on the CPU")
    return Check("GPU", Verdict.OK, "; ".join(map(gpu_text, gpus)))


def gpu_text(gpu: GpuReading) -> str:
    """What a graphics processor's driver tells of it."""
    parts = [gpu.name, f"driver {gpu.driver}"]
    if gpu.memory_mb is not None and gpu.memory_total_mb is not None:
        parts.append(f"{gpu.memory_mb:.0f} of {gpu.memory_total_mb:.0f} MB in use")
    if gpu.load_percent is not None:
        parts.append(f"load {gpu.load_percent:.0f} %")
    return ", ".join(parts)


def check_providers() -> Iterator[Check]:
    """What ONNX Runtime can really run networks on."""
    try:
        problems = answer_of("pipeline.inference.providers", (), PROBE_LIMIT_S)
    except NoAnswerError as error:
        yield Check("Providers", Verdict.BAD, f"ONNX Runtime {error}", "make setup")
        return
    yield from provider_checks(problems, has_gpu=check_gpu().verdict is Verdict.OK)


def provider_checks(problems: Mapping[str, str], *, has_gpu: bool) -> Iterator[Check]:
    """What each provider can do, and where models run then; `problems` says why one can't be used."""
    alike: dict[str, list[str]] = {}
    for name, problem in problems.items():
        alike.setdefault(problem or name, []).append(name)
    for names in alike.values():
        yield _provider_check(names, problems[names[0]], has_gpu=has_gpu)
    lacking = problems.get(CUDA, "the installed ONNX Runtime was built without it")
    if lacking:
        # Without a GPU the reason stands with the provider already.
        why = f": {lacking}" if has_gpu else ""
        yield Check("Models", Verdict.NOTE, f"run on the CPU, because CUDA can't be used{why}")
    else:
        yield Check("Models", Verdict.OK, "run on the GPU by CUDA; --device tells otherwise")


def _provider_check(names: Sequence[str], problem: str, *, has_gpu: bool) -> Check:
    """What some providers can do that have the same problem, or what one can that has none."""
    called = " and ".join(PROVIDERS.get(name, name) for name in names)
    if not problem:
        return Check("Provider", Verdict.OK, f"{called} works")
    if CPU in names:
        return Check("Provider", Verdict.BAD, f"{called}: {problem}", "make setup")
    need = "" if has_gpu else "an NVIDIA GPU and its driver come first; then "
    cure = next((need + PROVIDER_CURES[name] for name in names if name in PROVIDER_CURES), "")
    return Check("Provider", Verdict.NOTE, f"{called} can't be used: {problem}", cure)


def check_cameras() -> Check:
    """The cameras that the system names."""
    cameras = [camera for camera in list_cameras() if not camera.virtual]
    if cameras:
        names = ", ".join(f"{camera.index} {camera.name}" for camera in cameras)
        return Check("Cameras", Verdict.OK, names)
    if sys.platform != "linux":
        return Check("Cameras", Verdict.OK, "this system does not name them; choose one by its number")
    return Check("Cameras", Verdict.NOTE, "none found", "plug one in, or use --camera demo or a file")


def check_virtual_cameras() -> Check:
    """The devices that call programs see as a camera, and how to get one."""
    devices = list_virtual_cameras()
    if any(device.writable for device in devices):
        return Check("Virtual cameras", Verdict.OK, ", ".join(f"{device.device} {device.name}" for device in devices))
    if devices:
        text = f"{devices[0].device} is in use by another program"
        return Check("Virtual cameras", Verdict.NOTE, text, "end the other program, or make a second device")
    return Check("Virtual cameras", Verdict.NOTE, "none found", virtual_camera_cure())


def check_profiles(profiles: ProfileStore) -> Check:
    """The profiles that can be read; whether models of their own run is not tried here."""
    summaries = tuple(map(looked_at, profiles.list()))
    broken = [summary.name for summary in summaries if summary.problems]
    if broken:
        return Check("Profiles", Verdict.NOTE, f"{', '.join(broken)} can't be used", "understudy profiles check")
    off_air = [summary.name for summary in summaries if summary.hindrance]
    untried = [summary.name for summary in summaries if summary.brings_models and not summary.hindrance]
    text = f"{len(summaries) - len(off_air) - len(untried)} can go on air"
    text += f"; with models of their own: {', '.join(untried)}" if untried else ""
    text += f"; without consent: {', '.join(off_air)}" if off_air else ""
    return Check("Profiles", Verdict.OK, text, f"understudy profiles check {' '.join(untried)}" if untried else "")


def check_folder(name: str, folder: Path) -> Check:
    """Whether a folder can be written to and has space."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(existing, os.W_OK):
        return Check(name, Verdict.BAD, f"{folder} can't be written to", f"give yourself the rights to {existing}")
    free = shutil.disk_usage(existing).free
    text = f"{folder}, {free / 1e9:.1f} GB free"
    return Check(name, Verdict.OK if free >= MIN_FREE_BYTES else Verdict.NOTE, text)


def _probe(*arguments: str) -> tuple[int, str, str]:
    """Exit status, output and complaints of a Python process of its own."""
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    try:
        done = subprocess.run(
            [sys.executable, *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PROBE_LIMIT_S,
            env=os.environ | {"PYTHONPATH": path},
        )
    except subprocess.TimeoutExpired:
        return 1, "", f"no answer within {PROBE_LIMIT_S:.0f} s"
    return done.returncode, done.stdout, done.stderr
