"""The presenter: one profile after the other, live, by hand, by a cue list and from a foot pedal."""

import shutil
import time
from pathlib import Path

import pytest

from profiles.store import BUILTIN
from tests.stories.screen import agree
from tests.stories.stage import Stage, Status, Terminal

CAST = {"closing": "mara", "expert": "ines", "guest": "anselm", "host": "tomas", "opening": "mara"}
"""Profiles of the presenter's own, in the order of the list, and what each is a copy of."""
CUES = (
    ("opening", "Welcome", ""),
    ("guest", "enters from the left", "seconds = 30"),
    ("expert", "answers", "seconds = 2\nauto = true"),
    ("host", "thanks everybody", ""),
    ("closing", "Good night", ""),
)
ONE_GAP_MS = 400.0
"""A switch to what is ready is one frame, 67 ms; the rest is what two cores do besides."""
SIZES = ((20, 5), (80, 24), (160, 45), (20, 5), (160, 45))
FRAMES_EACH = 12
"""Of every size, most of a second."""
STARVED = 6
"""Gaps more than in as long without a change of size: those of a computer that does much else."""


@pytest.fixture
def show(stage: Stage) -> Path:
    """A show of five cues, over five profiles of the presenter's own."""
    for name, persona in CAST.items():
        own = shutil.copytree(BUILTIN / persona, stage.profiles / name) / "profile.toml"
        own.write_text(own.read_text().replace(f'title = "{persona.title()}"', f'title = "{name.title()}"'))
    file = stage.folder / "show.toml"
    file.write_text("".join(f'[[cue]]\nprofile = "{who}"\nnote = "{note}"\n{more}\n' for who, note, more in CUES))
    return file


def test_the_presenters_story(stage: Stage, show: Path) -> None:
    terminal = stage.terminal("presenter")
    assert stage.command("show", "check", str(show)).code == 0
    opens(stage, terminal, show)
    prepares_previews_and_takes(stage, terminal)
    swaps_five(stage, terminal)
    swaps_faster_than_anything_loads(stage, terminal)
    steps_through_the_cues(stage, terminal)
    is_steered_from_outside(stage, terminal)
    changes_the_size_of_the_screen(stage, terminal)
    leaves(stage, terminal)


def opens(stage: Stage, terminal: Terminal, show: Path) -> None:
    terminal.run("understudy", *stage.options, "--profile opening --show", str(show))
    seen = terminal.wait_for("○ PREVIEW", "NEXT 1/5 Opening · Welcome", "IN SYNC")
    assert all(f"{number} {mark}" in seen for number, mark in ((1, "·"), (4, "·"), (5, "●"))), seen
    terminal.press("Space", "● ON AIR")
    agree(stage, terminal)


def prepares_previews_and_takes(stage: Stage, terminal: Terminal) -> None:
    terminal.press("Up", "▸· Host")
    prepared_ms = terminal.press("Enter", "t takes it")
    status = stage.wait_for(lambda status: "host" in status["ready"])
    assert status["profile"] == "opening"
    terminal.wait_for("NEXT: seen here only", "PROGRAM: what goes out")
    for sight in ("FACES: seen here only", "MASKS: seen here only"):
        terminal.press("z", sight, "PROGRAM: what goes out")
    terminal.press("z", without="seen here only")
    began_s = time.monotonic()
    terminal.keys("t")
    terminal.wait_for_title("Host")
    took_ms = 1e3 * (time.monotonic() - began_s)
    stage.note(f"prepared and previewed {prepared_ms:.0f} ms after enter, in {took_ms:.0f} ms after t")
    tells_switches(stage, stage.wait_for(lambda status: status["profile"] == "host"), 0)
    assert agree(stage, terminal)["profile"] == "host"


def tells_switches(stage: Stage, status: Status, known: int) -> None:
    """The switches that were not known yet, one to a line."""
    for change in status["switches"][known:]:
        stage.note(
            f"  {change['from']} -> {change['to']}: prepared in {change['prepare_ms']:.0f} ms, "
            f"gap {change['gap_ms']:.0f} ms, {change['dropped']} lost"
        )
        assert change["gap_ms"] < ONE_GAP_MS
        assert change["dropped"] <= ONE_GAP_MS * 15 / 1000


def swaps_five(stage: Stage, terminal: Terminal) -> None:
    known = len(stage.status()["switches"])
    for number, name in enumerate(CAST, 1):
        began_s = time.monotonic()
        terminal.keys(str(number))
        stage.wait_for(lambda status, name=name: status["profile"] == name)  # type: ignore[misc]
        terminal.wait_for_title(name.title())
        stage.note(f"{number}: {name} is in {1e3 * (time.monotonic() - began_s):.0f} ms after the key")
    status = agree(stage, terminal)
    assert [change["to"] for change in status["switches"][known:]] == list(CAST)
    tells_switches(stage, status, known)


def swaps_faster_than_anything_loads(stage: Stage, terminal: Terminal) -> None:
    known = len(stage.status()["switches"])
    terminal.keys("1", "2", "3", "4", "2")
    status = stage.wait_for(lambda status: status["profile"] == "expert" and status["loading"] is None)
    terminal.wait_for_title("Expert")
    stage.note(f"1 2 3 4 2 at once: {[change['to'] for change in status['switches'][known:]]}")
    assert agree(stage, terminal)["profile"] == "expert"


def steps_through_the_cues(stage: Stage, terminal: Terminal) -> None:
    known = len(stage.status()["switches"])
    goes(stage, terminal, "n", "opening", "NEXT 2/5 Guest · enters from the left")
    goes(stage, terminal, "n", "guest", "NEXT 3/5 Expert · answers · in 0:2")
    goes(stage, terminal, "N", "opening", "NEXT 2/5 Guest")
    terminal.press("C", "Welcome", "Good night", "30 s", "2 s, then the next by itself")
    terminal.leave("Good night")
    goes(stage, terminal, "n", "guest", "NEXT 3/5")
    goes(stage, terminal, "n", "expert", "NEXT 4/5 Host · thanks everybody · by itself in 0:0")
    began_s = time.monotonic()
    stage.wait_for(lambda status: status["profile"] == "host")
    stage.note(f"the next cue came by itself {time.monotonic() - began_s:.1f} s later")
    terminal.wait_for("NEXT 5/5 Closing · Good night")
    goes(stage, terminal, "n", "closing", "no cue follows")
    terminal.press("n", "That was the last cue.")
    goes(stage, terminal, "BSpace", "host", "PROFILES")
    tells_switches(stage, agree(stage, terminal), known)


def goes(stage: Stage, terminal: Terminal, key: str, name: str, words: str) -> None:
    """Presses a key that brings a profile, and some words on the screen."""
    terminal.keys(key)
    stage.wait_for(lambda status: status["profile"] == name)
    terminal.wait_for_title(name.title())
    terminal.wait_for(words)


def is_steered_from_outside(stage: Stage, terminal: Terminal) -> None:
    known = len(stage.status()["switches"])
    for act, name in (
        (("switch", "guest"), "guest"),
        (("previous",), "host"),
        (("next",), "closing"),
        (("back",), "host"),
        (("prepare", "expert"), "host"),
    ):
        told = stage.ctl(*act)
        stage.wait_for(lambda status, name=name: status["profile"] == name)  # type: ignore[misc]
        terminal.wait_for_title(name.title())
        stage.note(f"ctl {' '.join(act)}: {told.strip()}")
    stage.wait_for(lambda status: "expert" in status["ready"])
    stage.ctl("take")
    tells_switches(stage, stage.wait_for(lambda status: status["profile"] == "expert"), known)
    terminal.wait_for_title("Expert")
    assert agree(stage, terminal)["profile"] == "expert"


def changes_the_size_of_the_screen(stage: Stage, terminal: Terminal) -> None:
    before, began_s = starved(stage.status()), time.monotonic()
    for columns, rows in SIZES:
        terminal.resize(columns, rows)
        shown = stage.status()["video"]["frames_out"] + FRAMES_EACH
        stage.wait_for(lambda status, shown=shown: status["video"]["frames_out"] > shown)  # type: ignore[misc]
        seen = terminal.wait_for("ON AIR").splitlines()
        assert len(seen) <= rows and max(map(len, seen)) <= columns
    status = agree(stage, terminal)
    seconds, during = time.monotonic() - began_s, starved(status) - before
    before, frames = starved(status), status["video"]["frames_out"] + 15 * seconds
    after = starved(stage.wait_for(lambda status: status["video"]["frames_out"] > frames)) - before
    stage.note(
        f"under- and overruns: {during} in {seconds:.1f} s of five sizes, {after} in as long without, "
        f"{before - during} before; {status['process']['cpu_percent']:.0f} % of a core"
    )
    assert during <= after + STARVED


def starved(status: Status) -> int:
    """Gaps and losses of the sound so far."""
    return int(status["audio"]["underruns"] + status["audio"]["overruns"])


def leaves(stage: Stage, terminal: Terminal) -> None:
    terminal.press("q", "Quitting ends")
    terminal.press("y", "ready>", without="Palette")
