"""What can be wrong with a profile: every problem at once, each with its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from profiles.plain_text import visible


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong."""

    text: str
    """What is wrong and what is wanted, without a full stop."""
    file: Path | None = None
    """The file that it is wrong in, if it is in a file."""
    key: str = ""
    """The key's path in the file, such as `face.size`; empty for the file as a whole."""

    def __str__(self) -> str:
        """The place and the problem on one line that a terminal can show."""
        place = f"{self.file or ''}{', ' if self.file and self.key else ''}{self.key}"
        return visible(f"{place}: {self.text}" if place else self.text)


class ProfileError(Exception):
    """A profile can't be found, read, made or moved.

    Attributes:
        problems: everything that is wrong, at least one.
    """

    def __init__(self, problems: Sequence[Problem] | str) -> None:
        self.problems = (Problem(problems),) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class TakenError(ProfileError):
    """Something is there already that would be replaced or hidden; whoever means that can say so.

    Attributes:
        told: what is there.
    """

    def __init__(self, told: str, cure: str) -> None:
        self.told = told
        super().__init__(f"{told}; {cure}")
