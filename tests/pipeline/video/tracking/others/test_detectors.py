"""YuNet and SCRFD: shown what their formats say, and their answers taken for what they are."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from pipeline.errors import ModelError
from pipeline.inference.onnx.model_file import read_model
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.media import Pixels
from pipeline.video.tracking.face_detector import Detection
from pipeline.video.tracking.others import detectors as program
from pipeline.video.tracking.others.detectors import OtherDetector
from pipeline.video.tracking.search import Part
from tests.models.dfm import Tinting, tinting_dfm
from tests.models.trackers import CELLS, COLOUR, FIVE, OTHER_ANCHOR, THERE, scrfd, yunet

KINDS = ("yunet", "yunet of any size", "scrfd", "scrfd with a leading 1")
Load = Callable[[str], OtherDetector]
Place = tuple[float, float, float]
"""Left, top and cell's width, in picture pixels."""


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """Opens a stand-in."""
    with ExitStack() as held:
        runtime = Runtime(Preference.CPU)
        held.callback(runtime.close)

        def loaded(kind: str) -> OtherDetector:
            file = tmp_path / "detector.onnx"
            if kind.startswith("yunet"):
                yunet(file, None if "any" in kind else 640)
            else:
                scrfd(file, batched="leading" in kind)
            made = OtherDetector(runtime, read_model(file), 0.6)
            held.callback(made.close)
            return made

        yield loaded


def scene(size: tuple[int, int], *places: Place) -> Pixels:
    """A grey picture with rectangles to be found."""
    pixels = np.full((size[1], size[0], 3), 90, np.uint8)
    for left, top, cell in places:
        pixels[round(top) : round(top + CELLS[1] * cell), round(left) : round(left + CELLS[0] * cell)] = COLOUR
    return pixels


def holds(found: Detection, place: Place, score: float) -> None:
    """Holds a detection against what the stand-in was shown."""
    left, top, cell = place
    assert found.box == pytest.approx((left, top, CELLS[0] * cell, CELLS[1] * cell), abs=0.06 * cell)
    five = FIVE * cell + np.array([left + cell, top + 2 * cell], np.float32)
    expected = [five[0], five[1], five[2], (five[3] + five[4]) / 2]
    assert np.abs(found.keypoints[:4] - expected).max() < 0.06 * cell
    assert found.keypoints.shape == (6, 2)
    assert found.score == pytest.approx(score, abs=0.05)


def check(load: Load, kind: str) -> None:
    """Holds what is found on a whole picture against what the format says."""
    detector = load(kind)
    scale = 1280 / detector._side
    cells = [8 * scale, 16 * scale, 32 * scale]
    # The picture lies in the middle of a square whose rows above and below are empty.
    empty = (1280 - 720) / 2
    places = [
        (cell * column, cell * row - empty, cell) for cell, column, row in zip(cells, *_aligned(cells), strict=True)
    ]
    for place in places:
        (found,) = detector.detect(scene((1280, 720), place))
        holds(found, place, np.sqrt(THERE) if "yunet" in kind else OTHER_ANCHOR)


def _aligned(cells: list[float]) -> tuple[list[int], list[int]]:
    """Columns and rows of cells that lie on the picture, right of its middle and above it."""
    return [round(800 / cell) for cell in cells], [int(np.ceil(290 / cell)) for cell in cells]


@pytest.mark.parametrize("kind", KINDS)
def test_a_detector_is_shown_and_read_as_its_format_says(load: Load, kind: str) -> None:
    check(load, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_faces_are_found_in_a_part_as_well(load: Load, kind: str) -> None:
    detector = load(kind)
    part = Part(-40, 200, 640)
    cell = 32 * 640 / detector._side
    place = (part.left + 4 * cell, part.top + 2 * cell, cell)
    (found,) = detector.detect(scene((1280, 1000), place), part)
    holds(found, place, np.sqrt(THERE) if "yunet" in kind else OTHER_ANCHOR)


@pytest.mark.parametrize("kind", KINDS)
def test_several_faces_come_best_first_and_nothing_is_nobody(load: Load, kind: str) -> None:
    detector = load(kind)
    cell = 16 * 640 / detector._side
    places = [(4 * cell, 2 * cell, cell), (12 * cell, 6 * cell, cell)]
    found = detector.detect(scene((640, 640), *places))
    assert len(found) == 2
    assert found[0].score >= found[1].score
    assert detector.detect(scene((640, 640))) == []


def test_yunet_is_read_as_opencv_reads_it(load: Load, tmp_path: Path) -> None:
    detector = load("yunet")
    pixels = scene((640, 640), (96, 64, 16), (320, 256, 32), (504, 104, 8))
    reference = cv2.FaceDetectorYN.create(str(tmp_path / "detector.onnx"), "", (640, 640), 0.6, 0.3)
    _, theirs = reference.detect(pixels)
    ours = sorted(detector.detect(pixels), key=lambda one: one.box)
    assert theirs is not None
    assert len(theirs) == len(ours) == 3
    for mine, row in zip(ours, theirs[np.argsort(theirs[:, 0])], strict=True):
        assert mine.box == pytest.approx(row[:4], abs=1.5)
        five = row[4:14].reshape(5, 2)
        assert np.abs(mine.keypoints[:3] - five[:3]).max() < 1.5
        assert mine.score == pytest.approx(row[14], abs=0.02)


def _shown(change: Callable[[Pixels], Pixels]) -> Callable[[pytest.MonkeyPatch], None]:
    sample = program.sample

    def broken(pixels: Pixels, *given: object) -> None:
        sample(np.ascontiguousarray(change(pixels)), *given)  # type: ignore[arg-type]

    return lambda patch: patch.setattr(program, "sample", broken)


def _read(part: str, change: Callable[[np.ndarray], np.ndarray]) -> Callable[[pytest.MonkeyPatch], None]:  # type: ignore[type-arg]
    values = OtherDetector._values

    def broken(own: OtherDetector, name: str, stride: int) -> np.ndarray:  # type: ignore[type-arg]
        made = values(own, name, stride)
        return change(made) if name == part else made

    return lambda patch: patch.setattr(OtherDetector, "_values", broken)


def _cells(change: Callable[[np.ndarray, int], np.ndarray]) -> Callable[[pytest.MonkeyPatch], None]:  # type: ignore[type-arg]
    cells = program._cells
    return lambda patch: patch.setattr(program, "_cells", lambda count, anchors: change(cells(count, anchors), count))


BROKEN: dict[str, tuple[str, Callable[[pytest.MonkeyPatch], None]]] = {
    f"{kind}: {how}": (kind, broken)
    for kind in ("yunet", "scrfd")
    for how, broken in {
        "sees the other order of colours": _shown(lambda pixels: pixels[..., ::-1]),
        "sees a darker picture": _shown(lambda pixels: pixels // 2),
        "sees a mirrored picture": _shown(lambda pixels: pixels[:, ::-1]),
        "cells go down first": _cells(lambda cells, _: cells[:, ::-1]),
        "cells are told by their middles": _cells(lambda cells, _: cells + 0.5),
        "anchors come one after the other": _cells(
            lambda cells, n: np.resize(cells[:: len(cells) // n**2], cells.shape)
        ),
        "boxes are in another order": _read("bbox", lambda values: values[:, [1, 0, 3, 2]]),
        "points are in another order": _read("kps", lambda values: values.reshape(-1, 2, 5).transpose(0, 2, 1)),
        "eyes are swapped": _read("kps", lambda values: values[:, [2, 3, 0, 1, *range(4, 10)]]),
    }.items()
    if (kind, how) != ("yunet", "anchors come one after the other")
}
BROKEN |= {
    "yunet: the first score alone": ("yunet", _read("obj", np.ones_like)),
    "yunet: extents are no logarithms": (
        "yunet",
        _read("bbox", lambda box: np.hstack([box[:, :2], np.log(box[:, 2:])])),
    ),
    "scrfd: distances are corners": ("scrfd", _read("bbox", lambda box: box * np.float32([-1, -1, 1, 1]))),
}


@pytest.mark.parametrize("how", BROKEN)
def test_every_broken_convention_is_noticed(load: Load, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    kind, broken = BROKEN[how]
    broken(monkeypatch)
    with pytest.raises((AssertionError, ValueError)):
        check(load, kind)


def test_another_format_is_refused_in_one_sentence(tmp_path: Path) -> None:
    runtime = Runtime(Preference.CPU)
    with pytest.raises(ModelError, match="another format"):
        OtherDetector(runtime, read_model(tinting_dfm(tmp_path / "face.dfm", Tinting(64))), 0.5)
    runtime.close()


@pytest.mark.parametrize("part", ["cls", "obj", "bbox", "kps"])
def test_an_output_of_another_length_is_refused(tmp_path: Path, part: str) -> None:
    """The file leaves its lengths open, so that they show when it has run."""
    graph = onnx.load(yunet(tmp_path / "detector.onnx"))
    (made,) = (node for node in graph.graph.node if f"{part}_16" in node.output)
    made.output[0] = "whole"
    graph.graph.initializer.extend(
        numpy_helper.from_array(np.array([place], np.int64), name)
        for name, place in (("from", 0), ("to", 7), ("axis", 1))
    )
    graph.graph.node.append(helper.make_node("Slice", ["whole", "from", "to", "axis"], [f"{part}_16"]))
    onnx.save(graph, tmp_path / "short.onnx")
    runtime = Runtime(Preference.CPU)
    try:
        with pytest.raises(ModelError, match=f"The output {part}_16 of the model .* has .* values, wanted"):
            OtherDetector(runtime, read_model(tmp_path / "short.onnx"), 0.6)
        assert runtime.providers == {}
    finally:
        runtime.close()
