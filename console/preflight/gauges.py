"""A finding's figure on a bar in cells, and the live spectrum over the reference's."""

from collections.abc import Sequence

from console.widgets.panel import Line
from console.widgets.sound.spectrum_panel import Curve, axis, graph
from pipeline.preflight.finding import Finding, Verdict
from pipeline.preflight.report.charts import levelled

INKS = {Verdict.PASS: "success", Verdict.WARN: "warning", Verdict.FAIL: "error", Verdict.SKIP: "muted"}
"""The theme's colours by verdict."""
MARK, ACCEPTED, BEYOND = "●", "━", "─"


def gauge_cells(finding: Finding, width: int) -> list[tuple[str, str]]:
    """Cells with their colours' names: the accepted range, and where in it the figure lies; blank without a figure."""
    gauge = finding.gauge
    if gauge is None or gauge.span is None:
        return [(" " * width, "muted")]
    low, high = gauge.span
    cells = list[tuple[str, str]]()
    at = min(width - 1, int((gauge.value - low) / (high - low) * width))
    for place in range(width):
        value = low + (place + 0.5) / width * (high - low)
        accepted = (gauge.least is None or value >= gauge.least) and (gauge.most is None or value <= gauge.most)
        if place == at:
            cells.append((MARK, INKS[finding.verdict]))
        else:
            cells.append((ACCEPTED, "success") if accepted else (BEYOND, "muted"))
    return cells


def spectrum_rows(live_db: Sequence[float], reference_db: Sequence[float], width: int, rows: int) -> list[Line]:
    """Bars of the microphone and a line for the reference, levels aligned; nothing without a spectrum."""
    if not live_db or width <= 0:
        return []
    reference = levelled(reference_db or live_db)
    return [*graph(Curve("mic", tuple(levelled(live_db)), tuple(reference), None), width, rows), axis(width)]
