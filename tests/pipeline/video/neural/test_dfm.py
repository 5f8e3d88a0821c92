"""The .dfm format: what a file has to be, what the model is given, and what is made of its answer."""

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import helper
from pydantic import ValidationError

from pipeline.errors import ModelError
from pipeline.inference.onnx.model_file import read_model
from pipeline.inference.onnx.runtime import Runtime
from pipeline.video.neural.dfm import Dfm
from profiles.engines.face import DfmSettings
from tests.models.dfm import DRIVER, TARGET, Tinting, ellipse
from tests.models.graphs import FLOAT, Shape, port, save
from tests.neural_faces import dfm_profile, noise

Load = Callable[..., Dfm]

TINT = Tinting(96, gain=(0.5, 0.8, 1.3), offset=(0.2, 0.05, -0.1), shift=(4, -6))
PRECISION = pytest.mark.parametrize("half", [False, True], ids=["float32", "float16"])


def as_shares(square: NDArray[np.uint8]) -> NDArray[np.float32]:
    return square.astype(np.float32) / np.float32(255)


@PRECISION
@pytest.mark.parametrize("size", [64, 128, 224])
@pytest.mark.parametrize("morph", [False, True], ids=["plain", "morphing"])
def test_the_face_is_what_the_model_makes_of_the_square(load: Load, size: int, morph: bool, half: bool) -> None:
    spec = Tinting(size, TINT.gain, TINT.offset, TINT.shift, morph=morph, half=half)
    model = load(spec)
    square = noise(size)
    converted = model.convert(square)
    assert (model.size, model.takes_morph) == (size, morph)
    assert np.abs(converted.face - spec.expected(as_shares(square), 0.75)).max() < (3e-3 if half else 1e-5)
    assert converted.mask == pytest.approx(ellipse(size, DRIVER) * ellipse(size, TARGET))


@pytest.mark.parametrize(
    ("driver", "target", "expected"),
    [
        (True, True, ellipse(96, DRIVER) * ellipse(96, TARGET)),
        (True, False, ellipse(96, DRIVER)),
        (False, True, ellipse(96, TARGET)),
        (False, False, None),
    ],
)
def test_the_masks_that_the_profile_takes_are_multiplied(
    load: Load, driver: bool, target: bool, expected: NDArray[np.float32] | None
) -> None:
    mask = load(TINT, dfm_profile({"mask_driver": driver, "mask_target": target})).convert(noise(96)).mask
    assert (mask is None) == (expected is None)
    if mask is not None and expected is not None:
        assert np.array_equal(mask, expected)


def test_masks_stay_shares_whatever_the_model_puts_out(runtime: Runtime, tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Sub", ["in_face:0", "in_face:0"], ["black"]),
        helper.make_node("ReduceMax", ["black"], ["blank"], axes=[3], keepdims=1),
        helper.make_node("Add", ["blank", "low"], ["out_face_mask:0"]),
        helper.make_node("Identity", ["in_face:0"], ["out_celeb_face:0"]),
        helper.make_node("Add", ["blank", "high"], ["out_celeb_face_mask:0"]),
    ]
    constants = [onnx.numpy_helper.from_array(np.float32(value), name) for name, value in (("low", -0.5), ("high", 3))]
    path = save(tmp_path / "wild.dfm", nodes, [port("in_face:0", FACE)], outputs(), constants, opset=12)
    for settings, expected in (({}, 0.0), ({"mask_driver": False}, 1.0)):
        model = Dfm(runtime, read_model(path), dfm_profile({**settings}))
        mask = model.convert(noise(96)).mask
        assert mask is not None
        assert (mask == expected).all()
        model.close()


def test_morph_follows_its_setting_on_air(load: Load) -> None:
    spec = Tinting(64, gain=(0.2, 0.2, 0.2), morph=True)
    model, square = load(spec), noise(64)
    for morph in (0.5, 0.8, 1.0):
        model.adjust(dfm_profile({"morph": morph}))
        assert np.abs(model.convert(square).face - spec.expected(as_shares(square), morph)).max() < 1e-5


@pytest.mark.parametrize("morph", [0.0, 0.49])
def test_no_profile_morphs_back_to_the_actor(morph: float) -> None:
    with pytest.raises(ValidationError):
        DfmSettings.model_validate({"morph": morph})


@pytest.mark.parametrize("within", [1, 2], ids=["first pass", "second pass"])
def test_two_passes_go_on_in_a_network_that_moves_meanwhile(
    load: Load, monkeypatch: pytest.MonkeyPatch, within: int
) -> None:
    spec = Tinting(64, gain=(0.5, 0.6, 0.7), shift=(3, 2))
    square, network, runs = noise(64), load(spec, dfm_profile({"two_pass": True})), 0
    left, moved = network._network._inner, load(spec)._network._inner

    def arrive() -> None:
        nonlocal runs
        runs += 1
        if runs == within:
            for name, array in left.inputs.items():
                moved.inputs[name][...] = array
            network._network._inner = moved

    monkeypatch.setattr(network._network, "_arrive", arrive)
    expected = spec.expected(spec.expected(as_shares(square)))
    assert np.abs(network.convert(square).face - expected).max() < 1e-5
    left.close()


def test_two_passes_show_the_model_its_own_result(load: Load) -> None:
    spec = Tinting(64, gain=(0.5, 0.6, 0.7), shift=(3, 2))
    square = noise(64)
    once = spec.expected(as_shares(square))
    assert np.abs(load(spec, dfm_profile({"two_pass": True})).convert(square).face - spec.expected(once)).max() < 1e-5


def test_gamma_brightens_the_named_channel_before_and_after(load: Load) -> None:
    square = np.full((64, 64, 3), 64, np.uint8)
    plain = Tinting(64)
    for stage in ("pre", "post"):
        for place, channel in enumerate(("blue", "green", "red")):
            model = load(plain, dfm_profile({f"{stage}_gamma_{channel}": 2.0}))
            face = model.convert(square).face.mean(axis=(0, 1))
            expected = np.full(3, 64 / 255)
            expected[place] **= 0.5
            assert face == pytest.approx(expected, abs=0.003)


def test_what_the_model_sees_is_sharpened(load: Load) -> None:
    square = np.asarray(cv2.GaussianBlur(noise(96), (0, 0), 2.0), np.uint8)
    spreads = []
    for strength in (0.0, 1.0, 4.0):
        face = load(Tinting(96), dfm_profile({"pre_sharpen": strength})).convert(square).face
        spreads.append(float(cv2.Laplacian(face, cv2.CV_32F).std()))
    assert spreads[0] < spreads[1] < spreads[2]


def test_the_square_that_the_model_sees_is_not_written_to(load: Load) -> None:
    square = noise(96)
    before = square.copy()
    load(TINT, dfm_profile({"pre_sharpen": 2.0, "two_pass": True, "pre_gamma_red": 2.0})).convert(square)
    assert np.array_equal(square, before)


FACE: Shape = ["batch", 96, 96, 3]


def outputs(face: Shape = FACE, mask: Shape = ("batch", 96, 96, 1)) -> list[onnx.ValueInfoProto]:
    """The three outputs."""
    return [port("out_face_mask:0", mask), port("out_celeb_face:0", face), port("out_celeb_face_mask:0", mask)]


def wrong_file(path: Path, given: onnx.ValueInfoProto, out: Sequence[onnx.ValueInfoProto]) -> Path:
    """A file of this form; what it would do does not matter."""
    constants = [onnx.numpy_helper.from_array(np.zeros(1, np.float32), "zero")]
    nodes = [helper.make_node("Identity", ["zero"], [port.name]) for port in out]
    graph = helper.make_graph(nodes, "wrong", [given], list(out), constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 12)]), path)
    return path


@pytest.mark.parametrize(
    ("given", "out", "sentence"),
    [
        (port("image", FACE), outputs(), "no input in_face:0 or in_face, got image"),
        (port("in_face:0", ["batch", 3, 96, 96]), outputs(), r"in_face:0 .* shape \[batch, 3, 96, 96\], wanted"),
        (port("in_face:0", [1, 96, 96]), outputs(), "in_face:0 .* shape"),
        (port("in_face:0", ["batch", 96, 128, 3]), outputs(), r"shape \[batch, 96, 128, 3\]"),
        (port("in_face:0", FACE, onnx.TensorProto.UINT8), outputs(), "in_face:0 .* is uint8, wanted float32"),
        (port("in_face:0", FACE), outputs()[:2], "no output number 3"),
        (port("in_face:0", FACE), outputs(("batch", 48, 48, 3)), r"out_celeb_face:0 .* shape \[batch, 48, 48, 3\]"),
        (port("in_face:0", FACE), outputs()[1::-1] + outputs()[2:], r"out_celeb_face:0 .* wanted \[\?, 96, 96, 1\]"),
        (port("in_face:0", ["n", "h", "w", 3]), outputs(("n", "h", "w", 3), ("n", "h", "w", 1)), "how large its faces"),
        (port("in_face:0", [1, 48, 48, 3]), outputs((1, 48, 48, 3), (1, 48, 48, 1)), "48 px wide, wanted 64 to 640"),
        (port("in_face:0", [1, 100, 100, 3]), outputs((1, 100, 100, 3), (1, 100, 100, 1)), "in steps of 16"),
    ],
)  # fmt: skip
def test_a_file_of_another_format_is_refused_in_one_sentence_that_names_the_tensor(
    runtime: Runtime, tmp_path: Path, given: onnx.ValueInfoProto, out: list[onnx.ValueInfoProto], sentence: str
) -> None:
    with pytest.raises(ModelError, match=sentence) as caught:
        Dfm(runtime, read_model(wrong_file(tmp_path / "wrong.dfm", given, out)), dfm_profile())
    assert str(caught.value).count(". ") == 0


def test_a_file_that_claims_one_size_and_makes_another_is_refused(runtime: Runtime, tmp_path: Path) -> None:
    nodes = [
        helper.make_node("ReduceMax", ["in_face:0"], ["mask"], axes=[3], keepdims=1),
        helper.make_node("Identity", ["mask"], ["out_face_mask:0"]),
        helper.make_node("AveragePool", ["moved"], ["pooled"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Transpose", ["in_face:0"], ["moved"], perm=[0, 3, 1, 2]),
        helper.make_node("Transpose", ["pooled"], ["out_celeb_face:0"], perm=[0, 2, 3, 1]),
        helper.make_node("Identity", ["mask"], ["out_celeb_face_mask:0"]),
    ]
    nodes[2], nodes[3] = nodes[3], nodes[2]
    unknown = outputs(("batch", "h", "w", 3), ("batch", "h", "w", 1))
    path = save(tmp_path / "half.dfm", nodes, [port("in_face:0", FACE, FLOAT)], unknown, opset=12)
    with pytest.raises(ModelError, match=r"out_celeb_face:0 .* \[1, 48, 48, 3\], wanted \[1, 96, 96, 3\]"):
        Dfm(runtime, read_model(path), dfm_profile())


def test_closing_twice_is_closing_once(load: Load) -> None:
    model = load(TINT)
    model.close()
    model.close()
