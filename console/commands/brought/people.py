"""The people whom `understudy profiles new` enrols or casts: the actor, and who else in the picture wears a face."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from profiles.draft import CastDraft
from profiles.engines.cast import MAX_ENTRIES, SIDES
from profiles.errors import Problem, ProfileError
from profiles.model_files import FACES, ModelDraft, shared_pictures
from profiles.store import ProfileStore

ACTOR, CAST = "--actor", "--cast"
SWAPPERS, PEOPLES = "embedding.recogniser", "tracking.recogniser"
"""The key of a recogniser beside a swapper, and of one that there is for people alone."""

Reasons = Callable[[Path], Sequence[str]]
"""Why somebody can't be known by a picture, each reason a sentence."""


@dataclass(frozen=True, slots=True)
class CastOption:
    """Whose face somebody beside the actor wears."""

    profile: str
    """A profile's name."""
    who: str
    """A side, a face's number, or pictures with commas between."""

    @classmethod
    def parse(cls, text: "str | CastOption") -> "CastOption":
        """An entry from text such as anselm=left."""
        if isinstance(text, CastOption):
            return text
        profile, equals, who = text.partition("=")
        if not (equals and profile and who):
            raise typer.BadParameter(
                f"got {text!r}, wanted PROFILE=WHO such as anselm=left, anselm=1 or anselm=anna.png"
            )
        return cls(profile, who)

    @property
    def face(self) -> str | int | None:
        """The side or the number; None for pictures."""
        if self.who in SIDES:
            return self.who
        return int(self.who) if self.who.isdecimal() and self.who.isascii() else None

    @property
    def names_pictures(self) -> bool:
        """Whether somebody may have meant pictures: one is there, or a name looks like a file's."""
        return any(path.is_file() or path.suffix or len(path.parts) > 1 for path in self.pictures)

    @property
    def pictures(self) -> tuple[Path, ...]:
        """The pictures; one file's name may have commas in it."""
        if self.face is not None:
            return ()
        whole = Path(self.who).expanduser()
        return (whole,) if whole.is_file() else tuple(Path(part).expanduser() for part in self.who.split(",") if part)


@dataclass(frozen=True, slots=True)
class PeopleOptions:
    """Who is known, and who wears what."""

    actor: Annotated[
        list[Path] | None,
        typer.Option(metavar="PICTURE", help="A picture of the actor: nobody else wears the face; may be repeated."),
    ] = None
    cast: Annotated[
        list[CastOption] | None,
        typer.Option(
            parser=CastOption.parse,
            metavar="PROFILE=WHO",
            help="Somebody else wears a profile's face: left, right, a face's number, or pictures of that person with "
            "commas between; may be repeated.",
        ),
    ] = None

    @property
    def by_pictures(self) -> bool:
        """Whether anybody is known by pictures, which wants a recogniser."""
        return bool(self.actor) or any(entry.face is None for entry in self.cast or ())


def people_drafts(people: PeopleOptions, reasons: Reasons) -> dict[str, Any]:
    """What a draft has of people: its `actor` and its `cast`.

    Raises:
        ProfileError: there is no such profile, or nobody can be known by a picture; every fault is told.
    """
    problems = named_problems(people)
    actor = _pictures("tracking.actor", "actor", people.actor or ())
    cast = tuple(
        CastDraft(entry.profile, entry.face, _pictures(f"cast.{number}.enrolled", f"cast-{number}", entry.pictures))
        for number, entry in enumerate(people.cast or ())
    )
    for option, draft in [(ACTOR, each) for each in actor] + [(CAST, each) for one in cast for each in one.enrolled]:
        faults = reasons(draft.path) if draft.path.is_file() else ()
        problems += [Problem(f"nobody can be known by {draft.path}: {' '.join(faults)}", key=option)] * bool(faults)
    if problems:
        raise ProfileError(problems)
    return {"actor": actor, "cast": cast}


def named_problems(people: PeopleOptions) -> list[Problem]:
    """What is wrong with the profiles and the people that are named, as far as no picture need be looked at."""
    cast = people.cast or ()
    problems = [Problem(str(problem), key=CAST) for entry in cast for problem in _problems_of(entry.profile)]
    problems += _too_many(cast)
    wanted = "wanted left, right, a face's number or pictures of that person"
    actor = [path.expanduser() for path in people.actor or ()]
    pictures = [(ACTOR, path) for path in actor]
    for entry in cast:
        if entry.face is not None:
            continue
        if entry.names_pictures:
            pictures += [(CAST, path) for path in entry.pictures]
        else:
            problems.append(Problem(f"got {entry.who!r}, {wanted}", key=CAST))
    lost = [(option, path) for option, path in pictures if not path.is_file()]
    problems += [Problem(f"there is no file {path}", key=option) for option, path in lost]
    return problems + shared_pictures([(ACTOR, actor), *((CAST, entry.pictures) for entry in cast)])


def with_recogniser(models: tuple[ModelDraft, ...], people: PeopleOptions) -> tuple[ModelDraft, ...]:
    """The models, the recogniser among them for people where there is no swapper that it belongs to.

    Raises:
        ProfileError: people are to be known by pictures, and there is none; or the people can't be had.
    """
    if not people.by_pictures:
        return models
    keys = {model.key for model in models}
    if SWAPPERS not in keys:
        text = "is missing; people are known by their pictures by an ArcFace network"
        # Who is no picture at all needs no recogniser.
        raise ProfileError(named_problems(people) or [Problem(text, key="--recogniser")])
    if "embedding.model" in keys:
        return models
    return tuple(replace(model, key=PEOPLES) if model.key == SWAPPERS else model for model in models)


def _pictures(key: str, person: str, paths: Sequence[Path]) -> tuple[ModelDraft, ...]:
    """Pictures of one person, in a folder of that person's: two people's may have one name."""
    return tuple(ModelDraft(key, path.expanduser(), folder=f"{FACES}/{person}") for path in paths)


def _too_many(cast: Sequence[CastOption]) -> list[Problem]:
    """A problem for each entry that is for another one's face, and for more entries than there may be."""
    problems: list[Problem] = []
    first: dict[str | int, CastOption] = {}
    for entry in cast:
        if entry.face is not None and (other := first.setdefault(entry.face, entry)) is not entry:
            pair = f"{other.profile}={other.who} and {entry.profile}={entry.who}"
            problems.append(Problem(f"{pair} are both for face {entry.face}; take one out", key=CAST))
    if len(cast) > MAX_ENTRIES:
        problems.append(Problem(f"is given {len(cast)} times, wanted at most {MAX_ENTRIES}; take some out", key=CAST))
    return problems


def _problems_of(profile: str) -> Sequence[Problem]:
    """Why a profile can't be cast."""
    if "/" in profile or "\\" in profile:
        return [Problem(f"got the folder {profile}, wanted a profile's name; write a folder into profile.toml")]
    try:
        ProfileStore().load(profile)
    except ProfileError as error:
        return error.problems
    return ()
