"""What a preflight says of the virtual microphone on a real sound server, with and without somebody who listens."""

import os

import pytest

from pipeline.audio.devices.pulse.microphone import PulseMicrophone
from pipeline.preflight.finding import Finding, Verdict
from pipeline.preflight.system.outlets import microphone_finding
from pipeline.preflight.system.plan import SystemPlan
from tests.devices.sound.conftest import OWN, Server, Tape, until
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
