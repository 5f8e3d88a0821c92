"""The visible label on everything that leaves the program."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Pixels
from profiles.profile import DisclosureSettings

WORDING = {
    "en": "AI-MODIFIED",
    "de": "KI-VERÄNDERT",
    "fr": "MODIFIÉ PAR IA",
    "es": "MODIFICADO CON IA",
    "it": "MODIFICATO CON IA",
    "nl": "BEWERKT MET AI",
    "pl": "ZMIENIONE PRZEZ AI",
    "pt": "MODIFICADO COM IA",
}
MIN_HEIGHT_PX = 14
PLATE_OPACITY = 0.72
MAX_WIDTH_SHARE = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """A plate with text, made for one picture size.

    Attributes:
        left, top: where it lies, in pixels, both even.
        text: uint8 (h, w, 3), what is added to the darkened picture.
        keep: uint8 (h, w, 3), by how much the picture beneath is kept, 0..255.
    """

    left: int
    top: int
    text: Pixels
    keep: Pixels

    @classmethod
    def build(cls, title: str, settings: DisclosureSettings, size: tuple[int, int]) -> "Label":
        """The label for pictures of `size` (width, height)."""
        width, height = size
        wording = f"{WORDING[settings.language]}  ·  {title}"
        margin = max(2, round(0.03 * height))
        limit = max(8, min(round(MAX_WIDTH_SHARE * width), width - 2 * margin))
        text = _fitted_text(wording, max(MIN_HEIGHT_PX, round(settings.size * height)), limit)
        plate_height, plate_width = (min(text.shape[0], height), min(text.shape[1], width))
        text = text[:plate_height, :plate_width]
        at_left, at_top = settings.corner.endswith("left"), settings.corner.startswith("top")
        left = min(margin, width - plate_width) if at_left else width - plate_width - margin
        top = min(margin, height - plate_height) if at_top else height - plate_height - margin
        plate = np.full(text.shape, round(255 * (1 - PLATE_OPACITY)), np.uint8)
        keep = np.asarray(cv2.subtract(plate, text), np.uint8)
        return cls(max(0, left) // 2 * 2, max(0, top) // 2 * 2, text, keep)

    def draw(self, pixels: Pixels) -> None:
        """Draws the label into uint8 (height, width, 3) BGR of the size it was made for."""
        height, width = self.text.shape[:2]
        part = pixels[self.top : self.top + height, self.left : self.left + width]
        cv2.multiply(part, self.keep, dst=part, scale=1 / 255)
        cv2.add(part, self.text, dst=part)


def _fitted_text(wording: str, height_px: int, limit_px: int) -> NDArray[np.uint8]:
    """White text on black with a margin, uint8 (h, w, 3), no wider than the limit: smaller first, then cut."""
    font = cv2.FontFace("sans")
    size_px = max(8, round(height_px * 0.62))
    width = _text_width(wording, font, size_px)
    while width + height_px > limit_px and size_px > 9:
        size_px -= 1
        width = _text_width(wording, font, size_px)
    while width + height_px > limit_px and len(wording) > 4:
        wording = wording[:-2] + "…"
        width = _text_width(wording, font, size_px)
    canvas = np.zeros((height_px, width + height_px, 3), np.uint8)
    origin = (height_px // 2, round(height_px / 2 + 0.36 * size_px))
    cv2.putText(canvas, wording, origin, (255, 255, 255), font, size_px, 600)
    return canvas


def _text_width(wording: str, font: cv2.FontFace, size_px: int) -> int:
    """The width of a line of text in pixels."""
    left, _, width, _ = cv2.getTextSize((1, 1), wording, (0, 0), font, size_px, 600)
    return int(left + width)
