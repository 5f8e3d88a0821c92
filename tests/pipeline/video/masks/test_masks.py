"""What covers the face is left out, where XSeg and BiSeNet say so; and never so much that the actor is seen."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.errors import ModelError, StageError
from pipeline.inference.onnx.model_file import read_model
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.media import Face, Pixels
from pipeline.video.masks import bisenet as parser
from pipeline.video.masks import face_mask
from pipeline.video.masks.bisenet import PARTS, BiSeNet
from pipeline.video.masks.face_mask import FaceMasks
from pipeline.video.masks.on_grid import GridMasks
from pipeline.video.masks.opening import open_masks
from pipeline.video.masks.xseg import XSeg
from pipeline.video.neural.alignment import CROPS, Alignment
from pipeline.video.neural.dfm import Dfm
from pipeline.video.neural.merge_mask import SIDE
from pipeline.video.neural.swap import NeuralSwap
from pipeline.video.neural.templates import ARCFACE_128, FFHQ_512, template_matrix
from pipeline.video.swap.photo_swap import PhotoSwap
from pipeline.video.swap.topology import with_ring
from profiles.engines.face import FaceType, MaskSettings
from tests.footage import DEMO, chosen, closeup, difference, inside_oval, make_frame, persona, target
from tests.models.dfm import EVERYWHERE, Tinting, tinting_dfm
from tests.models.masks import WEIGHTS, bisenet, palette, xseg
from tests.neural_faces import dfm_profile, mean_face, stand_in_file

FACE_PARTS = ("skin", "brows", "eyes", "glasses", "nose", "mouth", "lips")
SIZE, SWAPPER = (1280, 720), 128
Load = Callable[[str], FaceMasks]


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """Opens a stand-in: `xseg`, `bisenet`, or both with + between."""
    with ExitStack() as held:
        runtime = Runtime(Preference.CPU)
        held.callback(runtime.close)

        def loaded(kinds: str) -> FaceMasks:
            settings: dict[str, object] = {}
            if "xseg" in kinds:
                settings["occluder"] = xseg(tmp_path / "xseg.onnx")
            if "bisenet" in kinds:
                settings["parser"] = bisenet(tmp_path / "bisenet.onnx")
            masks = MaskSettings.model_validate(settings)
            opened = open_masks(runtime, dfm_profile().model_copy(update={"masks": masks}))
            assert opened is not None
            held.callback(opened.close)
            return opened

        yield loaded


def smooth_picture() -> Pixels:
    """Channels that change smoothly, each in its own way and differently along both axes."""
    x, y = np.meshgrid(np.linspace(0, 1, SIZE[0]), np.linspace(0, 1, SIZE[1]))
    channels = [40 + 170 * y, 220 - 150 * x, 40 + 100 * x + 100 * y * y]
    return np.asarray(np.rint(np.stack(channels, axis=-1)), np.uint8)


def coloured_picture() -> Pixels:
    """Patches in the palette's colours, a fifth of the face wide."""
    numbers = np.random.default_rng(1).integers(0, 19, (18, 32))
    patches = np.rint(palette()[numbers][..., ::-1] * 255).astype(np.uint8)
    return np.asarray(cv2.resize(patches, SIZE, interpolation=cv2.INTER_NEAREST), np.uint8)


def tilted() -> Face:
    """A face in the picture's middle, turned a little."""
    return mean_face(140.0, yaw_deg=10.0)


def places(face: Face) -> NDArray[np.float32]:
    """float32 (128, 128, 2): where on the picture the points of a swapper's square lie."""
    matrix = template_matrix(face.landmarks, ARCFACE_128, SWAPPER).astype(np.float64)
    x, y = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    square = (np.stack([x, y], axis=-1) + 0.5) * SWAPPER / SIDE - 0.5
    return np.asarray((square - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T, np.float32)


def expected(kind: str, pixels: Pixels, face: Face) -> NDArray[np.float32]:
    """What a stand-in says of each point of the swapper's square, 0..1, from the picture itself."""
    at = places(face)
    colours = cv2.remap(pixels, at[..., 0], at[..., 1], cv2.INTER_LINEAR).astype(np.float32) / 255
    if kind == "xseg":
        return np.asarray(colours @ WEIGHTS, np.float32)
    nearest = np.argmin(((colours[..., ::-1][..., np.newaxis, :] - palette()) ** 2).sum(axis=-1), axis=-1)
    kept = [number for part in FACE_PARTS for number in PARTS[part]]
    return np.asarray(np.isin(nearest, kept), np.float32)


def check(load: Load, kind: str) -> None:
    """Holds a mask against what the format says."""
    face, pixels = tilted(), smooth_picture() if kind == "xseg" else coloured_picture()
    matrix = template_matrix(face.landmarks, ARCFACE_128, SWAPPER)
    found = load(kind).seen(make_frame(pixels), face, matrix, SWAPPER) / np.float32(255)
    wanted = expected(kind, pixels, face)
    off = np.abs(found - wanted)
    if kind == "xseg":
        assert off.max() < 0.03
    else:
        # Only at the edges of patches.
        assert (off > 0.5).mean() < 0.04
        assert wanted.mean() > 0.2


@pytest.mark.parametrize("kind", ["xseg", "bisenet"])
def test_a_mask_is_asked_and_read_as_its_format_says(load: Load, kind: str) -> None:
    check(load, kind)


def test_two_masks_are_multiplied(load: Load) -> None:
    face, pixels = tilted(), coloured_picture()
    matrix = template_matrix(face.landmarks, ARCFACE_128, SWAPPER)
    each = [load(kind).seen(make_frame(pixels), face, matrix, SWAPPER) / 255 for kind in ("xseg", "bisenet")]
    both = load("xseg+bisenet").seen(make_frame(pixels), face, matrix, SWAPPER) / 255
    assert np.abs(both - each[0] * each[1]).max() < 0.01


def test_the_squares_are_those_of_the_training_material(load: Load) -> None:
    face = tilted()
    occluder, faces = load("xseg+bisenet")._masks
    whole = Alignment().matrix(face, CROPS[FaceType.WHOLE_FACE], 256, steady=False)
    assert np.allclose(occluder.align(face), whole)
    assert np.allclose(faces.align(face), template_matrix(face.landmarks, FFHQ_512, 512))


def _square(change: Callable[[Pixels], Pixels]) -> Callable[[pytest.MonkeyPatch], None]:
    cut = face_mask.cut
    return lambda patch: patch.setattr(face_mask, "cut", lambda *given: np.ascontiguousarray(change(cut(*given))))


def _mask(change: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> Callable[[pytest.MonkeyPatch], None]:
    def broken(patch: pytest.MonkeyPatch) -> None:
        for kind in (XSeg, BiSeNet):
            seen = kind.seen
            patch.setattr(kind, "seen", lambda own, square, seen=seen: np.ascontiguousarray(change(seen(own, square))))

    return broken


def _no_place(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(face_mask, "_inverse", lambda matrix: matrix)


def _other_classes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(parser, "PARTS", {name: tuple(number + 1 for number in part) for name, part in PARTS.items()})


BROKEN: dict[str, tuple[str, Callable[[pytest.MonkeyPatch], None]]] = {
    "xseg sees red, green, blue": ("xseg", _square(lambda square: square[..., ::-1])),
    "bisenet sees blue, green, red": ("bisenet", _square(lambda square: square[..., ::-1])),
    "xseg sees a mirrored face": ("xseg", _square(lambda square: square[:, ::-1])),
    "bisenet sees rows as columns": ("bisenet", _square(lambda square: square.transpose(1, 0, 2))),
    "xseg sees less than there is": ("xseg", _square(lambda square: square // 2)),
    "the mask is what covers the face": ("xseg", _mask(lambda mask: 1 - mask)),
    "the parts are what covers the face": ("bisenet", _mask(lambda mask: 1 - mask)),
    "the mask is upside down": ("xseg", _mask(lambda mask: mask[::-1])),
    "the matrices lead the other way": ("xseg", _no_place),
    "the parts lead the other way": ("bisenet", _no_place),
    "the classes have other numbers": ("bisenet", _other_classes),
    "bisenet sees 0 to 1": (
        "bisenet",
        lambda patch: [patch.setattr(parser, "MEAN", (0, 0, 0)), patch.setattr(parser, "SPREAD", (1, 1, 1))],
    ),  # type: ignore[dict-item]
    "bisenet sees -1 to 1": (
        "bisenet",
        lambda patch: [patch.setattr(parser, "MEAN", (0.5,) * 3), patch.setattr(parser, "SPREAD", (0.5,) * 3)],
    ),  # type: ignore[dict-item]
}


@pytest.mark.parametrize("how", BROKEN)
def test_every_broken_convention_is_noticed(load: Load, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    kind, broken = BROKEN[how]
    broken(monkeypatch)
    with pytest.raises((AssertionError, StageError)):
        check(load, kind)


def worn(pixels: Pixels, masks: FaceMasks | None) -> Pixels:
    """The close-up with a green face on it."""
    profile = dfm_profile(merge={"erode": 0.0, "blur": 0.02})
    spec = Tinting(64, gain=(0.0, 0.0, 0.0), offset=(0.0, 1.0, 0.0), driver=EVERYWHERE, target=EVERYWHERE)
    model = Dfm(Runtime(Preference.CPU), stand_in_file(spec), profile)
    frame = closeup(DEMO)
    stage = NeuralSwap(model, profile, masks)
    try:
        return stage.process(replace(make_frame(pixels), faces=frame.faces)).pixels.copy()
    finally:
        stage.close()


def test_what_covers_the_face_stays_before_it(load: Load) -> None:
    """A bar in the colour of a class that is no face."""
    frame, numbers = closeup(DEMO), {"cover": 16, "face": 1}
    colours = {name: np.rint(palette()[number][::-1] * 255).astype(np.uint8) for name, number in numbers.items()}
    pixels = np.empty_like(frame.pixels)
    pixels[:] = colours["face"]
    left, top, width, height = (round(value) for value in chosen(frame).box)
    bar = np.s_[top + int(0.75 * height) : top + int(0.95 * height), left - 20 : left + width + 20]
    pixels[bar] = colours["cover"]
    shown = worn(pixels, load("bisenet"))
    inner = inside_oval(chosen(frame), frame.size, 0.7)
    on_bar = np.zeros_like(inner)
    on_bar[top + int(0.80 * height) : top + int(0.90 * height)] = True
    assert difference(shown, pixels, inner & on_bar) < 3
    upper = np.zeros_like(inner)
    upper[: top + int(0.68 * height)] = True
    green = np.broadcast_to(np.array([0, 255, 0], np.uint8), shown.shape)
    assert difference(shown, green, inner & upper) < 3


def test_a_mask_that_leaves_hardly_anything_never_shows_the_actor(tmp_path: Path) -> None:
    runtime = Runtime(Preference.CPU)
    mask = FaceMasks([XSeg(runtime, read_model(xseg(tmp_path / "none.onnx", level=0.1)))])
    with pytest.raises(StageError, match="covers"):
        worn(closeup(DEMO).pixels, mask)
    runtime.close()


def test_another_format_is_refused_in_one_sentence(tmp_path: Path) -> None:
    runtime = Runtime(Preference.CPU)
    parts, face = (
        read_model(bisenet(tmp_path / "parts.onnx")),
        read_model(tinting_dfm(tmp_path / "face.dfm", Tinting(64))),
    )
    for opening in (lambda: XSeg(runtime, parts), lambda: BiSeNet(runtime, face, FACE_PARTS)):
        with pytest.raises(ModelError, match="another format"):
            opening()
    runtime.close()


def portrait_worn(masks: FaceMasks, pixels: Pixels) -> Pixels:
    """The close-up with a persona's portrait, and something before it."""
    stage = PhotoSwap(target(), persona(), GridMasks(masks, target()))
    try:
        return stage.process(replace(make_frame(pixels), faces=closeup(DEMO).faces)).pixels.copy()
    finally:
        stage.close()


def test_what_covers_the_face_stays_before_a_portrait(load: Load) -> None:
    frame = closeup(DEMO)
    pixels = np.empty_like(frame.pixels)
    pixels[:] = np.rint(palette()[1][::-1] * 255)
    left, top, width, height = (round(value) for value in chosen(frame).box)
    pixels[top + int(0.7 * height) : top + height, left - 20 : left + width + 20] = np.rint(palette()[16][::-1] * 255)
    shown = portrait_worn(load("bisenet"), pixels)
    inner, covered = inside_oval(chosen(frame), frame.size, 0.7), np.zeros(pixels.shape[:2], np.bool_)
    covered[top + int(0.78 * height) : top + height] = True
    assert difference(shown, pixels, inner & covered) < 3
    upper = np.zeros_like(covered)
    upper[top + int(0.5 * height) : top + int(0.6 * height)] = True
    assert difference(shown, pixels, inner & upper) > 10


def test_a_mask_that_leaves_hardly_anything_of_a_portrait_never_shows_the_actor(tmp_path: Path) -> None:
    runtime = Runtime(Preference.CPU)
    mask = FaceMasks([XSeg(runtime, read_model(xseg(tmp_path / "none.onnx", level=0.1)))])
    with pytest.raises(StageError, match="leave"):
        portrait_worn(mask, closeup(DEMO).pixels)
    assert runtime.providers == {}
    runtime.close()


def test_what_hides_half_of_a_portrait_for_long_is_not_believed(tmp_path: Path) -> None:
    runtime = Runtime(Preference.CPU)
    masks = FaceMasks([XSeg(runtime, read_model(xseg(tmp_path / "half.onnx", level=0.6)))])
    guarded, frame = GridMasks(masks, target()), closeup(DEMO)
    spots = target().grid.on(with_ring(chosen(frame).landmarks))
    times = [number * 100_000_000 for number in range(150)]
    shares = [float(guarded.visible(replace(frame, media_ns=at), chosen(frame), spots).mean()) for at in times]
    assert shares[0] == pytest.approx(0.6, abs=0.02)
    assert shares[-1] == pytest.approx(1.0, abs=0.01)
    runtime.close()
