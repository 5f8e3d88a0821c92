"""Chains built and warmed while another one runs."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.assembly import Assembly, Chain, same_but_live
from pipeline.clock import Clock
from pipeline.errors import HaltError, UnderstudyError
from pipeline.lane import Handover
from pipeline.machine import give_memory_back
from pipeline.runner import do_all
from pipeline.stage import AudioStage
from pipeline.telemetry import Event, Level, PreparationFailed
from pipeline.video.screen.rehearsal import Rehearsal
from profiles.profile import Profile

READY_LIMIT = 10
"""Chains kept warm at most; the one unused for longest goes first."""
REQUEST_LIMIT = 32


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """A profile to make ready.

    Attributes:
        profile: which.
        take: whether the lane takes it at once.
        counts: whether taking it is a change of profile and not of a setting.
        at_ns: when it was asked for.
    """

    profile: Profile
    take: bool
    counts: bool
    at_ns: int


class Loader:
    """Builds what is asked for on its own thread, closes what the lanes are done with."""

    def __init__(
        self,
        assembly: Assembly,
        clock: Clock,
        hand_over: Callable[[Handover], None],
        report: Callable[[Event], None],
        spoken_with: Callable[[AudioStage], bool] = lambda voice: False,
    ) -> None:
        """A loader without requests.

        Args:
            assembly: builds the chains.
            clock: the program's clock.
            hand_over: gives the video lane a chain to take.
            report: told what could not be made ready.
            spoken_with: tells if the audio lane works with a voice; it does so for a while after the video lane left.
        """
        self._assembly, self._clock, self._hand_over, self._report = assembly, clock, hand_over, report
        self._spoken_with = spoken_with
        self._changed = threading.Condition()
        self._requests: OrderedDict[str, Request] = OrderedDict()
        self._wanted: Request | None = None
        self._retired: list[Chain] = []
        self._ready: OrderedDict[str, Chain] = OrderedDict()
        self._discarded: list[Chain] = []
        """Of no more use, to be closed when the audio lane has left them too."""
        self.loading: str | None = None
        """Name of the profile that is being built."""
        self.prepared: str | None = None
        """Name of the ready profile that was asked to be made ready last; None when it was taken."""
        self.rehearsal: Rehearsal | None = None
        """Shows how the actor would look as that profile."""
        self._rehearsed: Profile | None = None
        """That profile with the live settings that its stages have heard of; None before they saw a frame."""
        self._rehearsing: str | None = None
        """Name of a profile whose stages see one at this moment: the lane gets them afterwards."""

    @property
    def ready(self) -> tuple[str, ...]:
        """Names of the profiles that the lane could take at once."""
        with self._changed:
            return tuple(self._ready)

    def ask(self, request: Request) -> None:
        """Asks for a profile. A later switch replaces one that is not done yet; a mere setting never does."""
        name = request.profile.name
        with self._changed:
            if request.take:
                under_way = self._wanted
                if under_way is not None and not request.counts and under_way.profile.name != name:
                    text = f"The setting of {name} was left, because {under_way.profile.name} is about to replace it."
                    self._report(Event(Level.WARNING, text, self._clock.now_ns()))
                    return
                self._wanted = request
                self._cancel_takes()
            warm = self._ready.get(name)
            if warm is not None and same_but_live(warm.profile, request.profile):
                if not request.take:
                    self._ready[name] = self._assembly.relabel(warm, request.profile)
                    self._await(name)
                elif name != self._rehearsing:
                    self._give_ready(request)
            elif request.take or not self._will_be_taken(name):
                self._requests[name] = request
                while len(self._requests) > REQUEST_LIMIT:
                    self._requests.popitem(last=False)
                self._changed.notify_all()

    def retire(self, chain: Chain) -> None:
        """Takes a chain that has left the lane."""
        with self._changed:
            self._retired.append(chain)
            self._changed.notify_all()

    def step(self) -> bool:
        """Does one piece of work, or waits a little."""
        with self._changed:
            if not self._retired and not self._requests:
                self._changed.wait(0.25)
            retired, self._retired = self._retired, []
            request = self._requests.popitem(last=False)[1] if self._requests else None
            self.loading = request.profile.name if request is not None else None
        for chain in retired:
            _reset(chain)
            self._keep(chain)
        if request is not None:
            self._build(request)
            self.loading = None
        elif not retired:
            self._rehearse()
        self._close_discarded()
        return True

    def close(self) -> None:
        """Closes every chain that is kept; both lanes have ended."""
        with self._changed:
            chains = [*self._ready.values(), *self._retired, *self._discarded]
            self._ready.clear()
            self._retired.clear()
            self._discarded.clear()
        do_all(*(chain.close for chain in chains))

    def _close_discarded(self) -> None:
        """Closes what is of no more use. Chains come here from the video lane: no lane can take them any more."""
        done = [chain for chain in self._discarded if not self._spoken_with(chain.voice)]
        self._discarded = [chain for chain in self._discarded if chain not in done]
        for chain in done:
            chain.close()
        if done:
            give_memory_back()

    def _cancel_takes(self) -> None:
        """Turns requests to take into requests to prepare: only the newest choice counts."""
        for name, request in self._requests.items():
            if request.take:
                self._requests[name] = Request(request.profile, False, False, request.at_ns)

    def _build(self, request: Request) -> None:
        """Builds a chain and hands it on or keeps it; whatever fails is said, and the lane goes on as it was."""
        try:
            chain = self._assembly.build(request.profile)
        except HaltError:
            return
        except Exception as error:
            reason = str(error) if isinstance(error, UnderstudyError) else f"{type(error).__name__}: {error}"
            with self._changed:
                self._wanted = None if request is self._wanted else self._wanted
            name = request.profile.name
            text = f"{name} could not be made ready: {' '.join(reason.split())}"
            self._report(PreparationFailed(Level.ERROR, text, self._clock.now_ns(), name))
            return
        with self._changed:
            if request is self._wanted:
                self._give(chain, request)
                return
            self._keep(chain)
            self._await(request.profile.name)

    def _await(self, name: str) -> None:
        """Notes that a ready profile is the one to be taken next."""
        self._ready.move_to_end(name)
        if name != self.prepared:
            self._leave_prepared()
            self.prepared = name

    def _leave_prepared(self) -> None:
        """Has the profile that was to be taken next be like others that are ready: no frame was tried on them."""
        chain = None if self.prepared is None else self._ready.get(self.prepared)
        if chain is not None and self._rehearsed is not None and self.prepared != self._rehearsing:
            _reset(chain)
        self.prepared = self._rehearsed = None
        if self.rehearsal is not None:
            self.rehearsal.end()

    def _give_ready(self, request: Request) -> None:
        """Hands a ready chain to the lane."""
        if request.profile.name == self.prepared:
            self._leave_prepared()
        self._give(self._ready.pop(request.profile.name), request)

    def _rehearse(self) -> None:
        """Shows the operator the profile that is to be taken next, if he looks."""
        with self._changed:
            chain = None if self.prepared is None else self._ready.get(self.prepared)
            if self.rehearsal is None or chain is None or not self.rehearsal.is_due:
                return
            name = self._rehearsing = chain.profile.name
        problem, costume = "", chain.costume
        try:
            if self._rehearsed is not chain.profile:
                for stage in costume.stages:
                    stage.adjust(chain.profile)
            self.rehearsal.show(costume)
        except Exception as error:
            problem = f"{name} can't be shown before it is taken: {type(error).__name__}: {error}"
            self._report(Event(Level.WARNING, " ".join(problem.split()), self._clock.now_ns()))
        with self._changed:
            self._rehearsing = None
            if problem or name != self.prepared:
                _reset(chain)
                self.prepared = None if name == self.prepared else self.prepared
                self.rehearsal.end()
            else:
                self._rehearsed = chain.profile
            wanted = self._wanted
            if wanted is not None and wanted.profile.name == name and same_but_live(chain.profile, wanted.profile):
                self._give_ready(wanted)

    def _will_be_taken(self, name: str) -> bool:
        """Whether a profile is asked for already, to be taken."""
        waiting = self._requests.get(name)
        return waiting is not None and waiting.take

    def _give(self, chain: Chain, request: Request) -> None:
        """Hands a chain to the lane, with the live settings that were asked for."""
        if chain.profile != request.profile:
            chain = self._assembly.relabel(chain, request.profile)
        self._wanted = None
        self._hand_over(Handover(chain, request.at_ns, self._clock.now_ns(), request.counts))

    def _keep(self, chain: Chain) -> None:
        """Keeps a chain warm; the oldest goes when there are too many."""
        with self._changed:
            name = chain.profile.name
            gone = [name] if name in self._ready else list(self._ready)[: max(0, len(self._ready) + 1 - READY_LIMIT)]
            if self.prepared in gone:
                self._leave_prepared()
            self._discarded += [self._ready.pop(old) for old in gone]
            self._ready[name] = chain


def _reset(chain: Chain) -> None:
    """Has a chain's own stages forget what they saw."""
    for stage in chain.owned:
        stage.reset()
