"""A sound server's output that fills up, stands still, vanishes and is closed in the middle of it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from pipeline.audio.devices.pulse import output
from pipeline.audio.devices.pulse.output import HELD_SAMPLES, PulseOutput
from pipeline.audio.devices.pulse.server import PulseDevice
from pipeline.errors import DeviceError

SILENCE = np.zeros(480, np.float32)
FULL = HELD_SAMPLES // len(SILENCE)


class FakeStream:
    """A sink that takes so much and then no more."""

    def __init__(self, *_: object) -> None:
        self.room = HELD_SAMPLES
        self.ended = ""
        self.closed = False

    def write(self, samples: bytes) -> None:
        """Takes what there must be room for."""
        assert len(samples) // 4 <= self.room
        self.room -= len(samples) // 4

    def close(self) -> None:
        """Ends it."""
        self.closed = True


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> FakeStream:
    """The stream that is played through."""
    fake = FakeStream()
    monkeypatch.setattr(output, "PlaybackStream", lambda *_: fake)
    monkeypatch.setattr(output, "STUCK_S", 0.01)
    monkeypatch.setattr(output, "SETTLING_S", 0.0)
    return fake


def test_what_the_server_holds_is_told(stream: FakeStream) -> None:
    with PulseOutput(PulseDevice("call", "Call output")) as sink:
        assert sink.buffered_ns == 0
        sink.write(SILENCE)
        assert sink.buffered_ns == 10_000_000
    assert stream.closed
    assert sink.buffered_ns == 0


@pytest.mark.parametrize("reason", ["the sound server ended", "the sound server took it away"])
def test_an_output_that_vanishes_is_one_sentence(stream: FakeStream, reason: str) -> None:
    with PulseOutput(PulseDevice("call", "Call output")) as sink:
        sink.write(SILENCE)
        stream.ended, stream.room = reason, 0
        # A player writes only when something is wanted.
        assert sink.buffered_ns == 0
        with pytest.raises(DeviceError) as caught:
            sink.write(SILENCE)
    assert str(caught.value).startswith(f"The output call (Call output) is gone: {reason}; ")


def test_an_output_that_stands_still_is_given_up(stream: FakeStream) -> None:
    with PulseOutput(PulseDevice("call", "Call output")) as sink:
        for _ in range(FULL):
            sink.write(SILENCE)
        with pytest.raises(DeviceError, match="is gone: it takes no more sound"):
            sink.write(SILENCE)


def test_an_output_that_takes_nothing_at_first_is_waited_for(
    stream: FakeStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "SETTLING_S", 60.0)
    with PulseOutput(PulseDevice("call", "Call output")) as sink, ThreadPoolExecutor(1) as player:
        for _ in range(FULL):
            sink.write(SILENCE)
        writing = player.submit(sink.write, SILENCE)
        with pytest.raises(TimeoutError):
            writing.result(0.1)
        stream.room = HELD_SAMPLES
        writing.result(10)


def test_closing_ends_a_write_that_waits(stream: FakeStream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "STUCK_S", 60.0)
    sink = PulseOutput(PulseDevice("call", "Call output"))
    for _ in range(FULL):
        sink.write(SILENCE)
    writing = threading.Thread(target=sink.write, args=(SILENCE,))
    writing.start()
    sink.close()
    writing.join(5.0)
    assert not writing.is_alive()
    sink.close()


def test_an_output_that_can_not_be_had_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise DeviceError("connection refused")

    monkeypatch.setattr(output, "PlaybackStream", refuse)
    with pytest.raises(DeviceError, match=r"The output call \(Call\) can't be opened: connection refused; choose"):
        PulseOutput(PulseDevice("call", "Call"))


def test_a_sink_is_taken_again_by_its_own_name_alone(stream: FakeStream, monkeypatch: pytest.MonkeyPatch) -> None:
    there, opened = list[PulseDevice](), list[str]()

    def connect(name: str, *_: object) -> FakeStream:
        opened.append(name)
        return FakeStream()

    with PulseOutput(PulseDevice("call", "Call output")) as sink:
        stream.ended = "the sound server took it away"
        with pytest.raises(DeviceError):
            sink.write(SILENCE)
        monkeypatch.setattr(output, "PlaybackStream", connect)
        monkeypatch.setattr(output, "pulse_devices", lambda kind: tuple(there))
        there.append(PulseDevice("call.2", "Call output"))
        with pytest.raises(DeviceError, match="does not have it"):
            sink.retake()
        assert stream.closed and opened == [] and sink.buffered_ns == 0
        there.append(PulseDevice("call", "Something else"))
        sink.retake()
        sink.write(SILENCE)
        assert opened == ["call"] and sink.buffered_ns == 10_000_000
        assert sink.name == "call (Call output)"
