"""How high the actor speaks, and the voice that goes out: a figure and a trace of the last seconds for each."""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from console.view import View
from console.widgets.panel import Line, Role, ViewPanel, clip, fit, heading, line_width, spread
from console.widgets.sound.traces import filled, joined, newest

LOWEST_HZ, HIGHEST_HZ = 70.0, 420.0
"""Ends of the trace, an octave being as high everywhere."""
KEPT = 120
"""Readings that the trace can show."""
TOLD_NS = 1_000_000_000
"""A figure is the median of so long: a syllable's pitch is too quick to be read."""
LEAST_NS = 50_000_000
"""Readings that follow faster are left out of the trace, whose cells are all as long."""
SILENCE = "·"
USUAL_ROWS = 3
"""Where the style sheet leaves it to the panel."""
NAME_WIDTH = 4
TRACE_AT_LEAST = 4


@dataclass(frozen=True, slots=True)
class Pitches:
    """Both pitches at one instant; 0 where there is no voice."""

    at_ns: int
    heard_hz: float
    made_hz: float


class PitchHistory:
    """The pitches of the last readings. It is bounded."""

    def __init__(self) -> None:
        self.samples: deque[Pitches] = deque(maxlen=KEPT)
        """Oldest first."""

    def add(self, view: View) -> None:
        """Takes those of a view, if they are new."""
        audio, readings = view.audio, view.readings
        if audio is None or readings is None or view.stale:
            return
        if self.samples and readings.at_ns - self.samples[-1].at_ns < LEAST_NS:
            return
        self.samples.append(Pitches(readings.at_ns, audio.pitch_in_hz, audio.pitch_out_hz))

    def heard_hz(self) -> float | None:
        """What was heard in the last second; None where nobody spoke."""
        return self._middle([pitches.heard_hz for pitches in self._latest()])

    def made_hz(self) -> float | None:
        """What was made of it."""
        return self._middle([pitches.made_hz for pitches in self._latest()])

    def _latest(self) -> list[Pitches]:
        if not self.samples:
            return []
        since_ns = self.samples[-1].at_ns - TOLD_NS
        return [pitches for pitches in self.samples if pitches.at_ns >= since_ns]

    @staticmethod
    def _middle(values: Sequence[float]) -> float | None:
        voiced = [value for value in values if value > 0.0]
        return median(voiced) if voiced else None


def pitch_lines(view: View, history: PitchHistory, width: int, height: int) -> list[Line]:
    """A heading and a row for each pitch; both figures in one row where there is only one; without sound nothing."""
    heard_hz, made_hz = history.heard_hz(), history.made_hz()
    if height < 2:
        return [_summary(history, heard_hz, made_hz, width)]
    rows = [
        _row("mic", heard_hz, [pitches.heard_hz for pitches in history.samples], width),
        _row("out", made_hz, [pitches.made_hz for pitches in history.samples], width),
    ]
    note = view.age if view.stale else shift_text(heard_hz, made_hz)
    return [heading("PITCH", width, note), *rows] if height > len(rows) else rows


def shift_text(heard_hz: float | None, made_hz: float | None) -> str:
    """By how many semitones the voice is higher than the actor; empty where one of them is silent."""
    if not heard_hz or not made_hz:
        return ""
    return f"{12 * math.log2(made_hz / heard_hz):+.1f} semitones"


def pitch_trace(values_hz: Sequence[float], width: int) -> Line:
    """The last pitches, one a cell; a dot where there is no voice."""
    cells = []
    for value in newest(values_hz, width):
        if not value:
            cells.append((" " if value is None else SILENCE, Role.RULE))
            continue
        share = math.log(max(value, LOWEST_HZ) / LOWEST_HZ) / math.log(HIGHEST_HZ / LOWEST_HZ)
        cells.append((filled(share), Role.BAR))
    return joined(cells)


def _figure(value_hz: float | None) -> str:
    return "    – Hz" if value_hz is None else f"{value_hz:5.0f} Hz"


def _row(name: str, value_hz: float | None, values_hz: Sequence[float], width: int) -> Line:
    left: Line = ((fit(name, NAME_WIDTH), Role.MUTED), (_figure(value_hz), Role.TEXT), (" ", Role.TEXT))
    room = width - line_width(left)
    return clip((*left, *pitch_trace(values_hz, room)) if room >= TRACE_AT_LEAST else left, width)


def _summary(history: PitchHistory, heard_hz: float | None, made_hz: float | None, width: int) -> Line:
    """Both figures and, where there is room, the trace of what goes out."""
    figures: Line = (
        ("PITCH ", Role.TITLE),
        (_figure(heard_hz).strip().removesuffix(" Hz"), Role.TEXT),
        (" → ", Role.MUTED),
        (_figure(made_hz).strip(), Role.TEXT),
    )
    room = width - line_width(figures) - 1
    if room < TRACE_AT_LEAST:
        return clip(figures, width)
    return spread(figures, pitch_trace([pitches.made_hz for pitches in history.samples], min(room, KEPT)), width)


class PitchPanel(ViewPanel):
    """Both pitches, in one row, two or three."""

    AGES = True

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._history = PitchHistory()

    def present(self, view: View) -> None:
        """Adds the view's pitches; without sound it takes no room where the style sheet says so."""
        self._history.add(view)
        self.set_class(view.audio is None, "-silent")
        super().present(view)

    def lines_of(self, view: View) -> Sequence[Line]:
        """The view's pitches."""
        height = USUAL_ROWS if self.styles.is_auto_height else self.size.height
        return pitch_lines(view, self._history, self.size.width, height)
