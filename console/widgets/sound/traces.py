"""Small graphs of one row: how something went of late, in block characters."""

from collections.abc import Sequence

from console.widgets.panel import Line, Span

STEPS = " ▁▂▃▄▅▆▇█"
"""A cell filled by eighths."""
EIGHTHS = 8


def joined(cells: Sequence[Span]) -> Line:
    """Cells as a line: neighbours of one look become one piece."""
    spans: list[Span] = []
    for glyph, role in cells:
        if spans and spans[-1][1] is role:
            spans[-1] = (spans[-1][0] + glyph, role)
        else:
            spans.append((glyph, role))
    return tuple(spans)


def filled(share: float, least: int = 1) -> str:
    """A cell filled by a share from 0 to 1, by at least so many eighths."""
    return STEPS[min(max(round(share * EIGHTHS), least), EIGHTHS)]


def newest(values: Sequence[float | None], width: int) -> list[float | None]:
    """The last values for so many cells, None in front of the first."""
    kept = list(values[-width:]) if width > 0 else []
    return [None] * (max(0, width) - len(kept)) + kept


def worst(values: Sequence[float | None], width: int) -> list[float | None]:
    """All values in at most so many cells: of those that share one, the farthest from zero."""
    if len(values) <= width:
        return newest(values, width)
    ends = [round(cell * len(values) / width) for cell in range(width + 1)] if width > 0 else []
    groups = [
        [value for value in values[start:end] if value is not None] for start, end in zip(ends, ends[1:], strict=False)
    ]
    return [max(group, key=abs, default=None) for group in groups]
