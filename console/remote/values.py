"""What a session tells of itself, as JSON and back: the frozen values that a screen is made from."""

from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer

from console.desk import Phase
from console.life.computer import GpuPort
from console.ports import Outputs
from console.sound.sound_desk import Talk
from console.view import MachineView
from pipeline.audio.monitor.state import Monitoring
from pipeline.telemetry import Event, MeterReading, Readings
from profiles.profile import Profile

CAST = "cast_profiles"


def packed(profile: Profile) -> dict[str, Any]:
    """A profile as JSON, with those of its cast, which its file does not hold."""
    return profile.model_dump(mode="json") | {CAST: [packed(other) for other in profile.cast_profiles]}


def _unpacked(value: object) -> object:
    return value if isinstance(value, Profile) else Profile.model_validate(value)


SharedProfile: TypeAlias = Annotated[
    Profile, BeforeValidator(_unpacked), PlainSerializer(packed, return_type=dict[str, Any])
]


class Shared(BaseModel):
    """A value that goes from one process to another; levels may be no number at all."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="constants")


@dataclass(frozen=True, slots=True)
class NumberedEvent:
    """An event and its place among all of its session."""

    number: int
    event: Event


@dataclass(frozen=True, slots=True)
class SharedGpu:
    """A graphics processor at one instant."""

    name: str
    load_percent: float | None = None
    memory_mb: float | None = None
    memory_total_mb: float | None = None
    temperature_c: float | None = None
    power_w: float | None = None

    @classmethod
    def of(cls, gpu: GpuPort) -> "SharedGpu":
        """What a session has read of it."""
        return cls(gpu.name, gpu.load_percent, gpu.memory_mb, gpu.memory_total_mb, gpu.temperature_c, gpu.power_w)


@dataclass(frozen=True, slots=True)
class SharedProcess:
    """A session's process at one instant."""

    cpu_percent: float = 0.0
    rss_mb: float = 0.0


@dataclass(frozen=True, slots=True)
class SharedSystem:
    """All that runs on a session's computer at one instant."""

    cpu_percent: float = 0.0
    cores: int = 1
    memory_mb: float = 0.0
    memory_total_mb: float = 0.0


@dataclass(frozen=True, slots=True)
class SharedMachine:
    """A session's computer at one instant."""

    gpus: tuple[SharedGpu, ...] = ()
    no_gpu_reason: str = ""
    process: SharedProcess | None = None
    system: SharedSystem | None = None

    @classmethod
    def of(cls, view: MachineView) -> "SharedMachine":
        """What a session has read of its computer."""
        process, system = view.process, view.system
        return cls(
            tuple(map(SharedGpu.of, view.gpus)),
            view.no_gpu_reason,
            None if process is None else SharedProcess(process.cpu_percent, process.rss_mb),
            None
            if system is None
            else SharedSystem(system.cpu_percent, system.cores, system.memory_mb, system.memory_total_mb),
        )


class Sight(Shared):
    """Everything that a screen shows, but the picture."""

    phase: Phase
    reason: str = ""
    """Why nothing runs."""
    profile: SharedProfile
    outputs: Outputs = Outputs()
    readings: Readings | None = None
    """None before the session runs."""
    monitoring: Monitoring = Monitoring.NONE
    talking: Talk | None = None
    """Whether the actor's microphone passes, as the host's operator has it."""
    machine: SharedMachine = SharedMachine()
    events: tuple[NumberedEvent, ...] = ()


class Glimpse(Shared):
    """The levels, and what is told of the picture that follows."""

    levels: tuple[MeterReading, MeterReading] | None = None
    serial: int | None = None
    """None where there is no picture."""
    width: int = 0
    height: int = 0
    """Both zero where the picture is known already."""
