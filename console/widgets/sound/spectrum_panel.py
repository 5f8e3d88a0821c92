"""The spectrum of the microphone, and of what is made of it, against the target's voice: a picture and a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from console.view import View
from console.widgets.panel import BLANK, Line, Role, Span, ViewPanel, clip, greyed, heading, line_width
from console.widgets.sound.contrast import Contrast, Difference
from console.widgets.sound.traces import EIGHTHS, STEPS, joined
from pipeline.audio.voice.statistics import BANDS_HZ

BANDS = len(BANDS_HZ)
ABOVE_DB, BELOW_DB = 9.0, 36.0
"""What is shown above the reference's loudest third-octave, and below."""
LEAST_NS = 95_000_000
"""A picture that comes sooner after the last one is not drawn: 10 a second are as many as anybody sees."""
USUAL_ROWS = 6
"""Where the style sheet leaves it to the panel."""
BESIDE_GAP = 2
BARS_AT_LEAST = 12
STACKED_FROM = 10
"""From so many rows on both graphs stand one above the other."""
HEADED = 4
"""From so many rows on there is a heading; from one more, the frequencies."""
LINED = 3
"""From so many rows of bars on the reference is a line."""
LINE = "▁─▔"
"""The end of the reference, low, in the middle or high in its cell."""
TOLERATED_DB = 4.0
"""Bars that differ by more have another colour."""
MARKS_HZ = {100.0: "100", 1_000.0: "1k", 10_000.0: "10k"}
NO_SPECTRUM = "no sound"
LEGEND = "against the target"
UNSAID = ("speak, and the largest difference is told", "speak to be compared", "speak")
MIC, OUT = "mic", "out"


@dataclass(frozen=True, slots=True)
class Curve:
    """One spectrum to be shown."""

    name: str
    levels_db: tuple[float, ...]
    reference_db: tuple[float, ...]
    largest: Difference | None


def band_text(band_hz: float) -> str:
    """A frequency as people say it."""
    return f"{band_hz:.0f} Hz" if band_hz < 1_000.0 else f"{band_hz / 1_000.0:g} kHz"


def sentences(curve: Curve) -> tuple[str, ...]:
    """What the curve's largest difference is, the longest form first."""
    largest = curve.largest
    if largest is None:
        return UNSAID
    if largest.alike:
        return "within 3 dB of the reference", "as the reference", "alike"
    size, where = f"{abs(largest.decibels):.0f} dB", band_text(largest.band_hz)
    word = "less" if largest.decibels < 0 else "more"
    sign = "−" if largest.decibels < 0 else "+"
    return (
        f"{size} {word} than the reference at {where}",
        f"{size} {word} than wanted at {where}",
        f"{size} {word} at {where}",
        f"{sign}{size} {where}",
    )


def sentence(curve: Curve, width: int, *, named: bool = False) -> Line:
    """The longest form that has room, behind the curve's name where there are two."""
    name = f"{curve.name} " if named else ""
    words = next((words for words in sentences(curve) if len(name) + len(words) <= width), sentences(curve)[-1])
    role = Role.MUTED if curve.largest is None or curve.largest.alike else Role.TEXT
    return clip(((name, Role.MUTED), (words, role)), width)


def graph(curve: Curve, width: int, height: int) -> list[Line]:
    """Bars of `width` by `height` cells, and the reference as a bright line; in one or two rows as their colours."""
    floor_db, scale = max(curve.reference_db) - BELOW_DB, height * EIGHTHS / (ABOVE_DB + BELOW_DB)
    own_db, other_db = _across(curve.levels_db, width), _across(curve.reference_db, width)
    tops, ends = ([_eighths((level - floor_db) * scale, height) for level in side] for side in (own_db, other_db))
    looks = [_role(own - other) for own, other in zip(own_db, other_db, strict=True)]
    rows: list[Line] = []
    for bottom in reversed(range(0, height * EIGHTHS, EIGHTHS)):
        cells = [(STEPS[min(max(top - bottom, 0), EIGHTHS)], look) for top, look in zip(tops, looks, strict=True)]
        if height >= LINED:
            cells = [_lined(cell, end - bottom) for cell, end in zip(cells, ends, strict=True)]
        rows.append(joined(cells))
    return rows


def _eighths(eighths: float, height: int) -> int:
    return min(max(round(eighths), 0), height * EIGHTHS)


def _role(more_db: float) -> Role:
    """The look of a bar that is so much above the reference."""
    return Role.ACCENT if more_db > TOLERATED_DB else Role.BAR_FAINT if more_db < -TOLERATED_DB else Role.BAR


def _lined(cell: Span, end: int) -> Span:
    """The cell, or the end of the reference in its place, if that lies so many eighths up in it."""
    return (LINE[(end - 1) * len(LINE) // EIGHTHS], Role.STRONG) if 0 < end <= EIGHTHS else cell


def _across(levels_db: Sequence[float], width: int) -> list[float]:
    """The levels at so many places from the lowest third-octave to the highest."""
    places = (np.arange(width) + 0.5) * BANDS / max(width, 1) - 0.5
    return [float(level) for level in np.interp(places, np.arange(BANDS), levels_db)]


def axis(width: int) -> Line:
    """Some frequencies below their bars."""
    text = " " * width
    for band_hz, words in MARKS_HZ.items():
        middle = (BANDS_HZ.index(band_hz) + 0.5) * width / BANDS
        at = min(max(0, int(middle) - len(words) // 2), width - len(words))
        text = text[:at] + words + text[at + len(words) :]
    return ((text, Role.MUTED),)


def drawn(curve: Curve, width: int, height: int, *, named: bool) -> list[Line]:
    """One graph above its sentence, in exactly so many rows."""
    words = sentence(curve, width, named=named)
    if height < 2:
        return [words]
    below = [axis(width)] if height > HEADED else []
    return [*graph(curve, width, height - 1 - len(below)), *below, words]


def spectrum_lines(curves: Sequence[Curve], width: int, height: int, note: str = "") -> list[Line]:
    """The curves in exactly `height` rows: both where there is room, the microphone's alone where not.

    Args:
        curves: the microphone's and that of what goes out; none where there is no sound.
        width, height: the room in cells.
        note: what stands at the right end of the heading.
    """
    if not curves:
        return [heading("SPECTRUM", width, note or NO_SPECTRUM), *[BLANK] * height][:height]
    title = [heading("SPECTRUM", width, note or LEGEND)] if height >= HEADED else []
    room = height - len(title)
    if height == 1:
        return [_row(curves[0], width)]
    half = (width - BESIDE_GAP) // 2
    if half >= BANDS:
        pair = [drawn(curve, half, room, named=True) for curve in curves]
        return title + [_beside(lines, half) for lines in zip(*pair, strict=True)]
    if height >= STACKED_FROM:
        upper = (room + 1) // 2
        above, below = (
            drawn(curve, width, rows, named=True) for curve, rows in zip(curves, (upper, room - upper), strict=False)
        )
        return [*title, *above, *below]
    return title + drawn(curves[0], width, room, named=False)


def _beside(lines: Sequence[Line], width: int) -> Line:
    first, second = lines
    return (*first, (" " * (width - line_width(first) + BESIDE_GAP), Role.TEXT), *second)


def _row(curve: Curve, width: int) -> Line:
    """Bars and words in one row; the bars give way as far as they still tell something."""
    forms = sentences(curve)
    words = next((words for words in forms if width - len(words) - 1 >= BARS_AT_LEAST), "")
    bars = graph(curve, min(width - (len(words) + 1 if words else 0), BANDS), 1)[0]
    return (*bars, (f" {words}", Role.TEXT)) if words else bars


class SpectrumPanel(ViewPanel):
    """Both spectra against the target's, in any room from 22 cells by 2 rows."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._heard, self._made = Contrast(), Contrast()
        self._drawn_ns: int | None = None

    def present(self, view: View) -> None:
        """Takes the view's spectra; those that come too soon after the last ones are not drawn."""
        audio, readings = view.audio, view.readings
        self.set_class(view.audio is None, "-silent")
        if audio is not None and readings is not None:
            reference = audio.spectrum_reference_db
            self._heard.add(audio.spectrum_in_db, reference, readings.at_ns, speaking=audio.speaking)
            self._made.add(audio.spectrum_out_db, reference, readings.at_ns, speaking=audio.speaking)
            if self._drawn_ns is not None and 0 < readings.at_ns - self._drawn_ns < LEAST_NS:
                return
            self._drawn_ns = readings.at_ns
        super().present(view)

    def lines_of(self, view: View) -> Sequence[Line]:
        """The view's spectra."""
        height = USUAL_ROWS if self.styles.is_auto_height else self.size.height
        lines = spectrum_lines(self._curves(view), self.size.width, height, view.age if view.stale else "")
        return greyed(lines) if view.stale else lines

    def _curves(self, view: View) -> list[Curve]:
        audio = view.audio
        if audio is None or not audio.spectrum_in_db or not audio.spectrum_reference_db:
            return []
        reference = audio.spectrum_reference_db
        # What goes out is as loud as the gain behind it makes it: only its colour is compared.
        heard_db, made_db = self._heard.level_db, self._made.level_db
        lower_db = 0.0 if heard_db is None or made_db is None else made_db - heard_db
        made = tuple(level_db - lower_db for level_db in audio.spectrum_out_db)
        return [
            Curve(MIC, audio.spectrum_in_db, reference, self._heard.largest),
            Curve(OUT, made, reference, self._made.largest),
        ]
