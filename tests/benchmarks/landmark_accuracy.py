"""Our landmarks against MediaPipe's own, on films; how still they stand, and how far they stay behind.

    .venv/bin/python tests/benchmarks/landmark_accuracy.py REFERENCE.npz FILM ... [--out results/landmarks.md]

REFERENCE.npz is made by `reference_landmarks.py` from the same films. Distances are in percent of the distance of the
outer eye corners (points 33 and 263) in the reference.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from reference_landmarks import HEIGHTS_PX, MODES, checksum, key, pictures
from steadiness import Series, jitter_px, lag, moving, noisy, path_px, tracked

from pipeline.inference.store import ModelStore
from pipeline.media import Pixels
from pipeline.video.tracking.face_detector import FaceDetector
from pipeline.video.tracking.face_landmarks import FaceLandmarks, Region
from pipeline.video.tracking.mesh import LEFT_EYE_OUTER, RIGHT_EYE_OUTER
from pipeline.video.tracking.track import FIRST_LOOKS, KEEP_SCORE
from pipeline.video.tracking.tracker import Tracker
from profiles.store import ProfileStore

WARM_FRAMES = 8
"""MediaPipe closes in on a face that it has just found over so many frames; the mean is also told without them."""
NOISES = (3.0, 5.0)
FREQUENCIES_HZ = (0.5, 1.0, 2.0)
AMPLITUDE_PX = 60.0
STILL_FRAMES = 105
MOVING_FRAMES = 120


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two series of landmarks lie apart, in percent of the eye distance."""

    mean: float
    settled: float
    """The mean without the frames just after the reference found the face."""
    worst: float
    """The worst frame's mean."""
    both: int
    """Frames on which both found the face."""
    ours_only: int
    theirs_only: int

    def cells(self) -> list[str]:
        """The figures as text."""
        figures = [f"{value:.2f}" for value in (self.mean, self.settled, self.worst)]
        return figures + [str(value) for value in (self.both, self.ours_only, self.theirs_only)]


def agreement(ours: Series, theirs: Series) -> Agreement:
    """Compares two series, float32 (frames, 468, 3), not-a-number where there is no face."""
    eyes = theirs[:, LEFT_EYE_OUTER, :2] - theirs[:, RIGHT_EYE_OUTER, :2]
    apart = np.linalg.norm(ours[:, :, :2] - theirs[:, :, :2], axis=2).mean(axis=1) / np.linalg.norm(eyes, axis=1) * 100
    here, there = (~np.isnan(series[:, 0, 0]) for series in (ours, theirs))
    both = here & there
    late = both & (np.convolve(there, np.ones(WARM_FRAMES + 1))[: len(there)] > WARM_FRAMES)
    return Agreement(
        float(apart[both].mean()),
        float(apart[late].mean()),
        float(apart[both].max()),
        int(both.sum()),
        int((here & ~there).sum()),
        int((there & ~here).sum()),
    )


class Bare:
    """Detection and landmarks without the tracker's smoothing and judgement."""

    def __init__(self, models: ModelStore) -> None:
        """Loads both networks."""
        self._detector = FaceDetector(models.path("face-detection"))
        self._landmarks = FaceLandmarks(models.path("face-landmarks"))

    def series(self, film: Sequence[Pixels], *, anew: bool) -> Series:
        """The landmarks on every picture; `anew` looks for the face on each as if it were the first."""
        rows, region = [], None
        for pixels in film:
            row, looks = np.full((468, 3), np.nan, np.float32), 1
            if anew or region is None:
                found = self._detector.detect(pixels)
                region, looks = (Region.of_detection(found[0]) if found else None), 1 if anew else FIRST_LOOKS
            for _ in range(looks if region is not None else 0):
                assert region is not None
                landmarks, score = self._landmarks.locate(pixels, region)
                region = Region.of_landmarks(landmarks)
                row = landmarks
                if score < KEEP_SCORE:
                    region, row = None, np.full((468, 3), np.nan, np.float32)
                    break
            rows.append(row)
        return np.stack(rows)


def read_film(film: Path, height_px: int, wanted: np.ndarray) -> list[Pixels]:
    """A film's pictures, BGR; they are the same as in the reference."""
    rgb = list(pictures(film, height_px))
    if [checksum(picture) for picture in rgb] != wanted.tolist():
        raise SystemExit(f"{film} decodes to other pictures here than for the reference; make the reference anew.")
    return [np.ascontiguousarray(picture[:, :, ::-1]) for picture in rgb]


def accuracy_table(films: Sequence[Path], reference: dict[str, np.ndarray], tracker: Tracker, bare: Bare) -> list[str]:
    """Lines of Markdown: each film at each size, bare in both modes and through the tracker."""
    lines = [
        "| film | height | what | mean % | settled % | worst frame % | both | ours only | theirs only |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for film in films:
        for height_px in HEIGHTS_PX:
            shown = read_film(film, height_px, reference[key(film, height_px, "checksums")])
            rates = {".gif": 12.5}
            results = {f"bare, {mode}": (bare.series(shown, anew=anew), mode) for mode, anew in MODES.items()}
            smooth = tracked(tracker, shown, rates.get(film.suffix, 30.0))
            results["tracker, smoothed"] = (smooth, "following")
            for name, (ours, mode) in results.items():
                cells = agreement(ours, reference[key(film, height_px, mode)]).cells()
                lines.append("| " + " | ".join([film.name, str(shown[0].shape[0]), name, *cells]) + " |")
    return lines


def steadiness_table(films: Sequence[Path], reference: dict[str, np.ndarray], tracker: Tracker) -> list[str]:
    """Lines of Markdown: jitter on each film's most frontal picture with noise, and lag when it swings sideways."""
    heads = ["film", "picture", *(f"jitter at noise {noise:.0f}, px RMS" for noise in NOISES)]
    heads += [*(f"lag at {hz:g} Hz, ms" for hz in FREQUENCIES_HZ), "farthest off at 1 Hz, px"]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for film in films:
        shown = read_film(film, 720, reference[key(film, 720, "checksums")])
        number = most_frontal(tracked(tracker, shown))
        picture = shown[number]
        still = tracked(tracker, [picture] * 15)[-1]
        jitters = [jitter_px(tracked(tracker, noisy(picture, noise, STILL_FRAMES))) for noise in NOISES]
        paths = [path_px(hz, AMPLITUDE_PX, MOVING_FRAMES) for hz in FREQUENCIES_HZ]
        lags = [
            lag(tracked(tracker, moving(picture, path)), still, path, hz)
            for path, hz in zip(paths, FREQUENCIES_HZ, strict=True)
        ]
        cells = [f"{value:.2f}" for value in jitters] + [f"{value.delay_ms:.1f}" for value in lags]
        lines.append("| " + " | ".join([film.name, str(number), *cells, f"{lags[1].worst_px:.1f}"]) + " |")
    return lines


def most_frontal(series: Series) -> int:
    """The frame on which the nose's tip lies most nearly midway between the cheeks.

    Only frames that lie well inside a stretch with a face count: on others something may be before it.
    """
    nose, right, left = (series[:, point, 0] for point in (1, 234, 454))
    away = np.abs((nose - right) / (left - right) - 0.5)
    lost = np.convolve(np.isnan(away), np.ones(21), mode="same") > 0
    return int(np.nanargmin(np.where(lost & ~lost.all(), np.nan, away)))


REPORT = """# Landmarks

## Against MediaPipe 0.10.21's own face mesh

{accuracy}

Percent of the distance of the outer eye corners. Settled: without the {warm} frames after the reference found the face;
it closes in on it from a coarse detection. Only the following rows tell about accuracy: a single look from a coarse
detection depends on how the picture was shrunk for the detector, on both sides.

## Steadiness at 720 lines, 30 fps, after smoothing

{steadiness}

Jitter: about each point's own middle on a still picture with fresh noise of 3 and 5 grey levels on every frame.
Lag: the picture swings sideways by {amplitude:.0f} px.
"""


def main() -> None:
    """Measures and writes the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference", type=Path)
    parser.add_argument("films", type=Path, nargs="+")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with np.load(options.reference) as file:
        reference = dict(file)
    models = ModelStore()
    profile = ProfileStore().load("ines")
    tracker = Tracker(models.path("face-detection"), models.path("face-landmarks"), profile)
    accuracy = accuracy_table(options.films, reference, tracker, Bare(models))
    steadiness = steadiness_table(options.films, reference, tracker)
    report = REPORT.format(
        accuracy="\n".join(accuracy),
        steadiness="\n".join(steadiness),
        warm=WARM_FRAMES,
        amplitude=AMPLITUDE_PX,
    )
    print(report)
    if options.out is not None:
        options.out.write_text(report, encoding="utf-8")


if __name__ == "__main__":
    main()
