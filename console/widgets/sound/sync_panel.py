"""Sound against picture: a sentence, a bar, and how long the picture waits."""

from collections.abc import Sequence

from console.view import View
from console.widgets.panel import Line, Role, Span, ViewPanel, greyed, heading, line_width, spread

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
    spans: list[Span] = []
    knob = None if offset_ms is None else _cell(offset_ms, width)
    for cell in range(width):
        middle_ms = LEFT_MS + (cell + 0.5) * (RIGHT_MS - LEFT_MS) / width
        glyph = MIDDLE if cell == _cell(0.0, width) else TRACK
        role = sync_role(middle_ms) if offset_ms is not None else Role.RULE
        if cell == knob:
            glyph, role = KNOB, Role.STRONG
        if spans and spans[-1][1] is role:
            spans[-1] = (spans[-1][0] + glyph, role)
        else:
            spans.append((glyph, role))
    return tuple(spans)


def sync_lines(view: View, width: int, height: int) -> list[Line]:
    """Word, bar and delay in `height` rows; at least one."""
    offset_ms = view.offset_ms
    role = offset_role(view)
    if height < 2:
        line = _summary(offset_ms, f" {view.age}" if view.stale else f" {sync_word(view)}", role, width)
        return greyed([line]) if view.stale else [line]
    if view.stale:
        return [heading("SYNC", width, view.age, Role.WARNING), *greyed(_rows(view, width))][:height]
    return [heading("SYNC", width, sync_word(view), role), *_rows(view, width)][:height]


def _rows(view: View, width: int) -> list[Line]:
    """The bar between its two ends, and the delay."""
    if view.offset_ms is None:
        return [sync_bar(None, width), _delay(view, width)]
    bar = sync_bar(view.offset_ms, max(0, width - len("late ") - len(" early")))
    return [(("late ", Role.MUTED), *bar, (" early", Role.MUTED)), _delay(view, width)]


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


def _cell(offset_ms: float, width: int) -> int:
    """The cell of the bar in which an offset lies; the ends hold what is beyond them."""
    share = (offset_ms - LEFT_MS) / (RIGHT_MS - LEFT_MS)
    return min(max(int(share * width), 0), width - 1)


class SyncPanel(ViewPanel):
    """Sound against picture, in as many rows as there is room."""

    def present(self, view: View) -> None:
        """Shows the view's sync; without sound it takes less room."""
        self.set_class(view.audio is None, "-silent")
        super().present(view)

    def lines_of(self, view: View) -> Sequence[Line]:
        """The view's sync."""
        return sync_lines(view, self.size.width, self.size.height)
