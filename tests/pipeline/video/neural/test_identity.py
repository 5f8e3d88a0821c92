"""Who is on the portraits: read once, kept, averaged, and refused where no one can be told."""

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from pipeline.errors import MediaError, ModelError, PortraitError
from pipeline.inference.onnx.model_file import ModelFile, read_model
from pipeline.inference.onnx.runtime import Demand, Network, Preference, Runtime
from pipeline.video.neural.identity import LENGTH, Identity, averaged, identity_of
from tests.models.swappers import Swap, arcface, recognised, swapper
from tests.neural_faces import noise
from tests.pipeline.video.neural.swapper_desk import likeness, portrait, portrait_face, recogniser_file


class CountingRuntime(Runtime):
    """Tells how many networks it opened, and what they still hold."""

    opened = 0

    def open(self, file: ModelFile, demand: Demand) -> Network:
        self.opened += 1
        return super().open(file, demand)


@pytest.fixture
def counting() -> Iterator[CountingRuntime]:
    """Counts what is opened."""
    runtime = CountingRuntime(Preference.CPU)
    yield runtime
    assert runtime.providers == {}, "a network was left open"
    runtime.close()


def cosine(a: Identity, b: Identity) -> float:
    return float(a.direction @ b.direction)


def expected(who: str) -> Identity:
    values = recognised(portrait_face(who, "arcface 112 v2", 112) * 2 - 1)
    length = float(np.linalg.norm(values))
    return Identity(values / np.float32(length), length)


def test_an_identity_is_what_the_recogniser_says_of_the_face(counting: CountingRuntime, tmp_path: Path) -> None:
    found = identity_of(likeness("ines", folder=tmp_path), counting)
    assert found.direction.shape == (LENGTH,)
    assert cosine(found, expected("ines")) > 0.9995
    assert found.length == pytest.approx(expected("ines").length, rel=0.01)
    assert np.linalg.norm(found.direction) == pytest.approx(1.0, abs=1e-6)
    assert cosine(found, expected("tomas")) < 0.99


def test_several_portraits_count_alike_however_long_their_numbers_are(
    counting: CountingRuntime, tmp_path: Path
) -> None:
    found = identity_of(likeness("ines", "tomas", "mara", folder=tmp_path), counting)
    middle = np.mean([expected(who).direction for who in ("ines", "tomas", "mara")], axis=0)
    assert float(found.direction @ middle) / np.linalg.norm(middle) > 0.9995
    assert found.length == pytest.approx(np.mean([expected(who).length for who in ("ines", "tomas", "mara")]), rel=0.01)
    short, long = (Identity(np.eye(LENGTH, dtype=np.float32)[at], length) for at, length in ((0, 1.0), (1, 9.0)))
    assert averaged([short, long], recogniser_file()).direction[:2] == pytest.approx([0.5**0.5] * 2)


def test_what_was_found_out_is_not_asked_again(counting: CountingRuntime, tmp_path: Path) -> None:
    first = identity_of(likeness("mara", "ines", folder=tmp_path), counting)
    assert counting.opened == 1, "for several portraits the network is opened once"
    again = identity_of(likeness("ines", "mara", folder=tmp_path), counting)
    assert counting.opened == 1
    assert np.allclose(first.direction, again.direction, atol=1e-7)
    identity_of(likeness("ines", "tomas", folder=tmp_path), counting)
    assert counting.opened == 2


def test_another_network_or_another_picture_is_asked_anew(counting: CountingRuntime, tmp_path: Path) -> None:
    known = likeness("mara", folder=tmp_path / "kept")
    first = identity_of(known, counting)
    other = onnx.load(arcface(tmp_path / "other.onnx"))
    weights = other.graph.initializer[0]
    weights.CopyFrom(numpy_helper.from_array(-numpy_helper.to_array(weights), weights.name))
    onnx.save(other, tmp_path / "other.onnx")
    changed = identity_of(replace(known, recogniser=read_model(tmp_path / "other.onnx")), counting)
    assert cosine(first, changed) < -0.999
    picture = tmp_path / "same-name.png"
    picture.write_bytes(portrait("mara").read_bytes())
    seen = identity_of(replace(known, portraits=(picture,)), counting)
    assert counting.opened == 2
    picture.write_bytes(portrait("tomas").read_bytes())
    assert cosine(identity_of(replace(known, portraits=(picture,)), counting), seen) < 0.99
    assert counting.opened == 3


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "longer", "another-mark"])
def test_a_damaged_memory_is_asked_anew(counting: CountingRuntime, tmp_path: Path, damage: str) -> None:
    first = identity_of(likeness(folder=tmp_path), counting)
    (kept,) = tmp_path.iterdir()
    data = kept.read_bytes()
    damaged = {
        "empty": b"",
        "cut": data[:-4],
        "flipped": data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
        "longer": data + b"\0",
        "another-mark": b"U" + data[1:],
    }
    kept.write_bytes(damaged[damage])
    again = identity_of(likeness(folder=tmp_path), counting)
    assert counting.opened == 2
    assert np.array_equal(first.direction, again.direction)
    assert kept.read_bytes() == data


def test_identities_are_kept_for_nobody_else_and_hold_no_code(counting: CountingRuntime, tmp_path: Path) -> None:
    identity_of(likeness(folder=tmp_path), counting)
    (kept,) = tmp_path.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) & 0o077 == 0
    assert kept.stat().st_size < 2200
    assert np.frombuffer(kept.read_bytes()[-4 * LENGTH :], "<f4").shape == (LENGTH,)


def test_a_folder_that_can_not_be_written_costs_time_only(counting: CountingRuntime, tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_bytes(b"")
    for _ in range(2):
        assert cosine(identity_of(likeness(folder=place), counting), expected("mara")) > 0.9995
    assert counting.opened == 2


def faces(path: Path, count: int) -> Path:
    """A picture of so many faces."""
    face = np.asarray(cv2.imread(str(portrait("mara"))), np.uint8)
    row = np.hstack([face] * count) if count else noise(256)
    cv2.imwrite(str(path), row)
    return path


@pytest.mark.parametrize(
    ("count", "sentence"), [(0, r"portrait p\.png .* No face was found"), (2, r"portrait p\.png .* It shows 2 faces")]
)
def test_a_portrait_of_nobody_or_of_two_is_refused(
    counting: CountingRuntime, tmp_path: Path, count: int, sentence: str
) -> None:
    known = replace(likeness(folder=tmp_path / "kept"), portraits=(portrait("ines"), faces(tmp_path / "p.png", count)))
    with pytest.raises(PortraitError, match=sentence):
        identity_of(known, counting)


def test_a_portrait_that_is_not_there_is_named(counting: CountingRuntime, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"missing\.png can't be read"):
        identity_of(replace(likeness(), portraits=(tmp_path / "missing.png",)), counting)


def test_without_a_recogniser_it_says_what_to_set(counting: CountingRuntime) -> None:
    with pytest.raises(ModelError, match=r"set `recogniser` in \[embedding\]"):
        identity_of(replace(likeness(), recogniser=None), counting)


def test_a_file_that_is_no_recogniser_is_refused_before_anything_is_opened(
    counting: CountingRuntime, tmp_path: Path
) -> None:
    wrong = read_model(swapper(tmp_path / "ghost.onnx", Swap("ghost")))
    with pytest.raises(ModelError, match=r"has the shape \[1, 512\], wanted \[\?, 3, 112, 112\]"):
        identity_of(replace(likeness(), recogniser=wrong), counting)
    assert counting.opened == 0


def test_one_portrait_named_twice_counts_twice(counting: CountingRuntime, tmp_path: Path) -> None:
    twice = identity_of(likeness("mara", "mara", "tomas", folder=tmp_path), counting)
    middle = 2 * expected("mara").direction + expected("tomas").direction
    assert float(twice.direction @ middle) / np.linalg.norm(middle) > 0.9995


def test_a_recogniser_that_sees_nothing_is_refused(counting: CountingRuntime, tmp_path: Path) -> None:
    blind = onnx.load(arcface(tmp_path / "blind.onnx"))
    weights = blind.graph.initializer[0]
    weights.CopyFrom(numpy_helper.from_array(0 * numpy_helper.to_array(weights), weights.name))
    onnx.save(blind, tmp_path / "blind.onnx")
    known = replace(likeness(folder=tmp_path), recogniser=read_model(tmp_path / "blind.onnx"))
    with pytest.raises(ModelError, match="finds no identity on the portraits"):
        identity_of(known, counting)


def test_a_recogniser_of_half_precision_says_the_same(counting: CountingRuntime, tmp_path: Path) -> None:
    half = read_model(arcface(tmp_path / "half.onnx", half=True))
    found = identity_of(replace(likeness(folder=tmp_path / "kept"), recogniser=half), counting)
    assert cosine(found, expected("mara")) > 0.999
