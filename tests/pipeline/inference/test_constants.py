"""The numbers of constants, read from files without running them."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, external_data_helper, helper, numpy_helper

from pipeline.errors import ModelError
from pipeline.inference.onnx.constants import values_of
from pipeline.inference.onnx.model_file import ModelFile, read_model
from tests.models.graphs import port

VALUES = np.linspace(-2.0, 3.0, 600).reshape(20, 30)


def model(path: Path, *tensors: TensorProto) -> Path:
    """A file with some constants."""
    nodes = [helper.make_node("Identity", ["x"], ["y"])]
    graph = helper.make_graph(nodes, "constants", [port("x", [1])], [port("y", [1])], list(tensors))
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), path)
    return path


def typed(name: str, values: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> TensorProto:
    """A constant whose numbers do not stand there as bytes."""
    kind = helper.np_dtype_to_tensor_dtype(values.dtype)
    tensor = TensorProto(name=name, data_type=kind, dims=values.shape)
    if values.dtype == np.float16:
        tensor.int32_data.extend(values.view(np.uint16).ravel().tolist())
    else:
        (tensor.double_data if values.dtype == np.float64 else tensor.float_data).extend(values.ravel().tolist())
    return tensor


def read(file: ModelFile, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return values_of(file, next(weights for weights in file.graph.weights if weights.name == name))


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.float64])
@pytest.mark.parametrize("form", ["raw", "typed", "outside"])
def test_a_constant_is_read_as_it_was_written(tmp_path: Path, dtype: type[np.generic], form: str) -> None:
    values = VALUES.astype(dtype)
    make = typed if form == "typed" else lambda name, array: numpy_helper.from_array(array, name)
    path = model(tmp_path / "m.onnx", make("before", values + dtype(1)), make("it", values), make("after", values[:3]))  # type: ignore[call-arg]
    if form == "outside":
        loaded = onnx.load(path)
        external_data_helper.convert_model_to_external_data(loaded, location="m.data", size_threshold=0)
        onnx.save(loaded, path)
    file = read_model(path)
    assert read(file, "it").dtype == np.float32
    assert np.array_equal(read(file, "it"), values.astype(np.float32))
    assert np.array_equal(read(file, "after"), values[:3].astype(np.float32))


def test_a_constant_of_whole_numbers_is_refused_in_one_sentence(tmp_path: Path) -> None:
    file = read_model(model(tmp_path / "m.onnx", numpy_helper.from_array(np.arange(6), "it")))
    with pytest.raises(ModelError, match=r"The constant it of the model .* is int64, wanted float32 or"):
        read(file, "it")


def test_a_file_that_was_cut_off_since_it_was_read_is_refused(tmp_path: Path) -> None:
    path = model(tmp_path / "m.onnx", numpy_helper.from_array(VALUES, "it"))
    file = read_model(path)
    path.write_bytes(path.read_bytes()[:600])
    with pytest.raises(ModelError, match="The constant it of the model .* can't be read"):
        read(file, "it")
    path.unlink()
    with pytest.raises(ModelError, match="The constant it of the model .* can't be read"):
        read(file, "it")
