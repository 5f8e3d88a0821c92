"""A show's file: what it may say, and everything that is wrong with one at once."""

from pathlib import Path

import pytest

from console.show.cues import MAX_CUES, Show, ShowError, read_show, staged
from tests.chains import make_profile

GOOD = """\
[[cue]]
profile = "mara"
note = "Welcome"
seconds = 42

[[cue]]
profile = "ines"
background = { path = "stage.jpg" }
note = "enters from the left"
seconds = 10.5
auto = true

[[cue]]
profile = "mara"
background = { colour = "#101010" }
"""


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "show.toml"
    file.write_text(text)
    return file


def faults(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ShowError) as caught:
        read_show(written(tmp_path, text))
    assert str(caught.value).startswith(f"The show {tmp_path / 'show.toml'} can't be played: ")
    return [f"{problem.key}: {problem.text}" for problem in caught.value.problems]


def test_a_show_is_read_and_its_paths_start_from_its_folder(tmp_path: Path) -> None:
    show = read_show(written(tmp_path, GOOD))
    assert [cue.profile for cue in show.cue] == ["mara", "ines", "mara"]
    assert show.cue[0].seconds == 42
    assert show.cue[1].background is not None
    assert show.cue[1].background.path == tmp_path / "stage.jpg"


def test_every_problem_is_told_at_once_with_the_cues_number(tmp_path: Path) -> None:
    text = '[[cue]]\nprofil = "mara"\nseconds = -1\n'
    text += '[[cue]]\nprofile = "ines"\nauto = "yes"\nbackground = { kind = "fog" }\n'
    assert faults(tmp_path, text) == [
        "cue 1.profile: is missing; wanted a profile's name, or its folder, in quotes",
        "cue 1.seconds: got -1, wanted a number above 0, at most 86400",
        "cue 1.profil: unknown key; did you mean profile?",
        'cue 2.background.kind: got the text "fog", wanted "image", "video", "blur", "colour" or "none"',
        'cue 2.auto: got the text "yes", wanted true or false',
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "cue: is missing; wanted 1 to 200 tables [[cue]]"),
        ("cue = []", "cue: got [], wanted 1 to 200 tables [[cue]]"),
        ('[[cue]]\nprofile = "a"\n' * (MAX_CUES + 1), "cue: got 201 of them, wanted 1 to 200"),
        ('[[cue]]\nprofile = "a"\nauto = true', "cue 1.auto: wants `seconds` beside it"),
        ('[[cue]]\nprofile = "a"\nbackground = { kind = "image" }', "cue 1.background.path: is missing"),
        ('[[cue]]\nprofile = "a"\nbackground = {}', "cue 1.background: says nothing"),
        ('[[cue]]\nprofile = "a"\nbackground = { pth = "x" }', "cue 1.background.pth: unknown key; did you mean path?"),
        ('[[cue]]\nprofile = "a"\nnote = "a\\nb"', "cue 1.note: got the text"),
        ("[[cues]]\n", "unknown key; did you mean cue?"),
        ("[[cue]\n", "line 1, column 6: is not TOML"),
        ("seconds = nan\n", "unknown key"),
        ('[[cue]]\nprofile = "a"\nseconds = nan', "cue 1.seconds: got NaN, wanted a number above 0"),
    ],
)
def test_what_is_wrong_is_told_with_the_cure(tmp_path: Path, text: str, fault: str) -> None:
    assert any(fault in told for told in faults(tmp_path, text))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ShowError, match="there is no such file"):
        read_show(tmp_path / "none.toml")


def test_a_cue_changes_the_room_and_nothing_else(tmp_path: Path) -> None:
    show: Show = read_show(written(tmp_path, GOOD))
    saved = make_profile("ada")
    adjusted = saved.with_face(size=1.1).with_background(kind="none")
    own, stage, plain = (staged(cue, adjusted, saved) for cue in show.cue)
    assert own.background == saved.background
    assert (stage.background.kind, stage.background.path) == ("image", tmp_path / "stage.jpg")
    assert (plain.background.kind, plain.background.colour) == ("colour", "#101010")
    assert all(profile.face.size == 1.1 for profile in (own, stage, plain))
