"""The whole program as a process of its own: files in, files out, signals, bad input."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import pytest

from console.logs import log_file
from pipeline.inference.store import ModelStore
from profiles.store import BUILTIN
from tests.films import make_film

pytestmark = pytest.mark.skipif(
    bool(ModelStore().missing()), reason="the networks are not in the cache; understudy models pull"
)
unless_windows = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals between processes")
LIMIT_S = 60.0
TOML = """\
title = "Mara"
kind = "{kind}"
background.kind = "none"
consent.declaration = "Synthetic."
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts `understudy` with one own persona, `test`, and one person, `real`."""
    for name, kind in (("test", "persona"), ("real", "person")):
        folder = tmp_path / "profiles" / name
        folder.mkdir(parents=True)
        shutil.copy(BUILTIN / "mara" / "portrait.png", folder)
        (folder / "profile.toml").write_text(TOML.format(kind=kind))
    surroundings = {"UNDERSTUDY_PROFILES": str(tmp_path / "profiles"), "XDG_STATE_HOME": str(tmp_path / "state")}

    started: list[subprocess.Popen[str]] = []

    def command(*arguments: str | Path) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "console", *map(str, arguments)],
            cwd=BUILTIN.parents[1],
            env=os.environ | surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield command
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def finished(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Status, output and errors of a process that ends by itself."""
    output, errors = process.communicate(timeout=LIMIT_S)
    return process.returncode, output, errors


def complaints(errors: str) -> list[str]:
    """What a program complains of, apart from a computer that is so busy that no picture comes for a while."""
    return [line for line in errors.splitlines() if not line.startswith("No new picture for")]


def wait_until(process: "subprocess.Popen[str]", condition: Callable[[], bool]) -> None:
    """Waits for something that a running program brings about."""
    until = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < until
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.1)


def count_frames(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


def test_a_file_runs_without_a_screen_and_loses_nothing(start: Start, tmp_path: Path) -> None:
    film, out, stats = make_film(tmp_path / "in.mp4", 30, (160, 96)), tmp_path / "out.mp4", tmp_path / "stats.json"
    status, output, errors = finished(
        start(
            *("run", "--headless", "--profile", "test", "--camera", film, "--pace", "max"),
            *("--virtual-camera", out, "--stats", stats),
        )
    )
    assert (status, errors) == (0, "")
    assert output.startswith("30 frames in, 30 out, 0 dropped")
    video = json.loads(stats.read_text())["video"]
    assert (video["frames_in"], video["frames_out"], video["dropped"]) == (30, 30, 0)
    assert count_frames(out) == 30


@unless_windows
def test_a_switch_that_fails_costs_the_status_and_nothing_else(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film, folder = make_film(tmp_path / "in.mp4", 45, (160, 96)), tmp_path / "profiles" / "torn"
    shutil.copytree(tmp_path / "profiles" / "test", folder)
    (folder / "profile.toml").write_text(TOML.format(kind="persona").replace('kind = "none"', 'path = "room.jpg"'))
    (folder / "room.jpg").write_text("no picture")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    out, log = tmp_path / "out.mkv", log_file()
    earlier = log.stat().st_size if log.exists() else 0
    switches = ("--switch-at", "0:test", "--switch-at", "0:torn", "--virtual-camera", out)
    process = start("run", "--headless", "--profile", "test", "--camera", film, "--loop", *switches)
    wait_until(process, lambda: log.exists() and b"torn could not be made ready" in log.read_bytes()[earlier:])
    before = out.stat().st_size
    wait_until(process, lambda: out.stat().st_size > before)
    process.send_signal(signal.SIGINT)
    status, output, errors = finished(process)
    assert status == 1
    assert "frames in" in output
    overtaken, failed = complaints(errors)
    assert overtaken == "The switch to test at 0 s was overtaken by the switch to torn at 0 s."
    assert failed.startswith("The switch to torn at 0 s failed: torn")
    assert "room.jpg" in failed


@unless_windows
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_figures_and_a_file_that_plays(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    film, out, stats = make_film(tmp_path / "in.mp4", 30, (160, 96)), tmp_path / "out.mkv", tmp_path / "stats.json"
    process = start(
        *("run", "--headless", "--profile", "test", "--camera", film, "--loop"),
        *("--virtual-camera", out, "--stats", stats),
    )
    wait_until(process, lambda: out.exists() and out.stat().st_size >= 2000)
    process.send_signal(number)
    status, _, errors = finished(process)
    assert (status, complaints(errors)) == (0, [])
    assert json.loads(stats.read_text())["video"]["frames_out"] > 0
    assert count_frames(out) > 0


def test_render_keeps_every_frame(start: Start, tmp_path: Path) -> None:
    film = make_film(tmp_path / "in.mp4", 15, (160, 96), beep_s=0.5)
    status, output, errors = finished(start("render", film, tmp_path / "out.mkv", "--profile", "test"))
    assert (status, errors) == (0, "")
    assert "15 frames" in output
    assert count_frames(tmp_path / "out.mkv") == 15


def test_render_takes_sound_alone_and_tells_what_it_could_not_use(start: Start, tmp_path: Path) -> None:
    film = make_film(tmp_path / "in.mp4", 15, (160, 96), beep_s=0.5)
    status, output, errors = finished(start("render", film, tmp_path / "out.flac", "--profile", "test"))
    assert (status, errors) == (0, "")
    assert "out.flac: 1.5 s of sound." in output
    status, output, errors = finished(start("render", film, tmp_path / "out.mp3", "--profile", "test"))
    assert (status, output) == (1, "")
    assert "got the ending '.mp3'" in errors
    assert len(errors.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("--profile", "test", "--camera", "{tmp}/text.mp4"), "text.mp4"),
        (("--profile", "test", "--camera", "{tmp}/no.mp4"), "no.mp4"),
        (("--profile", "test", "--camera", "No Such Camera"), "No Such Camera"),
        (("--profile", "real", "--camera", "{tmp}/in.mp4"), "consent"),
        (("--profile", "test", "--camera", "{tmp}/in.mp4", "--record", "{tmp}/no/such/out.mp4"), "out.mp4"),
        (("--profile", "test", "--camera", "{tmp}/in.mp4", "--switch-at", "0:nobody"), "nobody"),
    ],
)
def test_what_cannot_be_run_is_one_sentence_and_status_1(
    start: Start, tmp_path: Path, arguments: tuple[str, ...], part: str
) -> None:
    make_film(tmp_path / "in.mp4", 5, (160, 96))
    (tmp_path / "text.mp4").write_text("not a film")
    filled = [argument.format(tmp=tmp_path) for argument in arguments]
    status, output, errors = finished(start("run", "--headless", *filled))
    assert (status, output) == (1, "")
    assert len(errors.splitlines()) == 1
    assert part in errors
