"""Sound against picture: offsets that are put in and found again, and an hour of clocks that differ.

    .venv/bin/python -m tests.benchmarks.sync_table --out tests/benchmarks/results/sync.md

The first part runs in real time for half a minute and wants a computer that does little else.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.player import Player
from pipeline.audio.ring import Ring
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.media import Block
from pipeline.selftest.av import AvSettings, Spread, WayReport, measure_way
from pipeline.selftest.score import LEAD_S, PAUSES_S, pattern
from pipeline.sync import Sync
from profiles.store import ProfileStore
from tests.fakes import FakeClock
from tests.footage import models

SIZE = (1280, 720)
SHIFTS_MS = (-200.0, -100.0, -50.0, 0.0, 50.0, 100.0, 200.0)
EACH = 6
"""Pairs of flash and beep for each offset."""
MOST_OFF_MS = 5.0
PPM = (-200.0, 0.0, 200.0)
HOUR_S = 3600.0
SETTLED_S = 10.0
BLOCK_NS = BLOCK_SAMPLES * 1_000_000_000 // RATE_HZ
FRAME_NS = 33_333_333
LATEST_MS = 5.0
"""Every block is handed over late by up to so much, at random, as threads are."""

REPORT = """# Sound against picture

## Offsets that are put in

`understudy selftest av`'s own way through a session in memory, in real time, {width}×{height}, without engines. Beeps
are captured so much after their flashes; what is found at the sinks is by how much the sound is early, so an offset
that is put in comes out with its sign changed. The session itself is off by {own:+.1f} ms; latencies from capture to
sink: video {video:.1f} ms, audio {audio:.1f} ms.

| beep after flash ms | sound early by ms, median ± MAD | off by ms | pairs |
|---|---|---|---|
{offsets}

## An hour of clocks that differ

A simulated hour: a microphone by the computer's clock, an output device whose clock is faster by so much, the real
player, resampler and synchronisation between them, blocks handed over up to {late:.0f} ms late at random. Correction:
its lasting part, positive where more sound comes than the device plays. Offset: how long a picture is held against how
long the sound takes, every frame after the first {settled:.0f} s. Waiting: in the device and before it, least .. most.

| device ppm | correction ppm | offset ms p50 / p95 / largest | waiting ms | underruns | overruns | gaps |
|---|---|---|---|---|---|---|
{drifts}
"""


class Device:
    """An output device whose clock is not the computer's."""

    name = description = "device"
    paced, is_file = True, False

    def __init__(self, clock: FakeClock, ppm: float) -> None:
        self._clock, self._pace = clock, 1.0 + ppm * 1e-6
        self._until_ns, self._count = float(clock.now_ns()), 0
        self.gaps = 0
        """How often it had nothing to play."""

    @property
    def buffered_ns(self) -> int:
        """What it holds."""
        return max(0, round(self._until_ns - self._clock.now_ns()))

    def write(self, samples: NDArray[np.float32]) -> None:
        """Plays after what it holds."""
        now_ns = self._clock.now_ns()
        # At first the resampler keeps back what it needs.
        self.gaps += self._until_ns < now_ns and self._count > RATE_HZ
        self._until_ns = max(self._until_ns, now_ns) + len(samples) * 1e9 / RATE_HZ / self._pace
        self._count += len(samples)

    def close(self) -> None:
        """Nothing is held."""

    def __enter__(self) -> "Device":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Unwaited(Ring):
    """A ring for which nobody waits."""

    def wait(self, count: int, timeout_s: float) -> bool:
        """Whether so many samples are held."""
        return self.closed or self.fill >= count


@dataclass
class Hour:
    """What an hour brought."""

    ppm: float
    found_ppm: float = 0.0
    offsets_ms: list[float] = field(default_factory=list)
    waiting_ms: list[float] = field(default_factory=list)
    underruns: int = 0
    overruns: int = 0
    gaps: int = 0

    def __str__(self) -> str:
        """The row of the table."""
        p50, p95, most = np.percentile(np.abs(self.offsets_ms), (50, 95, 100))
        return (
            f"| {self.ppm:+.0f} | {self.found_ppm:+.0f} | {p50:.1f} / {p95:.1f} / {most:.1f} "
            f"| {min(self.waiting_ms):.0f} .. {max(self.waiting_ms):.0f} "
            f"| {self.underruns} | {self.overruns} | {self.gaps} |"
        )


def drifted(ppm: float, seconds: float = HOUR_S) -> Hour:
    """So many seconds of a device that is faster by so many millionths."""
    clock, ring, sync = FakeClock(1_000_000_000), Unwaited(RATE_HZ // 2), Sync()
    device = Device(clock, ppm)
    player = Player(ring, device, clock)
    player.cover(False)
    hour, samples = Hour(ppm), np.full((BLOCK_SAMPLES, 1), 0.1, np.float32)
    start_ns, next_frame_ns = clock.now_ns(), clock.now_ns()
    late_ns = np.random.default_rng(1).uniform(0.0, LATEST_MS * 1e6, round(seconds * 1e9 / BLOCK_NS))
    for number, late in enumerate(late_ns):
        due_ns = start_ns + (number + 1) * BLOCK_NS + round(late)
        clock.advance(due_ns - clock.now_ns())
        ring.write(Block(samples, RATE_HZ, start_ns + number * BLOCK_NS))
        for heard_ns in played(player):
            sync.heard(heard_ns)
        heard_ns = player.meters.latency_ns
        if heard_ns is not None and clock.now_ns() >= next_frame_ns:
            next_frame_ns += FRAME_NS
            held_ns = sync.delay_ns(clock.now_ns())
            if number * BLOCK_NS > SETTLED_S * 1e9:
                hour.offsets_ms.append((held_ns - heard_ns) / 1e6)
                hour.waiting_ms.append((device.buffered_ns + ring.fill * 1e9 / RATE_HZ) / 1e6)
    hour.found_ppm, hour.gaps = player.drift_ppm, device.gaps
    hour.underruns, hour.overruns = player.meters.underruns, ring.overruns
    return hour


def played(player: Player) -> Iterator[int]:
    """Lets a player play what there is; how long each block took to the ear."""
    blocks = -1
    while player.meters.blocks > blocks:
        blocks = player.meters.blocks
        player.step()
        if player.meters.latency_ns is not None and player.meters.blocks > blocks:
            yield player.meters.latency_ns


def way() -> WayReport:
    """A session with every offset put in several times."""
    seconds = LEAD_S + (EACH * len(SHIFTS_MS) + 1) * float(np.mean(PAUSES_S))
    settings = AvSettings(ProfileStore().load("mara"), size=SIZE, seconds=seconds, shifts_ms=SHIFTS_MS)
    return measure_way(settings, models(), [pattern(SIZE)] * 2, plain=True)


def found(report: WayReport) -> Iterator[tuple[float, Spread]]:
    """Each offset that was put in, and what was found of it."""
    for shift_ms in SHIFTS_MS:
        yield shift_ms, Spread.of([offset for put_in, offset in report.offsets_ms if put_in == shift_ms])


def main() -> None:
    """Writes both tables; fails where something is too far off."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    report = way()
    offsets = [
        f"| {shift:+.0f} | {spread.median_ms:+.1f} ± {spread.mad_ms:.1f} | {spread.median_ms + shift:+.1f} "
        f"| {spread.count} |"
        for shift, spread in found(report)
    ]
    print(*offsets, sep="\n", flush=True)
    hours = [drifted(ppm) for ppm in PPM]
    print(*hours, sep="\n")
    (own,) = (spread.median_ms for shift, spread in found(report) if shift == 0.0)
    text = REPORT.format(
        width=SIZE[0],
        height=SIZE[1],
        own=own,
        video=report.video.median_ms,
        audio=report.audio.median_ms,
        offsets="\n".join(offsets),
        late=LATEST_MS,
        settled=SETTLED_S,
        drifts="\n".join(str(hour) for hour in hours),
    )
    options.out.write_text(text, encoding="utf-8")
    for shift, spread in found(report):
        assert abs(spread.median_ms + shift) <= MOST_OFF_MS, (shift, spread)


if __name__ == "__main__":
    main()
