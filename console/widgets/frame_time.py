"""Work time per frame as a graph, with the frame budget drawn in."""

from collections import deque
from collections.abc import Sequence

from console.view import View
from console.widgets.panel import Line, Role, Span, ViewPanel, figure_ms, heading
from pipeline.telemetry import Percentiles, Readings

BIN_NS = 250_000_000
"""One column of the graph: the slowest frame of a quarter of a second."""
LONGEST = 400
BLOCKS = " ▁▂▃▄▅▆▇█"
WARNING_SHARE, ERROR_SHARE = 0.75, 1.0
"""Shares of the frame budget above which work time is coloured. Source: OBS Studio's statistics window."""


def time_role(duration_ms: float, budget_ms: float, good: Role = Role.TEXT) -> Role:
    """`good` well inside the budget, a warning above 75 %, an error above 100 %."""
    if budget_ms <= 0 or duration_ms <= budget_ms * WARNING_SHARE:
        return good
    return Role.WARNING if duration_ms <= budget_ms * ERROR_SHARE else Role.ERROR


class FrameTimeHistory:
    """The slowest frame of every quarter of a second, oldest first."""

    def __init__(self) -> None:
        self._closed: deque[float] = deque(maxlen=LONGEST)
        self._open_ms = 0.0
        self._open_bin: int | None = None
        self._frames = 0

    def add(self, readings: Readings) -> None:
        """Takes the frames that are new in these readings."""
        video = readings.video
        worked_on = video.frames_in - video.drops.capture
        count = min(max(0, worked_on - self._frames), len(video.lane_history_ms))
        self._frames = worked_on
        slowest_ms = max(video.lane_history_ms[-count:], default=0.0) if count else 0.0
        present = readings.at_ns // BIN_NS
        if self._open_bin is not None and present > self._open_bin:
            self._closed.append(self._open_ms)
            between = min(present - self._open_bin - 1, LONGEST)
            self._closed.extend([slowest_ms] * between)
            self._open_ms = 0.0
        self._open_bin = present
        self._open_ms = max(self._open_ms, slowest_ms)

    def last_ms(self, count: int) -> tuple[float, ...]:
        """The last `count` columns, fewer at the beginning."""
        return (*self._closed, self._open_ms)[-count:] if count else ()


def graph_lines(values_ms: tuple[float, ...], budget_ms: float, size: tuple[int, int]) -> list[Line]:
    """`values_ms` as bars in `size` cells; the budget is the lower edge of the top row."""
    width, height = size
    below = max(1, height - 1)
    scale = below * 8 / budget_ms if budget_ms > 0 else 0.0
    padded = (0.0,) * (width - len(values_ms)) + values_ms[-width:]
    eighths = [min(round(value * scale), height * 8) for value in padded]
    roles = [time_role(value, budget_ms, Role.BAR) for value in padded]
    return [_graph_row(row, eighths, roles, budget=height > 1 and row == height - 1) for row in reversed(range(height))]


def _graph_row(row: int, eighths: list[int], roles: list[Role], *, budget: bool) -> Line:
    """One row of cells; neighbours of one role become one span."""
    spans: list[Span] = []
    for filled, role in zip(eighths, roles, strict=True):
        glyph, look = BLOCKS[min(max(filled - row * 8, 0), 8)], role
        if budget and glyph == " ":
            glyph, look = "▁", Role.RULE
        if spans and spans[-1][1] is look:
            spans[-1] = (spans[-1][0] + glyph, look)
        else:
            spans.append((glyph, look))
    return tuple(spans)


def budget_ms(view: View) -> float:
    """Time that the lane has for one frame; 0 while the rate is unknown."""
    return 1000.0 / view.video.fps_target if view.video.fps_target > 0 else 0.0


def time_heading(lane: Percentiles, budget_ms: float, width: int) -> Line:
    """The panel's name and its figures, fewer where there is less room."""
    p95 = f"p95 {figure_ms(lane.p95_ms)}"
    note = f"{figure_ms(lane.p50_ms)} {p95} of {budget_ms:.1f} ms"
    if width < len(note) + 12:
        note = f"{p95} of {budget_ms:.0f} ms"
    return heading("FRAME TIME", width, note, time_role(lane.p95_ms, budget_ms, Role.MUTED))


class FrameTimePanel(ViewPanel):
    """The graph under a heading with the figures."""

    AGES = True

    def __init__(self) -> None:
        super().__init__()
        self._history = FrameTimeHistory()
        self._seen_ns = -1

    def present(self, view: View) -> None:
        """Adds the view's new frames to the graph."""
        if view.readings and view.readings.at_ns != self._seen_ns:
            self._seen_ns = view.readings.at_ns
            self._history.add(view.readings)
        super().present(view)

    def lines_of(self, view: View) -> Sequence[Line]:
        """The view's figures and the graph."""
        width, height = self.size
        lane, budget = view.video.lane, budget_ms(view)
        title = time_heading(lane, budget, width)
        graph = graph_lines(self._history.last_ms(width), budget, (width, max(0, height - 1)))
        return [title, *graph]
