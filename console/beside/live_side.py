"""The live picture on screens beside the dashboard."""

from textual.app import ComposeResult
from textual.containers import Vertical

from console.desk import Phase
from console.pictures.live_picture import Caption, LivePicture
from console.pictures.picture_pair import OFF, USUAL_SHAPE
from console.ports import PreviewPort, SessionPort
from console.view import View

NOTHING_RUNS = "nothing runs"


class LiveSide(Vertical):
    """Shows the program picture as large as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self._picture = LivePicture()
        self._view: View | None = None
        self._still: PreviewPort | None = None
        self._left_out = False

    def compose(self) -> ComposeResult:
        """The picture."""
        yield self._picture

    def present(self, view: View) -> None:
        """Notes what there is to see."""
        self._view = view

    def hold(self, still: PreviewPort | None) -> None:
        """Shows a still picture in place of the live one, until there is none any more."""
        self._still = still
        if still is not None:
            self._picture.caption(Caption())
            self._picture.show(still)

    def leave_out(self) -> None:
        """Shows no live picture: the user wants none."""
        self._left_out = True
        self._picture.caption(Caption(OFF))

    @property
    def room(self) -> tuple[int, int]:
        """Width and height in pixels that the picture may have."""
        return self._picture.room

    def draw(self, session: SessionPort) -> None:
        """Shows the newest picture; one that was made for another screen is left out."""
        view, widget = self._view, self._picture
        if self._still is not None or self._left_out:
            return
        if view is None or view.phase is not Phase.RUNNING:
            widget.show(None)
            widget.caption(Caption(NOTHING_RUNS))
            return
        width, height = widget.wanted_size(view.video.size if all(view.video.size) else USUAL_SHAPE)
        if not width or not height:
            return
        picture = session.picture(width, height)
        if picture is not None and picture.pixels.shape[:2] == (height, width):
            widget.show(picture)
            widget.caption(Caption())
