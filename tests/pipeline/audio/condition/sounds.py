"""Sounds for tests: a voice of our own making, rooms, tones, and the way through stages."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import av
import numpy as np

from pipeline.audio.condition.mono import Sound
from pipeline.audio.stream import RATE_HZ
from pipeline.media import Block
from pipeline.stage import AudioStage
from tests.footage import MEDIA

FORMANTS_HZ = ((700.0, 1200.0, 2600.0), (350.0, 2100.0, 2900.0), (450.0, 900.0, 2500.0))
WORD, PAUSE = 0.4, 0.35
"""Seconds of a word and of the silence after it."""


def block_of(sound: Sound, at: int = 0) -> Block:
    """A block that starts `at` samples after the epoch."""
    return Block(sound.reshape(-1, 1), RATE_HZ, at * 1_000_000_000 // RATE_HZ)


def cut(sound: Sound, sizes: Iterable[int]) -> Iterator[Block]:
    """The sound in blocks of the given sizes; the last takes what is left."""
    at = 0
    for size in sizes:
        yield block_of(sound[at : at + size], at)
        at += size
    yield block_of(sound[at:], at)


def through(stages: AudioStage | Sequence[AudioStage], sound: Sound, size: int = 480) -> Sound:
    """What comes out of a chain, as long as what went in."""
    chain = stages if isinstance(stages, Sequence) else (stages,)
    done = []
    for block in cut(sound, [size] * (len(sound) // size)):
        for stage in chain:
            block = stage.process(block)
        done.append(block.samples[:, 0].copy())
    return np.concatenate(done)


def aligned(stages: AudioStage | Sequence[AudioStage], sound: Sound) -> Sound:
    """What comes out of a chain for these samples, the latency taken away."""
    chain = stages if isinstance(stages, Sequence) else (stages,)
    delay = round(sum(stage.latency_ns for stage in chain) * RATE_HZ / 1e9)
    return through(chain, np.concatenate((sound, np.zeros(delay, np.float32))))[delay:]


def level_db(sound: Sound) -> float:
    """The mean power in dB re full scale, -200 for silence."""
    return float(10.0 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-20))


def at_level(sound: Sound, dbfs: float) -> Sound:
    """The sound scaled to a mean power."""
    return (sound * 10.0 ** ((dbfs - level_db(sound)) / 20.0)).astype(np.float32)


def seconds(duration: float) -> Sound:
    """Silence."""
    return np.zeros(round(duration * RATE_HZ), np.float32)


def sine(hz: float, duration: float, amplitude: float = 1.0) -> Sound:
    """A tone."""
    at = np.arange(round(duration * RATE_HZ)) / RATE_HZ
    return (amplitude * np.sin(2.0 * np.pi * hz * at)).astype(np.float32)


def hiss(duration: float, dbfs: float, seed: int = 0) -> Sound:
    """White noise."""
    noise = np.random.default_rng(seed).normal(0.0, 1.0, round(duration * RATE_HZ))
    return at_level(noise.astype(np.float32), dbfs)


def hum(duration: float, dbfs: float) -> Sound:
    """A mains hum with its harmonics."""
    tones = [sine(50.0 * number, duration, 1.0 / number) for number in (1, 2, 3, 4, 6)]
    return at_level(np.sum(tones, axis=0, dtype=np.float32), dbfs)


def vowel(f0_hz: float, formants_hz: Sequence[float], duration: float) -> Sound:
    """A voiced sound of full scale's order, without its start and end."""
    at = np.arange(round(duration * RATE_HZ)) / RATE_HZ
    phase = 2.0 * np.pi * f0_hz * (at + 0.03 * np.sin(2.0 * np.pi * 2.0 * at) / (2.0 * np.pi))
    sound = np.zeros(len(at))
    for number in range(1, int(5000.0 / f0_hz)):
        hz = number * f0_hz
        gain = sum(1.0 / (1.0 + ((hz - formant) / 90.0) ** 2) for formant in formants_hz)
        sound += (gain + 0.02) / number**0.5 * np.sin(number * phase)
    return (sound / np.abs(sound).max()).astype(np.float32)


def fricative(duration: float, seed: int) -> Sound:
    """An S: noise above about 4 kHz."""
    spectrum = np.fft.rfft(hiss(duration, 0.0, seed))
    hz = np.fft.rfftfreq(round(duration * RATE_HZ), 1.0 / RATE_HZ)
    spectrum *= (hz > 4000.0) & (hz < 11_000.0)
    return np.fft.irfft(spectrum, round(duration * RATE_HZ)).astype(np.float32)


@cache
def words(count: int, f0_hz: float = 120.0) -> tuple[Sound, tuple[int, ...]]:
    """So many words with pauses of digital silence, the peak at -6 dBFS, and the sample at which each starts.

    Every second word starts with an S, 20 dB weaker than its vowel.
    """
    sound, starts, at = [], [], 0
    for number in range(count):
        sound.append(seconds(PAUSE))
        at += round(PAUSE * RATE_HZ)
        starts.append(at)
        word = vowel(f0_hz, FORMANTS_HZ[number % 3], WORD) * 0.5
        rise = np.clip(np.arange(len(word)) / (0.01 * RATE_HZ), 0.0, 1.0)
        fall = np.clip((len(word) - np.arange(len(word))) / (0.06 * RATE_HZ), 0.0, 1.0)
        word = (word * rise * fall).astype(np.float32)
        if number % 2:
            word = np.concatenate((at_level(fricative(0.08, number), level_db(word) - 20.0), word))
        sound.append(word)
        at += len(word)
    whole = np.concatenate([*sound, seconds(PAUSE)])
    whole.flags.writeable = False
    return whole, tuple(starts)


@cache
def real_speech() -> Sound:
    """Eleven seconds of a real speaker, 48 kHz."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
    with av.open(str(MEDIA / "speech-jfk.flac")) as container:
        pieces = [*container.decode(audio=0), None]
        parts = [part.to_ndarray().ravel() for piece in pieces for part in resampler.resample(piece)]
    sound = np.concatenate(parts).astype(np.float32)
    sound.flags.writeable = False
    return sound
