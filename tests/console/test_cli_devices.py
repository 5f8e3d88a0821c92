"""`understudy devices` names what the sound server has."""

import json

import pytest

from console.commands import devices
from pipeline.audio.devices.pulse.server import PulseDevice


@pytest.fixture(autouse=True)
def server(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer with nothing but a sound server."""
    for name in ("list_cameras", "list_virtual_cameras", "list_sound_devices"):
        monkeypatch.setattr(devices, name, tuple)
    monkeypatch.setattr(devices, "server_sources", lambda: (PulseDevice("headset", "Headset\x1b[2J Mono"),))
    monkeypatch.setattr(devices, "server_sinks", lambda: (PulseDevice("call_out", "Call output"),))


def test_the_sound_servers_devices_are_listed_by_the_names_that_options_take(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert devices.list_devices(as_json=False) == 0
    printed = capsys.readouterr().out
    assert "Microphones (--microphone):\n  headset  Headset" in printed
    assert "Outputs (--virtual-microphone, --monitor):\n  call_out  Call output  sound server\n" in printed
    assert "\x1b" not in printed


def test_scripts_get_them_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert devices.list_devices(as_json=True) == 0
    found = json.loads(capsys.readouterr().out)["sound_server"]
    assert [device["name"] for kind in ("inputs", "outputs") for device in found[kind]] == ["headset", "call_out"]
