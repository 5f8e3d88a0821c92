"""A video loop behind the person."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import av
import av.error
import numpy as np

from pipeline.errors import MediaError
from pipeline.media import Frame, Pixels
from pipeline.video.background.room import filled
from pipeline.video.codecs.decoder import DEFAULT_FPS

MAX_STEPS = 8
"""A room that has fallen behind catches up by so many pictures a frame at most."""
LEFT_NS = 1_000_000_000
"""A room that has fallen behind by more was not looked at; it goes on where it was."""


class VideoRoom:
    """Plays a video file over and over, in step with the frames' own time."""

    def __init__(self, path: Path) -> None:
        """Opens the file and decodes its first picture.

        Raises:
            MediaError: the file is no video.
        """
        self._path = path
        try:
            self._container = av.open(str(path))
            self._container.streams.video[0].thread_type = "AUTO"
        except (av.error.FFmpegError, OSError, IndexError) as error:
            raise MediaError(f"The background {path} is no video that can be read; use an mp4 or mkv file.") from error
        self._step_ns = round(1e9 / float(self._container.streams.video[0].average_rate or DEFAULT_FPS))
        self._pictures: Iterator[av.VideoFrame] = iter(())
        self._base_ns: int | None = None
        self._fitted: Pixels | None = None
        self._size = (0, 0)
        self._next = self._following()

    def behind(self, frame: Frame) -> Pixels:
        """The picture that is due at the frame's own time, scaled to fill it."""
        due = None
        for _ in range(MAX_STEPS):
            if self._next_due_ns(frame) > frame.media_ns:
                break
            due = self._advance()
        if due is not None or self._fitted is None or self._size != frame.size:
            picture = np.asarray((due or self._next).to_ndarray(format="bgr24"), np.uint8)
            self._fitted, self._size = filled(picture, frame.size), frame.size
        return self._fitted

    def close(self) -> None:
        """Closes the file."""
        self._container.close()

    def _next_due_ns(self, frame: Frame) -> int:
        """When the next picture is to be shown; a room that begins, or was left for long, goes on from this frame."""
        at_ns = self._time_ns(self._next)
        if self._base_ns is None or frame.media_ns - self._base_ns - at_ns > LEFT_NS:
            self._base_ns = frame.media_ns - at_ns
        return self._base_ns + at_ns

    def _advance(self) -> av.VideoFrame:
        """Goes on by one picture; the one before."""
        shown, self._next = self._next, self._following()
        forward_ns = self._time_ns(self._next) - self._time_ns(shown)
        if forward_ns <= 0 and self._base_ns is not None:
            self._base_ns += self._step_ns - forward_ns
        return shown

    def _following(self) -> av.VideoFrame:
        """The next picture; after the last comes the first again.

        Raises:
            MediaError: there is no picture in the file.
        """
        with suppress(av.error.FFmpegError):
            if (picture := next(self._pictures, None)) is not None:
                return picture
        try:
            self._container.seek(0)
            self._pictures = iter(self._container.decode(video=0))
            picture = next(self._pictures, None)
        except av.error.FFmpegError as error:
            raise MediaError(f"The background {self._path} can't be played again ({error.strerror}).") from error
        if picture is None:
            raise MediaError(f"The background {self._path} holds no picture.")
        return picture

    @staticmethod
    def _time_ns(picture: av.VideoFrame) -> int:
        """A picture's time in the file."""
        return round((picture.time or 0.0) * 1e9)
