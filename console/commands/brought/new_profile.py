"""The models that `understudy profiles new` and `profiles record` put into a profile."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, get_type_hints

import typer

from profiles.draft import ProfileDraft
from profiles.editing.recording import draft_values
from profiles.editing.toml_edit import Value
from profiles.errors import Problem, ProfileError
from profiles.model_files import ModelDraft
from profiles.profile import Kind, Profile
from profiles.store import ProfileStore

FACES = ("dfm.model", "embedding.model")
STORE = "store:"
INDEX = "rvc.index"
"""The one file among them that is no network."""


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """The models by their options, each a file or `store:NAME` for one that `models add` fetched."""

    face_model: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The face: a .dfm or a face swapper's file, or store:NAME.")
    ] = None
    face_family: Annotated[
        Literal["inswapper", "hyperswap", "ghost", "simswap", "uniface", "blendswap"] | None,
        typer.Option(help="Which kind of swapper it is, where its file does not say."),
    ] = None
    recogniser: Annotated[
        Path | None, typer.Option(metavar="FILE", help="ArcFace, which reads whose face is on the portrait.")
    ] = None
    converter: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The network between recogniser and swapper, for some swappers.")
    ] = None
    voice_model: Annotated[Path | None, typer.Option(metavar="FILE", help="The voice: RVC's ONNX file.")] = None
    encoder: Annotated[Path | None, typer.Option(metavar="FILE", help="The voice's content encoder.")] = None
    pitch: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A pitch network, RMVPE or CREPE, instead of the small one.")
    ] = None
    voice_index: Annotated[Path | None, typer.Option(metavar="FILE", help="The voice's retrieval index.")] = None
    occluder: Annotated[Path | None, typer.Option(metavar="FILE", help="XSeg: what stands before the face.")] = None
    parser: Annotated[Path | None, typer.Option(metavar="FILE", help="BiSeNet: which part of the face is where.")] = (
        None
    )
    restorer: Annotated[Path | None, typer.Option(metavar="FILE", help="GFPGAN's kind: adds detail to the face.")] = (
        None
    )
    detector: Annotated[
        Path | None, typer.Option(metavar="FILE", help="YuNet or SCRFD instead of the built-in detector.")
    ] = None
    landmarks: Annotated[
        Path | None, typer.Option(metavar="FILE", help="2DFAN4, which corrects the face's points.")
    ] = None
    matting: Annotated[
        Path | None, typer.Option(metavar="FILE", help="MODNet, RVM, BiRefNet or ISNet instead of the built-in one.")
    ] = None
    link: Annotated[
        bool, typer.Option("--link", help="Leave the models where they are, and link to them.", show_default=False)
    ] = False


KEYS = {
    "recogniser": "embedding.recogniser",
    "converter": "embedding.converter",
    "voice_model": "rvc.model",
    "encoder": "rvc.encoder",
    "pitch": "rvc.pitch",
    "voice_index": INDEX,
    "occluder": "masks.occluder",
    "parser": "masks.parser",
    "restorer": "restore.model",
    "detector": "tracking.detector",
    "landmarks": "tracking.landmarks",
    "matting": "matting.model",
}
"""The key of a profile for each option; that of the face depends on its format."""


COMPANY: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("face_family", "recogniser", "converter"), "face_model"),
        **dict.fromkeys(("encoder", "pitch", "voice_index"), "voice_model"),
    }
)
"""Options that mean nothing in a new profile without another one."""
INDEX_RATE = 0.5
"""What RVC's users mostly take."""
LATENCY_MS = 250.0
"""What a voice that is a network keeps on a GPU; a slower computer takes what it needs, and says so."""


def option_help(options: type) -> dict[str, str]:
    """What each of some options is for, by its name."""
    hints = get_type_hints(options, include_extras=True)
    return {name: hint.__metadata__[0].help or "" for name, hint in hints.items() if hasattr(hint, "__metadata__")}


def require_company(options: ModelOptions, *, knows_people: bool = False) -> None:
    """Refuses options that go with another one which is not there, and a voice without its encoder.

    A recogniser goes with people who are to be known as well as with a face.

    Raises:
        ProfileError: some do; every one is told.
    """
    alone = [
        Problem(f"goes with {_option(other)}, which is missing; give both or leave it out", key=_option(name))
        for name, other in COMPANY.items()
        if getattr(options, name) is not None
        and getattr(options, other) is None
        and not (knows_people and name == "recogniser")
    ]
    if options.voice_model is not None and options.encoder is None:
        text = "is missing; an RVC voice needs the content encoder that it was trained with"
        alone.append(Problem(text, key="--encoder"))
    if alone:
        raise ProfileError(alone)


def voice_of(store: ProfileStore, name: str) -> Profile | None:
    """The profile of that name if its voice is a network already, and it can be read."""
    try:
        profile = store.load(name)
    except ProfileError:
        return None
    return profile if profile.voice.engine == "rvc" else None


def settings_for(options: ModelOptions, *, beside: Profile | None = None) -> dict[str, Value]:
    """What a profile's file has to say with the models, by key; what it says of its voice already stays."""
    settings: dict[str, Value] = {}
    if options.face_family is not None:
        settings["embedding.family"] = options.face_family
    if options.voice_model is not None and beside is None:
        settings["voice.latency_ms"] = LATENCY_MS
    if options.voice_index is not None and (beside is None or beside.rvc.index_rate == 0):
        settings["rvc.index_rate"] = INDEX_RATE
    return settings


def require_fit(draft: ProfileDraft) -> None:
    """Refuses models that don't go together, or lack what their engine needs; nothing is run for it.

    Raises:
        ProfileError: they don't; every fault is told.
    """
    if not draft.models:
        return
    from pipeline.selftest.needs import unmet_needs

    swapper = any(model.key == "embedding.model" for model in draft.models)
    faults = [
        Problem("goes with a face swapper, and the face model is none; leave it out", key=_option(model.key[10:]))
        for model in draft.models
        if model.key in ("embedding.recogniser", "embedding.converter") and not swapper
    ]
    tables: dict[str, dict[str, object]] = {}
    places = {model.key: model.path.expanduser().absolute() for model in draft.models}
    for path, value in {**draft_values(draft), **places}.items():
        section, _, key = path.partition(".")
        tables.setdefault(section, {})[key] = value
    standing_in = {"name": "nobody", "folder": Path(), "title": "Nobody", "kind": Kind.PERSONA}
    faults += [Problem(fault) for fault in unmet_needs(Profile.model_validate({**standing_in, **tables}))]
    if faults:
        raise ProfileError(faults)


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def model_drafts(options: ModelOptions) -> tuple[ModelDraft, ...]:
    """The models that were named, each looked into.

    Raises:
        ProfileError: one is no model, or one for something else; every one is told.
    """
    drafts: list[ModelDraft] = []
    problems: list[Problem] = []
    for field in fields(options):
        path = getattr(options, field.name)
        if not isinstance(path, Path):
            continue
        try:
            drafts.append(_draft(field.name, _place(path)))
        except ProfileError as error:
            problems += [Problem(problem.text, key=_option(field.name)) for problem in error.problems]
    if problems:
        raise ProfileError(problems)
    return tuple(drafts)


def _place(path: Path) -> Path:
    """Where a file is that was named by its path, or as `store:NAME` where `models add` put it.

    Raises:
        ProfileError: there is no such model.
    """
    text = str(path)
    if not text.startswith(STORE):
        return path.expanduser()
    from pipeline.errors import ModelError
    from pipeline.inference.own_models import OwnModels

    try:
        return OwnModels().find(text.removeprefix(STORE)).path
    except ModelError as error:
        raise ProfileError(str(error).rstrip(".")) from error


def _draft(option: str, path: Path) -> ModelDraft:
    """One model.

    Raises:
        ProfileError: it is none, or one for something else.
    """
    from pipeline.errors import ModelError
    from pipeline.inference.formats import recognise
    from pipeline.inference.onnx.model_file import read_model

    key = KEYS.get(option, "")
    if not path.is_file():
        raise ProfileError(f"there is no file {path}")
    if key == INDEX:
        return ModelDraft(key, path)
    try:
        file = read_model(path)
    except ModelError as error:
        raise ProfileError(str(error).rstrip(".")) from error
    found = recognise(file)
    wanted = (key,) if key else FACES
    if found is None and key:
        # The engine looks at it anew, and knows what it needs better than a list of formats does.
        found_key = key
    elif found is None or found.format.key not in wanted:
        got = found.called if found is not None else "of no format that is known"
        raise ProfileError(f"got {path}, which is {got}, wanted one for {' or '.join(wanted)}")
    else:
        found_key = found.format.key
    beside = {weights.outside["location"] for weights in file.graph.weights if weights.outside}
    return ModelDraft(found_key, path, tuple(sorted(beside)), found.title if found is not None else "")
