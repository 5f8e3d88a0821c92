"""What the screen of a session says in figures, and whether that is what `ctl status` says at the same moment."""

import re
import time
from dataclasses import dataclass

import pytest

from tests.stories.stage import Stage, Status, Terminal, until

STATES = re.compile(r"^\s*[●○■□▷] (ON AIR|PREVIEW|CARD|STOPPED|STARTING|NOT STARTED)")
FPS_OFF = 2.0
LATENCY_OFF_MS, LATENCY_OFF_SHARE = 25.0, 0.5
"""The screen tells the last second, the status everything since the start."""
OFFSET_OFF_MS = 60.0
REFRESH_S = 0.6
"""How old what the screen says may be."""


@dataclass(frozen=True)
class Screen:
    """One look at a dashboard of 160 columns or more."""

    text: str

    @property
    def strip(self) -> str:
        """The first line."""
        return self.text.partition("\n")[0]

    @property
    def state(self) -> str:
        """In one word, as the status has it."""
        found = STATES.match(self.strip)
        return found.group(1).replace(" ", "_") if found else ""

    @property
    def muted(self) -> bool:
        """Whether the strip says so."""
        return "MUTED" in self.strip

    @property
    def recording(self) -> bool:
        """Whether the strip says so."""
        return "● REC" in self.strip

    @property
    def word(self) -> str:
        """Sound against picture."""
        found = re.search(r"SYNC ─+ (.+?)\s*$", self.text, re.MULTILINE)
        return found.group(1) if found else ""

    @property
    def offset_ms(self) -> float | None:
        """The same as a figure; None where it is no figure."""
        if self.word == "IN SYNC":
            return 0.0
        found = re.fullmatch(r"AUDIO (\d+) ms (EARLY|LATE)", self.word)
        return None if found is None else float(found.group(1)) * (1 if found.group(2) == "EARLY" else -1)

    def figure(self, pattern: str) -> float:
        """The first figure that a pattern finds; not a number where it finds none."""
        found = re.search(pattern, self.text, re.MULTILINE)
        return float(found.group(1)) if found else float("nan")

    @property
    def lost(self) -> float:
        """Frames that never went out, in all."""
        return self.figure(r"capture +\d+ +(\d+)\s*$") + self.figure(r"output +\d+ +(\d+)\s*$")


def agree(stage: Stage, terminal: Terminal, seconds: float = 10.0) -> Status:
    """Looks at screen and status until they say the same; the status, and a note of both."""
    told: list[str] = ["nothing"]
    seen: list[tuple[Screen, Status]] = []
    began_s, looks = time.monotonic(), 0

    def same() -> bool:
        nonlocal looks
        looks += 1
        before, screen, after = stage.status(), Screen(terminal.text), stage.status()
        seen[:] = [(screen, after)]
        told[:] = differences(screen, before, after)
        return not told

    if not until(same, seconds):
        pytest.fail(f"screen and status differ: {told}\n{seen[0][0].text}")
    screen, status = seen[0]
    stage.note(
        f"  screen = status after {time.monotonic() - began_s:.1f} s, look {looks}: {screen.state}, "
        f"{status['title']}, {status['video']['fps_out']:.1f} fps out, lost {status['video']['dropped']}, "
        f"mic to ear {screen.figure(VOICE):.0f} ms, {screen.word}, "
        f"{'muted' if status['muted'] else 'heard'}, {'recording' if screen.recording else 'not recording'}"
    )
    return status


VOICE = r"mic → ear +([\d.]+) p95"


def differences(screen: Screen, before: Status, after: Status) -> list[str]:
    """What a screen says otherwise than the status before and after it."""
    checks = {
        "state": (screen.state, {state_of(before), state_of(after)}),
        "title": (True, {after["title"] in screen.strip}),
        "muted": (screen.muted, {before["muted"], after["muted"]}),
        "recording": (screen.recording, {is_recording(before), is_recording(after)}),
        "underruns": (_within(screen, r"underruns (\d+)", before, after, "underruns"), {True}),
        "overruns": (_within(screen, r"overruns (\d+)", before, after, "overruns"), {True}),
    }
    wrong = [f"{name}: {says} on the screen, {others}" for name, (says, others) in checks.items() if says not in others]
    return wrong + _rates(screen, before, after) + _sound(screen, after)


def state_of(status: Status) -> str:
    """What goes out: a card that was taken back still does, until the first picture after it."""
    state = str(status["state"]).replace(" ", "_")
    return "CARD" if state == "ON_AIR" and status["video"]["covered"] else state


def is_recording(status: Status) -> bool:
    """Whether a film is among the sinks."""
    return any(".mp4" in sink or ".mkv" in sink for sink in status["sinks"])


def _within(screen: Screen, pattern: str, before: Status, after: Status, name: str) -> bool:
    """Whether a counter of the sound is what it was just now."""
    return before["audio"][name] <= screen.figure(pattern) <= after["audio"][name]


def _rates(screen: Screen, before: Status, after: Status) -> list[str]:
    wrong = []
    for name, pattern in (("fps_in", r"\bin +([\d.]+) fps"), ("fps_out", r"\bout +([\d.]+) fps")):
        says, rates = screen.figure(pattern), (before["video"][name], after["video"][name])
        if not min(rates) - FPS_OFF <= says <= max(rates) + FPS_OFF:
            wrong.append(f"{name}: {says} on the screen, {rates}")
    fresh = before["video"]["dropped"] - REFRESH_S * after["video"]["fps_in"]
    if not fresh <= screen.lost <= after["video"]["dropped"]:
        wrong.append(f"lost: {screen.lost} on the screen, {before['video']['dropped']}..{after['video']['dropped']}")
    return wrong


def _sound(screen: Screen, status: Status) -> list[str]:
    wrong = []
    total_ms, says_ms = status["audio"]["latency_ms"]["total"]["p50"], screen.figure(VOICE)
    if total_ms is not None and not abs(says_ms - total_ms) <= max(LATENCY_OFF_MS, LATENCY_OFF_SHARE * total_ms):
        wrong.append(f"mic to ear: {says_ms} ms on the screen, {total_ms} since the start")
    offset_ms = status["sync"]["av_offset_ms"]["p50"]
    if screen.offset_ms is None:
        wrong.append(f"sync: the screen says {screen.word!r}")
    elif offset_ms is None or abs(screen.offset_ms - offset_ms) > OFFSET_OFF_MS:
        wrong.append(f"sync: {screen.word} on the screen, {offset_ms} since the start")
    return wrong
