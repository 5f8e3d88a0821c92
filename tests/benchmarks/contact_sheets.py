"""A film through a session without a screen, and what came out of it: a sheet of input over output, and figures.

.venv/bin/python tests/benchmarks/contact_sheets.py CLIP PROFILE OUT.png [--size 1280x720] [--zoom] [--frames 12]
                                                    [--only 3,4,5] [--film OUT.mp4] [--json OUT.json]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from exposure import Exposure, Flicker, exposure, flicker

from pipeline.clock import MonotonicClock
from pipeline.inference.store import ModelStore
from pipeline.media import Face, Frame, Pixels
from pipeline.stage import EndOfSource
from pipeline.video.devices.settings import Pace, SourceSettings
from pipeline.video.devices.sources import open_source
from pipeline.video.tracking.tracker import Tracker
from profiles.store import ProfileStore

SHEET_WIDTH_PX = 1800
ZOOM_SIDE = 1.9
"""A zoomed cell shows a square of so many face heights."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is run."""

    camera: str
    profile: str
    size: tuple[int, int] | None
    raw: bool = False
    """The actor's own face in place of the profile's, to compare with."""


def given_frames(job: Job) -> list[Frame]:
    """The frames as the session's source delivers them."""
    settings = SourceSettings(camera=job.camera, size=job.size, pace=Pace.MAX)
    frames = []
    with open_source(settings, MonotonicClock()) as source:
        while True:
            try:
                frame = source.read()
            except EndOfSource:
                return frames
            if frame is not None:
                frames.append(Frame(frame.pixels.copy(), frame.media_ns, frame.media_ns))


def run_session(job: Job, film: Path) -> dict[str, object]:
    """Runs the headless session into a film; its figures."""
    stats = film.with_suffix(".stats.json")
    program = [str(Path(__file__).with_name("raw_face.py"))] if job.raw else ["-m", "console"]
    command = [sys.executable, *program, "run", "--headless", "--pace", "max", "--camera", job.camera]
    command += ["--virtual-camera", str(film), "--profile", job.profile, "--stats", str(stats)]
    if job.size is not None:
        command += ["--size", f"{job.size[0]}x{job.size[1]}"]
    subprocess.run(command, check=True)
    figures: dict[str, object] = json.loads(stats.read_text(encoding="utf-8"))
    stats.unlink()
    return figures


def shown_pictures(film: Path) -> list[Pixels]:
    """The film's pictures, BGR."""
    capture = cv2.VideoCapture(str(film))
    pictures = []
    while True:
        there, picture = capture.read()
        if not there:
            return pictures
        pictures.append(np.asarray(picture, np.uint8))


def followed(frames: Sequence[Frame], profile: str) -> list[Face | None]:
    """The chosen face of every frame."""
    models = ModelStore()
    loaded = ProfileStore().load(profile)
    tracker = Tracker(models.path("face-detection"), models.path("face-landmarks"), loaded)
    return [tracker.process(frame).chosen_face for frame in frames]


def summary(exposures: Sequence[Exposure], flickers: Sequence[Flicker]) -> dict[str, object]:
    """The worst and the middle of the figures, with the frames on which they occur."""
    least = min(exposures, key=lambda item: item.difference)
    most = max(exposures, key=lambda item: item.texture)
    flat = max(exposures, key=lambda item: item.unchanged)
    worst = max(flickers, key=lambda item: item.rms)
    return {
        "difference_min": round(least.difference, 2),
        "difference_min_frame": least.frame,
        "difference_median": round(float(np.median([item.difference for item in exposures])), 2),
        "texture_max": round(most.texture, 3),
        "texture_max_frame": most.frame,
        "texture_median": round(float(np.median([item.texture for item in exposures])), 3),
        "unchanged_max": round(flat.unchanged, 3),
        "unchanged_max_frame": flat.frame,
        "flicker_median": round(float(np.median([item.rms for item in flickers])), 2),
        "flicker_max": round(worst.rms, 2),
        "flicker_max_frame": worst.frame,
        "flicker_share_max": round(max(item.share for item in flickers), 4),
    }


def sheet(pairs: Sequence[tuple[int, Pixels, Pixels]], columns: int) -> Pixels:
    """Input over output, frame by frame, with the frame's number."""
    cell = SHEET_WIDTH_PX // columns
    cells = [np.vstack([_cell(given, cell, str(number)), _cell(shown, cell, "")]) for number, given, shown in pairs]
    while len(cells) % columns:
        cells.append(np.zeros_like(cells[0]))
    rows = [np.hstack(cells[start : start + columns]) for start in range(0, len(cells), columns)]
    return np.asarray(np.vstack(rows), np.uint8)


def zoomed(picture: Pixels, face: Face | None) -> Pixels:
    """A square about the face."""
    if face is None:
        return picture
    left, top, width, height = face.box
    half = ZOOM_SIDE * max(width, height) / 2
    x, y = left + width / 2, top + height / 2 - 0.1 * height
    matrix = np.array([[half / 200, 0, x - half], [0, half / 200, y - half]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(picture, matrix, (400, 400), flags=flags), np.uint8)


def _cell(picture: Pixels, width: int, text: str) -> Pixels:
    height = round(picture.shape[0] * width / picture.shape[1])
    interpolation = cv2.INTER_AREA if picture.shape[1] > width else cv2.INTER_CUBIC
    cell = cv2.resize(picture, (width, height), interpolation=interpolation)
    cv2.putText(cell, text, (4, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 3)
    cv2.putText(cell, text, (4, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255), 1)
    return np.asarray(cell, np.uint8)


def measured(frames: Sequence[Frame], faces: Sequence[Face | None], shown: Sequence[Pixels]) -> dict[str, object]:
    """Figures of every frame and their summary."""
    exposures = [
        exposure(number, face, shown[number], frame.pixels)
        for number, (frame, face) in enumerate(zip(frames, faces, strict=True))
        if face is not None and number < len(shown)
    ]
    flickers = [
        flicker(number, (shown[number - 1], shown[number]), (frames[number - 1].pixels, frames[number].pixels))
        for number in range(1, min(len(frames), len(shown)))
    ]
    report: dict[str, object] = {
        "frames_given": len(frames),
        "frames_shown": len(shown),
        "faces_followed": len(exposures),
        "summary": summary(exposures, flickers) if exposures else {},
    }
    return report | {"exposure": [asdict(e) for e in exposures], "flicker": [asdict(f) for f in flickers]}


def main() -> None:
    """Runs, measures, draws."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip")
    parser.add_argument("profile")
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", help="such as 1280x720; the clip's own by default")
    parser.add_argument("--zoom", action="store_true", help="show the face only")
    parser.add_argument("--frames", type=int, default=12, help="how many, evenly spread")
    parser.add_argument("--only", help="frame numbers, separated by commas")
    parser.add_argument("--columns", type=int, default=6)
    parser.add_argument("--film", type=Path, help="keep the film; it is used again when it is there")
    parser.add_argument("--json", type=Path, help="write every frame's figures")
    options = parser.parse_args()
    size = tuple(int(side) for side in options.size.split("x")) if options.size else None
    job = Job(options.clip, options.profile, (size[0], size[1]) if size else None)
    frames = given_frames(job)
    with tempfile.TemporaryDirectory() as folder:
        film = options.film or Path(folder) / "out.mp4"
        stats = {} if film.exists() else run_session(job, film)
        shown = shown_pictures(film)
    faces = followed(frames, job.profile)
    count = min(len(frames), len(shown))
    numbers = [int(n) for n in options.only.split(",")] if options.only else _spread(count, options.frames)
    pairs = [(n, frames[n].pixels, shown[n]) for n in numbers if n < count]
    if options.zoom:
        pairs = [(n, zoomed(given, faces[n]), zoomed(out, faces[n])) for n, given, out in pairs]
    cv2.imwrite(str(options.out), sheet(pairs, min(options.columns, len(pairs))))
    report = measured(frames, faces, shown) | {"session": stats}
    print(json.dumps({name: report[name] for name in ("frames_given", "frames_shown", "faces_followed", "summary")}))
    if options.json is not None:
        options.json.write_text(json.dumps(report), encoding="utf-8")


def _spread(count: int, wanted: int) -> list[int]:
    return sorted({round(i) for i in np.linspace(0, count - 1, min(wanted, count))})


if __name__ == "__main__":
    main()
