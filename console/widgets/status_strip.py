"""The strip that is always there: what goes out, as whom, how it is marked, for how long, from where to where."""

import math
import textwrap
from collections.abc import Sequence

from rich.cells import cell_len

from console.desk import Phase
from console.sound.sound_desk import Talk
from console.view import View
from console.widgets.panel import BLANK, Line, Role, ViewPanel, clip, line_width, spread
from console.widgets.sound.sound_panel import SHUT
from pipeline.preflight.finding import Verdict
from pipeline.telemetry import State
from profiles.profile import Kind

CORNERS = {"top-right": "┐", "top-left": "┌", "bottom-right": "┘", "bottom-left": "└"}
STATES = {
    State.ON_AIR: ("● ON AIR", Role.ON_AIR),
    State.PREVIEW: ("○ PREVIEW", Role.PREVIEW),
    State.CARD: ("■ CARD", Role.CARD),
    State.STOPPED: ("□ STOPPED", Role.STOPPED),
}
TALKS = {
    Talk.MUTED: ("YOU ARE MUTED BUT SPEAKING", "MUTED BUT SPEAKING", "MUTED"),
    Talk.WAITING: ("NOBODY HEARS YOU: HOLD v TO TALK", "NOBODY HEARS YOU: HOLD v", "HOLD v TO TALK"),
}
"""What keeps the actor from being heard: for one who speaks nevertheless, the same in less room, and in a word."""
SOON_S = 0.3
"""A shorter time till the first picture is not told."""
PREFLIGHT_ROLES: dict[Verdict | None, Role] = {
    Verdict.FAIL: Role.ERROR,
    Verdict.WARN: Role.WARNING,
    Verdict.PASS: Role.GOOD,
}
GIVING_WAY = ("consent", "preflight")
"""Marks that give way to the words of a warning."""
RIGHT_END = ("looking", "preflight", "consent", "label", "recording", "elapsed")
LENGTHS = 3
TITLE_AT_LEAST = 8
"""A longer title gives way to the marks down to so many cells."""
TALKING = "TALKING"


def badge(view: View) -> tuple[str, Role]:
    """The state as symbol, word and colour."""
    if view.phase is Phase.STARTING:
        return "▷ STARTING", Role.STOPPED
    if view.phase is Phase.REFUSED:
        return "□ NOT STARTED", Role.STOPPED
    words, role = STATES[view.state]
    if view.preflight.running and view.state is State.PREVIEW:
        return "◇ PREFLIGHT", role
    if view.phase is Phase.ENDED and view.state is State.CARD:
        # Only a session that failed leaves its card up.
        return f"× ERROR · {words}", Role.CARD
    if view.state is State.ON_AIR and not view.video.sinks:
        return f"{words} · VOICE ONLY" if view.hearers else f"{words} → nowhere", Role.CARD
    if view.state is State.ON_AIR:
        missing = ["FAIL-SAFE"] if view.standing_in else []
        missing += ["NO VOICE"] if view.audio and view.audio.outage.reason else []
        return " · ".join([words, *missing]), Role.CARD if missing else role
    if view.on_air_in_s >= SOON_S:
        return f"{words} · ON AIR IN {math.ceil(view.on_air_in_s)} s", role
    return words, role


def talk_badge(view: View, length: int = 0) -> Line:
    """Whether the actor is kept from being heard, and does not know it, and for how long what was said before is heard.

    `length` is 0 for the longest words and LENGTHS - 1 for the shortest.
    """
    audio = view.audio
    if audio is None or view.talk is Talk.OPEN or view.state is State.STOPPED:
        return BLANK
    if view.talk is Talk.TALKING:
        return (" ", Role.TEXT), (f" {TALKING} ", Role.PREVIEW)
    words = TALKS[view.talk]
    if view.heard:
        name, still_s = SHUT[view.talk], math.ceil(audio.muted_heard_s)
        words = (f"{name} · HEARD {still_s} s MORE", f"{name} · HEARD {still_s} s", f"{name} · {still_s} s")
        return (" ", Role.TEXT), (f" {words[length]} ", Role.CARD)
    return (" ", Role.TEXT), (f" {words[length]} ", Role.CARD) if audio.speaking else (f" {words[-1]} ", Role.STOPPED)


def clock_text(seconds: float) -> str:
    """Hours, minutes, seconds."""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def first_line(view: View, width: int) -> Line:
    """State, mute, title, marks and elapsed time.

    What keeps the actor from being heard is told in as many words as leave the marks their room; of the marks the
    least important is left out where even its shortest words are too long.
    """
    marks = _marks(view)
    for length in range(LENGTHS):
        left = _left(view, length)
        room = width - line_width(left) + max(0, cell_len(view.profile.title) - TITLE_AT_LEAST)
        # Whose likeness it is gives way to the words of a warning.
        if sum(line_width(part) for name, part in marks.items() if name not in GIVING_WAY) <= room:
            break
    kept: dict[str, Line] = {}
    for name, part in marks.items():
        if line_width(part) <= room:
            kept[name] = part
            room -= line_width(part)
    right = sum((kept.get(name, BLANK) for name in RIGHT_END), BLANK)
    return spread(left, right, width)


def _left(view: View, length: int) -> Line:
    """What stands at the left end."""
    words, role = badge(view)
    return (f" {words} ", role), *talk_badge(view, length), ("  ", Role.TEXT), (view.profile.title, Role.STRONG)


def _marks(view: View) -> dict[str, Line]:
    """What stands at the right end, the most important first."""
    marks: dict[str, Line] = {}
    corner = view.profile.disclosure.corner
    marks["label"] = (("   ", Role.TEXT), (f"{CORNERS[corner]} AI label", Role.GOOD))
    elapsed_s = view.readings.elapsed_s if view.readings else 0.0
    if view.read_only:
        marks["looking"] = (("   ", Role.TEXT), (" READ ONLY ", Role.STOPPED))
    if view.phase in (Phase.ENDED, Phase.REFUSED):
        return marks
    marks["elapsed"] = (("   ", Role.TEXT), (clock_text(elapsed_s), Role.STRONG), (" ", Role.TEXT))
    if view.recordings or view.outputs.record:
        recorded_s = view.video.recording_s
        told = "" if recorded_s is None else f" {clock_text(recorded_s).removeprefix('00:')}"
        marks["recording"] = (("   ", Role.TEXT), (f"● REC{told}", Role.ERROR))
    words, role = consent_words(view)
    marks["consent"] = (("   ", Role.TEXT), (words, role))
    if view.preflight.words:
        marks["preflight"] = (
            ("   ", Role.TEXT),
            (view.preflight.words, PREFLIGHT_ROLES.get(view.preflight.verdict, Role.MUTED)),
        )
    return marks


def consent_words(view: View) -> tuple[str, Role]:
    """Whose likeness it is, and by what right."""
    if view.profile.kind is Kind.PERSONA:
        return "synthetic persona", Role.MUTED
    return "NO CONSENT", Role.ERROR


def second_line(view: View, width: int) -> Line:
    """Source and outputs. A third of the room is the source's, if it needs it."""
    told = [view.place, view.video.source or "opening the source"]
    left: Line = ((f" {' · '.join(filter(None, told))}", Role.MUTED),)
    arrow, margin = ("  → ", Role.MUTED), (" ", Role.MUTED)
    room = width - min(line_width(left), width // 3) - line_width((arrow, margin))
    outputs = clip(((outputs_text(view), Role.MUTED),), room)
    return spread(left, (arrow, *outputs, margin), width)


def outputs_text(view: View) -> str:
    """Where picture and voice go, in words: what somebody sees or hears before what is recorded."""
    voice = [f"the voice to {', '.join(view.hearers)}"] if view.hearers else []
    if view.video.sinks:
        films = [sink for sink in view.video.sinks if sink.startswith(view.recordings)]
        seen = [sink for sink in view.video.sinks if sink not in films]
        return ", ".join([*seen, *readers_words(view), *voice, *films])
    names = [] if view.outputs.virtual_camera == "none" else [view.outputs.virtual_camera]
    names += [view.outputs.record.name] if view.outputs.record else []
    if view.readings and not names and voice:
        return f"no picture, {voice[0]}"
    return ", ".join(names) or "no virtual camera"


def readers_words(view: View) -> list[str]:
    """Who sees the virtual camera, where that can be known."""
    if view.readers is None:
        return []
    return [f"seen by {', '.join(view.readers)}" if view.readers else "seen by nobody yet"]


def reason_lines(view: View, width: int) -> Sequence[Line]:
    """Why nothing runs, in as many rows as it needs."""
    rows = textwrap.wrap(view.reason, max(1, width - 2), initial_indent=" ", subsequent_indent=" ")
    return [((row, Role.WARNING),) for row in rows]


class StatusStrip(ViewPanel):
    """One line, or two where the style sheet gives it two; more while it says why nothing runs."""

    def present(self, view: View) -> None:
        """Shows the view's state; it takes the room that a reason needs."""
        self.set_class(bool(view.reason), "-over")
        super().present(view)

    def lines_of(self, view: View) -> Sequence[Line]:
        """The view's state."""
        width = self.size.width
        rows = reason_lines(view, width) if view.reason else [second_line(view, width)]
        return (first_line(view, width), *rows)
