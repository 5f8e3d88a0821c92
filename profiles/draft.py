"""A new profile before it is in the store: a portrait, a room, models, people, and what they are to be called."""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from profiles.editing.toml_edit import Value, quoted
from profiles.errors import Problem, ProfileError
from profiles.model_files import ModelDraft, bring, model_problems
from profiles.plain_text import is_plain, shortened
from profiles.profile import Kind
from profiles.reading import FILE_NAME

VIDEO_SUFFIXES = frozenset({".mp4", ".m4v", ".mkv", ".mov", ".webm", ".avi", ".gif"})
"""A background with one of these endings is a loop."""
ENGINES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"dfm.model": ("face", "dfm"), "embedding.model": ("face", "embedding"), "rvc.model": ("voice", "rvc")}
)
"""The section and the engine that a model is for."""

DECLARATION = "The maker of this profile declares that this face is synthetic and nobody's likeness."


@dataclass(frozen=True, slots=True)
class CastDraft:
    """Somebody beside the actor who is to wear a face.

    Attributes:
        profile: the name of the profile whose face it is.
        face: a side or a face's number; None where pictures tell who it is.
        enrolled: those pictures.
    """

    profile: str
    face: str | int | None = None
    enrolled: tuple[ModelDraft, ...] = ()

    def lines(self) -> list[str]:
        """The entry as a profile's file has it."""
        who = f"face = {quoted(self.face)}" if self.face is not None else f"enrolled = {_names(self.enrolled)}"
        return ["", "[[cast]]", who, f"profile = {quoted(self.profile)}"]


@dataclass(frozen=True, slots=True)
class ProfileDraft:
    """What `profiles new` is told."""

    name: str
    portrait: Path | None = None
    """A picture of the face; only a face that was trained does without."""
    background: Path | None = None
    """A picture or a video loop; None leaves the room as it is and blurs it."""
    title: str | None = None
    """By default made from the name."""
    kind: Kind = Kind.PERSON
    """A face is a real person's until somebody declares it synthetic."""
    models: tuple[ModelDraft, ...] = ()
    """The models that it brings; those of a face or a voice choose the engine."""
    link: bool = False
    """Leave the models where they are, and link to them."""
    settings: Mapping[str, Value] = field(default_factory=dict)
    """What else its file is to say, by key, such as `rvc.index_rate`."""
    actor: tuple[ModelDraft, ...] = ()
    """Pictures that the actor is known by."""
    cast: tuple[CastDraft, ...] = ()
    """The other people in the picture who wear a face."""

    @property
    def engines(self) -> dict[str, str]:
        """The engines by section, where its models choose one."""
        return dict(ENGINES[model.key] for model in self.models if model.key in ENGINES)

    @property
    def pictures(self) -> tuple[ModelDraft, ...]:
        """Every picture that people are known by."""
        return (*self.actor, *(picture for entry in self.cast for picture in entry.enrolled))


def write_draft(draft: ProfileDraft, folder: Path) -> None:
    """Copies the draft's files into `folder` and writes its `profile.toml` there.

    Raises:
        ProfileError: a file is not there, or a text can't be shown; everything is told at once.
        OSError: a file can't be read or written.
    """
    wanted = {"--portrait": draft.portrait, "--background": draft.background}
    lost = [
        Problem(f"there is no file {path}", key=option)
        for option, path in wanted.items()
        if path is not None and not path.expanduser().is_file()
    ]
    lost += [
        Problem(f'got the text "{shortened(text)}", wanted printable characters', key=option)
        for option, text in {"NAME": draft.name, "--title": draft.title or ""}.items()
        if not is_plain(text)
    ]
    if draft.portrait is None and draft.engines.get("face") != "dfm":
        lost.append(Problem("is missing; only a face from a .dfm file does without a picture", key="--portrait"))
    lost += model_problems((*draft.models, *draft.pictures))
    if lost:
        raise ProfileError(lost)
    portrait = _copy(draft.portrait, folder, "portrait") if draft.portrait is not None else None
    room = _copy(draft.background, folder, "room") if draft.background is not None else None
    hashes = bring(draft.models, folder, link=draft.link) | bring(draft.pictures, folder, link=False)
    (folder / FILE_NAME).write_text(_toml(draft, portrait, room, hashes), encoding="utf-8")


def title_of(name: str) -> str:
    """What people see of a profile by default: its name in words."""
    return name.replace("-", " ").replace("_", " ").title()


def background_kind(path: Path) -> Literal["image", "video"]:
    """What a file would be as a room, by its ending."""
    return "video" if path.suffix.lower() in VIDEO_SUFFIXES else "image"


def _copy(source: Path, folder: Path, stem: str) -> str:
    name = stem + source.suffix.lower()
    shutil.copyfile(source.expanduser(), folder / name)
    return name


def _toml(draft: ProfileDraft, portrait: str | None, room: str | None, hashes: Mapping[str, str]) -> str:
    title = draft.title if draft.title is not None else title_of(draft.name)
    tables: dict[str, dict[str, Value]] = {"face": {}}
    for section, engine in draft.engines.items():
        tables.setdefault(section, {})["engine"] = engine
    if portrait is not None:
        tables["face"]["portrait"] = portrait
    for model in draft.models:
        section, _, key = model.key.partition(".")
        tables.setdefault(section, {})[key] = model.name
    for path, value in draft.settings.items():
        section, _, key = path.partition(".")
        tables.setdefault(section, {})[key] = value
    if draft.actor:
        tables.setdefault("tracking", {})["actor"] = [picture.name for picture in draft.actor]
    if room is None:
        tables["background"] = {"kind": "blur"}
    else:
        tables["background"] = {"kind": background_kind(Path(room)), "path": room}
    if draft.kind is Kind.PERSONA:
        tables["consent"] = {"declaration": DECLARATION}
    lines = [f"title = {quoted(title)}", f"kind = {quoted(draft.kind)}"]
    for section, table in tables.items():
        if table:
            lines += ["", f"[{section}]", *(f"{key} = {quoted(value)}" for key, value in table.items())]
    lines += [line for entry in draft.cast for line in entry.lines()]
    if hashes:
        lines += ["", "[hashes]", *(f"{quoted(name)} = {quoted(digest)}" for name, digest in hashes.items())]
    return "\n".join(lines) + "\n"


def _names(pictures: Iterable[ModelDraft]) -> str:
    """Files as a profile's file lists them."""
    return quoted([picture.name for picture in pictures])
