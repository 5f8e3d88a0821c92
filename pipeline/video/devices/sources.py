"""From what the user typed to an open source."""

import sys
from dataclasses import replace
from pathlib import Path

from pipeline.clock import Clock, MonotonicClock, Playhead
from pipeline.errors import DeviceError, MediaError
from pipeline.media import Pixels
from pipeline.stage import EndOfSource, VideoSource
from pipeline.video.devices.camera import Camera
from pipeline.video.devices.demo_actor import DemoActor
from pipeline.video.devices.file_source import FileSource
from pipeline.video.devices.listing import CameraInfo, list_cameras
from pipeline.video.devices.settings import Pace, SourceSettings

__all__ = ["Pace", "SourceSettings", "chosen_camera", "first_pictures", "open_source"]


def open_source(settings: SourceSettings, clock: Clock, playhead: Playhead | None = None) -> VideoSource:
    """Opens what `settings.camera` names.

    Raises:
        DeviceError: there is no such camera, or it can't be opened.
        MediaError: the file is missing or holds no picture that can be read.
    """
    wanted = settings.camera
    if wanted == "demo":
        return DemoActor(settings, clock, playhead)
    if wanted == "auto":
        return _first_camera_or_demo(settings, clock, playhead)
    cameras = list_cameras()
    if _names_a_camera(wanted, cameras):
        return Camera(chosen_camera(wanted, cameras), settings, clock)
    return FileSource(Path(wanted), settings, clock, playhead)


def first_pictures(settings: SourceSettings, most: int) -> list[Pixels]:
    """The first pictures of a source, uint8 (height, width, 3) BGR: at least two, and at most so many.

    Raises:
        DeviceError: there is no such camera, or it can't be opened.
        MediaError: the source has fewer.
    """
    pictures: list[Pixels] = []
    with open_source(replace(settings, pace=Pace.MAX), MonotonicClock()) as source:
        while len(pictures) < most:
            try:
                frame = source.read()
            except EndOfSource:
                break
            if frame is not None:
                pictures.append(frame.pixels.copy())
    if len(pictures) < 2:
        raise MediaError(f"{settings.camera} holds {len(pictures)} frames; at least 2 are wanted for a measurement.")
    return pictures


def chosen_camera(wanted: str, cameras: tuple[CameraInfo, ...]) -> CameraInfo:
    """The camera with that number, device file or name; part of a name will do when only one has it.

    Raises:
        DeviceError: there is none, or several.
    """
    if wanted.isdecimal():
        found = [camera for camera in cameras if camera.index == int(wanted)]
        if not found and sys.platform != "linux":
            return CameraInfo(int(wanted), f"camera {wanted}", "")
    else:
        same = [camera for camera in cameras if wanted in (camera.path, camera.name)]
        found = same or [camera for camera in cameras if wanted.casefold() in camera.name.casefold()]
    if len(found) == 1 or (found and found[0].name == wanted):
        return found[0]
    if found:
        names = ", ".join(f"{camera.index} ({camera.name})" for camera in found)
        raise DeviceError(f"Several cameras are called {wanted}: {names}; choose one by its number.")
    raise DeviceError(f"There is no camera {wanted}; {_offer(cameras)}.")


def _offer(cameras: tuple[CameraInfo, ...]) -> str:
    if not cameras:
        return "this computer has none, but 'demo' or a video file will do"
    return "there is " + ", ".join(f"{camera.index} ({camera.name})" for camera in cameras)


def _names_a_camera(wanted: str, cameras: tuple[CameraInfo, ...]) -> bool:
    """False for what is, or looks like, the name of a file."""
    if wanted.isdecimal() or wanted.startswith("/dev/") or any(camera.name == wanted for camera in cameras):
        return True
    path = Path(wanted)
    return not path.exists() and not path.suffix and len(path.parts) < 2


def _first_camera_or_demo(settings: SourceSettings, clock: Clock, playhead: Playhead | None) -> VideoSource:
    """The first webcam that opens; one whose pictures another program makes is never taken."""
    cameras = [camera for camera in list_cameras() if not camera.virtual]
    if sys.platform != "linux":
        cameras = [CameraInfo(0, "camera 0", "")]
    for camera in cameras:
        try:
            return Camera(camera, settings, clock)
        except DeviceError:
            continue
    return DemoActor(settings, clock, playhead)
