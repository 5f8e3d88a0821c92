"""A preflight without devices: it finds what the test wants."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from console.ports import SessionPort
from console.preflight.port import Order
from pipeline.errors import UnderstudyError
from pipeline.preflight.finding import Finding, Gauge, Verdict
from pipeline.preflight.result import Result
from pipeline.preflight.runner import Progress
from pipeline.preflight.script import cue_at, script_for
from tests.console.fake_session import FakeSession

FINE = Finding(
    "microphone.level", "loudness", Verdict.PASS, "-21.0 LUFS", "-30 to -14 LUFS", gauge=Gauge(-21, -30, -14)
)
DULL = Finding(
    "microphone.bandwidth", "effective bandwidth", Verdict.FAIL, "3.9 kHz", "at least 10 kHz",
    "Take off the headset and use the wired microphone.", Gauge(3900.0, 10_000.0, None, "Hz"),
)  # fmt: skip
WARM = Finding(
    "camera.white_balance", "white balance", Verdict.WARN, "3100 K", "5000 to 7000 K", "Switch the lamp off.",
    Gauge(3100.0, 5000.0, 7000.0, "K"),
)  # fmt: skip
BLIND = Finding("system.virtual_camera", "virtual camera", Verdict.SKIP, "none found")
FINDINGS = (FINE, DULL, WARM, BLIND)


def result(*findings: Finding, taken_at: str = "2026-11-22T05:00:00+00:00", profile: str = "ada") -> Result:
    """A result of a profile."""
    spectrum_db = tuple(float(-number) for number in range(22))
    return Result(
        profile, profile.title(), taken_at, 21.5, "demo actor", "demo voice", findings, spectrum_db, spectrum_db[::-1]
    )


@dataclass
class FakePreflighter:
    """Remembers its orders; each run tells how far it is, and finds what it was made with."""

    findings: tuple[Finding, ...] = FINDINGS
    last: Result | None = None
    error: UnderstudyError | None = None
    waits: bool = False
    """Whether it goes on until it is ended."""
    began: threading.Event = field(default_factory=threading.Event)
    may_end: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def run(
        self, session: SessionPort, order: Order, tell: Callable[[Progress], None], stopped: threading.Event
    ) -> Result:
        """Finds it at once."""
        assert isinstance(session, FakeSession)
        session.note(f"preflight {' '.join(sorted(order.areas))}")
        if self.error is not None:
            raise self.error
        tell(Progress(cue_at(0.3, script_for(order.areas)), 0.3))
        self.began.set()
        while self.waits and not stopped.wait(0.01) and not self.may_end.is_set():
            pass
        self.ended.set()
        self.last = result(*self.findings, profile=session.profile.name)
        return self.last

    def kept(self, profile: str) -> Result | None:
        """The last one, if it was this profile's."""
        return self.last if self.last is not None and self.last.profile == profile else None

    def write_report(self, result: Result) -> Path:
        """Tells where it would be."""
        return Path(f"/reports/{result.profile}.html")


def kept(*findings: Finding) -> FakePreflighter:
    """One that has run before."""
    return FakePreflighter(last=replace(result(*findings)))
