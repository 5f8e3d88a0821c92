"""A finding's figure on a bar in cells, and the live spectrum over the reference's."""

from collections.abc import Sequence

from console.widgets.panel import Line
from console.widgets.sound.spectrum_panel import Curve, axis, graph
from pipeline.audio.voice.statistics import BANDS_HZ
from pipeline.preflight.finding import Finding, Verdict

INKS = {Verdict.PASS: "success", Verdict.WARN: "warning", Verdict.FAIL: "error", Verdict.SKIP: "muted"}
"""The theme's colours by verdict."""
MARK, ACCEPTED, BEYOND = "●", "━", "─"
MIDDLE_HZ = (300.0, 3_500.0)
ROOM = 0.25
"""Beyond the accepted range so much of its width is shown, where the figure does not need more."""


def gauge_cells(finding: Finding, width: int) -> list[tuple[str, str]]:
    """Cells with their colours' names: the accepted range, and where in it the figure lies; blank without a figure."""
    gauge = finding.gauge
    ends = [] if gauge is None else [end for end in (gauge.least, gauge.most) if end is not None]
    if gauge is None or not ends:
        return [(" " * width, "muted")]
    low, high = min(gauge.value, *ends), max(gauge.value, *ends)
    room = ROOM * (high - low) or 1.0
    low, high = low - room, high + room
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
    reference = _levelled(reference_db or live_db)
    return [*graph(Curve("mic", tuple(_levelled(live_db)), tuple(reference), None), width, rows), axis(width)]


def _levelled(levels_db: Sequence[float]) -> list[float]:
    middle = [
        level for level, band_hz in zip(levels_db, BANDS_HZ, strict=True) if MIDDLE_HZ[0] <= band_hz <= MIDDLE_HZ[1]
    ]
    mean = sum(middle) / len(middle)
    return [level - mean for level in levels_db]
