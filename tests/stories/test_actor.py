"""The actor: on air in a call, muted without noticing, in need of the card, and without a terminal all at once."""

import json
import time
from pathlib import Path

import cv2
import numpy as np

from profiles.store import ProfileStore
from tests.stories.film import LABEL_OFF, Film, read_film
from tests.stories.screen import agree
from tests.stories.stage import Stage, Terminal, until

FPS = 15.0
SLOW_S = 0.35
"""From a key in tmux to the picture, on two cores that do much else; two frames are 0.13 s of it."""
SILENCE_DB, SPEECH_DB = -70.0, -45.0
EDGE_S = 0.15
"""What the voice said before the card fades out, and the coding of sound smears."""


def test_the_actors_story(stage: Stage) -> None:
    terminal = stage.terminal("actor")
    sane = terminal.settings()
    goes_on_air(stage, terminal)
    notices_the_mute(stage, terminal)
    film = panics_and_recovers(stage, terminal)
    keeps_a_snapshot(stage, terminal)
    the_film_shows_it(stage, film, ends_the_recording(stage, terminal))
    again = loses_the_terminal(stage, terminal, sane)
    ends_it_from_outside(stage, again, sane)


def goes_on_air(stage: Stage, terminal: Terminal) -> None:
    terminal.run("understudy", *stage.options)
    terminal.wait_for("○ PREVIEW", "IN SYNC", without="STARTING")
    agree(stage, terminal)
    took_ms = terminal.press("Space", "● ON AIR")
    stage.note(f"on air {took_ms:.0f} ms after the key")
    assert agree(stage, terminal)["state"] == "ON AIR"


def notices_the_mute(stage: Stage, terminal: Terminal) -> None:
    took_ms = terminal.press("m", "YOU ARE MUTED BUT SPEAKING")
    stage.note(f"YOU ARE MUTED BUT SPEAKING {took_ms:.0f} ms after the key")
    assert agree(stage, terminal)["muted"] is True
    terminal.press("m", without="MUTED")
    assert agree(stage, terminal)["muted"] is False


def panics_and_recovers(stage: Stage, terminal: Terminal) -> tuple[float, float, float]:
    """When the recording can have begun at the earliest and at the latest, and when the key was pressed."""
    before_s = time.monotonic()
    terminal.press("r", "● REC")
    status = stage.wait_for(lambda status: ".mp4" in "".join(status["sinks"]))
    begun_s, frames = time.monotonic(), status["video"]["frames_out"]
    stage.wait_for(lambda status: status["video"]["frames_out"] > frames + 2 * FPS)
    agree(stage, terminal)
    pressed_s = time.monotonic()
    took_ms = terminal.press("p", "■ CARD")
    stage.note(f"CARD on the screen {took_ms:.0f} ms after p")
    assert stage.status()["state"] == "CARD"
    frames = agree(stage, terminal)["video"]["frames_out"]
    stage.wait_for(lambda status: status["video"]["frames_out"] > frames + 2 * FPS)
    took_ms = terminal.press("p", "● ON AIR", without="CARD")
    stage.note(f"ON AIR again {took_ms:.0f} ms after p")
    frames = agree(stage, terminal)["video"]["frames_out"]
    stage.wait_for(lambda status: status["video"]["frames_out"] > frames + 2 * FPS)
    return before_s, begun_s, pressed_s


def keeps_a_snapshot(stage: Stage, terminal: Terminal) -> None:
    terminal.press("s", "Snapshot:")
    (picture,) = (stage.folder / "snapshots").glob("*.png")
    pixels, figures = cv2.imread(str(picture)), json.loads(picture.with_suffix(".json").read_text())
    assert pixels is not None and pixels.shape == (360, 640, 3) and np.std(pixels) > 10
    assert figures["state"] == "ON AIR" and figures["profile"] == "mara"
    assert set(figures) == set(stage.status())
    stage.note(f"snapshot {picture.name}: {pixels.shape[1]}x{pixels.shape[0]}, {len(figures)} figures beside it")


def ends_the_recording(stage: Stage, terminal: Terminal) -> Path:
    terminal.press("r", "The recording is complete", without="● REC")
    (film,) = (stage.folder / "films").glob("*.mp4")
    assert not any("mp4" in sink for sink in stage.status()["sinks"])
    return film


def the_film_shows_it(stage: Stage, instants: tuple[float, float, float], file: Path) -> None:
    film = read_film(file, ProfileStore().load("mara"))
    earliest_s, latest_s, pressed_s = instants
    comes_s, goes_s = film.stretch()
    early_s, late_s = comes_s - (pressed_s - earliest_s), comes_s - (pressed_s - latest_s)
    stage.note(
        f"film of {film.times_s[-1]:.1f} s, {len(film.times_s)} pictures, {int(film.cards.sum())} of the card from "
        f"{comes_s:.2f} to {goes_s:.2f} s: {early_s * 1e3:+.0f}..{late_s * 1e3:+.0f} ms after p"
    )
    assert late_s > -1 / FPS, "the card came before the key"
    assert early_s < SLOW_S, "the card came late"
    assert film.label_off.max() < LABEL_OFF, f"no label at {film.times_s[film.label_off.argmax()]:.2f} s"
    _sounds(stage, film, comes_s, goes_s)


def _sounds(stage: Stage, film: Film, comes_s: float, goes_s: float) -> None:
    during = film.loudness(comes_s + EDGE_S, goes_s - EDGE_S)
    before, after = film.loudness(0.0, comes_s), film.loudness(goes_s + EDGE_S, film.times_s[-1])
    stage.note(
        f"label off by at most {film.label_off.max():.1f} of {LABEL_OFF}; sound {before:.0f} dB before the card, "
        f"{during:.0f} during it, {after:.0f} after"
    )
    assert during < SILENCE_DB and before > SPEECH_DB and after > SPEECH_DB


def loses_the_terminal(stage: Stage, terminal: Terminal, sane: str) -> Terminal:
    """The terminal of the screen that comes after."""
    frames = stage.status()["video"]["frames_out"]
    # A shell that stays keeps the private server of terminals.
    again = stage.terminal("again")
    terminal.close()
    status = stage.wait_for(lambda status: status["video"]["frames_out"] > frames + 2 * FPS)
    assert status["state"] == "ON AIR"
    stage.note(f"terminal closed: {status['video']['frames_out'] - frames} more pictures without a screen")
    assert again.settings() == sane
    again.run("understudy attach --steer")
    again.wait_for("● ON AIR", "The terminal was closed under the screen, and the session goes on")
    agree(stage, again)
    again.press("m", "MUTED")
    assert stage.wait_for(lambda status: status["muted"])["state"] == "ON AIR"
    again.press("m", without="MUTED")
    stage.wait_for(lambda status: not status["muted"])
    return again


def ends_it_from_outside(stage: Stage, terminal: Terminal, sane: str) -> None:
    assert "ends" in stage.ctl("stop")
    terminal.wait_for("over")
    terminal.press("q", "ready>", without="Palette")
    assert terminal.settings() == sane
    assert until(lambda: not stage.sessions())
    said = stage.command("ctl", "status")
    assert said.code == 1 and said.err.count("\n") == 1 and "No session is running" in said.err
    stage.note(f"ended: {said.err.strip()}")
