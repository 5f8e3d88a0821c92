"""The operator's screen: one strip of state, the picture, the figures, the controls, the events."""

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from console.desk import Phase
from console.ports import SessionPort
from console.screens.key_footer import KeyFooter
from console.view import STALE_S, View
from console.widgets.adjustment_list import AdjustmentList
from console.widgets.event_list import Entry, EventList
from console.widgets.frame_flow import LossPanel, RatePanel
from console.widgets.frame_time import FrameTimePanel
from console.widgets.live_picture import Caption, LivePicture
from console.widgets.machine_load import MachinePanel
from console.widgets.panel import ViewPanel
from console.widgets.profile_list import ProfileList
from console.widgets.sound.sound_panel import SoundPanel
from console.widgets.sound.sync_panel import SyncPanel
from console.widgets.sound.voice_list import VoiceList
from console.widgets.stage_times import StagePanel
from console.widgets.status_strip import StatusStrip
from pipeline.telemetry import Event, State

PICTURE_HZ = 15.0
CELLS_PER_S = 54_000
"""Cells that may be repainted a second: 120 by 30 at 15 Hz. A larger picture comes less often instead."""
USUAL_SHAPE = (16, 9)
"""Assumed while the session has not told the size of its frames."""
COVERED_HZ = 1.0
"""Under a dialog every change repaints the whole screen, dimmed cell by cell, which is dear."""


class DashboardScreen(Screen[None]):
    """Shows views and pictures; decides nothing."""

    ALLOW_SELECT = False
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (72, "-compact"), (108, "-full"), (150, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (16, "-short"), (32, "-tall"), (42, "-lofty"), (50, "-high")]

    def __init__(self) -> None:
        super().__init__()
        self._strip, self._picture, self._footer = StatusStrip(), LivePicture(), KeyFooter()
        self._profiles, self._adjustments, self._events = ProfileList(), AdjustmentList(), EventList()
        self._voice = VoiceList()
        self._sound = SoundPanel()
        self._gauges: tuple[ViewPanel, ...] = (
            self._sound,
            VoiceList(classes="-summary"),
            SyncPanel(),
            RatePanel(),
            FrameTimePanel(),
            StagePanel(),
            LossPanel(),
            MachinePanel(),
        )
        controls = (self._profiles, self._adjustments, self._voice)
        self._panels: tuple[ViewPanel, ...] = (self._strip, *controls, *self._gauges)
        self._view: View | None = None
        self._picture_at_s = 0.0
        self._new_picture_at_s = 0.0

    def compose(self) -> ComposeResult:
        """The widgets."""
        yield self._strip
        with Horizontal(id="body"):
            with Vertical(id="program"):
                yield self._picture
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

    def draw(self, session: SessionPort, now_s: float) -> None:
        """Shows the present levels, and the newest picture if it is time for one."""
        view, widget = self._view, self._picture
        if view is None or view.phase is not Phase.RUNNING:
            widget.show(None)
            widget.caption(Caption(_instead(view)))
            return
        self._sound.move(session.levels())
        if now_s - self._picture_at_s < self._interval_s():
            return
        self._picture_at_s = now_s
        width, height = widget.wanted_size(view.video.size if all(view.video.size) else USUAL_SHAPE)
        if width and height and widget.show(session.picture(width, height)):
            self._new_picture_at_s = now_s
        age_s = now_s - self._new_picture_at_s
        held = age_s > STALE_S and view.state is not State.CARD
        widget.caption(Caption(f"no new picture for {age_s:.0f} s", warning=True) if held else Caption())

    def note(self, event: Event) -> bool:
        """Adds to the list of events; whether it is one that does not only repeat what stands there."""
        return self._events.add(Entry(datetime.now(), event.level, event.text))

    def tells_whole(self, event: Event) -> bool:
        """Whether the list of events can be seen, and has room for all of it."""
        return not self.covered and self._events.tells_whole(event.text)

    def _interval_s(self) -> float:
        """Seconds between two pictures, a little less than that for the timer's jitter."""
        cells = self._picture.size.width * self._picture.size.height
        return 0.8 * max(1.0 / PICTURE_HZ, cells / CELLS_PER_S)


def _instead(view: View | None) -> str:
    """What is told in place of a picture; why nothing could start stands in a box over it."""
    if view is None or view.phase is Phase.STARTING:
        return "starting"
    return "" if view.phase is Phase.REFUSED else "the session is over: leave with q"
