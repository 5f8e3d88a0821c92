"""The models of a profile: what was changed since they were brought in is refused, wherever the weights stand."""

from pathlib import Path

import pytest

from pipeline.errors import ModelError
from pipeline.inference.named_model import read_named
from pipeline.inference.onnx.place import Preference
from profiles.model_files import sha256_of
from profiles.profile import Kind, Profile
from tests.models.broken import sound, split

NAME = Path("models/ada.onnx")
BESIDE = Path("models/ada.onnx.data")


def profile(folder: Path, *recorded: Path) -> Profile:
    hashes = {name.as_posix(): sha256_of(folder / name) for name in recorded}
    return Profile(name="ada", folder=folder, title="Ada", kind=Kind.PERSON, hashes=hashes)


def test_what_is_as_it_was_is_read(tmp_path: Path) -> None:
    split(tmp_path / NAME)
    assert read_named(profile(tmp_path, NAME, BESIDE), NAME).name == "ada.onnx"
    assert read_named(profile(tmp_path), NAME).name == "ada.onnx", "what was not recorded is not compared"


def test_a_model_runs_where_its_profile_has_it(tmp_path: Path) -> None:
    sound(tmp_path / NAME)
    told = profile(tmp_path).model_copy(update={"devices": {NAME.as_posix(): "cpu"}})
    assert read_named(told, NAME).preference is Preference.CPU
    assert read_named(profile(tmp_path), NAME).preference is None


def test_a_changed_model_is_refused(tmp_path: Path) -> None:
    sound(tmp_path / NAME)
    worn = profile(tmp_path, NAME)
    (tmp_path / NAME).write_bytes((tmp_path / NAME).read_bytes() + b"\x92\x3f\x00")
    with pytest.raises(ModelError, match=r"ada\.onnx has changed: SHA-256 wanted"):
        read_named(worn, NAME)


def test_changed_weights_beside_a_model_are_refused(tmp_path: Path) -> None:
    split(tmp_path / NAME)
    worn = profile(tmp_path, NAME, BESIDE)
    data = bytearray((tmp_path / BESIDE).read_bytes())
    data[0] ^= 1
    (tmp_path / BESIDE).write_bytes(data)
    with pytest.raises(ModelError, match=r"ada\.onnx\.data of the model .* has changed: SHA-256 wanted"):
        read_named(worn, NAME)
