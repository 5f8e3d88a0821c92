"""Several people in one picture: who else wears a face, and whose."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainValidator, StringConstraints

from profiles.engines.section import Section

SIDES = ("left", "right")
MAX_ENTRIES = 4
"""As many faces as are followed from frame to frame."""


def _face(value: object) -> object:
    """Lets a face's number or a side through; a union would tell of each kind that it is not."""
    if isinstance(value, bool) or not (value in SIDES or (isinstance(value, int) and value >= 0)):
        raise ValueError("neither a face's id nor a side")
    return value


class CastEntry(Section):
    """One of the other people in the picture, and the profile whose face that person wears."""

    face: Annotated[Annotated[int, Field(ge=0)] | Literal["left", "right"] | None, PlainValidator(_face)] = None
    """A face's id; or the outermost face to the left or to the right of the chosen one, as the picture shows it."""
    enrolled: tuple[Path, ...] = ()
    """In place of `face`: pictures of one person, wherever in the picture that person is."""
    profile: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    """Another profile's name, or its folder as seen from this profile's, with a slash in it."""

    @property
    def who(self) -> str:
        """The side, or the name of the person's first picture; nothing for a face that has its number only."""
        if self.enrolled:
            return self.enrolled[0].stem
        return self.face if isinstance(self.face, str) else ""


def _each_once(entries: Sequence[CastEntry]) -> Sequence[CastEntry]:
    """Refuses two entries for one face."""
    first: dict[int | str, int] = {}
    for number, entry in enumerate(entries):
        if entry.face is not None and first.setdefault(entry.face, number) != number:
            raise ValueError(f"cast.{first[entry.face]} and cast.{number} are both for face {entry.face}")
    return entries


Cast = Annotated[tuple[CastEntry, ...], Field(max_length=MAX_ENTRIES), AfterValidator(_each_once)]
