"""What the sound of a session is made of, and whom it tells."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pipeline.audio.condition.settings import ConditionSettings
from pipeline.audio.devices.opening import microphone_of
from pipeline.errors import UnderstudyError
from pipeline.stage import AudioSink, AudioSource, FilmTrack
from pipeline.telemetry import Event


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """Where a session's sound comes from and goes to."""

    microphone: str | AudioSource = "none"
    """`none`, `auto`, `demo`, a device, a file, or a source that is open already."""
    virtual_microphone: str | AudioSink = "none"
    """`none`, `auto`, a device, a file, or a sink that is open already."""
    monitor: str | AudioSink = "none"
    """A device on which the operator hears what goes out, or a sink that is open already."""
    condition: ConditionSettings = field(default_factory=ConditionSettings)
    tracks: tuple[FilmTrack, ...] = ()
    """Films that are being recorded, which get the sound as well."""
    muted: bool = False
    loop: bool = False
    """A file begins again at its end."""

    def beside(self, camera: str, *, live: bool, is_demo: bool) -> "SoundSettings":
        """These settings with a name in place of `auto`: the microphone that belongs to a camera."""
        if self.microphone != "auto":
            return self
        return replace(self, microphone=microphone_of(camera, live=live, is_demo=is_demo))


@dataclass(frozen=True, slots=True)
class SoundHooks:
    """Whom the rig tells, on any thread."""

    report: Callable[[Event], None]
    failed: Callable[[UnderstudyError], None]
    """Takes the reason when a thread ended early, or the last sink is gone and nothing else goes out."""
    heard: Callable[[int], None]
    """Takes each block's latency in nanoseconds, at the first sink that is left."""
    silent: Callable[[], None] = lambda: None
    """Called when no sound comes any more."""
    alone: Callable[[], bool] = lambda: True
    """Whether nothing goes out where no sound does: pictures without a voice are better than none."""
