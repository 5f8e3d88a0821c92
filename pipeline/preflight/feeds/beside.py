"""What the sound server's other microphones hear meanwhile, and what it plays: on Linux, where a server runs."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.devices.pulse.server import PulseDevice, is_own, pactl, pulse_devices
from pipeline.clock import Clock
from pipeline.errors import DeviceError, UnderstudyError
from pipeline.preflight.gatherer import Gatherer
from pipeline.runner import Crew, do_all
from pipeline.stage import AudioSource, EndOfSource

MOST = 6
"""More microphones than these are not listened to."""
JOIN_S = 5.0
SILENCE_DBFS = -120.0
HEADSET = "bluez_"
"""What the names of Bluetooth's sources begin with: a headset that is listened to goes over to its telephone sound."""


class Beside:
    """Listens, while it is entered, to every other microphone and to what the usual output plays.

    Where no server runs, or a device can't be had, less is heard and nothing is raised.
    """

    def __init__(self, chosen: str, clock: Clock, most_s: float) -> None:
        """Nothing is open yet.

        Args:
            chosen: the name or title of the microphone that is not another one.
            clock: the program's clock.
            most_s: so many seconds are kept.
        """
        self._chosen, self._clock, self._most_s = chosen, clock, most_s
        self._crew, self._opened = Crew(), ExitStack()
        self._heard: dict[str, Gatherer] = {}
        self._playing = Gatherer(most_s)
        self._names: list[str] = []

    def __enter__(self) -> Self:
        """Begins to listen."""
        others, monitor = _other_sources(self._chosen)
        for device in others[:MOST]:
            self._heard[device.title] = Gatherer(self._most_s)
            self._listen(device, self._heard[device.title])
        if monitor is not None:
            self._listen(monitor, self._playing)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops and gives everything back."""
        for name in self._names:
            self._crew.stop(name)
        do_all(self._opened.close, *(partial(self._crew.join, name, JOIN_S) for name in self._names))

    @property
    def levels_dbfs(self) -> tuple[tuple[str, float], ...]:
        """How loud each other microphone was, by its title."""
        found = ((title, gatherer.heard(title)) for title, gatherer in self._heard.items())
        return tuple((title, _level_dbfs(heard.samples)) for title, heard in found if heard is not None)

    def played_from(self, begun_ns: int | None) -> NDArray[np.float32] | None:
        """What the usual output played; None where that can't be known, or it was nothing.

        Args:
            begun_ns: when the microphone's first sample was captured; None for as it came.

        Returns:
            float32 (n,), 48 kHz, from that instant on: silence for what the output was not yet listened to.
        """
        heard, own_ns = self._playing.heard("output"), self._playing.begun_ns
        if heard is None or own_ns is None or _level_dbfs(heard.samples) <= SILENCE_DBFS:
            return None
        late = 0 if begun_ns is None else round((own_ns - begun_ns) * heard.rate_hz / 1e9)
        silence = np.zeros(min(max(late, 0), round(self._most_s * heard.rate_hz)), np.float32)
        played = np.concatenate([silence, heard.samples[max(-late, 0) :, 0]])
        return played if played.any() else None

    def _listen(self, device: PulseDevice, gatherer: Gatherer) -> None:
        # Its module exists on Linux only.
        from pipeline.audio.devices.pulse.input import PulseInput

        try:
            source = self._opened.enter_context(PulseInput(device, self._clock))
        except UnderstudyError:
            return
        name = f"preflight {device.name}"
        self._names.append(name)
        self._crew.add(name, _step(source, gatherer), _lost)


def _step(source: AudioSource, gatherer: Gatherer) -> Callable[[], bool]:
    """What takes a stretch of sound."""

    def step() -> bool:
        try:
            block = source.read()
        except EndOfSource:
            return False
        if block is not None:
            gatherer.hear(block)
        return True

    return step


def _lost(name: str, error: UnderstudyError) -> None:
    """A device that is lost under way: what it gave until then counts."""


def _other_sources(chosen: str) -> tuple[list[PulseDevice], PulseDevice | None]:
    """The microphones that are not the chosen one, and the source that gives what the usual output plays."""
    if sys.platform != "linux":
        return [], None
    sources = pulse_devices("sources")
    try:
        usual, output = pactl("get-default-source").strip(), pactl("get-default-sink").strip()
    except DeviceError:
        return [], None
    name = usual if chosen == "auto" else chosen
    others = [
        source
        for source in sources
        if not (source.monitor or is_own(source.name) or source.name.startswith(HEADSET))
        and name not in (source.name, source.title)
    ]
    return others, next((source for source in sources if source.name == f"{output}.monitor"), None)


def _level_dbfs(samples: NDArray[np.float32]) -> float:
    power = float(np.mean(np.square(samples, dtype=np.float64))) if samples.size else 0.0
    return max(SILENCE_DBFS, 10.0 * float(np.log10(power + 1e-20)))
