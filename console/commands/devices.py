"""`understudy devices`: the cameras and virtual cameras of this computer."""

import json
from dataclasses import asdict

import typer

from pipeline.video.devices.listing import list_cameras, list_virtual_cameras
from profiles.plain_text import visible


def list_devices(*, as_json: bool) -> int:
    """Prints every camera and virtual camera; what a terminal would obey in their names is written out."""
    cameras, virtual = list_cameras(), list_virtual_cameras()
    if as_json:
        found = {
            "cameras": [asdict(camera) for camera in cameras],
            "virtual_cameras": [asdict(camera) for camera in virtual],
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
    return 0
