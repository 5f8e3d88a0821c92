"""Models added by their address: whole and right, or not there at all."""

from pathlib import Path

import pytest

from pipeline.inference import download
from pipeline.inference.own_models import OwnModels
from tests.pipeline.inference.model_server import DATA, DIGEST, Server, refused


def test_a_model_is_fetched_checked_and_listed(server: Server, models: OwnModels) -> None:
    seen: list[tuple[int, int]] = []
    model = models.add(
        f"{server.address}?signature=secret", DIGEST.upper(), progress=lambda *place: seen.append(place)
    ).model
    assert (model.name, model.sha256, model.size) == ("ada.dfm", DIGEST, len(DATA))
    assert model.path.read_bytes() == DATA
    assert seen[-1] == (len(DATA), len(DATA))
    assert models.list() == (model,)
    assert models.find("ada.dfm") == model
    assert "secret" not in "".join(path.read_text(errors="ignore") for path in models.folder.glob("*.json"))
    assert list(models.folder.glob("*.part")) == []


def test_what_is_there_already_is_not_fetched_again(server: Server, models: OwnModels) -> None:
    models.add(server.address, DIGEST, "a.dfm")
    models.add(server.address, DIGEST, "a.dfm")
    assert len(server.asked) == 1
    (models.folder / "a.dfm").write_bytes(b"spoilt")
    assert "is damaged" in str(models.list()[0].problem())
    assert "is damaged" in refused(lambda: models.find("a.dfm"))
    models.add(server.address, DIGEST, "a.dfm")
    assert models.find("a.dfm").path.read_bytes() == DATA


def test_a_cut_connection_is_continued_where_it_stopped(server: Server, models: OwnModels) -> None:
    server.cuts = [100_000, 400_000]
    assert models.add(server.address, DIGEST).model.path.read_bytes() == DATA
    assert server.asked == ["", "bytes=100000-", "bytes=500000-"]


def test_a_later_try_goes_on_where_the_last_one_stopped(server: Server, models: OwnModels) -> None:
    server.cuts = [100_000, 0]
    text = refused(lambda: models.add(server.address, DIGEST))
    assert "run the same command again, and it goes on where it stopped" in text
    assert models.list() == ()
    server.asked.clear()
    assert models.add(server.address, DIGEST).model.path.read_bytes() == DATA
    assert server.asked == ["bytes=100000-"]


def test_a_server_without_ranges_begins_anew(server: Server, models: OwnModels) -> None:
    server.ranges, server.cuts = False, [100_000, 900_000, 50]
    refused(lambda: models.add(server.address, DIGEST))
    assert models.add(server.address, DIGEST).model.path.read_bytes() == DATA


def test_what_was_left_of_another_file_is_thrown_away(server: Server, models: OwnModels) -> None:
    models.folder.mkdir(parents=True)
    (models.folder / f"{DIGEST}.part").write_bytes(b"x" * 1_000)
    assert models.add(server.address, DIGEST).model.path.read_bytes() == DATA
    assert server.asked == ["bytes=1000-", ""]
    (models.folder / "ada.dfm").unlink()
    (models.folder / f"{DIGEST}.part").write_bytes(b"x" * (len(DATA) + 7))
    assert models.add(server.address, DIGEST).model.path.read_bytes() == DATA


def test_another_file_than_was_promised_never_appears(server: Server, models: OwnModels) -> None:
    text = refused(lambda: models.add(server.address, "0" * 64))
    assert f"SHA-256 wanted {'0' * 64}, got {DIGEST}" in text
    assert [path.name for path in models.folder.iterdir()] == ["add.lock"]


@pytest.mark.parametrize(("status", "said"), [(404, "answers 404 Not Found"), (503, "answers 503 Service")])
def test_what_the_server_answers_is_told(status: int, said: str, server: Server, models: OwnModels) -> None:
    server.status = status
    assert said in refused(lambda: models.add(server.address, DIGEST))


def test_no_server_is_one_sentence(models: OwnModels) -> None:
    text = refused(lambda: models.add("http://127.0.0.1:9/ada.dfm", DIGEST))
    assert "check the address and the network" in text


def test_too_large_a_file_is_refused_before_it_is_fetched(
    server: Server, models: OwnModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "MOST_BYTES", 1_000)
    assert "is too large" in refused(lambda: models.add(server.address, DIGEST))


def test_too_large_a_file_of_untold_length_leaves_nothing_behind(
    server: Server, models: OwnModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "MOST_BYTES", 1_000)
    server.length = "none"
    assert "is too large" in refused(lambda: models.add(server.address, DIGEST))
    assert sum(file.stat().st_size for file in models.folder.iterdir()) == 0


@pytest.mark.parametrize(
    "address",
    ["http://example.com/a.dfm", "ftp://example.com/a.dfm", "a.dfm", "", "file://host/a.dfm", "https:///a", "http://["]
    + ["https://example.com:99999/a.dfm", "https://example.com:x/a.dfm"],
)
def test_what_others_could_change_on_the_way_is_refused(address: str, models: OwnModels) -> None:
    assert "begins with https:// or file:///" in refused(lambda: models.add(address, DIGEST, "a.dfm"))
    assert not models.folder.exists()


@pytest.mark.parametrize("length", ["9" * 5_000, "-1", "none", "٣"])
def test_a_length_that_is_none_is_not_heeded(length: str, server: Server, models: OwnModels) -> None:
    server.length = length if length.isascii() else length.encode().decode("latin-1")
    assert models.add(server.address, DIGEST).model.path.read_bytes() == DATA


def test_letters_that_no_address_has_are_told(server: Server, models: OwnModels) -> None:
    address = server.address.replace("ada", "adä")
    assert "write them as %XX" in refused(lambda: models.add(address, DIGEST))
    assert models.add(address.replace("ä", "%C3%A4"), DIGEST).model.path.read_bytes() == DATA


@pytest.mark.parametrize("moved", ["http://example.com/a.dfm", "file:///etc/passwd", "ftp://example.com/a"])
def test_a_server_that_leads_elsewhere_is_not_followed(moved: str, server: Server, models: OwnModels) -> None:
    server.moved = moved
    refused(lambda: models.add(server.address, DIGEST))
    assert models.list() == ()


def test_a_file_of_this_computer_is_taken(tmp_path: Path, models: OwnModels) -> None:
    source = tmp_path / "with space.dfm"
    source.write_bytes(DATA)
    assert "choose another with --name" in refused(lambda: models.add(source.as_uri(), DIGEST))
    model = models.add(source.as_uri(), DIGEST, "without.dfm").model
    assert (model.name, model.path.read_bytes()) == ("without.dfm", DATA)
    assert "can't be fetched" in refused(lambda: models.add((tmp_path / "none.dfm").as_uri(), DIGEST))


@pytest.mark.parametrize(
    "name",
    ["../a.dfm", "a/b.dfm", "a.json", ".hidden", "con.dfm", "a\x1b.dfm", "add.lock"]
    + ["a b.dfm", "wow!.dfm", "pitch", "swift_f0.onnx", "a.half"],
)
def test_names_that_lead_elsewhere_or_mean_something_are_refused(name: str, server: Server, models: OwnModels) -> None:
    assert "choose another with --name" in refused(lambda: models.add(server.address, DIGEST, name))


@pytest.mark.parametrize("digest", ["", "12", "g" * 64, "0" * 63])
def test_a_hash_that_is_none_is_refused(digest: str, server: Server, models: OwnModels) -> None:
    assert "wanted 64 digits" in refused(lambda: models.add(server.address, digest))
    assert server.asked == []


def test_a_model_is_removed_with_its_note(server: Server, models: OwnModels) -> None:
    models.add(server.address, DIGEST)
    models.remove("ada.dfm")
    assert [path.name for path in models.folder.iterdir()] == ["add.lock"]
    assert "there is none" in refused(lambda: models.remove("ada.dfm"))
    assert "there is none" in refused(lambda: models.find("ada.dfm"))
