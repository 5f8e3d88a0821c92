"""The profile schema looked at as data: which keys there are, and what each of them takes, in words."""

import types
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from profiles.engines.section import Section
from profiles.profile import PRINTABLE, Profile

CLOSE = 0.75
"""Share of a word that has to agree before another one is offered in its place: a wrong guess is worse than none."""
UNWRITTEN = frozenset({"name", "folder"})
"""Fields of a profile that its place gives, not its file."""


def fields_at(path: Sequence[str]) -> dict[str, FieldInfo]:
    """The fields of the table at `path`, of the whole file for an empty path; none where no table is."""
    table: type[Section] = Profile
    for key in path:
        kind = table.model_fields[key].annotation if key in table.model_fields else None
        if not (isinstance(kind, type) and issubclass(kind, Section)):
            return {}
        table = kind
    return {key: field for key, field in table.model_fields.items() if key not in UNWRITTEN}


def is_section(field: FieldInfo) -> bool:
    """True when the field is a table of its own."""
    return isinstance(field.annotation, type) and issubclass(field.annotation, Section)


def all_keys() -> list[str]:
    """Every key of a profile's file with its path, such as `face.size`."""
    keys: list[str] = []
    for name, field in fields_at(()).items():
        keys += [f"{name}.{key}" for key in fields_at((name,))] if is_section(field) else [name]
    return keys


def file_fields() -> Iterator[tuple[str, str, FieldInfo]]:
    """Every field that names a file: its section, its key and what the schema says of it."""
    for name, field in fields_at(()).items():
        if is_section(field):
            yield from ((name, key, inner) for key, inner in fields_at((name,)).items() if Path in _types(inner))


def nearest_key(path: Sequence[str]) -> str | None:
    """The known key that an unknown one at `path` was probably meant to be, or None."""
    *table, key = path
    here = get_close_matches(key, fields_at(table), n=1, cutoff=CLOSE)
    if here:
        return ".".join([*table, here[0]])
    by_last = {known.rpartition(".")[2]: known for known in reversed(all_keys())}
    elsewhere = get_close_matches(key, by_last, n=1, cutoff=CLOSE)
    return by_last[elsewhere[0]] if elsewhere else None


def wanted(path: Sequence[str]) -> str:
    """What the key at `path` takes, in words."""
    *table, key = path
    field = fields_at(table).get(key)
    if field is None:
        return "something else"
    if is_section(field):
        return f"a table [{key}]"
    kinds = _types(field)
    choices = [str(choice) for kind in kinds for choice in _choices(kind)]
    if choices:
        quoted = [f'"{choice}"' for choice in choices]
        return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
    if Path in kinds:
        return "the name of a file, in quotes"
    if float in kinds or int in kinds:
        return ("a number" if float in kinds else "a whole number") + _range(field)
    return _text(field)


def _types(field: FieldInfo) -> tuple[Any, ...]:
    annotation = field.annotation
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)


def _choices(kind: Any) -> tuple[Any, ...]:
    if get_origin(kind) is Literal:
        return get_args(kind)
    return tuple(kind) if isinstance(kind, type) and issubclass(kind, StrEnum) else ()


def _range(field: FieldInfo) -> str:
    low, high = _constraint(field, "ge"), _constraint(field, "le")
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    return f" of at least {low:g}" if low is not None else ""


def _text(field: FieldInfo) -> str:
    if _constraint(field, "pattern") is not None:
        return f'a text like "{field.default}"'
    least, most = _constraint(field, "min_length") or 0, _constraint(field, "max_length")
    characters = "printable characters" if PRINTABLE in field.metadata else "characters"
    if most is not None:
        return f"a text of {least} to {most} {characters}"
    return f"a text of {characters} on one line, in quotes" if PRINTABLE in field.metadata else "a text, in quotes"


def _constraint(field: FieldInfo, name: str) -> Any:
    return next((value for item in field.metadata if (value := getattr(item, name, None)) is not None), None)
