"""Every film with several profiles, and with a control that shows the raw face: is the actor's face in no frame?

    .venv/bin/python tests/benchmarks/exposure_table.py --out tests/benchmarks/results/exposure.md --sheets FOLDER
                                                        --profiles ines,anselm FILM ...

Ends with status 1 when a frame is below the floor, or when frames are missing.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
from contact_sheets import Job, followed, given_frames, run_session, sheet, shown_pictures, zoomed
from exposure import LEAST_DIFFERENCE, MOST_TEXTURE, MOST_UNCHANGED, Exposure, exposure

SHEET_FRAMES = 12

REPORT = """# What the output shows of the actor

Every film through `run --headless --pace max --size {size}` into an mp4. The control is the first profile with opacity
and warp at 0, which no profile's file can ask for: the raw face through the same chain, room, label and video coding.

{rows}

Each cell tells the frame that shows most of the actor (for the control, least). Difference: mean absolute difference to
the input inside the face oval without eyes and inner mouth, grey levels. Texture: normalised cross-correlation of fine
texture there. Unchanged: share of the region whose 7x7 neighbourhood differs by less than 4 grey levels.

**The floor** lies between the control's figures and the profiles': a frame leaks when its difference is below
{difference}, its texture above {texture} or its unchanged share above {unchanged}. A hand before the face is raw by
intent and counts against the figures.
"""


def measured(job: Job, sheets: Path) -> tuple[list[Exposure], int, int]:
    """Runs a job, leaves a contact sheet, and tells every frame's exposure, frames in and frames out."""
    frames = given_frames(job)
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "out.mp4"
        run_session(job, film)
        shown = shown_pictures(film)
    faces = followed(frames, job.profile)
    pairs = list(zip(range(len(frames)), frames, shown, faces, strict=False))
    few = pairs[:: max(1, len(pairs) // SHEET_FRAMES)]
    name = f"{Path(job.camera).stem}-{title(job)}"
    cv2.imwrite(str(sheets / f"{name}.png"), sheet([(n, frame.pixels, out) for n, frame, out, _ in few], 6))
    close = [(n, zoomed(frame.pixels, face), zoomed(out, face)) for n, frame, out, face in few]
    cv2.imwrite(str(sheets / f"{name}-face.png"), sheet(close, 6))
    found = [exposure(n, face, out, frame.pixels) for n, frame, out, face in pairs if face is not None]
    return found, len(frames), len(shown)


def title(job: Job) -> str:
    """What the table calls a job's profile."""
    return "control" if job.raw else job.profile


def row(job: Job, found: Sequence[Exposure], given: int, shown: int) -> str:
    """One line of the table."""
    difference = (max if job.raw else min)(found, key=lambda item: item.difference)
    texture = (min if job.raw else max)(found, key=lambda item: item.texture)
    unchanged = (min if job.raw else max)(found, key=lambda item: item.unchanged)
    cells = [Path(job.camera).name, title(job), f"{given} / {shown}", str(len(found))]
    cells += [
        f"{difference.difference:.1f} (frame {difference.frame})",
        f"{texture.texture:.2f} (frame {texture.frame})",
    ]
    return "| " + " | ".join([*cells, f"{unchanged.unchanged:.2f} (frame {unchanged.frame})"]) + " |"


def leaks(item: Exposure) -> bool:
    """Whether a frame is below the floor."""
    return item.difference < LEAST_DIFFERENCE or item.texture > MOST_TEXTURE or item.unchanged > MOST_UNCHANGED


def main() -> None:
    """Runs everything and writes the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("films", nargs="+")
    parser.add_argument("--profiles", default="ines,anselm")
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sheets", type=Path, required=True)
    options = parser.parse_args()
    profiles = options.profiles.split(",")
    width, height = (int(side) for side in options.size.split("x"))
    options.sheets.mkdir(parents=True, exist_ok=True)
    heads = ["film", "profile", "frames in / out", "face on", "difference", "texture", "unchanged"]
    rows, wrong = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"], []
    for camera in options.films:
        control = Job(camera, profiles[0], (width, height), raw=True)
        for job in (control, *(Job(camera, profile, (width, height)) for profile in profiles)):
            found, given, shown = measured(job, options.sheets)
            rows.append(row(job, found, given, shown))
            if given != shown or not job.raw and any(leaks(item) for item in found):
                wrong.append(f"{Path(camera).name} with {title(job)}")
    limits = {"difference": LEAST_DIFFERENCE, "texture": MOST_TEXTURE, "unchanged": MOST_UNCHANGED}
    options.out.write_text(REPORT.format(size=options.size, rows="\n".join(rows), **limits), encoding="utf-8")
    print("\n".join(rows))
    sys.exit(f"below the floor, or frames missing: {', '.join(wrong)}" if wrong else 0)


if __name__ == "__main__":
    main()
