"""When pictures are shown, so that they are seen when their sound is heard: by measurement, without jumps."""

import threading
from collections import deque

import numpy as np

from pipeline.telemetry import SyncReadings
from pipeline.telemetry.meters import spread_of
from profiles.profile import SyncSettings

MEASURED_BLOCKS = 9
"""The voice path is the median of so many blocks: one late thread moves nothing."""
DEAD_NS = 2_500_000
"""A measured path that differs by less is the same."""
SLEW = 0.95
"""The delay grows or shrinks by at most so many seconds per second: pictures are repeated or left out singly."""
SETTLE_S = 0.15
REACHED_NS = 20_000_000
"""A delay that differs from the one that is wanted by less is reached."""
LONGEST_NS = 5_500_000_000
KEPT = 900


class Sync:
    """The delay of the pictures, from the delay of the sound. Any thread may call any method."""

    def __init__(self) -> None:
        """Sound and picture that have not begun."""
        self._least_ns = self._trim_ns = 0
        self._lock = threading.Lock()
        self._paths: deque[int] = deque(maxlen=MEASURED_BLOCKS)
        self._offsets: deque[float] = deque(maxlen=KEPT)
        self._path_ns: int | None = None
        self._newest_ms: float | None = None
        self._reached = False
        """Whether pictures have been held as long as their sound takes; until then there is no offset to judge."""
        self._delay_ns = 0.0
        self._moved_ns: int | None = None

    def follow(self, settings: SyncSettings) -> None:
        """Takes a profile's settings: how long pictures are held at least, and what is added to what the sound takes.

        Those of the first profile hold from the first picture on; others are slewed to.
        """
        with self._lock:
            self._least_ns, self._trim_ns = round(settings.delay_ms * 1e6), round(settings.trim_ms * 1e6)
            if self._moved_ns is None:
                self._delay_ns = float(self.target_ns)

    @property
    def target_ns(self) -> int:
        """How long pictures are to be held."""
        path_ns = 0 if self._path_ns is None else self._path_ns + self._trim_ns
        return min(max(path_ns, self._least_ns), LONGEST_NS)

    def heard(self, latency_ns: int) -> None:
        """Takes how long one block took from the microphone to the ear."""
        with self._lock:
            self._paths.append(latency_ns)
            measured_ns = sorted(self._paths)[len(self._paths) // 2]
            if self._path_ns is None or abs(measured_ns - self._path_ns) > DEAD_NS:
                self._path_ns = measured_ns

    def shown(self, latency_ns: int) -> None:
        """Takes how long one picture took from the camera to the eye."""
        with self._lock:
            if not self._paths:
                return
            self._newest_ms = (latency_ns - sorted(self._paths)[len(self._paths) // 2]) / 1e6
            self._reached |= abs(self.target_ns - self._delay_ns) < REACHED_NS
            if self._reached:
                self._offsets.append(self._newest_ms)

    def silent(self) -> None:
        """Takes note that no sound comes any more; pictures wait for nothing."""
        with self._lock:
            self._paths.clear()
            self._path_ns = self._newest_ms = None
            self._reached = False

    def delay_ns(self, now_ns: int) -> int:
        """How long pictures are held at this instant."""
        with self._lock:
            elapsed_s = 0.0 if self._moved_ns is None else max(0.0, (now_ns - self._moved_ns) / 1e9)
            self._moved_ns = now_ns
            missing_ns = self.target_ns - self._delay_ns
            step_ns = missing_ns * min(1.0, elapsed_s / SETTLE_S)
            most_ns = SLEW * elapsed_s * 1e9
            self._delay_ns += min(max(step_ns, -most_ns), most_ns)
            return round(self._delay_ns)

    def readings(self) -> SyncReadings:
        """Where it stands."""
        with self._lock:
            sizes = np.abs(np.array(self._offsets))
            return SyncReadings(
                offset_ms=self._newest_ms,
                offset=spread_of(sizes),
                worst_ms=float(sizes.max()) if len(sizes) else 0.0,
                delay_ms=self._delay_ns / 1e6,
                target_ms=self.target_ns / 1e6,
                trim_ms=self._trim_ns / 1e6,
                pictures=len(sizes),
            )
