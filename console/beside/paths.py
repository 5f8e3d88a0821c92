"""Completes the name of a file that is being typed."""

from collections.abc import Callable
from pathlib import Path

from textual.suggester import Suggester


class PathSuggester(Suggester):
    """Offers the first file or folder whose name begins with what was typed; names start from a folder."""

    def __init__(self, home: Callable[[], Path]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._home = home

    async def get_suggestion(self, value: str) -> str | None:
        """The whole name, or nothing where no file begins so."""
        head, slash, start = value.rpartition("/")
        if not slash:
            return None
        folder = self._home() / Path(head or "/").expanduser()
        try:
            names = sorted(path.name + "/" * path.is_dir() for path in folder.iterdir() if path.name.startswith(start))
        except (OSError, ValueError):
            return None
        return f"{head}/{names[0]}" if names and start else None
