"""What a check found: a verdict, the figure that it rests on, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

ROOM = 0.25
"""Beyond the range and the figure a bar has so much of their width."""


class Verdict(StrEnum):
    """How a check went, from good to bad."""

    PASS = "PASS"
    SKIP = "SKIP"
    """Could not be looked at; the finding says why."""
    WARN = "WARN"
    FAIL = "FAIL"


class Area(StrEnum):
    """What a check is about; the first part of its id."""

    MICROPHONE = "microphone"
    CAMERA = "camera"
    ACTOR = "actor"
    BACKGROUND = "background"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure against the range in which it passes."""

    value: float
    least: float | None = None
    most: float | None = None
    """The ends of the range; None where it is open."""
    unit: str = ""

    @property
    def span(self) -> tuple[float, float] | None:
        """The ends of a bar that has room for the range and the figure; None where there is nothing to draw."""
        ends = [end for end in (self.least, self.most) if end is not None]
        if not ends or not all(map(isfinite, (self.value, *ends))):
            return None
        low, high = min(self.value, *ends), max(self.value, *ends)
        room = ROOM * (high - low) or 1.0
        return low - room, high + room


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a checklist."""

    id: str
    """The area and the check, such as `microphone.bandwidth`."""
    title: str
    """The check in a few words: `effective bandwidth`."""
    verdict: Verdict
    measured: str
    """What was measured, with its unit; or, where nothing could be, why not."""
    reference: str = ""
    """What it was held against, with its unit; empty where there is nothing."""
    remedy: str = ""
    """What to do about it in one sentence; empty for what passes."""
    gauge: Gauge | None = None

    @property
    def area(self) -> Area:
        """What it is about."""
        return Area(self.id.partition(".")[0])


def skipped(check: str, title: str, why: str, remedy: str = "") -> Finding:
    """The finding of a check that nothing was there for."""
    return Finding(check, title, Verdict.SKIP, why, remedy=remedy)


def worst(findings: Iterable[Finding]) -> Verdict:
    """The verdict over several: FAIL before WARN; PASS where every area was looked at, else SKIP."""
    by_area: dict[Area, set[Verdict]] = {}
    for finding in findings:
        by_area.setdefault(finding.area, set()).add(finding.verdict)
    verdicts = set[Verdict]().union(*by_area.values())
    for verdict in (Verdict.FAIL, Verdict.WARN):
        if verdict in verdicts:
            return verdict
    looked_at = by_area and all(Verdict.PASS in found for found in by_area.values())
    return Verdict.PASS if looked_at else Verdict.SKIP
