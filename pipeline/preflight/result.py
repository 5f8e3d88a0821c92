"""What a preflight comes to: kept as JSON, and read again for the dashboard and the report."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pipeline.errors import MediaError
from pipeline.preflight.finding import Area, Finding, Verdict, worst

EXIT_STATUS = {Verdict.PASS: 0, Verdict.SKIP: 3, Verdict.WARN: 3, Verdict.FAIL: 4}
"""All passed; warnings, or a part of it could not be looked at at all; failures."""


@dataclass(frozen=True, slots=True)
class Result:
    """One preflight.

    Attributes:
        profile: the profile's name.
        title: what people call it.
        taken_at: when, ISO 8601 with the zone.
        seconds: how long it took.
        camera: what pictures came from.
        microphone: what sound came from.
        findings: the lines, in the order of the checklist.
        spectrum_db: long-term third-octave levels of the microphone, 100 Hz to 12.5 kHz; empty without sound.
        reference_db: those of the reference; empty without.
        version: of this form.
    """

    profile: str
    title: str
    taken_at: str
    seconds: float
    camera: str
    microphone: str
    findings: tuple[Finding, ...]
    spectrum_db: tuple[float, ...] = ()
    reference_db: tuple[float, ...] = ()
    version: int = 1

    @property
    def verdict(self) -> Verdict:
        """The worst of its lines."""
        return worst(self.findings)

    @property
    def exit_status(self) -> int:
        """What a program that ran it ends with."""
        return EXIT_STATUS[self.verdict]

    def count(self, verdict: Verdict) -> int:
        """How many lines came out so."""
        return sum(finding.verdict is verdict for finding in self.findings)

    def age_s(self, now: datetime) -> float:
        """How long ago it was taken."""
        return (now - datetime.fromisoformat(self.taken_at)).total_seconds()

    def with_again(self, again: "Result", areas: Collection[Area]) -> "Result":
        """The same after some areas were looked at again: nothing that was found of them before counts any more.

        It stays as old as its oldest lines.
        """
        kept = tuple(finding for finding in self.findings if finding.area not in areas)
        changes: dict[str, Any] = {"findings": kept + again.findings}
        if Area.MICROPHONE in areas:
            names = ("microphone", "spectrum_db", "reference_db")
            changes |= {name: getattr(again, name) for name in names}
        if Area.CAMERA in areas:
            changes["camera"] = again.camera
        return replace(self, **changes)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, with the verdict over all."""
        return {"verdict": str(self.verdict)} | asdict(self)


def now_text() -> str:
    """This instant, ISO 8601 with the zone, to the second."""
    return datetime.now(UTC).astimezone().isoformat(timespec="seconds")


def write_result(result: Result, file: Path) -> None:
    """Writes JSON: the whole of it or nothing.

    Raises:
        MediaError: it can't be written.
    """
    draft = file.with_name(file.name + ".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(result.as_dict(), indent=1, allow_nan=False) + "\n", encoding="utf-8")
        draft.replace(file)
    except OSError as error:
        raise MediaError(f"The preflight can't be written to {file}: {error.strerror}; name another file.") from error


def read_result(file: Path) -> Result | None:
    """A result that was kept; None where there is none, or one that can't be read any more."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        # The verdict is written for programs; it follows from the lines.
        known = {name: value for name, value in told.items() if name != "verdict"}
        result = TypeAdapter(Result).validate_python(known)
        # A later version may know more areas, or tell the time otherwise.
        areas = [finding.area for finding in result.findings]
        return result if areas and result.age_s(datetime.now(UTC)) is not None else None
    except (OSError, ValueError, TypeError, AttributeError, ValidationError):
        return None
