"""What an actor can be heard through: a list to choose from, and silence as one of the choices."""

import pytest

from pipeline.audio.devices import inputs
from pipeline.audio.devices.inputs import ALWAYS, list_inputs
from pipeline.audio.devices.listing import SoundDevice
from pipeline.audio.devices.opening import open_microphone
from pipeline.audio.devices.pulse.server import PulseDevice
from pipeline.clock import Playhead
from pipeline.stage import EndOfSource
from tests.fakes import FakeClock


def device(index: int, name: str, channels: int = 1) -> SoundDevice:
    """A device of PortAudio's."""
    return SoundDevice(index, name, "ALSA", 48_000.0, channels, 2)


def test_the_servers_devices_are_listed_where_one_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "server_sources", lambda: (PulseDevice("alsa_input.usb", "USB microphone"),))
    monkeypatch.setattr(inputs, "list_sound_devices", lambda: (device(0, "pulse"),))
    assert [(entry.wanted, entry.title) for entry in list_inputs()] == [("alsa_input.usb", "USB microphone")]


def test_else_those_that_give_sound_and_by_number_where_a_name_is_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "server_sources", tuple)
    devices = (device(0, "Webcam"), device(1, "Speakers", 0), device(2, "Mic"), device(3, "Mic"))
    monkeypatch.setattr(inputs, "list_sound_devices", lambda: devices)
    assert [(entry.wanted, entry.title) for entry in list_inputs()] == [
        ("Webcam", "Webcam"),
        ("2", "Mic (2)"),
        ("3", "Mic (3)"),
    ]


def test_what_needs_no_device_opens_and_calls_itself_as_the_list_says() -> None:
    for entry in ALWAYS:
        with open_microphone(entry.wanted, FakeClock(), Playhead()) as source:
            assert source.name == entry.source
            assert source.description.partition(" · ")[0] == entry.source


def test_no_microphone_is_silence_in_real_time_until_it_is_closed() -> None:
    clock = FakeClock(1_000_000_000)
    source = open_microphone("none", clock, Playhead())
    blocks = [source.read() for _ in range(100)]
    assert all(block is not None and not block.samples.any() for block in blocks)
    assert [block.captured_ns for block in blocks if block] == [
        1_000_000_000 + number * 10_000_000 for number in range(100)
    ]
    assert clock.now_ns() == 2_000_000_000
    source.close()
    with pytest.raises(EndOfSource):
        source.read()
