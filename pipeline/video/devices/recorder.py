"""A recording to a file that plays up to its last half second, whatever happens to the program that writes it."""

import contextlib
import threading
from collections.abc import Iterator
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
from pipeline.inference.file_lock import claimed
from pipeline.media import Block, Picture
from pipeline.video.codecs.film_sound import FilmSound, SoundTiming
from pipeline.video.codecs.fragments import end_of_fragments
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
    """How a film is written."""

    preset: str = "superfast"
    """x264's name for its compromise between work and size."""
    crf: int = 20
    """x264's constant quality, 0 (lossless) to 51."""
    threads: int = 2
    """0 for one per core."""
    keyframe_s: float = 1.0
    """Time between pictures that can be decoded by themselves."""
    sound: SoundTiming | None = None
    """What the times of the sound mean; without them the file gets no sound."""
    lossless: bool = False
    """A recording behind a queue makes the writer wait when the encoder is behind, instead of leaving pictures out."""
    starts_ns: int | None = None
    """The `media_ns` at which the file starts; without it that of the first picture."""


LIVE = RecorderSettings()
"""Beside a running session: little work."""
FINAL = RecorderSettings(preset="medium", crf=16, threads=0, keyframe_s=2.0)
"""For a file that is rendered once: best quality."""


class Recorder:
    """Pictures into an H.264 file, each at its `media_ns`, and sound in step with them.

    Sound comes on a thread of its own; nothing it brings about is raised there, but where the pictures come from.
    """

    steady = False
    dropped = 0

    def __init__(self, path: Path, size: tuple[int, int], fps: float, settings: RecorderSettings = LIVE) -> None:
        """Creates the file, replacing one of that name.

        Args:
            path: ends in .mp4 or .mkv.
            size: width and height in pixels, both even.
            fps: the nominal rate; pictures may come at other times.
            settings: quality, and whether there is sound.

        Raises:
            DeviceError: the file can't be written.
        """
        self.name = f"recording {path.name}"
        self.path = path
        self._size = size
        self.settings = settings
        self._turn = threading.Condition()
        self._failure: DeviceError | None = None
        self._container: OutputContainer | None = _create(path)
        self._claim: BinaryIO | None = None
        self._sound: FilmSound | None = None
        try:
            self._stream = _add_video(self._container, size, fps, settings)
            if settings.sound is not None:
                self._sound = FilmSound(SoundTrack(self._container), settings.sound)
            self._claim = claimed(path)
            self._container.start_encoding()
        except FileExistsError as error:
            self._abandon()
            raise DeviceError(f"The recording {path} is being written already; choose another name.") from error
        except (av.error.FFmpegError, OSError) as error:
            self._abandon()
            raise DeviceError(
                f"The recording {path} can't be written: {_reason(error)}; choose another place."
            ) from error
        self._step_us = round(1e6 / fps)
        self._first_us = None if settings.starts_ns is None else self._start(settings.starts_ns)
        self._last_us = -_SHORTEST_STEP_US

    @property
    def description(self) -> str:
        """The file with the format that it gets."""
        sound = "" if self._sound is None else " with sound"
        return f"{self.path.name} · {self._size[0]}×{self._size[1]} H.264{sound}"

    def write(self, picture: Picture) -> None:
        """Adds one picture, later than the one before.

        Raises:
            DeviceError: the disk is full or gone, the picture has another size, or the recording is closed.
        """
        with self._turn:
            self._require_open()
            if picture.size != self._size:
                raise DeviceError(f"The recording {self.path} can't change its size to {picture.size}.")
            frame = VideoFrame.from_ndarray(picture.planes, format="yuv420p")
            frame.pts = self._next_us(picture)
            frame.time_base = MICROSECONDS
            frame.duration = self._step_us
            with self._salvaging():
                if self._sound:
                    self._sound.meet(picture)
                    self._await_sound(picture.media_ns)
                self._require_open().mux(self._stream.encode(frame))

    def write_sound(self, block: Block) -> bool:
        """Adds one block of sound at its time, as `pipeline.stage.FilmTrack` has it."""
        with self._turn:
            sound = self._sound
            if sound is None:
                return False
            if sound.ahead(block):
                self._turn.notify_all()
            self._turn.wait_for(lambda: self._container is None or not sound.ahead(block))
            if self._container is None:
                return False
            try:
                with self._salvaging():
                    sound.take(block)
            except DeviceError as error:
                self._failure = error
            self._turn.notify_all()
            return self._failure is None

    def end_sound(self) -> None:
        """Goes on in silence."""
        with self._turn:
            if self._sound:
                self._sound.ended = True
            self._turn.notify_all()

    def close(self) -> None:
        """Writes what the encoders still hold and ends the file.

        Raises:
            DeviceError: the last pictures could not be written; told once.
        """
        with self._turn:
            failure, self._failure = self._failure, None
            if failure:
                raise failure
            container = self._container
            if container is None:
                return
            end_ns = ((self._first_us or 0) + self._last_us + self._step_us) * 1000
            try:
                with self._salvaging():
                    container.mux(self._stream.encode(None))
                    self._finish_sound(end_ns)
                    container.close()
            finally:
                self._abandon()
                self._turn.notify_all()

    def __enter__(self) -> Self:
        """The recorder itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the file."""
        self.close()

    def _next_us(self, picture: Picture) -> int:
        at_us = picture.media_ns // 1000
        if self._first_us is None:
            self._first_us = self._start(picture.media_ns)
        self._last_us = max(at_us - self._first_us, self._last_us + _SHORTEST_STEP_US)
        return self._last_us

    def _start(self, media_ns: int) -> int:
        """Fixes the file's start, in microseconds of the source."""
        if self._sound:
            self._sound.begin(media_ns)
        return media_ns // 1000

    def _await_sound(self, media_ns: int) -> None:
        """Waits until sound is abreast of the pictures, where it has to be."""
        sound = self._sound
        self._turn.notify_all()
        self._turn.wait_for(lambda: sound is None or self._container is None or sound.reached(media_ns))

    def _finish_sound(self, end_ns: int) -> None:
        if self._sound is None:
            return
        if self._first_us is not None:
            self._sound.limit(end_ns)
            self._await_sound(end_ns)
        self._require_open()
        self._sound.finish(end_ns)

    def _require_open(self) -> OutputContainer:
        if self._container is None:
            failure, self._failure = self._failure, None
            raise failure or DeviceError(f"The recording {self.path} is closed.")
        return self._container

    @contextlib.contextmanager
    def _salvaging(self) -> Iterator[None]:
        """Turns what ends the writing into a sentence, and saves what was written."""
        try:
            yield
        except (av.error.FFmpegError, OSError) as error:
            self._salvage()
            raise DeviceError(self._stopped(error)) from error

    def _abandon(self) -> None:
        """Lets go of the file as it is."""
        container, self._container = self._container, None
        # Ending a file on a full disk fails again; the reason was told already.
        with contextlib.suppress(av.error.FFmpegError, OSError):
            if container is not None:
                container.close()
        if self._claim is not None:
            self._claim.close()

    def _salvage(self) -> None:
        """Lets go of a file that can't be written on; what was written half would not play, and is cut off."""
        self._abandon()
        # A file that is gone with its disk can't be cut either.
        with contextlib.suppress(OSError), self.path.open("r+b") as file:
            end = end_of_fragments(file)
            if end:
                file.truncate(end)

    def _stopped(self, error: av.error.FFmpegError | OSError) -> str:
        after_s = max(self._last_us, 0) / 1e6
        return (
            f"The recording {self.path} stopped after {after_s:.1f} s: {_reason(error)}; "
            "what was written until then plays, and a new one needs another place."
        )


def _create(path: Path) -> OutputContainer:
    options = _CONTAINER_OPTIONS.get(path.suffix.lower())
    if options is None:
        raise DeviceError(f"The recording {path} can't be written as '{path.suffix}'; end its name in .mp4 or .mkv.")
    # The file itself is made only when the encoding starts.
    return av.open(f"file:{path.absolute()}", "w", options=options | {"flush_packets": "1"})


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
