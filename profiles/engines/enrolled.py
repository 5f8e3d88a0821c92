"""What a profile's file says of people who are known again by pictures of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from profiles.errors import Problem


def enrolled_files(entries: object) -> Iterator[tuple[str, str | Path]]:
    """The pictures that entries of a cast name, each with a key of its own; nothing where something else stands."""
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        pictures = entry.get("enrolled") if isinstance(entry, dict) else None
        for place, path in enumerate(pictures if isinstance(pictures, list | tuple) else ()):
            if isinstance(path, str | Path):
                yield f"cast.{number}.enrolled.{place}", path


def cast_problems(data: dict[str, Any], file: Path) -> list[Problem]:
    """A problem for each entry of the cast that names nobody, or somebody in two ways, and for a missing recogniser."""
    entries = data.get("cast")
    tables = [
        entry if isinstance(entry, dict) else {"face": None} for entry in (entries if isinstance(entries, list) else ())
    ]
    problems = []
    for number, entry in enumerate(tables):
        key = f"cast.{number}.face"
        if "face" not in entry and not entry.get("enrolled"):
            text = "is missing; wanted a side, a face's number, or pictures of the person in `enrolled` in its place"
            problems.append(Problem(text, file, key))
        if "face" in entry and entry.get("enrolled"):
            problems.append(
                Problem("stands beside `enrolled`, which tells the person already; take one out", file, key)
            )
    named = any(entry.get("enrolled") for entry in tables) or _table(data, "tracking").get("actor")
    if named and not any("recogniser" in _table(data, section) for section in ("tracking", "embedding")):
        text = "is missing; to know people by their pictures wants the name of an ArcFace network's ONNX file there"
        problems.append(Problem(text, file, "tracking.recogniser"))
    return problems


def _table(data: dict[str, Any], section: str) -> dict[str, Any]:
    table = data.get(section)
    return table if isinstance(table, dict) else {}
