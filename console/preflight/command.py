"""`understudy preflight`: the checklist without a screen."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.commands.options import (
    CAMERA_HELP,
    DEFAULT_PROFILE,
    MICROPHONE_HELP,
    DeviceOption,
    Size,
    flattened,
)
from pipeline.errors import UnderstudyError
from pipeline.preflight.finding import Area

if TYPE_CHECKING:
    from pipeline.preflight.settings import PreflightSettings

STANDARD_OUTPUT = Path("-")


@dataclass(frozen=True, slots=True)
class PreflightOptions:
    """What `understudy preflight` takes."""

    profile: Annotated[str, typer.Option(help="Whose preflight: a profile's name, or its folder.")] = DEFAULT_PROFILE
    seconds: Annotated[float, typer.Option(min=5, max=60, metavar="N", help="How long is listened and looked.")] = 15.0
    camera: Annotated[str, typer.Option(help=CAMERA_HELP)] = "auto"
    microphone: Annotated[str, typer.Option(help=MICROPHONE_HELP)] = "auto"
    virtual_camera: Annotated[str, typer.Option(help="Where the picture is to go; none leaves the check out.")] = "auto"
    virtual_microphone: Annotated[str, typer.Option(help="Where the voice is to go.")] = "auto"
    size: Annotated[Size | None, typer.Option(parser=Size.parse, metavar="WxH", help="Frame size.")] = None
    fps: Annotated[float | None, typer.Option(min=1, max=240, help="Frame rate.")] = None
    device: DeviceOption = "auto"
    planned: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The day of the call; today."),
    ] = None
    only: Annotated[
        list[Area] | None,
        typer.Option(help="Look at this only; may be repeated."),
    ] = None
    from_video: Annotated[Path | None, typer.Option(metavar="FILE", help="A recording in place of the camera.")] = None
    from_audio: Annotated[Path | None, typer.Option(metavar="FILE", help="A recording in place of the microphone.")] = (
        None
    )
    json: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the result; - for standard output.")] = None
    report: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Write a page with pictures, to be mailed.")
    ] = None


@flattened
def preflight(options: PreflightOptions) -> int:
    """Check microphone, camera, actor and computer before a call: 0 all pass, 3 warnings, 4 failures."""
    from console.commands.models import ready_models
    from console.life.ends import interruption
    from console.logs import configure_logging, native_chatter_logged
    from console.preflight.keeping import keep, kept
    from console.preflight.teller import Teller
    from pipeline.clock import MonotonicClock
    from pipeline.preflight.feeds.devices import Devices
    from pipeline.preflight.report.page import Report
    from pipeline.preflight.result import write_result
    from pipeline.preflight.runner import Preflight

    settings = settings_of(options)
    _require_places(options)
    teller = Teller(quiet=options.json == STANDARD_OUTPUT)
    models, clock = ready_models(), MonotonicClock()
    with native_chatter_logged(configure_logging()), interruption() as stopped:
        run = Preflight(settings, models, clock, teller.tell, stopped)
        result = run.run(Devices(settings.wanted, settings.profile, models, clock))
    teller.end(result)
    if options.json == STANDARD_OUTPUT:
        typer.echo(json.dumps(result.as_dict(), indent=1))
    elif options.json is not None:
        write_result(result, options.json)
    if options.report is not None:
        Report(result, run.pictures).write(options.report)
    if settings.wanted.live and not stopped.is_set():
        # What a recording shows says nothing of the devices, and a part of it stands beside the rest of the last one.
        before = None if settings.areas == frozenset(Area) else kept(result.profile)
        keep(result if before is None else before.with_again(result, settings.areas))
    return result.exit_status


def settings_of(options: PreflightOptions) -> "PreflightSettings":
    """The settings that the options make.

    Raises:
        UnderstudyError: a profile, a size or a rate that can't be.
    """
    from console.commands.session import Shelf
    from pipeline.preflight.feeds.devices import Wanted
    from pipeline.preflight.settings import PreflightSettings
    from pipeline.video.devices.settings import SourceSettings

    size = None if options.size is None else (options.size.width, options.size.height)
    camera = SourceSettings(camera=options.camera, size=size, fps=options.fps, loop=True)
    return PreflightSettings(
        Shelf().load(options.profile),
        Wanted(camera, options.microphone, options.from_video, options.from_audio),
        options.seconds,
        virtual_camera=options.virtual_camera,
        virtual_microphone=options.virtual_microphone,
        device=options.device,
        areas=frozenset(options.only) if options.only else frozenset(Area),
        planned=date.today() if options.planned is None else options.planned.date(),
    )


def _require_places(options: PreflightOptions) -> None:
    """Looks before anything takes its time.

    Raises:
        UnderstudyError: a recording is not there, or a result can't be written where it is wanted.
    """
    for name, file in (("--from-video", options.from_video), ("--from-audio", options.from_audio)):
        if file is not None and not file.is_file():
            raise UnderstudyError(f"There is no recording {file}; give {name} a film or a sound.")
    for name, file in (("--json", options.json), ("--report", options.report)):
        if file is None or (name == "--json" and file == STANDARD_OUTPUT):
            continue
        if file.is_dir() or not file.absolute().parent.is_dir():
            what = "is a folder" if file.is_dir() else f"would lie in {file.parent}, which is not there"
            raise UnderstudyError(f"{name} {file} {what}; name a file in a folder that is there.")
