"""Where networks run on this computer: what was asked for, what there is, and what to do when a device fails."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from pipeline.clock import Clock, MonotonicClock
from pipeline.errors import HaltError, ModelError, StageError
from pipeline.inference.onnx.live_network import Demand, Network
from pipeline.inference.onnx.model_file import ModelFile, full_precision
from pipeline.inference.onnx.network import Manner, OnnxNetwork
from pipeline.inference.onnx.place import CPU, CUDA, WANTED, Place, Preference
from pipeline.inference.providers import Backing, load_device_libraries
from pipeline.telemetry import Event, Level

__all__ = ["Backing", "Demand", "Manner", "Network", "Preference", "Runtime"]

TRIALS = 5
"""The best of so many runs tells how quick a network is."""


class Runtime:
    """Opens networks for one session. Any thread may call it.

    Attributes:
        preference: where networks run that are opened from now on, unless they say otherwise.
        report: told when a network moves or fails.
        halt: cuts short what is being opened.
        aside: where networks compute for threads that have entered it; ended by whoever lets them enter.
    """

    def __init__(
        self,
        preference: Preference = Preference.AUTO,
        *,
        clock: Clock | None = None,
        report: Callable[[Event], None] | None = None,
        backing: Backing | None = None,
        manner: Manner | None = None,
    ) -> None:
        """Asks nothing of the computer yet.

        Args:
            preference: where networks run unless they say otherwise.
            clock: the program's clock.
            report: told when a network moves.
            backing: what it stands on; this computer by default.
            manner: how they are opened; by default no end comes meanwhile.
        """
        self.preference = preference
        self.report, self._manner = report or (lambda _: None), manner or Manner()
        self.halt, self.aside = self._manner.halt, self._manner.aside
        self._clock, self._backing = clock or MonotonicClock(), backing or Backing()
        self._problems: dict[str, str] | None = None
        """What the computer was found to lack, by provider; None before it was asked."""
        self._lock, self._asking = threading.Lock(), threading.Lock()
        self._open, self._closed = dict[int, Network](), False
        self._mover: ThreadPoolExecutor | None = None

    def open(self, file: ModelFile, demand: Demand) -> Network:
        """A network, warm, on the best device that was asked for and works.

        Raises:
            HaltError: the session has ended.
            ModelError: it can't be run, or the device that was asked for can't be used: says why.
        """
        places = self._places(file.preference or self.preference, demand.share, graphs=demand.graphs)
        opened = Network(self, self._opened(file, demand, places), file, demand)
        with self._lock:
            if not self._closed:
                self._open[id(opened)] = opened
                return opened
        opened.close()
        raise HaltError

    @property
    def running(self) -> tuple[tuple[Path, str], ...]:
        """The file of each open network, and what it runs on."""
        with self._lock:
            return tuple((network.path, network.label) for network in self._open.values())

    @property
    def providers(self) -> dict[str, str]:
        """What each open network runs on, by its file's name; of two that share one, with the folder's before it."""
        found: dict[str, str] = {}
        for path, label in self.running:
            found[path.name if path.name not in found else f"{path.parent.name}/{path.name}"] = label
        return found

    @property
    def spent_ns(self) -> int:
        """What the runs of the open networks have taken so far."""
        with self._lock:
            return sum(network.spent_ns for network in self._open.values())

    def close(self) -> None:
        """Closes every network that is still open, or would be from now on."""
        with self._lock:
            self._closed = True
            left, self._open, mover, self._mover = list(self._open.values()), {}, self._mover, None
        if mover is not None:
            mover.shutdown(cancel_futures=True)
        for network in left:
            network.close()

    def forget(self, network: Network) -> None:
        """Takes a closed network off the list."""
        with self._lock:
            self._open.pop(id(network), None)

    def apart(self) -> "Runtime":
        """Another one on the same computer for what is only tried, to be closed by whoever asks for it."""
        known = Backing(self._backing.library, self._known_problems)
        return Runtime(self.preference, clock=self._clock, report=self.report, backing=known, manner=self._manner)

    def cut(self) -> None:
        """Has every run that is under way end with an error, and each later one."""
        with self._lock:
            for network in self._open.values():
                network.cut()

    def require(self) -> None:
        """Looks for what was asked for before anything else is opened.

        Raises:
            ModelError: it can't be used; names what is missing.
        """
        if self.preference not in (Preference.AUTO, Preference.CPU):
            self._places(self.preference, 1.0, graphs=False)

    def survey(self) -> None:
        """Asks the computer now, so that the first network has not to wait for it."""
        self._known_problems()

    def move(self, inner: OnnxNetwork, file: ModelFile, demand: Demand) -> Future[OnnxNetwork]:
        """Opens a network that failed in another way, on another thread; cancelled when all is closed already.

        Args:
            inner: the network that failed.
            file: the model as it was brought in.
            demand: what its user needs.
        """
        half = inner.not_numbers and inner.file.graph.precision == "float16"
        with self._lock:
            if self._closed:
                gone = Future[OnnxNetwork]()
                gone.cancel()
                return gone
            if self._mover is None:
                self._mover = ThreadPoolExecutor(1, thread_name_prefix="understudy-mover")
            if half and inner.place.provider != CPU:
                return self._mover.submit(self._in_full_or_moved, file, demand, inner.place)
            return self._mover.submit(self._kept_up, file, demand)

    def tell(self, level: Level, text: str) -> None:
        """Reports what the operator should know."""
        self.report(Event(level, text, self._clock.now_ns()))

    def _places(self, preference: Preference, share: float, *, graphs: bool) -> Sequence[Place]:
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
        threads = max(1, round(share * ((os.cpu_count() or 2) - 1)))
        return [Place(provider, threads, graphs and provider == CUDA) for provider in working]

    def _opened(self, file: ModelFile, demand: Demand, places: Sequence[Place]) -> OnnxNetwork:
        """On the first place that works; says when a better one did not.

        Raises:
            ModelError: none works, or only one that is too slow.
        """
        for place in places[:-1]:
            try:
                return self._on(file, demand, place)
            except ModelError as error:
                problem = str(error)
            try:
                network = self._kept_up(file, demand)
            except ModelError as error:
                raise ModelError(f"{problem} {error}") from error
            self.tell(Level.WARNING, f"{problem} It runs on the CPU instead.")
            return network
        return self._on(file, demand, places[-1])

    def _on(self, file: ModelFile, demand: Demand, place: Place) -> OnnxNetwork:
        """On one place, or in full precision there where half of it is not enough.

        Raises:
            ModelError: it does not run there.
        """
        try:
            return self._recorded(file, demand, place)
        except StageError as error:
            if file.graph.precision != "float16" or place.provider == CPU:
                raise ModelError(str(error)) from error
            problem = str(error)
        network = self._in_full(file, demand, place)
        self.tell(Level.WARNING, f"{problem} It runs there in full precision instead, which takes longer.")
        return network

    def _recorded(self, file: ModelFile, demand: Demand, place: Place) -> OnnxNetwork:
        """The network with its runs recorded, if that is wanted and can be; as it is otherwise.

        Raises:
            ModelError: it does not run there.
            StageError: it puts out no numbers there.
        """
        library = self._library(place)
        if place.graphs:
            # A device records nothing when it has to leave one operator to the CPU.
            with suppress(ModelError):
                return OnnxNetwork(library, file, demand.layout, place, self._manner)
        return OnnxNetwork(library, file, demand.layout, replace(place, graphs=False), self._manner)

    def _library(self, place: Place) -> ModuleType:
        """ONNX Runtime, with the libraries of the device loaded from where pip has put them."""
        library = self._backing.library()
        if place.provider != CPU:
            load_device_libraries(library)
        return library

    def _in_full(self, file: ModelFile, demand: Demand, place: Place) -> OnnxNetwork:
        """The network of a half-precision model in full precision.

        Raises:
            ModelError: it can't be written so, or does not run there.
        """
        try:
            with full_precision(file) as full:
                return self._recorded(full, demand, place)
        except StageError as error:
            raise ModelError(str(error)) from error

    def _in_full_or_moved(self, file: ModelFile, demand: Demand, place: Place) -> OnnxNetwork:
        """The same, or the network on the CPU, which calculates in full precision whatever the file has.

        Raises:
            ModelError: it runs on neither, or is too slow there.
        """
        try:
            return self._in_full(file, demand, place)
        except ModelError as error:
            self.tell(Level.WARNING, f"{error} It is being moved to the CPU.")
        return self._kept_up(file, demand)

    def _kept_up(self, file: ModelFile, demand: Demand) -> OnnxNetwork:
        """The network on the CPU, if that is quick enough.

        Raises:
            ModelError: it is not, or it does not run there either.
        """
        [place] = self._places(Preference.CPU, demand.share, graphs=False)
        network = self._on(file, demand, place)
        try:
            with self.halt.cutting(network.cut):
                took_ms = min(self._timed(network) for _ in range(TRIALS))
        except HaltError:
            network.close()
            raise
        except StageError as error:
            network.close()
            raise ModelError(str(error)) from error
        if took_ms > demand.budget_ms:
            network.close()
            raise ModelError(
                f"The model {file.name} can't move to the CPU: one run takes {took_ms:.0f} ms there, "
                f"wanted at most {demand.budget_ms:.0f}; free the GPU and switch to the profile again."
            )
        return network

    def _timed(self, network: OnnxNetwork) -> float:
        began_ns = self._clock.now_ns()
        network.rehearse()
        return (self._clock.now_ns() - began_ns) / 1e6

    def _known_problems(self) -> dict[str, str]:
        with self._asking:
            if self._problems is None:
                self._problems = self._backing.problems()
            return self._problems
