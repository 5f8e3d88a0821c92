"""A video or picture file, decoded frame by frame."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace
from av.video.stream import VideoStream

from pipeline.errors import MediaError
from pipeline.media import Pixels
from pipeline.video.framing import Framing, turned

DEFAULT_FPS = 30.0
"""Rate of a file that does not tell its own."""

_MAX_THREADS = 4
"""Every decoding thread holds a frame; more gain nothing at the sizes of a call."""
_HIGH_DEFINITION_LINES = 720
"""Untagged video with as many lines was made for BT.709, with fewer for BT.601."""
_UNSPECIFIED = 2
_DRAWS_TEXT = "tty"
"""The demuxer that takes any text file for a terminal recording."""


@dataclass(frozen=True, slots=True, eq=False)
class DecodedFrame:
    """One picture of a file."""

    pixels: Pixels
    at_ns: int
    """Since the file's first picture; grows strictly."""


class VideoDecoder:
    """Reads the pictures of one file, from its start to its end or to where it is damaged."""

    def __init__(self, path: Path) -> None:
        """Opens the file; nothing is decoded yet.

        Raises:
            MediaError: there is no such file, or it holds no picture that can be read.
        """
        self.path = path
        self._container = _open(path)
        videos = self._container.streams.video
        if not videos or self._container.format.name == _DRAWS_TEXT:
            self._container.close()
            raise MediaError(f"{path} holds no picture; give a video or a picture file.")
        self._stream = videos[0]
        self._stream.thread_type = "AUTO"
        self._stream.codec_context.thread_count = min(_MAX_THREADS, os.cpu_count() or 1)
        self.fps = float(self._stream.average_rate or self._stream.guessed_rate or DEFAULT_FPS)
        """Pictures a second, as the file tells."""
        self._start_ns: int | None = None
        self._at_ns = -1

    def frames(self, is_wanted: Callable[[int], bool] = lambda at_ns: True) -> Iterator[DecodedFrame]:
        """Every picture in order. Ends without an error where the file is damaged beyond reading.

        Args:
            is_wanted: tells of a time if its picture is of use; one that is not is not converted, which is quicker.
        """
        try:
            for packet in self._container.demux(self._stream):
                yield from self._decoded(packet, is_wanted)
        except (av.error.FFmpegError, OSError):
            yield from self._decoded(None, is_wanted)

    def times_ns(self) -> list[int]:
        """When each picture is shown that its packet tells of, in the order of the file; they are read up by this."""
        try:
            times = [(packet.pts, packet.time_base) for packet in self._container.demux(self._stream)]
        except (av.error.FFmpegError, OSError):
            return []
        return [int(pts * base * 1_000_000_000) for pts, base in times if pts is not None and base is not None]

    def close(self) -> None:
        """Gives the file back; may be called twice, but not while a picture is being decoded."""
        self._container.close()

    def __enter__(self) -> Self:
        """The decoder itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the file."""
        self.close()

    def _decoded(
        self, packet: "Packet[VideoStream] | None", is_wanted: Callable[[int], bool]
    ) -> Iterator[DecodedFrame]:
        try:
            frames = self._stream.codec_context.decode(packet)
        except av.error.FFmpegError:
            return
        for frame in frames:
            at_ns = self._time_ns(frame)
            if is_wanted(at_ns):
                yield DecodedFrame(_pixels(frame), at_ns)

    def _time_ns(self, frame: VideoFrame) -> int:
        step_ns = round(1e9 / self.fps)
        after_last_ns = self._at_ns + 1 if self._at_ns < 0 else self._at_ns + step_ns
        if frame.pts is None or frame.time_base is None:
            self._at_ns = after_last_ns
            return self._at_ns
        at_ns = int(frame.pts * frame.time_base * 1_000_000_000)
        if self._start_ns is None:
            self._start_ns = at_ns
        at_ns -= self._start_ns
        self._at_ns = at_ns if at_ns > self._at_ns else after_last_ns
        return self._at_ns


def length_ns(path: Path) -> int:
    """How long the pictures of a file are shown, from the first to the end of the last; none of them is decoded.

    Raises:
        MediaError: there is no such file, or it holds no picture that can be read.
    """
    with VideoDecoder(path) as decoder:
        times = decoder.times_ns()
        return max(times, default=0) - min(times, default=0) + round(1e9 / decoder.fps)


def _open(path: Path) -> InputContainer:
    """The file as PyAV sees it; a playlist in it can't lead to other files or to the network."""
    if path.is_dir():
        raise MediaError(f"{path} is a folder; give a video or a picture file.")
    if not path.is_file():
        raise MediaError(f"There is no file {path}; check the name.")
    options = {"protocol_whitelist": "file", "pattern_type": "none"}
    try:
        return av.open(f"file:{path.absolute()}", options=options)
    except (av.error.FFmpegError, OSError) as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise MediaError(f"{path} can't be read as a video or picture ({reason}); is it what its name says?") from error


def _pixels(frame: VideoFrame) -> Pixels:
    untagged = frame.colorspace == _UNSPECIFIED
    high_definition = frame.height >= _HIGH_DEFINITION_LINES
    matrix = Colorspace.ITU709 if untagged and high_definition else None
    pixels: Pixels = (
        frame.reformat(format="bgr24", src_colorspace=matrix, threads=1).to_ndarray().astype(np.uint8, copy=False)
    )
    turn_deg = round(-frame.rotation) % 360
    if turn_deg in (90, 180, 270):
        size = (pixels.shape[1], pixels.shape[0])
        return Framing(turned(size, turn_deg), turn_deg).apply(pixels)
    return np.ascontiguousarray(pixels)
