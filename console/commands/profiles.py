"""`understudy profiles`: targets listed, shown, made, checked and moved."""

import json
from pathlib import Path
from typing import Annotated

import typer

from console.commands.brought.making import Wish, drafted
from console.commands.brought.new_profile import ModelOptions, model_drafts, settings_for, voice_of
from console.commands.brought.people import PeopleOptions
from console.commands.options import DeviceOption, flattened
from console.commands.targets.checking import findings, looked_at, off_air_reason
from console.sentences import counted, sentence
from profiles.draft import ProfileDraft
from profiles.model_files import ModelDraft
from profiles.plain_text import visible
from profiles.profile import Kind, Profile
from profiles.store import ProfileStore

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
                "can_go_on_air": None if summary.brings_models and not summary.hindrance else not summary.hindrance,
                "engines": dict(zip(("face", "voice"), summary.engines, strict=False)),
            }
            for summary in summaries
        ]
        typer.echo(json.dumps(rows, indent=2))
        return 0
    for summary in summaries:
        state = "built in" if summary.builtin else "own"
        engines = " + ".join(summary.engines) or "?"
        untried = f"not tried here: understudy profiles check {summary.name}" if summary.brings_models else ""
        remark = summary.hindrance or untried
        row = f"{summary.name:<20} {summary.title:<24} {summary.kind or '?':<8} {engines:<18} {state:<8}  {remark}"
        _say(row.rstrip())
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
    people: PeopleOptions,
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
    """Make a profile from a portrait, a room, the models that you bring and the people in the picture."""
    if portrait is None and brought.face_model is None:
        raise typer.BadParameter("--portrait is missing, and only a face from a .dfm file does without")
    draft = drafted(Wish(name, portrait, background, title, kind, brought, people))
    profile = ProfileStore().new(draft, force=force)
    _say(f"Made {profile.title} in {profile.folder}.")
    _tell_models(profile, draft.models)
    if profile.kind is Kind.PERSON:
        typer.echo(
            "A person goes on air only with a consent record; a synthetic face is declared by --kind persona.", err=True
        )
    return 0


@app.command("record")
@flattened
def record_(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A profile of your own.")], brought: ModelOptions
) -> int:
    """Record a profile's models as they are now; those that you name come in, or take the place of others."""
    store, models = ProfileStore(), model_drafts(brought)
    settings = settings_for(brought, beside=voice_of(store, name))
    profile = store.record(ProfileDraft(name, models=models, link=brought.link, settings=settings))
    _say(f"Recorded {counted(len(profile.hashes), 'file')} of {profile.title} in {profile.folder}.")
    _tell_models(profile, models)
    return 0


@app.command("learn-reference")
def learn_reference_(
    name: NameArgument,
    audio: Annotated[Path | None, typer.Option(metavar="FILE", help="A recording of the target's voice.")] = None,
    video: Annotated[Path | None, typer.Option(metavar="FILE", help="A film or picture of the target.")] = None,
) -> int:
    """Keep in figures how the target's models were recorded, for the preflight to hold the actor against."""
    from console.preflight.learning import learn

    return learn(name, audio, video)


@app.command()
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A profile of your own.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> int:
    """Delete a profile of your own with its files; what it links to stays."""
    store = ProfileStore()
    if not yes:
        typer.confirm(visible(f"Delete {store.own(name)} with everything in it?"), abort=True, err=True)
    store.remove(name)
    _say(f"Removed {name}.")
    return 0


@app.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(help="Which ones; all by default.")] = None,
    device: DeviceOption = "auto",
) -> int:
    """Check profiles: portraits, rooms, models, and whether the engines run here; all that is wrong is told at once."""
    store = ProfileStore()
    failed = False
    wanted = names or store.names()
    for number, name in enumerate(wanted, 1):
        if len(wanted) > 1:
            _say(f"Checking {number} of {len(wanted)}: {name}", err=True)
        found = findings(store, name, device)
        failed = failed or bool(found.problems)
        verdict = f"{len(found.problems)} to put right" if found.problems else "good"
        off_air = "" if found.problems else off_air_reason(store.load(name))
        _say(f"{name}: {verdict}" + (f", but it can't go on air: {off_air}" if off_air else ""))
        for problem in found.problems:
            _say(f"  {sentence(problem)}", err=True)
        for remark in found.remarks:
            _say(f"  {sentence(remark)}")
    return 1 if failed else 0


@app.command()
def settings(
    section: Annotated[str | None, typer.Argument(help="One part of the file, such as dfm; all by default.")] = None,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="The whole of it as a page.")] = False,
) -> int:
    """Print what a profile's file can say: every key, what it takes, its default and what it does."""
    from console.commands.targets.settings_page import markdown, plain_lines

    for line in [markdown().rstrip()] if as_markdown else plain_lines(section):
        typer.echo(line)
    return 0


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


def _tell_models(profile: Profile, models: tuple[ModelDraft, ...]) -> None:
    """Says what each file was taken for, and what makes face and voice now."""
    for model in models:
        _say(f"  {model.path.name}: {model.title or 'of no format that is known'}; {model.key}")
    _say(f"  Face: {profile.face.engine}. Voice: {profile.voice.engine}, {profile.voice.latency_ms:g} ms.")
    if profile.tracking.actor:
        _say(f"  The actor is known by {counted(len(profile.tracking.actor), 'picture')}.")
    for entry in profile.cast:
        _say(f"  Cast: {entry.who or f'face {entry.face}'} wears {entry.profile}.")
    if models:
        _say(f"Whether it runs here: understudy profiles check {profile.name}")


def _say(text: str, *, err: bool = False) -> None:
    """Prints a line with words from a profile or a file's name, none of which the terminal obeys."""
    typer.echo(visible(text), err=err)
