"""A video or a picture as a source of frames, in real time or as fast as they are taken."""

import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

from pipeline.clock import Clock, Playhead
from pipeline.errors import MediaError
from pipeline.media import Frame, Pixels
from pipeline.stage import EndOfSource
from pipeline.video.codecs.decoder import DEFAULT_FPS, DecodedFrame, VideoDecoder, length_ns
from pipeline.video.devices.settings import Pace, SourceSettings
from pipeline.video.framing import Framing, turned, usable_size

PATIENCE_NS = 200_000_000
"""When the next picture is further away, the one before is given again: silence means that a source is lost."""
REPEAT_NS = 200_000_000


class FileSource:
    """Frames of a file. A single picture is repeated for ever in real time, or when looped."""

    live = False

    def __init__(self, path: Path, settings: SourceSettings, clock: Clock, playhead: Playhead | None = None) -> None:
        """Opens the file and decodes its first pictures.

        Args:
            path: the file.
            settings: pace, loop, size, rate and turn.
            clock: the program's clock.
            playhead: shared with the sound of the same recording; one that is played already is joined where it is.

        Raises:
            MediaError: the file is missing or holds no picture that can be read.
        """
        self.name = path.name
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._decoder = VideoDecoder(path)
        frames = self._decoder.frames()
        first, second = next(frames, None), next(frames, None)
        if first is None:
            self._decoder.close()
            raise MediaError(f"Not one picture of {path} could be decoded; the file is damaged.")
        self._still, self._begins_ns = second is None, 0
        native = (first.pixels.shape[1], first.pixels.shape[0])
        self.size = usable_size(settings.size or turned(native, settings.rotate_deg))
        self.fps = self._rate(settings.fps)
        self.description = self._describe(native)
        self._framing = Framing(self.size, settings.rotate_deg, settings.flip)
        opening = [frame for frame in (first, second) if frame]
        self._pictures = (
            self._repeated(first) if self._still else self._thinned(self._passes(itertools.chain(opening, frames)))
        )
        self._pending: tuple[Pixels, int] | None = None
        self._shown: tuple[Pixels, int] | None = None
        self._playhead = playhead or Playhead()
        if settings.pace is Pace.REALTIME and not self._still:
            self._join()

    def read(self) -> Frame:
        """The next frame; in real time it is waited for, and `captured_ns` is the instant at which it was due.

        Raises:
            EndOfSource: the file is over, damaged from here on, or closed.
            MediaError: a looped file is gone.
        """
        with self._lock:
            if self._closed.is_set():
                raise EndOfSource
            picture = self._pending or next(self._pictures, None)
            if picture is None:
                raise EndOfSource
        if self._settings.pace is Pace.MAX:
            return Frame(picture[0], self._clock.now_ns(), picture[1])
        return self._paced(picture)

    def close(self) -> None:
        """Ends a read that waits and gives the file back."""
        self._closed.set()
        with self._lock:
            self._decoder.close()

    def __enter__(self) -> Self:
        """The source itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the file."""
        self.close()

    def _join(self) -> None:
        """Goes to what is due of a recording that is played already; one that is over is played from its start."""
        played_ns = self._playhead.played_ns(self._clock.now_ns())
        if played_ns is None or played_ns <= 0:
            return
        last_ns = 0
        if self._settings.loop:
            lap_ns = length_ns(self._decoder.path)
            self._begins_ns = played_ns // lap_ns * lap_ns
            # A lap of which nothing is left would be the end.
            last_ns = max(0, lap_ns - round(2e9 / self._decoder.fps))
        self._begin_anew(lambda at_ns: at_ns >= last_ns > 0 or self._is_ahead(self._begins_ns + at_ns))
        for picture in self._pictures:
            if self._is_ahead(picture[1]):
                self._pending = picture
                return
        self._playhead = Playhead()
        self._begin_anew(lambda at_ns: True)

    def _is_ahead(self, position_ns: int) -> bool:
        """Whether a place in the recording is still to be played."""
        return position_ns >= (self._playhead.played_ns(self._clock.now_ns()) or 0)

    def _begin_anew(self, is_wanted: Callable[[int], bool]) -> None:
        """Goes through the file again, to the first picture that is wanted."""
        self._decoder.close()
        self._decoder = VideoDecoder(self._decoder.path)
        self._pictures = self._thinned(self._passes(self._decoder.frames(is_wanted)))

    def _paced(self, picture: tuple[Pixels, int]) -> Frame:
        now_ns = self._clock.now_ns()
        due_ns = self._playhead.due_ns(picture[1], now_ns)
        self._pending = None
        if self._shown and due_ns - now_ns > PATIENCE_NS:
            self._pending = picture
            due_ns -= picture[1] - self._shown[1] - REPEAT_NS
            picture = (self._shown[0], self._shown[1] + REPEAT_NS)
        if self._clock.wait_until(due_ns, self._closed):
            raise EndOfSource
        self._shown = picture
        return Frame(picture[0], due_ns, picture[1])

    def _rate(self, wanted: float | None) -> float:
        if self._still:
            return wanted or DEFAULT_FPS
        return min(wanted, self._decoder.fps) if wanted else self._decoder.fps

    def _describe(self, native: tuple[int, int]) -> str:
        text = f"{self.name} · {native[0]}×{native[1]}"
        if not self._still:
            text += f" at {self._decoder.fps:.4g} fps"
        if self.size != turned(native, self._settings.rotate_deg):
            text += f", fitted to {self.size[0]}×{self.size[1]}"
        return text + (f", thinned to {self.fps:.4g} fps" if self.fps < self._decoder.fps and not self._still else "")

    def _repeated(self, frame: DecodedFrame) -> Iterator[tuple[Pixels, int]]:
        pixels = self._framing.apply(frame.pixels)
        endless = self._settings.loop or self._settings.pace is Pace.REALTIME
        for count in itertools.count() if endless else range(1):
            yield pixels, round(count * 1e9 / self.fps)

    def _passes(self, frames: Iterator[DecodedFrame]) -> Iterator[tuple[Pixels, int]]:
        offset_ns = self._begins_ns
        while True:
            last_ns = 0
            for frame in frames:
                last_ns = frame.at_ns
                yield frame.pixels, offset_ns + last_ns
            if not self._settings.loop or last_ns == 0:
                return
            offset_ns += last_ns + round(1e9 / self._decoder.fps)
            self._decoder.close()
            self._decoder = VideoDecoder(self._decoder.path)
            frames = self._decoder.frames()

    def _thinned(self, pictures: Iterator[tuple[Pixels, int]]) -> Iterator[tuple[Pixels, int]]:
        tolerance_ns = 0.25e9 / max(self.fps, self._decoder.fps)
        last_slot = -1
        for pixels, at_ns in pictures:
            slot = int((at_ns + tolerance_ns) * self.fps / 1e9)
            if self.fps >= self._decoder.fps or slot > last_slot:
                last_slot = slot
                yield self._framing.apply(pixels), at_ns
