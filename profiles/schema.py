"""The profile schema looked at as data: which keys there are, and what each of them takes, in words."""

import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from profiles.engines.section import Section
from profiles.profile import PRINTABLE, Profile

CLOSE = 0.75
"""Share of a word that has to agree before another one is offered in its place: a wrong guess is worse than none."""
UNWRITTEN = frozenset({"name", "folder", "cast_profiles"})
"""Fields of a profile that its place and its neighbours give, not its file."""


def fields_at(path: Sequence[str]) -> dict[str, FieldInfo]:
    """The fields of the table at `path`, of the whole file for an empty path; none where no table is."""
    table: type[Section] = Profile
    for key in path:
        if key.isdigit():
            continue
        kind = _table_in(table.model_fields[key].annotation) if key in table.model_fields else None
        if not (isinstance(kind, type) and issubclass(kind, Section)):
            return {}
        table = kind
    return {key: field for key, field in table.model_fields.items() if key not in UNWRITTEN}


def _table_in(kind: Any) -> Any:
    """The kind itself, or what each of several is."""
    return get_args(kind)[0] if get_origin(kind) is tuple else kind


def is_section(field: FieldInfo) -> bool:
    """True when the field is a table of its own."""
    return isinstance(field.annotation, type) and issubclass(field.annotation, Section)


def all_keys() -> list[str]:
    """Every key of a profile's file with its path, such as `face.size`."""
    keys: list[str] = []
    for name, field in fields_at(()).items():
        keys += [f"{name}.{key}" for key in fields_at((name,))] if is_section(field) else [name]
    return keys


@cache
def file_fields() -> tuple[tuple[str, str, FieldInfo], ...]:
    """Every field that names a file or several: its section, its key and what the schema says of it."""
    return tuple(_file_fields())


def _file_fields() -> Iterator[tuple[str, str, FieldInfo]]:
    for name, field in fields_at(()).items():
        for key, inner in fields_at((name,)).items() if is_section(field) else ():
            taken = _taken(inner.annotation)
            if Path in taken.kinds or (taken.items is not None and Path in taken.items.kinds):
                yield name, key, inner


def nearest_key(path: Sequence[str]) -> str | None:
    """The known key that an unknown one at `path` was probably meant to be, or None."""
    *table, key = path
    here = get_close_matches(key, fields_at(table), n=1, cutoff=CLOSE)
    if here:
        return ".".join([*table, here[0]])
    if any(part.isdigit() for part in table):
        # One of several tables that are alike has nothing to do with keys elsewhere.
        return None
    by_last = {known.rpartition(".")[2]: known for known in reversed(all_keys())}
    elsewhere = get_close_matches(key, by_last, n=1, cutoff=CLOSE)
    return by_last[elsewhere[0]] if elsewhere else None


def wanted(path: Sequence[str]) -> str:
    """What the key at `path` takes, in words; `path` may lead to one of several values."""
    *table, key = path
    field = fields_at(table).get(key)
    if field is not None:
        return f"a table [{key}]" if is_section(field) else _in_words(_taken(field.annotation, field.metadata), field)
    *table, outer = table or [""]
    field = fields_at(table).get(outer)
    items = _taken(field.annotation, field.metadata).items if field is not None else None
    return _in_words(items) if items is not None else "something else"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a key takes.

    Attributes:
        kinds: its types, without what is said about them.
        rules: what is said about them.
        items: what each of several values is, where it takes several.
    """

    kinds: tuple[Any, ...]
    rules: tuple[Any, ...]
    items: "Taken | None" = None

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that it has to be one of; none where it takes something else."""
        return tuple(str(choice) for kind in self.kinds for choice in _choices(kind))

    @property
    def least(self) -> float | None:
        """The smallest number that it takes."""
        limit: float | None = _rule(self.rules, "ge")
        return limit

    @property
    def most(self) -> float | None:
        """The largest number that it takes."""
        limit: float | None = _rule(self.rules, "le")
        return limit

    @property
    def optional(self) -> bool:
        """Whether it may be nothing at all."""
        return types.NoneType in self.kinds or None in self.kinds


def taken_at(path: Sequence[str]) -> Taken:
    """What the known key at `path` takes."""
    *table, key = path
    field = fields_at(table)[key]
    return _taken(field.annotation, field.metadata)


def _taken(annotation: Any, rules: Sequence[Any] = ()) -> Taken:
    """A type looked into: an optional number within limits is a number with rules."""
    kinds: list[Any] = []
    said = list(rules)
    items: Taken | None = None
    for kind in get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,):
        while get_origin(kind) is Annotated:
            kind, *more = get_args(kind)
            said += [rule for each in more for rule in (each.metadata if isinstance(each, FieldInfo) else [each])]
        if get_origin(kind) in (tuple, dict):
            items = _taken(get_args(kind)[get_origin(kind) is dict])
        kinds.append(get_origin(kind) if items is not None else kind)
    return Taken(tuple(kinds), tuple(said), items)


def _in_words(taken: Taken, field: FieldInfo | None = None) -> str:
    if taken.items is not None and any(
        isinstance(kind, type) and issubclass(kind, Section) for kind in taken.items.kinds
    ):
        return f"at most {_rule(taken.rules, 'max_length')} tables, no two of them for one face"
    choices = [f'"{choice}"' for kind in taken.kinds for choice in _choices(kind)]
    choices += [f"a whole number{_range(taken.rules)}"] * (int in taken.kinds and bool(choices))
    if choices:
        return " or ".join([", ".join(choices[:-1]), choices[-1]] if len(choices) > 1 else choices)
    if taken.items is not None and dict in taken.kinds:
        return f"a table with {_in_words(taken.items)} for each file"
    if taken.items is not None:
        least, most = _rule(taken.rules, "min_length"), _rule(taken.rules, "max_length")
        count = f"{least} values" if least and least == most else "at least 1 value" if least == 1 else "values"
        return f"a list of {count}, each {_in_words(taken.items)}"
    if Path in taken.kinds:
        return "the name of a file, in quotes"
    if bool in taken.kinds:
        return "true or false"
    if float in taken.kinds or int in taken.kinds:
        return ("a number" if float in taken.kinds else "a whole number") + _range(taken.rules)
    return _text(taken.rules, field)


def _choices(kind: Any) -> tuple[Any, ...]:
    if get_origin(kind) is Literal:
        return get_args(kind)
    return tuple(kind) if isinstance(kind, type) and issubclass(kind, StrEnum) else ()


def _range(rules: Sequence[Any]) -> str:
    low, high = _rule(rules, "ge"), _rule(rules, "le")
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    return f" of at least {low:g}" if low is not None else ""


def _text(rules: Sequence[Any], field: FieldInfo | None) -> str:
    if _rule(rules, "pattern") is not None:
        return f'a text like "{field.default}"' if field is not None else "a SHA-256 of 64 digits from 0 to f"
    least, most = _rule(rules, "min_length") or 0, _rule(rules, "max_length")
    characters = "printable characters" if PRINTABLE in rules else "characters"
    if most is not None:
        return f"a text of {least} to {most} {characters}"
    return f"a text of {characters} on one line, in quotes" if PRINTABLE in rules else "a text, in quotes"


def _rule(rules: Sequence[Any], name: str) -> Any:
    return next((value for item in rules if (value := getattr(item, name, None)) is not None), None)
