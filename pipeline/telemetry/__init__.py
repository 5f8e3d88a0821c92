"""What the pipeline tells about itself: meters that the lanes write, and frozen readings that anyone may pull."""

from pipeline.telemetry.events import Event, Level, PreparationFailed, Regained
from pipeline.telemetry.meters import DurationMeter, Percentiles, RateMeter
from pipeline.telemetry.pictures import Preview, Shown
from pipeline.telemetry.readings import (
    AudioReadings,
    Drops,
    MeterReading,
    NetworkReading,
    Outage,
    Readings,
    State,
    SwitchReading,
    SyncReadings,
    VideoReadings,
)

__all__ = [
    "AudioReadings",
    "Drops",
    "DurationMeter",
    "Event",
    "Level",
    "MeterReading",
    "NetworkReading",
    "Outage",
    "Percentiles",
    "PreparationFailed",
    "Preview",
    "RateMeter",
    "Readings",
    "Regained",
    "Shown",
    "State",
    "SwitchReading",
    "SyncReadings",
    "VideoReadings",
]
