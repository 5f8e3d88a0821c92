"""`understudy bench` and `understudy selftest`: how fast the lanes are, and how far apart what they put out is."""

import json
from dataclasses import replace

import typer

from console.commands.models import ready_models
from console.commands.options import DEFAULT_PROFILE, IN_MEMORY, AvOptions, EnginesOptions, Size
from console.logs import configure_logging, native_chatter_logged
from pipeline.bench.engine_report import EnginesReport
from pipeline.bench.engines import EnginesSettings, bench_engines
from pipeline.bench.lane import BenchReport, BenchSettings, bench_video
from pipeline.errors import UnderstudyError
from pipeline.inference.onnx.runtime import Preference
from pipeline.selftest.av import AvReport, AvSettings, measure_av
from profiles.profile import Kind, Profile
from profiles.store import ProfileStore


def measure_video(size: Size, camera: str, device: str, *, as_json: bool) -> int:
    """Measures the video lane and prints what came out.

    Raises:
        UnderstudyError: it could not be measured.
        ProfileError: the usual profile can't be used.
    """
    settings = BenchSettings(
        measured_profiles(ProfileStore()), (size.width, size.height), camera, device=Preference(device)
    )
    models = ready_models()
    with native_chatter_logged(configure_logging()):
        report = bench_video(settings, models)
    _print(report, as_json=as_json)
    return 0


def measure_engines(options: EnginesOptions, *, as_json: bool) -> int:
    """Measures a profile's engines and prints what came out.

    Raises:
        UnderstudyError: they could not be measured.
        ProfileError: the profile can't be used.
    """
    profile, size = ProfileStore().load(options.profile), (options.size.width, options.size.height)
    settings = EnginesSettings(profile, size, options.camera, Preference(options.device))
    models = ready_models()
    with native_chatter_logged(configure_logging()):
        report = bench_engines(settings, models)
    _print(report, as_json=as_json)
    return 0


def measure_sync(options: AvOptions, *, as_json: bool) -> int:
    """Measures sound against picture and prints what came out.

    Raises:
        UnderstudyError: it could not be measured.
        ProfileError: the profile can't be used.
    """
    for name in (options.microphone, options.virtual_microphone, options.virtual_camera):
        if name != IN_MEMORY:
            raise UnderstudyError(
                f"The self-test can't flash or beep at {name}: it has to hold both ends of each device, which takes a "
                "cable or a loop back from output to input; leave the option out to measure in memory."
            )
    profile, size = ProfileStore().load(options.profile), (options.size.width, options.size.height)
    settings = AvSettings(profile, options.camera, size)
    if options.seconds is not None:
        settings = replace(settings, seconds=options.seconds)
    models = ready_models()
    with native_chatter_logged(configure_logging()):
        report = measure_av(settings, models)
    _print(report, as_json=as_json)
    return 0


def _print(report: BenchReport | EnginesReport | AvReport, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=2))
    else:
        for line in report.lines():
            typer.echo(line)


def measured_profiles(store: ProfileStore) -> tuple[Profile, ...]:
    """The usual profile and another persona to switch to.

    Raises:
        ProfileError: the usual profile can't be used.
    """
    first = store.load(DEFAULT_PROFILE)
    usable = [summary.name for summary in store.list() if summary.kind is Kind.PERSONA and summary.name != first.name]
    return (first, *(store.load(name) for name in usable[:1]))
