"""The operator's screen: one strip of state, the picture, the figures, the controls, the events."""

from datetime import datetime
from typing import Protocol

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Footer

from console.desk import Phase
from console.ports import SessionPort
from console.view import STALE_S, View
from console.widgets.adjustment_list import AdjustmentList
from console.widgets.event_list import Entry, EventList
from console.widgets.frame_flow import LossPanel, RatePanel
from console.widgets.frame_time import FrameTimePanel
from console.widgets.live_picture import Caption, LivePicture
from console.widgets.machine_load import MachinePanel
from console.widgets.profile_list import ProfileList
from console.widgets.stage_times import StagePanel
from console.widgets.status_strip import StatusStrip
from pipeline.telemetry import Event

PICTURE_HZ = 15.0
CELLS_PER_S = 54_000
"""Cells that may be repainted a second: 120 by 30 at 15 Hz. A larger picture comes less often instead."""
COVERED_HZ = 2.0
"""Under a dialog the picture is dimmed cell by cell, which is dear."""


class Presenter(Protocol):
    """A widget that shows a part of a view."""

    def present(self, view: View) -> None:
        """Shows it."""


class DashboardScreen(Screen[None]):
    """Shows views and pictures; decides nothing."""

    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (72, "-compact"), (108, "-full"), (150, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (16, "-short"), (32, "-tall"), (50, "-high")]

    def __init__(self) -> None:
        super().__init__()
        self._strip, self._picture = StatusStrip(), LivePicture()
        self._profiles, self._adjustments, self._events = ProfileList(), AdjustmentList(), EventList()
        self._gauges = (RatePanel(), FrameTimePanel(), StagePanel(), LossPanel(), MachinePanel())
        self._panels: tuple[Presenter, ...] = (self._strip, self._profiles, self._adjustments, *self._gauges)
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
                yield self._events
            with Vertical(id="gauges"):
                yield from self._gauges
        yield Footer()

    def present(self, view: View) -> None:
        """Shows what there is to see."""
        for panel in self._panels:
            panel.present(view)

    def draw(self, session: SessionPort, phase: Phase, now_s: float) -> None:
        """Shows the newest picture, if it is time for one."""
        widget = self._picture
        if phase is not Phase.RUNNING:
            widget.show(None)
            widget.caption(Caption("starting" if phase is Phase.STARTING else "no picture"))
            return
        if now_s - self._picture_at_s < self._interval_s(widget):
            return
        self._picture_at_s = now_s
        width, height = widget.pixel_size
        if width and height and widget.show(session.picture(width, height)):
            self._new_picture_at_s = now_s
        age_s = now_s - self._new_picture_at_s
        widget.caption(Caption(f"no new picture for {age_s:.0f} s", warning=True) if age_s > STALE_S else Caption())

    def note(self, event: Event) -> None:
        """Adds to the list of events."""
        self._events.add(Entry(datetime.now(), event.level, event.text))

    def _interval_s(self, widget: LivePicture) -> float:
        """Seconds between two pictures, a little less than that for the timer's jitter."""
        if not self.is_current:
            return 1.0 / COVERED_HZ
        cells = widget.size.width * widget.size.height
        return 0.8 * max(1.0 / PICTURE_HZ, cells / CELLS_PER_S)
