"""The operator's screen: one strip of state, the picture, the figures, the controls, the events."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from console.config.schema import ScreenConfig
from console.desk import Phase
from console.events.event_list import EventList
from console.events.journal import Journal
from console.pictures.picture_pair import PicturePair, Sight
from console.ports import SessionPort
from console.screens.key_footer import KeyFooter
from console.show.cue_line import CueLine
from console.view import View
from console.widgets.adjustment_list import AdjustmentList
from console.widgets.frame_flow import LossPanel, RatePanel
from console.widgets.frame_time import FrameTimePanel
from console.widgets.machine_load import MachinePanel
from console.widgets.panel import ViewPanel
from console.widgets.profile_list import ProfileList
from console.widgets.sound.pitch_panel import PitchPanel
from console.widgets.sound.sound_panel import SoundPanel
from console.widgets.sound.spectrum_panel import SpectrumPanel
from console.widgets.sound.sync_panel import SyncPanel
from console.widgets.sound.voice_list import VoiceList
from console.widgets.stage_times import StagePanel
from console.widgets.status_strip import StatusStrip
from pipeline.telemetry import Event

METER_S = 0.09
"""The meters move ten times a second, a little more often for the timer's jitter."""
COVERED_HZ = 1.0
"""Under a dialog every change repaints the whole screen, dimmed cell by cell, which is dear."""


class DashboardScreen(Screen[None]):
    """Shows views and pictures; decides nothing."""

    ALLOW_SELECT = False
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (72, "-compact"), (108, "-full"), (150, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (16, "-short"), (35, "-tall"), (42, "-lofty"), (50, "-high")]

    def __init__(self, journal: Journal, look: ScreenConfig) -> None:
        super().__init__()
        self._strip, self._pictures, self._footer = StatusStrip(), PicturePair(look), KeyFooter()
        self._profiles, self._adjustments, self._events = ProfileList(), AdjustmentList(), EventList(journal)
        self._voice = VoiceList()
        self._sound = SoundPanel()
        self._gauges: tuple[ViewPanel, ...] = (
            self._sound,
            VoiceList(classes="-summary"),
            SpectrumPanel(),
            PitchPanel(),
            SyncPanel(),
            RatePanel(),
            FrameTimePanel(),
            StagePanel(),
            LossPanel(),
            MachinePanel(),
        )
        self._cue = CueLine()
        controls = (self._cue, self._profiles, self._adjustments, self._voice)
        self._panels: tuple[ViewPanel, ...] = (self._strip, *controls, *self._gauges)
        self._view: View | None = None
        self._moved_s = 0.0
        self._sight_before: Sight | None = None

    def compose(self) -> ComposeResult:
        """The widgets."""
        yield self._strip
        with Horizontal(id="body"):
            with Vertical(id="program"):
                yield self._pictures
                yield self._cue
                with Horizontal(id="controls"):
                    yield self._profiles
                    yield self._adjustments
                    yield self._voice
                yield self._events
            with Vertical(id="gauges"):
                yield from self._gauges
        yield self._footer

    @property
    def covered(self) -> bool:
        """True while a dialog lies over the dashboard, and when everything is being taken down."""
        return self.app.screen_stack[-1:] != [self]

    def present(self, view: View) -> None:
        """Shows what there is to see."""
        self._view = view
        for panel in self._panels:
            panel.present(view)
        self._footer.present(view)
        if not any(row.prepared for row in view.rows):
            self._look_back()

    def draw(self, session: SessionPort, now_s: float) -> None:
        """Shows the present levels, and the newest picture if it is time for one."""
        view = self._view
        if view is None or view.phase is not Phase.RUNNING:
            self._pictures.instead(_instead(view))
            return
        if now_s - self._moved_s >= METER_S:
            self._moved_s = now_s
            self._sound.move(session.levels())
        self._pictures.draw(session, view, now_s)

    def look_on(self) -> Sight:
        """Shows the next kind of picture, and tells which."""
        self._sight_before = None
        self._pictures.look_at(self._pictures.sight.after)
        return self._pictures.sight

    def look_ahead(self) -> None:
        """Shows what was prepared until that is in."""
        if self._pictures.sight is not Sight.NEXT:
            self._sight_before = self._pictures.sight
            self._pictures.look_at(Sight.NEXT)

    def _look_back(self) -> None:
        """Shows what was shown before `look_ahead`: what was prepared is in."""
        if self._sight_before is not None:
            self._pictures.look_at(self._sight_before)
            self._sight_before = None

    def show_events(self) -> None:
        """Shows the newest events."""
        self._events.paint()

    def tells_whole(self, event: Event) -> bool:
        """Whether the list of events can be seen, and has room for all of it."""
        return not self.covered and self._events.tells_whole(event.text)


def _instead(view: View | None) -> str:
    """What is told in place of a picture; why nothing could start stands in a box over it."""
    if view is None or view.phase is Phase.STARTING:
        return "starting"
    return "" if view.phase is Phase.REFUSED else "the session is over: leave with q"
