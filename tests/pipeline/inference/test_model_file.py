"""Files that people bring: what is whole is read, and everything else is one sentence."""

import hashlib
import os
import pickle
import re
import zipfile
from pathlib import Path

import onnx
import pytest
from onnx import helper

from pipeline.errors import ModelError
from pipeline.inference.onnx.model_file import READ_BYTES, read_model
from tests.models.broken import claiming, outside, sound, split

EVERY = 7


def refusal(path: Path, wanted_sha256: str | None = None) -> str:
    """Why a file is refused, which is one sentence."""
    with pytest.raises(ModelError) as caught:
        read_model(path, wanted_sha256)
    text = str(caught.value)
    assert str(path) in text
    assert "\n" not in text
    assert text.endswith(".")
    assert not re.search(r"\.\s+[A-Z]", text.replace(str(path), "")), f"more than one sentence: {text}"
    return text


def test_a_sound_file_is_read_and_hashed(tmp_path: Path) -> None:
    path = sound(tmp_path / "m.onnx")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    file = read_model(path, digest)
    assert (file.sha256, file.size, file.name) == (digest, path.stat().st_size, "m.onnx")
    assert [tensor.name for tensor in file.graph.inputs] == ["x"]


def test_a_file_larger_than_one_reading_is_hashed_whole(tmp_path: Path) -> None:
    path = sound(tmp_path / "m.onnx")
    # A field that nobody knows: protobuf lets it pass.
    size = READ_BYTES + 5
    path.write_bytes(path.read_bytes() + b"\x92\x3f" + bytes([0x85, 0x80, 0x80, 0x02]) + bytes(size))
    assert read_model(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    whole = sound(tmp_path / "m.onnx").read_bytes()
    cut = tmp_path / "cut.onnx"
    for length in range(0, len(whole), EVERY):
        cut.write_bytes(whole[:length])
        assert "no whole ONNX model" in refusal(cut)


def test_a_changed_file_tells_both_hashes(tmp_path: Path) -> None:
    path = sound(tmp_path / "m.onnx")
    text = refusal(path, "0" * 64)
    assert "0" * 64 in text
    assert hashlib.sha256(path.read_bytes()).hexdigest() in text


def test_what_is_not_there_or_no_file(tmp_path: Path) -> None:
    assert "is missing" in refusal(tmp_path / "absent.onnx")
    assert "is no file" in refusal(tmp_path)
    pipe = tmp_path / "pipe.onnx"
    os.mkfifo(pipe)
    assert "is no file" in refusal(pipe)


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sound(tmp_path / "m.onnx")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert "Permission denied" in refusal(path)


@pytest.mark.parametrize(
    ("name", "start", "what"),
    [
        ("a.onnx", pickle.dumps({"weights": 1}, protocol=2), "a Python pickle"),
        ("a.onnx", pickle.dumps({"weights": 1}, protocol=4), "a Python pickle"),
        ("a.onnx", pickle.dumps({"weights": 1}, protocol=5), "a Python pickle"),
        ("a.onnx", b"\x89HDF\r\n\x1a\n" + bytes(64), "an HDF5 file"),
        ("a.onnx", b"<!DOCTYPE html><html>", "a web page"),
        ("a.onnx", b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        ("a.onnx", b"", "empty"),
        ("a.pth", b"\xff" * 40, "only ONNX files are loaded"),
        ("a.safetensors", b"\x08\0\0\0\0\0\0\0{}      ", "only ONNX files are loaded"),
        ("a.onnx", b"\xff" * 40, "copy, download or export it again ("),
        ("a.onnx", b"version https://git-lfs.github.com/spec/v1\n", "run `git lfs pull`"),
        ("a.onnx", b"<!DOCTYPE html><html>", "download the file again, logged in"),
        ("a.onnx", b"hello this is no model\n" * 9, "it is text that begins with 'hello this is no mod'"),
        ("a.onnx", "Grüße, 'ünüblich'\n".encode() * 40, "it is text"),
        ("a.onnx", (28).to_bytes(8, "little") + b'{"a":{"dtype":"F32"}}', "a file of safetensors"),
        ("a.bin", b"IwFl" + bytes(64), "a retrieval index, which goes under rvc.index"),
        ("a.index", b"\xff" * 40, "a retrieval index, which goes under rvc.index"),
    ],
)
def test_what_is_no_onnx_says_what_it_looks_like(name: str, start: bytes, what: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(start)
    assert what in refusal(path)


def test_a_zip_archive_with_a_model_is_to_be_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "voice.zip"
    for inside, cure in (("pack/ada.onnx", "that holds pack/ada.onnx; unpack it"), ("a.txt", "without an ONNX file")):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(inside, b"")
        assert cure in refusal(path)


def test_what_helps_stands_before_what_the_bytes_say(tmp_path: Path) -> None:
    path = sound(tmp_path / "a.onnx")
    path.write_bytes(path.read_bytes()[:-5])
    assert "it is cut off or damaged; copy, download or export it again (it ends at byte" in refusal(path)


def test_a_torch_checkpoint_is_never_opened(tmp_path: Path) -> None:
    path, trap = tmp_path / "voice.pth", tmp_path / "trap"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", b"cos\nmkdir\n(S'" + str(trap).encode() + b"'\ntR.")
    assert "a zip archive or a PyTorch checkpoint" in refusal(path)
    assert not trap.exists()


@pytest.mark.parametrize(
    "location", ["../secret.bin", "/etc/passwd", "C:\\secret.bin", "sub/../../secret.bin", "", "\\\\host\\share"]
)
def test_weights_outside_of_the_folder_are_refused(location: str, tmp_path: Path) -> None:
    (tmp_path / "secret.bin").write_bytes(bytes(64))
    folder = tmp_path / "model"
    text = refusal(outside(folder / "m.onnx", location))
    assert "outside of its folder" in text


def test_weights_behind_a_link_that_leads_out_are_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.bin").write_bytes(bytes(64))
    path = outside(tmp_path / "model" / "m.onnx", "w.bin")
    (path.parent / "w.bin").symlink_to(tmp_path / "secret.bin")
    assert "outside of its folder" in refusal(path)


def test_weights_beside_the_model_count(tmp_path: Path) -> None:
    path = split(tmp_path / "m.onnx")
    beside = path.with_name("m.onnx.data")
    assert read_model(path).size == path.stat().st_size + sum(w.claimed_bytes for w in read_model(path).graph.weights)
    beside.write_bytes(beside.read_bytes()[:-1])
    assert "too short" in refusal(path)
    beside.unlink()
    assert "which is missing" in refusal(path)


@pytest.mark.parametrize(
    ("offset", "length", "why"),
    [(0, 15, "too short"), (1, 16, "too short"), (-1, 16, "too short"), ("a", 16, "no number"), (0, "b", "no number")],
)
def test_places_that_do_not_fit_are_refused(offset: int | str, length: int | str, why: str, tmp_path: Path) -> None:
    path = outside(tmp_path / "m.onnx", "w.bin", offset=offset, length=length)
    (tmp_path / "w.bin").write_bytes(bytes(16))
    assert why in refusal(path)


def test_ten_gigabytes_claimed_cost_nothing(tmp_path: Path) -> None:
    assert "damaged" in refusal(claiming(tmp_path / "a.onnx", 2_500_000_000))
    assert "damaged" in refusal(claiming(tmp_path / "b.onnx", 2_500_000_000, typed=True))
    assert "damaged" in refusal(claiming(tmp_path / "c.onnx", *[1 << 40] * 60))


def test_more_weights_than_fit_are_refused(tmp_path: Path) -> None:
    path = outside(tmp_path / "m.onnx", "w.bin", length=7 << 30)
    # A file with a hole: it has the size, and takes no space.
    with (tmp_path / "w.bin").open("wb") as file:
        file.truncate(7 << 30)
    assert "GB" in refusal(path)


def test_what_was_compiled_for_a_device_is_refused(tmp_path: Path) -> None:
    model = onnx.load(sound(tmp_path / "m.onnx"))
    name = model.graph.output[0].name
    model.graph.node.append(
        helper.make_node("EPContext", [], [f"{name} too"], domain="com.microsoft", embed_mode=0, ep_cache_context="e")
    )
    onnx.save(model, tmp_path / "m.onnx")
    assert "holds EPContext" in refusal(tmp_path / "m.onnx")
