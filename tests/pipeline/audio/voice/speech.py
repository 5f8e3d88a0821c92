"""Voices to try the engine on: vowels of known pitch and formants, an engine's speech, a real recording."""

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ
from pipeline.media import Block
from pipeline.stage import AudioStage
from profiles.profile import Kind, Profile, VoiceSettings
from tests.footage import MEDIA

Sound = NDArray[np.float32]

VOWELS = {
    "a": (730.0, 1_090.0, 2_440.0, 3_400.0),
    "e": (530.0, 1_840.0, 2_480.0, 3_400.0),
    "schwa": (537.0, 1_552.0, 2_580.0, 3_600.0),
}
RECORDING = MEDIA / "speech-jfk.flac"
SENTENCES = {
    "en": "The quick brown fox jumps over the lazy dog while seven wise men sing an old song.",
    "de": "Die Sonne scheint heute hell über den Bergen und alle Leute freuen sich darüber.",
    "fr": "Le petit chat noir dort sur la chaise près de la fenêtre ouverte du salon.",
    "es": "El perro corre por la playa mientras los niños juegan con la arena dorada.",
    "it": "La luna piena illumina la valle e i contadini tornano lentamente a casa.",
}
VARIANTS = {"male": ("m3", 40), "female": ("f2", 60), "child": ("f5", 95)}
"""Variant and pitch for espeak-ng."""
WHISPER = ("whisper", 50)

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def vowel(hz: float | Sound, seconds: float = 2.0, name: str = "schwa", scale: float = 1.0) -> Sound:
    """A vowel: one pulse for each period of a pitch that may change, through four resonators."""
    count = int(seconds * RATE_HZ)
    turns = np.cumsum(np.broadcast_to(np.asarray(hz, np.float64), count) / RATE_HZ)
    pulses = np.zeros(count)
    at = np.flatnonzero(np.diff(np.floor(turns)) > 0)
    # Between samples: what remains of the turn tells where the pulse lay.
    late = (turns[at + 1] - np.floor(turns[at + 1])) / (turns[at + 1] - turns[at])
    pulses[at + 1] += 1.0 - late
    pulses[at] += late
    return normal(resonate(pulses, [scale * formant for formant in VOWELS[name]]))


def resonate(excitation: NDArray[np.float64], formants: list[float]) -> NDArray[np.float64]:
    """Through the throat: resonators, and the fall of 12 dB an octave of the glottal pulse, less 6 at the lips."""
    size = 2 * len(excitation)
    s = 2j * np.pi * np.fft.rfftfreq(size, 1 / RATE_HZ)
    response = 1.0 / (1.0 + s / (2 * np.pi * 120.0))
    for number, formant in enumerate(formants):
        width, centre = 2 * np.pi * (60.0 + 30.0 * number), 2 * np.pi * formant
        response = response * centre**2 / (s**2 + width * s + centre**2)
    return np.fft.irfft(np.fft.rfft(excitation, size) * response)[: len(excitation)]


def normal(sound: NDArray[np.float64], level: float = 0.1) -> Sound:
    """At a root mean square of `level`."""
    return (sound * (level / np.sqrt(np.mean(np.square(sound))))).astype(np.float32)


def noise(seconds: float = 1.0, level: float = 0.05, seed: int = 3) -> Sound:
    """What has no pitch: white noise without the lowest frequencies."""
    white = np.random.default_rng(seed).standard_normal(int(seconds * RATE_HZ))
    return normal(np.diff(white, prepend=0.0), level)


def swept(low: float, high: float, seconds: float = 2.0) -> Sound:
    """A pitch that goes up and down between two values once a second."""
    at = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return (low * (high / low) ** (0.5 - 0.5 * np.cos(2 * np.pi * at))).astype(np.float32)


def decoded(path: Path) -> Sound:
    """A sound file at 48 kHz, mono."""
    parts = []
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("flt", "mono", RATE_HZ)
        for frame in [*container.decode(audio=0), None]:
            parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
    return np.concatenate(parts).astype(np.float32)


@cache
def recording() -> Sound:
    """Eleven seconds of a real man's speech, rather high and lively."""
    return decoded(RECORDING)


@cache
def spoken(language: str, variant: str, times: int = 1) -> Sound:
    """A sentence by espeak-ng."""
    voice, pitch = WHISPER if variant == "whisper" else VARIANTS[variant]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        command = ["espeak-ng", "-v", f"{language}+{voice}", "-p", str(pitch), "-w", str(path), SENTENCES[language]]
        subprocess.run(command, check=True, timeout=60)
        return np.tile(decoded(path), times)


def target(**voice: object) -> Profile:
    """A profile with a voice."""
    return Profile(
        name="voice",
        folder=Path(),
        title="Voice",
        kind=Kind.PERSONA,
        voice=VoiceSettings.model_validate({"median_f0_hz": 150.0, "f0_range_semitones": 4.0, **voice}),
    )


def through(stage: AudioStage, sound: Sound, cut: int = 480) -> Sound:
    """All of a sound through a stage, in blocks of `cut` samples."""
    blocks = (Block(sound[at : at + cut, None], RATE_HZ, 0) for at in range(0, len(sound), cut))
    return np.concatenate([stage.process(block).samples[:, 0].copy() for block in blocks])


def converted(stage: AudioStage, sound: Sound) -> Sound:
    """All of a sound through a stage, its latency taken off: sample for sample beside the input."""
    late = latency(stage)
    return through(stage, np.pad(sound, (0, late)))[late:]


def latency(stage: AudioStage) -> int:
    """A stage's latency in samples."""
    return round(stage.latency_ns * RATE_HZ / 1e9)
