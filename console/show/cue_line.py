"""The next cue of the show in one line of the dashboard."""

from collections.abc import Mapping, Sequence

from console.show.cues import Cue
from console.show.rundown import ShowView
from console.view import View
from console.widgets.panel import Line, Role, ViewPanel, clip, printable

LAST = "no cue follows"


def cue_line(show: ShowView, titles: Mapping[str, str], width: int) -> Line:
    """Such as `NEXT 3/7 Ines · enters from the left · in 0:42`; words when the present cue's time has run over."""
    following, countdown = show.following, show.countdown
    over = show.left_s is not None and show.left_s <= 0
    late = (f" · {countdown}" if countdown else "", Role.WARNING if over else Role.ACCENT)
    if following is None:
        return clip(((f"CUE {len(show.cues)}/{len(show.cues)} ", Role.TITLE), (LAST, Role.MUTED), late), width)
    head = f"NEXT {show.place + 2}/{len(show.cues)} "
    title = titles.get(following.profile, following.profile)
    note = f" · {printable(following.note)}" if following.note else ""
    # The countdown stays to be seen: the note gives way.
    room = width - len(head) - len(late[0])
    return (
        *clip(((head, Role.TITLE), *clip(((title, Role.STRONG), (note, Role.TEXT)), room)), width - len(late[0])),
        late,
    )


def cue_words(cue: Cue) -> str:
    """What a cue asks for beside its profile."""
    room = cue.background
    parts = [cue.note]
    if room is not None:
        parts.append(f"before {room.path.name if room.path is not None else room.colour or room.kind}")
    if cue.seconds is not None:
        parts.append(f"{cue.seconds:g} s{', then the next by itself' if cue.auto else ''}")
    return " · ".join(filter(None, parts))


class CueLine(ViewPanel):
    """Shown only with a show."""

    DEFAULT_CSS = "CueLine { height: 1; padding: 0 1; }"

    async def on_click(self) -> None:
        """The cue list, as its key does."""
        await self.run_action("app.cues")

    def lines_of(self, view: View) -> Sequence[Line]:
        """The next cue; nothing without a show."""
        self.display = view.show is not None
        if view.show is None:
            return []
        return [cue_line(view.show, {row.name: row.title for row in view.rows}, self.size.width)]
