"""What the picture can come from while the session runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.video.devices.listing import list_cameras

DEMO = "demo"


@dataclass(frozen=True, slots=True)
class CameraChoice:
    """One source of pictures."""

    wanted: str
    """What opens it."""
    title: str
    """What people call it."""
    source: str
    """What it calls itself when it is open."""


def found_cameras() -> Sequence[CameraChoice]:
    """The cameras of this computer, without those whose pictures another program makes."""
    cameras = (camera for camera in list_cameras() if not camera.virtual)
    return [CameraChoice(camera.path or str(camera.index), camera.name, camera.name) for camera in cameras]


def usual_cameras(asked: str) -> Sequence[CameraChoice]:
    """What needs no camera: the demo actor, and the file that the session was started with."""
    demo = CameraChoice(DEMO, "the demo actor", "demo actor")
    file = Path(asked)
    return [demo, CameraChoice(asked, file.name, file.name)] if file.suffix else [demo]
