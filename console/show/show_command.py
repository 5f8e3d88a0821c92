"""`understudy show`: a show's cue list looked at before the show."""

from pathlib import Path
from typing import Annotated

import typer

from profiles.plain_text import visible

app = typer.Typer(help="The cue list of a show.")


@app.callback()
def _several() -> None:
    """A group, though there is one command so far."""


@app.command()
def check(file: Annotated[Path, typer.Argument(metavar="FILE", help="The show's TOML file.")]) -> int:
    """Check a show: its file, its profiles, its rooms; all that is wrong is told at once."""
    from console.show.checking import room_troubles, troubles_of
    from console.show.cue_line import cue_words
    from console.show.cues import read_show
    from profiles.store import ProfileStore

    show, store = read_show(file), ProfileStore()
    troubles = troubles_of(show, store.load)
    troubles |= room_troubles(show, store.load, skip=troubles)
    for place, cue in enumerate(show.cue):
        trouble = troubles.get(place, "")
        words = f"{place + 1:>3} {'×' if trouble else '·'} {cue.profile:<20} {trouble or cue_words(cue)}"
        typer.echo(visible(words.rstrip()), err=bool(trouble))
    count = len(show.cue)
    verdict = f"{len(troubles)} of {count} cues can't come" if troubles else f"all {count} cues can come"
    typer.echo(visible(f"{file}: {verdict}."))
    return 1 if troubles else 0
