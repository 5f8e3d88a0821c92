"""What the screens of the profiles need from the shelf beyond looking at it: the store fits it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from console.ports import SummaryPort
from profiles.draft import ProfileDraft
from profiles.profile import Profile


class KeptPort(SummaryPort, Protocol):
    """One profile on a shelf that can be changed."""

    @property
    def folder(self) -> Path:
        """Where it is."""

    @property
    def builtin(self) -> bool:
        """Whether it ships with the program."""

    @property
    def problems(self) -> tuple[str, ...]:
        """Why it can't be used: file, key and what is wrong."""

    @property
    def engines(self) -> tuple[str, ...]:
        """The face's and the voice's; none where it can't be read."""


class KeeperPort(Protocol):
    """A shelf whose profiles can be made, changed and moved. Every call may take as long as the disk does.

    Each raises ProfileError with every reason, and leaves everything as it was.
    """

    @property
    def folder(self) -> Path:
        """Where new profiles are put."""

    def list(self) -> Sequence[KeptPort]:
        """Every profile, broken ones too."""

    def load(self, name_or_path: str | Path) -> Profile:
        """One profile, checked."""

    def own(self, name: str) -> Path:
        """The folder of a profile of the user's own."""

    def new(self, draft: ProfileDraft, *, force: bool = False) -> Profile:
        """Makes a profile; `force` lets it hide one that ships."""

    def copy(self, name_or_path: str | Path, name: str, changes: Mapping[str, Any], *, force: bool = False) -> Profile:
        """Makes a profile from another one's files, some settings changed; returns the new one."""

    def save(self, name: str, changes: Mapping[str, Any]) -> Profile:
        """Puts changed settings into the file of a profile of the user's own."""

    def export(self, name_or_path: str | Path, file: Path, *, force: bool = False) -> Path:
        """Writes a profile into an archive and tells where; `force` overwrites it."""

    def import_(self, file: Path, *, force: bool = False) -> Profile:
        """Takes a profile out of an archive; `force` replaces the user's own of that name."""

    def remove(self, name: str) -> None:
        """Deletes a profile of the user's own."""
