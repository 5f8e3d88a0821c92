"""From what the user typed to open sinks."""

import contextlib
from pathlib import Path

from pipeline.errors import DeviceError
from pipeline.stage import VideoSink
from pipeline.video.devices.recorder import LIVE, Recorder, RecorderSettings
from pipeline.video.devices.threaded_sink import ThreadedSink
from pipeline.video.devices.virtual_camera import VirtualCamera

__all__ = ["RecorderSettings", "open_recording", "open_sinks", "refuse_overwriting"]

RECORDING_SUFFIXES = (".mp4", ".mkv")
FINISHING_TIMEOUT_S = 120.0
"""A lossless recording on a slow disk may take so long to write what waits."""


def open_sinks(
    virtual_camera: str,
    size: tuple[int, int],
    fps: float,
    *,
    record: Path | None = None,
    lossless: bool = False,
) -> tuple[VideoSink, ...]:
    """Opens everything that finished pictures go to.

    Args:
        virtual_camera: `none`, `auto` (the first that is free), a device, or a file that ends in .mp4 or .mkv.
        size: width and height of the pictures in pixels, both even.
        fps: their nominal rate.
        record: a file to record to besides.
        lossless: recordings make the writer wait when the encoder is behind, instead of leaving pictures out.

    Raises:
        DeviceError: one of them can't be opened, or two are the same file; none is left open then.
    """
    to_file = Path(virtual_camera).suffix.lower() in RECORDING_SUFFIXES
    paths = ([Path(virtual_camera)] if to_file else []) + ([record] if record else [])
    if len({path.resolve() for path in paths}) < len(paths):
        raise DeviceError(f"The recording {record} can't be written twice at once; choose another name for one.")
    with contextlib.ExitStack() as opened:
        sinks: list[VideoSink] = []
        if virtual_camera != "none" and not to_file:
            sinks.append(opened.enter_context(VirtualCamera(virtual_camera, size, fps)))
        for path in paths:
            sinks.append(opened.enter_context(open_recording(path, size, fps, lossless=lossless)))
        opened.pop_all()
    return tuple(sinks)


def refuse_overwriting(source: Path, virtual_camera: str, record: Path | None) -> None:
    """Looks before any sink is opened, because opening a recording empties it.

    Args:
        source: the file that the frames come from.
        virtual_camera, record: as for `open_sinks`.

    Raises:
        DeviceError: a recording would replace the source.
    """
    if source.resolve() in [Path(path).resolve() for path in (virtual_camera, record) if path is not None]:
        raise DeviceError(f"The recording {source} would overwrite its own source; choose another name.")


def open_recording(
    path: Path, size: tuple[int, int], fps: float, settings: RecorderSettings = LIVE, *, lossless: bool = False
) -> ThreadedSink:
    """A recording with a thread of its own.

    Raises:
        DeviceError: the file can't be written.
        MediaError: the file with the sound can't be read.
    """
    recorder = Recorder(path, size, fps, settings)
    if lossless:
        return ThreadedSink(recorder, lossless=True, drain_timeout_s=FINISHING_TIMEOUT_S)
    return ThreadedSink(recorder)
