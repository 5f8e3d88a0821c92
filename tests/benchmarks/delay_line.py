"""What the pictures take that wait for the voice: 1080p at 30 fps through the real delay line and presenter.

.venv/bin/python -m tests.benchmarks.delay_line --out tests/benchmarks/results/delay_line.md
"""

import argparse
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import psutil

from pipeline.media import Picture
from pipeline.rig import SPARE_PICTURES
from pipeline.sync import LONGEST_NS
from pipeline.video.output.delay_line import DelayLine
from pipeline.video.output.presenter import Presenter
from tests.fakes import FakeClock

SIZE = (1920, 1080)
FPS = 30.0
INTERVAL_NS = round(1e9 / FPS)
DELAYS_S = (0.1, 1.0, 5.0, LONGEST_NS / 1e9)
MOST_MB = 500.0
AT_S = 5.0
"""The delay for which that holds."""
MEGABYTE = 1e6

REPORT = """# What the delay line takes

Pictures of {width}×{height} at {fps:.0f} fps, as a session holds them (I420, in buffers that are used again), written
one by one and shown when they are due, for twice the delay; each row in a process of its own. Memory is what the
process grew by: resident, at its highest, in millions of bytes. At {at:.0f} s it may take {most:.0f}.

| delay s | pictures held | buffers' own MB | grown by MB | pictures left out |
|---|---|---|---|---|
{rows}
"""


class Blind:
    """A sink that looks at nothing."""

    name = description = "blind"
    steady, dropped = False, 0

    def write(self, picture: Picture) -> None:
        """Lets it go."""

    def close(self) -> None:
        """Nothing is held."""


@dataclass(frozen=True, slots=True)
class Held:
    """One row."""

    delay_s: float
    pictures: int
    """Held at most."""
    grown_mb: float
    left_out: int

    def __str__(self) -> str:
        """The row of the table."""
        own_mb = self.pictures * SIZE[0] * SIZE[1] * 1.5 / MEGABYTE
        return f"| {self.delay_s:g} | {self.pictures} | {own_mb:.0f} | {self.grown_mb:.0f} | {self.left_out} |"


def held(delay_s: float) -> Held:
    """Lets pictures through for twice the delay, at least two seconds."""
    clock = FakeClock(1_000_000_000)
    line = DelayLine(SIZE, SPARE_PICTURES + round(LONGEST_NS * FPS / 1e9), lossless=False)
    presenter = Presenter(line, (Blind(),), clock, FPS, lambda error: None)
    presenter.delay_ns = round(delay_s * 1e9)
    pixels = np.random.default_rng(0).integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8)
    process = psutil.Process()
    line.write(pixels, clock.now_ns(), 0)
    before = highest = process.memory_info().rss
    pictures = waiting = 1
    for number in range(1, round(max(2.0, 2.0 * delay_s) * FPS)):
        clock.advance(INTERVAL_NS)
        line.write(pixels, clock.now_ns(), number * INTERVAL_NS)
        waiting += 1
        pictures = max(pictures, waiting)
        while (head_ns := line.head_ns()) is not None and head_ns <= clock.now_ns() - presenter.delay_ns:
            presenter.step()
            waiting -= 1
        highest = max(highest, process.memory_info().rss)
    # The first picture was there before.
    grown = highest - before + SIZE[0] * SIZE[1] * 3 // 2
    return Held(delay_s, pictures, grown / MEGABYTE, line.dropped)


def main() -> None:
    """Writes the table; fails where it is too much."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        rows = pool.map(held, DELAYS_S, chunksize=1)
    print(*rows, sep="\n")
    width, height = SIZE
    table = "\n".join(str(row) for row in rows)
    options.out.write_text(
        REPORT.format(width=width, height=height, fps=FPS, at=AT_S, most=MOST_MB, rows=table), encoding="utf-8"
    )
    for row in rows:
        assert row.delay_s != AT_S or row.grown_mb <= MOST_MB, f"{row.grown_mb:.0f} MB are more than {MOST_MB:.0f}"


if __name__ == "__main__":
    main()
