"""`understudy show check` and `--show` from outside."""

from pathlib import Path

import pytest

from tests.console.conftest import Run, put_picture, put_profile
from tests.profiles.conftest import GOOD


@pytest.fixture
def show(home: Path) -> Path:
    put_profile(home, "own")
    put_profile(home, "person", GOOD.replace('kind = "persona"', 'kind = "person"'))
    return home / "show.toml"


def test_a_good_show_is_told_cue_by_cue(run: Run, show: Path) -> None:
    put_picture(show.parent / "stage.png")
    show.write_text(
        '[[cue]]\nprofile = "own"\nnote = "Hello"\n[[cue]]\nprofile = "ines"\nbackground.path = "stage.png"\n'
    )
    status, out, err = run("show", "check", show)
    assert (status, err) == (0, "")
    assert "1 · own" in out
    assert "before stage.png" in out
    assert f"{show}: all 2 cues can come." in out


def test_every_cue_that_can_not_come_is_named_with_the_reason(run: Run, show: Path) -> None:
    (show.parent / "torn.png").write_text("no picture")
    show.write_text(
        '[[cue]]\nprofile = "none"\n[[cue]]\nprofile = "person"\n[[cue]]\nprofile = "own"\n'
        '[[cue]]\nprofile = "own"\nbackground.path = "lost.png"\n'
        '[[cue]]\nprofile = "own"\nbackground.path = "torn.png"\n'
    )
    status, out, err = run("show", "check", show)
    assert status == 1
    assert "4 of 5 cues can't come." in out
    assert "1 × none" in err
    assert "There is no profile called none" in err
    assert "2 × person" in err
    assert "consent" in err
    assert "lost.png" in err
    assert "torn.png" in err


def test_a_file_with_problems_tells_all_of_them(run: Run, show: Path) -> None:
    show.write_text('[[cue]]\nprofil = "own"\nseconds = 0\n')
    status, _, err = run("show", "check", show)
    assert status == 1
    assert "cue 1.profile: is missing" in err
    assert "did you mean profile?" in err
    assert "cue 1.seconds: got 0" in err


def test_a_show_needs_a_screen(run: Run, show: Path) -> None:
    status, _, err = run("run", "--headless", "--show", show)
    assert status == 2
    assert "--show" in err
