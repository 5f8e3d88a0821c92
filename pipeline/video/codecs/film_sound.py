"""Where sound belongs in a recording, told by the pictures beside it."""

from collections import deque
from enum import Enum, auto

from pipeline.media import Block, Picture
from pipeline.video.codecs.sound import RATE_HZ, SoundTrack

EARLIEST_BLOCKS = 600
"""Sound that is kept until its picture comes: 6 s, more than pictures are ever held back for."""
PATIENCE_NS = 6_000_000_000
"""Sound that is so far behind the pictures does not come any more: more than the slowest voice takes."""


class SoundTiming(Enum):
    """What a block's `captured_ns` means to a recording."""

    CAPTURED = auto()
    """An instant on the clock of the pictures' `captured_ns`."""
    MEDIA = auto()
    """A time in the source, as the pictures' `media_ns`."""
    ABREAST = auto()
    """The same; and neither pictures nor sound run ahead of each other."""


class FilmSound:
    """The sound of one recording, on the recording's time line. One thread at a time."""

    def __init__(self, track: SoundTrack, timing: SoundTiming) -> None:
        """Sound that waits for the first picture."""
        self._track = track
        self._timing = timing
        self._origin_ns: int | None = None
        self._offset_ns = 0
        self._pictures_ns: int | None = None
        self._next_ns = -(1 << 63)
        self._end_ns: int | None = None
        self._early: deque[Block] = deque(maxlen=EARLIEST_BLOCKS)
        """Sound that is ahead of the pictures, which may end before it."""
        self.ended = False
        """Whether no more sound will come."""

    def begin(self, origin_ns: int) -> None:
        """Learns which `media_ns` is the recording's start."""
        self._origin_ns = origin_ns

    def meet(self, picture: Picture) -> None:
        """Learns of a picture that is about to be written.

        Raises:
            av.error.FFmpegError: the file took no more.
        """
        if self._timing is SoundTiming.CAPTURED:
            self._offset_ns = picture.captured_ns - picture.media_ns
            self._let_in(picture.media_ns)
        self._pictures_ns = picture.media_ns
        if self.ended:
            self._track.fill(self._place(picture.media_ns))
        elif self._timing is SoundTiming.CAPTURED:
            self._track.fill(self._place(picture.media_ns - PATIENCE_NS))

    def reached(self, media_ns: int) -> bool:
        """Whether a picture of that time may be written."""
        waits = self._timing is SoundTiming.ABREAST and not self.ended
        return not waits or self._next_ns >= media_ns or self._track.position >= self._place(media_ns)

    def ahead(self, block: Block) -> bool:
        """Whether a block has to wait for the pictures; before it there is silence."""
        self._next_ns = block.captured_ns
        if self._timing is not SoundTiming.ABREAST:
            return False
        return self._pictures_ns is None or block.captured_ns >= self._pictures_ns

    def take(self, block: Block) -> None:
        """Puts a block at its place.

        Raises:
            av.error.FFmpegError: the file took no more.
        """
        if self._timing is SoundTiming.CAPTURED or self._origin_ns is None:
            if self._origin_ns is not None and len(self._early) == EARLIEST_BLOCKS:
                self._put(self._early.popleft())
            self._early.append(block)
            if self._pictures_ns is not None:
                self._let_in(self._pictures_ns)
        else:
            self._put(block)

    def limit(self, end_ns: int) -> None:
        """Learns where the pictures end; sound that is recorded beside them ends there."""
        self._pictures_ns = end_ns
        if self._timing is not SoundTiming.MEDIA:
            self._end_ns = end_ns

    def finish(self, end_ns: int) -> None:
        """Writes silence up to the pictures' end, and what the encoder holds.

        Raises:
            av.error.FFmpegError: the file took no more.
        """
        if self._origin_ns is not None:
            self._let_in(end_ns)
            self._track.fill(self._place(end_ns))
        self._track.finish()

    def _let_in(self, media_ns: int) -> None:
        """Puts what the pictures have come to at a time, each block at its place."""
        while self._early and self._early[0].captured_ns - self._offset_ns < media_ns:
            self._put(self._early.popleft())

    def _put(self, block: Block) -> None:
        at = self._place(block.captured_ns - self._offset_ns)
        samples = block.samples[:, 0]
        if self._end_ns is not None:
            samples = samples[: max(0, self._place(self._end_ns) - at)]
        self._track.place(at, samples)

    def _place(self, media_ns: int) -> int:
        """The number of the sample at a time of the source."""
        return round((media_ns - (self._origin_ns or 0)) * RATE_HZ / 1e9)
