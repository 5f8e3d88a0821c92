"""PortAudio's devices: found by what the user typed, and opened at the rate they take."""

from collections.abc import Callable, Iterable
from typing import Any

import sounddevice

from pipeline.audio.stream import RATE_HZ
from pipeline.errors import DeviceError

CUT_LETTERS = 31
"""Windows lists a device once for each of its interfaces, and one of them cuts the name."""
WHAT = {"input": "microphone", "output": "output"}


def found(wanted: str, kind: str, besides: Iterable[str] = ()) -> dict[str, Any]:
    """PortAudio's record of a device.

    Args:
        wanted: `auto`, a number, or a part of the name.
        kind: `input` or `output`.
        besides: what else the user can choose among, by name.

    Raises:
        DeviceError: there is none.
    """
    devices = [device for device in sounddevice.query_devices() if device[f"max_{kind}_channels"] > 0]
    names = [*besides, *(str(device["name"]) for device in devices)]
    if not names:
        raise DeviceError(f"There is no {WHAT[kind]}; plug one in, or see `understudy doctor`.")
    if wanted == "auto" and devices:
        default = sounddevice.default.device[0 if kind == "input" else 1]
        return dict(next((device for device in devices if device["index"] == default), devices[0]))
    matches = [device for device in devices if wanted in (device["name"], str(device["index"]))]
    if matches:
        return dict(matches[0])
    matches = [device for device in devices if wanted.casefold() in device["name"].casefold()]
    if not matches:
        raise DeviceError(f"There is no {WHAT[kind]} {wanted}; there are: {', '.join(names)}.")
    if len({device["name"][:CUT_LETTERS] for device in matches}) > 1:
        fit = ", ".join(f"{device['name']} ({device['index']})" for device in matches)
        raise DeviceError(f"The {WHAT[kind]} {wanted} could be any of {fit}; name one of them, or its number.")
    return dict(matches[0])


def opened(device: dict[str, Any], kind: str, latency_s: float) -> tuple[Any, int]:
    """A device's stream, started, and its rate: 48 kHz, or the device's own where that is refused.

    Args:
        device: PortAudio's record of it.
        kind: `input` or `output`; at most two channels of it are opened.
        latency_s: how much it should hold.

    Raises:
        DeviceError: it can't be had at any rate.
    """
    make: Callable[..., Any] = sounddevice.InputStream if kind == "input" else sounddevice.OutputStream
    reason: Exception | None = None
    stream: Any = None
    for rate_hz in dict.fromkeys((RATE_HZ, int(device["default_samplerate"]))):
        try:
            stream = make(
                device=device["index"],
                channels=min(2, int(device[f"max_{kind}_channels"])),
                samplerate=rate_hz,
                dtype="float32",
                latency=latency_s,
            )
            stream.start()
        except sounddevice.PortAudioError as error:
            reason = error
            if stream is not None:
                stream.close(ignore_errors=True)
                stream = None
            continue
        return stream, rate_hz
    raise DeviceError(
        f"The {WHAT[kind]} {device['name']} can't be opened: {reason}; "
        "close the program that uses it or choose another."
    )
