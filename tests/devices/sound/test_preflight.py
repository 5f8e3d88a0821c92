"""What a preflight says of the virtual microphone on a real sound server, with and without somebody who listens."""

import os
import threading
import wave
from pathlib import Path

import numpy as np
import pytest

from pipeline.audio.devices.opening import SPEECH
from pipeline.audio.devices.pulse.microphone import PulseMicrophone
from pipeline.audio.devices.sound_file import SoundFile
from pipeline.audio.stream import RATE_HZ
from pipeline.clock import MonotonicClock
from pipeline.preflight.feeds.beside import Beside
from pipeline.preflight.finding import Finding, Verdict
from pipeline.preflight.system.outlets import microphone_finding
from pipeline.preflight.system.plan import SystemPlan
from tests.devices.sound.conftest import OWN, Server, Sound, Tape, until
from tests.footage import models, persona

pytestmark = pytest.mark.device


@pytest.fixture(autouse=True)
def own_server(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process asks the tests' own server."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", server.environment["XDG_RUNTIME_DIR"])
    monkeypatch.delenv("PULSE_SERVER", raising=False)
    assert "XDG_RUNTIME_DIR" in os.environ


def told(wanted: str) -> Finding:
    """What is told of a virtual microphone."""
    return microphone_finding(SystemPlan(persona(), models(), virtual_microphone=wanted))


def test_the_virtual_microphone_is_followed_from_none_to_one_that_is_recorded(server: Server) -> None:
    assert told("auto").verdict is Verdict.SKIP
    with PulseMicrophone():
        assert told("auto").verdict is Verdict.WARN
        tape = Tape(server, OWN)
        assert until(lambda: told("auto").verdict is Verdict.PASS, 10.0)
        assert told("auto").measured == "Understudy microphone is recorded by parec"
        tape.stop()
        assert until(lambda: told("auto").verdict is Verdict.WARN, 10.0)
    assert told("auto").verdict is Verdict.SKIP


def test_a_cable_is_recorded_at_its_monitor(server: Server) -> None:
    assert told("call_out").verdict is Verdict.WARN
    tape = Tape(server, "call_out.monitor")
    assert until(lambda: told("call_out").verdict is Verdict.PASS, 10.0)
    tape.stop()


def test_without_the_server_there_can_be_none(server: Server) -> None:
    server.kill()
    finding = told("auto")
    assert finding.verdict is Verdict.SKIP
    assert finding.remedy.startswith("Start PipeWire or PulseAudio")


def test_what_other_microphones_hear_and_what_is_played_is_heard_beside(server: Server, tmp_path: Path) -> None:
    for name, master in (("chosen", "fake_mic.monitor"), ("other", "call_out.monitor")):
        server.pactl("load-module", "module-remap-source", f"master={master}", f"source_name={name}")
    file = tmp_path / "speech.wav"
    with SoundFile(SPEECH, MonotonicClock(), paced=False) as speech:
        write_wav(file, np.concatenate([speech.read().samples[:, 0] for _ in range(400)]))
    clock, never = MonotonicClock(), threading.Event()
    with Beside("chosen", clock, 30.0) as beside, server.playing(file, "call_out"), server.playing(file, "room"):
        assert until(lambda: any(level > -60.0 for _, level in beside.levels_dbfs), 10.0)
        clock.wait_until(clock.now_ns() + 1_500_000_000, never)
    assert [title for title, _ in beside.levels_dbfs if "other" in title or "call_out" in title]
    assert not [title for title, _ in beside.levels_dbfs if title == "chosen"]
    played = beside.played_from(None)
    assert played is not None
    assert float(np.abs(played).max()) > 0.01


def test_without_a_server_nothing_is_heard_beside(server: Server) -> None:
    server.kill()
    with Beside("auto", MonotonicClock(), 1.0) as beside:
        assert beside.levels_dbfs == ()
        assert beside.played_from(None) is None


def write_wav(file: Path, samples: Sound) -> None:
    """Writes 48 kHz mono."""
    with wave.open(str(file), "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE_HZ)
        writer.writeframes((samples * 32_767).astype("<i2").tobytes())
