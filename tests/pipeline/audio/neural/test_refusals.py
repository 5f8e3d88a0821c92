"""Files that are not what a profile says: refused in one sentence that says what was found and what was wanted."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import ModelError
from profiles.engines.voice import RvcSettings
from profiles.profile import Profile
from tests.models.broken import sound
from tests.models.graphs import INT64, port, save
from tests.models.rvc import Nodes, Voice, content_encoder, rvc_voice
from tests.pipeline.audio.neural.voices import opened, profile_of


def refusal(profile: Profile) -> str:
    with pytest.raises(ModelError) as caught, opened(profile):
        pass
    text = str(caught.value)
    assert text.count("\n") == 0 and text.endswith(".")
    return text


def test_a_profile_without_a_voice_or_an_encoder(tmp_path: Path) -> None:
    profile = profile_of(tmp_path)
    for lacking in ("model", "encoder"):
        settings = RvcSettings.model_validate(profile.rvc.model_dump() | {lacking: None})
        assert f"no `{lacking}` in [rvc]" in refusal(profile.model_copy(update={"rvc": settings}))


@pytest.mark.parametrize("lacking", ["voice", "encoder", "pitch"])
def test_a_missing_file(tmp_path: Path, lacking: str) -> None:
    profile = profile_of(tmp_path)
    (tmp_path / f"{lacking}.onnx").unlink()
    assert f"{lacking}.onnx is missing" in refusal(profile)


@pytest.mark.parametrize("changed", ["voice", "encoder", "pitch"])
def test_a_changed_file(tmp_path: Path, changed: str) -> None:
    profile = profile_of(tmp_path).model_copy(update={"hashes": {f"{changed}.onnx": "0" * 64}})
    assert f"{changed}.onnx has changed: SHA-256 wanted 0000" in refusal(profile)


@pytest.mark.parametrize("cut", ["voice", "encoder", "pitch"])
def test_half_a_file(tmp_path: Path, cut: str) -> None:
    profile = profile_of(tmp_path)
    path = tmp_path / f"{cut}.onnx"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert f"{cut}.onnx" in refusal(profile)


def test_a_voice_of_another_generation_than_the_encoder(tmp_path: Path) -> None:
    profile = profile_of(tmp_path, Voice(channels=256))
    content_encoder(tmp_path / "encoder.onnx", "webui", 768)
    assert "wanted [1, " in (text := refusal(profile)) and "256" in text and "v1" in text


@pytest.mark.parametrize("family", ["webui", "realtime", "skipping"])
def test_frozen_lengths(tmp_path: Path, family: str) -> None:
    assert "takes 200 frames and no other number" in refusal(profile_of(tmp_path, Voice(family, frames=200)))


def test_a_frozen_encoder(tmp_path: Path) -> None:
    profile = profile_of(tmp_path)
    content_encoder(tmp_path / "encoder.onnx", frames=16_000)
    assert "takes 16000 samples and no other number" in refusal(profile)


def test_a_rate_that_is_not_the_metadata_s(tmp_path: Path) -> None:
    text = refusal(profile_of(tmp_path, Voice(rate_hz=48_000, said_rate_hz=40_000)))
    assert "gives 480 samples for a frame of 10 ms, wanted 400" in text


def test_a_network_that_is_no_voice(tmp_path: Path) -> None:
    profile = profile_of(tmp_path)
    content_encoder(tmp_path / "voice.onnx")
    assert "is a content encoder for v1 and v2 voices, wanted one for rvc.model; name another." in refusal(profile)
    sound(tmp_path / "voice.onnx")
    assert "is no RVC voice: got the inputs x, wanted phone or feats" in refusal(profile)


def voice_with(path: Path, **changes: tuple[str, list[int | str], int]) -> None:
    """A WebUI voice with some inputs of another name, shape or type."""
    inputs = {
        "phone": ("phone", [1, "t", 768], 1),
        "phone_lengths": ("phone_lengths", [1], INT64),
        "pitch": ("pitch", [1, "t"], INT64),
        "pitchf": ("pitchf", [1, "t"], 1),
        "ds": ("ds", [1], INT64),
        "rnd": ("rnd", [1, 192, "t"], 1),
    } | changes
    graph = Nodes()
    graph("Identity", graph.value(np.zeros((1, 1, 400))), output="audio")
    ports = [port(name, shape, kind) for name, shape, kind in inputs.values()]
    save(path, graph.nodes, ports, [port("audio", [1, 1, "n"])], graph.constants)


WRONG: dict[str, tuple[dict[str, tuple[str, list[int | str], int]], str]] = {
    "name": ({"pitchf": ("f0", [1, "t"], 1)}, "has no input pitchf"),
    "type": ({"pitch": ("pitch", [1, "t"], 1)}, "The input pitch .* is float32, wanted int64"),
    "rank": ({"pitchf": ("pitchf", ["t"], 1)}, r"The input pitchf .* has the shape \[t\], wanted \[1, frames\]"),
    "channels": ({"phone": ("phone", [1, "t", 512], 1)}, r"shape \[1, t, 512\], wanted 256 values a frame"),
    "noise": ({"rnd": ("rnd", [1, 128, "t"], 1)}, r"The input rnd .* \[1, 128, t\], wanted \[1, 192, frames\]"),
    "length of the result": ({}, "gives 400 samples for"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_voice_with_another_tensor(tmp_path: Path, name: str) -> None:
    changes, wanted = WRONG[name]
    profile = profile_of(tmp_path)
    voice_with(tmp_path / "voice.onnx", **changes)
    with pytest.raises(ModelError, match=wanted):
        refusal_of = opened(profile)
        refusal_of.__enter__()


def test_a_speaker_that_the_voice_does_not_have(tmp_path: Path) -> None:
    assert "voice.onnx can't be run" in refusal(profile_of(tmp_path, speaker=200))


def test_nothing_stays_open_after_a_refusal(tmp_path: Path) -> None:
    from pipeline.audio.neural.rvc import Rvc, Tools
    from pipeline.inference.onnx.runtime import Preference, Runtime
    from pipeline.inference.store import ModelStore
    from tests.pipeline.audio.neural.voices import PLAN

    runtime = Runtime(Preference.CPU)
    profile = profile_of(tmp_path)
    rvc_voice(tmp_path / "voice.onnx", Voice(rate_hz=48_000, said_rate_hz=40_000))
    with pytest.raises(ModelError):
        Rvc(profile, PLAN, Tools(runtime, ModelStore()))
    assert not runtime.providers
