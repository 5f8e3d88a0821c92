"""The program picture, live, in half blocks or in pixels."""

import random
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.filter import Monochrome
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from console.pictures.half_blocks import HalfBlocks, Palette
from console.pictures.kitty import KittyCanvas
from console.pictures.painting import Canvas, HasPainting, Painting, Way
from console.pictures.shared_memory import SharedMemory
from console.ports import PreviewPort
from console.widgets.panel import fit, printable

MARGIN_GREY = 12
"""Level of the bars beside a picture of another shape than the widget."""
CAPTION_INK, WARNING_INK = "#cbd4dc", "#e3b04b"
"""Words lie on the dark bars in every theme."""
LUMA = np.array((0.299, 0.587, 0.114), np.float32)


@dataclass(frozen=True, slots=True)
class Caption:
    """Words across the picture's lowest row, or in its middle when there is no picture."""

    text: str = ""
    warning: bool = False


class LivePicture(Widget):
    """Shows pictures centred; one of `wanted_size` fills the cells without being stretched.

    Rendering bypasses Textual's styles: no border, no padding.
    """

    def __init__(self) -> None:
        super().__init__()
        self._canvas: Canvas | None = None
        self._serial: int | None = None
        self._caption = Caption()
        self._empty = True

    def wanted_size(self, shape: tuple[int, int]) -> tuple[int, int]:
        """Width and height in pixels that a picture of `shape` (width, height) has to have to fill the cells."""
        width, height = self.room
        if not width or not height or not all(shape):
            return width, height
        scale = min(width / shape[0], height / shape[1])
        return max(1, min(width, round(shape[0] * scale))), max(1, min(height, round(shape[1] * scale)))

    def show(self, preview: PreviewPort | None) -> bool:
        """Shows a picture, or none; True when it is another than the last."""
        width, height = self.room
        if preview is None or not width or not height:
            if not self._empty:
                self._empty, self._serial = True, None
                self._surface.clear()
                self.refresh()
            return False
        fresh = self._empty or not self._fits
        if preview.serial == self._serial and not fresh:
            return False
        self._serial, self._empty = preview.serial, False
        changed = self._surface.show(self._framed(preview.pixels, width, height))
        if fresh:
            self.refresh()
        elif changed:
            self.refresh(*_regions(changed, self.size.width))
        return True

    def caption(self, caption: Caption) -> None:
        """Words across the picture; empty ones take them away."""
        if caption != self._caption:
            self._caption = caption
            self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows that the compositor asks for."""
        return [self._row(y).crop(crop.x, crop.right) for y in crop.line_range]

    def on_hide(self) -> None:
        """The terminal needs no picture that nobody sees."""
        self.show(None)

    def on_unmount(self) -> None:
        """Takes what the terminal holds with it."""
        if self._canvas is not None:
            self._canvas.clear()

    @property
    def room(self) -> tuple[int, int]:
        """Width and height in pixels that the cells hold."""
        return self._surface.fit(self.size.width, self.size.height)

    @property
    def in_pixels(self) -> bool:
        """Whether the terminal gets pixels, which cost the same in any number of cells."""
        return not isinstance(self._surface, HalfBlocks)

    @property
    def _fits(self) -> bool:
        """Whether what was drawn last fills the cells there are now."""
        rows = self._surface.rows
        return len(rows) == self.size.height and all(row.cell_length == self.size.width for row in rows[:1])

    @property
    def _surface(self) -> Canvas:
        if self._canvas is None:
            painting = self.app.painting if isinstance(self.app, HasPainting) else Painting()
            self._canvas = self._blocks() if painting.way is Way.HALF_BLOCKS else self._pixels(painting)
        return self._canvas

    def _blocks(self) -> HalfBlocks:
        systems = {"256": ColorSystem.EIGHT_BIT, "standard": ColorSystem.STANDARD}
        return HalfBlocks(Palette(systems.get(self.app.console.color_system or "", ColorSystem.TRUECOLOR)))

    def _pixels(self, painting: Painting) -> KittyCanvas:
        number = random.randrange(1, 1 << 24)
        memory = SharedMemory(f"understudy-{number:x}") if painting.way is Way.SHARED else None
        return KittyCanvas(self._send, number, painting, memory)

    def _send(self, text: str) -> None:
        """Writes beside what the screen draws."""
        driver = self.app._driver
        if driver is not None:
            driver.write(text)

    def _framed(self, pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
        """`pixels` in the middle of exactly `width` by `height`; grey when the user asked for no colour."""
        if any(isinstance(line_filter, Monochrome) for line_filter in self.get_line_filters()):
            pixels = np.repeat((pixels @ LUMA).astype(np.uint8)[..., None], 3, axis=2)
        pixels = pixels[:height, :width]
        if pixels.shape[:2] == (height, width):
            return pixels
        framed = np.full((height, width, 3), MARGIN_GREY, np.uint8)
        top, left = (height - pixels.shape[0]) // 2, (width - pixels.shape[1]) // 2
        framed[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
        return framed

    def _row(self, y: int) -> Strip:
        rows = self._surface.rows if not self._empty else ()
        caption_row = self.size.height - 1 if rows else self.size.height // 2
        if self._caption.text and y == caption_row:
            return self._words(self._caption)
        if y < len(rows) and rows[y].cell_length == self.size.width:
            return rows[y]
        return Strip.blank(self.size.width, self._paper)

    @property
    def _paper(self) -> Style:
        return Style(bgcolor=RichColor.from_rgb(MARGIN_GREY, MARGIN_GREY, MARGIN_GREY))

    def _words(self, caption: Caption) -> Strip:
        ink = WARNING_INK if caption.warning else CAPTION_INK
        width = self.size.width
        text = fit(printable(caption.text), min(width, cell_len(caption.text))).center(width)
        return Strip([Segment(text, self._paper + Style(color=ink))]).adjust_cell_length(width, self._paper)


def _regions(rows: list[int], width: int) -> list[Region]:
    """The fewest regions, `width` wide, that cover ascending `rows`."""
    regions: list[Region] = []
    for row in rows:
        if regions and regions[-1].bottom == row:
            regions[-1] = regions[-1].grow((0, 0, 1, 0))
        else:
            regions.append(Region(0, row, width, 1))
    return regions
