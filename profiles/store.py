"""Every profile that can be found: the user's own ones first, then those that ship."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path

import platformdirs

from profiles.archive import outside_files, put_archive, unpack_archive
from profiles.cast_members import read_with_cast
from profiles.draft import ProfileDraft, write_draft
from profiles.editing.recording import record
from profiles.editing.saving import save, write_copy
from profiles.editing.toml_edit import Changes
from profiles.errors import ProfileError, TakenError
from profiles.model_files import changed_files, named_models
from profiles.profile import Kind, Profile
from profiles.reading import FILE_NAME, read_profile
from profiles.schema import CLOSE

NO_CONSENT = "can't go on air: a real person without a verified consent record"
NO_CONSENT_IN_CAST = "can't go on air: casts a real person without a verified consent record"
BUILTIN = Path(__file__).with_name("builtin")
"""The profiles that ship."""


def user_folder() -> Path:
    """Where the user's own profiles live: `UNDERSTUDY_PROFILES`, or the platform's config folder."""
    chosen = os.environ.get("UNDERSTUDY_PROFILES")
    return Path(chosen).expanduser() if chosen else platformdirs.user_config_path("understudy") / "profiles"


@dataclass(frozen=True, slots=True)
class ProfileSummary:
    """One line of the list of profiles."""

    name: str
    title: str
    """The name where the title can't be read."""
    kind: Kind | None
    """None where the profile can't be read."""
    folder: Path
    builtin: bool
    problems: tuple[str, ...] = ()
    """Why it can't be used: file, key and what is wrong."""
    casts_person: bool = False
    """Whether somebody beside the actor would wear the face of a real person."""
    engines: tuple[str, ...] = ()
    """The face's and the voice's; none where the profile can't be read."""
    brings_models: bool = False
    """Whether networks of its own are to run, of which only building them tells whether they do."""

    @property
    def hindrance(self) -> str:
        """Why it can't go on air, in words; empty when it can."""
        if self.problems:
            return f"can't be used: understudy profiles check {self.name}"
        if self.kind is not Kind.PERSONA:
            return NO_CONSENT
        return NO_CONSENT_IN_CAST if self.casts_person else ""


class ProfileStore:
    """The profiles in some folders; the first folder is the one that is written to."""

    def __init__(self, folders: Sequence[Path] | None = None) -> None:
        """Looks into `folders`, by default the user's and the built-in one; nothing is read yet."""
        self._folders = tuple(folders) if folders is not None else (user_folder(), BUILTIN)

    @property
    def folder(self) -> Path:
        """Where new profiles are put."""
        return self._folders[0]

    def names(self) -> tuple[str, ...]:
        """Every profile's name, in the order of `list`.

        Raises:
            ProfileError: a folder of profiles can't be looked into.
        """
        return tuple(self._places())

    def list(self) -> tuple[ProfileSummary, ...]:
        """Every profile, readable or not: the user's own ones by name, then the built-in ones by name.

        Raises:
            ProfileError: a folder of profiles can't be looked into.
        """
        return tuple(self._summary(name, folder) for name, folder in self._places().items())

    def load(self, name_or_path: str | Path) -> Profile:
        """The profile of that name, or in the folder of that path.

        Raises:
            ProfileError: there is none, or something is wrong with it; carries every problem.
        """
        return read_with_cast(self.find(name_or_path), self.find)

    def find(self, name_or_path: str | Path) -> Path:
        """The folder of the profile of that name; a path to a folder or to a `profile.toml` stands for itself.

        Raises:
            ProfileError: there is no such profile.
        """
        text = str(name_or_path)
        known = self._places()
        if text in known:
            return known[text]
        path = Path(text).expanduser() if text.startswith("~/") else Path(text)
        if path.name == FILE_NAME and os.path.lexists(path):
            return path.parent
        if len(path.parts) != 1 or os.path.lexists(path / FILE_NAME):
            return path
        near = get_close_matches(text, known, n=1, cutoff=CLOSE)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known) or 'none'}"
        raise ProfileError(f"There is no profile called {text}; {hint}")

    def new(self, draft: ProfileDraft, *, force: bool = False) -> Profile:
        """Makes a profile from pictures and puts it into the user's folder; `force` lets it hide one that ships.

        Raises:
            ProfileError: the name is taken, a picture is missing or the profile would not be readable.
        """
        return self._made(draft.name, partial(write_draft, draft), force=force)

    def copy(self, name_or_path: str | Path, name: str, changes: Changes, *, force: bool = False) -> Profile:
        """Makes a profile of the user's own from another one's files, some settings changed; returns the new one.

        Raises:
            ProfileError: there is no such profile, the name is taken, or the new one would not be readable.
        """
        return self._made(name, partial(write_copy, self.find(name_or_path), changes), force=force)

    def save(self, name: str, changes: Changes) -> Profile:
        """Puts changed settings into the file of a profile of the user's own, whose remarks stay.

        Raises:
            ProfileError: there is no such profile of the user's own, or it would not be readable; nothing changes then.
        """
        folder = self.own(name)
        with self._staging() as staging:
            return save(changes, folder, staging)

    def record(self, draft: ProfileDraft) -> Profile:
        """Records the models of the user's profile called `draft.name` as they are now, with those of the draft put in.

        Raises:
            ProfileError: there is no such profile of the user's own, or it would not be readable; nothing changes then.
        """
        folder = self.own(draft.name)
        with self._staging() as staging:
            return record(draft, folder, staging)

    def remove(self, name: str) -> None:
        """Deletes a profile of the user's own; where links led stays.

        Raises:
            ProfileError: there is no such profile of the user's own.
        """
        folder = self.own(name)
        with self._staging() as grave:
            folder.replace(grave / "removed")

    def own(self, name: str) -> Path:
        """The folder of a profile of the user's own.

        Raises:
            ProfileError: there is none of that name, or it ships.
        """
        folder = self.find(name)
        if folder == self.folder / folder.name and os.path.lexists(folder):
            return folder
        if folder.parent in self._folders:
            raise ProfileError(f"The profile {name} ships with the program and stays as it is; make one of your own")
        raise ProfileError(f"There is no profile of your own called {name} in {self.folder}; name one that is there")

    def export(self, name_or_path: str | Path, file: Path, *, force: bool = False) -> Path:
        """Writes a profile with its files into one zip archive and tells where.

        Raises:
            ProfileError: the profile is not readable, a file of it lies elsewhere or has changed, or the archive is
                there already.
        """
        profile = self.load(name_or_path)
        if changed := changed_files(profile):
            raise ProfileError(changed)
        return put_archive(profile, file.expanduser(), force=force)

    def import_(self, file: Path, *, force: bool = False) -> Profile:
        """Takes a profile out of an archive into the user's folder, or leaves everything as it was.

        `force` lets it replace the user's own profile of that name, and hide one that ships.

        Raises:
            ProfileError: the archive is refused, the profile in it has problems, or its name is taken.
        """
        file = file.expanduser()
        with self._staging() as staging:
            name = unpack_archive(file, staging)
            profile = self._read_staged(staging, name, file / name)
            if not force:
                self._refuse_taken(name, "add --force to replace it")
                self._refuse_hiding(name)
            faults = outside_files(profile) or changed_files(profile)
            if faults:
                raise ProfileError([replace(problem, file=file / name / FILE_NAME) for problem in faults])
            self._put(staging, self.folder / name)
        return read_profile(self.folder / name)

    def _made(self, name: str, fill: Callable[[Path], None], *, force: bool) -> Profile:
        """Makes a profile of what is put into an empty folder."""
        with self._staging() as staging:
            fill(staging)
            self._read_staged(staging, name, self.folder / name)
            self._refuse_taken(name, "choose another name")
            if not force:
                self._refuse_hiding(name)
            staging.replace(self.folder / name)
        return read_profile(self.folder / name)

    def _places(self) -> dict[str, Path]:
        places: dict[str, Path] = {}
        for folder in self._folders:
            try:
                for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                    if path.is_dir() and not path.name.startswith((".", "_")):
                        places.setdefault(path.name, path)
            except OSError as error:
                raise ProfileError(
                    f"The profiles in {folder} can't be looked at: {error.strerror}; check the rights there"
                ) from error
        return places

    def _summary(self, name: str, folder: Path) -> ProfileSummary:
        builtin = folder.parent == BUILTIN
        try:
            profile = read_with_cast(folder, self.find)
        except ProfileError as error:
            return ProfileSummary(name, name, None, folder, builtin, tuple(map(str, error.problems)))
        casts_person = any(other.kind is not Kind.PERSONA for other in profile.cast_profiles)
        engines = profile.face.engine, profile.voice.engine
        brings_models = any(map(named_models, (profile, *profile.cast_profiles)))
        summary = ProfileSummary(name, profile.title, profile.kind, folder, builtin, casts_person=casts_person)
        return replace(summary, engines=engines, brings_models=brings_models)

    def _refuse_taken(self, name: str, cure: str) -> None:
        if os.path.lexists(self.folder / name):
            raise TakenError(f"A profile called {name} is there already in {self.folder}", cure)

    def _refuse_hiding(self, name: str) -> None:
        if any((folder / name).is_dir() for folder in self._folders[1:]):
            text = f"A profile called {name} ships with the program and would be hidden by yours"
            raise TakenError(text, "add --force if that is meant")

    def _read_staged(self, staging: Path, name: str, shown: Path) -> Profile:
        """Reads the profile in `staging`; its problems name the place that the user knows."""
        try:
            return read_profile(staging, name)
        except ProfileError as error:
            raise ProfileError([replace(problem, file=shown / FILE_NAME) for problem in error.problems]) from error

    def _put(self, staging: Path, target: Path) -> None:
        if not target.exists():
            staging.replace(target)
            return
        with self._staging() as grave:
            old = target.replace(grave / target.name)
            try:
                staging.replace(target)
            except OSError:
                old.replace(target)
                raise

    @contextmanager
    def _staging(self) -> Iterator[Path]:
        """A hidden folder beside the profiles; whatever is left of it goes."""
        staging: Path | None = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            staging = Path(tempfile.mkdtemp(prefix=".staging-", dir=self.folder))
            yield staging
        except OSError as error:
            raise ProfileError(
                f"The profile can't be put into {self.folder}: {error.strerror or error}; "
                "check the rights and the free space there"
            ) from error
        finally:
            if staging is not None:
                shutil.rmtree(staging, ignore_errors=True)
