"""Readings of the computer, with a driver of the test's own where there is no GPU."""

import os
import platform
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pynvml
import pytest

from pipeline.machine import MEGABYTE, STEPS_BACK, GpuReading, Machine, give_memory_back, step_back


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
    assert machine.gpus() == ()
    assert machine.no_gpu_reason == "no GPU: there is no NVIDIA driver on this computer"


class Card:
    """One GPU of a driver: what it answers, and what it raises in place of an answer."""

    def __init__(self, name: str = "Accelerator", load: int = 37, celsius: int = 61, milliwatts: int = 120_500) -> None:
        self.name, self.load, self.celsius, self.milliwatts = name, load, celsius, milliwatts
        self.refusals: dict[str, int] = {}

    def ask(self, question: str, answer: object) -> object:
        """The answer."""
        if question in self.refusals:
            raise pynvml.NVMLError(self.refusals[question])
        return answer


QUESTIONS = ("memory", "load", "temperature", "power")
LOST = dict.fromkeys((*QUESTIONS, "name"), pynvml.NVML_ERROR_GPU_IS_LOST)


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A driver with one GPU."""
    state = SimpleNamespace(cards=[Card()], shut=0, closed_to=())

    def shut() -> None:
        state.shut += 1

    def handle(number: int) -> Card:
        if number in state.closed_to:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NO_PERMISSION)
        return state.cards[number]

    answers = {
        "nvmlInit": lambda: None,
        "nvmlShutdown": shut,
        "nvmlDeviceGetCount": lambda: len(state.cards),
        "nvmlDeviceGetHandleByIndex": handle,
        "nvmlDeviceGetName": lambda card: card.ask("name", card.name),
        "nvmlDeviceGetMemoryInfo": lambda card: card.ask(
            "memory", SimpleNamespace(used=3 * MEGABYTE, total=8 * MEGABYTE)
        ),
        "nvmlDeviceGetUtilizationRates": lambda card: card.ask("load", SimpleNamespace(gpu=card.load)),
        "nvmlDeviceGetTemperature": lambda card, sensor: card.ask("temperature", card.celsius),
        "nvmlDeviceGetPowerUsage": lambda card: card.ask("power", card.milliwatts),
        "nvmlSystemGetDriverVersion": lambda: "999.1",
    }
    for name, answer in answers.items():
        monkeypatch.setattr(pynvml, name, answer)
    return state


def test_a_gpu_is_read(driver: SimpleNamespace) -> None:
    machine = Machine()
    assert machine.gpus() == (GpuReading("Accelerator", 37.0, 3.0, 8.0, "999.1", 61.0, 120.5),)
    assert machine.no_gpu_reason == ""
    machine.close()
    machine.close()
    assert driver.shut == 1


def test_every_gpu_is_read(driver: SimpleNamespace) -> None:
    driver.cards.append(Card("Another", 5, 44, 30_000))
    machine = Machine()
    assert [(gpu.name, gpu.load_percent) for gpu in machine.gpus()] == [("Accelerator", 37.0), ("Another", 5.0)]
    machine.close()
    assert driver.shut == 1


@pytest.mark.parametrize(
    "code",
    [
        pynvml.NVML_ERROR_NOT_SUPPORTED,
        pynvml.NVML_ERROR_NO_PERMISSION,
        pynvml.NVML_ERROR_FUNCTION_NOT_FOUND,
        pynvml.NVML_ERROR_NO_DATA,
    ],
)
@pytest.mark.parametrize(
    ("question", "left_out"),
    [
        ("memory", ("memory_mb", "memory_total_mb")),
        ("load", ("load_percent",)),
        ("temperature", ("temperature_c",)),
        ("power", ("power_w",)),
    ],
)
def test_what_a_driver_does_not_tell_is_left_out(
    driver: SimpleNamespace, question: str, left_out: tuple[str, ...], code: int
) -> None:
    driver.cards[0].refusals[question] = code
    machine = Machine()
    (reading,) = machine.gpus()
    assert reading == replace(machine_reading(), **dict.fromkeys(left_out))
    assert machine.gpus() == (reading,)
    machine.close()


def machine_reading() -> GpuReading:
    """What the driver's card tells when it tells everything."""
    return GpuReading("Accelerator", 37.0, 3.0, 8.0, "999.1", 61.0, 120.5)


def test_a_driver_without_a_gpu(driver: SimpleNamespace) -> None:
    driver.cards.clear()
    machine = Machine()
    assert machine.gpus() == ()
    assert machine.no_gpu_reason == "no GPU: the NVIDIA driver finds none"
    assert driver.shut == 1


def test_a_gpu_that_nobody_may_open_costs_the_others_nothing(driver: SimpleNamespace) -> None:
    driver.closed_to = (0,)
    machine = Machine()
    assert machine.gpus() == ()
    assert machine.no_gpu_reason.startswith("no GPU: it can't be opened")
    assert driver.shut == 1
    driver.cards.append(Card("Another"))
    machine = Machine()
    assert [gpu.name for gpu in machine.gpus()] == ["Another"]
    assert machine.no_gpu_reason == ""


def test_a_gpu_that_is_lost_while_the_program_runs(driver: SimpleNamespace) -> None:
    machine = Machine()
    driver.cards[0].refusals |= LOST
    assert machine.gpus() == ()
    assert machine.no_gpu_reason.startswith("no GPU any more")
    assert driver.shut == 1
    assert machine.gpus() == ()
    machine.close()
    assert driver.shut == 1


def test_one_of_two_that_is_lost_leaves_the_other(driver: SimpleNamespace) -> None:
    driver.cards.append(Card("Another"))
    machine = Machine()
    driver.cards[0].refusals |= LOST
    assert [gpu.name for gpu in machine.gpus()] == ["Another"]
    assert (machine.no_gpu_reason, driver.shut) == ("", 0)


def test_the_whole_computer_is_busier_than_this_process() -> None:
    machine = Machine()
    machine.process(), machine.system()
    sum(range(6_000_000))
    process, system = machine.process(), machine.system()
    assert system.cores == os.cpu_count()
    # The counts of the whole computer move in hundredths of a second.
    assert process.cpu_percent / system.cores < system.cpu_percent + 25.0
    assert 0.0 < system.cpu_percent <= 100.0 + 1e-6
    assert process.rss_mb / 2 < system.memory_mb < system.memory_total_mb


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
