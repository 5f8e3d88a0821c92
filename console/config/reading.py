"""The user's file, read and checked: every problem at once, with the nearest key where one is unknown."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from console.config.keymap import key_problems
from console.config.schema import Config
from pipeline.errors import UnderstudyError
from profiles.errors import Problem, ProfileError
from profiles.plain_text import shortened
from profiles.toml_file import load_toml

NAME = "config.toml"
CLOSE = 0.6


class ConfigError(UnderstudyError):
    """The user's file is not right.

    Attributes:
        problems: everything that is wrong.
    """

    def __init__(self, file: Path, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first, more = self.problems[0], len(self.problems) - 1
        told = f"{first.key}: {first.text}" if first.key else first.text
        rest = f" (and {more} more: `understudy config check`)" if more else ""
        super().__init__(f"The settings in {file} can't be used: {told}{rest}")


def config_file() -> Path:
    """Where the user's file is, or would be."""
    return platformdirs.user_config_path("understudy") / NAME


def load_config(file: Path) -> Config:
    """What the user has settled; the defaults where there is no file.

    Raises:
        ConfigError: something in it is not right.
    """
    if not file.exists():
        return Config()
    try:
        data = load_toml(file)
        config = Config.model_validate(data)
    except ProfileError as error:
        raise ConfigError(file, error.problems) from error
    except ValidationError as error:
        raise ConfigError(file, [_problem(fault, data, file) for fault in error.errors()]) from error
    problems = [Problem(text, file, f"keys.{key}") for key, text in key_problems(config.keys)]
    if problems:
        raise ConfigError(file, problems)
    return config


def _problem(fault: ErrorDetails, data: Mapping[str, Any], file: Path) -> Problem:
    place = [str(part) for part in fault["loc"]]
    key = ".".join(place)
    if fault["type"] == "extra_forbidden":
        known = _known(place[:-1])
        near = get_close_matches(place[-1], known, 1, CLOSE)
        cure = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        return Problem(f"there is no such key; {cure}", file, key)
    return Problem(f"got {shortened(repr(fault['input']))}, wanted {_wanted(fault)}", file, key)


def _known(place: Sequence[str]) -> list[str]:
    """The keys of the table at a place."""
    model: type[BaseModel] = Config
    for name in place:
        kind = model.model_fields[name].annotation
        if not isinstance(kind, type) or not issubclass(kind, BaseModel):
            return []
        model = kind
    return list(model.model_fields)


def _wanted(fault: ErrorDetails) -> str:
    """What a key takes, in words."""
    context = fault.get("ctx", {})
    words = {
        "literal_error": context.get("expected", ""),
        "greater_than_equal": f"at least {context.get('ge')}",
        "less_than_equal": f"at most {context.get('le')}",
        "model_type": "a table, such as [screen]",
        "dict_type": "a table, such as [keys]",
        "string_type": "a text in quotes",
        "bool_type": "true or false",
        "bool_parsing": "true or false",
        "path_type": "a path in quotes",
    }
    return str(words.get(fault["type"], "a number" if "float" in fault["type"] else fault["msg"].lower()))
