"""One preflight from its first second to its result."""

import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from math import isfinite
from typing import Protocol

from pipeline.clock import Clock
from pipeline.inference.store import ModelStore
from pipeline.preflight.actor.sweep import Sweep
from pipeline.preflight.evidence import Heard, Seen
from pipeline.preflight.finding import Area, Finding
from pipeline.preflight.gatherer import Gatherer
from pipeline.preflight.judging import Judge
from pipeline.preflight.microphone.learning import spectrum_levels_db
from pipeline.preflight.report.page import Pictures
from pipeline.preflight.report.stills import pictures_of
from pipeline.preflight.result import Result, now_text
from pipeline.preflight.script import Cue, Phase, cue_at, script_for, sweep_share
from pipeline.preflight.settings import PreflightSettings

TICK_S, SPECTRUM_S = 0.1, 0.5
"""From one look to the next, and from one live spectrum to the next."""
LIVE_S = 3.0
"""So much of the newest sound makes the live spectrum."""
THANKS = "Thank you. What was heard and seen is being looked at."
BUSY_AT = 0.7
"""From this share of the time on the computer may be kept busy, beside the last movements of the head."""


class Feed(Protocol):
    """Where sound and pictures come from while it is entered."""

    camera: str
    microphone: str
    missing: dict[str, str]
    """Why there is no `camera` or no `microphone`, a sentence each."""
    gatherer: Gatherer

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""

    def heard(self) -> Heard | None:
        """The sound so far."""

    def seen(self) -> Seen | None:
        """The pictures so far."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A preflight at one instant, for whoever shows it."""

    cue: Cue
    share: float
    """Of the whole, 0..1."""
    findings: tuple[Finding, ...] = ()
    spectrum_db: tuple[float, ...] = ()
    """Of the last seconds; empty until somebody speaks."""
    reference_db: tuple[float, ...] = ()


class Preflight:
    """Gathers, judges, and tells how far it is. One thread runs it; any thread may stop it."""

    def __init__(
        self,
        settings: PreflightSettings,
        models: ModelStore,
        clock: Clock,
        tell: Callable[[Progress], None] = lambda progress: None,
        stopped: threading.Event | None = None,
    ) -> None:
        """Learns what the profile is held against; what of it can't be read is told among the findings.

        Args:
            settings: whose, with what, for how long.
            models: where the network files are.
            clock: the program's clock.
            tell: called by several threads, one at a time, whenever something is new.
            stopped: set to end it early: what was gathered is still judged.
        """
        self._settings, self._clock, self._tell = settings, clock, tell
        self._judge, self._script = Judge(settings, models, clock), script_for(settings.areas)
        self._stopped = stopped or threading.Event()
        self._lock, self._time_for_it = threading.Lock(), threading.Event()
        self._progress = Progress(cue_at(0.0, self._script), 0.0, reference_db=self._judge.reference_db)
        self.sweep: Sweep | None = None
        self.pictures = Pictures()
        """What the report shows, once it is done."""

    def run(self, feed: AbstractContextManager[Feed]) -> Result:
        """Runs it whole.

        Raises:
            UnderstudyError: the devices could not be given back.
        """
        began_ns = self._clock.now_ns()
        computer = threading.Thread(target=self._look_at_computer, name="preflight computer")
        computer.start()
        try:
            with feed as open_feed:
                self._gather(open_feed, began_ns)
                heard, seen = open_feed.heard(), open_feed.seen()
            self._time_for_it.set()
            self._note(Cue(Phase.LOOK, THANKS, 1.0), 1.0)
            for findings in self._judge.evidence(heard, seen, open_feed.missing, self.sweep):
                self._found(findings)
        except BaseException:
            self._stopped.set()
            raise
        finally:
            self._time_for_it.set()
            computer.join()
        self.pictures = pictures_of(seen, self._settings.profile)
        result = self._result(open_feed, heard, began_ns)
        self._note(Cue(Phase.DONE, "", 1.0), 1.0)
        return result

    def _gather(self, feed: Feed, began_ns: int) -> None:
        """Lets the actor speak and move until the time is over, or nothing more comes."""
        length_ns, spectrum_ns = round(self._settings.seconds * 1e9), began_ns
        live = self._settings.wanted.live
        while self._script and not feed.over:
            now_ns = self._clock.now_ns()
            share = min(1.0, (now_ns - began_ns) / length_ns)
            if (share >= 1.0 and live) or self._clock.wait_until(now_ns + round(TICK_S * 1e9), self._stopped):
                return
            if share >= BUSY_AT:
                self._time_for_it.set()
            spectrum_db = None
            if now_ns - spectrum_ns >= SPECTRUM_S * 1e9 and (latest := feed.gatherer.latest(LIVE_S)) is not None:
                spectrum_db, spectrum_ns = spectrum_levels_db(latest), now_ns
            cue = self._cue(feed, share, now_ns)
            if cue.phase is Phase.SWEEP and self._progress.cue.phase is Phase.SPEAK:
                self._found(self._judge.spoken(feed.heard(), feed.missing))
            self._note(cue, share, spectrum_db)

    def _cue(self, feed: Feed, share: float, now_ns: int) -> Cue:
        """What the actor is to do now; the head is followed once it is to be moved."""
        if not self._settings.wanted.live:
            return Cue(Phase.LOOK, "The recording is read.", share)
        cue = cue_at(share, self._script)
        if cue.phase is not Phase.SWEEP:
            return cue
        if self.sweep is None:
            self.sweep = Sweep(now_ns, sweep_share(self._script) * self._settings.seconds)
        self.sweep.see(feed.gatherer.face, now_ns)
        return replace(cue, instruction=self.sweep.instruction, share=self.sweep.progress)

    def _look_at_computer(self) -> None:
        if Area.SYSTEM in self._settings.areas:
            for finding in self._judge.computer(self._may_be_busy, self._stopped):
                self._found((finding,))

    def _may_be_busy(self) -> bool:
        self._time_for_it.wait()
        return not self._stopped.is_set()

    def _found(self, findings: Iterable[Finding]) -> None:
        with self._lock:
            told = in_order((*self._progress.findings, *map(_drawable, findings)))
            self._progress = replace(self._progress, findings=told)
            self._tell(self._progress)

    def _note(self, cue: Cue, share: float, spectrum_db: tuple[float, ...] | None = None) -> None:
        """Tells where it is."""
        with self._lock:
            spectrum_db = self._progress.spectrum_db if spectrum_db is None else spectrum_db
            self._progress = replace(self._progress, cue=cue, share=share, spectrum_db=spectrum_db)
            self._tell(self._progress)

    def _result(self, feed: Feed, heard: Heard | None, began_ns: int) -> Result:
        profile = self._settings.profile
        return Result(
            profile=profile.name,
            title=profile.title,
            taken_at=now_text(),
            seconds=round((self._clock.now_ns() - began_ns) / 1e9, 1),
            camera=feed.camera,
            microphone=feed.microphone,
            findings=self._progress.findings,
            spectrum_db=() if heard is None else spectrum_levels_db(heard),
            reference_db=self._judge.reference_db,
        )


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The checklist's order: by area, and within it as they came; a check's later finding replaces an earlier one."""
    newest = {finding.id: finding for finding in findings}
    areas = list(Area)
    return tuple(sorted(newest.values(), key=lambda finding: areas.index(finding.area)))


def _drawable(finding: Finding) -> Finding:
    """The finding without a figure that is no number, which neither a bar nor JSON can take."""
    gauge = finding.gauge
    return finding if gauge is None or isfinite(gauge.value) else replace(finding, gauge=None)
