"""The user's file as it would be written with every key in it: what each does, and what holds."""

import json
from collections.abc import Iterator
from typing import get_args

from pydantic import BaseModel

from console.config.schema import Config


def page_of(config: Config) -> str:
    """A file that can be read back; what was not settled is a remark."""
    return "\n".join(_lines(config)) + "\n"


def _lines(config: Config) -> Iterator[str]:
    for name in Config.model_fields:
        part = getattr(config, name)
        yield f"[{name}]"
        if isinstance(part, BaseModel):
            yield from _keys(part)
        else:
            yield f"# {Config.model_fields[name].description}"
            yield from (f"{json.dumps(act)} = {json.dumps(key)}" for act, key in part.items())
        yield ""


def _keys(part: BaseModel) -> Iterator[str]:
    for key, field in type(part).model_fields.items():
        value = getattr(part, key)
        choices = ", ".join(_choices(field.annotation))
        yield f"# {' '.join((field.description or '').split())}" + (f" One of {choices}." if choices else "")
        if value is None or (value == field.default and key not in part.model_fields_set):
            yield f"# {key} = {_toml(value)}"
        else:
            yield f"{key} = {_toml(value)}"


def _choices(kind: object) -> Iterator[str]:
    """The texts that a key takes, where it takes no others."""
    for part in get_args(kind):
        if isinstance(part, str):
            yield part
        else:
            yield from _choices(part)


def _toml(value: object) -> str:
    return "…" if value is None else json.dumps(value if isinstance(value, bool | int | float) else str(value))
