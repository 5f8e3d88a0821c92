"""`understudy profiles`: targets listed, shown, made, checked and moved."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from console.commands.brought.new_profile import ModelOptions, model_drafts, model_reasons
from console.commands.models import ready_models
from console.commands.options import flattened
from console.sentences import sentence
from profiles.draft import ProfileDraft, background_kind
from profiles.errors import ProfileError
from profiles.plain_text import visible
from profiles.profile import BackgroundSettings, Kind, Profile
from profiles.reading import named_files, read_profile
from profiles.store import ProfileStore, ProfileSummary

app = typer.Typer(help="The targets: whose face, voice and room go on air.")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="A profile's name, or its folder.")]
JsonOption = Annotated[bool, typer.Option("--json", help="For scripts.")]


@app.command("list")
def list_(as_json: JsonOption = False) -> int:
    """List every profile: your own first, then those that ship."""
    store = ProfileStore()
    summaries = [looked_at(summary) for summary in store.list()]
    if as_json:
        rows = [
            {
                "name": summary.name,
                "title": summary.title,
                "kind": summary.kind,
                "folder": str(summary.folder),
                "builtin": summary.builtin,
                "problems": list(summary.problems),
                "can_go_on_air": not summary.hindrance,
            }
            for summary in summaries
        ]
        typer.echo(json.dumps(rows, indent=2))
        return 0
    for summary in summaries:
        state = "built in" if summary.builtin else "own"
        remark = f"  {summary.hindrance}" if summary.hindrance else ""
        _say(f"{summary.name:<20} {summary.title:<24} {summary.kind or '?':<8} {state}{remark}")
    _say(f"Your own profiles are in {store.folder}.")
    return 0


@app.command()
def show(name: NameArgument, as_json: JsonOption = False) -> int:
    """Show everything that a profile says, its defaults filled in."""
    profile = ProfileStore().load(name)
    if as_json:
        typer.echo(json.dumps(profile.model_dump(mode="json"), indent=2))
        return 0
    for key, value in profile.model_dump(mode="json").items():
        if isinstance(value, dict):
            typer.echo(f"[{key}]")
            for inner, setting in value.items():
                _say(f"  {inner} = {'(none)' if setting is None else setting}")
        else:
            _say(f"{key} = {value}")
    return 0


@app.command()
@flattened
def new(
    name: Annotated[str, typer.Argument(help="Small letters, digits, - and _.")],
    brought: ModelOptions,
    portrait: Annotated[
        Path | None, typer.Option(help="A picture of the face, seen from the front; only a .dfm does without.")
    ] = None,
    background: Annotated[Path | None, typer.Option(help="A picture or a video loop of the room.")] = None,
    title: Annotated[str | None, typer.Option(help="What people see; made from the name by default.")] = None,
    kind: Annotated[Kind, typer.Option(help="A real person, or a synthetic persona, which you declare by it.")] = (
        Kind.PERSON
    ),
    force: Annotated[bool, typer.Option("--force", help="Take the name of a profile that ships, which hides it.")] = (
        False
    ),
) -> int:
    """Make a profile from a portrait, a room and the models that you bring."""
    if portrait is None and brought.face_model is None:
        raise typer.BadParameter("--portrait is missing, and only a face from a .dfm file does without")
    models = model_drafts(brought)
    reasons = portrait_reasons(portrait) if portrait is not None and portrait.expanduser().is_file() else ()
    if reasons:
        raise ProfileError(f"The portrait {portrait} is not fit: {' '.join(reasons)}")
    if background is not None and background.expanduser().is_file():
        reasons = room_reasons(_standing_in(background.expanduser().absolute()))
        if reasons:
            raise ProfileError(" ".join(reasons))
    draft = ProfileDraft(name, portrait, background, title, kind, models, brought.link)
    profile = ProfileStore().new(draft, force=force)
    _say(f"Made {profile.title} in {profile.folder}.")
    if profile.kind is Kind.PERSON:
        typer.echo(
            "A person goes on air only with a consent record; a synthetic face is declared by --kind persona.", err=True
        )
    return 0


@app.command()
def check(names: Annotated[list[str] | None, typer.Argument(help="Which ones; all by default.")] = None) -> int:
    """Check profiles, their portraits, rooms and models; everything that is wrong is told at once."""
    store = ProfileStore()
    failed = False
    for name in names or store.names():
        problems = profile_problems(store, name)
        failed = failed or bool(problems)
        verdict = f"{len(problems)} to put right" if problems else "good"
        off_air = "" if problems else off_air_reason(store.load(name))
        _say(f"{name}: {verdict}" + (f", but it can't go on air: {off_air}" if off_air else ""))
        for problem in problems:
            _say(f"  {sentence(problem)}", err=True)
    return 1 if failed else 0


@app.command()
def export(
    name: NameArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="The archive to write.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite the archive.")] = False,
) -> int:
    """Write a profile with its files into one archive."""
    _say(f"Wrote {ProfileStore().export(name, file, force=force)}.")
    return 0


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="The archive to read.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace your profile of the same name, or hide one that ships.")
    ] = False,
) -> int:
    """Take a profile out of an archive; one that could do harm is refused."""
    profile = ProfileStore().import_(file, force=force)
    _say(f"Imported {profile.title} into {profile.folder}.")
    return 0


def profile_problems(store: ProfileStore, name: str) -> list[str]:
    """Everything that is wrong with a profile: its file, the files that it names, its portrait, room and models."""
    try:
        profile = store.load(name)
    except ProfileError as error:
        return [str(problem) for problem in error.problems]
    portrait = portrait_of(profile)
    faults = portrait_reasons(portrait) if portrait is not None else ()
    return [*(f"{portrait}: {reason}" for reason in faults), *room_reasons(profile), *model_reasons(profile)]


def off_air_reason(profile: Profile) -> str:
    """Why the pipeline refuses a profile that is good otherwise, as a sentence; empty when it takes it."""
    from pipeline.assembly import require_clearance
    from pipeline.errors import ConsentError

    try:
        require_clearance(profile)
    except ConsentError as error:
        return str(error)
    return ""


def looked_at(summary: ProfileSummary) -> ProfileSummary:
    """The summary, with a problem more when the portrait of a profile of the user's own is no picture."""
    if summary.builtin or summary.problems:
        return summary
    from console.logs import configure_logging, native_chatter_logged
    from pipeline.errors import MediaError
    from pipeline.video.codecs.pictures import read_picture

    try:
        with native_chatter_logged(configure_logging()):
            portrait = portrait_of(read_profile(summary.folder, summary.name))
            if portrait is not None:
                read_picture(portrait, "portrait")
    except MediaError as error:
        return replace(summary, problems=(str(error),))
    return summary


def portrait_of(profile: Profile) -> Path | None:
    """The picture of a profile's face; None for a face that was trained and has none."""
    return named_files(profile).get("face.portrait")


def portrait_reasons(portrait: Path) -> tuple[str, ...]:
    """Why a picture is not fit to be a portrait, each reason a sentence; the networks are fetched if need be."""
    from console.logs import configure_logging, native_chatter_logged
    from pipeline.errors import MediaError
    from pipeline.video.swap.portrait import check_portrait

    models = ready_models()
    try:
        with native_chatter_logged(configure_logging()):
            return check_portrait(portrait.expanduser(), models)
    except MediaError as error:
        return (str(error),)


def room_reasons(profile: Profile) -> tuple[str, ...]:
    """Why a profile's room can't be used, each reason a sentence; it is opened as a run would open it."""
    from console.logs import configure_logging, native_chatter_logged
    from pipeline.errors import MediaError
    from pipeline.video.background.rooms import open_room

    try:
        with native_chatter_logged(configure_logging()):
            room = open_room(profile)
            if room is not None:
                room.close()
    except MediaError as error:
        return (str(error),)
    return ()


def _standing_in(background: Path) -> Profile:
    """A profile of nobody with a room: what the pipeline opens before there is a profile."""
    room = BackgroundSettings(kind=background_kind(background), path=background)
    return Profile(name="nobody", folder=background.parent, title="Nobody", kind=Kind.PERSONA, background=room)


def _say(text: str, *, err: bool = False) -> None:
    """Prints a line with words from a profile or a file's name, none of which the terminal obeys."""
    typer.echo(visible(text), err=err)
