"""Which of ONNX Runtime's providers really work here: each is asked to run a one-node network.

Run as a program it prints them as JSON: what native libraries say when they fail to load stays in that process.
"""

import ctypes
import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

from pipeline.inference.apart.child import NoAnswerError, answer_of

FLOAT = 1
OPSET = 17
IR_VERSION = 8
PROBE_S = 60.0
FILES = {"CUDAExecutionProvider": "cuda", "TensorrtExecutionProvider": "tensorrt"}
"""Providers that live in libraries of their own, and what these are called."""
NO_DRIVER = "there is no NVIDIA GPU on this computer, or no driver for it"
DRIVER_PLACES = (Path("/proc/driver/nvidia"), Path("/dev/nvidiactl"), Path("/dev/dxg"))
"""What is there where a driver is, on Linux."""


def onnx_runtime() -> ModuleType:
    """ONNX Runtime, told before it loads that it sends nothing and keeps no identifier of this computer.

    Its builds send what sessions do to their maker otherwise, and write the identifier into the user's cache as they
    are imported. They read the variable once, on loading; builds for Windows apps heed the call only. Whoever has set
    the variable has chosen. Source: ONNX Runtime's Privacy.md.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    runtime: ModuleType = onnxruntime
    return runtime


def load_device_libraries(onnxruntime: ModuleType) -> None:
    """Loads CUDA's libraries from where pip has put them; the system's loader does not look there.

    What is missing is printed. Builds without an accelerator have nothing to load.
    """
    preload = getattr(onnxruntime, "preload_dlls", None)
    if preload is not None:
        preload()


def probed_problems() -> dict[str, str]:
    """What `provider_problems` finds in a process of its own, whose crash or complaints disturb nobody.

    Returns:
        Each provider and why it can't be used; empty text where it can. Where nothing could be found out, that is why
        those can't that live in libraries of their own.
    """
    try:
        return answer_of("pipeline.inference.providers", (), PROBE_S)
    except NoAnswerError as error:
        return dict.fromkeys(FILES, f"ONNX Runtime {error}")


def provider_problems() -> dict[str, str]:
    """Every provider that the installed ONNX Runtime knows, and why it can't be used; empty where it can."""
    onnxruntime = onnx_runtime()
    onnxruntime.set_default_logger_severity(4)
    load_device_libraries(onnxruntime)
    model = _identity_model()
    return {name: _problem(onnxruntime, name, model) for name in onnxruntime.get_available_providers()}


def driver_problem() -> str:
    """Why no NVIDIA GPU can be reached, whatever else is installed; empty where one can."""
    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError as error:
        if any(place.exists() for place in DRIVER_PLACES):
            return f"the NVIDIA driver's own library does not load: {error}"
        return NO_DRIVER
    code = driver.cuInit(0)
    return f"the NVIDIA driver finds no GPU that it can use (error {code})" if code else ""


def _problem(onnxruntime: ModuleType, name: str, model: bytes) -> str:
    """Why a provider can't be used: for want of a GPU, before any library; empty where it can."""
    problem = _unusable(onnxruntime, name, model)
    return (driver_problem() if problem and name in FILES else "") or problem


def _unusable(onnxruntime: ModuleType, name: str, model: bytes) -> str:
    missing = _missing_library(onnxruntime, name)
    if missing:
        return missing
    try:
        session = onnxruntime.InferenceSession(model, providers=[name])
        got = session.get_providers()[0]
        if got != name:
            return f"its libraries don't load; a network asked to run on it runs on {got}"
        session.run(None, {"x": np.zeros(1, np.float32)})
    except Exception as error:  # what a provider raises depends on its maker; any of it means that it can't be used
        return str(error).strip().splitlines()[0]
    return ""


def _missing_library(onnxruntime: ModuleType, name: str) -> str:
    """Which library the provider's own one needs and does not find; empty when it loads.

    ONNX Runtime itself says so on the error output only, and goes on without the provider.
    """
    folder = Path(str(onnxruntime.__file__)).parent / "capi"
    pattern = "onnxruntime_providers_{}.dll" if sys.platform == "win32" else "libonnxruntime_providers_{}.so"
    if name not in FILES or not (folder / pattern.format(FILES[name])).exists():
        return ""
    try:
        ctypes.CDLL(str(folder / pattern.format("shared")), ctypes.RTLD_GLOBAL)
        ctypes.CDLL(str(folder / pattern.format(FILES[name])))
    except OSError as error:
        return f"its libraries don't load: {error}"
    return ""


def _identity_model() -> bytes:
    """An ONNX file, written by hand: one node that hands its input on.

    Source: the ONNX specification, onnx.proto; numbers are the fields' numbers there.
    """
    tensor = _field(1, _field(1, FLOAT) + _field(2, _field(1, _field(1, 1))))
    node = _field(1, b"x") + _field(2, b"y") + _field(4, b"Identity")
    graph = _field(1, node) + _field(2, b"g")
    graph += _field(11, _field(1, b"x") + _field(2, tensor)) + _field(12, _field(1, b"y") + _field(2, tensor))
    return _field(1, IR_VERSION) + _field(7, graph) + _field(8, _field(2, OPSET))


def _field(number: int, value: int | bytes) -> bytes:
    """One protobuf field: a small number, or bytes with their length."""
    if isinstance(value, int):
        return bytes([number << 3, value])
    return bytes([number << 3 | 2, *_varint(len(value))]) + value


def _varint(value: int) -> Iterable[int]:
    while value > 0x7F:
        yield value & 0x7F | 0x80
        value >>= 7
    yield value


@dataclass(frozen=True, slots=True)
class Backing:
    """What a runtime stands on.

    Attributes:
        library: ONNX Runtime, loaded when it is first needed.
        problems: why each of its providers can't be used; empty text where it can.
    """

    library: Callable[[], ModuleType] = onnx_runtime
    problems: Callable[[], dict[str, str]] = probed_problems


if __name__ == "__main__":
    print(json.dumps(provider_problems()))
