"""`profile.toml` read into a `Profile`: everything that is wrong is told at once."""

import json
import stat
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from profiles.engines.enrolled import cast_problems, enrolled_files
from profiles.errors import Problem, ProfileError
from profiles.plain_text import shortened, visible
from profiles.profile import Kind, Profile
from profiles.schema import UNWRITTEN, file_fields, nearest_key, wanted
from profiles.toml_file import load_toml

FILE_NAME = "profile.toml"
NEEDED: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType(
    {
        ("face", "dfm"): ("dfm.model",),
        ("face", "embedding"): ("embedding.model",),
        ("voice", "rvc"): ("rvc.model", "rvc.encoder"),
    }
)
"""The models that an engine can't do without."""
WHAT: Mapping[str, str] = MappingProxyType(
    {
        "dfm.model": "a .dfm file",
        "embedding.model": "a face swapper's ONNX file",
        "rvc.model": "an RVC voice's ONNX file",
        "rvc.encoder": "a content encoder's ONNX file",
    }
)


def read_profile(folder: Path, name: str | None = None) -> Profile:
    """The profile in `folder`, with all files that it names in place.

    Args:
        folder: holds `profile.toml` and the files that it names.
        name: the profile's name, by default the folder's, which for a link is the link's own.

    Raises:
        ProfileError: something is wrong; it carries every problem.
    """
    return profile_of(load_toml(folder / FILE_NAME), folder, name if name is not None else _name_of(folder))


def profile_of(data: dict[str, Any], folder: Path, name: str) -> Profile:
    """The profile that a file with this in it would be, with all files that it names in place.

    Args:
        data: what the file says.
        folder: where it would lie, beside the files that it names.
        name: the profile's name.

    Raises:
        ProfileError: something is wrong; it carries every problem.
    """
    file, name = folder / FILE_NAME, visible(name)
    problems = [
        Problem(f"unknown key; a profile's {key} is its folder's, so take the line out", file, key)
        for key in sorted(UNWRITTEN & data.keys())
    ]
    written = {key: value for key, value in data.items() if key not in UNWRITTEN}
    profile: Profile | None = None
    try:
        # JSON holds no path whose bytes are no text, so that the folder comes in afterwards.
        text = json.dumps({**written, "name": name, "folder": "."}, default=_foreign)
        profile = Profile.model_validate_json(text, strict=True).model_copy(update={"folder": folder.absolute()})
    except ValidationError as error:
        problems += [_explain(details, file) for details in error.errors()]
    problems += _missing_files(written, file) + _undeclared(written, file) + _without_models(written, file)
    problems += cast_problems(written, file) + _devices_of_nothing(written, file)
    if problems or profile is None:
        raise ProfileError(sorted(problems, key=lambda problem: problem.key))
    return profile


def named_files(profile: Profile) -> dict[str, Path]:
    """The files that a profile uses, as seen from the working folder, by key; several under one key with numbers."""
    files: dict[str, Path] = {}
    for section, key, field in file_fields():
        table = getattr(profile, section)
        if _is_used(section, key, table.model_dump(include=table.model_fields_set)):
            paths = _paths(key, getattr(table, key), field)
            files |= {f"{section}.{inner}": profile.resolve(Path(path)) for inner, path in paths}
    people = enrolled_files([{"enrolled": entry.enrolled} for entry in profile.cast])
    return files | {key: profile.resolve(Path(path)) for key, path in people}


def _is_used(section: str, key: str, table: Mapping[str, Any]) -> bool:
    """Whether the file at a key, named or meant by default, is used, by what is written in the section."""
    if section == "background":
        return table.get("kind", "image") in ("image", "video")
    # A face that was trained needs no picture of itself.
    return not (section == "face" and table.get("engine") == "dfm" and key not in table)


def _paths(key: str, value: object, field: FieldInfo) -> Iterator[tuple[str, str | Path]]:
    """The file or the files at a key, each with a key of its own; nothing where something else stands."""
    if isinstance(value, str | Path):
        yield key, value
    elif isinstance(value, list | tuple) and isinstance(field.default, tuple):
        yield from ((f"{key}.{place}", path) for place, path in enumerate(value) if isinstance(path, str | Path))


def _name_of(folder: Path) -> str:
    name = folder.absolute().name
    return name if name not in ("", "..") else folder.resolve().name


def _foreign(value: object) -> dict[str, str]:
    """Dates and times have no place in a profile: as a table they are of the wrong type everywhere."""
    return {"date": str(value)}


def _explain(details: ErrorDetails, file: Path) -> Problem:
    path = [str(part) for part in details["loc"]]
    key = ".".join(path)
    if key == "name":
        rule = "a small letter or digit first, then at most 39 small letters, digits, - or _"
        return Problem(f"the name \"{details['input']}\" can't be a profile's; wanted {rule}", file)
    if details["type"] == "extra_forbidden":
        near = nearest_key(path)
        return Problem(f"unknown key; did you mean {near}?" if near else "unknown key; take it out", file, key)
    if key == "cast" and details["type"] == "too_long":
        got, most = details["ctx"]["actual_length"], details["ctx"]["max_length"]
        return Problem(f"got {got} entries, wanted at most {most}; take out cast.{most} and what follows it", file, key)
    if key == "cast" and details["type"] == "value_error":
        return Problem(f"{details['ctx']['error']}; take one out", file, key)
    if details["type"] == "missing":
        return Problem(f"is missing; wanted {wanted(path)}", file, key)
    return Problem(f"got {_shown(details['input'])}, wanted {wanted(path)}", file, key)


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f'the text "{shortened(value)}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return f"the date {value['date']}" if set(value) == {"date"} else "a table"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return shortened(str(value))


def _missing_files(data: dict[str, Any], file: Path) -> list[Problem]:
    """A problem for each file that is named, or meant by default, and is not there."""
    named = _named(data)
    faults = {key: _file_fault(file.parent / path, shortened(str(path))) for key, path in named.items()}
    return [Problem(fault, file, key) for key, fault in faults.items() if fault]


def _devices_of_nothing(data: dict[str, Any], file: Path) -> list[Problem]:
    """A problem for each file that is told where to run and that nothing names."""
    devices = data.get("devices", {})
    if not isinstance(devices, dict):
        return []
    named = {Path(path).as_posix() for path in _named(data).values()}
    problems = []
    for name in devices.keys() - named:
        near = get_close_matches(name, named, 1)
        cure = f'did you mean "{shortened(near[0])}"?' if near else "take the line out"
        problems.append(Problem(f"names no model of this profile; {cure}", file, f"devices.{shortened(name)}"))
    return problems


def _named(data: dict[str, Any]) -> dict[str, str | Path]:
    """Each file that is named, or meant by default, by its key."""
    named = dict[str, str | Path](enrolled_files(data.get("cast")))
    for section, key, field in file_fields():
        table = data.get(section, {})
        if not isinstance(table, dict):
            continue
        if not _is_used(section, key, table):
            continue
        for inner, path in _paths(key, table.get(key, field.default), field):
            named[f"{section}.{inner}"] = path
    return named


def _file_fault(place: Path, name: str) -> str | None:
    """Why there is no file at a place."""
    try:
        kind = stat.S_IFMT(place.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return f'there is no file "{name}" beside {FILE_NAME}; put it there or name another'
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file can be called that"
        return f'the file "{name}" can\'t be looked at ({reason}); name another'
    if kind == stat.S_IFREG:
        return None
    return f'got {"the folder" if kind == stat.S_IFDIR else "a pipe or a device at"} "{name}", wanted a file'


def _undeclared(data: dict[str, Any], file: Path) -> list[Problem]:
    consent = data.get("consent", {})
    declaration = consent.get("declaration", "") if isinstance(consent, dict) else None
    if data.get("kind") != Kind.PERSONA or not isinstance(declaration, str) or declaration.strip():
        return []
    text = "is missing; wanted a sentence that declares the persona synthetic and nobody's likeness"
    return [Problem(text, file, "consent.declaration")]


def _without_models(data: dict[str, Any], file: Path) -> list[Problem]:
    """A problem for each model that an engine can't do without and that is not named."""
    problems = []
    for (section, engine), keys in NEEDED.items():
        table = data.get(section, {})
        if not isinstance(table, dict) or table.get("engine") != engine:
            continue
        for key in keys:
            inner, _, last = key.partition(".")
            models = data.get(inner, {})
            if isinstance(models, dict) and last not in models:
                text = f'is missing; the engine "{engine}" wants the name of {WHAT[key]} there'
                problems.append(Problem(text, file, key))
    return problems
