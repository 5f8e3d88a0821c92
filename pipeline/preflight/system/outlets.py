"""Whether call programs can be given the picture and the sound, and whether one of them takes them."""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from pipeline.audio.devices.listing import VIRTUAL_MICROPHONE_CURES, list_sound_devices
from pipeline.audio.devices.opening import can_have_virtual_microphone, is_sound_file, left_microphones
from pipeline.audio.devices.pulse.output import pulse_sink
from pipeline.audio.devices.pulse.server import is_own, listeners_of, pulse_devices
from pipeline.preflight.finding import Finding, Verdict, skipped
from pipeline.preflight.system.plan import SystemPlan, guarded
from pipeline.video.devices.listing import VirtualCameraInfo, list_virtual_cameras, virtual_camera_cure
from pipeline.video.devices.readers import is_open_here, readers_of
from pipeline.video.devices.sinks import is_film

CAMERA, CAMERA_TITLE = "system.virtual_camera", "virtual camera"
MICROPHONE, MICROPHONE_TITLE = "system.virtual_microphone", "virtual microphone"
WANTED = "there, and taken by a program"
COMMANDS = ("sudo ", "brew ")


def camera_finding(plan: SystemPlan) -> Finding:
    """Whether the virtual camera is there and free, and who reads it."""
    return guarded(CAMERA, CAMERA_TITLE, partial(_camera, plan.virtual_camera))


def microphone_finding(plan: SystemPlan) -> Finding:
    """Whether the virtual microphone is there, and who records it."""
    return guarded(MICROPHONE, MICROPHONE_TITLE, partial(_microphone, plan.virtual_microphone))


def _camera(wanted: str) -> Finding:
    if wanted == "none":
        return skipped(CAMERA, CAMERA_TITLE, "none is asked for", "Name one with --virtual-camera, or take auto.")
    if is_film(Path(wanted)):
        return skipped(CAMERA, CAMERA_TITLE, f"the picture goes to the file {wanted}")
    devices = list_virtual_cameras()
    if not devices and wanted == "auto":
        return skipped(CAMERA, CAMERA_TITLE, "none found", _sentence(virtual_camera_cure()))
    chosen = _chosen(wanted, devices)
    if chosen is None:
        there = ", ".join(f"{device.device} ({device.name})" for device in devices)
        cure = f"Take one of {there}." if devices else _sentence(virtual_camera_cure())
        return Finding(CAMERA, CAMERA_TITLE, Verdict.FAIL, f"there is no {wanted}", WANTED, cure)
    return _read_by(chosen, in_use=Verdict.WARN if wanted == "auto" else Verdict.FAIL)


def _chosen(wanted: str, devices: Sequence[VirtualCameraInfo]) -> VirtualCameraInfo | None:
    """The device that is meant; for `auto` the one that this program feeds already, else the first that is free."""
    if wanted != "auto":
        return next((device for device in devices if wanted in (device.device, device.name)), None)
    own = [device for device in devices if is_open_here(device.device)]
    return next(iter([*own, *(device for device in devices if device.writable), *devices]), None)


def _read_by(device: VirtualCameraInfo, in_use: Verdict) -> Finding:
    """What is told of a virtual camera that there is; `in_use` of one that another program feeds."""
    called, programs = f"{device.device} ({device.name})", readers_of(device.device)
    fed_here = is_open_here(device.device)
    if not device.writable and not fed_here:
        by = f" ({', '.join(programs)})" if programs else ""
        cure = "End the other program, or make a second device."
        return Finding(CAMERA, CAMERA_TITLE, in_use, f"{called} is in use by another program{by}", WANTED, cure)
    if programs is None:
        cure = "Look into the call program whether it shows the picture."
        return skipped(CAMERA, CAMERA_TITLE, f"{device.name} is there; who reads it can't be told here", cure)
    if programs:
        return Finding(CAMERA, CAMERA_TITLE, Verdict.PASS, f"{called} is read by {', '.join(programs)}", WANTED)
    when = "" if fed_here else "Start the session, then c"
    cure = f"{when or 'C'}hoose {device.name} as the camera in the call program."
    return Finding(CAMERA, CAMERA_TITLE, Verdict.WARN, f"{called} is there, and no program reads it", WANTED, cure)


def _microphone(wanted: str) -> Finding:
    if wanted == "none":
        cure = "Name one with --virtual-microphone, or take auto."
        return skipped(MICROPHONE, MICROPHONE_TITLE, "none is asked for", cure)
    if is_sound_file(wanted):
        return skipped(MICROPHONE, MICROPHONE_TITLE, f"the sound goes to the file {wanted}")
    return _own_source() if wanted == "auto" else _output(wanted)


def _own_source() -> Finding:
    """The source that a session makes, or the cable."""
    if not can_have_virtual_microphone():
        cure = VIRTUAL_MICROPHONE_CURES.get(sys.platform, "take a cable that looks like a microphone")
        return skipped(MICROPHONE, MICROPHONE_TITLE, "there can be none as it is", _sentence(cure))
    if sys.platform != "linux":
        cure = "Look into the call program whether its meter moves."
        return skipped(MICROPHONE, MICROPHONE_TITLE, "a cable is there; who listens to it can't be told here", cure)
    left = left_microphones()
    fed = [source for source in pulse_devices("sources") if is_own(source.name) and source.name not in left]
    if not fed:
        cure = "Start the session, choose Understudy microphone in the call program, and look again."
        told = "it can be made, and is there only while a session runs"
        return skipped(MICROPHONE, MICROPHONE_TITLE, told, cure)
    return _heard_by(fed[-1].name, fed[-1].title)


def _output(wanted: str) -> Finding:
    """An output that was named."""
    sink = pulse_sink(wanted) if sys.platform == "linux" else None
    if sink is not None:
        return _heard_by(f"{sink.name}.monitor", f"the monitor of {sink}")
    outputs = [device for device in list_sound_devices() if device.outputs]
    if any(wanted in (str(device.index), device.name) or wanted in device.name for device in outputs):
        cure = "Look into the call program whether its meter moves."
        return skipped(MICROPHONE, MICROPHONE_TITLE, f"{wanted} is there; who listens to it can't be told here", cure)
    cure = "See `understudy devices` for what there is, or take auto."
    return Finding(MICROPHONE, MICROPHONE_TITLE, Verdict.FAIL, f"there is no output {wanted}", WANTED, cure)


def _heard_by(source: str, called: str) -> Finding:
    programs = listeners_of(source)
    if programs:
        told = f"{called} is recorded by {', '.join(programs)}"
        return Finding(MICROPHONE, MICROPHONE_TITLE, Verdict.PASS, told, WANTED)
    cure = f"Choose {called} as the microphone in the call program."
    return Finding(
        MICROPHONE, MICROPHONE_TITLE, Verdict.WARN, f"{called} is there, and no program records it", WANTED, cure
    )


def _sentence(cure: str) -> str:
    """A cure as a sentence of its own."""
    if cure.startswith(COMMANDS):
        return f"Run {cure}."
    return f"{cure[:1].upper()}{cure[1:].rstrip('.')}."
