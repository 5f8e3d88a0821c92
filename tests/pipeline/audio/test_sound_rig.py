"""Microphone, lane and sinks together: gapless, silent when it has to be, and gone without a trace."""

import sys
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from pipeline.audio.devices.pulse.server import PulseDevice
from pipeline.audio.rig import SoundHooks, SoundRig, SoundSettings
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.errors import DeviceError, UnderstudyError
from pipeline.media import Block
from pipeline.telemetry import Level
from tests.chains import make_profile
from tests.fakes import FakeClock, FakeVoice
from tests.pipeline.audio.booth import BARE, SOON_S, Booth, FakeEar, FakeMicrophone, played, run_out


@pytest.fixture
def booth() -> Iterator[Booth]:
    booth = Booth()
    yield booth
    booth.close()


def test_everything_that_was_said_is_heard_in_the_targets_voice(booth: Booth) -> None:
    microphone, ear = FakeMicrophone(200), FakeEar()
    rig = booth.rig(microphone, ear, FakeVoice(0.5))
    rig.cover(False)
    run_out(rig, microphone)
    late = rig.lane.latency_ns * RATE_HZ // 1_000_000_000
    # What the stages held at the end comes out as well.
    assert len(ear.everything) == 200 * BLOCK_SAMPLES + late
    assert np.allclose(ear.everything[late + 1 : -late - 1], 0.2, atol=1e-4)
    assert rig.readings(0).blocks == 201
    assert rig.readings(0).underruns == 0
    assert not booth.latencies


def test_while_it_is_covered_or_muted_only_silence_goes_out(booth: Booth) -> None:
    microphone, ear = FakeMicrophone(50), FakeEar()
    run_out(booth.rig(microphone, ear, FakeVoice()), microphone)
    assert len(ear.everything) >= 50 * BLOCK_SAMPLES
    assert not ear.everything.any()
    microphone, ear = FakeMicrophone(50), FakeEar()
    rig = booth.rig(microphone, ear, FakeVoice())
    rig.cover(False)
    rig.switch.set(False)
    run_out(rig, microphone)
    assert not ear.everything[BLOCK_SAMPLES:].any()
    assert rig.readings(0).muted


def test_a_voice_that_breaks_leaves_silence_and_says_so(booth: Booth) -> None:
    microphone, ear, voice = FakeMicrophone(50), FakeEar(), FakeVoice()
    voice.failing = True
    rig = booth.rig(microphone, ear, voice)
    rig.cover(False)
    run_out(rig, microphone)
    assert len(ear.everything) >= 50 * BLOCK_SAMPLES
    assert not ear.everything.any()
    assert len(booth.events) == 1
    assert rig.readings(0).failed == 51


def test_a_sink_that_breaks_is_said_and_fails_a_session_that_has_no_other(booth: Booth) -> None:
    microphone, ear = FakeMicrophone(50), FakeEar(breaks_after=10)
    rig = booth.rig(microphone, ear, FakeVoice())
    rig.cover(False)
    run_out(rig, microphone)
    assert len(booth.failures) == 1
    assert rig.readings(0).lost_sinks == ("The fake ear was told to break.",)
    assert rig.readings(0).sinks == ()


def test_a_thread_that_breaks_is_said_and_silences_the_rest(booth: Booth) -> None:
    microphone, ear = FakeMicrophone(50, breaks_after=5), FakeEar()
    rig = booth.rig(microphone, ear, FakeVoice())
    rig.cover(False)
    rig.start()
    rig.join("microphone", SOON_S)
    assert len(booth.failures) == 1
    assert "microphone" in str(booth.failures[0])


def test_another_profiles_voice_is_taken_with_its_settings(booth: Booth) -> None:
    rig = booth.rig(FakeMicrophone(10), FakeEar(), FakeVoice())
    other, profile = FakeVoice(), make_profile("ada")
    rig.take(other, profile)
    played(rig)
    assert rig.lane.voice is other
    assert other.adjusted == [profile]


def test_stopping_leaves_no_thread_and_closes_every_device(booth: Booth) -> None:
    microphone, ear = FakeMicrophone(1_000_000), FakeEar()
    before = set(threading.enumerate())
    rig = booth.rig(microphone, ear, FakeVoice())
    rig.start()
    rig.stop(SOON_S)
    assert set(threading.enumerate()) <= before
    assert microphone.closed.is_set()
    assert ear.close_count == 1


def test_the_interpreter_takes_turns_sooner_while_there_is_sound_and_as_before_afterwards(booth: Booth) -> None:
    before_s = sys.getswitchinterval()
    rig = booth.rig(FakeMicrophone(1_000_000), FakeEar(), FakeVoice())
    rig.start()
    assert sys.getswitchinterval() < before_s
    rig.stop(SOON_S)
    assert sys.getswitchinterval() == before_s


def test_a_microphone_that_is_lost_and_comes_back_is_said_once_each(booth: Booth) -> None:
    class Loose(FakeMicrophone):
        """Gives nothing for a while."""

        def read(self) -> Block | None:
            self._count += 1
            if 10 < self._count < 200:
                clock.advance(10_000_000)
                return None
            return super().read()

    clock = FakeClock()
    hooks = SoundHooks(booth.events.append, booth.failures.append, booth.latencies.append)
    rig = SoundRig(SoundSettings(Loose(40), FakeEar(), condition=BARE), FakeVoice(), clock, hooks, None)
    rig.start()
    rig.join("microphone", SOON_S)
    rig.stop(SOON_S)
    assert [event.level for event in booth.events] == [Level.WARNING, Level.INFO]
    assert "fake microphone" in booth.events[0].text


def test_another_microphone_is_taken_while_it_runs(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, ear = FakeMicrophone(10**9), FakeMicrophone(20), FakeEar()
    rig = booth.rig(first, ear, FakeVoice())
    rig.cover(False)
    rig.start()
    monkeypatch.setattr("pipeline.audio.rig.open_microphone", lambda *_, **__: second)
    rig.listen_to("another")
    rig.join("microphone", SOON_S)
    assert first.closed.is_set()
    assert rig.source is second
    assert not second.closed.is_set()
    with pytest.raises(DeviceError, match="too late"):
        rig.listen_to("a third")


def test_a_microphone_that_gives_what_goes_out_is_refused_on_air_too(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Given(FakeEar):
        """A sink that a source gives back."""

        heard_at = "call_out.monitor"

    given = PulseDevice("call_out.monitor", "Monitor of Call", monitor=True)
    monkeypatch.setattr("pipeline.audio.devices.opening.pulse_source", lambda wanted: given)
    monkeypatch.setattr("pipeline.audio.rig.open_microphone", lambda *_, **__: FakeMicrophone(20))
    first = FakeMicrophone(10**9)
    rig = booth.rig(first, Given(), FakeVoice())
    rig.start()
    with pytest.raises(DeviceError, match="Monitor of Call.* heard again and again"):
        rig.listen_to("Monitor of Call")
    assert not first.closed.is_set()
    assert rig.source is first


def test_a_microphone_that_cant_be_had_leaves_the_one_that_is_open(booth: Booth) -> None:
    first = FakeMicrophone(10**9)
    rig = booth.rig(first, FakeEar(), FakeVoice())
    rig.start()
    with pytest.raises(UnderstudyError, match="nowhere.wav"):
        rig.listen_to("nowhere.wav")
    assert not first.closed.is_set()
    assert rig.source is first
