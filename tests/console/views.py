"""Views of a session, and what can be said of the lines that a panel makes of them."""

from dataclasses import replace

from console.desk import Phase
from console.view import View
from console.widgets.panel import Line, Role
from pipeline.telemetry import AudioReadings, MeterReading, SyncReadings
from tests.console.fake_session import FakeSession, typical_audio


def heard(audio: AudioReadings | None = None, sync: SyncReadings | None = None, **changes: object) -> View:
    """A view of a running session with sound."""
    session = FakeSession(audio=audio or typical_audio(), sync=sync or FakeSession().sync)
    view = View(Phase.RUNNING, session.profile, readings=session.readings(), offset_ms=session.sync.offset_ms)
    return replace(view, **changes)


def silent(**changes: object) -> View:
    """A view of a running session without sound."""
    session = FakeSession(audio=None, sync=SyncReadings())
    return replace(View(Phase.RUNNING, session.profile, readings=session.readings()), **changes)


def words(lines: list[Line]) -> str:
    """The text of some lines."""
    return "\n".join("".join(text for text, _ in line) for line in lines)


def roles(lines: list[Line]) -> set[Role]:
    """Every look in some lines."""
    return {role for line in lines for _, role in line}


def role_of(line: Line, part: str) -> Role:
    """The role of the span that holds `part`."""
    return next(role for text, role in line if part in text)


def level(peak: float, **changes: object) -> MeterReading:
    """A meter that shows a steady level."""
    return replace(MeterReading(peak, peak - 6.0, peak, stale=False), **changes)
