"""Sound against picture: a sentence, a bar, how long either takes and the picture waits, and how it went of late."""

from collections import deque
from collections.abc import Sequence

from console.view import View
from console.widgets.panel import Line, Role, Span, ViewPanel, figure_ms, greyed, heading, line_width, spread
from console.widgets.sound.traces import EIGHTHS, STEPS, joined, worst

EARLY_GOOD_MS, LATE_GOOD_MS = 40.0, 60.0
"""How early and how late sound may be before it is noticed. Source: EBU R37."""
EARLY_BAD_MS, LATE_BAD_MS = 90.0, 185.0
"""What nobody puts up with. Source: ITU-R BT.1359."""
IN_SYNC_MS = 10.0
"""Below this a figure would be noise: frames come in steps of 33 ms, blocks in steps of 10."""
LEFT_MS, RIGHT_MS = -240.0, 140.0
"""Ends of the bar: late on the left, early on the right."""
TRACK, KNOB, MIDDLE = "━", "●", "┿"
NO_SOUND, UNHEARD, RECORDED = "no sound", "sound goes nowhere", "sound is recorded"
ADJUSTING = "ADJUSTING"
SETTLED_MS = 60.0
"""Pictures that wait so much more or less than they are to are on their way to it: no fault, and no cause for alarm."""
BAR_AT_LEAST = 6
KEPT = 60
"""Seconds of the trace."""
SECOND_NS = 1_000_000_000
TRACE_MS = 120.0
"""Ends of the trace, up for early and down for late; beyond them the colour tells."""
MOST_ROWS = 3
PATHS = (("mic → ear", "camera → sink", " ms"), ("voice", "picture", " ms"), ("voice", "picture", ""))
"""Words for how long both take, and the unit of the first, from the clearest to the shortest."""
NOTHING = "·"


def sync_role(offset_ms: float) -> Role:
    """Good within EBU R37, a warning up to what is unbearable, an error beyond."""
    if -LATE_GOOD_MS <= offset_ms <= EARLY_GOOD_MS:
        return Role.GOOD
    return Role.WARNING if -LATE_BAD_MS <= offset_ms <= EARLY_BAD_MS else Role.ERROR


def adjusting(view: View) -> bool:
    """Whether the pictures' delay still goes over to another one."""
    return view.offset_ms is not None and abs(view.sync.delay_ms - view.sync.target_ms) > SETTLED_MS


def offset_role(view: View) -> Role:
    """What the view's offset means."""
    if view.offset_ms is None:
        return Role.MUTED
    return Role.WARNING if adjusting(view) else sync_role(view.offset_ms)


def sync_word(view: View) -> str:
    """The offset in words; positive is early."""
    offset_ms = view.offset_ms
    if adjusting(view):
        return ADJUSTING
    if offset_ms is None:
        # Sound is measured where it goes out.
        if view.audio is None or view.audio.sinks:
            return NO_SOUND
        return RECORDED if view.recordings else UNHEARD
    if abs(offset_ms) < IN_SYNC_MS:
        return "IN SYNC"
    return f"AUDIO {abs(offset_ms):.0f} ms {'EARLY' if offset_ms > 0 else 'LATE'}"


def sync_bar(offset_ms: float | None, width: int) -> Line:
    """The zones as colours and the offset as a knob; nothing but the zones, grey, without an offset."""
    cells: list[Span] = []
    knob = None if offset_ms is None else _cell(offset_ms, width)
    for cell in range(width):
        middle_ms = LEFT_MS + (cell + 0.5) * (RIGHT_MS - LEFT_MS) / width
        glyph = MIDDLE if cell == _cell(0.0, width) else TRACK
        role = sync_role(middle_ms) if offset_ms is not None else Role.RULE
        cells.append((KNOB, Role.STRONG) if cell == knob else (glyph, role))
    return joined(cells)


class OffsetHistory:
    """The offset once a second over the last minute, oldest first. It is bounded."""

    def __init__(self) -> None:
        self._values_ms: deque[float | None] = deque(maxlen=KEPT)
        self._at_ns: int | None = None

    @property
    def values_ms(self) -> tuple[float | None, ...]:
        """None for a second without sound, or without anybody who looked."""
        return tuple(self._values_ms)

    def add(self, offset_ms: float | None, at_ns: int) -> None:
        """Takes the offset at an instant: the first one of each second counts."""
        if self._at_ns is None or at_ns < self._at_ns:
            # The first one, or the first of another session, whose clock is another one.
            self._at_ns = at_ns - SECOND_NS
        seconds = (at_ns - self._at_ns) // SECOND_NS
        if seconds > 0:
            self._values_ms.extend([None] * min(seconds - 1, KEPT))
            self._values_ms.append(offset_ms)
            self._at_ns += seconds * SECOND_NS


def sync_trace(values_ms: Sequence[float | None], width: int, height: int = 1) -> list[Line]:
    """The last minute in `height` rows: early is high, late is low, the colours are those of the bar."""
    cells = worst(values_ms, min(width, KEPT))
    steps = height * EIGHTHS
    rows: list[Line] = []
    for bottom in reversed(range(0, steps, EIGHTHS)):
        row: list[Span] = [(" ", Role.RULE)] * (min(width, KEPT) - len(cells))
        for value_ms in cells:
            if value_ms is None:
                row.append((NOTHING if bottom == 0 else " ", Role.RULE))
                continue
            share = (value_ms + TRACE_MS) / (2 * TRACE_MS)
            level = min(max(round(share * steps), 1), steps) - bottom
            row.append((STEPS[min(max(level, 0), EIGHTHS)], sync_role(value_ms)))
        rows.append(joined(row))
    return rows


def sync_lines(view: View, width: int, height: int, history: Sequence[float | None] = ()) -> list[Line]:
    """Word, bar, delay, paths and trace in `height` rows, the most important first; at least one."""
    offset_ms = view.offset_ms
    role = offset_role(view)
    if height < 2:
        line = _summary(offset_ms, f" {view.age}" if view.stale else f" {sync_word(view)}", role, width)
        return greyed([line]) if view.stale else [line]
    rows = _rows(view, width)
    room = height - 1 - len(rows)
    if room > 0 and view.audio is not None:
        rows += _minute(history, width, min(room, MOST_ROWS))
    if view.stale:
        return [heading("SYNC", width, view.age, Role.WARNING), *greyed(rows)][:height]
    return [heading("SYNC", width, sync_word(view), role), *rows][:height]


def _rows(view: View, width: int) -> list[Line]:
    """The bar between its two ends, the delay, and how long either path is."""
    if view.offset_ms is None:
        return [sync_bar(None, width), _delay(view, width), _paths(view, width)]
    bar = sync_bar(view.offset_ms, max(0, width - len("late ") - len(" early")))
    return [(("late ", Role.MUTED), *bar, (" early", Role.MUTED)), _delay(view, width), _paths(view, width)]


def _minute(history: Sequence[float | None], width: int, height: int) -> list[Line]:
    """The trace between the words that say how long it is."""
    label, now = "1 min ", " now"
    if width - len(label) - len(now) < BAR_AT_LEAST:
        return []
    traces = sync_trace(history, width - len(label) - len(now), height)
    words = [(" " * len(label), " " * len(now))] * (height - 1) + [(label, now)]
    return [
        ((left, Role.MUTED), *trace, (right, Role.MUTED)) for (left, right), trace in zip(words, traces, strict=True)
    ]


def _summary(offset_ms: float | None, word: str, role: Role, width: int) -> Line:
    """Name, bar and word in one row; the bar gives way."""
    cells = width - len("SYNC ") - len(word)
    if cells < BAR_AT_LEAST:
        return spread((("SYNC", Role.TITLE),), ((word, role),), width)
    return ("SYNC ", Role.TITLE), *sync_bar(offset_ms, cells), (word, role)


def _delay(view: View, width: int) -> Line:
    """How long pictures wait, how long they are to wait, and what the operator has added."""
    sync = view.sync
    trim: Line = (("trim ", Role.MUTED), (f"{sync.trim_ms:+.0f}", Role.TEXT), (" ms", Role.MUTED))
    for words in ("picture held ", "held ", ""):
        held: Line = (
            (words, Role.MUTED),
            (f"{sync.delay_ms:.0f}", Role.TEXT),
            (" of ", Role.MUTED),
            (f"{sync.target_ms:.0f}", Role.TEXT),
            (" ms", Role.MUTED),
        )
        if line_width(held) + line_width(trim) < width:
            break
    return spread(held, trim, width)


def _paths(view: View, width: int) -> Line:
    """How long the voice takes to the ear, and a picture to its sink, with what it is held."""
    voice_ms = view.audio.latency.p50_ms if view.audio else 0.0
    picture_ms = view.video.latency.p50_ms
    figures = [figure_ms(path_ms) if path_ms else "–" for path_ms in (voice_ms, picture_ms)]
    for first, second, unit in PATHS:
        left: Line = ((f"{first} ", Role.MUTED), (figures[0], Role.TEXT), (unit, Role.MUTED))
        right: Line = ((f"{second} ", Role.MUTED), (figures[1], Role.TEXT), (" ms", Role.MUTED))
        if line_width(left) + line_width(right) < width:
            break
    return spread(left, right, width)


def _cell(offset_ms: float, width: int) -> int:
    """The cell of the bar in which an offset lies; the ends hold what is beyond them."""
    share = (offset_ms - LEFT_MS) / (RIGHT_MS - LEFT_MS)
    return min(max(int(share * width), 0), width - 1)


class SyncPanel(ViewPanel):
    """Sound against picture, in as many rows as there is room."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._history = OffsetHistory()

    def present(self, view: View) -> None:
        """Shows the view's sync, and keeps it for the trace; without sound it takes less room."""
        if view.readings is not None and not view.stale:
            self._history.add(view.offset_ms, view.readings.at_ns)
        self.set_class(view.audio is None, "-silent")
        super().present(view)

    def lines_of(self, view: View) -> Sequence[Line]:
        """The view's sync."""
        return sync_lines(view, self.size.width, self.size.height, self._history.values_ms)
