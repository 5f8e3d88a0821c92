"""What a check found: a verdict, the figure that it rests on, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


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
    """The verdict over several: FAIL before WARN before PASS; SKIP only where nothing was looked at."""
    verdicts = {finding.verdict for finding in findings}
    for verdict in (Verdict.FAIL, Verdict.WARN, Verdict.PASS):
        if verdict in verdicts:
            return verdict
    return Verdict.SKIP
