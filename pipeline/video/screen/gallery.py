"""The newest small pictures for the operator, of every kind and size that somebody looks at."""

import itertools
import threading
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.clock import Clock
from pipeline.media import Frame, Pixels
from pipeline.telemetry import Preview, Shown

INTERVAL_NS = 62_000_000
"""A kind of picture is made no more often: 16 times a second."""
WANTED_NS = 1_500_000_000
"""What nobody has asked for in so long is made no more, and forgotten: it would be old when somebody asks again.

A screen under a dialog asks once a second."""
MOST_KEPT = 12
"""Kinds and sizes at most; whoever asks for more sizes than that is shown those that he asked for last."""

Size = tuple[int, int]


@dataclass(slots=True, eq=False)
class _Place:
    """One kind of picture at one size.

    Attributes:
        asked_ns: when somebody asked for it last.
        made_ns: when it was made last, or was to be; None before.
        newest: the picture; None until it is made.
    """

    asked_ns: int
    made_ns: int | None = None
    newest: Preview | None = None


MOST_SIDE_PX = 640
"""Larger pictures for a screen are smaller all the same: they are made on the lane's thread."""


def screen_size(width: int, height: int) -> Size:
    """The size in pixels at which a picture is made for a screen that asks for one: its shape stays."""
    scale = min(1.0, MOST_SIDE_PX / max(1, width), MOST_SIDE_PX / max(1, height))
    return max(2, round(width * scale)), max(2, round(height * scale))


class Gallery:
    """Where pictures are asked for by those who look, and hung by those who make them. Any thread.

    Whoever makes them asks first which are due, so that nothing is made for nobody. They go nowhere but here.
    """

    def __init__(self, clock: Clock) -> None:
        """Empty walls."""
        self._clock = clock
        self._lock = threading.Lock()
        self._places: dict[tuple[Shown, Size], _Place] = {}
        self._numbers = itertools.count()
        self._card: tuple[Pixels, Preview] | None = None
        self.actor: Frame | None = None
        """The newest frame with its faces, before any likeness was put on it; None while nobody wants NEXT."""

    def newest(self, shown: Shown, size: Size) -> Preview | None:
        """The newest picture of a kind at about this size; the next ones are made at exactly this size."""
        key, now_ns = (shown, size), self._clock.now_ns()
        with self._lock:
            self._forget(now_ns)
            place = self._places.pop(key, None) or _Place(now_ns)
            # The one that was asked for last stands last.
            self._places[key] = place
            place.asked_ns = now_ns
            while len(self._places) > MOST_KEPT:
                del self._places[next(iter(self._places))]
            if place.newest is not None:
                return place.newest
            made = [other.newest for (kind, _), other in self._places.items() if kind is shown and other.newest]
            return max(made, key=lambda preview: preview.serial, default=None)

    def wants(self, shown: Shown) -> bool:
        """Whether somebody looks at a kind of picture."""
        now_ns = self._clock.now_ns()
        with self._lock:
            return any(kind is shown and _is_wanted(place, now_ns) for (kind, _), place in self._places.items())

    def due(self, shown: Shown) -> list[Size]:
        """The sizes at which a picture of a kind is to be made now; they are due again when their time has passed."""
        now_ns, due = self._clock.now_ns(), list[Size]()
        with self._lock:
            for (kind, size), place in self._places.items():
                waits = place.made_ns is not None and now_ns - place.made_ns < INTERVAL_NS
                if kind is shown and _is_wanted(place, now_ns) and not waits:
                    place.made_ns = now_ns
                    due.append(size)
        return due

    def hang(self, shown: Shown, pixels: Pixels) -> None:
        """Takes a picture, uint8 (height, width, 3) RGB; its size tells where it goes."""
        with self._lock:
            place = self._places.get((shown, (pixels.shape[1], pixels.shape[0])))
            if place is not None:
                place.newest = Preview(pixels, next(self._numbers))

    def clear(self, shown: Shown) -> None:
        """Takes the pictures of a kind down: what they showed is no more."""
        with self._lock:
            for (kind, _), place in self._places.items():
                if kind is shown:
                    place.newest = place.made_ns = None

    def card(self, card: Pixels, size: Size) -> Preview:
        """A card, uint8 (height, width, 3) BGR, at a size; the same picture as long as both are the same."""
        shown = self._card
        if shown is None or shown[0] is not card or shown[1].pixels.shape[1::-1] != size:
            with self._lock:
                number = next(self._numbers)
            self._card = shown = (card, Preview(thumbnail(card, size), number))
        return shown[1]

    def _forget(self, now_ns: int) -> None:
        """Leaves out what nobody looks at any more."""
        self._places = {key: place for key, place in self._places.items() if _is_wanted(place, now_ns)}


def _is_wanted(place: _Place, now_ns: int) -> bool:
    return now_ns - place.asked_ns <= WANTED_NS


def thumbnail(pixels: Pixels, size: Size) -> Pixels:
    """uint8 (height, width, 3) RGB of a BGR picture; halving is cheap, and less than that is left after it."""
    while pixels.shape[1] >= 2 * size[0] and pixels.shape[0] >= 2 * size[1]:
        half = (pixels.shape[1] // 2, pixels.shape[0] // 2)
        pixels = np.asarray(cv2.resize(pixels, half, interpolation=cv2.INTER_LINEAR), np.uint8)
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB), np.uint8)
