"""The retrieval index: near frames count most, consonants are protected, and only plain files are read."""

import builtins
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest

from pipeline.audio.neural.contract import CHANNELS
from pipeline.audio.neural.retrieval import Retrieval
from pipeline.errors import ModelError
from profiles.model_files import sha256_of
from tests.models.rvc import MARKS
from tests.pipeline.audio.neural.voices import level_of, opened, profile_of, tone, wanted_part

COUNT = 400


def vectors(channels: int = 768, count: int = COUNT) -> np.ndarray:
    """Frames of content of many levels, as the stand-in encoder writes them."""
    frames = np.zeros((count, channels), np.float32)
    frames[:, 0] = np.linspace(0.3, 0.9, count)
    frames[:, -1] = MARKS[channels]
    return frames


def written(path: Path, frames: np.ndarray, lists: int = 4) -> Path:
    """An index as RVC writes it."""
    faiss = pytest.importorskip("faiss")
    index = faiss.index_factory(frames.shape[1], f"IVF{lists},Flat" if lists else "Flat")
    index.train(frames)
    index.add(frames)
    faiss.write_index(index, str(path))
    return path


@pytest.mark.parametrize("lists", [0, 4])
def test_the_nearest_frames_count_most(tmp_path: Path, lists: int) -> None:
    rng = np.random.default_rng(0)
    frames = rng.standard_normal((COUNT, 256), np.float32)
    retrieval = Retrieval(written(tmp_path / "a.index", frames, lists), 256)
    asked = frames[:20] + 0.01 * rng.standard_normal((20, 256), np.float32)
    # A frame a hundredth away outweighs all others; the weight falls with the fourth power of the distance.
    np.testing.assert_allclose(retrieval.alike(asked), frames[:20], atol=0.01)


def test_the_weights_are_the_format_s(tmp_path: Path) -> None:
    """Eight neighbours at known distances: squares of one over the squared distance, summing to 1."""
    frames = np.zeros((9, 256), np.float32)
    frames[np.arange(9), np.arange(9)] = np.arange(1, 10)
    retrieval = Retrieval(written(tmp_path / "a.index", frames, 0), 256)
    weights = 1.0 / np.arange(1.0, 9.0) ** 4
    wanted = weights / weights.sum() * np.arange(1, 9)
    np.testing.assert_allclose(retrieval.alike(np.zeros((1, 256), np.float32))[0, :9], [*wanted, 0.0], rtol=1e-4)


def test_fewer_neighbours_than_eight_will_do(tmp_path: Path) -> None:
    frames = np.ones((3, 256), np.float32)
    retrieval = Retrieval(written(tmp_path / "a.index", frames, 0), 256)
    np.testing.assert_allclose(retrieval.alike(np.zeros((2, 256), np.float32)), 1.0, rtol=1e-5)


def test_frames_that_are_numbered_as_the_index_likes_count_for_nothing(tmp_path: Path) -> None:
    faiss = pytest.importorskip("faiss")
    frames = np.random.default_rng(0).standard_normal((COUNT, 256), np.float32)
    index = faiss.index_factory(256, "IVF4,Flat")
    index.train(frames)
    index.add_with_ids(frames, np.arange(COUNT) + 10**9)
    faiss.write_index(index, str(tmp_path / "a.index"))
    asked = frames[:20] + np.float32(0.01)
    np.testing.assert_array_equal(Retrieval(tmp_path / "a.index", 256).alike(asked), asked)


def test_a_frame_that_is_no_number_draws_nothing_along(tmp_path: Path) -> None:
    frames = np.random.default_rng(0).standard_normal((COUNT, 256), np.float32)
    frames[[0, -1]] = np.nan
    retrieval = Retrieval(written(tmp_path / "a.index", frames, 0), 256)
    assert np.isfinite(retrieval.alike(frames[1:20])).all()
    few = Retrieval(written(tmp_path / "b.index", frames[[0, 1, -1]], 0), 256)
    np.testing.assert_allclose(few.alike(frames[1:2]), frames[1:2], rtol=1e-5)


@pytest.mark.parametrize("rate", [0.0, 0.5, 1.0])
def test_the_rate_says_how_far(tmp_path: Path, rate: float) -> None:
    """A tone fainter than anything in the index is drawn toward the faintest there."""
    written(tmp_path / "a.index", vectors())
    with opened(profile_of(tmp_path, index="a.index", index_rate=rate)) as engine:
        level = level_of(wanted_part(engine.convert(tone(200.0, 0.2))))
    assert level == pytest.approx(0.2 + rate * (0.3 * np.sqrt(2) - 0.2), rel=0.05)


@pytest.mark.parametrize("protect", [0.0, 0.33, 0.5])
def test_what_has_no_pitch_is_protected(tmp_path: Path, protect: float) -> None:
    written(tmp_path / "a.index", vectors())
    settings = {"index": "a.index", "index_rate": 1.0, "protect": protect, "noise": 1.0}
    with opened(profile_of(tmp_path, **settings)) as engine:
        hz = np.zeros(1_000, np.float32)
        features = np.zeros((engine._last // 2 + 40, 768), np.float32)
        features[:, 0], features[:, -1] = 0.1, MARKS[768]
        drawn = engine._drawn(features, hz[: 2 * len(features)])[engine._first // 2 : engine._last // 2, 0]
    share = 1.0 if protect == 0.5 else protect
    np.testing.assert_allclose(drawn, 0.1 + share * 0.2, rtol=0.03)


def damaged(path: Path, what: str) -> str:
    """A file that is not fit, and what is said of it."""
    data = path.read_bytes()
    claims = struct.pack("<4siq", data[:4], 768, 10**12)
    changes = {
        "a pickle": (pickle.dumps([1.0] * 100), "looks like a Python pickle"),
        "a zip": (b"PK\x03\x04" + data, "looks like a zip"),
        "text": (b"import os\n" * 10, "looks like something else"),
        "empty": (b"", "looks like something else"),
        "half": (data[: len(data) // 2], "not all in its"),
        "claims": (claims + data[16:], "claims 1000000000000 frames"),
        "no frames": (struct.pack("<4siq", data[:4], 768, 0) + data[16:], "claims 0 frames"),
        "lists elsewhere": (data + b"ilod", "copy it again"),
        "other channels": (struct.pack("<4siq", data[:4], 256, 1) + data[16:], "holds 256 values a frame, wanted 768"),
        "cut at the end": (data[:-300], "can't be read|not all in its"),
    }
    path.write_bytes(changes[what][0])
    return changes[what][1]


@pytest.mark.parametrize(
    "what",
    ["a pickle", "a zip", "text", "empty", "half", "claims", "no frames", "lists elsewhere", "other channels"]
    + ["cut at the end"],
)
def test_a_file_that_is_not_fit_is_refused_in_one_sentence(tmp_path: Path, what: str) -> None:
    wanted = damaged(path := written(tmp_path / "a.index", vectors()), what)
    with pytest.raises(ModelError, match=wanted) as caught:
        Retrieval(path, 768)
    assert "\n" not in str(caught.value)


def test_a_changed_or_missing_index_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.index", vectors())
    Retrieval(path, 768, sha256_of(path))
    with pytest.raises(ModelError, match="has changed: SHA-256 wanted 0000"):
        Retrieval(path, 768, "0" * 64)
    with pytest.raises(ModelError, match="can't be read: No such file"):
        Retrieval(tmp_path / "b.index", 768)


def test_without_faiss_the_cure_is_told_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load = builtins.__import__

    def without(name: str, *rest: object, **named: object) -> object:
        if name == "faiss":
            raise ImportError("No module named 'faiss'")
        return load(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ModelError, match=r"needs faiss, which is not installed; run `pip install understudy\[index\]`"):
        Retrieval(tmp_path / "a.index", 768)
    with opened(profile_of(tmp_path, index="a.index", index_rate=0.0)):
        pass


def test_every_generation_of_voices_has_an_encoder_layer() -> None:
    assert set(CHANNELS) == set(MARKS)
