"""Frozen readings of a session at one instant, which anyone may pull."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.media import FaceReading
from pipeline.telemetry.meters import Percentiles


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
class Outage:
    """What could not be done because a model failed, which is nothing that the footage could help."""

    reason: str = ""
    """The model's sentence, as long as it has not worked since."""
    count: int = 0
    """Frames that the policy stood in for, or blocks of silence, since the start."""


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
    outage: Outage = Outage()
    """What of them a model is to blame for."""
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
    """Why sinks that were open are gone; each a sentence."""
    recording_s: float | None = None
    """For how long one of the sinks has been a recording; None while none is."""


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
    outage: Outage = Outage()
    """What was silent because the voice failed, until it was heard again."""
    underruns: int = 0
    """Gaps at the first sink that were filled with silence, for want of sound in time: the call hears each."""
    overruns: int = 0
    """Times that sound was thrown away because a sink, or the lane, had not taken it in time: a word lacks a piece."""
    latency: Percentiles = Percentiles()
    """Microphone to ear, or to the recording where nobody hears it, lately; `latency_overall` since the start.

    Zeros where sound goes as fast as it can: there is nothing to measure.
    """
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
    muted_heard_s: float = 0.0
    """For how long what was said before the mute is still heard, as with its picture; 0 when nobody is muted."""
    speaking: bool = False
    """Whether somebody speaks into the microphone, muted or not."""
    input_level: MeterReading = MeterReading()
    """What the microphone delivers."""
    output_level: MeterReading = MeterReading()
    """What the voice makes of it."""
    spectrum_in_db: tuple[float, ...] = ()
    """What the microphone delivers in the third-octaves from 100 Hz to 12.5 kHz, in dBFS; empty where none is known."""
    spectrum_out_db: tuple[float, ...] = ()
    """The same of what the voice makes of it."""
    spectrum_reference_db: tuple[float, ...] = ()
    """What the target's voice has there in the long run, as loud as the actor's speech at the microphone."""
    pitch_in_hz: float = 0.0
    """The actor's; 0 where there is none, or none is known."""
    pitch_out_hz: float = 0.0
    """What the voice makes of it."""
    ring_ms: float = 0.0
    """Finished sound that waits for the first sink."""


@dataclass(frozen=True, slots=True)
class SyncReadings:
    """Sound against picture at the sinks; positive when the sound is early."""

    offset_ms: float | None = None
    """Of the newest picture; None without sound or pictures."""
    offset: Percentiles = Percentiles()
    """Its size, lately, from when the pictures were first held as long as their sound takes."""
    worst_ms: float = 0.0
    """The largest, lately."""
    delay_ms: float = 0.0
    """How long pictures are held at the moment."""
    target_ms: float = 0.0
    """How long they are to be held."""
    trim_ms: float = 0.0
    pictures: int = 0
    """Of how many the offset is told."""


@dataclass(frozen=True, slots=True)
class NetworkReading:
    """One open network."""

    name: str
    """Its file's."""
    role: str
    """The key of the profile that names it, such as `dfm.model`; a word for what every profile needs."""
    runs_on: str
    """What it really got, such as `ONNX CPU`."""
    in_use: bool = True
    """False for one of a profile that is only kept ready."""


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
    networks: tuple[NetworkReading, ...] = ()
    """The same one by one, those of the profile in the lane first."""
    ready: tuple[str, ...] = ()
    """Names of the profiles that can be taken within one frame."""
    prepared: str | None = None
    """The one of them that was made ready last and waits to be taken: what the picture NEXT shows."""
    audio: AudioReadings | None = None
    """The audio lane; None in a session without sound."""
    sync: SyncReadings = SyncReadings()
