"""What the program makes of sound devices that come and go: silence, one sentence, never the actor's voice."""

import time
from pathlib import Path

import numpy as np
import pytest

from pipeline.audio.stream import RATE_HZ
from profiles.store import ProfileStore
from tests.devices.sound.conftest import MODULES, OWN, Program, Server, Sound, Tape, until, write_wav
from tests.devices.sound.listening import closest_likeness
from tests.pipeline.audio.voice.measures import median_hz

pytestmark = pytest.mark.device

SAID_WITHIN_NS = 1_500_000_000
"""A second, and what a computer that does other things takes to say it."""
MOST_LIKENESS = 0.8
"""Of the persona's voice with the actor's; the actor's own voice has 1."""


@pytest.fixture
def said(tmp_path: Path, speech: Sound) -> Path:
    """What the actor says, half a minute of it."""
    return write_wav(tmp_path / "said.wav", np.tile(speech, 3))


def began(server: Server, program: Program, source: str = OWN) -> None:
    """Waits until it is on air."""
    ready = until(lambda: server.on_air(source))
    assert ready, f"the program did not begin: {program.stop()} {program.complaints}"


def own_modules(server: Server) -> list[str]:
    """What makes virtual microphones on the server."""
    return [module for module in server.modules() if f"source_name={OWN} " in module]


def heard(server: Server, source: str, seconds: float) -> Sound:
    """What comes out for so long."""
    tape = Tape(server, source)
    time.sleep(seconds)
    return tape.stop()[1]


def ended_well(program: Program, status: int = 0) -> None:
    """It ended by itself or because it was asked to, with at most sentences."""
    assert program.stop() == status, program.complaints
    assert "Traceback" not in program.complaints


def persona_speaks(sound: Sound, speech: Sound) -> None:
    """Somebody is heard, without a gap, and it is not the actor."""
    likeness = closest_likeness(sound, speech)
    print(f"loudest {np.abs(sound).max():.2f}, likeness with the actor's voice {likeness:.2f}")
    assert float(np.abs(sound).max(initial=0.0)) > 0.01
    assert likeness < MOST_LIKENESS


def test_what_a_killed_program_left_is_taken_away_by_the_next(server: Server) -> None:
    killed = Program(server, "auto")
    began(server, killed)
    killed.kill()
    left = own_modules(server)
    assert len(left) == 1
    program = Program(server, "auto")
    try:
        assert until(lambda: own_modules(server) not in ([], left)), program.complaints
        assert len(own_modules(server)) == 1
    finally:
        ended_well(program)
    assert own_modules(server) == []


def test_a_second_program_leaves_the_first_ones_microphone_alone(server: Server, said: Path, speech: Sound) -> None:
    first = Program(server, "auto")
    began(server, first)
    module = own_modules(server)
    second = Program(server, "auto")
    try:
        assert until(lambda: server.has_source(f"{OWN}_2") or not second.running), second.complaints
        assert own_modules(server) == module
        assert "Understudy microphone 2" in server.pactl("list", "sources")
        with server.playing(said):
            persona_speaks(heard(server, OWN, 3.0), speech)
    finally:
        ended_well(second)
        running = first.running
        ended_well(first)
    assert running
    assert not [module for module in server.modules() if OWN in module]


def test_what_records_the_virtual_microphone_ends_with_it_and_gets_no_other(
    server: Server, said: Path, speech: Sound
) -> None:
    """A server would go on with the actor's own microphone."""
    program = Program(server, "auto")
    began(server, program)
    with server.playing(said):
        tape = Tape(server, OWN)
        time.sleep(3.0)
        ended_well(program)
        time.sleep(2.0)
        times_ns, samples = tape.stop()
    assert times_ns[-1] - times_ns[0] < 5_000_000_000
    persona_speaks(samples, speech)
    assert own_modules(server) == []


def test_a_call_that_records_what_a_killed_program_left_ends_with_it_and_gets_no_other(
    server: Server, said: Path, speech: Sound
) -> None:
    killed = Program(server, "auto")
    began(server, killed)
    with server.playing(said):
        tape = Tape(server, OWN)
        time.sleep(3.0)
        killed.kill()
        program = Program(server, "auto")
        try:
            # What the killed one left is on air as well; only the call's end tells of the next one.
            assert until(lambda: tape.over or not program.running), program.complaints
            assert until(lambda: server.on_air(OWN) or not program.running), program.complaints
            assert program.running, program.complaints
        finally:
            ended_well(program)
            samples = tape.stop()[1]
    persona_speaks(samples, speech)
    assert own_modules(server) == []


def test_a_microphone_that_vanishes_leaves_silence_and_is_heard_again_when_it_is_back(
    server: Server, said: Path, speech: Sound
) -> None:
    program = Program(server, "auto")
    try:
        began(server, program)
        with server.playing(said):
            persona_speaks(heard(server, OWN, 4.0), speech)
        # The server has another microphone, in which somebody speaks.
        with server.playing(said, "room"):
            gone_ns = time.monotonic_ns()
            server.unload("sink_name=fake_mic")
            time.sleep(0.5)
            tape = Tape(server, OWN)
            time.sleep(3.0)
            times_ns, samples = tape.stop()
        seconds = (times_ns[-1] - times_ns[0]) / 1e9
        assert len(samples) == pytest.approx(seconds * RATE_HZ, rel=0.02)
        # What was said before may still be on its way.
        assert float(np.abs(samples[RATE_HZ:]).max()) < 0.01
        assert closest_likeness(samples, speech) < MOST_LIKENESS
        print(f"the last of it {np.flatnonzero(np.abs(samples) > 0.01).max(initial=0) / RATE_HZ + 0.5:.2f} s after")
        server.pactl("load-module", *MODULES[1].split())
        assert until(lambda: "Understudy" in server.pactl("list", "source-outputs"), 5.0)
        with server.playing(said):
            persona_speaks(heard(server, OWN, 4.0), speech)
        assert program.running
    finally:
        ended_well(program)
    told_ns = program.told("No sound from")
    assert len(told_ns) == 1, program.complaints
    print(f"said after {(told_ns[0] - gone_ns) / 1e6:.0f} ms")
    assert told_ns[0] - gone_ns < SAID_WITHIN_NS


@pytest.mark.parametrize(("target", "source"), [("auto", OWN), ("call_out", "call_out.monitor")])
def test_a_killed_server_is_a_sentence_and_one_that_is_started_anew_is_heard_again(
    server: Server, said: Path, speech: Sound, target: str, source: str
) -> None:
    program = Program(server, target)
    try:
        began(server, program, source)
        gone_ns = time.monotonic_ns()
        server.kill()
        time.sleep(3.0)
        assert program.running, program.complaints
        assert server.start()
        modules = server.modules()
        began(server, program, source)
        with server.playing(said):
            persona_speaks(heard(server, source, 4.0), speech)
        assert [module for module in modules if module not in server.modules()] == []
    finally:
        ended_well(program)
    told_ns = program.told("sound server ended")
    assert len(told_ns) == 1, program.complaints
    assert own_modules(server) == []
    print(f"said after {(told_ns[0] - gone_ns) / 1e6:.0f} ms")


def test_an_output_that_vanishes_is_one_sentence_until_it_is_back_and_nothing_is_heard_elsewhere(
    server: Server, said: Path, speech: Sound
) -> None:
    program = Program(server, "call_out")
    room = Tape(server, "room.monitor")
    try:
        began(server, program, "call_out.monitor")
        with server.playing(said):
            persona_speaks(heard(server, "call_out.monitor", 4.0), speech)
            gone_ns = time.monotonic_ns()
            server.unload("sink_name=call_out")
            time.sleep(3.0)
        assert program.running, program.complaints
        server.pactl("load-module", *MODULES[2].split())
        began(server, program, "call_out.monitor")
        with server.playing(said):
            persona_speaks(heard(server, "call_out.monitor", 4.0), speech)
    finally:
        ended_well(program)
        elsewhere = room.stop()[1]
    told_ns = program.told("(call_out) is gone")
    assert len(told_ns) == len(program.told("(call_out) again")) == 1, program.complaints
    print(f"said after {(told_ns[0] - gone_ns) / 1e6:.0f} ms")
    assert told_ns[0] - gone_ns < SAID_WITHIN_NS
    assert len(elsewhere) > RATE_HZ
    assert float(np.abs(elsewhere).max()) < 1e-4


def test_headphones_that_vanish_cost_the_virtual_microphone_nothing(server: Server, said: Path, speech: Sound) -> None:
    program = Program(server, "auto", "--monitor", "call_out")
    room = Tape(server, "room.monitor")
    try:
        began(server, program)
        with server.playing(said):
            time.sleep(2.0)
            tape = Tape(server, OWN)
            time.sleep(1.0)
            gone_ns = time.monotonic_ns()
            server.unload("sink_name=call_out")
            time.sleep(3.0)
            samples = tape.stop()[1]
        assert program.running
        server.pactl("load-module", *MODULES[2].split())
        assert until(lambda: server.pactl("list", "short", "sink-inputs") != "", 10.0), program.complaints
        with server.playing(said):
            persona_speaks(heard(server, "call_out.monitor", 4.0), speech)
    finally:
        ended_well(program)
        elsewhere = room.stop()[1]
    told_ns = program.told("(call_out) is gone")
    assert len(told_ns) == len(program.told("(call_out) again")) == 1, program.complaints
    print(f"said after {(told_ns[0] - gone_ns) / 1e6:.0f} ms")
    assert told_ns[0] - gone_ns < SAID_WITHIN_NS
    persona_speaks(samples, speech)
    assert float(np.abs(elsewhere).max()) < 1e-4


def test_devices_of_other_rates_give_the_same_voice(server: Server, said: Path, speech: Sound) -> None:
    """What refuses 48 kHz is resampled: by the server here, by the program where PortAudio opens a device."""
    server.pactl("load-module", *["module-null-sink", "sink_name=low_mic", "rate=16000", "channels=1", "norewinds=1"])
    server.pactl("load-module", *["module-null-sink", "sink_name=odd_out", "rate=44100", "channels=2", "norewinds=1"])
    program = Program(server, "odd_out", "--microphone", "low_mic")
    try:
        assert until(lambda: "Understudy" in server.pactl("list", "sink-inputs")), program.complaints
        with server.playing(said, "low_mic"):
            time.sleep(3.0)
            samples = heard(server, "odd_out.monitor", 10.0)
    finally:
        ended_well(program)
    wanted_hz = ProfileStore().load("mara").voice.median_f0_hz
    assert wanted_hz is not None
    print(f"F0 {median_hz(samples):.1f} Hz, wanted {wanted_hz:.1f} Hz")
    assert median_hz(samples) == pytest.approx(wanted_hz, rel=0.05)
    persona_speaks(samples, speech)
