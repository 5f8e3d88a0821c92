"""The camera of a session, whose place another one may take while frames are read."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Self

import cv2
import numpy as np

from pipeline.clock import Clock
from pipeline.errors import DeviceError, UnderstudyError
from pipeline.media import Frame, Pixels
from pipeline.stage import EndOfSource, VideoSource
from pipeline.telemetry import Event, Level

FASTER = 1.1
"""A camera that is so much faster than the session is thinned out to its rate."""
EARLY = 0.25
"""Share of an interval by which a frame may come before its time."""
STEP_NS = 1_000_000
"""Times of frames grow by so much at least: a recording counts milliseconds."""
REST_S = 0.25
"""How long nothing is waited for from a film that is over."""


class ChangingSource:
    """Frames of one size, at one rate at most, on one line of time, whichever camera they come from.

    What is of another size is shown whole, with bars beside it. The first camera's frames pass as they are, and with
    its end the source ends; after another camera has come, the end of a film is told and waited out.
    """

    def __init__(self, first: VideoSource, clock: Clock, report: Callable[[Event], None]) -> None:
        """Takes a camera that is open; it and all that come later end with this source."""
        self._present, self._clock, self._report = first, clock, report
        self.size, self.fps, self.live = first.size, first.fps or 30.0, first.live
        self._changing, self._news = threading.Lock(), threading.Event()
        """The event ends a rest."""
        self._done = False
        """Whether no camera is read any more."""
        self._coming: VideoSource | None = None
        self._number = 0
        self._over = False
        """Whether the present camera, which is not the first, will give nothing more."""
        self._offset_ns: int | None = None
        """From a frame's own time to the instant of its capture."""
        self._media_ns = -STEP_NS
        self._slot = -1

    @property
    def name(self) -> str:
        """The present camera's."""
        return self._present.name

    @property
    def description(self) -> str:
        """The present camera with what it really delivers, and what is made of that."""
        present = self._present
        fits = present.size == self.size
        return present.description + ("" if fits else f", fitted to {self.size[0]}×{self.size[1]}")

    def change_to(self, camera: VideoSource) -> None:
        """Goes on with another camera, which is open; the one before is closed.

        Raises:
            DeviceError: the source has ended; the camera is closed.
        """
        with self._changing:
            ended = self._done
            unused, left = (camera, None) if ended else (self._coming, self._present)
            self._coming = None if ended else camera
            self._news.set()
        # What the old one is waited for is not worth waiting for.
        for source in filter(None, (unused, left)):
            try:
                source.close()
            except DeviceError as error:
                self._report(Event(Level.WARNING, str(error), self._clock.now_ns()))
        if ended:
            raise DeviceError(f"The camera {camera.name} comes too late: the session's pictures have ended.")

    def read(self) -> Frame | None:
        """The next frame at the session's size; `camera` tells which one saw it.

        Raises:
            EndOfSource: the first camera has ended, or this source was closed.
            DeviceError: the camera can't be had again.
        """
        self._take_coming()
        if self._over:
            self._news.wait(REST_S)
            return None
        try:
            frame = self._present.read()
        except EndOfSource:
            self._note_end()
            return None
        except UnderstudyError:
            if self._coming is not None:
                return None
            raise
        return None if frame is None else self._fitted(frame)

    def close(self) -> None:
        """Ends a read that waits and gives the cameras back."""
        with self._changing:
            self._done = True
            self._news.set()
            coming, self._coming = self._coming, None
            present = self._present
        if coming is not None:
            coming.close()
        present.close()

    def __enter__(self) -> Self:
        """The source itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()

    def _take_coming(self) -> None:
        """Goes on with a camera that waits for its turn."""
        with self._changing:
            coming, self._coming = self._coming, None
            if coming is None:
                return
            self._present, self._over = coming, False
            self._number, self._slot = self._number + 1, -1

    def _note_end(self) -> None:
        """Tells once that a film is over that came while it ran; what comes next is the operator's business.

        Raises:
            EndOfSource: it was the first, or all is over.
        """
        with self._changing:
            if self._done or (self._number == 0 and self._coming is None):
                self._done = True
                raise EndOfSource
            if self._coming is not None:
                return
            self._over = True
            self._news.clear()
        text = f"{self._present.name} is over: the fail-safe stands in until another camera is chosen."
        self._report(Event(Level.WARNING, text, self._clock.now_ns()))

    def _fitted(self, frame: Frame) -> Frame | None:
        """A frame as if the first camera had seen it; None for one too many."""
        if self._number == 0:
            self._offset_ns, self._media_ns = frame.captured_ns - frame.media_ns, frame.media_ns
            return frame
        if self._present.fps > FASTER * self.fps:
            slot = int(frame.media_ns * self.fps / 1e9 + EARLY)
            if slot <= self._slot:
                return None
            self._slot = slot
        if self._offset_ns is None:
            self._offset_ns = frame.captured_ns
        # Sound is told its place by the instant of capture: both lines of time go on side by side.
        self._media_ns = max(frame.captured_ns - self._offset_ns, self._media_ns + STEP_NS)
        return replace(frame, pixels=letterboxed(frame.pixels, self.size), media_ns=self._media_ns, camera=self._number)


def letterboxed(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """A picture, uint8 (h, w, 3), as large as it can be seen whole at a width and height, before black."""
    height, width = pixels.shape[:2]
    if (width, height) == size:
        return pixels
    scale = min(size[0] / width, size[1] / height)
    inner = (min(size[0], max(1, round(width * scale))), min(size[1], max(1, round(height * scale))))
    method = cv2.INTER_AREA if scale <= 0.5 else cv2.INTER_LINEAR
    left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    whole: Pixels = np.zeros((size[1], size[0], 3), np.uint8)
    whole[top : top + inner[1], left : left + inner[0]] = cv2.resize(pixels, inner, interpolation=method)
    return whole
