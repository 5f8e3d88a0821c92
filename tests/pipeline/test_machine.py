"""Readings of the computer, with a driver of the test's own where there is no GPU."""

import os
import platform
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pynvml
import pytest

from pipeline.machine import MEGABYTE, STEPS_BACK, Machine, give_memory_back, step_back


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries hand memory back by themselves")
def test_what_is_freed_below_something_in_use_is_handed_back() -> None:
    held = [np.ones(100_000, np.uint8) for _ in range(1500)]
    del held[:-1]
    machine = Machine()
    before_mb = machine.process().rss_mb
    give_memory_back()
    assert machine.process().rss_mb < before_mb - 100.0
    machine.close()
    assert held[0].all()


def test_without_a_driver_the_reason_is_in_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_library() -> None:
        raise pynvml.NVMLError_LibraryNotFound

    monkeypatch.setattr(pynvml, "nvmlInit", no_library)
    machine = Machine()
    assert machine.gpu() is None
    assert machine.no_gpu_reason == "no GPU: there is no NVIDIA driver on this computer"


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A driver with one GPU."""
    state = SimpleNamespace(count=1, load=37, fails=False, shut=0)

    def rates(handle: object) -> SimpleNamespace:
        if state.fails:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_GPU_IS_LOST)
        return SimpleNamespace(gpu=state.load)

    def shut() -> None:
        state.shut += 1

    answers = {
        "nvmlInit": lambda: None,
        "nvmlShutdown": shut,
        "nvmlDeviceGetCount": lambda: state.count,
        "nvmlDeviceGetHandleByIndex": lambda index: "handle",
        "nvmlDeviceGetName": lambda handle: "Accelerator",
        "nvmlDeviceGetMemoryInfo": lambda handle: SimpleNamespace(used=3 * MEGABYTE, total=8 * MEGABYTE),
        "nvmlDeviceGetUtilizationRates": rates,
        "nvmlSystemGetDriverVersion": lambda: "999.1",
    }
    for name, answer in answers.items():
        monkeypatch.setattr(pynvml, name, answer)
    return state


def test_a_gpu_is_read(driver: SimpleNamespace) -> None:
    machine = Machine()
    reading = machine.gpu()
    assert reading is not None
    assert (reading.name, reading.load_percent, reading.memory_mb, reading.memory_total_mb) == ("Accelerator", 37, 3, 8)
    assert machine.no_gpu_reason == ""
    machine.close()
    machine.close()
    assert driver.shut == 1


def test_a_driver_without_a_gpu(driver: SimpleNamespace) -> None:
    driver.count = 0
    machine = Machine()
    assert machine.gpu() is None
    assert machine.no_gpu_reason == "no GPU: the NVIDIA driver finds none"
    assert driver.shut == 1


def test_a_gpu_that_is_lost_while_the_program_runs(driver: SimpleNamespace) -> None:
    machine = Machine()
    driver.fails = True
    assert machine.gpu() is None
    assert machine.no_gpu_reason.startswith("no GPU any more")


def test_this_process_holds_memory_and_has_worked() -> None:
    machine = Machine()
    sum(range(3_000_000))
    reading = machine.process()
    assert 5.0 < reading.rss_mb < 8000.0
    assert reading.cpu_percent > 10.0


def niceness() -> int:
    """Of the calling thread."""
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has threads of different niceness")
@pytest.mark.parametrize(("cores", "goes"), [(2, True), (1, True), (4, False)])
def test_a_thread_steps_back_alone_and_only_where_cores_are_few(
    monkeypatch: pytest.MonkeyPatch, cores: int, goes: bool
) -> None:
    monkeypatch.setattr("pipeline.machine.os.cpu_count", lambda: cores)
    before = niceness()
    with ThreadPoolExecutor(1, initializer=step_back) as modest:
        assert modest.submit(niceness).result() == (max(before, STEPS_BACK) if goes else before)
    assert niceness() == before
