"""What the video lane counts."""

from collections import deque
from dataclasses import dataclass, field, replace

from pipeline.errors import EngineError, StageError
from pipeline.media import FaceReading
from pipeline.telemetry import DurationMeter, Outage, Percentiles, SwitchReading

SWITCHES_KEPT = 1000


@dataclass(slots=True, eq=False)
class LaneMeters:
    """What the lane counts."""

    work: DurationMeter = field(default_factory=DurationMeter)
    stages: dict[str, DurationMeter] = field(default_factory=dict)
    failed: int = 0
    outage: Outage = Outage()
    faces_found: int = 0
    faces: tuple[FaceReading, ...] = ()
    switches: deque[SwitchReading] = field(default_factory=lambda: deque(maxlen=SWITCHES_KEPT))

    def stage(self, name: str) -> DurationMeter:
        """The meter of one stage, made when first asked for."""
        meter = self.stages.get(name)
        if meter is None:
            meter = self.stages[name] = DurationMeter()
        return meter

    def note(self, failure: StageError | None) -> None:
        """Counts what a frame could not be done for; a frame without a face tells nothing of the models."""
        self.failed += failure is not None
        if isinstance(failure, EngineError):
            self.outage = Outage(str(failure), self.outage.count + 1)
        elif failure is None:
            self.outage = replace(self.outage, reason="")

    def begin_anew(self) -> None:
        """Notes that another profile is in: what the one before took, and could not do, tells nothing of it."""
        self.outage = replace(self.outage, reason="")
        for meter in (self.work, *self.stages.values()):
            meter.begin_anew()

    @property
    def lately(self) -> dict[str, Percentiles]:
        """What the stages took lately, those that did anything."""
        return {name: meter.percentiles() for name, meter in tuple(self.stages.items()) if meter.held}
