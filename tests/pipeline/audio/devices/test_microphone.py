"""A microphone of PortAudio's: at whatever rate it has, however it hands its sound over, gone and back again."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

sounddevice = pytest.importorskip("sounddevice", reason="PortAudio is not here", exc_type=OSError)

from pipeline.audio.devices import microphone  # noqa: E402  # it loads PortAudio
from pipeline.audio.devices.microphone import SILENT_NS, Microphone  # noqa: E402
from pipeline.audio.stream import RATE_HZ  # noqa: E402
from pipeline.errors import DeviceError  # noqa: E402
from pipeline.stage import EndOfSource  # noqa: E402
from tests.fakes import FakeClock  # noqa: E402

SECONDS = 2
TONE_HZ = 440.0
OTHER_RATE_HZ = 44_100


class FakeInput:
    """A device of PortAudio's that plays a tone on both channels, so much of it at each look."""

    def __init__(self, rate_hz: int, hand_over: int) -> None:
        count = np.arange(SECONDS * rate_hz)
        self._tone = (0.5 * np.sin(2 * np.pi * TONE_HZ * count / rate_hz)).astype(np.float32)
        self._hand_over, self._at = hand_over, 0
        self.plugged, self.closed = True, False

    @property
    def left(self) -> bool:
        """Whether there is more of the tone."""
        return self._at < len(self._tone)

    @property
    def read_available(self) -> int:
        """What can be read at once."""
        return min(self._hand_over, len(self._tone) - self._at) if self.plugged else 0

    def start(self) -> None:
        """It runs from the start."""

    def read(self, count: int) -> tuple[NDArray[np.float32], bool]:
        """The next of the tone."""
        samples = self._tone[self._at : self._at + count]
        self._at += count
        return np.repeat(samples[:, np.newaxis], 2, axis=1), False

    def abort(self, *, ignore_errors: bool) -> None:
        """Drops what it holds."""

    def close(self, *, ignore_errors: bool) -> None:
        """Ends it."""
        self.closed = True


class Socket:
    """What a microphone is plugged into."""

    def __init__(self) -> None:
        self.rates_hz = {RATE_HZ, OTHER_RATE_HZ}
        """Those at which it can be opened."""
        self.hand_over = 480
        self.opened: list[FakeInput] = []

    def open(self, *, samplerate: int, **_: Any) -> FakeInput:
        """Opens it, as PortAudio does."""
        if samplerate not in self.rates_hz:
            raise sounddevice.PortAudioError("Invalid sample rate")
        self.opened.append(FakeInput(samplerate, self.hand_over))
        return self.opened[-1]


@pytest.fixture
def socket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Socket]:
    """A socket with a microphone of 44.1 kHz of its own in it."""
    socket = Socket()
    device = {"name": "headset", "index": 0, "max_input_channels": 2, "default_samplerate": float(OTHER_RATE_HZ)}
    monkeypatch.setattr(microphone, "found", lambda wanted, kind: device)
    monkeypatch.setattr(sounddevice, "InputStream", socket.open)
    yield socket


def heard(source: Microphone, socket: Socket) -> NDArray[np.float32]:
    """Everything that the newest opened device says."""
    pieces = []
    while socket.opened[-1].read_available >= 480:
        block = source.read()
        assert block is not None
        assert block.rate_hz == RATE_HZ
        pieces.append(block.samples[:, 0])
    return np.concatenate(pieces)


@pytest.mark.parametrize("rate_hz", [RATE_HZ, OTHER_RATE_HZ])
def test_however_much_is_handed_over_at_once_it_is_the_same_sound(socket: Socket, rate_hz: int) -> None:
    socket.rates_hz = {rate_hz}
    sounds = []
    for hand_over in (480, 481, 545, 8193):
        socket.hand_over = hand_over
        with Microphone("headset", FakeClock()) as source:
            sounds.append(heard(source, socket))
    # The last hand-over may be too short to be taken.
    length = min(len(sound) for sound in sounds)
    assert length > (SECONDS - 0.2) * RATE_HZ
    for sound in sounds[1:]:
        assert np.abs(sound[:length] - sounds[0][:length]).max() < 1e-4


def test_where_48_khz_is_refused_the_devices_own_rate_is_taken_and_the_tone_stays(socket: Socket) -> None:
    socket.rates_hz = {OTHER_RATE_HZ}
    with Microphone("headset", FakeClock()) as source:
        assert "44.1 kHz" in source.description
        sound = heard(source, socket)
    assert len(sound) == pytest.approx(SECONDS * RATE_HZ, rel=0.02)
    whole = sound[RATE_HZ // 10 :][:RATE_HZ]
    assert int(np.abs(np.fft.rfft(whole)).argmax()) == round(TONE_HZ)
    assert np.abs(whole).max() == pytest.approx(0.5, abs=0.01)


def test_where_every_rate_is_refused_there_is_one_sentence(socket: Socket) -> None:
    socket.rates_hz = set()
    with pytest.raises(DeviceError, match="headset can't be opened: Invalid sample rate; .*choose another") as caught:
        Microphone("headset", FakeClock())
    assert len(str(caught.value).splitlines()) == 1


def test_a_microphone_that_vanishes_is_opened_again_when_it_is_back(socket: Socket) -> None:
    clock = FakeClock()
    with Microphone("headset", clock) as source:
        assert source.read() is not None
        first = socket.opened[0]
        first.plugged = False
        socket.rates_hz = set()
        clock.advance(SILENT_NS)
        while not first.closed:
            assert source.read() is None
        # As long as it is away it is tried now and then.
        for _ in range(3):
            before_ns = clock.now_ns()
            assert source.read() is None
            assert clock.now_ns() > before_ns
        socket.rates_hz = {OTHER_RATE_HZ}
        assert source.read() is None
        block = source.read()
        assert block is not None
        assert "44.1 kHz" in source.description
        # What is heard now was captured now.
        assert 0 <= clock.now_ns() - block.captured_ns < 50_000_000
    assert len(socket.opened) == 2
    assert socket.opened[1].closed


def test_a_closed_microphone_has_ended(socket: Socket) -> None:
    source = Microphone("headset", FakeClock())
    source.close()
    with pytest.raises(EndOfSource):
        source.read()
