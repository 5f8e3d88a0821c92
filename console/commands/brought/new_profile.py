"""The models that `understudy profiles new` puts into a profile, and what `profiles check` finds in them."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated

import typer

from profiles.errors import Problem, ProfileError
from profiles.model_files import ModelDraft, changed_files
from profiles.profile import Profile
from profiles.reading import named_files

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
            option = f"--{field.name.replace('_', '-')}"
            problems += [Problem(problem.text, key=option) for problem in error.problems]
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
        got = found.title if found is not None else "of no format that is known"
        raise ProfileError(f"got {path}, which is {got}, wanted one for {' or '.join(wanted)}")
    else:
        found_key = found.format.key
    beside = {weights.outside["location"] for weights in file.graph.weights if weights.outside}
    return ModelDraft(found_key, path, tuple(sorted(beside)))


def model_reasons(profile: Profile) -> list[str]:
    """What is wrong with a profile's models, each reason a sentence: changed, no model, or it does not run here."""
    models = {key: path for key, path in named_files(profile).items() if key in (*FACES, *KEYS.values())}
    if not models:
        return []
    changed = [str(problem) for problem in changed_files(profile)]
    if changed:
        return changed
    return [reason for key, path in models.items() if key != INDEX and (reason := _reason(key, path))]


def _reason(key: str, path: Path) -> str:
    """What is wrong with one model; empty when nothing is."""
    from pipeline.errors import ModelError
    from pipeline.inference.formats import recognise
    from pipeline.inference.onnx.model_file import read_model
    from pipeline.inference.trial import tried

    try:
        found = recognise(read_model(path))
    except ModelError as error:
        return str(error)
    if found is not None and found.format.key != key:
        return f"{path} is {found.title}, wanted one for {key}; name another."
    return tried(path).problem
