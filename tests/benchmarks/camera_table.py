"""Pictures spoilt by known amounts: which of the camera's checks notice, and what do they say of clean ones?

    .venv/bin/python tests/benchmarks/camera_table.py --out tests/benchmarks/results/camera_table.md [--sheet FILE.png]

Ends with status 1 when the right check notices under 95 % of the cases, or more than 5 % of clean takes are flagged.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline.media import Pixels
from pipeline.preflight.camera.checks import camera_findings
from pipeline.preflight.finding import Verdict
from tests.footage import BIRD, CLIPS, DEMO, MEDIA
from tests.pipeline.preflight.camera.degradations import ASKED, FURTHER, Spoil, Take, harmless
from tests.pipeline.preflight.camera.scenes import learned, named, part_of, watched, window

EACH, FURTHER_EACH, CLEAN = 20, 8, 100
LEAST_FOUND, MOST_FALSE = 0.95, 0.05
SHOWN = 6
FLAGS = (Verdict.WARN, Verdict.FAIL)

REPORT = """# What the camera's checks notice

{cases} takes of 14 frames of {names}, each spoilt by a random
known amount (seeded), held against what was learned from the whole clean clip. A check notices when it warns or fails.
{clean} further takes are changed only as much as matters to nobody: gain ±4 %, colour ±2 %, zoom 0.95 to 1.06, roll 2°,
noise up to 0.8 of 255, JPEG 82 to 96.

Noticed by the right check: **{found} of {cases} ({percent:.1f} %)**. Clean takes with any line flagged:
**{false} of {clean} ({false_percent:.1f} %)**; of their {lines} lines {false_lines}.

| spoilt by | amounts | right check | noticed | flagged as well |
|---|---|---|---|---|
{rows}

The ten kinds above the line of dots are the ones counted; below it each other check shows that it can fail.
What is flagged as well is mostly true: a hand changes the light on a face, what is small is not sharp.

## Not noticed

{missed}

## Clean takes that were flagged

{flagged}

## The real hand

`gestures-bird.mkv`, held against the same person's clip without a hand:

{bird}
"""


class Row(NamedTuple):
    """What came of one kind."""

    kind: str
    check: str
    takes: list[Take]
    flags: list[dict[str, str]]
    """For each take: the checks that are flagged, and what they measured."""

    @property
    def found(self) -> int:
        """Takes that the right check noticed."""
        return sum(self.check in flags for flags in self.flags)

    def __str__(self) -> str:
        others = Counter(name for flags in self.flags for name in flags if name != self.check)
        also = ", ".join(f"{name} {count}" for name, count in others.most_common())
        amounts = f"{self.takes[0].amount}; {self.takes[1].amount}"
        return f"| {self.kind} | {amounts} | {self.check} | {self.found} / {len(self.takes)} | {also} |"


def clips() -> list[str]:
    """The clips with one person and nothing before the face."""
    return [DEMO, *(name for name in CLIPS if name != BIRD)] if MEDIA.is_dir() else [DEMO]


def measured(kind: str, spoil: Spoil, check: str, count: int) -> Row:
    """Spoils so many takes, clip after clip, and asks every check about each."""
    row = Row(kind, check, [], [])
    for number in range(count):
        random = np.random.default_rng([*kind.encode(), number])
        name = clips()[number % len(clips())]
        take = spoil(window(name, random), random)
        seen = watched(take.pictures, take.times_ns)
        findings = named(camera_findings(seen, learned(name)))
        row.takes.append(take)
        row.flags.append({key: found.measured for key, found in findings.items() if found.verdict in FLAGS})
    return row


def bird_lines() -> str:
    """What the checks say of a real hand that passes before a face, and of the seconds before and after."""
    if not MEDIA.is_dir():
        return "not measured: the real footage is not here"
    lines = []
    for first, count in ((0, 12), (8, 20), (14, 30), (36, 20), (47, 16)):
        frames = part_of(BIRD, first, count)
        seen = watched((frame.pixels for frame in frames), [frame.captured_ns for frame in frames])
        found = named(camera_findings(seen, learned(CLIPS[3])))["occluded"]
        lines.append(f"- frames {first} to {first + count - 1}: {found.verdict}, {found.measured}")
    return "\n".join(lines)


def sheet(rows: list[Row]) -> Pixels:
    """Some pictures of every kind, one row each."""
    strips = []
    for row in rows:
        step = max(1, len(row.takes) // SHOWN)
        small = []
        for take, flags in list(zip(row.takes, row.flags, strict=True))[::step][:SHOWN]:
            picture = np.asarray(cv2.resize(take.pictures[len(take.pictures) // 2], (240, 150)), np.uint8)
            colour = (0, 160, 0) if row.check in flags or (not row.check and not flags) else (0, 0, 255)
            cv2.putText(picture, f"{row.kind}: {take.amount}", (3, 14), 0, 0.42, colour, 1, cv2.LINE_AA)
            small.append(picture)
        strips.append(np.hstack(small))
    return np.asarray(np.vstack(strips), np.uint8)


def listed(rows: list[Row], *, clean: bool = False) -> str:
    """The takes that came out wrong, one line each."""
    lines = [
        f"- {row.kind}, {clips()[number % len(clips())]}, {take.amount}: {said(flags)}"
        for row in rows
        for number, (take, flags) in enumerate(zip(row.takes, row.flags, strict=True))
        if (flags if clean else row.check not in flags)
    ]
    return "\n".join(lines) or "None."


def said(flags: dict[str, str]) -> str:
    """What is flagged, with its figures."""
    return "; ".join(f"{name} ({figure})" for name, figure in flags.items()) or "nothing flagged"


def main() -> int:
    """Measures everything and writes the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sheet", type=Path)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    asked = [measured(kind, *what, EACH) for kind, what in ASKED.items()]
    further = [measured(kind, *what, FURTHER_EACH) for kind, what in FURTHER.items()]
    clean = measured("harmless", harmless, "", CLEAN)
    found, false = sum(row.found for row in asked), sum(bool(flags) for flags in clean.flags)
    cases = sum(len(row.takes) for row in asked)
    text = REPORT.format(
        cases=cases,
        clean=CLEAN,
        names=", ".join(f"`{name}`" for name in clips()),
        found=found,
        percent=100 * found / cases,
        false=false,
        false_percent=100 * false / CLEAN,
        lines=15 * CLEAN,
        false_lines=sum(map(len, clean.flags)),
        rows="\n".join([*map(str, asked), "| ... | | | | |", *map(str, further)]),
        missed=listed([*asked, *further]),
        flagged=listed([clean], clean=True),
        bird=bird_lines(),
    )
    arguments.out.write_text(text, encoding="utf-8")
    if arguments.sheet:
        cv2.imwrite(str(arguments.sheet), sheet([*asked, *further, clean]))
    return 0 if found >= LEAST_FOUND * cases and false <= MOST_FALSE * CLEAN else 1


if __name__ == "__main__":
    sys.exit(main())
