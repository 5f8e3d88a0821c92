"""Embedding swappers: which family a file is of, what it has to be, and what is made of its answer."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from pipeline.errors import ModelError, StageError
from pipeline.inference.formats import recognise
from pipeline.inference.onnx.model_file import ModelFile, read_model
from pipeline.inference.onnx.runtime import Runtime
from pipeline.video.neural.swapper import Swapper, identity_map
from pipeline.video.neural.swapper_families import family_of
from tests.models.graphs import FLOAT, Shape, port
from tests.models.swappers import LENGTH, Swap, mixing, swapper
from tests.neural_faces import noise
from tests.pipeline.video.neural.swapper_desk import (
    FAMILIES,
    converter_file,
    embedding_profile,
    likeness,
    load_swapper,
    recogniser_file,
    swapper_file,
)

every_family = pytest.mark.parametrize("family", FAMILIES)


@every_family
@pytest.mark.parametrize("precision", ["weights", "all"])
def test_files_of_half_precision_make_the_same_face(runtime: Runtime, family: str, precision: str) -> None:
    full = load_swapper(runtime, Swap(family))
    half = load_swapper(runtime, Swap(family, half=True, half_ports=precision == "all"))
    square = noise(full.size)
    assert np.abs(half.convert(square).face - full.convert(square).face).max() < 0.004
    full.close()
    half.close()


@every_family
def test_the_square_that_the_model_sees_is_not_written_to(runtime: Runtime, family: str) -> None:
    model = load_swapper(runtime, Swap(family))
    square = noise(model.size)
    before = square.copy()
    first = model.convert(square).face.copy()
    assert np.array_equal(square, before)
    assert np.array_equal(model.convert(square).face, first)
    model.close()
    model.close()


@every_family
def test_another_target_makes_another_face_and_another_actor_too(runtime: Runtime, family: str) -> None:
    spec, square = Swap(family), noise(256)[: Swap(family).size, : Swap(family).size]
    models = [load_swapper(runtime, spec, likeness(who)) for who in ("mara", "tomas")]
    mara, tomas = (model.convert(square).face.copy() for model in models)
    other = models[0].convert(np.ascontiguousarray(square[::-1])).face
    assert np.abs(mara - tomas).mean() > 0.005
    assert np.abs(mara - other).mean() > 0.05
    for model in models:
        model.close()


@pytest.mark.parametrize("half", [False, True], ids=["float32", "float16"])
@pytest.mark.parametrize("typed", [False, True], ids=["raw", "typed"])
def test_the_map_is_the_last_matrix_of_the_file(half: bool, typed: bool) -> None:
    found = identity_map(swapper_file(Swap("inswapper", half=half, typed_map=typed)))
    assert (found.dtype, found.shape) == (np.float32, (LENGTH, LENGTH))
    assert np.abs(found - mixing("map")).max() < (1e-3 if half else 1e-9)


def test_an_inswapper_without_its_map_is_refused(runtime: Runtime) -> None:
    with pytest.raises(ModelError, match=r"inswapper\.onnx holds no matrix of 512 x 512"):
        load_swapper(runtime, Swap("inswapper", has_map=False))


@pytest.mark.parametrize(
    ("family", "name", "expected"),
    [
        ("inswapper", "inswapper_128.onnx", "inswapper"),
        ("inswapper", "face.onnx", "inswapper"),
        ("inswapper", "ghost.onnx", "inswapper"),
        ("hyperswap", "HyperSwap_1a_256.onnx", "hyperswap"),
        ("hyperswap", "ghost_2_256.onnx", "ghost"),
        ("hyperswap", "simswap_256.onnx", "simswap"),
        ("uniface", "x.onnx", "uniface"),
        ("blendswap", "x.onnx", "blendswap"),
    ],
)
def test_the_family_is_told_by_inputs_and_by_name(tmp_path: Path, family: str, name: str, expected: str) -> None:
    file = read_model(swapper(tmp_path / name, Swap(family)))
    assert family_of(file).name == expected
    assert family_of(file, "ghost").name == "ghost"


def test_inspecting_a_file_tells_the_same_family() -> None:
    for family in FAMILIES:
        found = recognise(swapper_file(Swap(family)))
        assert found is not None
        assert (found.format.name, found.format.key) == (family, "embedding.model")
    for file, key in ((recogniser_file(), "recogniser"), (converter_file(), "converter")):
        found = recognise(file)
        assert found is not None
        assert found.format.key == f"embedding.{key}"


def test_what_could_be_several_families_is_asked_for(tmp_path: Path) -> None:
    file = read_model(swapper(tmp_path / "mine.onnx", Swap("hyperswap")))
    with pytest.raises(ModelError, match=r"one of hyperswap, ghost, simswap; set `family` in \[embedding\]"):
        family_of(file)


Ports = Sequence[onnx.ValueInfoProto]


def wrong(path: Path, inputs: Ports, output: onnx.ValueInfoProto) -> ModelFile:
    """A file of this form; what it would do does not matter."""
    nodes = [helper.make_node("Identity", ["zero"], [output.name])]
    constants = [numpy_helper.from_array(np.zeros(1, np.float32), "zero")]
    graph = helper.make_graph(nodes, "wrong", list(inputs), [output], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 12)]), path)
    return read_model(path)


SQUARE: Shape = [1, 3, 256, 256]
SOURCE = port("source", [1, LENGTH])


@pytest.mark.parametrize(
    ("name", "inputs", "output", "sentence"),
    [
        ("simswap", [port("image", SQUARE), SOURCE], port("y", SQUARE), "no input target, got image, source"),
        ("simswap", [port("target", [1, 256, 256, 3]), SOURCE], port("y", SQUARE), r"target .* \[1, 256, 256, 3\],"),
        ("simswap", [port("target", [1, 3, 512, 512]), SOURCE], port("y", SQUARE), r"wanted \[\?, 3, 256, 256\]"),
        ("ghost", [port("target", SQUARE), port("source", [1, 256])], port("y", SQUARE), r"source .* \[1, 256\],"),
        ("uniface", [port("target", SQUARE), SOURCE], port("y", SQUARE), r"source .* wanted \[\?, 3, 256, 256\]"),
        ("ghost", [port("target", SQUARE, 2), SOURCE], port("y", SQUARE), "target .* is uint8, wanted float32"),
        ("hyperswap", [port("target", SQUARE), SOURCE], port("y", [1, 1, 256, 256]), r"output y .* \[1, 1, 256, 256\]"),
        ("face", [port("in_face:0", [1, 96, 96, 3])], port("y", SQUARE), "no face swapper: its inputs are in_face:0"),
    ],
)  # fmt: skip
def test_a_file_of_another_format_is_refused_in_one_sentence_that_names_the_tensor(
    runtime: Runtime, tmp_path: Path, name: str, inputs: Ports, output: onnx.ValueInfoProto, sentence: str
) -> None:
    file = wrong(tmp_path / f"{name}.onnx", inputs, output)
    with pytest.raises(ModelError, match=sentence) as caught:
        Swapper(runtime, file, likeness(), embedding_profile())
    assert str(caught.value).count(". ") == 0


def test_a_file_that_claims_one_size_and_makes_another_is_refused(runtime: Runtime, tmp_path: Path) -> None:
    nodes = [
        helper.make_node("AveragePool", ["target"], ["half"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("ReduceMean", ["source"], ["mean"]),
        helper.make_node("Add", ["half", "mean"], ["y"]),
    ]
    open_ended = port("y", ["n", "c", "h", "w"])
    graph = helper.make_graph(nodes, "half", [port("target", SQUARE, FLOAT), SOURCE], [open_ended])
    path = tmp_path / "hyperswap.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 12)], ir_version=8), path)
    with pytest.raises(ModelError, match=r"output y .* \[1, 3, 128, 128\], wanted \[1, 3, 256, 256\]"):
        Swapper(runtime, read_model(path), likeness(), embedding_profile())
    assert "hyperswap.onnx" not in runtime.providers


def test_without_the_converter_that_its_family_needs_it_says_what_to_set(runtime: Runtime) -> None:
    for family in ("ghost", "simswap"):
        with pytest.raises(
            ModelError, match=r"needs a converter .* and none is named; name its file as `converter` in \[embedding\]"
        ):
            load_swapper(runtime, Swap(family), replace(likeness(), converter=None))


def test_a_converter_of_another_format_is_refused(runtime: Runtime) -> None:
    with pytest.raises(ModelError, match=r"input\.1 .* has the shape \[None, 3, 112, 112\], wanted \[\?, 512\]"):
        load_swapper(runtime, Swap("ghost"), replace(likeness(), converter=recogniser_file()))


def test_families_that_take_a_picture_need_no_recogniser_and_take_one_portrait(runtime: Runtime) -> None:
    for family in ("uniface", "blendswap"):
        load_swapper(runtime, Swap(family), replace(likeness(), recogniser=None, converter=None)).close()
        with pytest.raises(ModelError, match=r"takes one picture of the face, not 2; take `portraits` out"):
            load_swapper(runtime, Swap(family), likeness("mara", "ines"))


def test_answers_that_are_no_numbers_cost_the_frame(runtime: Runtime, tmp_path: Path) -> None:
    path = swapper(tmp_path / "hyperswap.onnx", Swap("hyperswap"))
    model = onnx.load(path)
    # The root of what is below 0 is no number: of everything darker than the middle.
    (made,) = (node for node in model.graph.node if "output" in node.output)
    made.output[0] = "before"
    model.graph.node.extend(
        [
            helper.make_node("Sqrt", ["target"], ["root"]),
            helper.make_node("Sub", ["root", "root"], ["nothing"]),
            helper.make_node("Add", ["before", "nothing"], ["output"]),
        ]
    )
    onnx.save(model, path)
    swap = Swapper(runtime, read_model(path), likeness(), embedding_profile())
    swap.convert(np.full((256, 256, 3), 200, np.uint8))
    with pytest.raises(StageError, match=r"hyperswap\.onnx put out values that are no numbers"):
        swap.convert(np.full((256, 256, 3), 20, np.uint8))
    swap.close()
