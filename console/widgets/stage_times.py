"""Where the time of a frame goes: one bar of all stages against the budget, the slowest named, and a row a stage."""

from collections.abc import Sequence

from console.view import View, slowest_of
from console.widgets.panel import Line, Role, Span, ViewPanel, fit, heading
from pipeline.telemetry import Percentiles

SCALES_MS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
"""Right ends of the bars: round, so that the bars do not breathe with every reading."""
NAME_WIDTH = 11
BAR_FROM = 4
"""In fewer rows than this there is no bar of all stages."""
FIGURES_WIDTH = 14
COLUMNS = "p50 ms    p95"


LOOKS = (Role.BAR_NAME, Role.BAR_FAINT_NAME)
"""Neighbours in the bar of all stages are told apart by turns."""


def stacked_bar(view: View, width: int) -> Line:
    """All stages one after the other, in `width` cells that are the budget of a frame, or what is taken if it is more.

    A name stands in its stage's part where there is room; the slowest stands out.
    """
    stages = view.video.stages
    budget_ms = 1000.0 / view.video.fps_target if view.video.fps_target > 0 else 0.0
    taken_ms = sum(spread.p50_ms for spread in stages.values())
    whole_ms = max(budget_ms, taken_ms)
    if whole_ms <= 0:
        return (("─" * width, Role.RULE),)
    slowest, spans, begun, done_ms = slowest_of(stages), list[Span](), 0, 0.0
    for number, (name, spread) in enumerate(stages.items()):
        done_ms += spread.p50_ms
        end = round(done_ms / whole_ms * width)
        room, begun = end - begun, end
        role = Role.ACCENT_NAME if name == slowest else LOOKS[number % 2]
        if room > 0:
            spans.append((fit(f" {name}" if len(name) + 2 <= room else "", room), role))
    return (*spans, ("─" * (width - begun), Role.RULE))


def stage_lines(view: View, width: int, height: int | None = None) -> list[Line]:
    """A heading, the bar of all stages, and a row a stage, in the order of work.

    Of more stages than `height` has rows for, the slowest; in a few rows the bar gives way to them.
    """
    stages = view.video.stages
    if not stages:
        return [heading("STAGES", width, "ms")]
    longest_ms = max(spread.p95_ms for spread in stages.values())
    scale_ms = next((scale for scale in SCALES_MS if scale >= longest_ms), SCALES_MS[-1])
    slowest = slowest_of(stages)
    bar = [stacked_bar(view, width)] if height is None or height >= BAR_FROM else []
    room = len(stages) if height is None else max(0, height - 1 - len(bar))
    shown = sorted(stages, key=lambda name: stages[name].p50_ms)[-room:] if room else []
    rows = [_row(name, stages[name], scale_ms, width, slowest=name == slowest) for name in stages if name in shown]
    title = f"STAGES  slowest: {slowest}" if len(rows) == len(stages) else f"STAGES  {len(rows)} of {len(stages)}"
    return [
        heading(title if len(title) + len(COLUMNS) + 2 <= width else "STAGES", width, COLUMNS),
        *bar,
        *rows,
    ]


def _row(name: str, spread: Percentiles, scale_ms: float, width: int, *, slowest: bool) -> Line:
    room = max(0, width - NAME_WIDTH - FIGURES_WIDTH)
    usual = _cells(spread.p50_ms / scale_ms, room)
    seldom = max(0, _cells(spread.p95_ms / scale_ms, room) - usual)
    return (
        (fit(name, NAME_WIDTH), Role.ACCENT if slowest else Role.MUTED),
        ("━" * usual, Role.ACCENT if slowest else Role.BAR),
        ("━" * seldom + " " * (room - usual - seldom), Role.BAR_FAINT),
        (f"{spread.p50_ms:7.1f}", Role.TEXT),
        (f"{spread.p95_ms:7.1f}", Role.MUTED),
    )


def _cells(share: float, room: int) -> int:
    """Cells of a bar: at least one for anything at all."""
    return min(room, max(round(share * room), 1 if share > 0 else 0))


class StagePanel(ViewPanel):
    """The stages of the lane."""

    AGES = True

    def lines_of(self, view: View) -> Sequence[Line]:
        """The view's stage times, as many as the style sheet has room for."""
        most = self.styles.max_height
        return stage_lines(view, self.size.width, None if most is None else int(most.value))
