"""Devices of a sound server and of PortAudio, told apart by the name that the user types."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sounddevice = pytest.importorskip("sounddevice", reason="PortAudio is not here", exc_type=OSError)

from pipeline.audio.devices import opening  # noqa: E402  # it may need PortAudio
from pipeline.audio.devices.opening import (  # noqa: E402
    open_microphone,
    open_virtual_microphone,
    refuse_hearing_itself,
    refuse_hearing_sinks,
    server_sources,
)
from pipeline.audio.devices.pulse.server import OWN_SOURCE  # noqa: E402
from pipeline.audio.monitor.monitor import open_monitor  # noqa: E402
from pipeline.clock import Playhead  # noqa: E402
from pipeline.errors import DeviceError  # noqa: E402
from tests.fakes import FakeClock  # noqa: E402
from tests.pipeline.audio.booth import FakeEar  # noqa: E402

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="PulseAudio and PipeWire are Linux's")

SOURCES = [
    {"name": "headset", "description": "Headset Mono"},
    {"name": "call_out.monitor", "description": "Monitor of Call", "monitor_source": "call_out"},
    {"name": OWN_SOURCE, "description": "Understudy microphone"},
]
SINKS = [{"name": "call_out", "description": "Call output"}, {"name": "speakers.7", "description": "Room speakers"}]
CARD = {"name": "hw:0", "index": 7, "max_input_channels": 2, "max_output_channels": 2, "default_samplerate": 48e3}


@pytest.fixture(autouse=True)
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server with a few devices, and a card of which only PortAudio knows."""
    (tmp_path / "sources").write_text(json.dumps(SOURCES))
    (tmp_path / "sinks").write_text(json.dumps(SINKS))
    script = tmp_path / "pactl"
    script.write_text(f'#!/bin/sh\n[ "$2" = list ] && exec cat "{tmp_path}/$3"\necho call_out\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(sounddevice, "query_devices", lambda: [CARD])
    monkeypatch.setattr(opening, "PulseOutput", lambda device: device.name)
    monkeypatch.setattr(opening, "PulseInput", lambda device, clock: device.name)


def microphone(wanted: str) -> Any:
    return open_microphone(wanted, FakeClock(), Playhead())


@pytest.mark.parametrize(("wanted", "name"), [("call_out", "call_out"), ("Room speakers", "speakers.7")])
def test_the_servers_outputs_are_taken_by_name_and_by_what_people_call_them(wanted: str, name: str) -> None:
    assert open_virtual_microphone(wanted) == name


@pytest.mark.parametrize(("wanted", "name"), [("headset", "headset"), ("Monitor of Call", "call_out.monitor")])
def test_the_servers_microphones_are_taken_by_name_and_by_what_people_call_them(wanted: str, name: str) -> None:
    assert microphone(wanted) == name


@pytest.mark.parametrize("wanted", ["7", "hw:0"])
def test_a_number_is_port_audios_whatever_the_server_calls_its_own(
    wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.audio.devices import loudspeaker

    monkeypatch.setattr(loudspeaker, "Loudspeaker", lambda wanted: f"PortAudio {wanted}")
    assert open_virtual_microphone(wanted) == f"PortAudio {wanted}"


def test_what_is_not_there_is_told_with_all_that_is() -> None:
    with pytest.raises(DeviceError) as caught:
        open_virtual_microphone("attic")
    told = "There is no output attic; there are: call_out (Call output), speakers.7 (Room speakers), hw:0."
    assert str(caught.value) == told
    with pytest.raises(DeviceError) as caught:
        microphone("attic")
    told = "There is no microphone attic; there are: headset (Headset Mono), call_out.monitor (Monitor of Call), hw:0."
    assert str(caught.value) == told


@pytest.mark.parametrize("wanted", ["a.mp3", "y.mkv"])
def test_a_file_of_another_kind_is_told_which_there_are(wanted: str, tmp_path: Path) -> None:
    with pytest.raises(DeviceError) as caught:
        open_virtual_microphone(str(tmp_path / wanted))
    assert str(caught.value).endswith("; end its name in one of .wav, .flac, .opus.")
    assert not (tmp_path / wanted).exists()


def test_devices_of_one_title_are_told_apart_by_name(tmp_path: Path) -> None:
    same = [{"name": name, "description": "USB microphone"} for name in ("left", "right")]
    (tmp_path / "sources").write_text(json.dumps(same))
    assert [source.title for source in server_sources()] == ["USB microphone (left)", "USB microphone (right)"]
    assert microphone("USB microphone (right)") == "right"
    with pytest.raises(DeviceError) as caught:
        microphone("usb")
    told = "usb could be any of USB microphone (left), USB microphone (right); name one of them in full."
    assert str(caught.value) == told


def test_part_of_several_of_port_audios_names_is_none_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    cards = [{**CARD, "name": "Card one"}, {**CARD, "name": "Card two", "index": 8}]
    monkeypatch.setattr(sounddevice, "query_devices", lambda: cards)
    with pytest.raises(DeviceError) as caught:
        microphone("card")
    told = "The microphone card could be any of Card one (7), Card two (8); name one of them, or its number."
    assert str(caught.value) == told


@pytest.mark.parametrize(
    ("heard", "virtual", "monitor", "told"),
    [
        ("call_out.monitor", "call_out", "none", "which would be heard again and again"),
        ("call_out.monitor", "auto", "Call output", "which would be heard again and again"),
        ("headset", "call_out", "Call output", "can't be both the virtual microphone and the monitor"),
        ("headset", "call_out", "auto", "can't be both the virtual microphone and the monitor"),
    ],
)
def test_what_would_hear_itself_is_refused(heard: str, virtual: str, monitor: str, told: str) -> None:
    with pytest.raises(DeviceError, match=told):
        refuse_hearing_itself(heard, virtual, monitor)


def test_other_devices_go_together() -> None:
    refuse_hearing_itself("headset", "call_out", "Room speakers")
    refuse_hearing_itself("call_out.monitor", "auto", "speakers.7")
    refuse_hearing_itself("film.mp4", "call_out", "none")


class Given(FakeEar):
    """A sink that a source gives back."""

    def __init__(self, heard_at: str) -> None:
        super().__init__()
        self.heard_at = heard_at


@pytest.mark.parametrize(
    ("heard", "heard_at"),
    [("call_out.monitor", "call_out.monitor"), ("Monitor of Call", "call_out.monitor"), (OWN_SOURCE, OWN_SOURCE)],
)
def test_another_microphone_that_hears_an_open_sink_is_refused(heard: str, heard_at: str) -> None:
    with pytest.raises(DeviceError, match="which would be heard again and again"):
        refuse_hearing_sinks(heard, [FakeEar(), Given(""), Given(heard_at)])
    monitor = open_monitor(Given(heard_at), FakeClock(), lambda event: None)
    assert monitor is not None
    with pytest.raises(DeviceError, match="which would be heard again and again"):
        refuse_hearing_sinks(heard, [monitor])


@pytest.mark.parametrize("heard", ["headset", "demo", "none", "film.mp4", "call_out.monitor"])
def test_another_microphone_that_hears_no_open_sink_is_taken(heard: str) -> None:
    refuse_hearing_sinks(heard, [FakeEar(), Given("speakers.7.monitor"), Given(OWN_SOURCE)])


def test_what_the_program_makes_itself_is_no_microphone_to_choose() -> None:
    assert [source.name for source in server_sources()] == ["headset", "call_out.monitor"]


@pytest.mark.parametrize("ending", ["wav", "flac", "opus"])
def test_a_sound_that_grows_is_not_replaced_by_another(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"voice.{ending}"
    with open_virtual_microphone(str(file)) as sink:
        with pytest.raises(DeviceError, match=rf"voice\.{ending} is being written already; choose another name\.$"):
            open_virtual_microphone(str(file))
        sink.write(np.zeros(48_000, np.float32))
    assert file.stat().st_size > 100
    open_virtual_microphone(str(file)).close()


def test_a_folder_is_no_output_and_is_called_one(tmp_path: Path) -> None:
    with pytest.raises(
        DeviceError, match=r"is a folder; name a file in it that ends in one of \.wav, \.flac, \.opus\.$"
    ):
        open_virtual_microphone(str(tmp_path))
