"""What a profile's file may say of people who are known again by pictures of them."""

from pathlib import Path

import pytest

from profiles.errors import ProfileError
from profiles.reading import named_files, read_profile
from profiles.store import ProfileStore
from tests.profiles.conftest import GOOD, MakeProfile
from tests.profiles.test_cast import INES, cast, problems

WITH_RECOGNISER = '[tracking]\nactor = ["room.jpg"]\nrecogniser = "room.jpg"\n'
ANNA = 'enrolled = ["anna.png"]\nprofile = "ines"'


def test_pictures_of_people_are_files_of_the_profile(store: ProfileStore, make_profile: MakeProfile) -> None:
    folder = make_profile("mara", cast(ANNA) + WITH_RECOGNISER)
    make_profile("ines", INES)
    told = problems(store)
    assert 'cast.0.enrolled.0: there is no file "anna.png"' in told
    (folder / "anna.png").write_bytes(b"anna")
    profile = store.load("mara")
    assert (profile.cast[0].face, profile.cast[0].enrolled) == (None, (Path("anna.png"),))
    assert profile.knows_people
    named = named_files(profile)
    assert named["cast.0.enrolled.0"] == folder / "anna.png"
    assert named["tracking.actor.0"] == named["tracking.recogniser"] == folder / "room.jpg"


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        (cast('face = 1\nenrolled = ["room.jpg"]\nprofile = "ines"'), "cast.0.face: stands beside `enrolled`"),
        (cast('enrolled = []\nprofile = "ines"'), "cast.0.face: is missing; wanted a side"),
        (cast('enrolled = "room.jpg"\nprofile = "ines"'), 'cast.0.enrolled: got the text "room.jpg", wanted a list'),
        (cast('enrolled = [7]\nprofile = "ines"'), "cast.0.enrolled.0: got 7, wanted the name of a file, in quotes"),
        (cast('enrolled = ["room.jpg"]\nprofile = "ines"'), "tracking.recogniser: is missing"),
        (GOOD + '[tracking]\nactor = ["room.jpg"]\n', "tracking.recogniser: is missing"),
        (GOOD + '[tracking]\nactor = ["me.png"]\n', 'tracking.actor.0: there is no file "me.png"'),
        (GOOD + "cast = 3\n", "cast: "),
        (GOOD + "tracking = 3\n", "tracking: "),
    ],
)
def test_what_it_may_not_say(make_profile: MakeProfile, toml: str, told: str) -> None:
    with pytest.raises(ProfileError) as caught:
        read_profile(make_profile("mara", toml))
    assert told in str(caught.value)


def test_a_swappers_recogniser_is_enough(make_profile: MakeProfile) -> None:
    text = GOOD + '[tracking]\nactor = ["room.jpg"]\n[embedding]\nrecogniser = "room.jpg"\n'
    assert read_profile(make_profile("mara", text)).knows_people
    assert not read_profile(make_profile("ines", INES)).knows_people
