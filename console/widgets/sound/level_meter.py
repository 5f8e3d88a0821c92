"""One level meter as a line: peak bar, mean level, hold and clip mark, on the scale that OBS Studio uses."""

from functools import lru_cache

from console.widgets.panel import Line, Role, Span
from pipeline.telemetry import MeterReading

LOWEST_DBFS = -60.0
YELLOW_DBFS, RED_DBFS = -20.0, -9.0
"""Where the colours change. Source: OBS Studio's mixer."""
MEAN, PEAK, HOLD, EMPTY = "█", "▒", "┃", "─"
CLIPPED = " CLIP"
UNHEARD = "not heard"


def level_role(level_dbfs: float) -> Role:
    """Green below -20 dBFS, yellow to -9, red above."""
    if level_dbfs >= RED_DBFS:
        return Role.ERROR
    return Role.WARNING if level_dbfs >= YELLOW_DBFS else Role.GOOD


def meter_bar(meter: MeterReading, width: int) -> Line:
    """The bar alone: the mean level full, the peak shaded, the hold a tick; grey when the levels are old."""
    mean, peak = _cells(meter.rms_dbfs, width), _cells(meter.peak_dbfs, width)
    hold = _cells(meter.hold_dbfs, width) - 1
    spans: list[Span] = []
    for cell, colour in enumerate(_colours(width)):
        glyph = MEAN if cell < mean else PEAK if cell < peak else HOLD if cell == hold else EMPTY
        role = colour if glyph != EMPTY else Role.RULE
        role = Role.MUTED if meter.stale and glyph != EMPTY else role
        if spans and spans[-1][1] is role:
            spans[-1] = (spans[-1][0] + glyph, role)
        else:
            spans.append((glyph, role))
    return tuple(spans)


@lru_cache(maxsize=64)
def _colours(width: int) -> tuple[Role, ...]:
    """The role of each cell of a bar."""
    return tuple(level_role(LOWEST_DBFS - LOWEST_DBFS * cell / width) for cell in range(width))


def meter_line(name: str, meter: MeterReading, width: int, *, heard: bool = True) -> Line:
    """Name, bar and the highest peak of late in dBFS; a clip takes the figure's place, and that nobody hears it."""
    tail = figure(meter) if heard else (f" {UNHEARD}", Role.MUTED)
    return (f"{name} ", Role.MUTED), *dimmed(meter, max(0, width - len(name) - 1 - len(tail[0])), heard), tail


def dimmed(meter: MeterReading, width: int, heard: bool) -> Line:
    """The bar, grey where nobody hears what it shows."""
    bar = meter_bar(meter, width)
    return bar if heard else tuple((text, Role.RULE if role is Role.RULE else Role.MUTED) for text, role in bar)


def figure(meter: MeterReading) -> Span:
    """The highest peak of late in five cells: steadier than the bar, and what a gain is set by."""
    if meter.stale:
        return "    –", Role.MUTED
    if meter.clipped:
        return CLIPPED, Role.ERROR
    return f"{meter.lately_dbfs:5.0f}", Role.TEXT


def _cells(level_dbfs: float, width: int) -> int:
    """Cells up to a level; none at the bottom of the scale."""
    share = 1 - min(max(level_dbfs, LOWEST_DBFS), 0.0) / LOWEST_DBFS
    return round(share * width)
