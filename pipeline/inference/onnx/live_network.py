"""A network in the lane: it runs, and when its device fails it is opened in another way meanwhile."""

import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from pipeline.errors import HaltError, StageError
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.network import Layout, OnnxNetwork
from pipeline.inference.onnx.place import CPU
from pipeline.telemetry import Level

QUIET_RUNS = 300
"""Of a network that fails now and again it is told once in so many runs: ten seconds of pictures."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a network's user needs.

    Attributes:
        layout: what it is fed with.
        budget_ms: how long one run may take on a computer that keeps up.
        share: the share of this computer's cores that it may use on a CPU.
        graphs: whether its shapes and its memory never change, so that a GPU may replay one recorded run.
    """

    layout: Layout
    budget_ms: float
    share: float = 1.0
    graphs: bool = False


class Mover(Protocol):
    """What opens a network in another way."""

    def move(self, inner: OnnxNetwork, file: ModelFile, demand: Demand) -> Future[OnnxNetwork]:
        """Begins to open it, on another thread."""

    def tell(self, level: Level, text: str) -> None:
        """Reports what the operator should know."""

    def forget(self, network: "Network") -> None:
        """Takes a closed network off the list."""


class Network:
    """A network that is opened in another way when it fails on its device. Called by one thread at a time.

    It may be closed on another one, in the middle of a run: this then fails, and nothing is opened any more.
    """

    def __init__(self, mover: Mover, inner: OnnxNetwork, file: ModelFile, demand: Demand) -> None:
        """An open network, the model as it was brought in, and what its user needs of it."""
        self._mover, self._inner, self._demand = mover, inner, demand
        self._file = file
        self._moving: Future[OnnxNetwork] | None = None
        self._life, self._closed = threading.Lock(), False
        """Held where one network takes another's place, or all end."""
        self._worked = QUIET_RUNS + 1
        self.name, self.path = file.name, file.path
        self.spent_ns = 0
        """What its runs have taken so far."""

    @property
    def label(self) -> str:
        """What it runs on, for people."""
        place = self._inner.place
        # The CPU calculates in full precision, whatever the file has.
        half = self._inner.file.graph.precision == "float16" and place.provider != CPU
        return f"ONNX {place.label}{' fp16' if half else ''}"

    @property
    def inputs(self) -> dict[str, NDArray[Any]]:
        """Arrays by the file's names, to be written before each run; look them up anew each time."""
        return self._inner.inputs

    @property
    def outputs(self) -> dict[str, NDArray[Any]]:
        """Arrays by the file's names, overwritten by each run; look them up anew each time."""
        return self._inner.outputs

    def run(self) -> None:
        """Works on what stands in `inputs`.

        Raises:
            StageError: it failed; on a GPU another way to run it is made ready meanwhile.
        """
        self._arrive()
        began_ns = time.perf_counter_ns()
        try:
            self._inner.run()
        except StageError as error:
            self._failed(error)
            raise
        self._worked += 1
        self.spent_ns += time.perf_counter_ns() - began_ns

    def _failed(self, error: StageError) -> None:
        """Has another way made ready where there is one; of a network that is closed nothing is left to be done."""
        with self._life:
            if self._closed:
                return
        if self._inner.place.provider == CPU or self._moving is not None:
            self._say(Level.ERROR, str(error))
            return
        # Said before the other thread has something to say of it.
        self._say(Level.WARNING, f"{error} It is being opened in another way.")
        with self._life:
            if not self._closed:
                self._moving = self._mover.move(self._inner, self._file, self._demand)

    def _say(self, level: Level, text: str) -> None:
        """Tells why a run failed, once until it has worked for a while: a lane goes on without a word."""
        if self._worked > QUIET_RUNS:
            self._mover.tell(level, text)
        self._worked = 0

    def rehearse(self) -> None:
        """Runs once on made-up values; afterwards the inputs are as they were at first.

        Raises:
            StageError: it failed.
        """
        self._inner.rehearse()

    def reset(self) -> None:
        """Forgets what was carried from run to run."""
        self._inner.reset()

    def cut(self) -> None:
        """Has the run that is under way end with an error, and each later one; for any thread."""
        self._inner.cut()

    def close(self) -> None:
        """Frees it, and what is opened in its place when that is there; for any thread, and may be called twice."""
        with self._life:
            moving, self._moving, self._closed = self._moving, None, True
        if moving is not None and not moving.cancel():
            moving.add_done_callback(_free)
        self._inner.close()
        self._mover.forget(self)

    def _arrive(self) -> None:
        """Goes on with the network that was opened in the other's place once it is there.

        Raises:
            StageError: the network is closed.
        """
        with self._life:
            if self._closed:
                raise StageError(f"The model {self.name} is closed.")
            moving = self._moving
            if moving is None or not moving.done() or moving.cancelled():
                return
            # Asked once more, a device that failed would fail again: nothing is tried until the profile is chosen anew.
            self._moving = Future()
            failure = moving.exception()
            if failure is None:
                self._moving, left, self._inner = None, self._inner, moving.result()
                for name, array in left.inputs.items():
                    self._inner.inputs[name][...] = array
                left.close()
        if failure is None:
            how = "on the CPU" if self._inner.place.provider == CPU else "in full precision"
            self._mover.tell(Level.WARNING, f"The model {self.name} failed on {left.place.label}; it goes on {how}.")
        elif not isinstance(failure, HaltError):
            self._mover.tell(Level.ERROR, str(failure))


def _free(moved: Future[OnnxNetwork]) -> None:
    """Closes a network that nobody waits for any more."""
    if not moved.cancelled() and moved.exception() is None:
        moved.result().close()
