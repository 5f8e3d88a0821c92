"""What the screen needs from below, as protocols: the real session, shelf and machine fit them, and so do fakes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from console.config.schema import Config
from console.life.computer import MachinePort
from console.pictures.painting import Painting
from pipeline.audio.monitor.state import Monitoring
from pipeline.clock import Clock, MonotonicClock
from pipeline.stage import Witness
from pipeline.telemetry import Event, MeterReading, Readings, Shown
from profiles.profile import Kind, Profile

if TYPE_CHECKING:
    from console.preflight.port import Preflighter
    from console.profiles.keeping import KeeperPort
    from console.show.cues import Show

FILM_SUFFIXES = (".mp4", ".mkv")
FORMAT = " · "
"""A device that describes itself tells its name before this, and its format after it."""


def device_name(description: str) -> str:
    """The name in what a device, or a film that is recorded, says of itself."""
    return description.partition(FORMAT)[0]


def is_film(name: str) -> bool:
    """Whether what is called so is a film."""
    return Path(name).suffix.lower() in FILM_SUFFIXES


class PreviewPort(Protocol):
    """One small picture for the screen."""

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """uint8 (height, width, 3), RGB."""

    @property
    def serial(self) -> int:
        """Another number for every new picture."""


class SessionPort(Protocol):
    """A running lane, as the screen sees it. Every call returns at once where it does not say otherwise."""

    @property
    def profile(self) -> Profile:
        """The profile in the lane, with the live adjustments in it."""

    def start(self) -> None:
        """Opens the devices and warms up; may take seconds.

        Raises:
            UnderstudyError: the session can't run; the sentence says why.
        """

    def stop(self, timeout_s: float = 5.0) -> None:
        """Ends the lane and gives the devices back; may be called twice."""

    def wait(self, timeout_s: float) -> bool:
        """True when the session has ended by itself.

        Raises:
            UnderstudyError: it ended because something failed.
        """

    def readings(self) -> Readings:
        """The session at this instant."""

    def levels(self) -> tuple[MeterReading, MeterReading] | None:
        """What the meters of microphone and voice show; None without sound. Costs next to nothing."""

    def picture(self, width: int, height: int, shown: Shown = Shown.PROGRAM) -> PreviewPort | None:
        """The newest picture of a kind at the given size in pixels; None before the first."""

    def snapshot(self, file: Path) -> None:
        """Writes a PNG of what goes out now, at full size; may take a moment.

        Raises:
            UnderstudyError: it can't be written.
        """

    def record(self, file: Path | None) -> None:
        """Begins to record what goes out, or ends the recordings; may take a moment.

        Raises:
            UnderstudyError: the file can't be recorded to.
        """

    def let_witness(self, witness: Witness | None) -> None:
        """Has somebody see and hear what camera and microphone give, until None.

        Raises:
            UnderstudyError: the session runs in another process, or not at all.
        """

    def watch(self, camera: str) -> None:
        """Takes another camera; may take seconds.

        Raises:
            UnderstudyError: it can't be had; the present one stays.
        """

    def prepare(self, profile: Profile) -> None:
        """Makes a profile ready in the background, so that it can be taken within one frame."""

    def switch(self, profile: Profile) -> None:
        """Takes another profile as soon as it is ready."""

    def adjust(self, profile: Profile) -> None:
        """Takes the live settings of the running profile from the next frame on."""

    def mute(self, muted: bool) -> None:
        """Lets the actor be heard, or not."""

    @property
    def monitoring(self) -> Monitoring:
        """Whether the operator hears what goes out, and why not."""

    def monitor(self, on: bool) -> None:
        """Lets the operator hear what goes out, or not."""

    def listen_to(self, microphone: str) -> None:
        """Takes another microphone; may take seconds.

        Raises:
            UnderstudyError: it can't be had; the present one stays.
        """

    def talk_until(self, end_ns: int) -> None:
        """Lets the actor be heard until an instant of the clock; the next call of this or of `mute` takes its place."""

    def set_on_air(self, on: bool) -> None:
        """Sends the program picture out, or the card."""

    def panic(self) -> None:
        """Sends the card until `rearm`."""

    def rearm(self) -> None:
        """Takes the panic back."""


class SummaryPort(Protocol):
    """One profile on the shelf."""

    @property
    def name(self) -> str:
        """The folder's name."""

    @property
    def title(self) -> str:
        """What people see."""

    @property
    def kind(self) -> Kind | None:
        """Whose likeness it is."""

    @property
    def hindrance(self) -> str:
        """Why it can't go on air, in words; empty when it can."""


class ShelfPort(Protocol):
    """Where profiles are kept."""

    def list(self) -> Sequence[SummaryPort]:
        """Every profile, broken ones too."""

    def load(self, name_or_path: str) -> Profile:
        """One profile, checked.

        Raises:
            ProfileError: it is not there or not right.
        """


class InputPort(Protocol):
    """Something that an actor can be heard through."""

    @property
    def wanted(self) -> str:
        """What opens it."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def source(self) -> str:
        """What the source calls itself when it is open."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where the operator asked the picture to go."""

    virtual_camera: str = "none"
    """`none`, `auto` or a device."""
    record: Path | None = None
    """The file that is being recorded."""

    @property
    def watched(self) -> bool:
        """Whether somebody may see what goes out while it does."""
        return self.virtual_camera != "none" and not is_film(self.virtual_camera)

    @classmethod
    def of(cls, virtual_camera: str, record: Path | None) -> "Outputs":
        """The outputs that two options name; a film file in place of a virtual camera is a recording."""
        return cls(virtual_camera, record or (Path(virtual_camera) if is_film(virtual_camera) else None))


@dataclass(frozen=True, slots=True)
class Folders:
    """Where what the operator keeps goes."""

    recordings: Path = Path()
    snapshots: Path = Path()


OpenSession: TypeAlias = Callable[[Callable[[Event], None]], SessionPort]
"""Makes a session that reports its events to the given function; starts nothing.

Raises UnderstudyError when there is nothing to start any more."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the console has beside a session."""

    shelf: ShelfPort
    outputs: Outputs = Outputs()
    open_machine: Callable[[], MachinePort] | None = None
    """Makes the reader of the computer's load; called by the thread that starts the session."""
    clock: Clock = MonotonicClock()
    now: Callable[[], datetime] = partial(datetime.now, UTC)
    """The date and the time of day."""
    find_readers: Callable[[str], tuple[str, ...] | None] = lambda device: None
    """The programs that have a virtual camera open, by its device; None where that can't be known."""
    list_cameras: Callable[[], Sequence[InputPort]] = tuple
    """Looks for cameras; may take a moment, and raises UnderstudyError when it can't."""
    usual_cameras: Sequence[InputPort] = ()
    """What pictures can come from without a camera."""
    list_inputs: Callable[[], Sequence[InputPort]] = tuple
    """Looks for microphones; may take seconds, and raises UnderstudyError when it can't."""
    usual_inputs: Sequence[InputPort] = ()
    """What an actor can be heard through without a device."""
    open_silent: OpenSession | None = None
    """Makes a session without any sound, for a start that only the sound stands in the way of."""
    push_to_talk: bool = False
    """Whether the session starts muted, and the actor is heard only while a key is held."""
    folders: Folders = Folders()
    config: Config = Config()
    """What the user has settled."""
    painting: Painting = Painting()
    """How pictures are drawn at this terminal."""
    read_only: bool = False
    """Whether everything is seen here and nothing touched."""
    keeper: "KeeperPort | None" = None
    """The shelf, where profiles can be made and changed."""
    preflighter: "Preflighter | None" = None
    """Runs preflights of the session; None where it runs in another process."""
    show: "Show | None" = None
    """The cue list of a show."""
    place: str = ""
    """Where the session runs, where that is another process than this."""
    attached: bool = False
    """Whether the session is another process's, which leaving does not end."""
