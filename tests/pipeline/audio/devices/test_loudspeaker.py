"""A loudspeaker that stops taking sound: opened again at once, and closed in good order in the middle of it."""

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

sounddevice = pytest.importorskip("sounddevice", reason="PortAudio is not here", exc_type=OSError)

from pipeline.audio.devices import loudspeaker  # noqa: E402  # it loads PortAudio
from pipeline.audio.devices.loudspeaker import Loudspeaker  # noqa: E402
from pipeline.errors import DeviceError  # noqa: E402

SILENCE = np.zeros(480, np.float32)
DEVICE = {"name": "null", "index": 0, "max_output_channels": 2, "default_samplerate": 48_000.0}


class FakeStream:
    """A device of PortAudio's that takes so many samples and then no more."""

    def __init__(self, room: int) -> None:
        self.room, self.write_available = room, room
        self.closed = False

    def start(self) -> None:
        """It runs from the start."""

    def write(self, samples: np.ndarray[Any, Any]) -> None:
        """Takes what there must be room for."""
        assert len(samples) <= self.write_available
        self.write_available -= len(samples)

    def abort(self, *, ignore_errors: bool) -> None:
        """Drops what it holds."""

    def close(self, *, ignore_errors: bool) -> None:
        """Ends it."""
        self.closed = True


@pytest.fixture
def streams(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[FakeStream]]:
    """The streams that were opened."""
    opened: list[FakeStream] = []

    def open_stream(**_: Any) -> FakeStream:
        if len(opened) == 3:
            raise sounddevice.PortAudioError("no such device")
        opened.append(FakeStream(4800))
        return opened[-1]

    monkeypatch.setattr(loudspeaker, "found", lambda wanted, kind: DEVICE)
    monkeypatch.setattr(sounddevice, "OutputStream", open_stream)
    monkeypatch.setattr(loudspeaker, "STUCK_S", 0.01)
    yield opened


def test_what_a_device_holds_is_told(streams: list[FakeStream]) -> None:
    speaker = Loudspeaker("null")
    assert speaker.buffered_ns == 0
    speaker.write(SILENCE)
    assert speaker.buffered_ns == 10_000_000
    speaker.close()
    assert speaker.buffered_ns == 0


def test_a_device_that_takes_nothing_any_more_is_opened_again(streams: list[FakeStream]) -> None:
    speaker = Loudspeaker("null")
    for _ in range(11):
        speaker.write(SILENCE)
    assert [stream.closed for stream in streams] == [True, False]
    assert streams[1].write_available == 4800 - 480
    assert speaker.reopened == 1
    speaker.close()
    assert streams[1].closed


def test_a_device_that_can_not_be_opened_again_is_a_sentence(streams: list[FakeStream]) -> None:
    speaker = Loudspeaker("null")
    with pytest.raises(DeviceError, match="null can't be opened: .*choose another"):
        for _ in range(50):
            speaker.write(SILENCE)
    speaker.close()


def test_closing_ends_a_write_that_waits(streams: list[FakeStream], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loudspeaker, "STUCK_S", 60.0)
    speaker = Loudspeaker("null")
    for _ in range(10):
        speaker.write(SILENCE)
    writing = threading.Thread(target=speaker.write, args=(SILENCE,))
    writing.start()
    speaker.close()
    writing.join(5.0)
    assert not writing.is_alive()
    speaker.close()
