"""The cast of a profile: what its file may say, and whose profiles come with it."""

import pytest

from profiles.errors import ProfileError
from profiles.profile import Kind
from profiles.store import ProfileStore
from tests.profiles.conftest import GOOD, MakeProfile

INES = GOOD.replace("Mara", "Ines")


def cast(*entries: str) -> str:
    """A profile's file with entries for others in its picture."""
    return "\n".join([GOOD, *(f"[[cast]]\n{entry}\n" for entry in entries)])


def problems(store: ProfileStore) -> str:
    """What is wrong with the profile."""
    with pytest.raises(ProfileError) as caught:
        store.load("mara")
    return str(caught.value)


@pytest.mark.parametrize("named", ["ines", "../ines", "../../user/ines"])
def test_the_profiles_of_a_cast_come_with_it(store: ProfileStore, make_profile: MakeProfile, named: str) -> None:
    make_profile("mara", cast(f'face = "left"\nprofile = "{named}"', f'face = 3\nprofile = "{named}"'))
    make_profile("ines", INES)
    profile = store.load("mara")
    assert [entry.face for entry in profile.cast] == ["left", 3]
    assert [other.title for other in profile.cast_profiles] == ["Ines", "Ines"]
    assert profile == store.load(profile.folder)


def test_without_one_there_is_nobody(store: ProfileStore, make_profile: MakeProfile) -> None:
    make_profile()
    assert (store.load("mara").cast, store.load("mara").cast_profiles) == ((), ())


def test_the_cast_of_somebody_who_is_cast_plays_no_part(store: ProfileStore, make_profile: MakeProfile) -> None:
    make_profile("mara", cast('face = "left"\nprofile = "ines"'))
    make_profile("ines", cast('face = "left"\nprofile = "mara"').replace("Mara", "Ines"))
    (ines,) = store.load("mara").cast_profiles
    assert ines.cast_profiles == ()


def test_a_real_person_can_be_looked_at_in_a_cast_but_is_marked(store: ProfileStore, make_profile: MakeProfile) -> None:
    make_profile("mara", cast('face = "left"\nprofile = "ines"'))
    make_profile("ines", INES.replace('kind = "persona"', 'kind = "person"'))
    assert store.load("mara").cast_profiles[0].kind is Kind.PERSON
    told = {summary.name: summary.hindrance for summary in store.list()}
    assert "casts a real person" in told["mara"]


def test_a_profile_that_is_not_there_is_told_with_the_nearest(store: ProfileStore, make_profile: MakeProfile) -> None:
    make_profile("mara", cast('face = 1\nprofile = "iness"', 'face = 2\nprofile = "./nowhere"'))
    make_profile("ines", INES)
    told = problems(store)
    assert "cast.0.profile: can't be had: There is no profile called iness; did you mean ines?" in told
    assert "cast.1.profile: can't be had" in told
    assert "nowhere" in told


def test_what_is_wrong_with_a_cast_profile_is_told_in_the_list(store: ProfileStore, make_profile: MakeProfile) -> None:
    make_profile("mara", cast('face = 1\nprofile = "ines"'))
    make_profile("ines", "title = 3")
    told = {summary.name: summary.problems for summary in store.list()}
    assert "title" in told["mara"][0]


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ('face = "up"\nprofile = "ines"', 'got the text "up", wanted "left", "right" or a whole number of at least 0'),
        ('face = -1\nprofile = "ines"', "got -1"),
        ('face = 1.5\nprofile = "ines"', "got 1.5"),
        ('face = true\nprofile = "ines"', "got true"),
        ('face = []\nprofile = "ines"', "got an empty list"),
        ('face = 1\nprofile = "ines"\nvoice = 1', "cast.0.voice: unknown key; take it out"),
        ('profile = "ines"', "cast.0.face: is missing"),
        ("face = 1", "cast.0.profile: is missing"),
        ('face = 1\nprofile = ""', 'cast.0.profile: got the text ""'),
        ('face = 1\nprofil = "ines"', "cast.0.profil: unknown key; did you mean cast.0.profile?"),
        ('face = 1\nprofile = "in\\u0000es"', "can't be had"),
        ('face = 1\nprofile = "../in\\u0000es"', "can't be had"),
    ],
)
def test_what_an_entry_may_not_say(store: ProfileStore, make_profile: MakeProfile, entry: str, told: str) -> None:
    make_profile("mara", cast(entry))
    make_profile("ines", INES)
    assert told in problems(store)


@pytest.mark.parametrize(
    ("faces", "told"),
    [
        ((3, 1, 1), "cast: cast.1 and cast.2 are both for face 1; take one out"),
        (('"left"', '"left"'), "cast: cast.0 and cast.1 are both for face left; take one out"),
        ((0, 1, 2, 3, 4), "cast: got 5 entries, wanted at most 4; take out cast.4 and what follows it"),
    ],
)
def test_a_face_has_one_entry_and_there_are_four_at_most(
    store: ProfileStore, make_profile: MakeProfile, faces: tuple[object, ...], told: str
) -> None:
    make_profile("mara", cast(*(f'face = {face}\nprofile = "ines"' for face in faces)))
    make_profile("ines", INES)
    assert told in problems(store)


def test_who_is_not_there_is_told_with_all_else(store: ProfileStore, make_profile: MakeProfile) -> None:
    make_profile("mara", cast('face = 1\nprofile = "inez"', "face = 2").replace('title = "Mara"', "title = 3"))
    make_profile("ines", INES)
    told = problems(store)
    assert "title: got 3" in told
    assert "cast.0.profile: can't be had: There is no profile called inez; did you mean ines?" in told
    assert "cast.1.profile: is missing" in told


def test_who_is_cast_is_found_by_the_store_and_not_by_the_file(store: ProfileStore, make_profile: MakeProfile) -> None:
    make_profile("mara", f"cast_profiles = []\n{GOOD}")
    assert "cast_profiles: unknown key" in problems(store)
