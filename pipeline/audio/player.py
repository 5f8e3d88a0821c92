"""Sound handed to one sink without a gap, whatever happens before."""

import threading
from dataclasses import dataclass, field, replace

import numpy as np
import soxr
from numpy.typing import NDArray

from pipeline.audio.ring import Ring
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.clock import Clock
from pipeline.cover import Cover
from pipeline.media import Block
from pipeline.stage import AudioSink
from pipeline.telemetry import AudioReadings, DurationMeter

BLOCK_NS = BLOCK_SAMPLES * 1_000_000_000 // RATE_HZ
STALL_NS = 80_000_000
"""A sink that takes sound as it comes gets silence when none came for so long; what comes later than that is left out.
Until then nothing is lost: who listens at a pipe gets late what was late."""
LOW_NS = 4_000_000
"""A sink with a clock gets silence when it holds less than this and nothing comes."""
RESERVE_SAMPLES = 3 * BLOCK_SAMPLES
"""What waits, in the middle, in a sink with a clock and before it: a lane that is late by so much is not heard."""
BACKLOG_SAMPLES = RESERVE_SAMPLES + 5 * BLOCK_SAMPLES
"""When more waits, after a sink or a thread stood still, the surplus is left out: to make it good takes minutes."""
GAIN_PER_S, TREND_PER_S2 = 0.05, 0.0008
"""How much of the reserve's error is made good per second, and how quickly a lasting error becomes part of the rate."""
MOST_CORRECTION = 0.0025
SLEW_SAMPLES = BLOCK_SAMPLES


@dataclass(slots=True, eq=False)
class PlayerMeters:
    """What a player counts."""

    latency: DurationMeter = field(default_factory=DurationMeter)
    """From the microphone to the ear; nothing where sound goes by the time of its file and not by the clock."""
    latency_ns: int | None = None
    """The same for the newest block."""
    underruns: int = 0
    """Gaps that were filled with silence, each counted once, however long it lasts: whoever listens hears it."""
    blocks: int = 0


class Player:
    """Takes finished sound from a ring and writes it to a sink: at once, or at the sink's own clock."""

    def __init__(self, ring: Ring, sink: AudioSink, clock: Clock, *, lossless: bool = False) -> None:
        """A player that plays silence until it is uncovered.

        Args:
            ring: where the sound comes from.
            sink: where it goes.
            clock: the program's clock.
            lossless: hand everything on as fast as it comes, and nothing else.
        """
        self.ring, self.sink, self._clock = ring, sink, clock
        self._lossless = lossless
        self._cover, self._never = Cover(clock, up=True), threading.Event()
        self.meters = PlayerMeters()
        self.begin_anew()

    def begin_anew(self) -> None:
        """Plays on as if nothing had been played, at a sink that holds nothing; what was counted stays."""
        self._begun = False
        self._end_ns: int | None = None
        """When the sound after the newest block was captured."""
        self._written_ns: int | None = None
        self._owed = 0
        """Samples of silence that were put in for late ones, which are left out in turn: no delay stays."""
        self._late = self._late_until_ns = 0
        """Of those, samples that a lane that was held up has yet to bring, and until when."""
        self._filled = 0
        """Samples of silence since the newest block."""
        self._came_ns = self._behind_ns = 0
        """When a file got its newest block, and by how much less it has got since it began than time has passed."""
        self._surplus = 0
        """Samples still to be left out because too much waited."""
        self._leaving_out = False
        """Whether some of them have been."""
        self._drift = Drift() if self.sink.paced and not self._lossless else None
        self._over_ns: int | None = None
        """When everything that was written is heard, once nothing more comes."""

    @property
    def drift_ppm(self) -> float:
        """By how much the sink's clock is slower than the source's, as far as it is known."""
        return 0.0 if self._drift is None else self._drift.ppm

    def cover(self, covered: bool) -> None:
        """Puts silence in place of everything, or takes it off again; what was said under it stays unsaid."""
        self._cover.put(covered)

    def readings(self, told: AudioReadings) -> AudioReadings:
        """The readings with what is known of the sound at this sink."""
        return replace(
            told,
            blocks=self.meters.blocks,
            underruns=self.meters.underruns,
            latency=self.meters.latency.percentiles(),
            latency_overall=self.meters.latency.overall(),
            device_ms=self.sink.buffered_ns / 1e6,
            drift_ppm=self.drift_ppm,
            ring_ms=self.ring.fill * 1000 / RATE_HZ,
        )

    def step(self) -> bool:
        """Writes one block, or waits a little; False at the end.

        Raises:
            DeviceError: the sink is gone.
        """
        self._leave_out_late()
        if self.ring.wait(self._least(), self._patience_s()):
            block = self.ring.read(BLOCK_SAMPLES)
            if block is None:
                return not self.ring.closed or self._rings_out()
            self._play(block)
        elif self._is_late():
            self._fill()
        return True

    def _play(self, block: Block) -> None:
        samples = block.samples[:, 0]
        if self.sink.is_file and not self._lossless:
            self._make_up(block.captured_ns)
        self._filled = 0
        self._end_ns = block.captured_ns + len(samples) * 1_000_000_000 // RATE_HZ
        if self._cover.up if self._lossless else self._cover.hides(block.captured_ns):
            samples = np.zeros_like(samples)
        if self._drift is not None:
            samples = self._drift.corrected(samples, self._held())
        self.sink.write(samples)
        now_ns = self._clock.now_ns()
        self._written_ns = now_ns
        self._begun = True
        self.meters.blocks += 1
        if self._lossless:
            return
        lag_ns = 0 if self._drift is None else self._drift.delay_ns
        heard_ns = now_ns + self.sink.buffered_ns - len(samples) * 1_000_000_000 // RATE_HZ * self.sink.paced + lag_ns
        self.meters.latency_ns = heard_ns - block.captured_ns
        self.meters.latency.add(max(0, self.meters.latency_ns))

    def _make_up(self, captured_ns: int) -> None:
        """Lets a file go on in silence for as long as there was no sound: what comes next has its place in time."""
        now_ns, filled_ns = self._clock.now_ns(), self._filled * 1_000_000_000 // RATE_HZ
        if self._end_ns is not None:
            self._behind_ns = max(0, self._behind_ns + now_ns - self._came_ns - filled_ns - BLOCK_NS)
            # Another voice's instants may jump ahead, but no time is missing then.
            lost_ns = min(captured_ns - self._end_ns - filled_ns, self._behind_ns)
            if lost_ns >= BLOCK_NS:
                self.sink.write(np.zeros(lost_ns * RATE_HZ // 1_000_000_000, np.float32))
                self._behind_ns -= lost_ns
        self._came_ns = now_ns

    def _rings_out(self) -> bool:
        """Waits a little while the sink still plays what it was given last; whether it does."""
        now_ns = self._clock.now_ns()
        if self._over_ns is None:
            if self._drift is not None and self._begun:
                # What the resampler keeps back comes out before the silence.
                self.sink.write(self._drift.corrected(np.zeros(BLOCK_SAMPLES, np.float32), RESERVE_SAMPLES))
            self._over_ns = self._clock.now_ns() + (0 if self._drift is None else self.sink.buffered_ns)
        self._clock.wait_until(min(self._over_ns, now_ns + BLOCK_NS), self._never)
        return self._clock.now_ns() < self._over_ns

    def _least(self) -> int:
        """How many samples have to wait before one is taken; after a gap a sink with a clock wants its reserve."""
        begins = not self._begun or self._owed > 0
        return RESERVE_SAMPLES if self._drift is not None and begins else BLOCK_SAMPLES

    def _leave_out_late(self) -> None:
        """After a gap, leaves out what came too late."""
        if self._drift is not None and self._owed and self.ring.fill >= RESERVE_SAMPLES:
            self._repay()
        if self._drift is not None and self._surplus == 0 and (held := self._held()) > BACKLOG_SAMPLES:
            self._surplus, self._leaving_out = held - RESERVE_SAMPLES, False
        if self._surplus and self._clock.now_ns() < self._late_until_ns:
            # The gap has been counted already.
            skipped = self.ring.skip(min(self._surplus, self._late))
            self._late, self._surplus = self._late - skipped, self._surplus - skipped
        if self._surplus and (skipped := self.ring.skip(self._surplus, lost=True, again=self._leaving_out)):
            self._surplus, self._leaving_out = self._surplus - skipped, True
        if self._owed and self._drift is None and (captured_ns := self.ring.captured_ns) is not None:
            if self._end_ns is not None and captured_ns - self._end_ns >= self._owed * 1_000_000_000 // RATE_HZ:
                # Nothing was late: there was no sound meanwhile.
                self._owed = 0
            else:
                self._owed -= self.ring.skip(self._owed)

    def _repay(self) -> None:
        """Begins again after a gap at a sink with a clock, with its reserve; what waits beyond that came too late."""
        captured_ns, end_ns = self.ring.captured_ns, self._end_ns
        missing_ns = 0 if captured_ns is None or end_ns is None else max(0, captured_ns - end_ns)
        # Silence was put in by whole blocks.
        late = self._owed - missing_ns * RATE_HZ // 1_000_000_000 + BLOCK_SAMPLES
        self._late = max(0, late - self.ring.skip(self.ring.fill - RESERVE_SAMPLES))
        self._late_until_ns = self._clock.now_ns() + self._owed * 1_000_000_000 // RATE_HZ
        self._owed = 0

    def _held(self) -> int:
        """Samples that wait in the sink and before it."""
        return self.ring.fill + self.sink.buffered_ns * RATE_HZ // 1_000_000_000

    def _fill(self) -> None:
        """Writes a block of silence in place of one that is late."""
        self.sink.write(np.zeros(BLOCK_SAMPLES, np.float32))
        self._written_ns = BLOCK_NS + (self._written_ns or self._clock.now_ns())
        if self._begun:
            self._owed = min(self._owed + BLOCK_SAMPLES, RATE_HZ)
            self.meters.underruns += self._filled == 0
            self._filled += BLOCK_SAMPLES

    def _patience_s(self) -> float:
        """How long sound may be waited for."""
        if self._lossless:
            return 0.1
        if self.sink.paced:
            return max(0.001, (self.sink.buffered_ns - LOW_NS) / 1e9)
        since_ns = 0 if self._written_ns is None else self._clock.now_ns() - self._written_ns
        return max(0.001, (STALL_NS - since_ns) / 1e9)

    def _is_late(self) -> bool:
        """Whether the sink would run dry."""
        if self._lossless or self.ring.closed:
            return False
        if self.sink.paced:
            return self.sink.buffered_ns <= LOW_NS
        return self._written_ns is None or self._clock.now_ns() - self._written_ns >= STALL_NS


class Drift:
    """Resamples by a few parts in a million, so that as much waits as should.

    The sink's clock and the source's differ by up to 200 ppm. A controller with a proportional and an integral part
    holds the reserve; the resampler changes its ratio smoothly.
    """

    def __init__(self, reserve: int = RESERVE_SAMPLES) -> None:
        """A correction that knows no drift yet; so many samples should wait in the middle."""
        self._reserve = reserve
        self._resampler = soxr.ResampleStream(1.0 + 2 * MOST_CORRECTION, 1.0, 1, quality="HQ", vr=True)
        self._resampler.set_io_ratio(1.0, 1.0, 0)
        self._error = 0.0
        self._trend = 0.0

    @property
    def ppm(self) -> float:
        """The lasting part of the correction: positive when more samples come than go."""
        return self._trend * 1e6

    @property
    def delay_ns(self) -> int:
        """What the resampler holds back."""
        return round(float(self._resampler.delay()) * 1e9 / RATE_HZ)

    def corrected(self, samples: NDArray[np.float32], fill: int) -> NDArray[np.float32]:
        """The samples, a few more or less; `fill` is what waits besides them."""
        elapsed_s = len(samples) / RATE_HZ
        self._error += (fill - self._reserve - self._error) * min(1.0, elapsed_s / 0.5)
        error_s = self._error / RATE_HZ
        self._trend += TREND_PER_S2 * error_s * elapsed_s
        self._trend = min(max(self._trend, -MOST_CORRECTION), MOST_CORRECTION)
        rate = self._trend + GAIN_PER_S * error_s
        self._resampler.set_io_ratio(1.0 + min(max(rate, -MOST_CORRECTION), MOST_CORRECTION), 1.0, SLEW_SAMPLES)
        # Between two samples at full scale sound may go beyond it.
        return np.asarray(np.clip(self._resampler.resample_chunk(samples), -1.0, 1.0), np.float32)
