"""Rigs with microphones and ears of the tests' own, on real threads."""

import threading
from collections import deque

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.condition.settings import ConditionSettings
from pipeline.audio.rig import SoundHooks, SoundRig, SoundSettings
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.clock import Clock, MonotonicClock, Playhead
from pipeline.errors import DeviceError, UnderstudyError
from pipeline.media import Block
from pipeline.stage import EndOfSource, FilmTrack
from pipeline.telemetry import Event
from tests.fakes import FakeVoice

SOON_S = 5.0
BARE = ConditionSettings(high_pass=False, gate=False, leveller=False)


class FakeMicrophone:
    """A microphone that says a ramp, as fast as it is listened to, and ends."""

    name = description = "fake microphone"

    def __init__(self, blocks: int, *, live: bool = False, breaks_after: int | None = None) -> None:
        self.live = live
        self._left, self._count, self._breaks_after = blocks, 0, breaks_after
        self.closed = threading.Event()

    def read(self) -> Block | None:
        """The next block, all of one level."""
        if self._left == 0 or self.closed.is_set():
            raise EndOfSource
        if self._breaks_after == self._count:
            raise RuntimeError("broken")
        self._left -= 1
        self._count += 1
        samples = np.full((BLOCK_SAMPLES, 1), 0.4, np.float32)
        return Block(samples, RATE_HZ, (self._count - 1) * 10_000_000)

    def close(self) -> None:
        """Ends it."""
        self.closed.set()

    def __enter__(self) -> "FakeMicrophone":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class FakeEar:
    """A sink that keeps what it is given, and breaks when it is told to."""

    name = description = "fake ear"
    paced, is_file, buffered_ns = False, False, 0

    def __init__(self, breaks_after: int | None = None) -> None:
        self.heard: list[NDArray[np.float32]] = []
        self._breaks_after = breaks_after
        self.close_count = 0

    def write(self, samples: NDArray[np.float32]) -> None:
        """Keeps it."""
        if self._breaks_after is not None and len(self.heard) >= self._breaks_after:
            raise DeviceError("The fake ear was told to break.")
        self.heard.append(samples.copy())

    def close(self) -> None:
        """Counts."""
        self.close_count += 1

    def __enter__(self) -> "FakeEar":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def everything(self) -> NDArray[np.float32]:
        """All samples so far."""
        return np.concatenate(self.heard) if self.heard else np.zeros(0, np.float32)


class Booth:
    """Makes rigs and notes what they tell."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.failures: list[UnderstudyError] = []
        self.latencies: list[int] = []
        self.silent_after: list[int] = []
        """After how many latencies it was told that no sound comes any more."""
        self._rigs: list[SoundRig] = []

    def rig(
        self,
        microphone: FakeMicrophone,
        ear: FakeEar,
        voice: FakeVoice,
        *,
        lossless: bool = True,
        monitor: str = "none",
        tracks: tuple[FilmTrack, ...] = (),
    ) -> SoundRig:
        """A rig that has not started."""
        hooks = SoundHooks(self.events.append, self.failures.append, self.latencies.append, self._silent)
        settings = SoundSettings(microphone, ear, monitor, condition=BARE, tracks=tracks)
        rig = SoundRig(settings, voice, MonotonicClock(), hooks, None if lossless else Playhead())
        self._rigs.append(rig)
        return rig

    def _silent(self) -> None:
        self.silent_after.append(len(self.latencies))

    def close(self) -> None:
        """Stops every rig."""
        for rig in reversed(self._rigs):
            rig.stop(SOON_S)


class Spoken(FakeMicrophone):
    """A file in real time that says ever louder blocks, and is over."""

    def __init__(self, blocks: int) -> None:
        super().__init__(blocks)
        self._clock, self._blocks = MonotonicClock(), blocks
        self._start_ns: int | None = None

    def read(self) -> Block:
        """The next block, when its last sample has come."""
        block = super().read()
        assert block is not None
        self._start_ns = self._start_ns or self._clock.now_ns()
        captured_ns = self._start_ns + block.captured_ns
        if self._clock.wait_until(captured_ns + 10_000_000, self.closed):
            raise EndOfSource
        samples = np.full((BLOCK_SAMPLES, 1), loudness(self._count, self._blocks), np.float32)
        return Block(samples, RATE_HZ, captured_ns)


def loudness(number: int, blocks: int) -> float:
    """The level of a spoken block, counted from 1: the last one is the loudest."""
    return 0.1 + 0.7 * number / blocks


class Slow(FakeVoice):
    """A voice that says everything later."""

    def __init__(self, latency_ns: int) -> None:
        super().__init__(1.0, latency_ns)
        self._held = deque([np.zeros((BLOCK_SAMPLES, 1), np.float32)] * (latency_ns // 10_000_000))

    def process(self, block: Block) -> Block:
        """What came `latency_ns` ago, in blocks of one length."""
        self._held.append(block.samples.copy())
        return Block(self._held.popleft(), block.rate_hz, block.captured_ns - self.latency_ns)


class PacedEar(FakeEar):
    """A device with a clock of its own that forgets what it still holds when it is closed."""

    paced, is_file = True, False

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._until_ns = 0
        self.forgotten_ns = 0

    @property
    def buffered_ns(self) -> int:  # type: ignore[override]  # this one holds something
        """What it holds and has not played."""
        return max(0, self._until_ns - self._clock.now_ns())

    def write(self, samples: NDArray[np.float32]) -> None:
        """Plays after what it holds."""
        super().write(samples)
        self._until_ns = max(self._until_ns, self._clock.now_ns()) + len(samples) * 1_000_000_000 // RATE_HZ

    def close(self) -> None:
        """Forgets."""
        self.forgotten_ns = self.buffered_ns if self.close_count == 0 else self.forgotten_ns
        super().close()


class FakeTrack:
    """A film that keeps its sound."""

    def __init__(self) -> None:
        self.samples: list[NDArray[np.float32]] = []
        self.ended = False

    def write_sound(self, block: Block) -> bool:
        """Keeps it."""
        self.samples.append(block.samples[:, 0].copy())
        return True

    def end_sound(self) -> None:
        """Keeps that it ended."""
        self.ended = True


def played(rig: SoundRig) -> None:
    """Starts a rig uncovered and waits for the end of its source."""
    rig.cover(False)
    rig.start()
    rig.join("microphone", SOON_S)
    rig.stop(SOON_S)


def run_out(rig: SoundRig, microphone: FakeMicrophone) -> None:
    """Starts a rig and lets its source come to its end by itself."""
    rig.start()
    for name in ("microphone", "audio lane", "sound sink 1"):
        rig.join(name, SOON_S)
