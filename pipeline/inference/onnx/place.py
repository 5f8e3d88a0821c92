"""Where a network runs, and how ONNX Runtime is told so."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType, ModuleType
from typing import Any

import platformdirs

CPU, CUDA, TENSORRT = "CPUExecutionProvider", "CUDAExecutionProvider", "TensorrtExecutionProvider"


class Preference(StrEnum):
    """Where the operator wants networks to run."""

    AUTO = "auto"
    """On the GPU where one works, else on the CPU."""
    CPU = "cpu"
    CUDA = "cuda"
    TENSORRT = "tensorrt"


WANTED = MappingProxyType(
    {
        Preference.AUTO: (CUDA, CPU),
        Preference.CPU: (CPU,),
        Preference.CUDA: (CUDA,),
        Preference.TENSORRT: (TENSORRT,),
    }
)
"""Where networks may run, best first, by what the operator wants."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a network runs.

    Attributes:
        provider: ONNX Runtime's name for it.
        threads: how many the network may use on a CPU.
        graphs: whether the device may replay its whole work from one call; needs shapes that never change.
    """

    provider: str = CPU
    threads: int = 1
    graphs: bool = False

    @property
    def label(self) -> str:
        """For people: `CPU`, `CUDA`, `TensorRT`."""
        return {CPU: "CPU", CUDA: "CUDA", TENSORRT: "TensorRT"}.get(self.provider, self.provider)


def session_options(runtime: ModuleType, place: Place) -> Any:
    """Settings of a session."""
    options = runtime.SessionOptions()
    options.intra_op_num_threads = place.threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # Threads that spin while they wait take the processor from the other lane.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # By a file's name it would be taken for another format, of which nothing was checked.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    return options


def first_run_options(runtime: ModuleType, place: Place) -> Any:
    """Settings of a run that a device must not record: it would be replayed from memory that is free by then.

    ONNX Runtime records the first run of a session unless it is told so. Source: onnxruntime_run_options_config_keys.h.
    """
    options = runtime.RunOptions()
    if place.graphs:
        options.add_run_config_entry("gpu_graph_id", "-1")
    return options


def providers_of(place: Place) -> Sequence[str | tuple[str, dict[str, str]]]:
    """The device's settings. The CPU stands behind it for operators that it lacks."""
    if place.provider == CUDA:
        graph = {"enable_cuda_graph": "1"} if place.graphs else {}
        settings = {"arena_extend_strategy": "kSameAsRequested", "cudnn_conv_algo_search": "HEURISTIC", **graph}
        return [(CUDA, settings), CPU]
    if place.provider == TENSORRT:
        folder = platformdirs.user_cache_path("understudy") / "tensorrt"
        return [(TENSORRT, {"trt_engine_cache_enable": "1", "trt_engine_cache_path": str(folder)}), CUDA, CPU]
    return [CPU]
