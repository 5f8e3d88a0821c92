"""What is found of a signal, whoever speaks: cut off, humming, holed, at another rate, of another device."""

import numpy as np

from pipeline.preflight.evidence import Heard
from pipeline.preflight.finding import Finding, Gauge, Verdict, skipped
from pipeline.preflight.microphone.kind import Kind, classify, is_cut, is_hum, is_off_pace
from pipeline.preflight.microphone.measures.echo import echo
from pipeline.preflight.microphone.measures.figures import Figures
from pipeline.preflight.microphone.measures.take import live_channels, sane
from pipeline.preflight.microphone.wording import Limits, judged, span, unless_passed
from profiles.reference.figures import VoiceReference

_NOTHING_DB = -120.0
_FULL_RATE_HZ = 44_100


def signal_findings(heard: Heard, figures: Figures, reference: VoiceReference, limits: Limits) -> tuple[Finding, ...]:
    """The checks of the signal itself."""
    return (
        clipping(figures, limits),
        hum(figures, limits),
        rate(heard, figures, reference, limits),
        dropouts(heard, figures, limits),
        kind(figures, reference, limits),
    )


def clipping(figures: Figures, limits: Limits) -> Finding:
    """Whether loud words are cut off."""
    share, peak = figures.clipping.share, figures.clipping.peak_dbfs
    measured = f"{share:.2%} of the samples cut off, peak {peak:.1f} dBFS"
    remedy = "Turn down the microphone's gain until loud words stay below -6 dBFS."
    return judged("clipping", "clipping", share, limits["clipping"], (measured, remedy))


def hum(figures: Figures, limits: Limits) -> Finding:
    """Whether the mains are heard."""
    title, found, limit = "mains hum", figures.hum, limits["hum_db"]
    if not is_hum(found):
        return Finding("microphone.hum", title, Verdict.PASS, "none", span(limit))
    under = found.dbfs - figures.speech_dbfs
    measured = f"{found.mains_hz:.0f} Hz and {found.lines - 1} harmonics, {-under:.0f} dB below the speech"
    return judged("hum", title, under, limit, (measured, Kind.HUM.remedy))


def rate(heard: Heard, figures: Figures, reference: VoiceReference, limits: Limits) -> Finding:
    """Whether the sound carries what its rate and its channels promise."""
    told, holes = heard.rate_hz, figures.holes
    words = [f"{told / 1000:g} kHz", _channels(heard)]
    wanted = min(reference.rate_hz or _FULL_RATE_HZ, _FULL_RATE_HZ)
    verdict, remedy = Verdict.PASS, ""
    if told < wanted:
        verdict, remedy = Verdict.WARN, "Set the device to 48 kHz; a headset that can't is no microphone for this."
    if "dead" in words[1]:
        verdict, remedy = Verdict.WARN, "Plug the microphone in on both channels, or choose its mono input."
    if is_cut(figures, limits) and figures.edge.hz < 0.42 * told:
        verdict, remedy = Verdict.WARN, Kind.WRONG_RATE.remedy
        words.append(f"but nothing above {figures.edge.hz / 1000:.1f} kHz: brought up from a lower rate")
    if is_off_pace(figures, limits):
        verdict, remedy = Verdict.FAIL, Kind.WRONG_RATE.remedy
        words.append(f"but the voice's pitch of {figures.median_f0_hz or 0.0:.0f} Hz is not a person's")
    if holes.starved:
        verdict, remedy = Verdict.FAIL, Kind.WRONG_RATE.remedy
        words.append(f"but {holes.share:.0%} of each buffer is empty: the device runs at a lower rate")
    against = f"at least {wanted / 1000:g} kHz"
    return Finding("microphone.rate", "sample rate and channels", verdict, ", ".join(words), against, remedy)


def _channels(heard: Heard) -> str:
    samples = sane(heard.samples)
    count = samples.shape[1]
    if count == 1:
        return "mono"
    live = live_channels(samples)
    if len(live) < count:
        dead = sorted(set(range(count)) - set(live.tolist()))
        return f"{count} channels, number {' and '.join(str(number + 1) for number in dead)} dead"
    same = np.allclose(samples, samples[:, :1], atol=1e-6)
    return f"{count} channels" + (", all the same" if same else "")


def dropouts(heard: Heard, figures: Figures, limits: Limits) -> Finding:
    """Whether sound is missing."""
    found = figures.holes
    measured = f"{found.count} holes" + (f", {found.share:.1%} of the time" if found.count else "")
    if heard.gaps:
        measured += f", and the device lost sound {heard.gaps} times"
    limit = limits["holes"]
    value = found.share + (0.01 * heard.gaps * heard.rate_hz / max(len(heard.samples), 1))
    remedy = "Use a larger buffer or another USB port, close busy programs, and switch Bluetooth off."
    verdict = limit.verdict(value)
    gauge = Gauge(float(found.count + heard.gaps), None, 0.0, "")
    return Finding("microphone.dropouts", "dropouts", verdict, measured, "none", unless_passed(verdict, remedy), gauge)


def kind(figures: Figures, reference: VoiceReference, limits: Limits) -> Finding:
    """What it sounds like."""
    found = classify(figures, reference, limits)
    verdict = Verdict.PASS if found is Kind.CLEAN else Verdict.WARN
    if found in (Kind.BLUETOOTH_8, Kind.WRONG_RATE, Kind.MUTED):
        verdict = Verdict.FAIL
    return Finding("microphone.kind", "likely kind", verdict, f"sounds like {found.told}", "", found.remedy)


def device(heard: Heard, limits: Limits) -> Finding:
    """Whether another input hears more."""
    title = "the right device"
    others = [other for other in heard.others_dbfs if np.isfinite(other[1])]
    if not others:
        return skipped("microphone.device", title, "no other input was listened to")
    samples = sane(heard.samples).astype(np.float64)
    power = float(np.mean(np.square(samples - samples.mean(axis=0)))) if samples.size else 0.0
    own = float(10.0 * np.log10(power + 1e-12))
    name, level = max(others, key=lambda other: other[1])
    measured = f"{own:.0f} dBFS, {name} {level:.0f} dBFS"
    remedy = f"Speak into {heard.device or 'the chosen microphone'}, or choose {name} instead."
    # Two inputs that hear nothing don't tell which is nearer.
    louder = level - own if level > -60.0 else -max(own - level, 0.0)
    return judged("device", title, louder, limits["louder_db"], (measured, remedy))


def call_echo(heard: Heard, limits: Limits) -> Finding:
    """Whether the call's other end is heard in the microphone."""
    title = "echo of the call"
    if heard.played is None:
        return skipped("microphone.echo", title, "nothing was played meanwhile")
    found = echo(heard)
    if found is None:
        return skipped("microphone.echo", title, "too little was played to tell")
    limit = limits["echo_db"]
    if found.db <= _NOTHING_DB:
        return Finding("microphone.echo", title, Verdict.PASS, "none", span(limit))
    measured = f"{found.db:.0f} dB against the microphone's level, {1000 * found.delay_s:.0f} ms late"
    remedy = "Use headphones, so that the microphone does not hear the call."
    return judged("echo", title, found.db, limit, (measured, remedy))
