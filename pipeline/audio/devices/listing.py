"""The sound devices of this computer, asked for by a process of its own: a driver that dies takes nobody along."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.errors import DeviceError

VIRTUAL_MICROPHONE_CURES: Mapping[str, str] = MappingProxyType(
    {
        "linux": "start PipeWire or PulseAudio, and apt-get install pulseaudio-utils",
        "darwin": "brew install blackhole-2ch",
        "win32": "install VB-Cable from vb-audio.com",
    }
)
"""How to get a virtual microphone, by system."""
PROBE_LIMIT_S = 10.0
PROBE = """
import json, sounddevice
apis = sounddevice.query_hostapis()
print(json.dumps([
    {"index": d["index"], "name": d["name"], "host_api": apis[d["hostapi"]]["name"], "rate_hz": d["default_samplerate"],
     "inputs": d["max_input_channels"], "outputs": d["max_output_channels"]} for d in sounddevice.query_devices()
]))
"""


@dataclass(frozen=True, slots=True)
class SoundDevice:
    """One device as PortAudio names it."""

    index: int
    name: str
    host_api: str
    rate_hz: float
    """What it runs at unless it is asked for something else."""
    inputs: int
    outputs: int
    """Channels."""


def look_anew() -> None:
    """Lets PortAudio find what was plugged in since it looked; no stream may be open, for none would survive that."""
    port_audio = sys.modules.get("sounddevice")
    if port_audio is not None:
        port_audio._terminate()
        port_audio._initialize()


def list_sound_devices() -> tuple[SoundDevice, ...]:
    """Every input and output device.

    Raises:
        DeviceError: PortAudio is missing, or a driver did not answer.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=PROBE_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise DeviceError(
            f"The sound devices did not answer within {PROBE_LIMIT_S:g} s; "
            "unplug the last one or restart the sound server."
        ) from None
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise DeviceError(f"The sound devices can't be listed: {reason}; PortAudio is in the package libportaudio2.")
    return tuple(SoundDevice(**device) for device in json.loads(done.stdout.splitlines()[-1]))
