"""Pitch networks: every form tells a tone's pitch, and none if what it is fed with is not what it was trained on."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.audio.neural.pitch import bins, mel, rmvpe, swift
from pipeline.audio.neural.pitch.coarse import coarse
from pipeline.audio.neural.pitch.opening import open_pitch
from pipeline.errors import ModelError
from pipeline.inference.onnx.model_file import read_model
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.inference.store import ModelStore
from tests.models import f0
from tests.models.graphs import port, save
from tests.models.rvc import Nodes

Series = NDArray[np.float32]
RATE_HZ, SAMPLES = 16_000, 10_240
FORMS: dict[str, Callable[[Path], Path]] = {
    "mel to bins": f0.rmvpe_of_mel,
    "mel to hertz": lambda path: f0.rmvpe_of_mel(path, to_hertz=True),
    "waveform": f0.rmvpe_of_waveform,
    "crepe": f0.crepe,
    "swift": f0.swift,
}
CENTS_OFF = {"mel to bins": 60.0, "mel to hertz": 60.0, "waveform": 40.0, "crepe": 12.0, "swift": 70.0}
"""What a stand-in itself is off at most: bands are wide, zeros are whole."""


def tone(hz: float, level: float = 0.3, samples: int = SAMPLES) -> Series:
    return (level * np.sin(2 * np.pi * hz * np.arange(samples) / RATE_HZ)).astype(np.float32)


def found(tmp_path: Path, form: str, sound: Series) -> Series:
    runtime = Runtime(Preference.CPU)
    finder = open_pitch(runtime, read_model(FORMS[form](tmp_path / "pitch.onnx")), len(sound), 100.0)
    try:
        return finder.find(sound)
    finally:
        finder.close()
        assert not runtime.providers
        runtime.close()


def cents_off(hz: Series, wanted: float) -> float:
    """In the midst of the stretch; infinite where no pitch was found."""
    middle = hz[10:-10]
    return float(np.abs(1200 * np.log2(middle / wanted)).max()) if (middle > 0).all() else np.inf


@pytest.mark.parametrize("hz", [220.0, 440.0, 700.0])
@pytest.mark.parametrize("form", FORMS)
def test_a_tone_has_its_pitch_every_10_ms(tmp_path: Path, form: str, hz: float) -> None:
    pitches = found(tmp_path, form, tone(hz))
    assert pitches.shape == (SAMPLES // 160,) and pitches.dtype == np.float32
    assert cents_off(pitches, hz) < CENTS_OFF[form]


@pytest.mark.parametrize("samples", [3_200, 4_000, 5_120, 7_840])
@pytest.mark.parametrize("form", FORMS)
def test_any_whole_number_of_frames_will_do(tmp_path: Path, form: str, samples: int) -> None:
    pitches = found(tmp_path, form, tone(440.0, samples=samples))
    assert pitches.shape == (samples // 160,)
    assert np.median(np.abs(1200 * np.log2(np.maximum(pitches, 1) / 440.0))) < CENTS_OFF[form]


@pytest.mark.parametrize("form", FORMS)
def test_pitches_lie_where_they_sound(tmp_path: Path, form: str) -> None:
    """A tone that leaps in the middle leaps there in the result, within two of the network's own steps."""
    half = SAMPLES // 2
    sound = np.concatenate([tone(300.0, samples=half), tone(600.0, samples=half)])
    leap = int(np.argmax(found(tmp_path, form, sound) > 424.0))
    assert abs(leap - half / 160) <= 3


@pytest.mark.parametrize("form", FORMS)
def test_silence_has_no_pitch(tmp_path: Path, form: str) -> None:
    sound = tone(440.0)
    sound[: SAMPLES // 2] = 0.0
    pitches = found(tmp_path, form, sound)
    assert (pitches[: SAMPLES // 320 - 2] == 0).all() and (pitches[-SAMPLES // 640 :] > 0).all()


BROKEN: dict[str, tuple[str, object, str, object]] = {
    "natural logarithm": ("mel to bins", np, "log", np.log10),
    "highest band": ("mel to bins", mel, "HIGHEST_HZ", 6_400.0),
    "lowest band": ("mel to hertz", mel, "LOWEST_HZ", 90.0),
    "threshold": ("mel to hertz", rmvpe, "RMVPE_THRESHOLD", 0.3),
    "threshold of a waveform": ("waveform", rmvpe, "RMVPE_THRESHOLD", 0.3),
    "lowest bin": ("mel to bins", bins, "LOWEST_CENTS", 2_100.0),
    "width of a bin": ("crepe", bins, "CENTS", 19.0),
    "level of a frame": ("crepe", rmvpe, "levelled", lambda sound: 0.5 * LEVELLED(sound)),
    "hop of the small network": ("swift", swift, "HOP_SAMPLES", 160),
}
LEVELLED = rmvpe.levelled


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_convention_shows(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    form, place, attribute, value = BROKEN[name]
    monkeypatch.setattr(place, attribute, value)
    try:
        off = cents_off(found(tmp_path, form, tone(440.0)), 440.0)
    except ModelError:
        return
    assert off > CENTS_OFF[form]


def test_bands_have_the_same_area_and_cover_the_spectrum() -> None:
    bands = mel.bands()
    areas = bands[40:].sum(axis=1) * RATE_HZ / mel.WINDOW_SAMPLES
    np.testing.assert_allclose(areas, 1.0, rtol=0.05)
    assert bands.shape == (128, 513) and (bands >= 0).all()


def test_coarse_pitches_span_the_scale_and_never_go_down() -> None:
    hz = np.array([0.0, 20.0, 50.0, 110.0, 220.0, 440.0, 880.0, 1_100.0, 3_000.0], np.float32)
    mel_50, mel_1100 = 77.755, 1064.408
    wanted = [1, 1, 1, *(1 + 254 * (2595 * np.log10(1 + hz[3:-1] / 700) - mel_50) / (mel_1100 - mel_50)), 255]
    np.testing.assert_allclose(coarse(hz), wanted, atol=0.55)
    assert coarse(hz).dtype == np.int64


@pytest.mark.parametrize("inputs", [[("input", [1, 80, "t"])], [("frames", ["n", 512])], []])
def test_other_networks_are_refused_by_their_inputs(tmp_path: Path, inputs: list[tuple[str, list[object]]]) -> None:
    graph = Nodes()
    graph("Identity", graph.value(1.0), output="y")
    ports = [port(name, shape) for name, shape in inputs]
    file = read_model(save(tmp_path / "other.onnx", graph.nodes, ports, [port("y", [])], graph.constants))
    with pytest.raises(ModelError, match="is no pitch network: got the inputs .*, wanted"):
        open_pitch(Runtime(Preference.CPU), file, SAMPLES, 100.0)


def test_frozen_frames_are_refused_in_one_sentence(tmp_path: Path) -> None:
    file = read_model(f0.rmvpe_of_mel(tmp_path / "pitch.onnx", frames=128))
    with pytest.raises(ModelError, match=r"has the shape \[1, 128, 128\], wanted \[1, 128, 64\]"):
        open_pitch(Runtime(Preference.CPU), file, SAMPLES, 100.0)


@pytest.mark.skipif(ModelStore().problem("pitch") is not None, reason="the pitch network is not in the model store")
@pytest.mark.parametrize("hz", [70.0, 120.0, 220.0, 500.0])
def test_the_small_network_tells_the_pitch_of_a_voice(hz: float) -> None:
    runtime = Runtime(Preference.CPU)
    finder = open_pitch(runtime, read_model(ModelStore().path("pitch")), SAMPLES, 100.0)
    voice = sum((tone(hz * k, 0.2 / k) for k in range(1, 9)), np.zeros(SAMPLES, np.float32))
    pitches = finder.find(voice)
    assert cents_off(pitches, hz) < 15.0
    runtime.close()
