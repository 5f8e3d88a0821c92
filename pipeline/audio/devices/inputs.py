"""What an actor can be heard through on this computer, to choose from."""

from dataclasses import dataclass

from pipeline.audio.devices.listing import list_sound_devices
from pipeline.audio.devices.opening import SPEECH, server_sources
from pipeline.audio.devices.silence import NOTHING


@dataclass(frozen=True, slots=True)
class Input:
    """One entry of the choice."""

    wanted: str
    """What opens it."""
    title: str
    """What people call it."""
    source: str
    """What the source calls itself when it is open."""


ALWAYS = (
    Input("demo", "the demo actor's voice", SPEECH.name),
    Input("none", "none (silence)", NOTHING),
)
"""What needs no device."""


def list_inputs() -> tuple[Input, ...]:
    """The devices that can be heard through, the sound server's where one runs; takes a second or more.

    Raises:
        DeviceError: PortAudio is missing, or a driver did not answer.
    """
    served = server_sources()
    if served:
        # PortAudio reaches the same devices, once more and worse.
        return tuple(Input(device.name, device.title, device.title) for device in served)
    heard = [device for device in list_sound_devices() if device.inputs]
    names = [device.name for device in heard]
    # Of two devices of one name only the number tells which is meant.
    return tuple(
        Input(device.name, device.name, device.name)
        if names.count(device.name) == 1
        else Input(str(device.index), f"{device.name} ({device.index})", device.name)
        for device in heard
    )
