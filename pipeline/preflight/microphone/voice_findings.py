"""What is found of a voice's sound: how loud, how wide, of what colour, in what room."""

from collections.abc import Iterable

import numpy as np

from pipeline.audio.voice.statistics import BANDS_HZ
from pipeline.preflight.finding import Finding, Gauge, Verdict, skipped
from pipeline.preflight.microphone.kind import is_cut, lost_snr_db
from pipeline.preflight.microphone.measures.figures import Figures
from pipeline.preflight.microphone.measures.spectra import GATED_DBFS
from pipeline.preflight.microphone.wording import Limits, judged, span, unless_passed, worse
from profiles.reference.figures import VoiceReference

_MIDDLE = (200.0, 4_000.0)
"""Where two spectra are laid on top of each other."""
_MOST_DB = 20.0
"""A band that is missing altogether counts as so much."""


def voice_findings(figures: Figures, reference: VoiceReference, limits: Limits) -> tuple[Finding, ...]:
    """The checks that are held against the reference's voice."""
    return (
        level(figures, reference, limits),
        bandwidth(figures, reference, limits),
        spectrum(figures, reference, limits),
        noise(figures, reference, limits),
        reverberation(figures, reference, limits),
        pumping(figures, limits),
    )


def level(figures: Figures, reference: VoiceReference, limits: Limits) -> Finding:
    """How loud somebody speaks."""
    value, wanted = figures.loudness_lufs, reference.loudness_lufs
    absolute = limits["loudness_lufs"]
    verdict, gauge, against = absolute.verdict(value), absolute.gauge(value), span(absolute)
    if wanted is not None:
        near = limits["loudness_lu"]
        verdict = worse(verdict, near.verdict(value - wanted))
        least, most = max(absolute.passes[0], wanted + near.passes[0]), min(absolute.passes[1], wanted + near.passes[1])
        if least < most:
            gauge = Gauge(value, least, most, absolute.unit)
        against = f"{wanted:.1f} LUFS"
    quiet = value < (gauge.least if gauge.least is not None else value)
    remedy = "Move nearer to the microphone or turn up its gain." if quiet else "Turn down the microphone's gain."
    return Finding(
        "microphone.level", "loudness", verdict, f"{value:.1f} LUFS", against, unless_passed(verdict, remedy), gauge
    )


def bandwidth(figures: Figures, reference: VoiceReference, limits: Limits) -> Finding:
    """Up to where there is sound."""
    value, wanted = figures.edge.hz, reference.bandwidth_hz
    limit = limits["bandwidth_hz"]
    verdict, gauge, against = limit.verdict(value), limit.gauge(value), span(limit)
    if wanted is not None and wanted > 0.0:
        share = limits["bandwidth_share"]
        verdict = share.verdict(value / wanted)
        gauge, against = Gauge(value, share.passes[0] * wanted, None, "Hz"), f"{wanted / 1000:.1f} kHz"
    cut = ", cut off steeply" if is_cut(figures, limits) and verdict is not Verdict.PASS else ""
    remedy = "Take a wired microphone instead of a Bluetooth headset, and set the device to 48 kHz."
    measured = f"{value / 1000:.1f} kHz{cut}"
    return Finding(
        "microphone.bandwidth", "effective bandwidth", verdict, measured, against, unless_passed(verdict, remedy), gauge
    )


def spectrum_distance_db(live: Iterable[float], reference: VoiceReference) -> float | None:
    """How far the colour of a sound is from the reference's, root mean square over the third-octaves, levels aligned.

    None without a reference. Bands above the reference's own end don't count.
    """
    if reference.spectrum_db is None:
        return None
    bands = np.array(BANDS_HZ)
    difference = np.array(tuple(live)) - np.array(reference.spectrum_db)
    difference -= np.median(difference[(bands >= _MIDDLE[0]) & (bands <= _MIDDLE[1])])
    counted = difference[bands <= (reference.bandwidth_hz or bands[-1]) * 1.01]
    return float(np.sqrt(np.mean(np.square(np.clip(counted, -_MOST_DB, _MOST_DB))))) if len(counted) else None


def spectrum(figures: Figures, reference: VoiceReference, limits: Limits) -> Finding:
    """The colour of the sound."""
    title = "long-term spectrum"
    distance = spectrum_distance_db(figures.spectrum_db, reference)
    if distance is None or reference.spectrum_db is None:
        why = "the profile has no reference spectrum"
        return skipped("microphone.spectrum", title, why, "Learn one with `understudy profiles learn-reference`.")
    measured = f"{distance:.1f} dB apart over third-octaves"
    colour = _colour(figures.spectrum_db, reference.spectrum_db)
    remedy = f"The sound is {colour}: use the microphone that the reference was recorded with, at the same distance."
    return judged("spectrum", title, distance, limits["spectrum_db"], (measured, remedy))


def _colour(live: tuple[float, ...], wanted: tuple[float, ...]) -> str:
    """In a word, how a spectrum differs from another."""
    difference = np.subtract(live, wanted)
    low, middle, high = (float(np.median(part)) for part in (difference[:5], difference[5:15], difference[15:]))
    words = {"boomy": low - middle, "thin": middle - low, "harsh": high - middle, "dull": middle - high}
    return max(words, key=words.__getitem__)


def noise(figures: Figures, reference: VoiceReference, limits: Limits) -> Finding:
    """The room between the words."""
    title, floor, snr = "noise", figures.noise_dbfs, figures.snr_db
    if floor is None or snr is None:
        why = "no pauses to hear the room in"
        return skipped("microphone.noise", title, why, "Be silent for two seconds before you speak.")
    if floor <= GATED_DBFS:
        return Finding("microphone.noise", title, Verdict.PASS, "none: pauses are gated", span(limits["snr_db"]))
    verdict = worse(limits["noise_dbfs"].verdict(floor), limits["snr_db"].verdict(snr))
    against = span(limits["snr_db"])
    if reference.snr_db is not None:
        verdict = worse(verdict, limits["snr_loss_db"].verdict(lost_snr_db(snr, reference, limits)))
        against = f"SNR {reference.snr_db:.0f} dB"
    measured = f"floor {floor:.0f} dBFS, SNR {snr:.0f} dB"
    remedy = "Turn off fans, close the windows and move nearer to the microphone."
    gauge = limits["snr_db"].gauge(snr)
    return Finding("microphone.noise", title, verdict, measured, against, unless_passed(verdict, remedy), gauge)


def reverberation(figures: Figures, reference: VoiceReference, limits: Limits) -> Finding:
    """How the room rings."""
    title, value = "reverberation", figures.reverberation_s
    if value is None:
        why = "too few words that end in silence"
        return skipped("microphone.reverberation", title, why, "Speak a few words with pauses between them.")
    limit = limits["reverberation_s"]
    verdict, against = limit.verdict(value), span(limit)
    if reference.reverberation_s is not None:
        against = f"{reference.reverberation_s:.2f} s"
        # A target in a room of its own sounds like that room.
        if abs(value - reference.reverberation_s) <= 0.1:
            verdict = Verdict.PASS
    remedy = "Move nearer to the microphone and hang up blankets or curtains."
    measured = f"RT60 about {value:.2f} s"
    return Finding(
        "microphone.reverberation",
        title,
        verdict,
        measured,
        against,
        unless_passed(verdict, remedy),
        limit.gauge(value),
    )


def pumping(figures: Figures, limits: Limits) -> Finding:
    """Whether something rides the gain."""
    title, value = "gain pumping", figures.pumping_db_s
    if value is None:
        why = "too few pauses to hear the gain rise in"
        return skipped("microphone.pumping", title, why, "Speak a few words with pauses between them.")
    remedy = "Turn off the microphone's automatic gain control in the system's sound settings."
    measured = f"noise rises by {max(value, 0.0):.0f} dB a second in pauses"
    return judged("pumping", title, value, limits["pumping_db_s"], (measured, remedy))
