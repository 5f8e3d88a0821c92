"""How fast a profile's engines came out, part by part, and whether that is enough."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Share:
    """Half of the calls take no longer than the first figure, 95 of 100 no longer than the second."""

    p50_ms: float
    p95_ms: float

    @classmethod
    def of(cls, spans_ms: NDArray[np.float64]) -> "Share":
        """The share of some calls."""
        return cls(*(float(value) for value in np.percentile(spans_ms, (50, 95))))

    def __str__(self) -> str:
        """The share for people."""
        return f"p50 {self.p50_ms:.1f}, p95 {self.p95_ms:.1f} ms"


@dataclass(frozen=True, slots=True)
class EngineReport:
    """One engine."""

    engine: str
    """Its name in profiles."""
    runs_on: dict[str, str]
    """What each of its networks really runs on; empty for an engine without networks."""
    model: Share
    """In its networks."""
    around: Share
    """In everything else."""
    calls: int
    each_ms: float
    """The time between two calls: a frame's, or that of a stretch of sound."""
    networks: dict[str, Share] = field(default_factory=dict)
    """What each network by its file's name takes of a call."""

    @property
    def most_ms(self) -> float:
        """What 95 of 100 calls do not exceed, about."""
        return self.model.p95_ms + self.around.p95_ms

    def lines(self, what: str) -> tuple[str, ...]:
        """The report for people."""
        networks = ", ".join(f"{name} on {device}" for name, device in self.runs_on.items()) or "no networks"
        width = max(map(len, self.networks), default=0)
        return (
            f"{what:<14}{self.engine}: {networks}",
            *([f"  model       {self.model}"] if self.runs_on else []),
            *(f"    {name:<{width}}  {share}" for name, share in self.networks.items() if len(self.networks) > 1),
            f"  around it   {self.around}",
            f"  time        every {self.each_ms:.0f} ms, {self.calls} calls measured",
        )


@dataclass(frozen=True, slots=True)
class EnginesReport:
    """What came out."""

    profile: str
    size: tuple[int, int]
    face: EngineReport
    voice: EngineReport
    others: dict[str, EngineReport] = field(default_factory=dict)
    """What else the profile brings for its pictures: what finds faces, the matte, each face of its cast."""

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values for JSON."""
        return asdict(self) | {"verdict": self.verdict(), "voice_verdict": self.voice_verdict()}

    def lines(self) -> tuple[str, ...]:
        """The report for people."""
        others = [line for what, report in self.others.items() for line in report.lines(what)]
        return (
            f"{self.profile}, {self.size[0]}x{self.size[1]}",
            *self.face.lines("face"),
            *others,
            f"{'pictures':<14}{self.verdict()}",
            *self.voice.lines("voice"),
            f"{'sound':<14}{self.voice_verdict()}",
        )

    def verdict(self) -> str:
        """Whether all of it that works on pictures fits into a frame's time."""
        parts = [self.face, *self.others.values()]
        return _verdict(parts, f"down to {1000 / sum(part.most_ms for part in parts):.1f} fps")

    def voice_verdict(self) -> str:
        """Whether the voice keeps up with what is said."""
        return _verdict([self.voice], "it stutters")


def _verdict(parts: Sequence[EngineReport], otherwise: str) -> str:
    """Whether some parts fit into the time between two calls; what to expect otherwise, and what takes longest."""
    together_ms, each_ms = sum(part.most_ms for part in parts), parts[0].each_ms
    fits = together_ms <= each_ms
    networks = [(share.p95_ms, name) for part in parts for name, share in part.networks.items()]
    slowest = f"; the slowest is {max(networks)[1]}, {max(networks)[0]:.1f} ms" if networks else ""
    told = "yes" if fits else f"no, {otherwise}"
    return f"fits {each_ms:.1f} ms: {told}; p95 one after the other {together_ms:.1f} ms{slowest}"
