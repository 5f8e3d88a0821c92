"""From what the user typed to open sinks."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.errors import DeviceError
from pipeline.stage import FilmTrack, VideoSink
from pipeline.video.codecs.film_sound import SoundTiming
from pipeline.video.devices.listing import list_virtual_cameras
from pipeline.video.devices.recorder import LIVE, Recorder, RecorderSettings
from pipeline.video.devices.threaded_sink import ThreadedSink
from pipeline.video.devices.virtual_camera import VirtualCamera

__all__ = ["RecorderSettings", "Recording", "is_film", "open_recording", "open_sinks", "recording_settings"]

RECORDING_SUFFIXES = (".mp4", ".mkv")
ENDINGS = " or ".join(RECORDING_SUFFIXES)
FINISHING_TIMEOUT_S = 120.0
"""A lossless recording on a slow disk may take so long to write what waits."""


class Recording(ThreadedSink):
    """A recorder that takes its pictures through a queue and on a thread of its own."""

    def __init__(self, recorder: Recorder) -> None:
        """Starts the thread; the recorder belongs to it, but for the sound."""
        if recorder.settings.lossless:
            super().__init__(recorder, lossless=True, drain_timeout_s=FINISHING_TIMEOUT_S)
        else:
            super().__init__(recorder)
        self.path = recorder.path
        self.track: FilmTrack | None = recorder if recorder.settings.sound else None
        """Takes the sound; None when the file gets none."""


def open_sinks(
    virtual_camera: str,
    size: tuple[int, int],
    fps: float,
    *,
    record: Path | None = None,
    settings: RecorderSettings = LIVE,
) -> tuple[VideoSink, ...]:
    """Opens everything that finished pictures go to.

    Args:
        virtual_camera: `none`, `auto` (the first that is free), a device, or a file that ends in .mp4 or .mkv.
        size: width and height of the pictures in pixels, both even.
        fps: their nominal rate.
        record: a file to record to besides.
        settings: how is recorded.

    Raises:
        DeviceError: one of them can't be opened, or two are the same file; none is left open then.
    """
    paths = _recordings(virtual_camera, record)
    if len({path.resolve() for path in paths}) < len(paths):
        raise DeviceError(f"The recording {record} can't be written twice at once; choose another name for one.")
    for path in paths:
        _require_ending(path)
    with contextlib.ExitStack() as opened:
        sinks: list[VideoSink] = []
        if virtual_camera != "none" and not is_film(Path(virtual_camera)):
            sinks.append(opened.enter_context(_open_camera(virtual_camera, size, fps)))
        for path in paths:
            sinks.append(opened.enter_context(open_recording(path, size, fps, settings)))
        opened.pop_all()
    return tuple(sinks)


def refuse_overwriting(source: Path, virtual_camera: str, record: Path | None) -> None:
    """Looks before any sink is opened, because opening a recording empties it.

    Args:
        source: the file that the frames come from, or the word that names another source.
        virtual_camera, record: as for `open_sinks`.

    Raises:
        DeviceError: a recording would replace the source.
    """
    # Words such as `auto` stand for a source and for a sink, and are the same place only where a file is called so.
    files = [path for path in _recordings(virtual_camera, record) if is_film(path) or source.is_file()]
    if source.resolve() in [path.resolve() for path in files]:
        raise DeviceError(f"The recording {source} would overwrite its own source; choose another name.")


def open_recording(path: Path, size: tuple[int, int], fps: float, settings: RecorderSettings = LIVE) -> Recording:
    """A recording with a thread of its own.

    Raises:
        DeviceError: the file can't be written.
    """
    return Recording(Recorder(path, size, fps, settings))


def recording_settings(*, lossless: bool, sound: bool) -> RecorderSettings:
    """How a session is recorded.

    Args:
        lossless: nothing may be left out, and times are those of the source.
        sound: there is sound.
    """
    timing = SoundTiming.ABREAST if lossless else SoundTiming.CAPTURED
    return replace(LIVE, lossless=lossless, sound=timing if sound else None)


def tracks_of(sinks: Sequence[VideoSink]) -> tuple[FilmTrack, ...]:
    """Where the sound of the recordings among some sinks goes."""
    return tuple(sink.track for sink in sinks if isinstance(sink, Recording) and sink.track is not None)


def _recordings(virtual_camera: str, record: Path | None) -> list[Path]:
    """The files among what was asked for; `none`, `auto` and devices are none."""
    target = Path(virtual_camera)
    return ([target] if is_film(target) else []) + ([record] if record is not None else [])


def is_film(path: Path) -> bool:
    """Whether what somebody named is a file to record to."""
    return path.suffix.lower() in RECORDING_SUFFIXES


def _require_ending(path: Path) -> None:
    if not is_film(path):
        got = f"the ending '{path.suffix}'" if path.suffix else "a name without an ending"
        raise DeviceError(f"The recording {path} can't be written: got {got}, wanted {ENDINGS}.")


def _open_camera(wanted: str, size: tuple[int, int], fps: float) -> VirtualCamera:
    """The virtual camera of that name; what looks like a file's name gets the endings of those that are recorded to."""
    known = {text for camera in list_virtual_cameras() for text in (camera.name, camera.device)}
    if Path(wanted).suffix[1:].isalpha() and wanted not in known:
        raise DeviceError(
            f"{wanted} is neither a virtual camera of this computer nor a file to record to, which ends in {ENDINGS}."
        )
    return VirtualCamera(wanted, size, fps)
