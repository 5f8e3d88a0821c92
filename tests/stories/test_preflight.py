"""The technician's preflight: a microphone that does not fit is found, stands in the way, and is changed."""

import json
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.pipeline.preflight.microphone.chains import bluetooth_8, demo_speech
from tests.stories.stage import VIDEO, Stage, Terminal

PREFLIGHT_S = 90.0


@pytest.fixture
def headset(stage: Stage) -> Path:
    """The demo voice as a hands-free link lets it through."""
    heard = bluetooth_8(demo_speech(), np.random.default_rng(0))
    file = stage.folder / "headset.wav"
    with wave.open(str(file), "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(heard.rate_hz)
        writer.writeframes((np.clip(heard.samples[:, 0], -1, 1) * 32_767).astype("<i2").tobytes())
    return file


def test_the_technicians_preflight(stage: Stage, headset: Path) -> None:
    terminal = stage.terminal("preflight")
    # Somebody may run a preflight while a headset is connected by mistake.
    terminal.run("understudy", *VIDEO, "--loop", "--microphone", str(headset), "--virtual-microphone", "none")
    terminal.wait_for("○ PREVIEW", "The session runs.")
    failed = preflights(stage, terminal)
    assert failed["microphone.bandwidth"]["verdict"] == "FAIL", failed["microphone.bandwidth"]
    assert "Bluetooth" in failed["microphone.kind"]["measured"], failed["microphone.kind"]
    terminal.leave("r looks again")
    terminal.wait_for("preflight just now: ")
    terminal.press("Space", "failed: ", "all the same?")
    terminal.press("n", without="all the same?")
    assert stage.status()["state"] == "PREVIEW"
    terminal.press("i", "the demo actor")
    # The devices that were found come first; silence is the last one.
    terminal.keys("End", "Up", "Enter")
    terminal.wait_for("The microphone is now: the demo")
    passed = preflights(stage, terminal)
    assert passed["microphone.bandwidth"]["verdict"] == "PASS", passed["microphone.bandwidth"]
    assert "Bluetooth" not in passed["microphone.kind"]["measured"]
    terminal.press("o", "The report is in", ".html")
    (page,) = (stage.folder / "films").glob("preflight_mara_*.html")
    stage.note(f"before: {told(failed)}; after: {told(passed)}; the report has {page.stat().st_size // 1024} KiB")
    terminal.leave("r looks again")
    terminal.press("q", "ready>", without="Palette")


def preflights(stage: Stage, terminal: Terminal) -> dict[str, Any]:
    """Runs one to its end: every finding that is kept, by its id."""
    terminal.press("f", "◇ PREFLIGHT", "Say, at your usual loudness")
    terminal.wait_for("Done: r looks again", "Preflight of Mara: ", seconds=PREFLIGHT_S)
    kept = json.loads((stage.folder / "state" / "understudy" / "preflight" / "mara.json").read_text())
    assert kept["profile"] == "mara"
    return {finding["id"]: finding for finding in kept["findings"]}


def told(findings: dict[str, Any]) -> str:
    """What it sounds like, and how wide it is."""
    return f"{findings['microphone.kind']['measured']}, {findings['microphone.bandwidth']['measured']}"
