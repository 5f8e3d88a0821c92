"""`understudy bench`: how fast the lanes are on this computer."""

import json

import typer

from console.commands.models import ready_models
from console.commands.options import Size
from console.logs import configure_logging, native_chatter_logged
from pipeline.bench import BenchSettings, bench_video


def measure_video(size: Size, *, as_json: bool) -> int:
    """Measures the video lane and prints what came out.

    Raises:
        UnderstudyError: it could not be measured.
    """
    ready_models()
    with native_chatter_logged(configure_logging()):
        report = bench_video(BenchSettings(size=(size.width, size.height)))
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=2))
    else:
        for line in report.lines():
            typer.echo(line)
    return 0
