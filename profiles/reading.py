"""`profile.toml` read into a `Profile`: everything that is wrong is told at once."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from profiles.errors import Problem, ProfileError
from profiles.profile import Kind, Profile
from profiles.schema import UNWRITTEN, file_fields, nearest_key, wanted

FILE_NAME = "profile.toml"
MAX_BYTES = 1 << 20
"""A profile that is larger than this is not one."""


def read_profile(folder: Path, name: str | None = None) -> Profile:
    """The profile in `folder`, with all files that it names in place.

    Args:
        folder: holds `profile.toml` and the files that it names.
        name: the profile's name, by default the folder's.

    Raises:
        ProfileError: something is wrong; it carries every problem.
    """
    file = folder / FILE_NAME
    data = _load(file)
    name = name if name is not None else folder.resolve().name
    problems = [
        Problem(f"unknown key; a profile's {key} is its folder's, so take the line out", file, key)
        for key in sorted(UNWRITTEN & data.keys())
    ]
    written = {key: value for key, value in data.items() if key not in UNWRITTEN}
    profile: Profile | None = None
    try:
        text = json.dumps({**written, "name": name, "folder": str(folder.absolute())}, default=_foreign)
        profile = Profile.model_validate_json(text, strict=True)
    except ValidationError as error:
        problems += [_explain(details, file) for details in error.errors()]
    problems += _missing_files(written, file) + _undeclared(written, file)
    if problems or profile is None:
        raise ProfileError(sorted(problems, key=lambda problem: problem.key))
    return profile


def named_files(profile: Profile) -> dict[str, Path]:
    """The files that a profile uses, by key, as seen from the working folder."""
    files: dict[str, Path] = {}
    for section, key, _ in file_fields():
        path = getattr(getattr(profile, section), key)
        if path is not None and not (section == "background" and profile.background.kind not in ("image", "video")):
            files[f"{section}.{key}"] = profile.resolve(path)
    return files


def _load(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise ProfileError([Problem(f"{file.stat().st_size} bytes are too many, at most {MAX_BYTES} fit", file)])
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise ProfileError([Problem("there is no such file; a profile is a folder that holds one", file)]) from error
    except OSError as error:
        raise ProfileError([Problem(f"can't be read ({error.strerror})", file)]) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ProfileError([Problem("is not UTF-8 text; save it as UTF-8", file, f"line {line}")]) from error
    except tomllib.TOMLDecodeError as error:
        raise ProfileError([_syntax_problem(str(error), file)]) from error


def _syntax_problem(message: str, file: Path) -> Problem:
    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", message, re.DOTALL)
    if found is None:
        return Problem(f"is not TOML: {message}", file)
    what, line, column = found.groups()
    place = f"line {line}, column {column}" if line else "end of the file"
    return Problem(f"is not TOML: {what[:1].lower()}{what[1:]}", file, place)


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
    if details["type"] == "missing":
        return Problem(f"is missing; wanted {wanted(path)}", file, key)
    return Problem(f"got {_shown(details['input'])}, wanted {wanted(path)}", file, key)


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f'the text "{value[:40]}{"…" if len(value) > 40 else ""}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return f"the date {value['date']}" if set(value) == {"date"} else "a table"
    return "a list" if isinstance(value, list) else str(value)


def _missing_files(data: dict[str, Any], file: Path) -> list[Problem]:
    """A problem for each file that is named, or meant by default, and is not there."""
    problems = []
    for section, key, field in file_fields():
        table = data.get(section, {})
        if not isinstance(table, dict):
            continue
        if section == "background" and table.get("kind", "image") not in ("image", "video"):
            continue
        path = table.get(key, field.default)
        if not isinstance(path, str | Path):
            continue
        place = file.parent / path
        if place.is_dir():
            problems.append(Problem(f'got the folder "{path}", wanted a file', file, f"{section}.{key}"))
        elif not place.is_file():
            text = f'there is no file "{path}" beside {FILE_NAME}; put it there or name another'
            problems.append(Problem(text, file, f"{section}.{key}"))
    return problems


def _undeclared(data: dict[str, Any], file: Path) -> list[Problem]:
    consent = data.get("consent", {})
    declaration = consent.get("declaration", "") if isinstance(consent, dict) else None
    if data.get("kind") != Kind.PERSONA or not isinstance(declaration, str) or declaration.strip():
        return []
    text = "is missing; wanted a sentence that declares the persona synthetic and nobody's likeness"
    return [Problem(text, file, "consent.declaration")]
