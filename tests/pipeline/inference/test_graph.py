"""What is read from a file is what onnx's own parser finds in it."""

import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from pipeline.inference.onnx.graph import TYPES, read_graph, stays_inside
from pipeline.inference.onnx.wire import WireError
from tests.models.broken import halved, sound
from tests.models.graphs import constant, port

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
KINDS = st.sampled_from([kind for kind in TYPES if kind <= 16])
SHAPES = st.lists(st.one_of(st.integers(0, 9), st.sampled_from(["N", "batch"]), st.none()), max_size=4)


@st.composite
def tensors(draw: st.DrawFn) -> TensorProto:
    """A constant, raw, typed or elsewhere."""
    values = np.asarray(draw(st.lists(st.integers(-9, 9), min_size=1, max_size=6)), draw(st.sampled_from("fiqe")))
    tensor = numpy_helper.from_array(values, draw(NAMES))
    form = draw(st.sampled_from(["raw", "typed", "elsewhere"]))
    if form == "typed" and values.dtype == np.float32:
        tensor.ClearField("raw_data")
        tensor.float_data.extend(values.tolist())
    if form == "elsewhere":
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=draw(NAMES))
    return tensor


@st.composite
def graphs(draw: st.DrawFn, depth: int = 2) -> onnx.GraphProto:
    """A graph that need not make sense."""
    nodes = []
    for name in draw(st.lists(NAMES, max_size=3)):
        node = onnx.NodeProto(op_type=name)
        if depth and draw(st.booleans()):
            node.attribute.append(helper.make_attribute("body", draw(graphs(depth - 1))))
        if draw(st.booleans()):
            node.attribute.append(helper.make_attribute("value", draw(tensors())))
        node.attribute.append(helper.make_attribute("ints", [1, -1, 1 << 40]))
        nodes.append(node)
    ports = [port(name, draw(SHAPES), draw(KINDS)) for name in draw(st.lists(NAMES, unique=True, max_size=4))]
    half = len(ports) // 2
    return helper.make_graph(nodes, "g", ports[:half], ports[half:], draw(st.lists(tensors(), max_size=3)))


def expected_weights(graph: onnx.GraphProto) -> list[TensorProto]:
    """Every constant of a graph and of those within it."""
    found = list(graph.initializer)
    for node in graph.node:
        for attribute in node.attribute:
            found += [attribute.t] if attribute.HasField("t") else []
            found += expected_weights(attribute.g) if attribute.HasField("g") else []
    return found


def expected_operators(graph: onnx.GraphProto) -> Counter[str]:
    """Every operator of a graph and of those within it."""
    found = Counter(node.op_type for node in graph.node)
    for node in graph.node:
        for attribute in node.attribute:
            found += expected_operators(attribute.g) if attribute.HasField("g") else Counter()
    return found


def as_read(value: onnx.ValueInfoProto) -> tuple[str, str, tuple[Any, ...]]:
    kind = value.type.tensor_type
    sizes = {"dim_value": lambda dim: dim.dim_value, "dim_param": lambda dim: dim.dim_param, None: lambda _: None}
    return (
        value.name,
        TYPES[kind.elem_type][0],
        tuple(sizes[dim.WhichOneof("value")](dim) for dim in kind.shape.dim),
    )


@given(graphs(), st.integers(7, 24), st.dictionaries(NAMES, NAMES, max_size=3))
def test_what_is_read_is_what_onnx_finds(graph: onnx.GraphProto, opset: int, metadata: dict[str, str]) -> None:
    opsets = [helper.make_opsetid("com.example", 99), helper.make_opsetid("", opset)]
    model = helper.make_model(graph, opset_imports=opsets, producer_name="someone")
    helper.set_model_props(model, metadata)
    got = read_graph(memoryview(model.SerializeToString()))
    constants = {tensor.name for tensor in expected_weights(graph)}
    assert [(t.name, t.dtype, t.shape) for t in got.inputs] == [
        as_read(value) for value in graph.input if value.name not in constants
    ]
    assert [(t.name, t.dtype, t.shape) for t in got.outputs] == [as_read(value) for value in graph.output]
    wanted = expected_weights(graph)
    assert sorted((w.name, w.dtype, w.shape, tuple(w.outside.items())) for w in got.weights) == sorted(
        (t.name, TYPES[t.data_type][0], tuple(t.dims), tuple((e.key, e.value) for e in t.external_data)) for t in wanted
    )
    assert got.operators == expected_operators(graph)
    assert got.parameters == sum(math.prod(tensor.dims) for tensor in wanted)
    assert (got.opset, got.producer, got.metadata) == (opset, "someone", metadata)


def test_the_bytes_of_a_constant_are_found(tmp_path: Path) -> None:
    data = sound(tmp_path / "m.onnx").read_bytes()
    ramp = next(weights for weights in read_graph(memoryview(data)).weights if weights.name == "ramp")
    assert ramp.data is not None
    start, length = ramp.data
    assert np.frombuffer(data[start : start + length], np.float32).tolist() == [0, 1, 2, 3]


def test_constants_in_functions_and_sparse_ones_are_seen(tmp_path: Path) -> None:
    """What refers to another file must not hide in a corner."""
    model = onnx.load(sound(tmp_path / "m.onnx"))
    hidden = constant("hidden", np.ones(2, np.float32))
    node = helper.make_node("Constant", [], ["c"], value=hidden)
    model.functions.append(helper.make_function("own", "F", [], ["c"], [node], [helper.make_opsetid("", 17)]))
    sparse = helper.make_sparse_tensor(
        constant("few", np.ones(1, np.float32)), constant("at", np.zeros(1, np.int64)), [9]
    )
    model.graph.sparse_initializer.append(sparse)
    names = [weights.name for weights in read_graph(memoryview(model.SerializeToString())).weights]
    assert {"hidden", "few", "at"} <= set(names)


def test_a_size_of_minus_one_is_an_open_one(tmp_path: Path) -> None:
    model = onnx.load(sound(tmp_path / "m.onnx"))
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = -1
    assert read_graph(memoryview(model.SerializeToString())).inputs[0].shape == (None, 4)


def test_the_precision_is_that_of_most_weights(tmp_path: Path) -> None:
    assert read_graph(memoryview(sound(tmp_path / "a.onnx").read_bytes())).precision == "float32"
    assert read_graph(memoryview(halved(tmp_path / "b.onnx").read_bytes())).precision == "float16"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda model: model.ClearField("graph"), "holds no graph"),
        (lambda model: model.ClearField("opset_import"), "names no operator set"),
        (lambda model: model.graph.initializer.add(name="w", dims=[-1]), "negative size"),
        (lambda model: model.graph.initializer.add(name="w", dims=[2] * 65), "more than 64 dimensions"),
        (lambda model: model.training_info.add(), "for training"),
    ],
)
def test_what_is_no_model_for_inference_is_told(change: Any, why: str, tmp_path: Path) -> None:
    model = onnx.load(sound(tmp_path / "m.onnx"))
    change(model)
    with pytest.raises(WireError, match=why):
        read_graph(memoryview(model.SerializeToString()))


def test_graphs_within_each_other_end_somewhere() -> None:
    graph = helper.make_graph([], "g", [], [])
    for _ in range(20):
        node = onnx.NodeProto(op_type="If", attribute=[helper.make_attribute("body", graph)])
        graph = helper.make_graph([node], "g", [], [])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    with pytest.raises(WireError, match="more than 16 deep"):
        read_graph(memoryview(model.SerializeToString()))


@given(st.data())
def test_damage_is_an_error_or_another_model(data: st.DataObject) -> None:
    whole = bytearray(helper.make_model(data.draw(graphs(1))).SerializeToString())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_graph(memoryview(bytes(whole)))
    except WireError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("location", "inside"),
    [
        ("weights.bin", True),
        ("sub/weights.bin", True),
        ("./weights.bin", True),
        ("..weights", True),
        ("", False),
        ("../weights.bin", False),
        ("sub/../../weights.bin", False),
        ("/etc/passwd", False),
        ("C:\\weights.bin", False),
        ("c:weights.bin", False),
        ("\\\\server\\share\\w", False),
        ("\\windows", False),
        ("sub\\..\\..\\w", False),
    ],
)
def test_a_path_stays_inside_on_every_system(location: str, inside: bool) -> None:
    assert stays_inside(location) == inside
