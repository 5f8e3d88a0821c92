"""What a recording shows and plays, for one who only has the file."""

from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Pixels
from pipeline.video.output.card import card
from pipeline.video.output.label import Label
from profiles.profile import Profile

CARD_OFF = 6.0
"""Mean difference of a coded card from a drawn one stays far below; a picture of a person is far above."""
LABEL_OFF = 14.0


@dataclass(frozen=True)
class Film:
    """A decoded recording."""

    times_s: NDArray[np.float64]
    cards: NDArray[np.bool_]
    """Whether each picture is the card."""
    label_off: NDArray[np.float64]
    """How far each picture's label is from the one that has to be on it, the text against its plate."""
    sound: NDArray[np.float32]
    rate_hz: int
    starts_s: float
    """When the sound begins."""

    def loudness(self, begin_s: float, end_s: float) -> float:
        """Root mean square of the sound between two instants, in dBFS."""
        first, last = (max(0, round((at_s - self.starts_s) * self.rate_hz)) for at_s in (begin_s, end_s))
        part = self.sound[first:last]
        return 20 * float(np.log10(max(1e-6, float(np.sqrt(np.mean(np.square(part))))))) if len(part) else -120.0

    def stretch(self) -> tuple[float, float]:
        """When the card comes, and when it goes: the one stretch in the middle."""
        places = np.flatnonzero(self.cards)
        assert len(places), "no picture shows the card"
        assert np.all(np.diff(places) == 1), f"the card comes and goes: {places}"
        assert places[0] > 0 and places[-1] < len(self.cards) - 1, "the card is not in the middle"
        return float(self.times_s[places[0]]), float(self.times_s[places[-1] + 1])


def read_film(path: Path, profile: Profile) -> Film:
    """Decodes a film that shows one profile."""
    times_s, cards, label_off, sounds = [], [], [], []
    rate_hz, starts_s = 48_000, 0.0
    with av.open(str(path)) as container:
        for frame in container.decode(video=0, audio=0):
            if isinstance(frame, av.VideoFrame):
                pixels = frame.to_ndarray(format="bgr24")
                times_s.append(float(frame.time or 0.0))
                cards.append(_off(pixels, profile) < CARD_OFF)
                label_off.append(_label_off(pixels, profile))
            elif isinstance(frame, av.AudioFrame):
                starts_s = starts_s if sounds else float(frame.time or 0.0)
                rate_hz = frame.sample_rate
                sounds.append(frame.to_ndarray().astype(np.float32).mean(axis=0))
    return Film(np.array(times_s), np.array(cards), np.array(label_off), np.concatenate(sounds), rate_hz, starts_s)


def _off(pixels: Pixels, profile: Profile) -> float:
    """How far a picture is from the card, labels aside."""
    height, width = pixels.shape[:2]
    middle = slice(height // 5, None)
    return float(np.mean(cv2.absdiff(pixels, card(profile.title, (width, height)))[middle]))


def _label_off(pixels: Pixels, profile: Profile) -> float:
    """How far the place of the label is from what the label makes of its own surroundings."""
    height, width = pixels.shape[:2]
    label = Label.build(profile.title, profile.disclosure, (width, height))
    rows, columns = label.text.shape[:2]
    part = pixels[label.top : label.top + rows, label.left : label.left + columns].astype(np.float32)
    letters, plate = label.text.max(axis=2) > 200, label.text.max(axis=2) < 10
    # The text is white wherever it lies; the plate keeps little of what is beneath.
    return float(max(0.0, 255 - np.mean(part[letters]) - 60) + max(0.0, np.mean(part[plate]) - 90))
