"""What a session's steerer does to its sound while it runs."""

from abc import ABC, abstractmethod

from pipeline.audio.monitor.monitor import Monitor
from pipeline.audio.monitor.state import Monitoring
from pipeline.audio.rig import SoundRig
from pipeline.clock import Clock
from pipeline.telemetry import MeterReading


class Audible(ABC):
    """Something with an audio lane, or without one. Any thread may call any method."""

    _clock: Clock

    @property
    @abstractmethod
    def _sound(self) -> SoundRig | None:
        """The audio lane with its devices; None without a microphone.

        Raises:
            LaneError: nothing was started.
        """

    def mute(self, muted: bool) -> None:
        """Lets the actor be heard, or not; without sound there is nothing to mute."""
        sound = self._sound
        if sound is not None:
            sound.switch.set(not muted)

    def talk_until(self, end_ns: int) -> None:
        """Lets the actor be heard until an instant of the clock, and mutes then, whatever became of the caller."""
        sound = self._sound
        if sound is not None:
            sound.switch.open_until(end_ns)

    @property
    def monitoring(self) -> Monitoring:
        """Whether the operator hears what goes out, and why not."""
        monitor = self._monitor
        return Monitoring.NONE if monitor is None else monitor.state

    def monitor(self, on: bool) -> None:
        """Lets the operator hear what goes out, or not; without a monitor nothing happens."""
        monitor = self._monitor
        if monitor is not None:
            monitor.turn(on)

    def levels(self) -> tuple[MeterReading, MeterReading] | None:
        """What the meters of microphone and voice show, at this instant; None without sound. Costs next to nothing."""
        sound, now_ns = self._sound, self._clock.now_ns()
        if sound is None:
            return None
        return sound.lane.input_meter.reading(now_ns), sound.lane.output_meter.reading(now_ns)

    @property
    def _monitor(self) -> Monitor | None:
        """The operator's headphones; a sink's thread takes them out when they are lost."""
        sound = self._sound
        return None if sound is None else sound.monitor
