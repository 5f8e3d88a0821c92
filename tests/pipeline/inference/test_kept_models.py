"""What becomes of models that are added: told, kept apart, half there, replaced, and moved out of the cache."""

import hashlib
from pathlib import Path

import pytest

from pipeline.inference import own_models
from pipeline.inference.half_models import HalfModel
from pipeline.inference.own_models import OwnModels
from tests.models.broken import outside, sound
from tests.pipeline.inference.model_server import DATA, DIGEST, Server, refused


def test_what_is_no_model_is_not_kept_and_what_is_one_is_told(tmp_path: Path, models: OwnModels) -> None:
    texts = tmp_path / "a.onnx"
    texts.write_text("no model at all\n" * 100)
    digest = hashlib.sha256(texts.read_bytes()).hexdigest()
    told = refused(lambda: models.add(texts.as_uri(), digest))
    assert "a.onnx is no whole ONNX model: it is text" in told
    assert told.endswith("nothing is kept.")
    assert digest not in told
    assert [path.name for path in models.folder.iterdir()] == ["add.lock"]
    divided = outside(tmp_path / "c.onnx", "weights.bin")
    told = refused(lambda: models.add(divided.as_uri(), hashlib.sha256(divided.read_bytes()).hexdigest()))
    assert "needs the file weights.bin, which is missing; put both into a folder of your own" in told
    model = sound(tmp_path / "b.onnx")
    added = models.add(model.as_uri(), hashlib.sha256(model.read_bytes()).hexdigest()).model
    assert added.format == models.list()[0].format == "ONNX model of no known format"


def test_another_model_of_that_name_is_replaced_only_where_that_is_asked_for(
    server: Server, tmp_path: Path, models: OwnModels
) -> None:
    assert models.add(server.address, DIGEST, "a.onnx").fresh
    assert not models.add(server.address, DIGEST, "a.onnx").fresh
    other = sound(tmp_path / "b.onnx")
    digest = hashlib.sha256(other.read_bytes()).hexdigest()
    assert "replace that one with --force" in refused(lambda: models.add(other.as_uri(), digest, "a.onnx"))
    assert models.find("a.onnx").sha256 == DIGEST
    assert models.add(other.as_uri(), digest, "a.onnx", force=True).fresh
    assert models.find("a.onnx").sha256 == digest


def test_what_came_half_way_is_listed_and_can_be_removed(server: Server, models: OwnModels) -> None:
    server.cuts = [100_000, 0]
    refused(lambda: models.add(f"{server.address}?key=secret", DIGEST))
    [half] = models.halves()
    assert half == HalfModel("ada.dfm", server.address, DIGEST, 100_000, len(DATA))
    assert str(half) == "0.1 of 1.3 MB"
    assert models.list() == ()
    models.remove("store:ada.dfm")
    assert [path.name for path in models.folder.iterdir()] == ["add.lock"]
    server.cuts = [100_000, 0]
    refused(lambda: models.add(server.address, DIGEST))
    models.add(server.address, DIGEST)
    assert models.halves() == ()


def test_models_in_the_cache_are_taken_over_and_links_to_them_still_lead_to_them(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_models.platformdirs, "user_cache_path", lambda _: tmp_path / "cache")
    before = OwnModels(tmp_path / "cache" / own_models.FORMER)
    old = before.add(server.address, DIGEST).model
    (before.folder / f"{'0' * 64}.part").write_bytes(b"some")
    link = tmp_path / "link.dfm"
    link.symlink_to(old.path)
    monkeypatch.setattr(own_models.platformdirs, "user_data_path", lambda _: tmp_path / "data")
    usual = OwnModels()
    [model] = usual.list()
    assert model.path == tmp_path / "data" / "models" / "ada.dfm"
    assert model.problem() is None
    assert link.read_bytes() == DATA
    assert [half.there for half in usual.halves()] == [4]
    assert before.list() == ()
    assert usual.list() == (model,)


def test_a_name_that_nothing_has_is_told_with_those_that_there_are(server: Server, models: OwnModels) -> None:
    models.add(server.address, DIGEST, "a.onnx")
    models.add(server.address, DIGEST, "b.onnx")
    assert "there are a.onnx, b.onnx." in refused(lambda: models.remove("c.onnx"))
    assert "comes with the program" in refused(lambda: models.remove("pitch"))
