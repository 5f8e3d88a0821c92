"""What a face network takes per frame, and what everything around it takes: align, cut, masks, colours, paste.

    .venv/bin/python tests/benchmarks/engines.py [--film FILM] [--sizes 224,320] [--frames 120] [--face 350]
                                                 [--no-models] [--models FOLDER] [--json]

The model's time is wall-clock time on as many cores as it gets. The time around it is the lane thread's own processor
time, with OpenCV held to that one thread, and of each frame the least of some trials: other programs that run meanwhile
take caches and memory away, and can only make it longer.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline.inference.onnx.model_file import read_model
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.inference.store import ModelStore
from pipeline.media import Frame
from pipeline.video.codecs.decoder import VideoDecoder
from pipeline.video.devices.demo_actor import RECORDING
from pipeline.video.neural.dfm import Dfm
from pipeline.video.neural.swap import NeuralSwap
from pipeline.video.neural.swapper import Swapper
from pipeline.video.tracking.mesh import CHIN, FOREHEAD_TOP
from pipeline.video.tracking.tracker import Tracker
from profiles.profile import Profile
from tests.models.dfm import Tinting, tinting_dfm
from tests.models.true_dfm import USUAL, cost_of, true_dfm
from tests.neural_faces import FACE, dfm_profile

SIZE, FACE_PX = (1280, 720), 350.0
FIRST = 5
"""So many frames come before anything is measured."""
MODEL_RUNS, TRIALS = 6, 5
DEFAULTS = {"colour_transfer": "seam"}
HEAVIEST = {"colour_transfer": "seam", "sharpen": 1.0, "mouth": 1.0}
CASES = {
    "as a profile comes": dfm_profile(merge=DEFAULTS),
    "no colours": dfm_profile(),
    "reinhard": dfm_profile(merge={"colour_transfer": "reinhard"}),
    "linear": dfm_profile(merge={"colour_transfer": "linear"}),
    "everything on": dfm_profile(
        {"pre_sharpen": 1.0, "post_gamma_red": 1.1, "mask_landmarks": True}, HEAVIEST, size=1.05, opacity=0.95
    ),
}


class Timed:
    """A stage whose network's time is told apart from the rest."""

    def __init__(self, model: Dfm | Swapper, profile: Profile) -> None:
        self.stage, self.network = NeuralSwap(model, profile), model._network
        self._run, self._spent_ns = self.network.run, 0
        # What a network counts of itself is time by the clock, and this is the thread's own.
        self.network.run = self._timed_run  # type: ignore[method-assign]  # the stage looks it up at each frame

    def around_ms(self, frame: Frame) -> float:
        """The thread's processor time for a frame, less the network's."""
        return min(self.trial_ms(frame) for _ in range(TRIALS))

    def trial_ms(self, frame: Frame) -> float:
        """The same, of one trial."""
        self._spent_ns, began_ns = 0, time.thread_time_ns()
        self.stage.process(frame)
        return (time.thread_time_ns() - began_ns - self._spent_ns) / 1e6

    def _timed_run(self) -> None:
        began_ns = time.thread_time_ns()
        self._run()
        self._spent_ns += time.thread_time_ns() - began_ns


def film_frames(film: Path, count: int, face_px: float = FACE_PX) -> Iterator[Frame]:
    """Frames of a film at 720p, the face on them so high from chin to forehead."""
    store = ModelStore()

    def tracker() -> Tracker:
        return Tracker(store.path("face-detection"), store.path("face-landmarks"), dfm_profile())

    with VideoDecoder(film) as decoder:
        pictures = [(decoded.pixels, decoded.at_ns) for decoded, _ in zip(decoder.frames(), range(count), strict=False)]
    looking, moved = tracker(), tracker()
    for pixels, at_ns in pictures:
        face = looking.process(Frame(pixels, at_ns, at_ns)).chosen_face
        if face is None:
            continue
        points = face.landmarks
        scale = face_px / float(np.linalg.norm(points[CHIN, :2] - points[FOREHEAD_TOP, :2]))
        middle = scale * points[:, :2].mean(axis=0)
        matrix = np.array([[scale, 0, SIZE[0] / 2 - middle[0]], [0, scale, SIZE[1] / 2 - middle[1]]])
        method = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        large = cv2.warpAffine(pixels, matrix, SIZE, flags=method, borderMode=cv2.BORDER_REPLICATE)
        frame = moved.process(Frame(np.ascontiguousarray(large, np.uint8), at_ns, at_ns))
        if frame.chosen_face is not None:
            yield replace(frame, faces=(frame.chosen_face,))


def quantiles(values: Sequence[float]) -> dict[str, float]:
    """The median and the 95th percentile."""
    return {"p50_ms": round(float(np.median(values)), 2), "p95_ms": round(float(np.percentile(values, 95)), 2)}


def around(frames: Sequence[Frame], size: int, folder: Path, runtime: Runtime) -> dict[str, dict[str, float]]:
    """What everything around a network takes, by the settings."""
    file = tinting_dfm(
        folder / f"light-{size}.dfm", Tinting(size, (-0.9, -1.0, -0.8), (0.9, 1.0, 0.8), driver=FACE, target=FACE)
    )
    found = {}
    for name, profile in CASES.items():
        timed = Timed(Dfm(runtime, read_model(file), profile), profile)
        found[name] = quantiles([timed.around_ms(frame) for frame in frames][FIRST:])
        timed.stage.close()
    return found


def model(frame: Frame, size: int, folder: Path, runtime: Runtime) -> dict[str, float]:
    """What a network of real cost takes, and what is around it then, its caches swept."""
    spec, file = USUAL[size], folder / f"true-{size}.dfm"
    if not file.exists():
        true_dfm(file, spec)
    profile = dfm_profile({"mask_driver": False, "mask_target": False}, DEFAULTS)
    timed = Timed(Dfm(runtime, read_model(file), profile), profile)
    runs, rest = [], []
    for _ in range(MODEL_RUNS):
        began_ns = time.perf_counter_ns()
        timed.network.run()
        runs.append((time.perf_counter_ns() - began_ns) / 1e6)
        rest.append(timed.trial_ms(frame))
    timed.stage.close()
    cost = cost_of(spec)
    return {
        "million_parameters": round(cost.parameters / 1e6, 1),
        "billion_multiply_adds": round(cost.multiply_adds / 1e9, 1),
        **quantiles(runs),
        "around_p50_ms": quantiles(rest)["p50_ms"],
    }


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--film", type=Path, default=RECORDING)
    parser.add_argument("--sizes", default="224,320")
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--face", type=float, default=FACE_PX, help="from chin to forehead, in pixels")
    parser.add_argument("--no-models", action="store_true", help="leave out the networks of real cost")
    parser.add_argument("--models", type=Path, help="keep them in this folder")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    frames = list(film_frames(options.film, options.frames, options.face))
    runtime, found = Runtime(Preference.CPU), {}
    with tempfile.TemporaryDirectory() as scratch:
        for size in map(int, options.sizes.split(",")):
            found[size] = {"around": around(frames, size, Path(scratch), runtime)}
            if not options.no_models:
                folder = options.models or Path(scratch)
                found[size]["model"] = model(frames[len(frames) // 2], size, folder, runtime)
    runtime.close()
    if options.json:
        print(json.dumps(found))
        return
    print(f"{len(frames)} frames at {SIZE[0]}x{SIZE[1]}, face {options.face:g} px from chin to forehead\n")
    print(table(found))


def table(found: dict[int, dict[str, dict[str, dict[str, float]]]]) -> str:
    """The figures as Markdown."""
    rows = ["| square | settings | around, p50 ms | p95 ms |", "|---|---|---|---|"]
    for size, parts in found.items():
        rows += [f"| {size} | {name} | {v['p50_ms']} | {v['p95_ms']} |" for name, v in parts["around"].items()]
    for size, parts in found.items():
        if "model" in parts:
            rows.append(f"\nTrue cost, {size}: {json.dumps(parts['model'])}")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
