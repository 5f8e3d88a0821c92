"""A new profile before it is in the store: a portrait, a room and what they are to be called."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from profiles.errors import Problem, ProfileError
from profiles.plain_text import is_plain, shortened
from profiles.profile import Kind
from profiles.reading import FILE_NAME

VIDEO_SUFFIXES = frozenset({".mp4", ".m4v", ".mkv", ".mov", ".webm", ".avi", ".gif"})
"""A background with one of these endings is a loop."""

DECLARATION = "The maker of this profile declares that this face is synthetic and nobody's likeness."


@dataclass(frozen=True, slots=True)
class ProfileDraft:
    """What `profiles new` is told."""

    name: str
    portrait: Path
    background: Path | None = None
    """A picture or a video loop; None leaves the room as it is and blurs it."""
    title: str | None = None
    """By default made from the name."""
    kind: Kind = Kind.PERSON
    """A face is a real person's until somebody declares it synthetic."""


def write_draft(draft: ProfileDraft, folder: Path) -> None:
    """Copies the draft's pictures into `folder` and writes its `profile.toml` there.

    Raises:
        ProfileError: a picture is not there, or a text can't be shown; everything is told at once.
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
    if lost:
        raise ProfileError(lost)
    portrait = _copy(draft.portrait, folder, "portrait")
    room = _copy(draft.background, folder, "room") if draft.background is not None else None
    (folder / FILE_NAME).write_text(_toml(draft, portrait, room), encoding="utf-8")


def background_kind(path: Path) -> Literal["image", "video"]:
    """What a file would be as a room, by its ending."""
    return "video" if path.suffix.lower() in VIDEO_SUFFIXES else "image"


def _copy(source: Path, folder: Path, stem: str) -> str:
    name = stem + source.suffix.lower()
    shutil.copyfile(source.expanduser(), folder / name)
    return name


def _toml(draft: ProfileDraft, portrait: str, room: str | None) -> str:
    title = draft.title if draft.title is not None else draft.name.replace("-", " ").replace("_", " ").title()
    lines = [f"title = {_quoted(title)}", f'kind = "{draft.kind}"']
    lines += ["", "[face]", f"portrait = {_quoted(portrait)}", "", "[background]"]
    if room is None:
        lines += ['kind = "blur"']
    else:
        lines += [f'kind = "{background_kind(Path(room))}"', f"path = {_quoted(room)}"]
    if draft.kind is Kind.PERSONA:
        lines += ["", "[consent]", f"declaration = {_quoted(DECLARATION)}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are a subset of TOML's, apart from DEL, which TOML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
