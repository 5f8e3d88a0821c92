"""What a session is made of, and whom it tells."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.assembly import Assembly
from pipeline.audio.devices.opening import refuse_overwriting_sound
from pipeline.audio.settings import SoundSettings
from pipeline.errors import UnderstudyError
from pipeline.inference.onnx.halt import Halt
from pipeline.inference.onnx.runtime import Preference
from pipeline.stage import Device, VideoSink, VideoSource
from pipeline.telemetry import Event
from pipeline.video.devices.demo_actor import DemoActor
from pipeline.video.devices.settings import SourceSettings
from pipeline.video.devices.sinks import refuse_overwriting


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

    def sound_beside(self, source: VideoSource) -> SoundSettings:
        """The settings of the sound with the microphone that belongs to the camera, which is open."""
        if not isinstance(self.source, SourceSettings):
            return self.sound
        return self.sound.beside(self.source.camera, live=source.live, is_demo=isinstance(source, DemoActor))

    def refuse_overwriting(self) -> None:
        """Looks before anything is opened to be written.

        Raises:
            DeviceError: a file would be written that is read, or two would be the same.
        """
        if isinstance(self.source, SourceSettings):
            refuse_overwriting(Path(self.source.camera), self.virtual_camera, self.record)
        if isinstance(self.sound.microphone, str):
            refuse_overwriting(Path(self.sound.microphone), self.virtual_camera, self.record)
            heard_at = (self.sound.virtual_microphone, self.sound.monitor)
            refuse_overwriting_sound(self.sound.microphone, *(name for name in heard_at if isinstance(name, str)))


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
