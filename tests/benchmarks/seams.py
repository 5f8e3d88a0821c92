"""How far apart the colours are that meet at the edge of a network's face, by the ways of matching them.

    .venv/bin/python tests/benchmarks/seams.py [FILM ...]

Every third frame of the films is given to stand-ins: the actor's own face tinted, tinted and lit from aside, and the
faces of the shipped personas as a whole-face model would show them. The mask is the outline of the tracked face, drawn
in and softened as a profile comes.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline.inference.store import ModelStore
from pipeline.media import Frame, Pixels
from pipeline.video.codecs.decoder import VideoDecoder
from pipeline.video.neural import merge_mask
from pipeline.video.neural.alignment import CROPS, Alignment
from pipeline.video.neural.colour import GRID, ColourMatch, Pair
from pipeline.video.neural.merge import _on_mask, cut
from pipeline.video.tracking.tracker import Tracker
from profiles.engines.face import FaceType, MergeSettings
from tests.footage import CLIPS, MEDIA, PERSONAS
from tests.neural_faces import dfm_profile, portrait_square

SIZE, STEP = 224, 3
METHODS = ("none", "reinhard", "linear", "seam")
Grid = NDArray[np.float32]
Sight = tuple[Pixels, Grid, Grid, int]
"""What the network sees, where both show skin, where the face fades, and when."""


def sights(film: Path) -> list[Sight]:
    """What a network sees of a film."""
    store, alignment, found = ModelStore(), Alignment(), []
    tracker = Tracker(store.path("face-detection"), store.path("face-landmarks"), dfm_profile())
    with VideoDecoder(film) as decoder:
        for number, decoded in enumerate(decoder.frames()):
            face = tracker.process(Frame(decoded.pixels, decoded.at_ns, decoded.at_ns)).chosen_face
            if face is None or number % STEP:
                continue
            matrix = alignment.matrix(face, CROPS[FaceType.WHOLE_FACE], SIZE, steady=True)
            oval = merge_mask.outline(_on_mask(face.landmarks[:, :2], matrix, SIZE))
            soft, inside = (small(mask) for mask in (merge_mask.softened(oval, MergeSettings()), oval))
            square = cut(decoded.pixels, matrix, SIZE)
            found.append((square, np.minimum(soft, inside), 4 * soft * (1 - soft) * inside, decoded.at_ns))
    return found


def small(mask: merge_mask.Mask) -> Grid:
    """A mask on the grid, 0..1."""
    return cv2.resize(mask, (GRID, GRID), interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)


def lab(pixels: Pixels) -> Grid:
    """Colours on the grid, without what is finer than a seam is seen."""
    bgr = cv2.resize(pixels, (GRID, GRID), interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    return np.asarray(cv2.blur(cv2.cvtColor(bgr, cv2.COLOR_BGR2Lab), (3, 3)), np.float32)


def tinted(square: Pixels) -> Pixels:
    """As a model shows it that was trained in other light."""
    return np.clip(square * np.float32((0.85, 1.0, 1.15)) + np.float32((14, 4, -6)), 0, 255).astype(np.uint8)


def lit_from_aside(square: Pixels) -> Pixels:
    """The same with the light from the right."""
    ramp = np.linspace(0.75, 1.25, SIZE, dtype=np.float32)[np.newaxis, :, np.newaxis]
    return np.clip(tinted(square) * ramp, 0, 255).astype(np.uint8)


def stand_ins() -> dict[str, Callable[[Pixels], Pixels]]:
    """What models make of a square."""
    made: dict[str, Callable[[Pixels], Pixels]] = {"tinted": tinted, "lit from aside": lit_from_aside}
    for who in PERSONAS:
        face = (portrait_square(who, SIZE) * 255).astype(np.uint8)
        made[who] = lambda square, face=face: face  # type: ignore[misc]
    return made


def at_seam(method: str, seen: list[Sight], make: Callable[[Pixels], Pixels]) -> tuple[float, float]:
    """The mean ΔE at the seam over the frames, and the worst frame's."""
    match, apart = ColourMatch(), []
    for square, weight, seam, at_ns in seen:
        shown = match.matched(Pair.of(make(square), square), weight, method, at_ns)
        off = np.linalg.norm(lab(shown) - lab(square), axis=-1)
        apart.append(float((off * seam).sum() / seam.sum()))
    return float(np.mean(apart)), max(apart)


def main() -> None:
    """Prints the table."""
    films = [Path(name) for name in sys.argv[1:]] or [MEDIA / name for name in CLIPS]
    seen, made = {film: sights(film) for film in films}, stand_ins()
    print("| colours | " + " | ".join(made) + " |")
    print("|---" * (len(made) + 1) + "|")
    for method in METHODS:
        cells = []
        for make in made.values():
            found = [at_seam(method, sight, make) for sight in seen.values()]
            cells.append(f"{np.mean([mean for mean, _ in found]):.1f} ({max(worst for _, worst in found):.1f})")
        print("| " + " | ".join([method, *cells]) + " |")


if __name__ == "__main__":
    main()
