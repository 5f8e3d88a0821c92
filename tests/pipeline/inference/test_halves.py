"""Half precision written anew in full: the same numbers, and nothing of half precision left."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from onnx import TensorProto

from pipeline.errors import ModelError
from pipeline.inference.onnx.graph import read_graph
from pipeline.inference.onnx.halves import in_full
from pipeline.inference.onnx.model_file import full_precision, read_model
from pipeline.inference.onnx.network import Layout, OnnxNetwork
from pipeline.inference.onnx.place import Place
from pipeline.inference.onnx.wire import WireError
from pipeline.inference.providers import onnx_runtime
from tests.models.broken import SIZE, halved, sound
from tests.models.graphs import HALF
from tests.pipeline.inference.test_graph import graphs


def test_everything_is_of_full_precision_and_the_numbers_are_the_same(tmp_path: Path, cache: Path) -> None:
    with full_precision(read_model(halved(tmp_path / "m.onnx"))) as full:
        model = onnx.load(full.path)
        onnx.checker.check_model(model, full_check=True)
        network = OnnxNetwork(onnx_runtime(), full, Layout({"x": (SIZE,)}), Place())
    assert b"\x08\x0a" not in model.graph.input[0].SerializeToString()
    assert full.graph.precision == "float32"
    assert {tensor.dtype for tensor in (*full.graph.inputs, *full.graph.outputs)} == {"float32"}
    assert {weights.dtype for weights in full.graph.weights} == {"float32", "bool"}
    given = np.array([1000, 0.1, -3, 70000], np.float32)
    network.inputs["x"][...] = given
    network.run()
    wanted = (given * np.float32(2) + np.arange(SIZE, dtype=np.float32)) * np.float32(300) / np.float32(300)
    np.testing.assert_array_equal(network.outputs["y"], wanted)
    assert list(cache.rglob("*.onnx")) == [], "nothing stays behind"


def test_every_half_number_is_kept_exactly(tmp_path: Path) -> None:
    every = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    model = onnx.load(sound(tmp_path / "m.onnx", HALF))
    typed = TensorProto(name="typed", data_type=HALF, dims=[every.size])
    typed.int32_data.extend(every.view(np.uint16).tolist())
    raw = TensorProto(name="raw", data_type=HALF, dims=[every.size], raw_data=every.tobytes())
    model.graph.initializer.extend([typed, raw])
    full = onnx.ModelProto.FromString(b"".join(in_full(memoryview(model.SerializeToString()))))
    for tensor in full.graph.initializer[-2:]:
        got = np.frombuffer(tensor.raw_data, np.float32)
        np.testing.assert_array_equal(got, every.astype(np.float32))
        assert not tensor.int32_data


@given(graphs())
def test_nothing_of_half_precision_is_left_and_the_rest_stays(graph: onnx.GraphProto) -> None:
    data = onnx.helper.make_model(graph).SerializeToString()
    try:
        once = b"".join(in_full(memoryview(data)))
    except WireError as error:
        assert "another file" in str(error)
        return
    read = read_graph(memoryview(once))
    assert "float16" not in {part.dtype for part in (*read.inputs, *read.outputs, *read.weights)}
    assert b"".join(in_full(memoryview(once))) == once
    before = read_graph(memoryview(data))
    assert [part.name for part in before.weights] == [part.name for part in read.weights]
    assert before.operators == read.operators
    if "float16" not in {part.dtype for part in before.weights} and b"\x08\x0a" not in data:
        assert once == data


def test_other_settings_that_are_ten_are_left_alone(tmp_path: Path) -> None:
    model = onnx.load(sound(tmp_path / "m.onnx", HALF))
    node = model.graph.node[0]
    node.attribute.append(onnx.helper.make_attribute("axis", HALF))
    node.attribute.append(onnx.helper.make_attribute("dtype", HALF))
    full = onnx.ModelProto.FromString(b"".join(in_full(memoryview(model.SerializeToString()))))
    assert [attribute.i for attribute in full.graph.node[0].attribute] == [HALF, TensorProto.FLOAT]


def test_weights_in_another_file_are_one_sentence(tmp_path: Path) -> None:
    path = sound(tmp_path / "m.onnx", HALF)
    model = onnx.load(path)
    onnx.external_data_helper.convert_model_to_external_data(model, location="m.data", size_threshold=0)
    onnx.save(model, path)
    why = "full precision: its weights of half precision stand in another file"
    with pytest.raises(ModelError, match=why), full_precision(read_model(path)):
        pass
