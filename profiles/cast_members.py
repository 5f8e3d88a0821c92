"""The profiles whose faces others in a profile's picture wear, looked up by their names."""

from collections.abc import Callable, Iterable
from pathlib import Path

from profiles.errors import Problem, ProfileError
from profiles.profile import Profile
from profiles.reading import FILE_NAME, read_profile
from profiles.toml_file import load_toml

Find = Callable[[str], Path]
"""The folder of a profile by its name; raises a `ProfileError` where there is none."""


def read_with_cast(folder: Path, find: Find) -> Profile:
    """The profile in a folder with those that it casts; the casts of these play no part.

    Raises:
        ProfileError: something is wrong with one of them; carries every problem.
    """
    try:
        profile = read_profile(folder)
    except ProfileError as error:
        raise ProfileError([*error.problems, *_cast_problems(folder, find)]) from error
    found, problems = _members(folder, enumerate(entry.profile for entry in profile.cast), find)
    if problems:
        raise ProfileError(problems)
    return profile.model_copy(update={"cast_profiles": tuple(found)})


def _members(folder: Path, names: Iterable[tuple[int, str]], find: Find) -> tuple[list[Profile], list[Problem]]:
    found: list[Profile] = []
    problems: list[Problem] = []
    for place, name in names:
        try:
            found.append(read_profile(folder / name if "/" in name or "\\" in name else find(name)))
        except ProfileError as error:
            text = f"can't be had: {'; '.join(map(str, error.problems))}"
            problems.append(Problem(text, folder / FILE_NAME, f"cast.{place}.profile"))
    return found, problems


def _cast_problems(folder: Path, find: Find) -> list[Problem]:
    """What is wrong with the cast of a profile that can't be read itself."""
    try:
        entries = load_toml(folder / FILE_NAME).get("cast")
    except ProfileError:
        return []
    tables = enumerate(entries if isinstance(entries, list) else ())
    names = ((place, table.get("profile") if isinstance(table, dict) else None) for place, table in tables)
    return _members(folder, [(place, name) for place, name in names if isinstance(name, str) and name], find)[1]
