"""The operator's headphones: a sink that can be switched off, and that switches itself off before it howls."""

from collections.abc import Callable
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.condition.mono import MonoStage, Sound
from pipeline.audio.condition.switch import Switch
from pipeline.audio.devices.opening import open_output
from pipeline.audio.monitor.guard import FeedbackGuard
from pipeline.audio.monitor.state import Monitoring
from pipeline.audio.stream import RATE_HZ
from pipeline.clock import Clock
from pipeline.media import Block
from pipeline.stage import AudioSink, HeardAgain, Returning
from pipeline.telemetry import Event, Level

HEARD = (
    "The monitor is cut off, because the microphone hears it and it would howl: "
    "use headphones or turn it down, then press M."
)


def open_monitor(wanted: str | AudioSink, clock: Clock, report: Callable[[Event], None]) -> "Monitor | None":
    """The monitor on an output device; None where `none` is wanted.

    Raises:
        DeviceError: the device can't be had.
    """
    if wanted == "none":
        return None
    return Monitor(open_output(wanted) if isinstance(wanted, str) else wanted, clock, report)


class Ear(MonoStage):
    """A stage that passes the microphone's sound on as it is, and lets a guard hear it."""

    def __init__(self, guard: FeedbackGuard, clock: Clock) -> None:
        super().__init__("monitor guard")
        self._guard, self._clock = guard, clock

    def _run(self, sound: Sound) -> Sound:
        self._guard.hear(sound, self._clock.now_ns())
        return sound

    def reset(self) -> None:
        """Keeps what was heard: it is older than what will be played."""


class Monitor:
    """Plays what goes out on one device, while it is on. `write` is called by one thread, `turn` by any."""

    def __init__(self, sink: AudioSink, clock: Clock, report: Callable[[Event], None]) -> None:
        """A monitor that is on.

        Args:
            sink: the device; it ends with the monitor.
            clock: the program's clock.
            report: told when the monitor has cut itself off.
        """
        self._sink, self._clock, self._report = sink, clock, report
        self._guard, self._switch = FeedbackGuard(), Switch()
        self.ear = Ear(self._guard, clock)
        """The stage through which the microphone's own sound has to go."""
        self.name, self.paced, self.is_file = sink.name, sink.paced, sink.is_file
        self.state = Monitoring.ON
        """Whether anything is heard."""

    @property
    def description(self) -> str:
        """The device, and whether anything is heard."""
        return f"monitor {self._sink.description if self.state is Monitoring.ON else self.state.value}"

    @property
    def heard_at(self) -> str:
        """As the device, whether anything is heard now or not."""
        return self._sink.heard_at if isinstance(self._sink, HeardAgain) else ""

    @property
    def buffered_ns(self) -> int:
        """What the device holds and has not played."""
        return self._sink.buffered_ns

    def turn(self, on: bool) -> None:
        """Lets the operator hear what goes out, or not; what was heard before counts no longer."""
        if on:
            self._guard.reset()
        self.state = Monitoring.ON if on else Monitoring.OFF
        self._switch.set(on)

    def write(self, samples: NDArray[np.float32]) -> None:
        """Plays float32 (n,), or silence in its place.

        Raises:
            DeviceError: the device took no more.
        """
        block = Block(samples.reshape(-1, 1), RATE_HZ, 0)
        played = self._switch.process(block).samples[:, 0]
        self._sink.write(played)
        now_ns = self._clock.now_ns()
        if self._guard.play(played, now_ns) and self.state is Monitoring.ON:
            self.state = Monitoring.CUT
            self._switch.set(False)
            self._report(Event(Level.WARNING, HEARD, now_ns))

    @property
    def returns(self) -> bool:
        """As the device."""
        return isinstance(self._sink, Returning) and self._sink.returns

    def retake(self) -> None:
        """Takes the device again; one that was cut off or turned off stays so.

        Raises:
            DeviceError: it is not there yet.
        """
        if isinstance(self._sink, Returning):
            self._sink.retake()
        self._guard.reset()

    def close(self) -> None:
        """Gives the device back; may be called twice."""
        self._sink.close()

    def __enter__(self) -> Self:
        """The monitor itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()
