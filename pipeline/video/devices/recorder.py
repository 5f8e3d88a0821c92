"""A recording to a file that plays up to its last half second, whatever happens to the program that writes it."""

import contextlib
import os
import struct
import threading
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, Self

import av
import av.error
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream

from pipeline.errors import DeviceError
from pipeline.media import Picture
from pipeline.video.codecs.sound import SoundTrack

MICROSECONDS = Fraction(1, 1_000_000)

_SHORTEST_STEP_US = 1000
"""Matroska counts milliseconds: two pictures have to be at least one apart."""
_CONTAINER_OPTIONS = {
    # Fragments while it grows, a plain movie once it was closed.
    ".mp4": {"movflags": "hybrid_fragmented+delay_moov+frag_keyframe+default_base_moof", "frag_duration": "500000"},
    ".mkv": {"cluster_time_limit": "500"},
}


@dataclass(frozen=True, slots=True)
class RecorderSettings:
    """How pictures are compressed."""

    preset: str = "superfast"
    """x264's name for its compromise between work and size."""
    crf: int = 20
    """x264's constant quality, 0 (lossless) to 51."""
    threads: int = 2
    """0 for one per core."""
    keyframe_s: float = 1.0
    """Time between pictures that can be decoded by themselves."""
    sound_from: Path | None = None
    """A file whose sound is carried over; the pictures' `media_ns` are times in that file."""


LIVE = RecorderSettings()
"""Beside a running session: little work."""
FINAL = RecorderSettings(preset="medium", crf=16, threads=0, keyframe_s=2.0)
"""For a file that is rendered once: best quality."""


class Recorder:
    """Pictures into an H.264 file, each at its `media_ns`."""

    steady = False
    dropped = 0

    def __init__(self, path: Path, size: tuple[int, int], fps: float, settings: RecorderSettings = LIVE) -> None:
        """Creates the file, replacing one of that name.

        Args:
            path: ends in .mp4 or .mkv.
            size: width and height in pixels, both even.
            fps: the nominal rate; pictures may come at other times.
            settings: quality, and whose sound comes along.

        Raises:
            DeviceError: the file can't be written.
            MediaError: the file with the sound can't be read.
        """
        self.name = f"recording {path.name}"
        self.path = path
        self._size = size
        self._settings = settings
        self._lock = threading.Lock()
        self._container: OutputContainer | None = _create(path, settings.sound_from)
        self._sound: SoundTrack | None = None
        try:
            self._stream = _add_video(self._container, size, fps, settings)
            if settings.sound_from is not None:
                self._sound = SoundTrack(settings.sound_from, self._container)
            self._container.start_encoding()
        except (av.error.FFmpegError, OSError) as error:
            self._abandon()
            raise DeviceError(
                f"The recording {path} can't be written: {_reason(error)}; choose another place."
            ) from error
        except BaseException:
            self._abandon()
            raise
        self._step_us = round(1e6 / fps)
        self._first_us: int | None = 0 if settings.sound_from else None
        self._last_us = -_SHORTEST_STEP_US

    @property
    def description(self) -> str:
        """The file with the format that it gets."""
        return f"{self.path.name} · {self._size[0]}×{self._size[1]} H.264"

    def write(self, picture: Picture) -> None:
        """Adds one picture, later than the one before.

        Raises:
            DeviceError: the disk is full or gone, the picture has another size, or the recording is closed.
        """
        with self._lock:
            if self._container is None:
                raise DeviceError(f"The recording {self.path} is closed.")
            if picture.size != self._size:
                raise DeviceError(f"The recording {self.path} can't change its size to {picture.size}.")
            frame = VideoFrame.from_ndarray(picture.planes, format="yuv420p")
            frame.pts = self._next_us(picture)
            frame.time_base = MICROSECONDS
            frame.duration = self._step_us
            try:
                self._container.mux(self._stream.encode(frame))
                if self._sound:
                    self._sound.advance(self._last_us * 1000)
            except (av.error.FFmpegError, OSError) as error:
                self._salvage()
                raise DeviceError(self._stopped(error)) from error

    def close(self) -> None:
        """Writes what the encoder still holds and ends the file.

        Raises:
            DeviceError: the last pictures could not be written; told once.
        """
        with self._lock:
            container = self._container
            if container is None:
                return
            try:
                container.mux(self._stream.encode(None))
                if self._sound:
                    self._sound.finish((self._last_us + self._step_us) * 1000)
                container.close()
            except (av.error.FFmpegError, OSError) as error:
                self._salvage()
                raise DeviceError(self._stopped(error)) from error
            finally:
                self._abandon()

    def __enter__(self) -> Self:
        """The recorder itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the file."""
        self.close()

    def _next_us(self, picture: Picture) -> int:
        at_us = picture.media_ns // 1000
        if self._first_us is None:
            self._first_us = at_us
        self._last_us = max(at_us - self._first_us, self._last_us + _SHORTEST_STEP_US)
        return self._last_us

    def _abandon(self) -> None:
        """Lets go of the file as it is."""
        container, self._container = self._container, None
        if self._sound:
            self._sound.close()
        # Ending a file on a full disk fails again; the reason was told already.
        with contextlib.suppress(av.error.FFmpegError, OSError):
            if container is not None:
                container.close()

    def _salvage(self) -> None:
        """Lets go of a file that can't be written on; what was written half would not play, and is cut off."""
        self._abandon()
        # A file that is gone with its disk can't be cut either.
        with contextlib.suppress(OSError), self.path.open("r+b") as file:
            end = _end_of_fragments(file)
            if end:
                file.truncate(end)

    def _stopped(self, error: av.error.FFmpegError | OSError) -> str:
        after_s = max(self._last_us, 0) / 1e6
        return (
            f"The recording {self.path} stopped after {after_s:.1f} s: {_reason(error)}; "
            "what was written until then plays, and a new one needs another place."
        )


def _create(path: Path, sound_from: Path | None) -> OutputContainer:
    options = _CONTAINER_OPTIONS.get(path.suffix.lower())
    if options is None:
        raise DeviceError(f"The recording {path} can't be written as '{path.suffix}'; end its name in .mp4 or .mkv.")
    if sound_from is not None and path.exists() and path.samefile(sound_from):
        raise DeviceError(f"The recording {path} would overwrite its own input; choose another name.")
    # The file itself is made only when the encoding starts.
    return av.open(f"file:{path.absolute()}", "w", options=options | {"flush_packets": "1"})


def _end_of_fragments(file: BinaryIO) -> int:
    """Where the last whole fragment of an mp4 ends; 0 in a file without fragments.

    Source: ISO/IEC 14496-12, 4.2 (boxes) and 8.8 (a fragment is a `moof` with the `mdat` that follows it).
    """
    size = file.seek(0, os.SEEK_END)
    start = end = 0
    before = b""
    while start + 16 <= size:
        file.seek(start)
        length, kind, long_length = struct.unpack(">I4sQ", file.read(16))
        length = long_length if length == 1 else length
        start += length
        if length < 8 or start > size:
            break
        if (before, kind) == (b"moof", b"mdat"):
            end = start
        before = kind
    return end


def _add_video(
    container: OutputContainer, size: tuple[int, int], fps: float, settings: RecorderSettings
) -> VideoStream:
    options = {"preset": settings.preset, "crf": str(settings.crf)}
    stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001), options=options)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.time_base = MICROSECONDS
    context.gop_size = max(1, round(fps * settings.keyframe_s))
    # Without bidirectional pictures no time stamp is negative, so that sound and picture start together.
    context.max_b_frames = 0
    context.thread_count = settings.threads
    # OpenCV's I420 has the matrix of BT.601 and studio range; its reds, greens and blues are sRGB's, as in BT.709.
    context.colorspace = Colorspace.SMPTE170M
    context.color_range = ColorRange.MPEG
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    return stream


def _reason(error: av.error.FFmpegError | OSError) -> str:
    return (error.strerror or str(error)).lower()
