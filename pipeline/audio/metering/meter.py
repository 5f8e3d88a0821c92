"""A level for the eye: what a sound meter of a broadcast program shows.

The ballistics are those of OBS Studio's meters: the bar rises at once and falls by 20 dB in 1.7 s, the peak stays for a
while, too loud a sample leaves a mark, and a meter that gets nothing says so. Time is an argument.
"""

import math
from dataclasses import dataclass

from pipeline.media import Block
from pipeline.telemetry import MeterReading

LEAST_DBFS = -60.0
"""The meter's lower end; its upper end is 0."""
FALL_DB_PER_S = 20.0 / 1.7
RMS_S = 0.3
"""The time constant of the mean."""
HOLD_NS = 20_000_000_000
"""How long the highest peak stays."""
LATELY_NS = 3_000_000_000
"""How long the highest peak counts as one of late."""
CLIP_NS = 1_000_000_000
"""How long the mark stays."""
STALE_NS = 500_000_000
FULL_SCALE = 32_767 / 32_768
"""The loudest that a 16-bit device delivers; a sample that reaches it was cut off."""
ENORMOUS = 1e6
"""What is beyond, or is no number, counts as clipped, and as no level: it is a fault and not a sound."""


def _dbfs(amplitude: float) -> float:
    return min(0.0, max(LEAST_DBFS, 20.0 * math.log10(amplitude))) if amplitude > 0.0 else LEAST_DBFS


@dataclass(frozen=True, slots=True)
class _Highest:
    """The highest peak within a time."""

    lasts_ns: int
    dbfs: float = LEAST_DBFS
    at_ns: int = 0

    def fed(self, peak_dbfs: float, bar_dbfs: float, now_ns: int) -> "_Highest":
        """After one more peak; when the highest is too long ago the bar, which has fallen from a later one, counts."""
        if peak_dbfs >= self.dbfs:
            return _Highest(self.lasts_ns, peak_dbfs, now_ns)
        return _Highest(self.lasts_ns, bar_dbfs, now_ns) if now_ns - self.at_ns > self.lasts_ns else self

    def shown(self, now_ns: int, bar_dbfs: float) -> float:
        """It, or the bar when it is too long ago."""
        return self.dbfs if now_ns - self.at_ns <= self.lasts_ns else bar_dbfs


@dataclass(frozen=True, slots=True)
class _Needles:
    """Where everything stood when the last block came; replaced as a whole, so that any thread may look."""

    at_ns: int
    peak_dbfs: float = LEAST_DBFS
    power: float = 0.0
    hold: _Highest = _Highest(HOLD_NS)
    lately: _Highest = _Highest(LATELY_NS)
    clip_ns: int | None = None

    def bar(self, now_ns: int) -> float:
        """The bar, fallen since the last block."""
        return max(LEAST_DBFS, self.peak_dbfs - FALL_DB_PER_S * max(0, now_ns - self.at_ns) / 1e9)

    def mean_power(self, now_ns: int) -> float:
        """The mean, as if silence had followed the last block."""
        return self.power * math.exp(-max(0, now_ns - self.at_ns) / 1e9 / RMS_S)


class Meter:
    """A peak and mean level meter. One thread feeds it, any may read it."""

    def __init__(self) -> None:
        self._needles: _Needles | None = None

    def feed(self, block: Block, now_ns: int) -> None:
        """Takes a block that arrived at `now_ns`; it isn't kept."""
        if not block.samples.size:
            return
        flat = block.samples.ravel()
        top = max(float(flat.max()), -float(flat.min()))
        sane = top <= ENORMOUS
        power = float(flat.dot(flat)) / flat.size if sane else 0.0
        before = self._needles or _Needles(now_ns)
        share = 1.0 - math.exp(-len(block.samples) / block.rate_hz / RMS_S)
        peak = _dbfs(top if sane else 0.0)
        bar = max(peak, before.bar(now_ns))
        self._needles = _Needles(
            at_ns=now_ns,
            peak_dbfs=bar,
            power=before.power + share * (power - before.power),
            hold=before.hold.fed(peak, bar, now_ns),
            lately=before.lately.fed(peak, bar, now_ns),
            clip_ns=before.clip_ns if top < FULL_SCALE else now_ns,
        )

    def reading(self, now_ns: int) -> MeterReading:
        """What the meter shows at `now_ns`."""
        seen = self._needles
        if seen is None:
            return MeterReading(LEAST_DBFS, LEAST_DBFS, LEAST_DBFS, clipped=False, stale=True)
        bar = seen.bar(now_ns)
        return MeterReading(
            peak_dbfs=bar,
            rms_dbfs=_dbfs(math.sqrt(seen.mean_power(now_ns))),
            hold_dbfs=seen.hold.shown(now_ns, bar),
            lately_dbfs=seen.lately.shown(now_ns, bar),
            clipped=seen.clip_ns is not None and now_ns - seen.clip_ns <= CLIP_NS,
            stale=now_ns - seen.at_ns > STALE_NS,
        )

    def reset(self) -> None:
        """Forgets every level, hold and mark."""
        self._needles = None
