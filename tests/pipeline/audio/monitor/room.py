"""A room in which an actor speaks, a monitor plays, and a microphone hears both."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.condition.chain import conditioner
from pipeline.audio.condition.mono import Sound
from pipeline.audio.condition.settings import ConditionSettings
from pipeline.audio.devices.opening import SPEECH
from pipeline.audio.devices.sound_decoder import SoundDecoder
from pipeline.audio.monitor.monitor import Monitor
from pipeline.audio.monitor.state import Monitoring
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.media import Block
from pipeline.stage import AudioStage
from pipeline.telemetry import Event
from tests.fakes import FakeClock, FakeVoice
from tests.pipeline.audio.condition.sounds import hiss

REVERBERATION_S = 0.1
BLOCK_NS = 10_000_000
AUDIBLE = 0.02


def demo_actor() -> Sound:
    """What the demo actor says."""
    return np.concatenate(list(SoundDecoder(SPEECH).pieces())).astype(np.float32)


def way_to_the_microphone(gain_db: float, delay_s: float) -> Sound:
    """The impulse response from a small loudspeaker to the microphone, of one power: direct sound and a room."""
    noise = np.random.default_rng(3).normal(size=round(REVERBERATION_S * RATE_HZ))
    room = noise * 10.0 ** (-3.0 * np.arange(len(noise)) / len(noise))
    room[0] = np.sqrt((room**2).sum())
    spectrum = np.fft.rfft(room, 2 * len(room))
    hz = np.maximum(np.fft.rfftfreq(2 * len(room), 1.0 / RATE_HZ), 1.0)
    room = np.fft.irfft(spectrum / (1.0 + (200.0 / hz) ** 4) / (1.0 + (hz / 8000.0) ** 4))[: len(room)]
    room *= 10.0 ** (gain_db / 20.0) / np.sqrt((room**2).sum())
    return np.concatenate((np.zeros(round(delay_s * RATE_HZ)), room)).astype(np.float32)


class Headphones:
    """A device that keeps what it plays."""

    name = description = "headphones"
    paced, is_file, buffered_ns = True, False, 0

    def __init__(self) -> None:
        self.played: list[NDArray[np.float32]] = []

    def write(self, samples: NDArray[np.float32]) -> None:
        """Keeps it."""
        self.played.append(samples.copy())

    def close(self) -> None:
        """Nothing to give back."""

    def __enter__(self) -> "Headphones":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass(frozen=True)
class Leak:
    """How much of the monitor the microphone hears, against what the actor's voice has there, and how late."""

    gain_db: float = -200.0
    delay_s: float = 0.11


class Room:
    """The loop: microphone, conditioning, voice, monitor, and through the air back to the microphone."""

    def __init__(self, voice: AudioStage | None = None, leak: Leak | None = None, noise_dbfs: float = -60.0) -> None:
        self.clock, self.events, self.headphones = FakeClock(10**12), list[Event](), Headphones()
        self.monitor = Monitor(self.headphones, self.clock, self.events.append)
        self._chain = (self.monitor.ear, *conditioner(ConditionSettings()), voice or Later())
        self._air = way_to_the_microphone((leak or Leak()).gain_db, (leak or Leak()).delay_s)
        self._noise_dbfs = noise_dbfs
        self._jitter = np.random.default_rng(1)
        self.heard_at: int | None = None
        """The block in which the monitor became audible."""
        self.cut_at: int | None = None
        """The block in which it cut itself off."""

    @property
    def cut_after_s(self) -> float:
        """How long after it became audible the monitor cut itself off."""
        assert self.heard_at is not None and self.cut_at is not None
        return (self.cut_at - self.heard_at) * BLOCK_NS / 1e9

    def let_speak(self, actor: Sound) -> None:
        """Lets the actor speak; stops half a second after the monitor has cut itself off."""
        back = np.zeros(len(actor) + len(self._air) + BLOCK_SAMPLES, np.float32)
        said = actor + hiss(len(actor) / RATE_HZ, self._noise_dbfs, 2)[: len(actor)]
        for number in range(len(actor) // BLOCK_SAMPLES):
            if self.cut_at is not None and number > self.cut_at + 50:
                return
            at = slice(number * BLOCK_SAMPLES, (number + 1) * BLOCK_SAMPLES)
            played = self._pass(np.clip(said[at] + back[at], -1.0, 1.0).astype(np.float32))
            if played.any():
                back[at.start : at.start + len(self._air) + BLOCK_SAMPLES - 1] += np.convolve(played, self._air)
            if self.heard_at is None and np.abs(played).max() > AUDIBLE:
                self.heard_at = number
            if self.cut_at is None and self.monitor.state is Monitoring.CUT:
                self.cut_at = number

    def _pass(self, heard: Sound) -> Sound:
        """One block, through the lane to the monitor; threads are late by some milliseconds."""
        late_ns = int(self._jitter.integers(0, 6_000_000))
        self.clock.advance(late_ns)
        block = Block(heard.reshape(-1, 1), RATE_HZ, self.clock.now_ns())
        for stage in self._chain:
            block = stage.process(block)
        self.monitor.write(block.samples[:, 0])
        self.clock.advance(BLOCK_NS - late_ns)
        return self.headphones.played[-1]


class Later(FakeVoice):
    """A voice that is the actor's own, 50 ms later: what is the easiest to take for a leak."""

    def __init__(self) -> None:
        super().__init__()
        self._held = np.zeros((RATE_HZ // 20, 1), np.float32)

    def process(self, block: Block) -> Block:
        """What was said 50 ms ago."""
        self._held = np.concatenate((self._held, block.samples))
        said, self._held = self._held[: len(block.samples)], self._held[len(block.samples) :]
        return Block(said, block.rate_hz, block.captured_ns)
