"""A few values put into a TOML file's text; what else stands there, remarks and order included, stays as it is."""

import json
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, TypeAlias

import tomlkit
from tomlkit.exceptions import TOMLKitError

from profiles.errors import ProfileError
from profiles.plain_text import shortened

Value = str | float | list[str]
Plain: TypeAlias = str | float | bool | list[Any] | None
"""A value as a file says it; None where it says nothing."""
Changes: TypeAlias = Mapping[str, Plain]
"""Values by their keys, such as `face.size`, or `title` above all tables."""
MISUNDERSTOOD = (TOMLKitError, tomllib.TOMLDecodeError, TypeError, AttributeError, ValueError)
"""What an unusual way of writing leads to: tables that are values, or lists, where a table is looked for."""


def quoted(value: Value) -> str:
    """A value as TOML has it: JSON's texts are TOML's as well, apart from DEL, which TOML wants escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def edited(text: str, changes: Changes, hashes: Mapping[str, str] | None = None) -> str:
    """The text with some values changed, and with other [hashes] where some are given.

    Raises:
        ProfileError: it is written in a way that is not understood here.
    """
    data = tomllib.loads(text)
    paths: dict[tuple[str, ...], Plain] = {tuple(key.split(".", 1)): value for key, value in changes.items()}
    if hashes is not None:
        recorded = data.get("hashes")
        before = recorded if isinstance(recorded, dict) else {}
        paths |= {("hashes", name): hashes.get(name) for name in {**before, **hashes}}
    try:
        made = _made(text, paths)
        understood = tomllib.loads(made) == _overlaid(data, paths)
    except MISUNDERSTOOD:
        understood = False
    if not understood:
        told = [f"{'.'.join(path)} = {shortened(str(value))}" for path, value in paths.items()]
        raise ProfileError(f"profile.toml is written in a way that is left alone; put in by hand: {', '.join(told)}")
    return made


def overlaid(data: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    """What a file says once some of its values have been changed."""
    return _overlaid(data, {tuple(key.split(".", 1)): value for key, value in changes.items()})


def _overlaid(data: Mapping[str, Any], paths: Mapping[tuple[str, ...], Plain]) -> dict[str, Any]:
    said = deepcopy(dict(data))
    for (*above, key), value in paths.items():
        table = said
        for name in above:
            table = table.get(name, {}) if value is None else table.setdefault(name, {})
        if not isinstance(table, dict):
            continue
        table.pop(key, None)
        if value is not None:
            table[key] = value
    return said


def _made(text: str, paths: Mapping[tuple[str, ...], Plain]) -> str:
    document = tomlkit.parse(text)
    for (*above, key), value in paths.items():
        table: Any = document
        for name in above:
            if name not in table and value is not None:
                table[name] = tomlkit.table()
            table = table.get(name, {})
        if value is not None:
            table[key] = value
        elif key in table:
            table.remove(key)
    return tomlkit.dumps(document)
