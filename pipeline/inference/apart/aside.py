"""Native code that may take as long as it likes, on a thread that gets only what no other thread wants."""

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from pipeline.machine import cores_are_few, step_back

P = ParamSpec("P")
R = TypeVar("R")


class Aside:
    """Where the threads that make networks ready leave the work to that holds no lock of Python's. Any thread.

    Only the native code itself goes there. A thread that gets nothing while others want the cores may not hold what
    they wait for, and whoever runs Python holds its lock: on a computer that other programs keep busy, the lanes would
    wait for seconds. That is also why the whole of the opening thread is no such thread.
    """

    def __init__(self) -> None:
        """Nothing goes aside yet, and there is no thread."""
        self._here = threading.local()
        self._lock = threading.Lock()
        self._worker: ThreadPoolExecutor | None = None
        self._closed = False

    def enter(self) -> None:
        """Has the calling thread step back, and what it calls from now on go aside, where both are of use."""
        step_back()
        self._here.entered = sys.platform == "linux" and cores_are_few()

    def call(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What some work gives, or its error: done aside for a thread that has entered, right here for all others."""
        if not getattr(self._here, "entered", False):
            return work(*args, **kwargs)
        with self._lock:
            if self._closed:
                future = None
            else:
                self._worker = self._worker or ThreadPoolExecutor(1, "understudy-aside", _take_what_is_left)
                future = self._worker.submit(work, *args, **kwargs)
        return work(*args, **kwargs) if future is None else future.result()

    def close(self) -> None:
        """Ends the thread when its work is done; from now on all is done by whoever calls. May be called twice."""
        with self._lock:
            worker, self._worker, self._closed = self._worker, None, True
        if worker is not None:
            worker.shutdown()


def _take_what_is_left() -> None:
    """Takes the calling thread out of the competition for the cores, for good.

    A thread of that kind gives way at once, and others are placed as if its core were free; one that is only less
    nice makes them wait for some milliseconds. Source: sched(7), SCHED_IDLE.
    """
    os.sched_setscheduler(threading.get_native_id(), os.SCHED_IDLE, os.sched_param(0))
