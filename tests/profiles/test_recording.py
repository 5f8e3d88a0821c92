"""Models of a profile that is there: recorded anew, put in, replaced; and a profile removed."""

import hashlib
import shutil
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.draft import ProfileDraft
from profiles.editing.toml_edit import edited
from profiles.errors import ProfileError
from profiles.model_files import ModelDraft, changed_files, unrecorded_models
from profiles.profile import Profile
from profiles.reading import read_profile
from profiles.store import BUILTIN, ProfileStore
from tests.profiles.conftest import GOOD, MakeProfile

OLD, NEW = b"an old face", b"a new face"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def ada(store: ProfileStore, tmp_path: Path) -> Profile:
    """A profile with a trained face."""
    (tmp_path / "ada.dfm").write_bytes(OLD)
    return store.new(ProfileDraft("ada", models=(ModelDraft("dfm.model", tmp_path / "ada.dfm"),)))


def said(profile: Profile) -> str:
    return (profile.folder / "profile.toml").read_text()


def test_a_changed_model_is_recorded_and_the_rest_of_the_file_stays(store: ProfileStore, ada: Profile) -> None:
    file = ada.folder / "profile.toml"
    file.write_text(said(ada).replace("[dfm]", "# mine\n[dfm]\nmorph = 0.8 # so"))
    (ada.folder / "models" / "ada.dfm").write_bytes(NEW)
    assert len(changed_files(read_profile(ada.folder))) == 1
    before = said(ada)
    recorded = store.record(ProfileDraft("ada"))
    assert changed_files(recorded) == []
    assert said(ada) == before.replace(sha(OLD), sha(NEW))


def test_a_model_takes_the_place_of_another_and_a_voice_comes_in(
    store: ProfileStore, ada: Profile, tmp_path: Path
) -> None:
    for name in ("ada.dfm", "v.onnx", "e.onnx"):
        (tmp_path / name).write_bytes(NEW)
    models = (
        ModelDraft("dfm.model", tmp_path / "ada.dfm"),
        ModelDraft("rvc.model", tmp_path / "v.onnx"),
        ModelDraft("rvc.encoder", tmp_path / "e.onnx"),
    )
    recorded = store.record(ProfileDraft("ada", models=models, settings={"voice.latency_ms": 250.0}))
    assert (recorded.voice.engine, recorded.voice.latency_ms) == ("rvc", 250.0)
    assert recorded.hashes == dict.fromkeys(("models/ada.dfm", "models/e.onnx", "models/v.onnx"), sha(NEW))
    assert changed_files(recorded) == []
    assert (ada.folder / "models" / "ada.dfm").read_bytes() == NEW


def test_nothing_changes_where_something_is_missing(store: ProfileStore, ada: Profile, tmp_path: Path) -> None:
    (tmp_path / "ada.dfm").write_bytes(NEW)
    (tmp_path / "v.onnx").write_bytes(NEW)
    before = said(ada)
    models = (ModelDraft("dfm.model", tmp_path / "ada.dfm"), ModelDraft("rvc.model", tmp_path / "v.onnx"))
    with pytest.raises(ProfileError, match=r"rvc\.encoder: is missing"):
        store.record(ProfileDraft("ada", models=models))
    with pytest.raises(ProfileError, match="there is no file"):
        store.record(ProfileDraft("ada", models=(ModelDraft("rvc.model", tmp_path / "none.onnx"),)))
    assert said(ada) == before
    assert changed_files(ada) == []
    assert sorted(path.name for path in (ada.folder / "models").iterdir()) == ["ada.dfm"]
    assert [path.name for path in store.folder.iterdir()] == ["ada"]


def test_a_model_in_the_folder_is_not_linked_to_itself(store: ProfileStore, ada: Profile) -> None:
    place = ada.folder / "models" / "ada.dfm"
    with pytest.raises(ProfileError, match="leave --link out"):
        store.record(ProfileDraft("ada", models=(ModelDraft("dfm.model", place),), link=True))
    store.record(ProfileDraft("ada", models=(ModelDraft("dfm.model", place),)))
    assert place.read_bytes() == OLD


def test_a_model_without_a_hash_and_a_hash_without_a_file_are_told_and_put_right(
    store: ProfileStore, make_profile: MakeProfile
) -> None:
    folder = make_profile(toml=GOOD + f'\n[dfm]\nmodel = "a.dfm"\n\n[hashes]\n"b.dfm" = "{sha(OLD)}"\n')
    (folder / "a.dfm").write_bytes(NEW)
    profile = read_profile(folder)
    assert [problem.key for problem in unrecorded_models(profile)] == ["hashes.a.dfm"]
    assert "understudy profiles record mara" in changed_files(profile)[0].text
    recorded = store.record(ProfileDraft("mara"))
    assert recorded.hashes == {"a.dfm": sha(NEW)}
    assert [*unrecorded_models(recorded), *changed_files(recorded)] == []


def test_what_ships_is_neither_recorded_nor_removed(tmp_path: Path) -> None:
    shutil.copytree(BUILTIN, tmp_path / "shipped")
    store = ProfileStore((tmp_path / "user", tmp_path / "shipped"))
    with pytest.raises(ProfileError, match="ships with the program and stays as it is"):
        store.record(ProfileDraft("mara"))
    with pytest.raises(ProfileError, match="ships with the program and stays as it is"):
        store.remove("mara")
    with pytest.raises(ProfileError, match="no profile of your own"):
        store.remove(str(tmp_path / "other" / "mara"))
    assert (tmp_path / "shipped" / "mara" / "profile.toml").is_file()


def test_a_removed_profile_is_gone_and_what_it_linked_to_is_not(store: ProfileStore, tmp_path: Path) -> None:
    (tmp_path / "ada.dfm").write_bytes(OLD)
    store.new(ProfileDraft("ada", models=(ModelDraft("dfm.model", tmp_path / "ada.dfm"),), link=True))
    store.remove("ada")
    assert list(store.folder.iterdir()) == []
    assert (tmp_path / "ada.dfm").read_bytes() == OLD
    with pytest.raises(ProfileError, match="There is no profile called ada"):
        store.remove("ada")


LINES = st.sampled_from(
    ["", "# a remark", "[face]", "[dfm]", '[hashes] # old', "[[cast]]", 'model = "x"', "'morph' = 1", '"a.b" = 1', "["]
)  # fmt: skip


@given(st.lists(LINES, max_size=12))
def test_an_edit_says_what_it_should_or_is_refused(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    try:
        made = tomllib.loads(edited(text, {"dfm.model": "é\x7f", "voice.latency_ms": 250.0}, {"m/a.dfm": "0" * 64}))
    except ProfileError:
        return
    assert made["dfm"]["model"] == "é\x7f"
    assert made["hashes"] == {"m/a.dfm": "0" * 64}
    assert made["voice"] == {"latency_ms": 250.0}
    assert {key: made[key] for key in data if key not in ("dfm", "hashes")} == {
        key: data[key] for key in data if key not in ("dfm", "hashes")
    }
