"""Where networks run on this computer: what was asked for, what there is, and what to do when a device fails."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from numpy.typing import NDArray

from pipeline.clock import Clock, MonotonicClock
from pipeline.errors import ModelError, StageError
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.network import CPU, CUDA, TENSORRT, Layout, OnnxNetwork, Place
from pipeline.inference.providers import onnx_runtime, probed_problems
from pipeline.telemetry import Event, Level

TRIALS = 5


class Preference(StrEnum):
    """Where the operator wants networks to run."""

    AUTO = "auto"
    """On the GPU where one works, else on the CPU."""
    CPU = "cpu"
    CUDA = "cuda"
    TENSORRT = "tensorrt"


WANTED = {
    Preference.AUTO: (CUDA, CPU),
    Preference.CPU: (CPU,),
    Preference.CUDA: (CUDA,),
    Preference.TENSORRT: (TENSORRT,),
}


@dataclass(frozen=True, slots=True)
class Demand:
    """What a network's user needs.

    Attributes:
        layout: what it is fed with.
        budget_ms: how long one run may take on a computer that keeps up.
        share: the share of this computer's cores that it may use on a CPU.
        graphs: whether its shapes and its memory never change, so that a GPU may replay one recorded run.
        preference: where this network is to run, where that differs from the rest.
    """

    layout: Layout
    budget_ms: float
    share: float = 1.0
    graphs: bool = False
    preference: Preference | None = None


class Runtime:
    """Opens networks for one session. Any thread may call it."""

    def __init__(
        self,
        preference: Preference = Preference.AUTO,
        *,
        clock: Clock | None = None,
        report: Callable[[Event], None] | None = None,
        problems: Callable[[], dict[str, str]] = probed_problems,
    ) -> None:
        """Asks nothing of the computer yet.

        Args:
            preference: where networks run unless they say otherwise.
            clock: the program's clock.
            report: told when a network moves.
            problems: why each provider can't be used; empty where it can.
        """
        self.preference = preference
        self._clock, self._report = clock or MonotonicClock(), report or (lambda _: None)
        self._ask, self._problems = problems, dict[str, str]()
        self._lock = threading.Lock()
        self._open: dict[int, Network] = {}
        self._mover: ThreadPoolExecutor | None = None

    def open(self, file: ModelFile, demand: Demand) -> "Network":
        """A network, warm, on the best device that was asked for and works.

        Raises:
            ModelError: it can't be run, or the device that was asked for can't be used: says why.
        """
        preference = demand.preference or self.preference
        network = self._opened(file, demand, self._places(preference, demand))
        opened = Network(self, network, demand)
        with self._lock:
            self._open[id(opened)] = opened
        return opened

    @property
    def providers(self) -> dict[str, str]:
        """What each open network runs on, by its file's name."""
        with self._lock:
            return {network.name: network.label for network in self._open.values()}

    def close(self) -> None:
        """Closes every network that is still open."""
        with self._lock:
            left, self._open, mover, self._mover = list(self._open.values()), {}, self._mover, None
        if mover is not None:
            mover.shutdown()
        for network in left:
            network.close()

    def forget(self, network: "Network") -> None:
        """Takes a closed network off the list."""
        with self._lock:
            self._open.pop(id(network), None)

    def move(self, file: ModelFile, demand: Demand) -> "Future[OnnxNetwork]":
        """Opens a network on the CPU, on another thread."""
        with self._lock:
            if self._mover is None:
                self._mover = ThreadPoolExecutor(1, thread_name_prefix="understudy-mover")
            return self._mover.submit(self._kept_up, file, demand)

    def tell(self, level: Level, text: str) -> None:
        """Reports what the operator should know."""
        self._report(Event(level, text, self._clock.now_ns()))

    def _places(self, preference: Preference, demand: Demand) -> Sequence[Place]:
        """Where to try, best first.

        Raises:
            ModelError: what was asked for can't be used.
        """
        wanted = WANTED[preference]
        problems = {} if wanted == (CPU,) else self._known_problems()
        working = [provider for provider in wanted if provider == CPU or not problems.get(provider, "is not there")]
        if not working:
            name = Place(wanted[0]).label
            why = problems.get(wanted[0], "the installed ONNX Runtime was built without it")
            raise ModelError(f"Networks can't run on {name}: {why}; use --device auto, or see `understudy doctor`.")
        threads = max(1, round(demand.share * ((os.cpu_count() or 2) - 1)))
        return [Place(provider, threads, demand.graphs and provider == CUDA) for provider in working]

    def _opened(self, file: ModelFile, demand: Demand, places: Sequence[Place]) -> OnnxNetwork:
        """On the first place that works; says when a better one did not."""
        for place in places[:-1]:
            try:
                return OnnxNetwork(onnx_runtime(), file, demand.layout, place)
            except (ModelError, StageError) as error:
                self.tell(Level.WARNING, f"{error} It runs on {places[-1].label} instead.")
        try:
            return OnnxNetwork(onnx_runtime(), file, demand.layout, places[-1])
        except StageError as error:
            raise ModelError(str(error)) from error

    def _kept_up(self, file: ModelFile, demand: Demand) -> OnnxNetwork:
        """The network on the CPU, if that is quick enough.

        Raises:
            ModelError: it is not, or it does not run there either.
        """
        network = self._opened(file, demand, self._places(Preference.CPU, demand))
        took_ms = min(self._timed(network) for _ in range(TRIALS))
        if took_ms > demand.budget_ms:
            network.close()
            raise ModelError(
                f"The model {file.name} can't move to the CPU: one run takes {took_ms:.0f} ms there, "
                f"wanted at most {demand.budget_ms:.0f}; free the GPU and switch to the profile again."
            )
        return network

    def _timed(self, network: OnnxNetwork) -> float:
        began_ns = self._clock.now_ns()
        network.run()
        return (self._clock.now_ns() - began_ns) / 1e6

    def _known_problems(self) -> dict[str, str]:
        with self._lock:
            if not self._problems:
                self._problems = self._ask()
            return self._problems


class Network:
    """A network that moves to the CPU when its device fails. Called by one thread at a time."""

    def __init__(self, runtime: Runtime, inner: OnnxNetwork, demand: Demand) -> None:
        """An open network and what its user needs of it."""
        self._runtime, self._inner, self._demand = runtime, inner, demand
        self._moving: Future[OnnxNetwork] | None = None
        self.name = inner.name

    @property
    def label(self) -> str:
        """What it runs on, for people."""
        precision = " fp16" if self._inner.file.graph.precision == "float16" else ""
        return f"ONNX {self._inner.place.label}{precision}"

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
            StageError: it failed; on a GPU the CPU is made ready meanwhile.
        """
        self._arrive()
        try:
            self._inner.run()
        except StageError as error:
            if self._inner.place.provider != CPU and self._moving is None:
                self._moving = self._runtime.move(self._inner.file, self._demand)
                raise StageError(f"{error} It is being moved to the CPU.") from error
            raise

    def reset(self) -> None:
        """Forgets what was carried from run to run."""
        self._inner.reset()

    def close(self) -> None:
        """Frees it; may be called twice."""
        moving, self._moving = self._moving, None
        if moving is not None and not moving.cancel() and moving.exception() is None:
            moving.result().close()
        self._inner.close()
        self._runtime.forget(self)

    def _arrive(self) -> None:
        """Goes on with the network on the CPU once it is there."""
        if self._moving is None or not self._moving.done():
            return
        moved, self._moving = self._moving, None
        try:
            inner = moved.result()
        except ModelError as error:
            # Asked once more, a device that failed would fail again: nothing is tried until the profile is chosen anew.
            self._moving = Future()
            self._runtime.tell(Level.ERROR, str(error))
            return
        left, self._inner = self._inner, inner
        for name, array in left.inputs.items():
            inner.inputs[name][...] = array
        left.close()
        self._runtime.tell(Level.WARNING, f"The model {self.name} failed on {left.place.label}; it goes on on the CPU.")
