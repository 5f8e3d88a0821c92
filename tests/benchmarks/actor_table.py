"""Rendered heads whose hair, beard and skin are known, and real footage: do the looks that are read agree?

    .venv/bin/python tests/benchmarks/actor_table.py --out tests/benchmarks/results/actor_table.md --pictures FOLDER

Renders about forty heads into the folder, which takes some minutes; ends with status 1 when fewer than 95 of 100
readings agree.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from actor_guises import PEOPLE, Guise, conditions, guises, strangers

from pipeline.media import Frame
from pipeline.preflight.actor.checks import actor_findings
from pipeline.preflight.actor.difference import delta_e_2000
from pipeline.preflight.actor.looks import looks_of
from pipeline.preflight.finding import Verdict
from pipeline.video.background.person_matte import PersonMatte
from profiles.reference.figures import Colour, LooksReference
from tests.footage import CLIPS, DEMO, PERSONAS, clip, make_tracker, models
from tests.guises import (
    RIMS,
    hanging_hair,
    painted_beard,
    painted_hair,
    painted_skin,
    pictured,
    portrait_frame,
    wearing,
)
from tools.persona.identity import Identity
from tools.persona.personas import ACTOR, ANSELM, INES, MARA, TOMAS
from tools.persona.pose import Pose
from tools.persona.studio import RELAXED, portrait

SIDE_PX = 512
SURELY_OTHER_HAIR, SURELY_OTHER_SKIN = 15.0, 8.0
"""Painted colours that differ by more, in ΔE2000, have to be told apart; the same paint has to pass."""
LEAST_SHARE = 0.95
STRANGERS = 8
SEEN = {
    DEMO: "short brown hair, shaven, light skin (rendered)",
    CLIPS[0]: "long dark hair, no beard",
    CLIPS[1]: "short dark hair, some days unshaven",
    CLIPS[2]: "short blond hair, shaven, a hand before the mouth",
    CLIPS[3]: "short blond hair, shaven; the same man",
}
REPORT = """# Do the looks that are read agree with what was painted?

{summary}

## The built-in personas and the demo actor

Painted: what `tools/persona` was given, in CIE L\\*a\\*b\\*; ΔE: CIEDE2000. Read: what the
preflight makes of the portrait.

{personas}

## Real footage and the demo video

{films}

## Heads in other guises

Rendered with another hair, beard or skin, or drawn on. Each is read under {conditions} conditions: {names}.
Read wrong: classes that differ from the painted ones, of those that were told at all. The thresholds were set on the
personas and some of these heads; the strangers at the end were drawn by lot after that.

{guises}

## Verdicts against the personas

Every guise as the actor, every persona as the target. Hair and skin of the same paint have to pass; painted colours
that differ by more than ΔE2000 {hair} (hair) or {skin} (skin) have to be flagged; what lies between is not counted.

{verdicts}

## Glasses

Drawn on the portraits, read at their own size and at an eighth of it; `?` is not told.

{glasses}
"""


def rendered(guise: Guise, kept: Path) -> Frame:
    """The picture of a head, found and cut out as a portrait's is; rendered once."""
    file = kept / f"{guise.name.removesuffix(', long hair')}.png"
    if not file.exists():
        cv2.imwrite(str(file), portrait(guise.who, Pose(expression=RELAXED), SIDE_PX, 1))
    frame = pictured(np.asarray(cv2.imread(str(file)), np.uint8))
    return hanging_hair(frame, guise.who.hair.colour) if guise.length == "long" else frame


def classes(looks: LooksReference) -> dict[str, object]:
    """What is not a figure."""
    return {"hair length": looks.hair_length, "facial hair": looks.facial_hair, "glasses": looks.glasses}


def painted(guise: Guise) -> dict[str, object]:
    """The same as it was painted."""
    return {"hair length": guise.length, "facial hair": painted_beard(guise.who), "glasses": False}


def lab(colour: Colour | None) -> str:
    """A colour for the table."""
    return "–" if colour is None else " ".join(f"{part:.0f}" for part in colour)


def table(head: str, rows: list[str]) -> str:
    """Rows of cells between bars."""
    return "\n".join([head, "|" + "---|" * (head.count("|") - 1), *rows])


def persona_row(name: str, who: Identity, looks: LooksReference) -> str:
    """Painted against read."""
    assert looks.hair and looks.skin
    hair, skin = painted_hair(who), painted_skin(who)
    return (
        f"| {name} | {lab(hair)} | {lab(looks.hair)} | {delta_e_2000(hair, looks.hair):.1f} | {lab(skin)} | "
        f"{lab(looks.skin)} | {delta_e_2000(skin, looks.skin):.1f} | {painted_beard(who)} | {looks.facial_hair} | "
        f"{looks.hair_length} | {'yes' if looks.glasses else 'no'} |"
    )


def film_row(name: str) -> tuple[str, LooksReference]:
    """What is read from a clip, and how long it took."""
    tracker, matte = make_tracker(), PersonMatte(models().path("selfie-segmentation-landscape"))
    frames = [matte.process(tracker.process(frame)) for frame in clip(name)]
    matte.close()
    begun = time.process_time()
    looks = looks_of(frames)
    took_s = time.process_time() - begun
    shape = " ".join(f"{part:.3f}" for part in (looks.eye_spacing, looks.jaw_width, looks.face_length) if part)
    return (
        f"| {name} | {SEEN[name]} | {looks.hair_length}, {lab(looks.hair)} | {looks.facial_hair} | "
        f"{'yes' if looks.glasses else 'no'} | {lab(looks.skin)} | {shape} | {len(frames)} | {took_s:.2f} s |",
        looks,
    )


class Tally:
    """Right and wrong readings, and of what."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()

    def count(self, what: str, is_right: bool) -> None:
        (self.right if is_right else self.wrong)[what] += 1

    def rows(self) -> list[str]:
        return [
            f"| {what} | {self.right[what] + self.wrong[what]} | {self.right[what]} | "
            f"{100 * self.right[what] / (self.right[what] + self.wrong[what]):.1f} % |"
            for what in sorted({*self.right, *self.wrong})
        ]

    @property
    def share(self) -> float:
        """Of right ones."""
        right = sum(self.right.values())
        return right / max(1, right + sum(self.wrong.values()))


def guise_row(guise: Guise, frame: Frame, tally: Tally) -> str:
    """How a head reads under every condition."""
    truth, wrong = painted(guise), []
    for name, pixels in conditions(frame.pixels):
        for what, value in classes(looks_of([pictured(pixels)])).items():
            if value is not None:
                tally.count(what, value == truth[what])
                if value != truth[what]:
                    wrong.append(f"{what} {value} ({name})")
    looks = looks_of([frame])
    return (
        f"| {guise.name} | {truth['hair length']}, {truth['facial hair']} | {looks.hair_length}, {lab(looks.hair)} | "
        f"{looks.facial_hair} | {lab(looks.skin)} | {'; '.join(wrong) or 'nothing'} |"
    )


def judge(guise: Guise, looks: LooksReference, target: Identity, tally: Tally) -> None:
    """Whether the verdicts against a persona are those that the paint asks for."""
    wanted = looks_of([portrait_frame(target.name)])
    found = {each.id.partition(".")[2]: each.verdict for each in actor_findings(looks, wanted, "photo")}
    same = {"hair_length": guise.length == "short", "facial_hair": painted_beard(guise.who) == painted_beard(target)}
    for what, is_same in same.items():
        tally.count(what, (found[what] is Verdict.PASS) == is_same)
    colours = [("skin", painted_skin, SURELY_OTHER_SKIN)]
    if guise.length != "none":
        colours.append(("hair_colour", painted_hair, SURELY_OTHER_HAIR))
    for what, paint, other in colours:
        difference = delta_e_2000(paint(guise.who), paint(target))
        if difference < 0.1 or difference > other:
            tally.count(what, (found[what] is Verdict.PASS) == (difference < 0.1))


def glasses_rows() -> tuple[list[str], Tally]:
    """Every frame on every face."""
    rows, tally = [], Tally()
    for rims in (None, *RIMS):
        cells = []
        for name in PERSONAS:
            frame = portrait_frame(name)
            for size, factor in (("large", 1.0), ("small", 0.12)):
                worn = frame if rims is None else wearing(frame, rims)
                pixels = cv2.resize(worn.pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
                seen = looks_of([pictured(np.asarray(pixels, np.uint8))]).glasses
                if seen is not None:
                    tally.count("glasses drawn on" if rims else "no glasses", seen == (rims is not None))
                cells.append(f"{size} {'?' if seen is None else 'yes' if seen else 'no'}")
        pairs = [", ".join(pair) for pair in zip(cells[::2], cells[1::2], strict=True)]
        rows.append(f"| {rims.name if rims else 'none'} | {' | '.join(pairs)} |")
    return rows, tally


def main() -> None:
    """Renders, reads and writes the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, required=True)
    options = parser.parse_args()
    options.pictures.mkdir(exist_ok=True)
    read, verdicts, rows, tiles = Tally(), Tally(), [], []
    for guise in (*guises(), *strangers(STRANGERS)):
        frame = rendered(guise, options.pictures)
        rows.append(guise_row(guise, frame, read))
        for target in (MARA, ANSELM, INES, TOMAS):
            judge(guise, looks_of([frame]), target, verdicts)
        print(rows[-1], flush=True)
        tiles.append(cv2.resize(frame.pixels, (384, 216), interpolation=cv2.INTER_AREA))
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % 6)
    sheet = np.vstack([np.hstack(tiles[at : at + 6]) for at in range(0, len(tiles), 6)])
    cv2.imwrite(str(options.pictures / "sheet.jpg"), sheet)
    films = [film_row(name) for name in (DEMO, *CLIPS)]
    drawn, seen = glasses_rows()
    head = "| what | cases | right | share |"
    by_name = {who.name: looks_of([portrait_frame(who.name)]) for who in PEOPLE if who is not ACTOR}
    personas = [persona_row(who.name, who, by_name[who.name]) for who in PEOPLE if who is not ACTOR]
    personas.append(persona_row("demo actor (video)", ACTOR, films[0][1]))
    names = [name for name, _ in conditions(np.zeros((8, 8, 3), np.uint8))]
    wide = "| head | painted: hair, beard | read: hair | beard | skin | read wrong |"
    text = REPORT.format(
        summary=table(head, [*read.rows(), *(f"| verdict: {row[2:]}" for row in verdicts.rows()), *seen.rows()]),
        personas=table(
            "| who | hair painted | read | ΔE | skin painted | read | ΔE | beard painted | read | hair | glasses |",
            personas,
        ),
        films=table(
            "| film | what anybody sees | hair | beard | glasses | skin | proportions | frames | CPU |",
            [row for row, _ in films],
        ),
        conditions=len(names),
        names=", ".join(names),
        guises=table(wide, rows),
        hair=f"{SURELY_OTHER_HAIR:.0f}",
        skin=f"{SURELY_OTHER_SKIN:.0f}",
        verdicts=table(head, verdicts.rows()),
        glasses=table("| frame | " + " | ".join(PERSONAS) + " |", drawn),
    )
    options.out.write_text(text, encoding="utf-8")
    sys.exit(0 if min(read.share, verdicts.share, seen.share) >= LEAST_SHARE else 1)


if __name__ == "__main__":
    main()
