"""A file done into another, nothing left out, in best quality."""

from collections.abc import Callable

from pipeline.clock import Clock
from pipeline.inference.store import ModelStore
from pipeline.render.film import Render
from pipeline.render.job import Rendering, RenderJob, RenderProgress
from pipeline.render.sound import SoundRender
from pipeline.telemetry import Event

__all__ = ["Render", "RenderJob", "RenderProgress", "Rendering", "SoundRender", "open_rendering"]


def open_rendering(
    job: RenderJob, models: ModelStore, clock: Clock | None = None, report: Callable[[Event], None] | None = None
) -> Rendering:
    """Opens what a job asks for: a film, or sound alone, which needs none of the face's networks.

    Args:
        job: what is done to which file.
        models: where the network files are.
        clock: the program's clock.
        report: told what goes wrong on the way, on any thread.

    Raises:
        UnderstudyError: as `Render` and `SoundRender`.
    """
    if job.sound_alone:
        return SoundRender(job, models, clock, report)
    return Render(job, models, clock, report)
