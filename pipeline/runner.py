"""Threads that repeat one step until they are told to stop, and say so when they fail."""

import threading
from collections.abc import Callable, Mapping

from pipeline.errors import LaneError, UnderstudyError


def do_all(*steps: Callable[[], None]) -> None:
    """Does every step, whatever happens to those before it.

    Raises:
        UnderstudyError: the first that any of them raised.
    """
    failures: list[UnderstudyError] = []
    for step in steps:
        try:
            step()
        except UnderstudyError as error:
            failures.append(error)
    if failures:
        raise failures[0]


class Worker:
    """One named thread that calls `step` again and again."""

    def __init__(self, name: str, step: Callable[[], bool], failed: Callable[[str, UnderstudyError], None]) -> None:
        """A thread that has not started.

        Args:
            name: the thread's name.
            step: does one piece of work; False ends the thread. It must return within about half a second.
            failed: called on the thread, with its name and the reason, when a step raised; the thread then ends.
        """
        self.name = name
        self._step = step
        self._failed = failed
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=False)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Asks the thread to end after its present step."""
        self._stopping.set()

    def join(self, timeout_s: float) -> None:
        """Waits for the end of the thread.

        Raises:
            LaneError: it did not end in time.
        """
        if self._thread.ident is None or self._thread is threading.current_thread():
            return
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            raise LaneError(f"The thread {self.name} did not stop within {timeout_s:.1f} s.")

    def _run(self) -> None:
        """The thread's life. This is the program's one broad `except`: a lane's failure is said, never lost."""
        try:
            while not self._stopping.is_set() and self._step():
                pass
        except UnderstudyError as error:
            self._failed(self.name, error)
        except Exception as error:
            wrapped = LaneError(f"The thread {self.name} ended with {type(error).__name__}: {error}.")
            wrapped.__cause__ = error
            self._failed(self.name, wrapped)


class Crew:
    """Several threads that start together and end one by one."""

    def __init__(self) -> None:
        """Nobody yet."""
        self._workers: dict[str, Worker] = {}

    def start(self, steps: Mapping[str, Callable[[], bool]], failed: Callable[[str, UnderstudyError], None]) -> None:
        """Starts a thread for each step, in their order."""
        self._workers = {name: Worker(name, step, failed) for name, step in steps.items()}
        for worker in self._workers.values():
            worker.start()

    def add(self, name: str, step: Callable[[], bool], failed: Callable[[str, UnderstudyError], None]) -> None:
        """Starts one more thread."""
        worker = self._workers[name] = Worker(name, step, failed)
        worker.start()

    def dismiss(self, name: str, timeout_s: float) -> None:
        """Waits for the end of a thread and forgets it.

        Raises:
            LaneError: it did not end in time.
        """
        self.join(name, timeout_s)
        self._workers.pop(name, None)

    def stop(self, name: str) -> None:
        """Asks a thread to end, if it was started."""
        if name in self._workers:
            self._workers[name].stop()

    def join(self, name: str, timeout_s: float) -> None:
        """Waits for the end of a thread, if it was started.

        Raises:
            LaneError: it did not end in time.
        """
        if name in self._workers:
            try:
                self._workers[name].join(timeout_s)
            finally:
                self._workers[name].stop()
