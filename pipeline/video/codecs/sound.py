"""The sound of a file, carried over into another file beside new pictures."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet

from pipeline.errors import MediaError

PLAYED_IN_MP4 = frozenset({"aac", "ac3", "alac", "eac3", "mp3"})
"""What common players understand in an MP4 file, which may hold more."""


class SoundTrack:
    """One file's sound on its way into another: copied where that file can hold it, else encoded anew as AAC.

    Time zero is the first picture of the file that the sound comes from.
    """

    def __init__(self, source: Path, target: OutputContainer) -> None:
        """Adds a sound stream to `target` when `source` has sound; must come before the target's first packet.

        Raises:
            MediaError: the file can't be read.
        """
        self._target = target
        try:
            self._source: InputContainer = av.open(f"file:{source.absolute()}")
        except (av.error.FFmpegError, OSError) as error:
            raise MediaError(f"The sound of {source} can't be read ({error.strerror}).") from error
        self._packets: Iterator[Packet[AudioStream]] = iter(())
        self._held: Packet[AudioStream] | None = None
        self._copy: AudioStream | None = None
        self._encoded: AudioStream | None = None
        self._zero_s = Fraction(0)
        if self._source.streams.audio:
            self._carry(self._source.streams.audio[0])

    def advance(self, until_ns: int) -> None:
        """Passes on all sound that starts before `until_ns` on the pictures' time.

        Raises:
            av.error.FFmpegError: the target took no more.
        """
        while self._held is not None and _start_ns(self._held, self._zero_s) < until_ns:
            self._pass_on(self._held)
            self._held = self._next()

    def finish(self, until_ns: int) -> None:
        """Passes on the rest up to `until_ns` and what the encoder holds.

        Raises:
            av.error.FFmpegError: the target took no more.
        """
        self.advance(until_ns)
        self._held = None
        if self._encoded is not None:
            self._target.mux(self._encoded.encode(None))
            self._encoded = None

    def close(self) -> None:
        """Gives the file that the sound comes from back."""
        self._held = None
        self._source.close()

    def _carry(self, stream: AudioStream) -> None:
        self._zero_s = _first_picture_s(self._source)
        holds = PLAYED_IN_MP4 if "mp4" in self._target.format.name else self._target.supported_codecs
        copied = stream.codec.canonical_name in holds
        self._copy = self._target.add_stream_from_template(stream) if copied else None
        self._encoded = None if copied else self._target.add_stream("aac", rate=stream.codec_context.sample_rate)
        self._packets = self._source.demux(stream)
        self._held = self._next()

    def _next(self) -> "Packet[AudioStream] | None":
        """The next packet from time zero on; None at the end, or where the file is damaged."""
        try:
            for packet in self._packets:
                if packet.pts is not None and _start_ns(packet, self._zero_s) >= 0:
                    return packet
        except (av.error.FFmpegError, OSError):
            return None
        return None

    def _pass_on(self, packet: "Packet[AudioStream]") -> None:
        if self._copy is not None:
            shift = round(self._zero_s / packet.time_base)
            packet.pts = packet.dts = (packet.pts or 0) - shift
            packet.stream = self._copy
            self._target.mux(packet)
            return
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            return
        for frame in frames:
            if frame.pts is not None and frame.time_base is not None:
                frame.pts -= round(self._zero_s / frame.time_base)
            self._target.mux(self._encoded.encode(frame) if self._encoded else [])


def _first_picture_s(container: InputContainer) -> Fraction:
    videos = container.streams.video
    if not videos or videos[0].start_time is None or videos[0].time_base is None:
        return Fraction(0)
    return videos[0].start_time * videos[0].time_base


def _start_ns(packet: "Packet[AudioStream]", zero_s: Fraction) -> int:
    return int(((packet.pts or 0) * packet.time_base - zero_s) * 1_000_000_000)
