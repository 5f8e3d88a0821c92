"""`understudy devices`: the cameras, microphones and virtual cameras of this computer."""

import json
from dataclasses import asdict

import typer

from pipeline.audio.devices.listing import SoundDevice, list_sound_devices
from pipeline.audio.devices.opening import server_sinks, server_sources
from pipeline.errors import DeviceError
from pipeline.video.devices.listing import list_cameras, list_virtual_cameras
from profiles.plain_text import visible


def list_devices(*, as_json: bool) -> int:
    """Prints every camera and sound device; what a terminal would obey in their names is written out."""
    cameras, virtual, (sound, no_sound) = list_cameras(), list_virtual_cameras(), _sound_devices()
    served = {"inputs": server_sources(), "outputs": server_sinks()}
    if as_json:
        found = {
            "cameras": [asdict(camera) for camera in cameras],
            "virtual_cameras": [asdict(camera) for camera in virtual],
            "sound": [asdict(device) for device in sound],
            "sound_server": {kind: [asdict(device) for device in devices] for kind, devices in served.items()},
        }
        typer.echo(json.dumps(found, indent=2))
        return 0
    typer.echo("Cameras (--camera):")
    for camera in cameras:
        remark = "  fed by another program" if camera.virtual else ""
        typer.echo(visible(f"  {camera.index}  {camera.name}  {camera.path}{remark}"))
    if not cameras:
        typer.echo("  none found; demo is the built-in actor, and a picture or video file serves as well")
    typer.echo("Virtual cameras (--virtual-camera):")
    for device in virtual:
        remark = "" if device.writable else "  in use by another program"
        typer.echo(visible(f"  {device.device}  {device.name}{remark}"))
    if not virtual:
        typer.echo("  none found; understudy doctor says how to make one")
    for title, kind in (
        ("Microphones (--microphone)", "inputs"),
        ("Outputs (--virtual-microphone, --monitor)", "outputs"),
    ):
        typer.echo(f"{title}:")
        for served_by in served[kind]:
            typer.echo(visible(f"  {served_by.name}  {served_by.title}  sound server"))
        listed = [item for item in sound if getattr(item, kind)]
        for item in listed:
            typer.echo(visible(f"  {item.index}  {item.name}  {item.host_api}, {item.rate_hz:g} Hz"))
        if not listed and not served[kind]:
            typer.echo(f"  none found{no_sound}")
    return 0


def _sound_devices() -> tuple[tuple[SoundDevice, ...], str]:
    """The sound devices, or none and why."""
    try:
        return list_sound_devices(), ""
    except DeviceError as error:
        return (), f": {error}"
