"""What a session is made of, and whom it tells."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.assembly import Assembly
from pipeline.audio.settings import SoundSettings
from pipeline.errors import UnderstudyError
from pipeline.inference.onnx.halt import Halt
from pipeline.inference.onnx.runtime import Preference
from pipeline.stage import Device, VideoSink, VideoSource
from pipeline.telemetry import Event
from pipeline.video.devices.settings import SourceSettings


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """Where a session's pictures come from and go to."""

    source: SourceSettings | VideoSource = field(default_factory=SourceSettings)
    """What to open, or a source that is open already; the session closes it."""
    virtual_camera: str = "none"
    """`none`, `auto`, a device, or a file to record to."""
    record: Path | None = None
    """A file that what goes out is recorded to as well."""
    on_air: bool = True
    """Whether the program picture goes out from the start."""
    sound: SoundSettings = field(default_factory=SoundSettings)
    """Where its sound comes from and goes to."""
    sinks: tuple[VideoSink, ...] = ()
    """More sinks for the pictures, open already; the session closes them."""
    assemble: type[Assembly] | None = None
    """What builds the chains, where it is not the one that knows every engine."""
    device: Preference = Preference.AUTO
    """Where the networks that profiles bring run."""

    @property
    def open_devices(self) -> tuple[Device, ...]:
        """Those among them that are open already."""
        sound = self.sound
        devices = (self.source, sound.microphone, sound.virtual_microphone, sound.monitor, *self.sinks)
        return tuple(device for device in devices if not isinstance(device, SourceSettings | str))


@dataclass(frozen=True, slots=True)
class Hooks:
    """Whom the rig tells, on any thread."""

    report: Callable[[Event], None]
    """Takes rare events."""
    ended: Callable[[], None]
    """Called when the last picture is out."""
    failed: Callable[[UnderstudyError], None]
    """Takes the reason when a thread ended early or the last sink is gone; the card goes out from then on."""
    halt: Halt = field(default_factory=Halt)
    """Cuts short what is being made ready."""
