"""The sound of a file as 48 kHz mono, every sample at its own time."""

from collections.abc import Generator, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ
from pipeline.errors import MediaError

Sound = NDArray[np.float32]
"""float32 (n,), 48 kHz mono."""

LEAST_GAP = RATE_HZ // 50
"""Time stamps that jump ahead by less, 20 ms, are coarse or wrong; by more, there is a gap."""
DEFAULT_FPS = 30.0
"""Rate of a film that does not tell its own."""
PIECE = RATE_HZ
"""A gap is handed out in pieces of so many samples."""
BROKEN = (av.error.FFmpegError, OSError, ValueError)
"""What a damaged file may bring about: a channel layout that doesn't exist is a ValueError."""


class SoundDecoder:
    """Reads a file's first sound track, from its start to its end; damaged parts are silence."""

    def __init__(self, path: Path) -> None:
        """Opens the file and decodes the first sound.

        Raises:
            MediaError: the file is not there, can't be read, or has no sound that can be.
        """
        self.path = path
        self._container = _open(path)
        try:
            if not self._container.streams.audio:
                raise MediaError(f"{path} holds no sound; give a file with a sound track.")
            self._stream: AudioStream = self._container.streams.audio[0]
            zero_s = _first_picture_s(path)
            self.length_s: float | None = _length_s(self._container, self._stream)
            """How long the sound is, if the file tells."""
            self._frames = self._decoded()
            opening = next(self._frames, None)
            if opening is None:
                raise MediaError(f"The sound of {path} can't be decoded; it is damaged or of an unknown kind.")
        except BaseException:
            self.close()
            raise
        self._opening: AudioFrame | None = opening
        self._form = _form(opening)
        self._begin_s = _time_s(opening)
        self.start_ns = self._start_ns(zero_s)
        """When the sound starts, against the file's first picture; 0 in a file without pictures."""

    def pieces(self) -> Iterator[Sound]:
        """All sound in order, in pieces of any length; to be called once."""
        resampler = AudioResampler("fltp", "mono", RATE_HZ)
        form = self._form
        written = 0
        for frame in self._every_frame():
            if _form(frame) != form:
                # Some streams change their rate or their channels on the way.
                written += yield from _tail(resampler)
                resampler, form = AudioResampler("fltp", "mono", RATE_HZ), _form(frame)
            missing = self._missing(frame, written)
            if missing:
                written += yield from _tail(resampler)
                resampler = AudioResampler("fltp", "mono", RATE_HZ)
                missing = self._missing(frame, written)
                written += missing
                yield from _silence(missing)
            frame.pts = None
            try:
                done = [piece.to_ndarray()[0].copy() for piece in resampler.resample(frame)]
            except BROKEN:
                continue
            for piece in done:
                written += len(piece)
                yield piece
        yield from _tail(resampler)

    def close(self) -> None:
        """Gives the file back; may be called twice."""
        self._container.close()

    def _start_ns(self, zero_s: Fraction | None) -> int:
        if zero_s is None or self._begin_s is None:
            return 0
        after_s = self._begin_s - zero_s
        # Time stamps that are further apart than the file is long are damaged.
        total_us = self._container.duration
        if total_us and abs(after_s) * 1_000_000 > total_us:
            return 0
        return round(after_s * 1_000_000_000)

    def _every_frame(self) -> Iterator[AudioFrame]:
        if self._opening is not None:
            yield self._opening
        self._opening = None
        yield from self._frames

    def _missing(self, frame: AudioFrame, written: int) -> int:
        """How many samples the file leaves out before a frame, when it comes after so many."""
        at_s = _time_s(frame)
        if at_s is None or self._begin_s is None:
            return 0
        # A time stamp beyond the end of the file is a damaged one.
        if self.length_s is not None and at_s - self._begin_s > self.length_s + 1.0:
            return 0
        ahead = round((at_s - self._begin_s) * RATE_HZ) - written
        return ahead if ahead > LEAST_GAP else 0

    def _decoded(self) -> Iterator[AudioFrame]:
        """Every frame; what is damaged is left out."""
        try:
            for packet in self._container.demux(self._stream):
                yield from self._frames_of(packet)
        except (av.error.FFmpegError, OSError):
            yield from self._frames_of(None)

    def _frames_of(self, packet: "Packet[AudioStream] | None") -> list[AudioFrame]:
        try:
            return [frame for frame in self._stream.codec_context.decode(packet) if frame.samples]
        except BROKEN:
            return []


def beginning(decoder: SoundDecoder, seconds: float) -> Sound:
    """The first part of a file's sound; the decoder has to be new, and is of no use afterwards."""
    pieces: list[Sound] = []
    count = 0
    for piece in decoder.pieces():
        pieces.append(piece)
        count += len(piece)
        if count >= seconds * RATE_HZ:
            break
    return np.concatenate(pieces)[: round(seconds * RATE_HZ)] if pieces else np.zeros(0, np.float32)


def has_sound(path: Path) -> bool:
    """Whether a file has a sound track, be it damaged or not."""
    try:
        with _open(path) as container:
            return bool(container.streams.audio)
    except MediaError:
        return False


def _open(path: Path) -> InputContainer:
    if not path.is_file():
        raise MediaError(f"There is no file {path}; check the name.")
    try:
        return av.open(f"file:{path.absolute()}", options={"protocol_whitelist": "file"})
    except (av.error.FFmpegError, OSError) as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise MediaError(f"{path} can't be read as sound ({reason}); is it what its name says?") from error


def _first_picture_s(path: Path) -> Fraction | None:
    """The time stamp of a film's first picture; None for a file without pictures."""
    with _open(path) as container:
        film = _film_in(container)
        if film is None:
            return None
        try:
            for packet in container.demux(film):
                for frame in _pictures_of(packet):
                    if frame.pts is not None and frame.time_base is not None:
                        return frame.pts * frame.time_base
        except (av.error.FFmpegError, OSError):
            return None
    return None


def pictures_s(path: Path) -> float | None:
    """How long a film's pictures last, told from all their time stamps; None for a file without pictures."""
    stamps_s: list[float] = []
    with _open(path) as container:
        film = _film_in(container)
        if film is None:
            return None
        fps = float(film.average_rate or film.guessed_rate or DEFAULT_FPS)
        # Where the file is damaged its pictures end.
        with suppress(av.error.FFmpegError, OSError):
            for packet in container.demux(film):
                if packet.pts is not None:
                    stamps_s.append(float(packet.pts * packet.time_base))
    return max(stamps_s) - min(stamps_s) + 1 / fps if stamps_s else None


def _film_in(container: InputContainer) -> VideoStream | None:
    """The pictures of a file. A cover is none."""
    return next((video for video in container.streams.video if not video.disposition & Disposition.attached_pic), None)


def _pictures_of(packet: "Packet[VideoStream]") -> list[VideoFrame]:
    try:
        return packet.decode()
    except av.error.FFmpegError:
        return []


def _length_s(container: InputContainer, stream: AudioStream) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / 1e6 if container.duration else None


def _time_s(frame: AudioFrame) -> Fraction | None:
    return None if frame.pts is None or frame.time_base is None else frame.pts * frame.time_base


def _form(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _silence(count: int) -> Iterator[Sound]:
    for start in range(0, count, PIECE):
        yield np.zeros(min(PIECE, count - start), np.float32)


def _tail(resampler: AudioResampler) -> Generator[Sound, None, int]:
    """What a resampler still holds; returns how much."""
    count = 0
    try:
        rest = [piece.to_ndarray()[0].copy() for piece in resampler.resample(None)]
    except BROKEN:
        rest = []
    for piece in rest:
        count += len(piece)
        yield piece
    return count
