"""A few values put into a TOML file's text; what else stands there, remarks and order included, stays as it is."""

import json
import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from profiles.errors import ProfileError

Value = str | float | list[str]
HEADER = re.compile(r"^\s*\[{1,2}[^\[\]]+\]{1,2}\s*(#.*)?$")


def quoted(value: Value) -> str:
    """A value as TOML has it: JSON's texts are TOML's as well, apart from DEL, which TOML wants escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def edited(text: str, values: Mapping[str, Value], hashes: Mapping[str, str]) -> str:
    """The text with each `section.key` set to its value, and with other [hashes].

    Raises:
        ProfileError: it is written in a way that is not understood here.
    """
    wanted = _wanted(tomllib.loads(text), values, hashes)
    lines = text.splitlines()
    for path, value in values.items():
        section, _, key = path.partition(".")
        _set(lines, section, key, value)
    _replace_hashes(lines, hashes)
    made = "\n".join(lines) + "\n"
    try:
        understood = tomllib.loads(made) == wanted
    except tomllib.TOMLDecodeError:
        understood = False
    if not understood:
        told = [f"{path} = {quoted(value)}" for path, value in values.items()]
        told += [f"hashes.{json.dumps(name)} = {quoted(digest)}" for name, digest in hashes.items()]
        raise ProfileError(f"profile.toml is written in a way that is left alone; put in by hand: {', '.join(told)}")
    return made


def _wanted(data: dict[str, Any], values: Mapping[str, Value], hashes: Mapping[str, str]) -> dict[str, Any]:
    wanted = deepcopy(data)
    for path, value in values.items():
        section, _, key = path.partition(".")
        table = wanted.setdefault(section, {})
        if isinstance(table, dict):
            table[key] = value
    wanted["hashes"] = dict(hashes)
    return wanted


def _block(lines: list[str], section: str) -> tuple[int, int] | None:
    """Where a table's header is, and where the next one begins."""
    header = re.compile(rf"^\s*\[\s*{re.escape(section)}\s*\]\s*(#.*)?$")
    start = next((at for at, line in enumerate(lines) if header.match(line)), None)
    if start is None:
        return None
    end = next((at for at in range(start + 1, len(lines)) if HEADER.match(lines[at])), len(lines))
    return start, end


def _set(lines: list[str], section: str, key: str, value: Value) -> None:
    line = f"{key} = {quoted(value)}"
    block = _block(lines, section)
    if block is None:
        lines += ["", f"[{section}]", line]
        return
    start, end = block
    named = re.compile(rf'^\s*"?{re.escape(key)}"?\s*=')
    place = next((at for at in range(start + 1, end) if named.match(lines[at])), None)
    if place is None:
        lines.insert(start + 1, line)
    else:
        lines[place] = line


def _replace_hashes(lines: list[str], hashes: Mapping[str, str]) -> None:
    body = [f"{json.dumps(name, ensure_ascii=False)} = {quoted(digest)}" for name, digest in hashes.items()]
    block = _block(lines, "hashes")
    if block is None:
        lines += ["", "[hashes]", *body]
        return
    start, end = block
    kept = [line for line in lines[start + 1 : end] if not line.strip() or line.lstrip().startswith("#")]
    lines[start + 1 : end] = [*body, *kept]
