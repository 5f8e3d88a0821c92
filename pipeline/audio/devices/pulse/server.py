"""PulseAudio, or PipeWire in its place, asked through its own command line."""

import json
import os
import re
import subprocess
from contextlib import closing
from dataclasses import dataclass
from typing import Literal

from pipeline.audio.devices.pulse.library import Connection
from pipeline.errors import DeviceError

PACTL_TIMEOUT_S = 5.0
OWN_SOURCE = "understudy_microphone"
"""The source that this program makes, which is never taken for a microphone unless it is asked for.

A second program's has a number behind it.
"""

UNNAMED = "a program without a name"


@dataclass(frozen=True, slots=True)
class PulseDevice:
    """One source or sink of the server."""

    name: str
    """What the server calls it."""
    title: str
    """What people call it."""
    monitor: bool = False
    """Whether it gives what is played to an output."""

    def __str__(self) -> str:
        """The device for people, who can type either."""
        return self.title if self.name in self.title else f"{self.name} ({self.title})"


def plain_environment() -> dict[str, str]:
    """The environment of the server's programs, which else speak the user's language and write numbers its way."""
    return {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": ""}


def pactl(*arguments: str) -> str:
    """What `pactl` prints.

    Raises:
        DeviceError: it is not there, does not answer, or refuses.
    """
    try:
        done = subprocess.run(
            ["pactl", *arguments],
            capture_output=True,
            text=True,
            timeout=PACTL_TIMEOUT_S,
            check=False,
            env=plain_environment(),
        )
    except FileNotFoundError:
        raise DeviceError(
            "There is no `pactl` to make a virtual microphone with; install it: sudo apt install pulseaudio-utils."
        ) from None
    except subprocess.TimeoutExpired:
        raise DeviceError(
            f"The sound server did not answer within {PACTL_TIMEOUT_S:g} s; "
            "restart it: systemctl --user restart pipewire-pulse."
        ) from None
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise DeviceError(f"The sound server refused `pactl {arguments[0]}`: {reason[0]}; is one running?")
    return done.stdout


def watch_server() -> subprocess.Popen[bytes]:
    """A process that ends when the server does, and not with the terminal: its signals go to a whole session."""
    quiet = subprocess.DEVNULL
    return subprocess.Popen(["pactl", "subscribe"], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)


def server_answers() -> bool:
    """Whether there is a sound server that microphones can be made on."""
    try:
        pactl("info")
    except DeviceError:
        return False
    return True


def pulse_devices(kind: Literal["sources", "sinks"]) -> tuple[PulseDevice, ...]:
    """The server's sources or sinks, with the name beside a title that others have as well; none without a server."""
    try:
        listed = json.loads(pactl("--format=json", "list", kind))
    except (DeviceError, ValueError):
        return ()
    titles = [device["description"] for device in listed]
    return tuple(
        PulseDevice(
            device["name"], title if titles.count(title) == 1 else f"{title} ({device['name']})",
            bool(device.get("monitor_source")),
        )
        for device, title in zip(listed, titles, strict=True)
    )  # fmt: skip


def is_own(name: str) -> bool:
    """Whether a source is one that this program makes, here or in another process."""
    return re.fullmatch(rf"{OWN_SOURCE}(_\d+)?", name) is not None


def remove_source(name: str, module: str) -> None:
    """Takes a source away, and ends what is recorded from it.

    A server would go on recording from another microphone: call programs would get the actor's own voice.

    Raises:
        DeviceError: no sound server answers, or its library is not there.
    """
    streams = _listening_to(name)
    if streams:
        # `pactl` can only move them.
        try:
            with closing(Connection()) as connection:
                for stream in streams:
                    connection.end_recording(stream)
        except DeviceError as error:
            raise DeviceError(f"What records {name} can't be ended: {error}; end the call and start again.") from error
    pactl("unload-module", module)


def listeners_of(name: str) -> tuple[str, ...]:
    """Names of the programs that record from a source, each once.

    Raises:
        DeviceError: no sound server answers.
    """
    numbers = set(_listening_to(name))
    if not numbers:
        return ()
    try:
        streams = json.loads(pactl("--format=json", "list", "source-outputs"))
    except ValueError:
        return (UNNAMED,)
    found = [stream.get("properties", {}) for stream in streams if stream.get("index") in numbers]
    keys = ("application.name", "application.process.binary", "media.name")
    return tuple(sorted({next((told[key] for key in keys if told.get(key)), UNNAMED) for told in found}))


def _listening_to(name: str) -> list[int]:
    """The numbers of the streams that are recorded from a source.

    Raises:
        DeviceError: no sound server answers.
    """
    sources = [line.split("\t") for line in pactl("list", "short", "sources").splitlines()]
    numbers = {fields[0] for fields in sources if len(fields) > 1 and fields[1] == name}
    streams = [line.split("\t") for line in pactl("list", "short", "source-outputs").splitlines()]
    return [int(fields[0]) for fields in streams if len(fields) > 1 and fields[1] in numbers]


def found_among(wanted: str, devices: tuple[PulseDevice, ...], usual: str) -> PulseDevice | None:
    """The device that a user means: by its name, or by a part of its name or title; None where there is none.

    Args:
        wanted: what the user typed; `auto` for the usual one.
        devices: where to look.
        usual: the name of the server's own choice.

    Raises:
        DeviceError: several fit that part as well as each other.
    """
    if wanted == "auto":
        fit = [device for device in devices if not is_own(device.name)]
        fit.sort(key=lambda device: (device.name != usual, device.monitor))
        return fit[0] if fit else None
    exact = [device for device in devices if wanted in (device.name, device.title)]
    # A mere number is one of PortAudio's, and part of many a name.
    if exact or wanted.isdigit():
        return next(iter(exact), None)
    part = [device for device in devices if wanted.casefold() in f"{device.name}\n{device.title}".casefold()]
    # What an output plays has the output's name.
    fit = [device for device in part if not device.monitor] or part
    if len(fit) > 1:
        raise DeviceError(f"{wanted} could be any of {', '.join(map(str, fit))}; name one of them in full.")
    return next(iter(fit), None)
