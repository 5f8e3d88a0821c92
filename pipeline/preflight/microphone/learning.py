"""What a voice's reference recording is like, to hold a microphone against."""

from pipeline.preflight.evidence import Heard
from pipeline.preflight.microphone.measures.figures import measure, why_not
from pipeline.preflight.microphone.measures.spectra import GATED_DBFS, spectrum_db
from pipeline.preflight.microphone.measures.take import live_channels, sane, take
from profiles.reference.figures import VoiceReference


def learn_voice(heard: Heard) -> VoiceReference:
    """The statistics of reference material; what can't be measured is None, all of it where nobody speaks."""
    ready = take(heard)
    channels = heard.samples.shape[1]
    if why_not(heard, ready):
        return VoiceReference(rate_hz=heard.rate_hz or None, channels=channels or None)
    found = measure(ready)
    gated = found.noise_dbfs is None or found.noise_dbfs <= GATED_DBFS
    return VoiceReference(
        spectrum_db=tuple(round(level, 2) for level in found.spectrum_db),
        bandwidth_hz=round(found.edge.hz),
        noise_dbfs=None if gated else _rounded(found.noise_dbfs),
        snr_db=None if gated else _rounded(found.snr_db),
        reverberation_s=None if found.reverberation_s is None else round(found.reverberation_s, 3),
        loudness_lufs=round(found.loudness_lufs, 2),
        median_f0_hz=_rounded(found.median_f0_hz),
        rate_hz=heard.rate_hz,
        channels=int(len(live_channels(sane(heard.samples)))) or channels,
    )


def spectrum_levels_db(heard: Heard) -> tuple[float, ...]:
    """The long-term third-octave levels of the speech, 100 Hz to 12.5 kHz, dB re full scale; empty without speech."""
    ready = take(heard)
    return tuple(float(level) for level in spectrum_db(ready)) if ready.speech.any() else ()


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
