"""The pictures on the dashboard: one, or two side by side."""

from collections.abc import Iterator
from enum import StrEnum

from textual.app import ComposeResult
from textual.containers import Horizontal

from console.config.schema import ScreenConfig
from console.pictures.live_picture import Caption, LivePicture
from console.ports import SessionPort
from console.view import STALE_S, View
from pipeline.telemetry import Shown, State

PICTURE_HZ, SSH_HZ = 15.0, 5.0
"""Pictures a second where nothing else was settled: here, and over SSH."""
CELLS_PER_S = 54_000
"""Cells that may be repainted a second: 120 by 30 at 15 Hz. A larger picture comes less often instead."""
USUAL_SHAPE = (16, 9)
"""Assumed while the session has not told the size of its frames."""
ROOMY = 64
"""In fewer cells two pictures side by side are too small to be told anything by; the one that was asked for stays."""


class Sight(StrEnum):
    """What is shown here: a kind of picture, and the program beside it where there is room."""

    PROGRAM = "program"
    SOURCE = "source | program"
    NEXT = "next | program"
    FACES = "faces | program"
    MASK = "masks | program"

    @property
    def after(self) -> "Sight":
        """The next one; the last is followed by the first."""
        sights = list(Sight)
        return sights[(sights.index(self) + 1) % len(sights)]


FIRST = {
    Sight.PROGRAM: Shown.PROGRAM,
    Sight.SOURCE: Shown.SOURCE,
    Sight.NEXT: Shown.NEXT,
    Sight.FACES: Shown.FACES,
    Sight.MASK: Shown.MASK,
}
CAPTIONS = {
    Shown.PROGRAM: "PROGRAM: what goes out",
    Shown.SOURCE: "SOURCE: seen here only",
    Shown.NEXT: "NEXT: seen here only",
    Shown.FACES: "FACES: seen here only",
    Shown.MASK: "MASKS: seen here only",
}
OFF = "no picture here: [screen] picture is none"
NOTHING_NEXT = "nothing is prepared: mark a profile, press enter"


def missing(view: View, shown: Shown) -> str:
    """What is told in place of a picture that does not come."""
    if shown is not Shown.NEXT:
        return f"{shown} is not to be had"
    prepared = next((row for row in view.rows if row.prepared), None)
    return NOTHING_NEXT if prepared is None else f"{prepared.title} is being made ready"


class PicturePair(Horizontal):
    """Shows what a sight wants, as often as the terminal can take it."""

    def __init__(self, look: ScreenConfig) -> None:
        super().__init__()
        self._off, self._hz = look.picture == "none", look.picture_hz or PICTURE_HZ
        self.sight = Sight.PROGRAM
        self._pictures = (LivePicture(), LivePicture())
        self._pictures[1].display = False
        self._words = ""
        """What was last told in place of pictures."""
        self._drawn_s = 0.0
        self._fresh_s: list[float | None] = [None, None]

    def compose(self) -> ComposeResult:
        """Both pictures; the second is hidden while one is shown."""
        yield from self._pictures

    async def on_click(self) -> None:
        """The next kind of picture, as its key does."""
        await self.run_action("app.view")

    def look_at(self, sight: Sight) -> None:
        """Shows something else from the next picture on."""
        self.sight = sight
        self._drawn_s = 0.0
        self._fresh_s = [None, None]
        for picture in self._pictures:
            picture.show(None)

    def draw(self, session: SessionPort, view: View, now_s: float) -> None:
        """Shows the newest pictures if it is time for some."""
        if self._off:
            if self._words != OFF:
                self.instead(OFF)
            return
        if now_s - self._drawn_s < self._interval_s:
            return
        self._drawn_s = now_s
        for number, (picture, shown) in enumerate(self._wanted()):
            self._draw(session, view, number, (picture, shown), now_s)

    def instead(self, words: str) -> None:
        """Shows words in place of pictures."""
        self._words = words
        first, second = self._pictures
        second.display = False
        first.show(None)
        first.caption(Caption(words))

    def _draw(
        self, session: SessionPort, view: View, number: int, wanted: tuple[LivePicture, Shown], now_s: float
    ) -> None:
        picture, shown = wanted
        width, height = picture.wanted_size(view.video.size if all(view.video.size) else USUAL_SHAPE)
        preview = session.picture(width, height, shown) if width and height else None
        # Where there is no room yet, or nothing was asked for before, nothing can be old.
        if picture.show(preview) or not width or self._fresh_s[number] is None:
            self._fresh_s[number] = now_s
        if preview is None and shown is not Shown.PROGRAM:
            picture.caption(Caption(missing(view, shown)))
            return
        age_s = now_s - (self._fresh_s[number] or now_s)
        held = age_s > STALE_S and not (shown is Shown.PROGRAM and view.state is State.CARD)
        plain = "" if self.sight is Sight.PROGRAM else CAPTIONS[shown]
        picture.caption(Caption(f"no new picture for {age_s:.0f} s", warning=True) if held else Caption(plain))

    def _wanted(self) -> Iterator[tuple[LivePicture, Shown]]:
        """The pictures that there is room for, and what each shows."""
        first, second = self._pictures
        second.display = self.sight is not Sight.PROGRAM and self.size.width >= ROOMY
        yield first, FIRST[self.sight]
        if second.display:
            yield second, Shown.PROGRAM

    @property
    def _interval_s(self) -> float:
        """Seconds between two pictures, a little less than that for the timer's jitter."""
        repainted = 0 if self._pictures[0].in_pixels else self.size.width * self.size.height
        return 0.8 * max(1.0 / self._hz, repainted / CELLS_PER_S)
