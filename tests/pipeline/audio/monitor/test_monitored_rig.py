"""The monitor beside the virtual microphone, and a microphone that is chosen late."""

from collections.abc import Iterator

import pytest

from pipeline.audio.monitor import monitor
from pipeline.audio.rig import SoundHooks, SoundRig, SoundSettings
from pipeline.audio.stream import BLOCK_SAMPLES
from pipeline.clock import MonotonicClock, Playhead
from tests.fakes import FakeVoice
from tests.pipeline.audio.booth import BARE, SOON_S, Booth, FakeEar, FakeMicrophone, played


@pytest.fixture
def booth() -> Iterator[Booth]:
    booth = Booth()
    yield booth
    booth.close()


def test_a_recording_that_is_chosen_late_does_not_hold_its_pictures_up(booth: Booth) -> None:
    playhead, now_ns = Playhead(), MonotonicClock().now_ns()
    playhead.due_ns(0, now_ns - 100_000_000_000)
    settings = SoundSettings(FakeMicrophone(0), FakeEar(), condition=BARE)
    hooks = SoundHooks(booth.events.append, booth.failures.append, booth.latencies.append)
    rig = SoundRig(settings, FakeVoice(), MonotonicClock(), hooks, playhead)
    rig.listen_to("demo")
    assert rig._coming is not None
    assert rig._coming.read() is not None
    rig.stop(SOON_S)
    now_ns = MonotonicClock().now_ns()
    assert playhead.due_ns(100_000_000_000, now_ns) <= now_ns


def test_the_monitor_gets_what_goes_out_and_what_breaks_it_is_not_heard_outside(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    headphones, ear = FakeEar(breaks_after=20), FakeEar()
    monkeypatch.setattr(monitor, "open_output", lambda wanted: headphones)
    hooks = SoundHooks(booth.events.append, booth.failures.append, booth.latencies.append)
    settings = SoundSettings(FakeMicrophone(200), ear, monitor="headphones", condition=BARE)
    rig = SoundRig(settings, FakeVoice(0.5), MonotonicClock(), hooks, None)
    played(rig)
    assert len(headphones.heard) == 20
    assert headphones.close_count == 1
    assert len(ear.everything) >= 200 * BLOCK_SAMPLES
    assert [event.text for event in booth.events] == ["The fake ear was told to break."]
    assert not booth.failures
    assert rig.monitor is None
    assert rig.readings(0).sinks == ("fake ear",)
