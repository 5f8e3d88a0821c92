"""Each check of a microphone tells its own fault, says what to do about it, and stays silent without evidence."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from pipeline.audio.voice.statistics import BANDS_HZ
from pipeline.preflight.evidence import Heard
from pipeline.preflight.finding import Area, Finding, Verdict
from pipeline.preflight.microphone.checks import ORDER, microphone_findings
from pipeline.preflight.microphone.learning import learn_voice, spectrum_levels_db
from profiles.reference.figures import VoiceReference
from tests.pipeline.preflight.microphone.chains import RATE_HZ, Sound, demo_speech, heard, in_room, noise, resampled

NOBODY = VoiceReference()


@cache
def reference() -> VoiceReference:
    return learn_voice(heard(demo_speech()))


def chance() -> np.random.Generator:
    return np.random.default_rng(7)


def found(check: str, sound: Heard, held_against: VoiceReference = NOBODY) -> Finding:
    """One of the findings."""
    (finding,) = (one for one in microphone_findings(sound, held_against) if one.id == f"microphone.{check}")
    return finding


def at_db(sound: Sound, db: float) -> Sound:
    return sound * 10.0 ** (db / 20.0)


def test_every_check_is_there_in_order_and_has_a_remedy_where_it_does_not_pass() -> None:
    findings = microphone_findings(heard(at_db(demo_speech(), -25.0)), reference())
    assert [finding.id.partition(".")[2] for finding in findings] == list(ORDER)
    assert all(finding.area is Area.MICROPHONE for finding in findings)
    assert all(finding.remedy.endswith(".") for finding in findings if finding.verdict in (Verdict.WARN, Verdict.FAIL))


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros((0, 1), np.float32),
        np.zeros((100, 0), np.float32),
        np.zeros((1, 1), np.float32),
        np.full((96_000, 1), np.nan, np.float32),
        np.full((96_000, 2), np.inf, np.float32),
        np.random.default_rng(1).normal(0.0, 0.1, (96_000, 1)).astype(np.float32),
    ],
)
def test_what_cannot_be_measured_is_skipped(samples: np.ndarray) -> None:
    for rate in (0, 48_000):
        findings = microphone_findings(Heard(samples, rate), reference())
        assert {finding.verdict for finding in findings} == {Verdict.SKIP}
        assert all(finding.measured for finding in findings)
    assert learn_voice(Heard(samples, 48_000)).spectrum_db is None
    assert spectrum_levels_db(Heard(samples, 48_000)) == ()


def test_a_muted_microphone_fails_and_says_so() -> None:
    level = found("level", heard(np.zeros(RATE_HZ * 5)))
    assert level.verdict is Verdict.FAIL
    assert "muted" in level.measured
    assert "Unmute" in level.remedy


def test_loudness_follows_the_gain() -> None:
    quiet, right, loud = (found("level", heard(at_db(demo_speech(), db), bits=24)) for db in (-30.0, 0.0, 15.0))
    assert [one.verdict for one in (quiet, right, loud)] == [Verdict.FAIL, Verdict.PASS, Verdict.FAIL]
    assert quiet.gauge is not None and right.gauge is not None
    assert right.gauge.value - quiet.gauge.value == pytest.approx(30.0, abs=0.3)
    assert "nearer" in quiet.remedy
    assert "down" in loud.remedy


def test_the_spectrum_does_not_depend_on_the_gain_but_on_the_colour() -> None:
    same = found("spectrum", heard(at_db(demo_speech(), -9.0), bits=24), reference()).gauge
    dull = found("spectrum", heard(np.convolve(demo_speech(), np.ones(24) / 24.0, "same")), reference())
    assert same is not None and same.value < 0.2
    assert dull.verdict is not Verdict.PASS
    assert "dull" in dull.remedy
    assert found("spectrum", heard(demo_speech())).verdict is Verdict.SKIP


def test_the_live_spectrum_is_the_references_own() -> None:
    levels = spectrum_levels_db(heard(demo_speech()))
    assert len(levels) == len(BANDS_HZ)
    assert levels == pytest.approx(reference().spectrum_db, abs=0.01)


@pytest.mark.parametrize("snr_db", [15.0, 25.0, 40.0])
def test_the_noise_is_measured(snr_db: float) -> None:
    speech = demo_speech()
    finding = found("noise", heard(speech + at_db(noise(len(speech), chance()), -17.6 - snr_db)))
    assert finding.gauge is not None
    assert finding.gauge.value == pytest.approx(snr_db, abs=3.0)


@pytest.mark.parametrize("rt60_s", [0.5, 0.8, 1.1])
def test_the_reverberation_of_a_far_voice_is_estimated(rt60_s: float) -> None:
    finding = found("reverberation", heard(in_room(demo_speech(), chance(), rt60_s, -3.0)))
    assert finding.gauge is not None
    assert finding.gauge.value == pytest.approx(rt60_s, rel=0.35)


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
def test_hum_is_told_with_its_frequency(mains_hz: float) -> None:
    at_s = np.arange(len(demo_speech())) / RATE_HZ
    tones = sum(np.sin(2.0 * np.pi * number * mains_hz * at_s) / number for number in range(1, 8))
    finding = found("hum", heard(demo_speech() + 0.01 * tones))
    assert finding.verdict is not Verdict.PASS
    assert f"{mains_hz:.0f} Hz" in finding.measured


def test_lost_buffers_are_dropouts() -> None:
    broken = demo_speech().copy()
    for at in (52_000, 130_000, 200_000, 300_000):
        loudest = at + int(np.argmax(np.abs(broken[at : at + 24_000])))
        broken[loudest - 480 : loudest + 480] = 0.0
    assert found("dropouts", heard(demo_speech())).verdict is Verdict.PASS
    assert found("dropouts", heard(broken)).measured.startswith("4 holes")
    assert found("dropouts", heard(broken)).verdict is not Verdict.PASS
    assert found("dropouts", replace(heard(demo_speech()), gaps=3)).verdict is not Verdict.PASS


def test_a_dead_channel_is_told_and_the_other_is_measured() -> None:
    two = heard(np.stack((demo_speech(), np.zeros(len(demo_speech()))), axis=1))
    assert "number 2 dead" in found("rate", two).measured
    assert found("level", two).measured == found("level", heard(demo_speech())).measured
    double = heard(np.stack((demo_speech(), demo_speech()), axis=1))
    assert "all the same" in found("rate", double).measured
    assert found("rate", double).verdict is Verdict.PASS


def test_sound_brought_up_from_a_lower_rate_is_told() -> None:
    up = resampled(resampled(demo_speech(), RATE_HZ, 24_000), 24_000, RATE_HZ)
    finding = found("rate", heard(up))
    assert finding.verdict is Verdict.WARN
    assert "nothing above 11" in finding.measured


def ridden(sound: Sound, up_db_s: float) -> Sound:
    """A gain that goes down at once where it is loud, and up again by so much a second."""
    step, gain, gains = 480, 0.0, []
    for piece in sound[: len(sound) // step * step].reshape(-1, step):
        wanted = min(-20.0 - 10.0 * np.log10(np.mean(np.square(piece)) + 1e-12), 25.0)
        gain = min(wanted, gain + up_db_s * 0.01)
        gains.append(gain)
    return sound[: len(gains) * step] * 10.0 ** (np.repeat(gains, step) / 20.0)


def test_a_ridden_gain_pumps_the_noise() -> None:
    speech = demo_speech()
    roomy = speech + at_db(noise(len(speech), chance()), -48.0)
    assert found("pumping", heard(roomy)).verdict in (Verdict.PASS, Verdict.SKIP)
    assert found("pumping", heard(0.5 * ridden(roomy, 30.0))).verdict is not Verdict.PASS


def test_a_louder_input_is_named() -> None:
    own = heard(demo_speech())
    assert found("device", own).verdict is Verdict.SKIP
    assert found("device", replace(own, others_dbfs=(("Webcam", -45.0),))).verdict is Verdict.PASS
    louder = found("device", replace(own, others_dbfs=(("Webcam", -45.0), ("Studio", -10.0))))
    assert louder.verdict is Verdict.WARN
    assert "Studio" in louder.remedy
    muted = heard(np.zeros(RATE_HZ * 5))
    assert found("device", replace(muted, others_dbfs=(("Studio", -20.0),))).verdict is Verdict.FAIL


@pytest.mark.parametrize("back_db", [-10.0, -25.0])
def test_the_echo_of_the_call_is_found(back_db: float) -> None:
    speech = demo_speech()
    call = np.roll(speech[::-1], 9_000)
    back = at_db(in_room(np.roll(call, 3_000), chance(), 0.3, 6.0), back_db)
    played = call.astype(np.float32)
    echoing = found("echo", replace(heard(speech + back), played=played))
    assert echoing.verdict is not Verdict.PASS
    assert echoing.gauge is not None
    assert echoing.gauge.value == pytest.approx(back_db, abs=5.0)
    assert found("echo", replace(heard(speech), played=played)).verdict is Verdict.PASS
    assert found("echo", heard(speech)).verdict is Verdict.SKIP
    assert found("echo", replace(heard(speech), played=np.zeros_like(played))).verdict is Verdict.SKIP
