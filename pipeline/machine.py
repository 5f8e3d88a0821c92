"""The computer that the pipeline runs on: its graphics processor and this process."""

import ctypes
import os
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any

import psutil
import pynvml

MEGABYTE = 1 << 20
FEW_CORES = 2
STEPS_BACK = 10
"""On Linux's scale of niceness: a tenth of the weight of other threads."""


@dataclass(frozen=True, slots=True)
class GpuReading:
    """The graphics processor at one instant."""

    name: str
    load_percent: float
    """Share of the last moments in which it worked."""
    memory_mb: float
    """Memory in use, by every program."""
    memory_total_mb: float
    driver: str = ""
    """Version of the driver."""


@dataclass(frozen=True, slots=True)
class ProcessReading:
    """This process at one instant."""

    cpu_percent: float
    """Since the reading before; 100 is one core."""
    rss_mb: float
    """Memory held."""


def cores_are_few() -> bool:
    """Whether whatever works beside the lanes takes a core from them."""
    return (os.cpu_count() or FEW_CORES) <= FEW_CORES


def step_back() -> None:
    """Has the calling thread let all others go first from now on, on a computer with two cores or fewer.

    Whoever loads a network there shares the cores with the lanes. It holds for every thread that this one starts and
    can't be taken back: with more cores ONNX Runtime starts threads for each network, which must not be slow for ever.
    Windows and macOS know no such thing for a single thread by this way.
    """
    if sys.platform != "linux" or not cores_are_few():
        return
    me = threading.get_native_id()
    if os.getpriority(os.PRIO_PROCESS, me) < STEPS_BACK:
        os.setpriority(os.PRIO_PROCESS, me, STEPS_BACK)


def give_memory_back() -> None:
    """Hands what this process has freed back to the system, which takes some milliseconds of the calling thread.

    The GNU C library keeps what is freed below something that is still in use: a session that opens and closes networks
    for an hour would hold some hundred megabytes of nothing. Other C libraries hand it back by themselves.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


class Machine:
    """Reads the first NVIDIA GPU and this process. One thread at a time."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._since_s = time.monotonic()
        self._spent_s = self._cpu_s()
        self._percent = 0.0
        self._gpu, self.no_gpu_reason = _open_gpu()

    def gpu(self) -> GpuReading | None:
        """The graphics processor, or None; `no_gpu_reason` then says why, in plain words."""
        if self._gpu is None:
            return None
        try:
            memory = pynvml.nvmlDeviceGetMemoryInfo(self._gpu)
            return GpuReading(
                name=str(pynvml.nvmlDeviceGetName(self._gpu)),
                load_percent=float(pynvml.nvmlDeviceGetUtilizationRates(self._gpu).gpu),
                memory_mb=memory.used / MEGABYTE,
                memory_total_mb=memory.total / MEGABYTE,
                driver=str(pynvml.nvmlSystemGetDriverVersion()),
            )
        except pynvml.NVMLError as error:
            self._gpu, self.no_gpu_reason = None, f"no GPU any more: {error}"
            return None

    def process(self) -> ProcessReading:
        """This process; the CPU share is the mean since the call before."""
        now_s, spent_s = time.monotonic(), self._cpu_s()
        if now_s > self._since_s:
            self._percent = 100.0 * (spent_s - self._spent_s) / (now_s - self._since_s)
            self._since_s, self._spent_s = now_s, spent_s
        return ProcessReading(self._percent, self._process.memory_info().rss / MEGABYTE)

    def close(self) -> None:
        """Lets the driver go; may be called twice."""
        if self._gpu is not None:
            self._gpu, self.no_gpu_reason = None, "no GPU: closed"
            pynvml.nvmlShutdown()

    def _cpu_s(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)


def _open_gpu() -> tuple[Any, str]:
    """A handle of the first GPU and an empty reason, or None and why there is none."""
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError_LibraryNotFound:
        return None, "no GPU: there is no NVIDIA driver on this computer"
    except pynvml.NVMLError as error:
        return None, f"no GPU: the NVIDIA driver does not answer ({error})"
    try:
        if pynvml.nvmlDeviceGetCount() > 0:
            return pynvml.nvmlDeviceGetHandleByIndex(0), ""
        reason = "no GPU: the NVIDIA driver finds none"
    except pynvml.NVMLError as error:
        reason = f"no GPU: it can't be opened ({error})"
    pynvml.nvmlShutdown()
    return None, reason
