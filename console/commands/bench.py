"""`understudy bench`: how fast the lanes are on this computer."""

import json

import typer

from console.commands.models import ready_models
from console.commands.options import DEFAULT_PROFILE, Size
from console.logs import configure_logging, native_chatter_logged
from pipeline.bench import BenchSettings, bench_video
from profiles.profile import Kind, Profile
from profiles.store import ProfileStore


def measure_video(size: Size, camera: str, *, as_json: bool) -> int:
    """Measures the video lane and prints what came out.

    Raises:
        UnderstudyError: it could not be measured.
        ProfileError: the usual profile can't be used.
    """
    settings = BenchSettings(measured_profiles(ProfileStore()), (size.width, size.height), camera)
    models = ready_models()
    with native_chatter_logged(configure_logging()):
        report = bench_video(settings, models)
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=2))
    else:
        for line in report.lines():
            typer.echo(line)
    return 0


def measured_profiles(store: ProfileStore) -> tuple[Profile, ...]:
    """The usual profile and another persona to switch to.

    Raises:
        ProfileError: the usual profile can't be used.
    """
    first = store.load(DEFAULT_PROFILE)
    usable = [summary.name for summary in store.list() if summary.kind is Kind.PERSONA and summary.name != first.name]
    return (first, *(store.load(name) for name in usable[:1]))
