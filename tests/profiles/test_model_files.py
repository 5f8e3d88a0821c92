"""Models in a profile's folder: brought in, known again, and asked for where an engine needs them."""

import hashlib
import os
from pathlib import Path

import pytest

from profiles.archive import write_archive
from profiles.draft import ProfileDraft
from profiles.errors import ProfileError
from profiles.model_files import ModelDraft, changed_files
from profiles.profile import Kind, Profile
from profiles.reading import named_files, read_profile
from profiles.store import ProfileStore
from tests.profiles.conftest import GOOD, MakeProfile

FACE = b"a face"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with what a user has."""
    folder = tmp_path / "mine"
    (folder / "sub").mkdir(parents=True)
    for name, data in {"ada.dfm": FACE, "ada.onnx": b"a voice", "hubert.onnx": b"an encoder", "me.png": b"me"}.items():
        (folder / name).write_bytes(data)
    (folder / "sub" / "weights.bin").write_bytes(b"weights")
    return folder


def drafted(files: Path, *models: ModelDraft, link: bool = False, portrait: bool = False) -> ProfileDraft:
    return ProfileDraft("ada", files / "me.png" if portrait else None, models=models, link=link)


def problems(store: ProfileStore, draft: ProfileDraft) -> dict[str, str]:
    with pytest.raises(ProfileError) as caught:
        store.new(draft)
    assert not (store.folder / "ada").exists()
    return {problem.key: problem.text for problem in caught.value.problems}


def test_models_come_into_the_folder_with_their_hashes_and_choose_the_engines(store: ProfileStore, files: Path) -> None:
    draft = drafted(
        files,
        ModelDraft("dfm.model", files / "ada.dfm"),
        ModelDraft("rvc.model", files / "ada.onnx", ("sub/weights.bin",)),
        ModelDraft("rvc.encoder", files / "hubert.onnx"),
    )
    profile = store.new(draft)
    assert (profile.face.engine, profile.voice.engine, profile.kind) == ("dfm", "rvc", Kind.PERSON)
    assert profile.resolve(profile.dfm.model or Path()).read_bytes() == FACE
    assert (profile.folder / "models" / "sub" / "weights.bin").read_bytes() == b"weights"
    assert profile.hashes["models/ada.dfm"] == hashlib.sha256(FACE).hexdigest()
    assert set(profile.hashes) == {
        "models/ada.dfm",
        "models/ada.onnx",
        "models/sub/weights.bin",
        "models/hubert.onnx",
    }
    assert "face.portrait" not in named_files(profile)
    assert changed_files(profile) == []


def test_a_changed_model_is_noticed(store: ProfileStore, files: Path) -> None:
    profile = store.new(drafted(files, ModelDraft("dfm.model", files / "ada.dfm")))
    (profile.folder / "models" / "ada.dfm").write_bytes(b"another")
    [problem] = changed_files(profile)
    assert problem.key == "hashes.models/ada.dfm"
    assert hashlib.sha256(FACE).hexdigest() in problem.text
    assert hashlib.sha256(b"another").hexdigest() in problem.text
    (profile.folder / "models" / "ada.dfm").unlink()
    assert "no such file" in changed_files(profile)[0].text


def test_a_model_that_may_not_be_read_is_told(
    store: ProfileStore, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = store.new(drafted(files, ModelDraft("dfm.model", files / "ada.dfm")))

    def refuse(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("profiles.model_files.sha256_of", refuse)
    [problem] = changed_files(profile)
    assert "can't be read (Permission denied); check its rights" in problem.text


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="there are no links here")
def test_a_linked_model_stays_where_it_is_and_is_not_exported(store: ProfileStore, files: Path, tmp_path: Path) -> None:
    profile = store.new(drafted(files, ModelDraft("dfm.model", files / "ada.dfm"), link=True))
    place = profile.folder / "models" / "ada.dfm"
    assert place.is_symlink()
    assert place.read_bytes() == FACE
    assert changed_files(profile) == []
    with pytest.raises(ProfileError, match=r"dfm\.model: .*lies outside the profile's folder; copy it there"):
        store.export("ada", tmp_path / "ada.zip")


def test_models_go_along_in_an_archive(store: ProfileStore, files: Path, tmp_path: Path) -> None:
    profile = store.new(drafted(files, ModelDraft("dfm.model", files / "ada.dfm")))
    archive = store.export("ada", tmp_path / "ada.zip")
    other = ProfileStore((tmp_path / "other",))
    taken = other.import_(archive)
    assert taken.hashes == profile.hashes
    assert changed_files(taken) == []


def test_an_archive_with_another_model_than_it_says_is_refused(
    store: ProfileStore, files: Path, tmp_path: Path
) -> None:
    profile = store.new(drafted(files, ModelDraft("dfm.model", files / "ada.dfm")))
    (profile.folder / "models" / "ada.dfm").write_bytes(b"another")
    archive = tmp_path / "ada.zip"
    with pytest.raises(ProfileError, match="the file has changed: .*record ada`"):
        store.export("ada", archive)
    assert not archive.exists()
    write_archive(profile, archive)
    other = ProfileStore((tmp_path / "other",))
    with pytest.raises(ProfileError, match="the file has changed"):
        other.import_(archive)
    assert not (tmp_path / "other" / "ada").exists()


def test_everything_that_is_missing_is_told_at_once(store: ProfileStore, files: Path) -> None:
    told = problems(
        store,
        drafted(
            files,
            ModelDraft("embedding.model", files / "none.onnx"),
            ModelDraft("rvc.model", files / "ada.onnx", ("sub/none.bin",)),
            ModelDraft("rvc.encoder", files / "hubert.onnx"),
        ),
    )
    assert set(told) == {"embedding.model", "rvc.model", "--portrait"}
    assert "does without a picture" in told["--portrait"]


def test_two_files_of_one_name_are_told(store: ProfileStore, files: Path) -> None:
    (files / "sub" / "ada.onnx").write_bytes(b"an encoder of that name")
    told = problems(
        store,
        drafted(
            files,
            ModelDraft("rvc.model", files / "ada.onnx"),
            ModelDraft("rvc.encoder", files / "sub" / "ada.onnx"),
            portrait=True,
        ),
    )
    assert "have one name" in told["rvc.encoder"]


def test_one_file_for_two_purposes_lies_there_once(store: ProfileStore, files: Path) -> None:
    draft = drafted(
        files, ModelDraft("rvc.model", files / "ada.onnx"), ModelDraft("rvc.encoder", files / "ada.onnx"), portrait=True
    )
    assert set(store.new(draft).hashes) == {"models/ada.onnx"}


def test_a_name_that_no_archive_takes_gives_way(store: ProfileStore, files: Path) -> None:
    odd = files / "a:b?.dfm"
    odd.write_bytes(FACE)
    profile = store.new(drafted(files, ModelDraft("dfm.model", odd)))
    assert profile.dfm.model == Path("models/dfm-model.dfm")


WITHOUT = GOOD.replace("[face]\n", '[face]\nengine = "{face}"\n') + '\n[voice]\nengine = "{voice}"\n'


@pytest.mark.parametrize(
    ("face", "voice", "keys"),
    [
        ("photo", "timbre", set()),
        ("dfm", "timbre", {"dfm.model"}),
        ("embedding", "rvc", {"embedding.model", "rvc.model", "rvc.encoder"}),
    ],
)
def test_an_engine_asks_for_its_models(face: str, voice: str, keys: set[str], make_profile: MakeProfile) -> None:
    folder = make_profile(toml=WITHOUT.format(face=face, voice=voice))
    if not keys:
        read_profile(folder)
        return
    with pytest.raises(ProfileError) as caught:
        read_profile(folder)
    assert {problem.key for problem in caught.value.problems} == keys
    assert all("is missing; the engine" in problem.text for problem in caught.value.problems)


def test_a_trained_face_needs_no_portrait_unless_it_names_one(make_profile: MakeProfile) -> None:
    toml = GOOD.replace('portrait = "portrait.png"', 'engine = "dfm"') + '\n[dfm]\nmodel = "face.dfm"\n'
    folder = make_profile(toml=toml)
    (folder / "face.dfm").write_bytes(FACE)
    (folder / "portrait.png").unlink()
    assert "face.portrait" not in named_files(read_profile(folder))
    (folder / "profile.toml").write_text(toml.replace('engine = "dfm"', 'engine = "dfm"\nportrait = "portrait.png"'))
    with pytest.raises(ProfileError, match=r"face\.portrait: there is no file"):
        read_profile(folder)


def test_several_files_under_one_key_are_all_looked_for(make_profile: MakeProfile) -> None:
    toml = GOOD + '\n[embedding]\nportraits = ["one.png", "room.jpg"]\n'
    folder = make_profile(toml=toml)
    with pytest.raises(ProfileError, match=r'embedding\.portraits\.0: there is no file "one\.png"'):
        read_profile(folder)
    (folder / "one.png").write_bytes(b"one")
    named = named_files(read_profile(folder))
    assert named["embedding.portraits.0"] == folder / "one.png"
    assert named["embedding.portraits.1"] == folder / "room.jpg"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('[hashes]\n"a.dfm" = "12"\n', 'hashes.a.dfm: got the text "12", wanted a SHA-256 of 64 digits from 0 to f'),
        (
            '[devices]\n"portrait.png" = "gpu"\n',
            'devices.portrait.png: got the text "gpu", wanted "auto", "cpu", "cuda"',
        ),
        (
            '[devices]\n"portrait.pgn" = "cpu"\n',
            'portrait.pgn: names no model of this profile; did you mean "portrait.png"?',
        ),
        ('[devices]\n"x" = "cpu"\n', "devices.x: names no model of this profile; take the line out"),
        ("[dfm]\ncoverage = 9\n", "dfm.coverage: got 9, wanted a number from 0.8 to 4"),
        (
            "[masks]\nparts = []\n",
            'masks.parts: got an empty list, wanted a list of at least 1 value, each "skin", "brows", "eyes"',
        ),
        ("[dfm]\ntwo_pass = 1\n", "dfm.two_pass: got 1, wanted true or false"),
        ("[rvc]\ntranspose_semitones = true\n", "rvc.transpose_semitones: got true, wanted a number from -24 to 24"),
        ("[embedding]\nportraits = [7]\n", "embedding.portraits.0: got 7, wanted the name of a file, in quotes"),
        ('[embedding]\nportraits = "a"\n', 'embedding.portraits: got the text "a", wanted a list of values, each the'),
    ],
)
def test_what_the_tables_of_engines_take_is_told(more: str, told: str, make_profile: MakeProfile) -> None:
    with pytest.raises(ProfileError) as caught:
        read_profile(make_profile(toml=f"{GOOD}\n{more}"))
    assert told in str(caught.value)


def profile_with_hash(folder: Path, name: str) -> Profile:
    return read_profile(folder).model_copy(update={"hashes": {name: "0" * 64}})


@pytest.mark.parametrize("name", ["../portrait.png", "/dev/zero", "C:\\x", "models", "pipe"])
def test_a_hash_leads_nowhere_else(name: str, make_profile: MakeProfile) -> None:
    """A profile from elsewhere must not have a device read without end, or a file outside looked into."""
    folder = make_profile()
    (folder / "models").mkdir()
    os.mkfifo(folder / "pipe")
    [problem] = changed_files(profile_with_hash(folder, name))
    assert "got" not in problem.text
