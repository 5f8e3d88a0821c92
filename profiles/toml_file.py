"""A TOML file as plain values, or the one problem for which it can't be read."""

import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from profiles.errors import Problem, ProfileError

MAX_BYTES = 1 << 14
"""A profile takes a tenth of it; the time to read a dotted key grows with the cube of its length."""
MAX_DEPTH = 8
"""Lists and tables inside each other; a profile has tables, and in them values."""
NUMBER_BITS = 64
"""What TOML holds a whole number to."""


def load_toml(file: Path, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """Everything that a TOML file says; one of more than `max_bytes` is refused.

    Raises:
        ProfileError: the file can't be read, or is no TOML of a profile's size and depth.
    """
    text = _text(file, max_bytes)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError([_syntax_problem(str(error), file)]) from error
    except RecursionError as error:
        raise ProfileError([_depth_problem(file)]) from error
    except ValueError as error:
        raise ProfileError([_number_problem(file)]) from error
    for key, value in data.items():
        _require_modest(key, value, file)
    return data


def _text(file: Path, max_bytes: int) -> str:
    try:
        about = file.stat()
        if not stat.S_ISREG(about.st_mode):
            kind = "a folder" if stat.S_ISDIR(about.st_mode) else "a pipe or a device"
            raise ProfileError([Problem(f"is {kind}, wanted a file", file)])
        if about.st_size > max_bytes:
            raise ProfileError([Problem(f"{about.st_size} bytes are too many, at most {max_bytes} fit", file)])
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise ProfileError([Problem("there is no such file; a profile is a folder that holds one", file)]) from error
    except OSError as error:
        raise ProfileError([Problem(f"can't be read ({error.strerror})", file)]) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ProfileError([Problem("is not UTF-8 text; save it as UTF-8", file, f"line {line}")]) from error
    except ValueError as error:
        raise ProfileError([Problem("is no name that a file can have", file)]) from error


def _require_modest(key: str, value: object, file: Path) -> None:
    """Refuses depths and numbers that whoever takes the values further would stumble over."""
    left = [(value, 1)]
    while left:
        item, depth = left.pop()
        if isinstance(item, dict | list):
            if depth > MAX_DEPTH:
                raise ProfileError([_depth_problem(file, key)])
            left += [(inner, depth + 1) for inner in (item.values() if isinstance(item, dict) else item)]
        elif isinstance(item, int) and item.bit_length() >= NUMBER_BITS:
            raise ProfileError([_number_problem(file, key)])


def _depth_problem(file: Path, key: str = "") -> Problem:
    return Problem(f"has lists or tables more than {MAX_DEPTH} deep inside each other; take them out", file, key)


def _number_problem(file: Path, key: str = "") -> Problem:
    return Problem(f"has a number that is too long, at most {NUMBER_BITS} bits are wanted", file, key)


def _syntax_problem(message: str, file: Path) -> Problem:
    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", message, re.DOTALL)
    if found is None:
        return Problem(f"is not TOML: {message}", file)
    what, line, column = found.groups()
    place = f"line {line}, column {column}" if line else "end of the file"
    return Problem(f"is not TOML: {what[:1].lower()}{what[1:]}", file, place)
