"""Gathers what a microphone and a camera give over some seconds, within bounds."""

import threading
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.media import Block, Face, Frame
from pipeline.preflight.camera.watching import lightened
from pipeline.preflight.evidence import Heard, Seen

WHOLE_FRAMES, PAUSE_NS = 24, 500_000_000
"""Frames that are kept at their full size, and from one of them to the next."""
MOST_FRAMES = 600
"""All others are kept small, as long as there are no more of them."""
MOST_INSTANTS = 20_000


class Gatherer:
    """Any thread may give to it and ask it; what it keeps is copied."""

    def __init__(self, most_s: float) -> None:
        """Keeps at most so many seconds of sound."""
        self._most_s, self._lock = most_s, threading.Lock()
        self._blocks: list[NDArray[np.float32]] = []
        self._rate_hz, self._samples, self._gaps = 0, 0, 0
        self._due_ns: int | None = None
        self._frames: list[Frame] = []
        self._instants_ns: list[int] = []
        self._newest: Frame | None = None
        self._whole = 0
        self._whole_ns: int | None = None

    def hear(self, block: Block) -> None:
        """Takes a stretch of sound; a jump of its time by more than half its length is a gap."""
        with self._lock:
            if self._rate_hz not in (0, block.rate_hz) or self._samples >= self._most_s * block.rate_hz:
                return
            length_ns = len(block.samples) * 1_000_000_000 // block.rate_hz
            if self._due_ns is not None and abs(block.captured_ns - self._due_ns) > max(length_ns // 2, 5_000_000):
                self._gaps += 1
            self._due_ns = block.captured_ns + length_ns
            self._rate_hz = block.rate_hz
            self._blocks.append(block.samples.copy())
            self._samples += len(block.samples)

    def see(self, frame: Frame) -> None:
        """Takes a tracked frame."""
        with self._lock:
            if len(self._instants_ns) < MOST_INSTANTS:
                self._instants_ns.append(frame.captured_ns)
            self._newest = replace(frame, pixels=frame.pixels[:0])
            matte = None if frame.matte is None else frame.matte.copy()
            due = self._whole_ns is None or frame.captured_ns - self._whole_ns >= PAUSE_NS
            if due and self._whole < WHOLE_FRAMES:
                self._frames.append(replace(frame, pixels=frame.pixels.copy(), matte=matte))
                self._whole, self._whole_ns = self._whole + 1, frame.captured_ns
            elif len(self._frames) < MOST_FRAMES:
                self._frames.append(replace(lightened(frame), matte=matte))

    @property
    def face(self) -> Face | None:
        """The chosen face on the newest frame."""
        with self._lock:
            return None if self._newest is None else self._newest.chosen_face

    @property
    def newest_ns(self) -> int | None:
        """When the newest frame was captured."""
        with self._lock:
            return None if self._newest is None else self._newest.captured_ns

    def latest(self, seconds: float) -> Heard | None:
        """The newest seconds of the sound, or None before any."""
        with self._lock:
            if not self._blocks:
                return None
            wanted, parts = round(seconds * self._rate_hz), list[NDArray[np.float32]]()
            for block in reversed(self._blocks):
                parts.append(block)
                wanted -= len(block)
                if wanted <= 0:
                    break
            return Heard(np.concatenate(parts[::-1]), self._rate_hz)

    def heard(self, device: str, others_dbfs: tuple[tuple[str, float], ...] = ()) -> Heard | None:
        """All that was heard, or None where nothing was."""
        with self._lock:
            if not self._blocks:
                return None
            return Heard(np.concatenate(self._blocks), self._rate_hz, device, self._gaps, others_dbfs)

    def seen(self, device: str, asked_size: tuple[int, int] | None, asked_fps: float | None) -> Seen | None:
        """All that was seen, or None where nothing was."""
        with self._lock:
            if not self._frames:
                return None
            frames, instants_ns = tuple(self._frames), tuple(self._instants_ns)
            return Seen(frames, device, asked_size, asked_fps, instants_ns=instants_ns)
