"""`understudy profiles learn-reference`: what the preflight holds microphone, camera and actor against."""

from collections.abc import Iterator
from pathlib import Path

import typer

from console.commands.models import ready_models
from console.commands.session import Shelf
from console.logs import configure_logging, native_chatter_logged
from pipeline.clock import MonotonicClock
from pipeline.errors import UnderstudyError
from pipeline.preflight.learning import learn_reference
from profiles.plain_text import visible
from profiles.reference.figures import Part, write_reference
from profiles.store import BUILTIN


def learn(name: str, audio: Path | None, video: Path | None) -> int:
    """Learns, writes, and says what was learned.

    Raises:
        UnderstudyError: a file can't be read, or nothing can be learned from it.
        ProfileError: there is no such profile, or it can't be written to.
    """
    if audio is None and video is None:
        raise UnderstudyError("There is nothing to learn from; name the target's material with --audio or --video.")
    profile = Shelf().load(name)
    if profile.folder.parent == BUILTIN:
        raise UnderstudyError(
            f"{profile.title} ships with the program and stays as it is; copy it, by c on P in the console, and learn "
            "into the copy."
        )
    with native_chatter_logged(configure_logging()):
        reference = learn_reference(profile, audio, video, ready_models(), MonotonicClock())
    path = write_reference(profile.folder, reference)
    for title, part in (("voice", reference.voice), ("picture", reference.picture), ("looks", reference.looks)):
        for line in _lines(part):
            typer.echo(visible(f"{title:<8} {line}"))
    typer.echo(visible(f"The reference of {profile.title} is in {path}."))
    return 0


def _lines(part: Part) -> Iterator[str]:
    """What is known, a line each; the spectrum is for the preflight's chart."""
    for name, value in part:
        if value is not None and name != "spectrum_db":
            values = value if isinstance(value, tuple) else (value,)
            told = ", ".join(f"{each:.4g}" if isinstance(each, float) else str(each) for each in values)
            yield f"{name} {told}"
