"""The self-test of a preflight: offsets between flash and beep that are put in, and what it finds of them.

    .venv/bin/python -m tests.benchmarks.av_recovery --out tests/benchmarks/results/av_recovery.md

It runs in real time for two minutes or more, and wants a computer that does little else; on another one `--slowness 3`
lets its clock go three times slower, for which the computer is as many times quicker.
"""

import argparse
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import LaneError
from pipeline.preflight.system.av import av_settings, measured_way
from pipeline.preflight.system.others import Others
from pipeline.preflight.system.plan import SystemPlan
from pipeline.selftest.av import WayReport, measure_way
from pipeline.selftest.score import pattern
from profiles.store import ProfileStore
from tests.footage import models
from tests.pipeline.selftest.test_av import SlowClock

SHIFTS_MS = (-120.0, -80.0, -40.0, 0.0, 40.0, 80.0, 120.0)
MOST_OFF_MS = 8.0
PROFILE = "mara"

REPORT = """# What a preflight's self-test finds of an offset

`system.av` of a preflight: {seconds:.1f} s of flashes and beeps through a whole session in memory,
{width}×{height}, once for each offset; beeps are captured so much after their flashes. What is found is by how much the
sound is early at the sinks, so an offset that is put in comes out with its sign changed. Wanted: within
±{most:.0f} ms. {cores} cores, which other processes shared: what these had of all cores stands with each row. Slowness
{slowness}: the session's clock went so many times slower than time, for which the computer was as many times quicker.

{tables}
"""
TABLE = """## {title}

| beep after flash ms | sound early by ms, median ± MAD | off by ms | pairs | picture ms | sound ms | others |
|---|---|---|---|---|---|---|
{rows}"""


@dataclass(frozen=True)
class Row:
    """One offset and what was found of it."""

    shift_ms: float
    way: WayReport | None
    others_percent: float
    """What other processes had of all cores meanwhile."""

    @property
    def off_ms(self) -> float:
        """What is wrong with what was found."""
        return float("inf") if self.way is None else self.way.offset.median_ms + self.shift_ms

    def __str__(self) -> str:
        """The row of the table."""
        if self.way is None:
            return f"| {self.shift_ms:+.0f} | too little came out | | | | | {self.others_percent:.0f} % |"
        offset, video, audio = self.way.offset, self.way.video, self.way.audio
        return (
            f"| {self.shift_ms:+.0f} | {offset.median_ms:+.1f} ± {offset.mad_ms:.1f} | {self.off_ms:+.1f} "
            f"| {offset.count} | {video.median_ms:.1f} ± {video.mad_ms:.1f} "
            f"| {audio.median_ms:.1f} ± {audio.mad_ms:.1f} | {self.others_percent:.0f} % |"
        )


def measured(plan: SystemPlan, shift_ms: float, *, plain: bool) -> Row:
    """One offset, put in and looked for."""
    way: WayReport | None = None
    with Others() as others:
        with suppress(LaneError):
            if plain:
                pictures = [pattern(plan.size)] * 2
                way = measure_way(av_settings(plan, shift_ms), plan.models, pictures, plain=True, clock=plan.clock)
            else:
                way = measured_way(plan, shift_ms)
        return Row(shift_ms, way, others.percent())


def main() -> None:
    """Writes the tables; fails where an offset is found too far off."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--slowness", type=int, default=1)
    options = parser.parse_args()
    plan = SystemPlan(ProfileStore().load(PROFILE), models(), clock=SlowClock(options.slowness))
    rows: dict[str, list[Row]] = {f"Through the engines of {PROFILE}": [], "Without engines": []}
    for plain, (title, found) in enumerate(rows.items()):
        print(title)
        for shift_ms in SHIFTS_MS:
            found.append(measured(plan, shift_ms, plain=bool(plain)))
            print(found[-1], flush=True)
    tables = [TABLE.format(title=title, rows="\n".join(map(str, found))) for title, found in rows.items()]
    settings = av_settings(plan)
    text = REPORT.format(
        seconds=settings.seconds,
        width=plan.size[0],
        height=plan.size[1],
        most=MOST_OFF_MS,
        cores=os.cpu_count(),
        slowness=options.slowness,
        tables="\n\n".join(tables),
    )
    options.out.write_text(text, encoding="utf-8")
    bad = [row for found in rows.values() for row in found if not abs(row.off_ms) <= MOST_OFF_MS]
    assert not bad, bad


if __name__ == "__main__":
    main()
