"""All that is measured of a microphone's sound at once."""

from dataclasses import dataclass

import numpy as np

from pipeline.preflight.evidence import Heard
from pipeline.preflight.microphone.measures.continuity import Holes, holes
from pipeline.preflight.microphone.measures.levels import Clipping, clipping, loudness_lufs, pumping_db_s
from pipeline.preflight.microphone.measures.pace import median_f0_hz, syllables_hz
from pipeline.preflight.microphone.measures.room import reverberation_s
from pipeline.preflight.microphone.measures.spectra import (
    Edge,
    Hum,
    bandwidth,
    hum,
    noise_dbfs,
    spectrum_db,
    speech_dbfs,
)
from pipeline.preflight.microphone.measures.take import LEAST_S, LEAST_SPEECH_S, Take, is_silent

SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Figures:
    """A microphone in figures, from a stretch with speech."""

    loudness_lufs: float
    speech_dbfs: float
    """Of the frames with speech."""
    noise_dbfs: float | None
    """Of the pauses, without the mains; -120 where they hold nothing at all; None without pauses."""
    edge: Edge
    spectrum_db: tuple[float, ...]
    """Third-octaves of the speech from 100 Hz to 12.5 kHz."""
    reverberation_s: float | None
    """RT60, a blind estimate."""
    hum: Hum
    clipping: Clipping
    holes: Holes
    pumping_db_s: float | None
    """How fast the noise rises in pauses."""
    median_f0_hz: float | None
    syllables_hz: float | None

    @property
    def snr_db(self) -> float | None:
        """Speech above the pauses."""
        return None if self.noise_dbfs is None else self.speech_dbfs - self.noise_dbfs


def measure(take: Take) -> Figures:
    """Measures a take with speech."""
    return Figures(
        loudness_lufs(take),
        speech_dbfs(take),
        noise_dbfs(take),
        bandwidth(take),
        tuple(float(level) for level in spectrum_db(take)),
        reverberation_s(take),
        hum(take),
        clipping(take),
        holes(take),
        pumping_db_s(take),
        median_f0_hz(take),
        syllables_hz(take),
    )


def why_not(heard: Heard, take: Take) -> str:
    """Why a sound can't be measured; empty where it can."""
    seconds = len(heard.samples) / heard.rate_hz if heard.rate_hz > 0 and heard.samples.size else 0.0
    if seconds < LEAST_S:
        return f"only {seconds:.1f} s of sound"
    if not np.any(np.isfinite(heard.samples)):
        return "the device gave nothing that is a number"
    if is_silent(take):
        return SILENCE
    if take.speech_s < LEAST_SPEECH_S:
        return "nobody speaks in it"
    return ""
