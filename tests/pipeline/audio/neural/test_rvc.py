"""The engine on voices of every contract: pitch, loudness, speaker and layer are what they have to be, or it shows."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.audio.neural import decoder, encoder, rvc
from pipeline.audio.neural.pitch.coarse import coarse
from pipeline.errors import ModelError, StageError
from tests.models.rvc import Voice
from tests.pipeline.audio.neural.voices import PLAN, level_of, opened, pitch_of, profile_of, tone, wanted_part

FAMILIES = ("webui", "realtime", "skipping")
FIFTH = 2 ** (7 / 12)


def spoken_as(folder: Path, voice: Voice, hz: float = 200.0, **settings: object) -> np.ndarray:
    with opened(profile_of(folder, voice, **settings)) as engine:
        return wanted_part(engine.convert(tone(hz)))


def right(sound: np.ndarray, hz: float, level: float = 0.2) -> bool:
    """Whether a tone has a pitch, within a tenth of a semitone, and an amplitude, within half a decibel."""
    off = abs(12 * np.log2(pitch_of(sound) / hz))
    return bool(off < 0.1 and abs(20 * np.log10(max(level_of(sound), 1e-6) / level)) < 0.5)


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("channels", [256, 768])
@pytest.mark.parametrize("family", FAMILIES)
def test_every_contract_speaks_at_the_wanted_pitch(tmp_path: Path, family: str, channels: int, half: bool) -> None:
    sound = spoken_as(tmp_path, Voice(family, channels, half=half), transpose_semitones=7.0)
    assert right(sound, 200.0 * FIFTH)


@pytest.mark.parametrize("channels", [256, 768])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_voice_without_pitch_needs_none(tmp_path: Path, family: str, channels: int) -> None:
    assert right(spoken_as(tmp_path, Voice(family, channels, pitched=False), pitch=None), 100.0)


@pytest.mark.parametrize("rate_hz", [32_000, 40_000, 48_000])
@pytest.mark.parametrize("family", FAMILIES)
def test_the_rate_is_told_by_what_comes_out(tmp_path: Path, family: str, rate_hz: int) -> None:
    profile = profile_of(tmp_path, Voice(family, rate_hz=rate_hz, said_rate_hz=rate_hz))
    with opened(profile) as engine:
        assert engine._decoder.rate_hz == rate_hz
        assert right(wanted_part(engine.convert(tone(200.0))), 200.0)


@pytest.mark.parametrize("form", ["realtime", "webui"])
@pytest.mark.parametrize("channels", [256, 768])
def test_both_forms_of_encoder_serve(tmp_path: Path, form: str, channels: int) -> None:
    assert right(spoken_as(tmp_path, Voice(channels=channels), encoder=form), 200.0)


@pytest.mark.parametrize("family", FAMILIES)
def test_speakers_are_told_apart(tmp_path: Path, family: str) -> None:
    assert right(spoken_as(tmp_path, Voice(family), speaker=2), 200.0, 0.05)


@pytest.mark.parametrize("scale", [0.8, 1.25])
@pytest.mark.parametrize("family", FAMILIES)
def test_formants_move_and_the_pitch_stays(tmp_path: Path, family: str, scale: float) -> None:
    """A tone that the voice adds by itself moves with the formants."""
    sound = spoken_as(tmp_path, Voice(family, throat_hz=3_000.0), formant_scale=scale)
    assert abs(12 * np.log2(pitch_of(sound) / 200.0)) < 0.2
    assert pitch_of(sound, above_hz=1_500.0) == pytest.approx(3_000.0 * scale, rel=0.02)


def test_what_has_no_pitch_becomes_the_voice_s_own_noise(tmp_path: Path) -> None:
    with opened(profile_of(tmp_path, Voice("webui"), noise=0.5)) as engine:
        engine._pitch.find = lambda low: np.zeros(len(low) // 160, np.float32)
        level = float(wanted_part(engine.convert(tone(200.0))).std()) / (0.2 / np.sqrt(2))
    assert level == pytest.approx(0.5, rel=0.35)


def test_chance_has_a_seed_and_moves_with_the_sound(tmp_path: Path) -> None:
    with opened(profile_of(tmp_path, Voice("webui"))) as engine:
        engine._pitch.find = lambda low: np.zeros(len(low) // 160, np.float32)
        first, second = engine.convert(tone(200.0)), engine.convert(tone(200.0))
        engine.reset()
        np.testing.assert_array_equal(engine.convert(tone(200.0)), first)
    start, chunk, count = PLAN.context, PLAN.chunk, 960
    # The noise of the next stretch begins where that of the last one has got to.
    np.testing.assert_allclose(second[start : start + count], first[start + chunk : start + chunk + count], atol=1e-4)


def test_silence_stays_silence(tmp_path: Path) -> None:
    with opened(profile_of(tmp_path)) as engine:
        assert not engine.convert(tone(200.0, 0.0)).any()


def test_what_is_no_number_is_taken_for_silence(tmp_path: Path) -> None:
    sound = tone(200.0)
    sound[100:200], sound[300] = np.nan, np.inf
    with opened(profile_of(tmp_path)) as engine:
        assert right(wanted_part(engine.convert(sound)), 200.0)


def test_a_voice_that_puts_out_no_numbers_fails_and_goes_on(tmp_path: Path) -> None:
    with opened(profile_of(tmp_path, Voice("realtime", faulty=True))) as engine:
        assert right(wanted_part(engine.convert(tone(200.0))), 200.0)
        with pytest.raises(StageError, match="no numbers"):
            engine.convert(tone(200.0, 0.9))
        assert right(wanted_part(engine.convert(tone(200.0))), 200.0)


LENGTH_OFF = decoder.Decoder._layout


def _one_frame_too_many(self: decoder.Decoder, taken: int) -> object:
    layout = LENGTH_OFF(self, taken)
    name = self.contract.tensors["length"].name
    return type(layout)(layout.shapes, layout.carried, dict(layout.values) | {name: taken + 1})


def _no_speaker(self: decoder.Decoder, taken: int) -> object:
    layout = LENGTH_OFF(self, taken)
    return type(layout)(layout.shapes, layout.carried, dict(layout.values) | {self.contract.tensors["speaker"].name: 1})


LOWERED = rvc._lowered
BROKEN: dict[str, tuple[object, str, object]] = {
    "coarse pitch on another scale": (decoder, "coarse", lambda hz: coarse(hz * 1.1)),
    "coarse pitch from 0": (decoder, "coarse", lambda hz: coarse(hz) - 1),
    "sample scale": (rvc, "_lowered", lambda sound: LOWERED(sound) * 32_767),
    "rate of what is heard": (rvc, "_lowered", lambda sound: sound[: len(sound) // 3]),
    "layer of the encoder": (encoder, "LAYERS", {256: "unit12", 768: "units9"}),
    "frames not doubled": (rvc, "doubled", lambda features, frames: np.pad(features, ((0, frames), (0, 0)))[:frames]),
    "frames of another rate": (decoder, "FRAMES_A_SECOND", 50),
    "length": (decoder.Decoder, "_layout", _one_frame_too_many),
    "speaker": (decoder.Decoder, "_layout", _no_speaker),
    "rate of the result": (decoder.soxr, "resample", lambda sound, *_: sound),
    "order of the features": (rvc, "doubled", lambda features, frames: features.repeat(2, 0)[:frames, ::-1]),
    "hop of the encoder": (encoder, "HOP_SAMPLES", 160),
}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_convention_shows(tmp_path: Path, family: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, attribute, value = BROKEN[name]
    monkeypatch.setattr(place, attribute, value)
    try:
        sound = spoken_as(tmp_path, Voice(family))
    except (ModelError, ValueError, StageError):
        return
    assert not right(sound, 200.0)
