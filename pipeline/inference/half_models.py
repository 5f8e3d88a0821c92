"""Downloads of models that stopped half way, and can go on."""

import json
from dataclasses import dataclass
from pathlib import Path

from pipeline.inference.download import Report

PART, NOTE = ".part", ".half"


@dataclass(frozen=True, slots=True)
class HalfModel:
    """What is there of a model.

    Attributes:
        name: what it is to be called.
        origin: where it comes from, without what may be secret in an address.
        sha256: what its bytes must hash to.
        there: how many bytes are there.
        size: how many there are to be; 0 where nobody has said.
    """

    name: str
    origin: str
    sha256: str
    there: int
    size: int

    def __str__(self) -> str:
        """How far it is."""
        return f"{self.there / 1e6:.1f} of {self.size / 1e6:.1f} MB" if self.size else f"{self.there / 1e6:.1f} MB"


class HalfModels:
    """The half models in one folder: each a part file, and a note of what it is to be."""

    def __init__(self, folder: Path) -> None:
        """Looks at `folder`; nothing is read or made yet."""
        self._folder = folder

    def part(self, sha256: str) -> Path:
        """Where what comes of a model is put."""
        return self._folder / f"{sha256}{PART}"

    def list(self) -> tuple[HalfModel, ...]:
        """Every one, by its hash."""
        parts = sorted(self._folder.glob(f"*{PART}")) if self._folder.is_dir() else []
        return tuple(self._read(part) for part in parts if part.is_file())

    def noting(self, name: str, origin: str, sha256: str, report: Report) -> Report:
        """Writes down what is being fetched, and its size as soon as that is known; hands reports on."""
        note, said = self._note(sha256), [0]

        def write(size: int) -> None:
            note.write_text(json.dumps({"name": name, "origin": origin, "size": size}), encoding="utf-8")

        def noted(done: int, size: int) -> None:
            if size != said[0]:
                said[0] = size
                write(size)
            report(done, size)

        write(0)
        return noted

    def settle(self, sha256: str) -> None:
        """Takes the note away where there is no part to go on with."""
        part = self.part(sha256)
        if not (part.is_file() and part.stat().st_size):
            self.remove(sha256)

    def remove(self, sha256: str) -> None:
        """Deletes one.

        Raises:
            OSError: it can't be deleted.
        """
        for file in (self.part(sha256), self._note(sha256)):
            file.unlink(missing_ok=True)

    def _note(self, sha256: str) -> Path:
        return self._folder / f"{sha256}{NOTE}"

    def _read(self, part: Path) -> HalfModel:
        sha256 = part.name.removesuffix(PART)
        try:
            said = json.loads(self._note(sha256).read_text(encoding="utf-8"))
            name, origin, size = str(said["name"]), str(said["origin"]), int(said["size"])
        except (OSError, ValueError, KeyError, TypeError):
            name, origin, size = part.name, "an address that was not noted", 0
        return HalfModel(name, origin, sha256, part.stat().st_size, size)
