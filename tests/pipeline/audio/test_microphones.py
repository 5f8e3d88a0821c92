"""Microphones that stall and that are exchanged: what is heard meanwhile, and what after it."""

from collections.abc import Iterator

import numpy as np
import pytest

from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.errors import DeviceError
from pipeline.media import Block
from tests.fakes import FakeVoice
from tests.pipeline.audio.fault_desk import FaultDesk, Sound, Talker, noise, silences

SECONDS = 1.0


@pytest.fixture(params=[True, False], ids=["device", "pipe"])
def desk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultDesk]:
    """A desk with an ear that plays at its own clock, and one with an ear that takes what comes."""
    desk = FaultDesk(monkeypatch, paced=request.param)
    yield desk
    desk.end()


def tone(hertz: float) -> Sound:
    """A minute of one frequency."""
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(20 * RATE_HZ) / RATE_HZ)).astype(np.float32)


def pitch(heard: Sound) -> float:
    """The strongest frequency, in hertz."""
    strengths = np.abs(np.fft.rfft(heard * np.hanning(len(heard)), 1 << 17))
    return float(np.argmax(strengths)) * RATE_HZ / (1 << 17)


@pytest.mark.parametrize("stall_s", [0.1, 0.3, 1.5])
def test_a_stalled_microphone_is_bridged_with_silence_for_as_long_as_it_stalls(desk: FaultDesk, stall_s: float) -> None:
    """Who goes on capturing after a gap is heard at once: nothing is late."""
    desk.begin(FakeVoice(1.0))
    desk.run(SECONDS)
    before_ns = sorted(desk.latencies_ns[-20:])[10]
    desk.talker.plugged = False
    desk.run(stall_s)
    desk.talker.plugged = True
    desk.run(SECONDS)
    desk.assert_gapless()
    (silence,) = silences(desk.ears[0].heard)
    assert silence == pytest.approx(stall_s * RATE_HZ, abs=RATE_HZ // 12)
    assert sorted(desk.latencies_ns[-20:])[10] == pytest.approx(before_ns, abs=15_000_000)
    said = round((2 * SECONDS + stall_s) * RATE_HZ)
    assert np.count_nonzero(np.abs(desk.ears[0].heard) > 1e-4) == pytest.approx(said - silence, rel=0.06)


def test_what_a_stalled_microphone_delivers_late_is_left_out(desk: FaultDesk) -> None:
    """The same sound, all at once after the gap: no delay stays."""
    late = list[Block]()

    class Late(Talker):
        """Keeps what it hears while it is unplugged, and delivers that first."""

        def read(self) -> Block | None:
            if self.plugged and late:
                return late.pop(0)
            plugged, self.plugged = self.plugged, True
            block = super().read()
            self.plugged = plugged
            if plugged or block is None:
                return block
            late.append(block)
            return None

    desk.talker = Late(desk.clock, noise(20.0))
    desk.begin(FakeVoice(1.0))
    desk.run(SECONDS)
    before_ns = sorted(desk.latencies_ns[-20:])[10]
    desk.talker.plugged = False
    desk.run(0.2)
    desk.talker.plugged = True
    while late:
        desk.rig._crew.step("microphone")
        desk.rig._crew.step("audio lane")
    desk.run(SECONDS)
    desk.assert_gapless()
    (silence,) = silences(desk.ears[0].heard)
    assert silence == pytest.approx(0.2 * RATE_HZ, abs=RATE_HZ // 12)
    assert sorted(desk.latencies_ns[-20:])[10] == pytest.approx(before_ns, abs=15_000_000)


def test_each_microphone_that_is_listened_to_is_heard_and_no_other(
    desk: FaultDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    pitches = {"a": 440.0, "b": 1000.0}
    monkeypatch.setattr(
        "pipeline.audio.rig.open_microphone", lambda name, *_, **__: Talker(desk.clock, tone(pitches[name]))
    )
    desk.talker.sound = tone(pitches["a"])
    desk.begin(FakeVoice(1.0))
    desk.run(SECONDS)
    for name in ("b", "a", "b"):
        source, heard = desk.rig.source, len(desk.ears[0].heard)
        desk.rig.listen_to(name)
        desk.run(SECONDS)
        assert isinstance(source, Talker) and source.closed
        assert desk.rig.source is not source
        parts = [desk.ears[0].heard[max(0, heard - RATE_HZ // 2) : heard], desk.ears[0].heard[-RATE_HZ // 2 :]]
        assert pitch(parts[1]) == pytest.approx(pitches[name], abs=2.0)
        assert pitch(parts[0]) != pytest.approx(pitches[name], abs=2.0)
    desk.assert_gapless(falters=4)
    assert desk.failures == []
    desk.assert_told()


def test_a_microphone_that_cant_be_had_is_not_missed(desk: FaultDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise DeviceError("There is no such microphone.")

    monkeypatch.setattr("pipeline.audio.rig.open_microphone", refuse)
    desk.begin(FakeVoice(1.0))
    desk.run(SECONDS)
    with pytest.raises(DeviceError, match="no such"):
        desk.rig.listen_to("c")
    desk.run(SECONDS)
    assert silences(desk.ears[0].heard) == []
    assert len(desk.ears[0].heard) > (2 * SECONDS - 0.1) * RATE_HZ - BLOCK_SAMPLES
