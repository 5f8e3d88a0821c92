"""The persona's voice on a virtual microphone and a null sink, recorded by another process."""

import os
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.actor import measure
from pipeline.selftest.finding import beep_latencies
from pipeline.selftest.score import Score
from profiles.store import ProfileStore
from tests.devices.sound.conftest import OWN, Program, Server, Sound, Tape, until, write_wav
from tests.pipeline.audio.voice.measures import median_hz

pytestmark = pytest.mark.device

BEEPS = Score(13.0)
STEP = RATE_HZ // 100


def played_through(
    server: Server, target: str, source: str, said: Path
) -> tuple[tuple[NDArray[np.int64], Sound], tuple[NDArray[np.int64], Sound]]:
    """What went into the fake microphone and what came out, recorded at once while the program ran."""
    program = Program(server, target)
    try:
        began = until(lambda: server.on_air(source))
        assert began, f"the program did not begin: {program.stop()} {program.complaints}"
        tapes = [Tape(server, "fake_mic.monitor"), Tape(server, source)]
        time.sleep(3.0)
        server.play(said)
        time.sleep(1.0)
        went_in, came_out = (tape.stop() for tape in tapes)
        assert program.running
    finally:
        status = program.stop()
    assert status == 0, program.complaints
    assert "Traceback" not in program.complaints
    return went_in, came_out


def latency_ms(went_in: tuple[NDArray[np.int64], Sound], came_out: tuple[NDArray[np.int64], Sound]) -> float:
    """From the fake microphone to the virtual one: the median over the beeps."""
    starts = beep_starts(went_in)
    found = beep_latencies(*came_out, np.array(list(starts.values()), np.int64))
    assert len(found) >= 10
    return float(np.median(list(found.values()))) / 1e6


def beep_starts(recording: tuple[NDArray[np.int64], Sound]) -> dict[int, int]:
    """When each beep was recorded."""
    times, samples = recording
    begin_ns = int(times[np.flatnonzero(np.abs(samples) > 0.01)[0]]) - BEEPS.flashes_ns[0]
    beeps_ns = begin_ns - 500_000_000 + np.array(BEEPS.beeps_ns, np.int64)
    late = beep_latencies(times, samples, beeps_ns)
    assert set(late) == set(range(len(beeps_ns)))
    return {index: int(beeps_ns[index]) + late[index] for index in late}


def longest_hole_ms(went_in: tuple[NDArray[np.int64], Sound], came_out: tuple[NDArray[np.int64], Sound]) -> float:
    """The longest run of exact zeros where somebody speaks."""
    times, samples = went_in
    blocks = len(samples) // STEP
    loud = np.sqrt(np.square(samples[: blocks * STEP]).reshape(blocks, STEP).mean(axis=1)) > 0.02
    # What comes out is up to 0.1 s later: somebody speaks all that time.
    spoken = np.array([loud[max(0, block - 10) : block + 1].all() for block in range(blocks)])
    at = np.clip(np.searchsorted(times, came_out[0]) // STEP, 0, blocks - 1)
    hole = longest = 0
    for silent in (came_out[1] == 0.0) & spoken[at]:
        hole = hole + 1 if silent else 0
        longest = max(longest, hole)
    return longest / RATE_HZ * 1e3


def require_calm() -> None:
    """Leaves the rest of a test out where other programs take the processor: gaps and delays are then theirs."""
    load = os.getloadavg()[0]
    if load > 2 * (os.cpu_count() or 1):
        pytest.skip(f"this computer does too much else to time anything on it: load {load:.1f}")


def test_the_virtual_microphone_gives_the_personas_voice_without_a_gap(
    server: Server, tmp_path: Path, speech: Sound
) -> None:
    before = server.modules()
    went_in, came_out = played_through(server, "auto", OWN, write_wav(tmp_path / "speech.wav", speech))
    voice, reached = ProfileStore().load("mara").voice, measure(came_out[1])
    wanted_hz = voice.median_f0_hz
    assert wanted_hz is not None
    assert reached is not None
    heard_hz = median_hz(came_out[1])
    seconds = (came_out[0][-1] - came_out[0][0]) / 1e9
    print(f"F0 in {median_hz(went_in[1]):.1f} Hz, out {heard_hz:.1f} Hz, wanted {wanted_hz:.1f} Hz")
    print(f"formants {reached.formant_scale:.3f} of an average adult's, wanted {voice.formant_scale:.3f}")
    print(f"{len(came_out[1])} samples in {seconds:.2f} s, longest hole {longest_hole_ms(went_in, came_out):.1f} ms")
    assert server.modules() == before
    assert heard_hz == pytest.approx(wanted_hz, rel=0.03)
    assert reached.formant_scale == pytest.approx(voice.formant_scale, rel=0.05)
    require_calm()
    assert longest_hole_ms(went_in, came_out) <= 15.0
    assert len(came_out[1]) == pytest.approx(seconds * RATE_HZ, rel=0.01)


@pytest.mark.parametrize(
    ("target", "source", "most_ms"),
    [("auto", OWN, 60.0), ("call_out", "call_out.monitor", 90.0), ("plugged", "call_out.monitor", 90.0)],
)
def test_what_is_said_comes_out_soon(server: Server, tmp_path: Path, target: str, source: str, most_ms: float) -> None:
    said = write_wav(tmp_path / "beeps.wav", BEEPS.sound(0, round(14.0 * RATE_HZ)))
    require_calm()
    took_ms = latency_ms(*played_through(server, target, source, said))
    print(f"microphone to {target}: {took_ms:.1f} ms")
    assert took_ms <= most_ms
