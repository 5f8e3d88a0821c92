"""What `understudy profiles settings` tells of a profile's file, and the page that is made of it."""

from pathlib import Path

import pytest

from console.commands.targets.settings_page import TOP, markdown, section_names, settings_in
from profiles.schema import all_keys
from tests.console.conftest import Run

PAGE = Path(__file__).parents[2] / "docs" / "profile.md"


def test_the_page_is_up_to_date() -> None:
    hint = "make it again: understudy profiles settings --markdown > docs/profile.md"
    assert PAGE.read_text(encoding="utf-8") == markdown(), hint


def test_every_key_of_a_profile_is_told_with_what_it_does() -> None:
    told = {
        key if name == TOP else f"{name}.{key}": text
        for name in section_names()
        for key, text in ((setting.key, setting.text) for setting in settings_in(name)[1])
    }
    assert set(all_keys()) - {"cast", "hashes", "devices"} <= told.keys()
    assert {"cast.face", "cast.enrolled", "cast.profile"} <= told.keys()
    assert [key for key, text in told.items() if not text.endswith(".")] == []
    assert [name for name in section_names() if not settings_in(name)[0]] == []


def test_one_part_is_printed_with_ranges_and_defaults(run: Run) -> None:
    status, out, _ = run("profiles", "settings", "rvc")
    assert status == 0
    assert out.startswith("[rvc]  A voice that was trained")
    assert "  index_rate: a number from 0 to 1; default 0\n      How far" in out
    assert "  encoder: the name of a file, in quotes; no default" in out
    assert "[dfm]" not in out
    assert "  profile: a text of 1 to 200 characters; has to be there" in run("profiles", "settings", "cast")[1]


def test_all_parts_are_printed_without_one(run: Run) -> None:
    out = run("profiles", "settings")[1]
    assert all(f"\n[{name}]" in out for name in section_names() if name not in (TOP, "cast"))
    assert max(map(len, PAGE.read_text(encoding="utf-8").splitlines())) <= 120


@pytest.mark.parametrize("name", ["rcv", "face.size"])
def test_a_part_that_there_is_not_is_one_sentence(run: Run, name: str) -> None:
    status, out, err = run("profiles", "settings", name)
    assert (status, out) == (1, "")
    assert err.startswith(f"A profile has no part called {name}; there are profile, face, voice")


@pytest.mark.parametrize(
    "needed",
    [
        "`--face-model`, `dfm.model` or `embedding.model`",
        "`inswapper`, 128 pixels: a recogniser.",
        "`simswap`, 256 pixels: a recogniser and a converter",
        "`uniface`, 256 pixels: nothing",
        "## `[[cast]]`",
        '`"models/FILE"`: "auto", "cpu", "cuda" or "tensorrt"',
    ],
)
def test_the_page_says_which_file_goes_where_and_what_it_needs(needed: str) -> None:
    assert needed in markdown()
