"""The form without a screen: what the operator does to the settings of the running profile, and what comes of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from console.profiles.form.fields import FormField, engine_sections, fields_of, matches, section_names
from console.sentences import sentence
from pipeline.errors import UnderstudyError
from profiles.editing.saving import differences, settings_of
from profiles.editing.toml_edit import Changes, Plain, overlaid
from profiles.errors import ProfileError
from profiles.profile import Profile
from profiles.reading import FILE_NAME, profile_of
from profiles.toml_file import load_toml


class RunningPort(Protocol):
    """The part of a desk that a form needs."""

    @property
    def profile(self) -> Profile:
        """The live profile."""

    def change(self, what: str, profile: Profile) -> None:
        """Makes the running profile one with other settings, which can be undone."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """One line of the form."""

    field: FormField
    value: Plain
    changed: bool
    """Whether it is not what is saved."""
    problem: str
    """Why what was entered last is not taken; empty when it was."""

    @property
    def text(self) -> str:
        """The value as it is typed."""
        return self.field.written(self.value)


class Editor:
    """Changes settings of the running profile, each checked as its file would be. One thread."""

    def __init__(self, desk: RunningPort, saved: Callable[[Profile], Profile]) -> None:
        """A form of whatever profile runs.

        Args:
            desk: takes the changes.
            saved: the profile as it was before it was changed.
        """
        self._desk, self._saved = desk, saved
        self._read_from: Path | None = None
        self._said: dict[str, Any] = {}
        self._problems: dict[str, str] = {}
        self._looked_for: frozenset[str] = frozenset()

    @property
    def profile(self) -> Profile:
        """The profile that is changed: the live one."""
        return self._desk.profile

    @property
    def unsaved(self) -> Changes:
        """What was changed and is not in the profile's file, by key."""
        profile = self.profile
        return differences(self._saved(profile), profile)

    def rows(self, search: str = "") -> Iterator[tuple[str, tuple[FormRow, ...]]]:
        """Each part of the profile with its settings, those that a search finds; parts without any are left out."""
        profile = self.profile
        values, unsaved = settings_of(profile), self.unsaved
        for section in section_names(profile, self._looked_for):
            found = tuple(
                FormRow(field, values[field.path], field.path in unsaved, self._problems.get(field.path, ""))
                for field in fields_of(section)
                if matches(field, search)
            )
            if found:
                yield section, found

    def step(self, field: FormField, steps: int, *, fine: bool = False) -> bool:
        """Moves a setting by keys; whether it was taken."""
        value = settings_of(self.profile)[field.path]
        moved = field.moved(value, steps, fine=fine)
        return self._put(field, moved) if moved != value else True

    def enter(self, field: FormField, text: str) -> bool:
        """Takes what was typed into a setting; whether it was taken."""
        return self._put(field, field.read(text))

    def reset(self, field: FormField) -> bool:
        """Gives a setting its default; whether it was taken."""
        return self._put(field, field.default)

    def discard(self) -> str:
        """Puts everything back to what is saved.

        Raises:
            UnderstudyError: the running profile can't be changed just now.
        """
        profile = self.profile
        saved = self._saved(profile)
        if not differences(saved, profile):
            return "There is nothing to discard."
        self._desk.change("discarding", saved)
        self._problems.clear()
        return f"{profile.title} is as it was saved; u brings the changes back."

    def forget_problems(self) -> None:
        """Lets go of what was not taken."""
        self._problems.clear()

    def forget_file(self) -> None:
        """Has the profile's file read anew: it was written to."""
        self._read_from = None

    def _put(self, field: FormField, value: Plain) -> bool:
        self._problems.pop(field.path, None)
        try:
            changed = self._checked(field, value)
            self._desk.change(f"{field.section} {field.key.replace('_', ' ')}", changed)
        except ProfileError as error:
            self._problems[field.path] = _told(error, field.path)
            needed = {problem.key.partition(".")[0] for problem in error.problems}
            self._looked_for |= needed & engine_sections()
        except UnderstudyError as error:
            self._problems[field.path] = sentence(str(error))
        return field.path not in self._problems

    def _checked(self, field: FormField, value: Plain) -> Profile:
        """The running profile with another value, checked as if it had been read from its file.

        Raises:
            ProfileError: it would not be readable.
        """
        profile = self.profile
        if profile.folder != self._read_from:
            self._said, self._read_from = load_toml(profile.folder / FILE_NAME), profile.folder
        kept = profile_of(self._said, profile.folder, profile.name)
        said = overlaid(self._said, differences(kept, profile) | {field.path: value})
        # The profiles that are cast stand beside the file, and no setting changes them.
        return profile_of(said, profile.folder, profile.name).model_copy(
            update={"cast_profiles": profile.cast_profiles}
        )


def _told(error: ProfileError, path: str) -> str:
    """What is wrong, the key named where it is another one's."""
    told = [problem.text if problem.key == path else f"{problem.key}: {problem.text}" for problem in error.problems]
    text = sentence("; ".join(dict.fromkeys(told)))
    return text if ":" in text.split(" ", 1)[0] else text[:1].upper() + text[1:]
