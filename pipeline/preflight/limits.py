"""The ranges in which figures pass, are borne, or fail: data beside the checks, each with where it comes from."""

import tomllib
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from pipeline.preflight.finding import Gauge, Verdict

Range = Annotated[tuple[float, float], Field(min_length=2, max_length=2)]


class Limit(BaseModel):
    """What a figure may be. TOML writes an open end as `-inf` or `inf`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    passes: Range
    """From and to: no more is wanted."""
    borne: Range | None = None
    """From and to: a warning; beyond it fails. Without it nothing fails by this figure: a warning is the worst."""
    unit: str = ""
    source: Annotated[str, Field(min_length=3)]
    """Where the limit comes from: a standard, a paper, or a measurement."""

    def verdict(self, value: float) -> Verdict:
        """PASS, WARN or FAIL; what is no number fails."""
        if self.passes[0] <= value <= self.passes[1]:
            return Verdict.PASS
        if self.borne is None or self.borne[0] <= value <= self.borne[1]:
            return Verdict.WARN
        return Verdict.FAIL

    def gauge(self, value: float) -> Gauge:
        """The figure against the range in which it passes."""
        least, most = (None if abs(end) == float("inf") else end for end in self.passes)
        return Gauge(value, least, most, self.unit)


def read_limits(package: str) -> dict[str, Limit]:
    """The limits in a package's `limits.toml`, by name.

    Args:
        package: such as `pipeline.preflight.microphone`.
    """
    text = (files(package) / "limits.toml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, Limit]).validate_python(tomllib.loads(text))
