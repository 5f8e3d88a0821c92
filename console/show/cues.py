"""A show's file: the cues in their order, checked once when it is read."""

import json
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from pipeline.errors import UnderstudyError
from profiles.draft import background_kind
from profiles.errors import Problem, ProfileError
from profiles.plain_text import shortened
from profiles.profile import PRINTABLE, Colour, Profile
from profiles.schema import CLOSE
from profiles.toml_file import load_toml

MAX_CUES = 200
MAX_BYTES = 1 << 16
LONGEST_S = 86_400.0
WANTED: Mapping[str, str] = MappingProxyType(
    {
        "cue": f"1 to {MAX_CUES} tables [[cue]]",
        "profile": "a profile's name, or its folder, in quotes",
        "background": 'a table such as {{ kind = "blur" }}'.replace("{{", "{").replace("}}", "}"),
        "kind": '"image", "video", "blur", "colour" or "none"',
        "path": "the name of a picture or a video, in quotes",
        "colour": 'a text like "#2b3440"',
        "note": "a text of printable characters on one line, in quotes",
        "seconds": f"a number above 0, at most {LONGEST_S:g}",
        "auto": "true or false",
    }
)
"""What each key takes, in words."""


class ShowError(UnderstudyError):
    """A show's file can't be read, or is not right.

    Attributes:
        problems: everything that is wrong.
    """

    def __init__(self, file: Path, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        told = [f"{problem.key}: {problem.text}" if problem.key else problem.text for problem in problems]
        super().__init__(f"The show {file} can't be played: {'; '.join(told)}")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class CueBackground(_Part):
    """Another room than the profile's own."""

    kind: Literal["image", "video", "blur", "colour", "none"] | None = None
    """As in a profile's [background]; left out, what `path` or `colour` goes with."""
    path: Path | None = None
    """The picture or the video loop, relative to the show's file."""
    colour: Colour | None = None
    """The plain colour."""


class Cue(_Part):
    """One step of a show."""

    profile: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    """A profile's name, or its folder."""
    background: CueBackground | None = None
    """Another room than the profile's own."""
    note: Annotated[str, PRINTABLE] = ""
    """What the operator is to know, on one line."""
    seconds: Annotated[float, Field(gt=0, le=LONGEST_S)] | None = None
    """How long it is meant to take; a countdown shows it."""
    auto: bool = False
    """Whether the next cue comes by itself when `seconds` are over; without it nothing ever does."""


class Show(_Part):
    """The cues of a show."""

    cue: Annotated[tuple[Cue, ...], Field(min_length=1, max_length=MAX_CUES)]
    """In their order."""


def read_show(file: Path) -> Show:
    """The show in a file; its paths start from the file's folder.

    Raises:
        ShowError: something is wrong; it carries every problem.
    """
    if not file.is_file():
        raise ShowError(file, [Problem("there is no such file")])
    try:
        data = load_toml(file, MAX_BYTES)
    except ProfileError as error:
        raise ShowError(file, [Problem(each.text, key=each.key) for each in error.problems]) from error
    try:
        show = Show.model_validate_json(json.dumps(data, default=str), strict=True)
    except ValidationError as error:
        raise ShowError(file, [_explained(each) for each in error.errors() if not _echoes(each)]) from error
    problems = [problem for number, cue in enumerate(show.cue, 1) for problem in _contradictions(number, cue)]
    if problems:
        raise ShowError(file, problems)
    return Show(cue=tuple(_placed(cue, file.absolute().parent) for cue in show.cue))


def staged(cue: Cue, profile: Profile, saved: Profile) -> Profile:
    """The profile in the room that a cue asks for, or in its own; whatever else was adjusted on it stays.

    Args:
        cue: the step of the show.
        profile: as it is now.
        saved: the same one as its file has it.
    """
    room, own = cue.background, saved.background.model_dump()
    if room is None:
        return profile.with_background(**own)
    kind = room.kind or ("colour" if room.path is None else background_kind(room.path))
    return profile.with_background(
        **own | {"kind": kind} | room.model_dump(include={"path", "colour"}, exclude_none=True)
    )


def _placed(cue: Cue, folder: Path) -> Cue:
    room = cue.background
    if room is None or room.path is None:
        return cue
    placed = room.model_copy(update={"path": folder / room.path.expanduser()})
    return cue.model_copy(update={"background": placed})


def _contradictions(number: int, cue: Cue) -> list[Problem]:
    """What every key allows by itself, and together means nothing."""
    problems = []
    if cue.auto and cue.seconds is None:
        problems.append(
            Problem("wants `seconds` beside it: when they are over, the next cue comes", key=f"cue {number}.auto")
        )
    room = cue.background
    if room is not None and room.kind in ("image", "video") and room.path is None:
        problems.append(
            Problem("is missing; wanted the picture or the video loop", key=f"cue {number}.background.path")
        )
    if room is not None and room == CueBackground():
        text = "says nothing; wanted kind, path or colour, or the line taken out"
        problems.append(Problem(text, key=f"cue {number}.background"))
    return problems


def _echoes(details: ErrorDetails) -> bool:
    """Whether a list is only short because what is in it is wrong, which is told already."""
    return details["type"] == "too_short" and bool(details["input"])


def _explained(details: ErrorDetails) -> Problem:
    """One problem, its cue told by its number, which counts from 1."""
    path = [f"{part + 1}" if isinstance(part, int) else part for part in details["loc"]]
    key = ".".join(path).replace("cue.", "cue ", 1)
    if details["type"] == "extra_forbidden":
        model = CueBackground if "background" in path[:-1] else Cue if path[0] == "cue" else Show
        near = get_close_matches(path[-1], model.model_fields, n=1, cutoff=CLOSE)
        cure = f"did you mean {near[0]}?" if near else f"there are {', '.join(model.model_fields)}"
        return Problem(f"unknown key; {cure}", key=key)
    wanted = WANTED.get(str(path[-1]), "something else")
    if details["type"] == "missing":
        return Problem(f"is missing; wanted {wanted}", key=key)
    if details["type"] == "too_long":
        return Problem(f"got {details['ctx']['actual_length']} of them, wanted {wanted}", key=key)
    got = details["input"]
    shown = f'the text "{shortened(got)}"' if isinstance(got, str) else shortened(json.dumps(got, default=str))
    return Problem(f"got {shown}, wanted {wanted}", key=key)
