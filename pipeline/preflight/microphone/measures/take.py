"""A stretch of a microphone's sound, made ready to be measured: where there is speech, and what it is made of."""

from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.statistics import FRAME_SAMPLES, third_octaves
from pipeline.preflight.evidence import Heard

HOP = FRAME_SAMPLES // 2
HOP_S = HOP / RATE_HZ
"""21 ms: one look."""
SILENT_DBFS = -65.0
"""Speech whose loud frames are weaker is none that anybody could use."""
LEAST_S = 1.0
LEAST_SPEECH_S = 0.5
_VOICE_HZ = (200.0, 5_000.0)
_RANGE_DB = 30.0
"""Speech that is further below its loudest is not told from the room."""
_LEAST_RANGE_DB = 6.0
_NOTHING = 1e-20
_ABSURD = 100.0
_DIGITAL_SILENCE = 1e-13
_AFTER_SPEECH = 5
"""Frames after speech that may still ring."""

Powers = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """Speech through a microphone, at 48 kHz, in frames of 43 ms every 21 ms."""

    heard: Heard
    sound: NDArray[np.float32]
    """float32 (n,): the mean of the channels that carry something."""
    powers: Powers
    """float32 (frames, bins): mean square for each bin of 23.4 Hz; a frame's bins add up to its mean square."""
    level_db: NDArray[np.float64]
    """float64 (frames,): what lies between 200 Hz and 5 kHz, dB re full scale."""
    speech: NDArray[np.bool_]
    """(frames,): whether somebody speaks."""
    pause: NDArray[np.bool_]
    """(frames,): whether nothing but the room is heard. Neither holds for what is in doubt."""

    @property
    def speech_s(self) -> float:
        """How long somebody speaks."""
        return float(self.speech.sum()) * HOP_S


def bin_hz() -> NDArray[np.float64]:
    """The frequencies of a take's bins."""
    return np.asarray(np.fft.rfftfreq(FRAME_SAMPLES, 1.0 / RATE_HZ), np.float64)


def sane(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples without what is no number or no level: both count as silence."""
    return np.where(np.abs(samples) < _ABSURD, samples, np.float32(0.0))


def live_channels(samples: NDArray[np.float32]) -> NDArray[np.int64]:
    """Which channels carry more than silence: not 40 dB below the loudest."""
    if not samples.size:
        return np.zeros(0, np.int64)
    powers = np.mean(np.square(samples - samples.mean(axis=0)), axis=0, dtype=np.float64)
    return np.flatnonzero(powers >= max(float(powers.max()) * 1e-4, 1e-14))


def mono(heard: Heard) -> NDArray[np.float32]:
    """One channel at the told rate, float32 (n,), without a constant; what is no number counts as silence."""
    samples = sane(heard.samples)
    if not samples.size or heard.rate_hz <= 0:
        return np.zeros(0, np.float32)
    live = live_channels(samples)
    sound = samples[:, live].mean(axis=1) if len(live) else samples[:, 0]
    return np.asarray(sound - sound.mean(), np.float32)


def take(heard: Heard) -> Take:
    """Makes sound ready; there may be no speech in it, and none of it at all."""
    sound = mono(heard)
    if heard.rate_hz != RATE_HZ and len(sound):
        sound = np.asarray(soxr.resample(sound, heard.rate_hz, RATE_HZ), np.float32)
    powers = _powers(sound)
    hz = bin_hz()
    voice = (hz >= _VOICE_HZ[0]) & (hz < _VOICE_HZ[1])
    level = 10.0 * np.log10(powers[:, voice].sum(axis=1, dtype=np.float64) + _NOTHING)
    speech, pause = _activity(level, powers.sum(axis=1) > _DIGITAL_SILENCE)
    return Take(heard, sound, powers, level, speech, pause)


def is_silent(take: Take) -> bool:
    """Whether hardly anything comes: muted, unplugged, or without any gain."""
    return len(take.level_db) == 0 or float(np.percentile(take.level_db, 95)) < SILENT_DBFS


def third_octave_db(powers: NDArray[np.floating]) -> NDArray[np.float64]:
    """A mean power for each bin as levels of the third-octaves from 100 Hz to 12.5 kHz."""
    return np.asarray(10.0 * np.log10(third_octaves().astype(np.float64) @ powers + 1e-12))


def _powers(sound: NDArray[np.float32]) -> Powers:
    if len(sound) < FRAME_SAMPLES:
        return np.zeros((0, FRAME_SAMPLES // 2 + 1), np.float32)
    window = np.hanning(FRAME_SAMPLES).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(sound, FRAME_SAMPLES)[::HOP]
    spectra = np.fft.rfft(frames * window, axis=1)
    powers = np.square(spectra.real) + np.square(spectra.imag)
    powers[:, 1:-1] *= 2.0
    return np.asarray(powers / (FRAME_SAMPLES * float(np.sum(np.square(window)))), np.float32)


def _activity(level: NDArray[np.float64], sounding: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    none = np.zeros(len(level), bool)
    if not sounding.any():
        return none, none
    loud = float(np.percentile(level[sounding], 95))
    floor = float(np.percentile(level[sounding], 8))
    if loud < SILENT_DBFS or (loud - floor < _LEAST_RANGE_DB and sounding.all()):
        return none, sounding & (level <= loud)
    span = loud - floor
    speech = level > max(loud - _RANGE_DB, floor + 0.4 * span)
    near = np.convolve(speech, np.ones(_AFTER_SPEECH), "full")[: len(speech)] > 0.0
    return speech, sounding & ~near & (level <= floor + min(6.0, 0.3 * span))
