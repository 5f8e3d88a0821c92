"""What the program makes of a sound server whose devices come and go."""

import time
from pathlib import Path

import numpy as np
import pytest

from pipeline.audio.stream import RATE_HZ
from tests.devices.sound.conftest import MODULES, Program, Server, Sound, Tape, until, write_wav

pytestmark = pytest.mark.device

OWN = "understudy_microphone"
LEFT = f"source_name={OWN}"


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    """Bursts, ten seconds of them."""
    steps = np.arange(10 * RATE_HZ)
    sound: Sound = np.random.default_rng(1).normal(0.0, 0.1, len(steps)).astype(np.float32)
    sound[steps % RATE_HZ > RATE_HZ // 2] = 0.0
    return write_wav(tmp_path / "noise.wav", sound)


def began(server: Server, program: Program, source: str = OWN) -> None:
    ready = until(lambda: server.on_air(source))
    assert ready, f"the program did not begin: {program.stop()} {program.complaints}"


def heard(server: Server, noise: Path, source: str = OWN) -> float:
    """How loud what comes out gets while noise is played."""
    tape = Tape(server, source)
    server.play(noise)
    samples = tape.stop()[1]
    return float(np.abs(samples).max(initial=0.0))


def ended_well(program: Program, status: int = 0) -> None:
    """It ended by itself or because it was asked to, with at most a sentence."""
    assert program.stop() == status, program.complaints
    assert "Traceback" not in program.complaints


def test_what_a_killed_program_left_is_taken_away_by_the_next(server: Server) -> None:
    killed = Program(server, "auto")
    began(server, killed)
    killed.kill()
    assert sum(LEFT in module for module in server.modules()) == 1
    program = Program(server, "auto")
    try:
        assert until(lambda: "Understudy" in server.pactl("list", "source-outputs"))
        assert until(lambda: server.on_air(OWN))
        assert sum(LEFT in module for module in server.modules()) == 1
    finally:
        ended_well(program)
    assert not any(LEFT in module for module in server.modules())


def test_a_microphone_that_vanishes_leaves_silence_and_is_heard_again_when_it_is_back(
    server: Server, noise: Path
) -> None:
    program = Program(server, "auto")
    try:
        began(server, program)
        assert heard(server, noise) > 0.01
        server.unload("sink_name=fake_mic")
        assert not server.has_source("fake_mic.monitor")
        tape = Tape(server, OWN)
        time.sleep(3.0)
        times, samples = tape.stop()
        seconds = (times[-1] - times[0]) / 1e9
        assert len(samples) == pytest.approx(seconds * RATE_HZ, rel=0.02)
        assert float(np.abs(samples).max()) < 0.01
        server.pactl("load-module", *MODULES[1].split())
        assert until(lambda: "Understudy" in server.pactl("list", "source-outputs"), 5.0)
        assert heard(server, noise) > 0.01
        assert program.running
    finally:
        ended_well(program)


def test_a_killed_server_is_a_sentence(server: Server) -> None:
    program = Program(server, "auto")
    began(server, program)
    server.kill()
    assert until(lambda: not program.running, 20.0)
    ended_well(program, 1)
    told = [line for line in program.complaints.splitlines() if "sound server ended" in line]
    assert len(told) == 1, program.complaints


def test_an_output_that_vanishes_does_not_take_the_program_along(server: Server, noise: Path) -> None:
    """PortAudio does not always hear of it: the program then goes on, and it ends in good order either way."""
    program = Program(server, "call_out")
    try:
        began(server, program, "call_out.monitor")
        assert heard(server, noise, "call_out.monitor") > 0.01
        server.unload("sink_name=call_out")
        until(lambda: not program.running, 5.0)
    finally:
        assert program.stop() in (0, 1), program.complaints
    assert "Traceback" not in program.complaints
