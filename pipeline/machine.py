"""The computer that the pipeline runs on: its graphics processors, this process and what is around it."""

import ctypes
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psutil
import pynvml

MEGABYTE = 1 << 20
FEW_CORES = 2
STEPS_BACK = 10
"""On Linux's scale of niceness: a tenth of the weight of other threads."""
UNTOLD = (
    pynvml.NVML_ERROR_NOT_SUPPORTED,
    pynvml.NVML_ERROR_NO_PERMISSION,
    pynvml.NVML_ERROR_FUNCTION_NOT_FOUND,
    pynvml.NVML_ERROR_NO_DATA,
)
"""Answers of a driver that has none, from a GPU that works: a part of a shared one, a laptop's, an old one's."""


@dataclass(frozen=True, slots=True)
class GpuReading:
    """One graphics processor at one instant; None where its driver does not tell."""

    name: str
    load_percent: float | None = None
    """Share of the last moments in which it worked."""
    memory_mb: float | None = None
    """Memory in use, by every program."""
    memory_total_mb: float | None = None
    driver: str = ""
    """Version of the driver."""
    temperature_c: float | None = None
    power_w: float | None = None


@dataclass(frozen=True, slots=True)
class ProcessReading:
    """This process at one instant."""

    cpu_percent: float
    """Since the reading before; 100 is one core."""
    rss_mb: float
    """Memory held."""


@dataclass(frozen=True, slots=True)
class SystemReading:
    """The whole computer at one instant."""

    cpu_percent: float
    """Since the reading before, by every program; 100 is all cores."""
    cores: int
    memory_mb: float
    """Memory that no program can have before another lets it go."""
    memory_total_mb: float


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
    """Reads every NVIDIA GPU, this process and the computer around it. One thread at a time."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._work = _Share(self._cpu_s, time.monotonic)
        self._all_work = _Share(_busy_s, _passed_s)
        self._gpus, self.no_gpu_reason = _open_gpus()

    def gpus(self) -> tuple[GpuReading, ...]:
        """The graphics processors; without any `no_gpu_reason` says why, in plain words."""
        found: list[GpuReading] = []
        for gpu in self._gpus:
            try:
                found.append(_read_gpu(gpu))
            except pynvml.NVMLError as error:
                self._let_go(gpu, f"no GPU any more: {error}")
        return tuple(found)

    def process(self) -> ProcessReading:
        """This process; the CPU share is the mean since the call before."""
        return ProcessReading(self._work.percent(), self._process.memory_info().rss / MEGABYTE)

    def system(self) -> SystemReading:
        """The whole computer; the CPU share is the mean since the call before."""
        memory = psutil.virtual_memory()
        used_mb, total_mb = (memory.total - memory.available) / MEGABYTE, memory.total / MEGABYTE
        return SystemReading(self._all_work.percent(), os.cpu_count() or 1, used_mb, total_mb)

    def close(self) -> None:
        """Lets the driver go; may be called twice."""
        for gpu in self._gpus:
            self._let_go(gpu, "no GPU: closed")

    def _let_go(self, gpu: Any, reason: str) -> None:
        """Goes on without one; with the last one the driver is left."""
        self._gpus = tuple(other for other in self._gpus if other is not gpu)
        if not self._gpus:
            self.no_gpu_reason = reason
            pynvml.nvmlShutdown()

    def _cpu_s(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)


class _Share:
    """By how much one count grows against another, in percent, from one call to the next."""

    def __init__(self, part: Callable[[], float], whole: Callable[[], float]) -> None:
        self._part, self._whole = part, whole
        self._before = whole(), part()
        self._percent = 0.0

    def percent(self) -> float:
        """Since the call before; that one's again where nothing has passed."""
        whole, part = self._whole(), self._part()
        if whole > self._before[0]:
            self._percent = 100.0 * (part - self._before[1]) / (whole - self._before[0])
            self._before = whole, part
        return self._percent


def _passed_s() -> float:
    """Processor time that all cores have had; what guests use counts as use of ours already."""
    times = psutil.cpu_times()
    return float(sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0))


def _busy_s() -> float:
    """What of it was used."""
    times = psutil.cpu_times()
    return _passed_s() - float(times.idle + getattr(times, "iowait", 0.0))


def _read_gpu(gpu: Any) -> GpuReading:
    """One GPU at this instant.

    Raises:
        NVMLError: it is gone.
    """
    memory, rates = _told(pynvml.nvmlDeviceGetMemoryInfo, gpu), _told(pynvml.nvmlDeviceGetUtilizationRates, gpu)
    temperature = _told(pynvml.nvmlDeviceGetTemperature, gpu, pynvml.NVML_TEMPERATURE_GPU)
    power_mw = _told(pynvml.nvmlDeviceGetPowerUsage, gpu)
    return GpuReading(
        name=str(pynvml.nvmlDeviceGetName(gpu)),
        load_percent=None if rates is None else float(rates.gpu),
        memory_mb=None if memory is None else memory.used / MEGABYTE,
        memory_total_mb=None if memory is None else memory.total / MEGABYTE,
        driver=str(pynvml.nvmlSystemGetDriverVersion()),
        temperature_c=None if temperature is None else float(temperature),
        power_w=None if power_mw is None else power_mw / 1000,
    )


def _told(question: Callable[..., Any], *of: Any) -> Any:
    """What the driver answers; None where this GPU, or this driver, knows no answer.

    Raises:
        NVMLError: the GPU is gone.
    """
    try:
        return question(*of)
    except pynvml.NVMLError as error:
        if error.value in UNTOLD:
            return None
        raise


def _open_gpus() -> tuple[tuple[Any, ...], str]:
    """Handles of all GPUs and an empty reason, or none and why."""
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError_LibraryNotFound:
        return (), "no GPU: there is no NVIDIA driver on this computer"
    except pynvml.NVMLError as error:
        return (), f"no GPU: the NVIDIA driver does not answer ({error})"
    gpus, reason = [], "no GPU: the NVIDIA driver finds none"
    try:
        for number in range(pynvml.nvmlDeviceGetCount()):
            try:
                gpus.append(pynvml.nvmlDeviceGetHandleByIndex(number))
            except pynvml.NVMLError as error:
                reason = f"no GPU: it can't be opened ({error})"
    except pynvml.NVMLError as error:
        reason = f"no GPU: it can't be opened ({error})"
    if gpus:
        return tuple(gpus), ""
    pynvml.nvmlShutdown()
    return (), reason
