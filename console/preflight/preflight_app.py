"""The key of the preflight: it is run beside the screen, shown as it goes, and remembered when going on air."""

import threading
from dataclasses import replace
from functools import partial

from rich.console import RenderableType
from textual import on, work
from textual.screen import ModalScreen

from console.beside.beside_app import BesideApp
from console.messages import PreflightEnded
from console.ports import SessionPort, device_name
from console.preflight.keeping import age_words, outcome, told
from console.preflight.port import Order, Preflighter
from console.preflight.preflight_screen import PreflightScreen
from console.screens.question import Question
from console.view import PreflightView, View
from console.widgets.panel import printable
from pipeline.errors import UnderstudyError
from pipeline.preflight.finding import Area, Verdict
from pipeline.preflight.result import Result
from pipeline.preflight.runner import Progress
from pipeline.telemetry import Level
from profiles.errors import ProfileError

NONE_HERE = "A preflight hears and sees through the session itself; run it on the session's own screen."
ON_AIR = "The call would watch you turn your head: go back to preview with the space bar, then press f again."
RUNS = "A preflight runs already; s ends it."
NONE_RUNS = "No preflight runs."
STOPPING = "The preflight ends; what was heard and seen until now is judged."
NONE_YET = "There is no preflight to write a report of; press f for one."
AGE_INTERVAL_NS = 10_000_000_000


class PreflightApp(BesideApp):
    """Turns the keys of the preflight into runs, and asks before a profile that failed one goes on air."""

    session: SessionPort
    """The one that lends its camera and microphone."""
    _preflight_progress: Progress | None = None
    _preflight_stop: threading.Event | None = None
    """Ends the one that runs; None while none does."""
    _preflight_of = ""
    """The name of the profile that it is of."""
    _preflight_areas: frozenset[Area] = frozenset()
    _preflight_told_ns: int | None = None
    _preflight_line = PreflightView()

    @property
    def _preflighter(self) -> Preflighter:
        """What runs them.

        Raises:
            UnderstudyError: the session runs elsewhere.
        """
        if self.surroundings.preflighter is None:
            raise UnderstudyError(NONE_HERE)
        return self.surroundings.preflighter

    def action_preflight(self) -> None:
        """Opens the checklist and begins, unless there is one to be looked at first."""
        if not isinstance(self.screen, ModalScreen | PreflightScreen):
            self.act(self._open_preflight)

    def _open_preflight(self) -> str | None:
        self.push_screen(PreflightScreen(lambda: self.session, self._preflighter.kept(self.desk.profile.name)))
        return self._begin_preflight(frozenset(Area)) if self._preflight_stop is None else None

    @on(PreflightScreen.Wanted)
    def _run_wanted_preflight(self, message: PreflightScreen.Wanted) -> None:
        self.act(partial(self._begin_preflight, message.areas))

    @on(PreflightScreen.Unwanted)
    def _stop_unwanted_preflight(self) -> None:
        self.act(self._end_preflight)

    def _end_preflight(self) -> str:
        if self._preflight_stop is None:
            raise UnderstudyError(NONE_RUNS)
        self._preflight_stop.set()
        return STOPPING

    @on(PreflightScreen.ReportWanted)
    def _write_preflight_report(self) -> None:
        self._put_report(self.desk.profile.name)

    @work(thread=True, exclusive=True, exit_on_error=False, group="report")
    def _put_report(self, profile: str) -> None:
        """Writes the page, which has pictures in it."""
        try:
            self.tell(Level.INFO, self._report_preflight(profile))
        except UnderstudyError as error:
            self.tell(Level.ERROR, str(error))

    def _report_preflight(self, profile: str) -> str:
        result = self._preflighter.kept(profile)
        if result is None:
            raise UnderstudyError(NONE_YET)
        return f"The report is in {self._preflighter.write_report(result)}."

    def _begin_preflight(self, areas: frozenset[Area]) -> str | None:
        """Begins one.

        Raises:
            UnderstudyError: one runs, the picture is on air, or the session runs elsewhere.
        """
        preflighter = self._preflighter
        if self._preflight_stop is not None:
            raise UnderstudyError(RUNS)
        if self.desk.on_air:
            raise UnderstudyError(ON_AIR)
        self.desk.require_running()
        readings = self.session.readings()
        microphone = "" if readings.audio is None else device_name(readings.audio.source)
        self._preflight_stop, self._preflight_progress = threading.Event(), None
        self._preflight_of, self._preflight_areas = self.desk.profile.name, areas
        self._run_preflight(preflighter, Order(areas, microphone), self._preflight_stop)
        return None

    @work(thread=True, exclusive=True, exit_on_error=False, group="preflight")
    def _run_preflight(self, preflighter: Preflighter, order: Order, stopped: threading.Event) -> None:
        result: Result | None = None
        error: UnderstudyError | None = None
        try:
            result = preflighter.run(self.session, order, self._note_preflight, stopped)
        except (UnderstudyError, ProfileError) as failure:
            error = UnderstudyError(str(failure))
        finally:
            self.post_message(PreflightEnded(result, error))

    def _note_preflight(self, progress: Progress) -> None:
        """Called by threads of the preflight."""
        self._preflight_progress = progress

    @on(PreflightEnded)
    def _note_preflight_end(self, message: PreflightEnded) -> None:
        self._preflight_stop, self._preflight_told_ns = None, None
        result = message.result
        if message.error is not None:
            self.tell(Level.ERROR, str(message.error))
        elif result is not None:
            level = Level.INFO if result.verdict in (Verdict.PASS, Verdict.SKIP) else Level.WARNING
            self.tell(level, f"Preflight of {result.title}: {outcome(result)}.")
        for screen in self.screen_stack:
            if isinstance(screen, PreflightScreen):
                screen.end(result if result is not None and result.profile == self.desk.profile.name else None)
        self.show_all()

    def with_preflight(self, view: View) -> View:
        """The view with how the preflight stands in it."""
        preflighter = self.surroundings.preflighter
        if preflighter is None:
            return view
        now_ns = self.clock.now_ns()
        if (
            self._preflight_told_ns is None
            or now_ns - self._preflight_told_ns >= AGE_INTERVAL_NS
            or self._preflight_line.profile != view.profile.name
        ):
            self._preflight_told_ns = now_ns
            result = preflighter.kept(view.profile.name)
            words = told(result, self.surroundings.now()) if result is not None else ""
            self._preflight_line = PreflightView(view.profile.name, words, None if result is None else result.verdict)
        running = self._preflight_stop is not None
        if running and (self._preflight_of != view.profile.name or self.desk.on_air):
            # What was begun with one target is not told of another, and nobody turns the head for a call.
            self.end_preflight()
        progress = self._preflight_progress if self._preflight_of == view.profile.name else None
        line = replace(self._preflight_line, running=running, areas=self._preflight_areas, progress=progress)
        return replace(view, preflight=line)

    def end_preflight(self) -> None:
        """Ends one that runs; what it has found is told."""
        if self._preflight_stop is not None:
            self._preflight_stop.set()

    def exit(self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Leaves, without waiting for a preflight's end."""
        self.end_preflight()
        super().exit(result, return_code, message)

    def go_on_air_after(self, agreed: bool | None) -> None:
        """Goes on air if the operator wants it; somebody else may have taken it there meanwhile."""
        if agreed and not self.desk.on_air:
            self.act(self.desk.toggle_air)

    def failed_preflight(self) -> Question | None:
        """What to ask before the running profile goes on air; None where nothing stands against it."""
        preflighter = self.surroundings.preflighter
        result = None if preflighter is None else preflighter.kept(self.desk.profile.name)
        if result is None or result.verdict is not Verdict.FAIL or self.desk.on_air:
            return None
        lines = [finding for finding in result.findings if finding.verdict is Verdict.FAIL]
        named = "; ".join(f"{finding.area}: {finding.title}, {finding.measured}" for finding in lines[:3])
        more = f" (and {len(lines) - 3} more)" if len(lines) > 3 else ""
        age = age_words(result.age_s(self.surroundings.now()))
        text = f"The preflight of {result.title}, {age}, failed: {named}{more}. Go on air all the same?"
        return Question(printable(text), "On air", "Stay")
