"""What the pipeline tells about itself: meters that the lanes write, and frozen readings that anyone may pull."""

import math
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from pipeline.media import FaceReading

BIN_FIRST_NS, BIN_RATIO, BIN_COUNT = 1_000, 1.02, 1024
"""The histogram of a whole run: from a microsecond to ten minutes."""


class State(StrEnum):
    """What goes out to the call program."""

    PREVIEW = "PREVIEW"
    """The card goes out; the program picture is seen by the operator only."""
    ON_AIR = "ON AIR"
    """The program picture goes out."""
    CARD = "CARD"
    """Panic: the card goes out until it is taken back."""
    STOPPED = "STOPPED"
    """Nothing runs."""


class Level(StrEnum):
    """How much an event matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Event:
    """Something rare that the operator should know."""

    level: Level
    text: str
    """One sentence."""
    at_ns: int
    """On the program's clock."""


@dataclass(frozen=True, slots=True)
class PreparationFailed(Event):
    """The profile of this name could not be made ready; the lane goes on as it was."""

    profile: str


@dataclass(frozen=True, slots=True)
class Percentiles:
    """A spread of durations in milliseconds."""

    p50_ms: float = 0.0
    p95_ms: float = 0.0
    p99_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Drops:
    """Frames lost, by the place that lost them."""

    capture: int = 0
    """Replaced by a newer one before the lane took them."""
    processing: int = 0
    """Not done by a stage; the policy's picture went out instead."""
    output: int = 0
    """Not taken by a sink in time, summed over the sinks."""


@dataclass(frozen=True, slots=True)
class SwitchReading:
    """One change of profile on the running lane."""

    source: str
    target: str
    prepare_ms: float
    """From the request until the new stages were warm."""
    gap_ms: float
    """How much longer than the lane's frame interval the first new frame let the output wait; 0 when it did not."""
    dropped: int
    """Frames lost by it."""
    number: int = 0
    """Counts the session's switches from 1; only the last ones are kept."""


@dataclass(frozen=True, slots=True)
class VideoReadings:
    """The video lane at one instant."""

    frames_in: int = 0
    frames_out: int = 0
    fps_in: float = 0.0
    """Over the last second."""
    fps_out: float = 0.0
    fps_target: float = 0.0
    latency: Percentiles = Percentiles()
    """Capture to sink, lately; `latency_overall` since the start."""
    latency_overall: Percentiles = Percentiles()
    lane: Percentiles = Percentiles()
    """Time the lane worked on one frame."""
    stages: Mapping[str, Percentiles] = field(default_factory=dict)
    """By stage name, in the order of work, lately; `stages_overall` since the start."""
    stages_overall: Mapping[str, Percentiles] = field(default_factory=dict)
    lane_history_ms: tuple[float, ...] = ()
    """Work time of the last frames, oldest first, at most 120."""
    drops: Drops = Drops()
    repeats: int = 0
    """Pictures sent again because no newer one was due."""
    faces_found: int = 0
    """Frames on which the chosen face was followed."""
    faces: tuple[FaceReading, ...] = ()
    """Those followed on the newest frame, the actor's first."""
    policy_frames: int = 0
    """Pictures that the fail-safe policy made."""
    delay_ms: float = 0.0
    covered: bool = False
    """Whether the card is over everything: up, or taken off after what is due was captured."""
    source: str = ""
    """What delivers, with the format really delivered."""
    size: tuple[int, int] = (0, 0)
    """Width and height of the frames in pixels; zeros while unknown."""
    sinks: tuple[str, ...] = ()
    """Where the pictures go, with the formats taken."""
    lost_sinks: tuple[str, ...] = ()
    """Why sinks that were open at the start are gone; each a sentence."""


@dataclass(frozen=True, slots=True)
class MeterReading:
    """What a meter shows at an instant; levels in dBFS, from -60 to 0."""

    peak_dbfs: float = -60.0
    """The bar: the highest sample, falling slowly."""
    rms_dbfs: float = -60.0
    """The mean level; a sine at full scale is at -3."""
    hold_dbfs: float = -60.0
    """The highest peak of the last 20 s."""
    lately_dbfs: float = -60.0
    """The highest peak of the last 3 s."""
    clipped: bool = False
    """Whether a sample reached full scale within the last second."""
    stale: bool = True
    """True when nothing has come for half a second: the levels are old."""


@dataclass(frozen=True, slots=True)
class AudioReadings:
    """The audio lane at one instant."""

    source: str = ""
    """What delivers, with the format really delivered."""
    sinks: tuple[str, ...] = ()
    lost_sinks: tuple[str, ...] = ()
    """Why those no more in `sinks` are gone, each a sentence; the operator's monitor is the last of `sinks`."""
    engine: str = ""
    load: float | None = None
    """What the engine of that name takes of each chunk's time, at p99: 1 is all of it; None where it has no chunks."""
    blocks: int = 0
    """Handed to the first sink."""
    failed: int = 0
    """Blocks that went out as silence because a stage could not do them."""
    underruns: int = 0
    """Gaps at the first sink that were filled with silence."""
    overruns: int = 0
    """Times that sound was thrown away because nobody took it in time."""
    latency: Percentiles = Percentiles()
    """Microphone to ear, or to the recording where nobody hears it, lately; `latency_overall` since the start."""
    latency_overall: Percentiles = Percentiles()
    engine_ms: float = 0.0
    """What conditioning and voice lag behind by construction."""
    compute: Percentiles = Percentiles()
    """Time that the lane worked on one block."""
    device_ms: float = 0.0
    """What the first sink's device holds."""
    drift_ppm: float = 0.0
    """By how much more comes than the first sink plays."""
    acquainted: float = 1.0
    """How much of what it has to know of the actor's voice the voice knows, from 0 to 1."""
    muted: bool = False
    speaking: bool = False
    """Whether somebody speaks into the microphone, muted or not."""
    input_level: MeterReading = MeterReading()
    """What the microphone delivers."""
    output_level: MeterReading = MeterReading()
    """What the voice makes of it."""


@dataclass(frozen=True, slots=True)
class SyncReadings:
    """Sound against picture at the sinks; positive when the sound is early."""

    offset_ms: float | None = None
    """Of the newest picture; None without sound or pictures."""
    offset: Percentiles = Percentiles()
    """Its size, lately."""
    worst_ms: float = 0.0
    """The largest, lately."""
    delay_ms: float = 0.0
    """How long pictures are held at the moment."""
    target_ms: float = 0.0
    """How long they are to be held."""
    trim_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Readings:
    """A session at one instant: what the screen shows and what `--stats` writes."""

    state: State
    profile: str
    """Name of the profile that is in the lane."""
    title: str
    loading: str | None
    """Name of the profile being made ready, if any."""
    at_ns: int
    elapsed_s: float
    """Since the session's start."""
    video: VideoReadings
    switches: tuple[SwitchReading, ...] = ()
    providers: Mapping[str, str] = field(default_factory=dict)
    """What each network really runs on, by model name."""
    ready: tuple[str, ...] = ()
    """Names of the profiles that can be taken within one frame."""
    audio: AudioReadings | None = None
    """The audio lane; None in a session without sound."""
    sync: SyncReadings = SyncReadings()


class DurationMeter:
    """Durations of the last `capacity` items, and the spread of all. One thread writes, any reads."""

    def __init__(self, capacity: int = 900) -> None:
        self._values_ms: NDArray[np.float64] = np.zeros(capacity)
        self._count = 0
        self._bins = np.zeros(BIN_COUNT, np.int64)

    @property
    def count(self) -> int:
        """How many durations there were."""
        return self._count

    def add(self, duration_ns: int) -> None:
        """Takes one duration in nanoseconds."""
        self._values_ms[self._count % self._values_ms.size] = duration_ns / 1e6
        self._count += 1
        place = math.log(max(duration_ns, 1) / BIN_FIRST_NS) / math.log(BIN_RATIO)
        self._bins[min(max(0, round(place)), BIN_COUNT - 1)] += 1

    def percentiles(self) -> Percentiles:
        """The spread of the durations held; zeros when there are none."""
        held = self._values_ms[: min(self._count, self._values_ms.size)]
        spread = np.percentile(held, (50, 95, 99)) if held.size else ()
        return Percentiles(*(float(value) for value in spread))

    def overall(self) -> Percentiles:
        """The spread of every duration since the start, within half a bin: 1 %; zeros when there are none."""
        counts = np.cumsum(self._bins)
        if counts[-1] == 0:
            return Percentiles()
        places = np.searchsorted(counts, np.array([0.50, 0.95, 0.99]) * counts[-1])
        return Percentiles(*(BIN_FIRST_NS * BIN_RATIO ** float(place) / 1e6 for place in places))

    def latest_ms(self, count: int) -> tuple[float, ...]:
        """The last `count` durations in milliseconds, oldest first."""
        total, size = self._count, self._values_ms.size
        return tuple(float(self._values_ms[i % size]) for i in range(max(0, total - min(count, size)), total))


class RateMeter:
    """Counts items and tells their rate over the last second."""

    def __init__(self, window_ns: int = 1_000_000_000, capacity: int = 1024) -> None:
        self._window_ns = window_ns
        self._instants: deque[int] = deque(maxlen=capacity)
        self._lock = threading.Lock()
        self.count = 0

    def add(self, now_ns: int) -> None:
        """Counts one item at `now_ns`."""
        with self._lock:
            self._instants.append(now_ns)
            self.count += 1

    def rate_hz(self, now_ns: int) -> float:
        """Items a second over the window that ends at `now_ns`."""
        with self._lock:
            inside = [instant for instant in self._instants if now_ns - instant <= self._window_ns]
        if len(inside) < 2 or inside[-1] == inside[0]:
            return float(len(inside)) * 1e9 / self._window_ns if inside else 0.0
        # The first figure is steady while items come; the second falls as soon as they don't.
        return min((len(inside) - 1) * 1e9 / (inside[-1] - inside[0]), len(inside) * 1e9 / (now_ns - inside[0]))
