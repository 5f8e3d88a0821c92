"""The plain card that stands in for the program picture."""

import cv2
import numpy as np

from pipeline.media import Pixels

TOP_BGR, BOTTOM_BGR = (74, 56, 44), (38, 28, 22)
TEXT_BGR, NOTE_BGR = (240, 236, 230), (176, 160, 148)
NOTE = "Back in a moment"


def card(title: str, size: tuple[int, int]) -> Pixels:
    """uint8 (height, width, 3) BGR: a calm card with a title, without the label."""
    width, height = size
    shade = np.linspace(0.0, 1.0, height, dtype=np.float32)[:, np.newaxis, np.newaxis]
    column = (1 - shade) * np.array(TOP_BGR, np.float32) + shade * np.array(BOTTOM_BGR, np.float32)
    pixels = np.ascontiguousarray(np.broadcast_to(np.rint(column), (height, width, 3)), np.uint8)
    _centred(pixels, title, round(0.47 * height), max(10, round(0.085 * height)), TEXT_BGR)
    _centred(pixels, NOTE, round(0.58 * height), max(8, round(0.04 * height)), NOTE_BGR)
    return pixels


def _centred(pixels: Pixels, text: str, baseline_px: int, size_px: int, colour: tuple[int, int, int]) -> None:
    """Draws a line of text about the middle, smaller where it would not fit."""
    font = cv2.FontFace("sans")
    limit = round(0.9 * pixels.shape[1])
    _, _, width, _ = cv2.getTextSize((1, 1), text, (0, 0), font, size_px, 500)
    if width > limit:
        size_px = max(6, size_px * limit // width)
        _, _, width, _ = cv2.getTextSize((1, 1), text, (0, 0), font, size_px, 500)
    cv2.putText(pixels, text, ((pixels.shape[1] - width) // 2, baseline_px), colour, font, size_px, 500)
