"""The technician: before the call, with profiles that have mistakes in them; and beside it, in another terminal."""

import re
import shutil
from pathlib import Path

import pytest

from profiles.store import BUILTIN
from tests.stories.screen import agree
from tests.stories.stage import Stage, Status, Terminal, until

GOOD, WRONG = "formant_scale = 1.06", "formant_scale = 9.0"
RANGE = "voice.formant_scale: got 9.0, wanted a number from 0.7 to 1.4"
FACELESS = 'there is no file "portrait.png" beside profile.toml'


@pytest.fixture
def shelf(stage: Stage) -> Path:
    """Two profiles of the user's own, each with a mistake."""
    for name in ("wrong", "faceless"):
        own = shutil.copytree(BUILTIN / "mara", stage.profiles / name) / "profile.toml"
        own.write_text(own.read_text().replace('title = "Mara"', f'title = "{name.title()}"'))
    replace_in(stage.profiles / "wrong" / "profile.toml", GOOD, WRONG)
    (stage.profiles / "faceless" / "portrait.png").unlink()
    return stage.profiles


def replace_in(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_the_technicians_story(stage: Stage, shelf: Path) -> None:
    terminal, beside = stage.terminal("technician"), stage.terminal("beside")
    sees_what_is_refused(stage, terminal)
    finds_the_trail_of_events(terminal)
    asks_the_commands(stage)
    mends_both(stage, shelf)
    runs_it_again(stage, terminal)
    mends_one_in_the_form(stage, terminal, shelf / "wrong" / "profile.toml")
    watches_from_beside(stage, terminal, beside)
    steers_from_outside(stage, terminal)
    leaves(stage, terminal)


def sees_what_is_refused(stage: Stage, terminal: Terminal) -> None:
    terminal.run("understudy", *stage.options)
    seen = terminal.wait_for("○ PREVIEW", "IN SYNC")
    for title in ("wrong", "faceless"):
        assert re.search(rf"× {title} +refused", seen), seen
    terminal.press("P", "of your own", "2 of your own, 4 shipped")
    terminal.wait_for("refused: ", "face.portrait: there is", 'no file "portrait.png"')
    terminal.press("Down", "voice.formant_scale: got", "9.0, wanted")
    terminal.leave("of your own")
    # The mark begins at Mara; those that can't go on air are last.
    terminal.press("Down", "▸· Tomas")
    terminal.press("Down", "▸× faceless")
    terminal.press("Enter", "can't be taken: face.portrait", "there is no file")
    said = stage.command("ctl", "switch", "wrong")
    assert said.code == 1 and said.err.count("\n") == 1 and RANGE in said.err
    stage.note(f"ctl switch wrong: {said.err.strip()}")
    assert agree(stage, terminal)["profile"] == "mara"


def finds_the_trail_of_events(terminal: Terminal) -> None:
    terminal.press("E", "EVENTS  everything", "The session runs.", "can't be taken", "put it there or name another")
    terminal.press("/", "words to find")
    # Nothing on the screen tells that the field has the focus, and until it has, p is panic.
    until(lambda: False, 0.5)
    terminal.type("portrait")
    terminal.wait_for("EVENTS  everything  1 event", "error  The profile faceless", "→ put it there or name another")
    terminal.leave("EVENTS  ")


def asks_the_commands(stage: Stage) -> None:
    said = stage.command("profiles", "check", "wrong", "faceless")
    assert said.code == 1
    assert RANGE in said.out + said.err and FACELESS in said.out + said.err
    doctor = stage.command("doctor")
    (line,) = (line for line in doctor.out.splitlines() if "can't be used" in line and "Profiles" in line)
    assert "faceless, wrong" in line
    stage.note(f"profiles check: status {said.code}; doctor: {' '.join(line.split())}")


def mends_both(stage: Stage, shelf: Path) -> None:
    replace_in(shelf / "wrong" / "profile.toml", WRONG, GOOD)
    shutil.copy(BUILTIN / "mara" / "portrait.png", shelf / "faceless")
    said = stage.command("profiles", "check", "wrong", "faceless")
    assert said.code == 0, said
    assert not any("can't be used" in line for line in stage.command("doctor").out.splitlines() if "Profiles" in line)


def runs_it_again(stage: Stage, terminal: Terminal) -> None:
    terminal.press("q", "ready>", without="Palette")
    terminal.run("clear; understudy --profile wrong", *stage.options)
    seen = terminal.wait_for("○ PREVIEW", "IN SYNC")
    assert "refused" not in seen
    terminal.press("Space", "● ON AIR")
    terminal.keys("1")
    terminal.wait_for_title("Faceless")
    terminal.keys("BSpace")
    terminal.wait_for_title("Wrong")
    assert agree(stage, terminal)["profile"] == "wrong"
    switches = stage.status()["switches"]
    assert [(change["from"], change["to"]) for change in switches] == [("wrong", "faceless"), ("faceless", "wrong")]
    stage.note(f"both go on air; gaps {[change['gap_ms'] for change in switches]} ms")


def mends_one_in_the_form(stage: Stage, terminal: Terminal, file: Path) -> None:
    terminal.press("e", "EDIT Wrong · as saved")
    terminal.press("/", "words of a setting")
    terminal.type("formant scale")
    terminal.wait_for("formant scale", without="pitch semitones")
    terminal.keys("Enter")
    if "voice.formant_scale" not in terminal.text:
        terminal.press("Down", "voice.formant_scale")
    terminal.press("Right", "1 not saved")
    terminal.press("u", "as saved")
    terminal.press("U", "1 not saved")
    terminal.press("s", "Write voice.formant_scale = ", "into profile.toml of")
    terminal.press("y", "Saved 1 setting of Wrong", "EDIT Wrong · as saved")
    terminal.leave("EDIT Wrong")
    (saved,) = re.findall(r"^formant_scale = (.*)$", file.read_text(), re.MULTILINE)
    assert 1.06 < float(saved) <= 1.4
    assert "# From 100 Hz" in file.read_text(), "remarks stay"
    assert stage.command("profiles", "check", "wrong").code == 0
    stage.note(f"the form wrote formant_scale = {saved}")


def watches_from_beside(stage: Stage, terminal: Terminal, beside: Terminal) -> None:
    beside.run("understudy attach")
    beside.wait_for("● ON AIR", "READ ONLY", "Wrong")
    agree(stage, terminal)
    agree(stage, beside)
    before = steered(stage.status())
    beside.keys("Space", "p", "m", "2", "t", "n", "]", "r", "s", "BSpace")
    # What was pressed before the help is over when the help is there.
    beside.press("?", "KEYS AND WORDS")
    beside.leave("KEYS AND WORDS")
    assert steered(stage.status()) == before
    beside.press("q", "ready>", without="Palette")
    assert steered(stage.status()) == before
    stage.note(f"the second terminal watched {before} and changed nothing")


def steered(status: Status) -> tuple[object, ...]:
    """What an act would change."""
    return status["state"], status["profile"], status["muted"], status["sinks"], len(status["switches"])


def steers_from_outside(stage: Stage, terminal: Terminal) -> None:
    said = stage.command("ctl", "mute", "--token", "guessed")
    assert (said.code, said.out) == (1, "") and said.err.count("\n") == 1 and "token is wrong" in said.err
    assert stage.status()["muted"] is False
    stage.note(f"wrong token: status {said.code}, {said.err.strip()}")
    stage.ctl("mute")
    terminal.wait_for("MUTED")
    assert agree(stage, terminal)["muted"] is True
    stage.ctl("unmute")
    terminal.wait_for("● ON AIR", without="MUTED")
    agree(stage, terminal)
    assert "wrong token" in stage.log


def leaves(stage: Stage, terminal: Terminal) -> None:
    terminal.press("q", "You are on air.", "Quitting ends")
    terminal.press("n", without="Quitting ends")
    assert stage.status()["state"] == "ON AIR"
    terminal.press("q", "Quitting ends")
    terminal.press("y", "ready>", without="Palette")
