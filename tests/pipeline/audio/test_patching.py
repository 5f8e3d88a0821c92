"""Devices of a session's sound that can't be had are told from all others, and looked for anew at every start."""

from contextlib import ExitStack
from typing import Any

import pytest

sounddevice = pytest.importorskip("sounddevice", reason="PortAudio is not here", exc_type=OSError)

from pipeline.audio.patching import open_devices  # noqa: E402  # it may load PortAudio
from pipeline.audio.settings import SoundSettings  # noqa: E402
from pipeline.clock import MonotonicClock  # noqa: E402
from pipeline.errors import MediaError, SoundError  # noqa: E402

USB = {
    "name": "USB headset",
    "index": 0,
    "max_input_channels": 0,
    "max_output_channels": 2,
    "default_samplerate": 48000,
}


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sound server answers."""
    monkeypatch.setenv("PATH", "")


def test_what_was_plugged_in_after_a_start_that_failed_is_found_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    plugged, listed = list[dict[str, Any]](), list[dict[str, Any]]()
    monkeypatch.setattr(sounddevice, "query_devices", lambda: listed)
    monkeypatch.setattr(sounddevice, "_terminate", listed.clear)
    monkeypatch.setattr(sounddevice, "_initialize", lambda: listed.extend(plugged))

    def busy(**_: Any) -> None:
        raise sounddevice.PortAudioError("Device unavailable")

    monkeypatch.setattr(sounddevice, "OutputStream", busy)
    settings = SoundSettings("demo", monitor="USB headset")
    with ExitStack() as opened, pytest.raises(SoundError, match="There is no output"):
        open_devices(settings, MonotonicClock(), None, opened)
    plugged.append(USB)
    with ExitStack() as opened, pytest.raises(SoundError, match="USB headset can't be opened: Device unavailable"):
        open_devices(settings, MonotonicClock(), None, opened)


@pytest.mark.parametrize("settings", [SoundSettings("nosuch"), SoundSettings("demo", "nosuch")])
def test_a_device_of_the_sound_that_is_not_there_is_told_from_others(settings: SoundSettings) -> None:
    with ExitStack() as opened, pytest.raises(SoundError, match="There is no"):
        open_devices(settings, MonotonicClock(), None, opened)


def test_a_file_that_holds_no_sound_is_no_device() -> None:
    with ExitStack() as opened, pytest.raises(MediaError):
        open_devices(SoundSettings(__file__), MonotonicClock(), None, opened)
