"""A thread's life: it repeats its step, ends when told, says once why it failed, and is named when it hangs."""

import threading

import pytest

from pipeline.errors import DeviceError, LaneError, UnderstudyError
from pipeline.runner import Crew, Worker

SOON_S = 5.0


class Failures:
    """Remembers what a worker said."""

    def __init__(self) -> None:
        self.said: list[tuple[str, UnderstudyError]] = []
        self.threads: list[str] = []

    def __call__(self, name: str, error: UnderstudyError) -> None:
        """Takes one failure."""
        self.said.append((name, error))
        self.threads.append(threading.current_thread().name)


def test_the_step_is_repeated_until_it_says_no() -> None:
    failures, steps = Failures(), list[str]()

    def step() -> bool:
        steps.append(threading.current_thread().name)
        return len(steps) < 7

    worker = Worker("lane", step, failures)
    worker.start()
    worker.join(SOON_S)
    assert steps == ["lane"] * 7
    assert failures.said == []


def test_the_thread_keeps_the_program_alive() -> None:
    daemons = list[bool]()

    def step() -> bool:
        daemons.append(threading.current_thread().daemon)
        return False

    worker = Worker("lane", step, Failures())
    worker.start()
    worker.join(SOON_S)
    assert daemons == [False]


def test_a_worker_that_is_stopped_ends_after_its_present_step() -> None:
    worker: Worker
    steps = list[int]()

    def step() -> bool:
        steps.append(len(steps))
        worker.stopping.wait(SOON_S)
        return True

    worker = Worker("lane", step, Failures())
    worker.start()
    worker.stop()
    worker.join(SOON_S)
    assert len(steps) <= 1


def test_an_error_of_the_program_is_said_once_and_as_it_is() -> None:
    failures, error, steps = Failures(), DeviceError("The camera fell off the screen."), list[int]()

    def step() -> bool:
        steps.append(1)
        raise error

    worker = Worker("capture", step, failures)
    worker.start()
    worker.join(SOON_S)
    assert failures.said == [("capture", error)]
    assert failures.threads == ["capture"]
    assert steps == [1]


def test_any_other_error_is_said_with_the_threads_name_and_its_cause() -> None:
    failures = Failures()

    def step() -> bool:
        raise ValueError("seven is not a colour")

    worker = Worker("video lane", step, failures)
    worker.start()
    worker.join(SOON_S)
    ((name, error),) = failures.said
    assert name == "video lane"
    assert isinstance(error, LaneError)
    assert "video lane" in str(error)
    assert "seven is not a colour" in str(error)
    assert isinstance(error.__cause__, ValueError)


def test_a_thread_that_hangs_is_named() -> None:
    release = threading.Event()
    worker = Worker("sinks", lambda: release.wait(SOON_S) and False, Failures())
    worker.start()
    worker.stop()
    with pytest.raises(LaneError, match=r"sinks did not stop within 0\.0 s"):
        worker.join(0.02)
    release.set()
    worker.join(SOON_S)


def test_a_thread_that_never_started_need_not_be_waited_for() -> None:
    Worker("lane", lambda: True, Failures()).join(SOON_S)


def test_a_thread_does_not_wait_for_itself() -> None:
    failures = Failures()

    def step() -> bool:
        worker.join(SOON_S)
        return False

    worker = Worker("lane", step, failures)
    worker.start()
    worker.join(SOON_S)
    assert failures.said == []


def test_one_more_thread_joins_a_crew_and_leaves_it() -> None:
    crew, failures, turns = Crew(), Failures(), threading.Event()
    crew.add("tape", lambda: not turns.wait(0.01), failures)
    with pytest.raises(LaneError, match="tape did not stop"):
        crew.dismiss("tape", 0.0)
    turns.set()
    crew.join("tape", SOON_S)
    crew.dismiss("tape", SOON_S)
    crew.dismiss("tape", SOON_S)
    assert failures.said == []
