"""Gathers what a microphone and a camera give over some seconds, within bounds."""

import threading

import numpy as np
from numpy.typing import NDArray

from pipeline.media import Block, Face, Frame
from pipeline.preflight.camera.watching import lightened
from pipeline.preflight.evidence import Heard, Seen

WHOLE_FRAMES, WHOLE_BYTES, PAUSE_NS = 24, 300_000_000, 500_000_000
"""Frames that are kept at their full size, their bytes, and from one of them to the next at least."""
SMALL_FRAMES, SMALL_BYTES = 900, 400_000_000
"""All others are kept small: at most so many, every second, fourth or eighth one of them where there are more."""
MOST_INSTANTS = 20_000


class Gatherer:
    """Any thread may give to it and ask it; what it keeps is copied.

    Sound and pictures have a lock each, under which nothing is copied: those who give them have calls to keep up.
    """

    def __init__(self, most_s: float) -> None:
        """Keeps at most so many seconds of sound, and pictures of all the time however long that is."""
        self._most_s, self._sound, self._pictures = most_s, threading.Lock(), threading.Lock()
        self._blocks: list[NDArray[np.float32]] = []
        self._rate_hz, self._samples, self._gaps = 0, 0, 0
        self._begun_ns: int | None = None
        self._due_ns: int | None = None
        self._whole: dict[int, Frame] = {}
        self._small: dict[int, Frame] = {}
        """Each by how many frames came before it."""
        self._count, self._stride = 0, 1
        self._instants_ns: list[int] = []
        self._face: Face | None = None
        self._newest_ns: int | None = None
        self._whole_ns: int | None = None

    def hear(self, block: Block) -> None:
        """Takes a stretch of sound; a jump of its time by more than half its length is a gap."""
        samples = block.samples.copy()
        with self._sound:
            if self._rate_hz not in (0, block.rate_hz) or self._samples >= self._most_s * block.rate_hz:
                return
            length_ns = len(samples) * 1_000_000_000 // block.rate_hz
            if self._begun_ns is None or self._due_ns is None:
                self._begun_ns = block.captured_ns
            elif abs(block.captured_ns - self._due_ns) > max(length_ns // 2, 5_000_000):
                self._gaps += 1
            self._due_ns = block.captured_ns + length_ns
            self._rate_hz = block.rate_hz
            self._blocks.append(samples)
            self._samples += len(samples)

    def see(self, frame: Frame) -> None:
        """Takes a tracked frame."""
        with self._pictures:
            number, self._count = self._count, self._count + 1
            if len(self._instants_ns) < MOST_INSTANTS:
                self._instants_ns.append(frame.captured_ns)
            self._face, self._newest_ns = frame.chosen_face, frame.captured_ns
            whole = self._whole_ns is None or frame.captured_ns - self._whole_ns >= PAUSE_NS
            if whole:
                self._whole_ns = frame.captured_ns
            elif number % self._stride:
                return
        self._keep(number, frame, whole=whole)

    @property
    def face(self) -> Face | None:
        """The chosen face on the newest frame."""
        with self._pictures:
            return self._face

    @property
    def newest_ns(self) -> int | None:
        """When the newest frame was captured."""
        with self._pictures:
            return self._newest_ns

    @property
    def begun_ns(self) -> int | None:
        """When the first of the sound was captured."""
        with self._sound:
            return self._begun_ns

    def latest(self, seconds: float) -> Heard | None:
        """The newest seconds of the sound, or None before any."""
        with self._sound:
            wanted, parts = round(seconds * self._rate_hz), list[NDArray[np.float32]]()
            for block in reversed(self._blocks):
                parts.append(block)
                wanted -= len(block)
                if wanted <= 0:
                    break
        return Heard(np.concatenate(parts[::-1]), self._rate_hz) if parts else None

    def heard(self, device: str, others_dbfs: tuple[tuple[str, float], ...] = ()) -> Heard | None:
        """All that was heard, or None where nothing was."""
        with self._sound:
            blocks, gaps = self._blocks.copy(), self._gaps
        return Heard(np.concatenate(blocks), self._rate_hz, device, gaps, others_dbfs) if blocks else None

    def seen(self, device: str, asked_size: tuple[int, int] | None, asked_fps: float | None) -> Seen | None:
        """Frames of all the time, or None where nothing was seen."""
        with self._pictures:
            kept, instants_ns = self._whole | self._small, tuple(self._instants_ns)
        frames = tuple(kept[number] for number in sorted(kept))
        return Seen(frames, device, asked_size, asked_fps, instants_ns=instants_ns) if frames else None

    def _keep(self, number: int, frame: Frame, *, whole: bool) -> None:
        """Keeps a frame, whole or small, and makes room for it."""
        kept = _copied(frame if whole else lightened(frame))
        with self._pictures:
            if whole:
                self._whole[number] = kept
            elif number % self._stride == 0:
                self._small[number] = kept
            leaving = crowded(self._whole)
            left = None if leaving is None else self._whole.pop(leaving)
            self._thin_out()
        if leaving is not None and left is not None:
            self._keep(leaving, left, whole=False)

    def _thin_out(self) -> None:
        """Of the small frames leaves every second of those that are kept, until there are not too many."""
        while len(self._small) > SMALL_FRAMES or _bytes(self._small) > SMALL_BYTES:
            self._stride *= 2
            self._small = {number: frame for number, frame in self._small.items() if number % self._stride == 0}


def crowded(frames: dict[int, Frame]) -> int | None:
    """Of too many whole frames the one whose neighbours are closest to each other, so that they stay evenly spread.

    Args:
        frames: each by how many came before it.
    """
    if len(frames) < 3 or (len(frames) <= WHOLE_FRAMES and _bytes(frames) <= WHOLE_BYTES):
        return None
    numbers = sorted(frames)
    between = zip(numbers, numbers[1:], numbers[2:], strict=False)
    return min(between, key=lambda three: frames[three[2]].captured_ns - frames[three[0]].captured_ns)[1]


def _bytes(frames: dict[int, Frame]) -> int:
    return sum(frame.pixels.nbytes for frame in frames.values())


def _copied(frame: Frame) -> Frame:
    """What the checks need of a frame, in memory of its own."""
    matte = None if frame.matte is None else frame.matte.copy()
    return Frame(frame.pixels.copy(), frame.captured_ns, frame.media_ns, frame.faces, matte)
