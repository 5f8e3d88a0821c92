"""The inswapper of real cost: it is what it claims, and the program takes it for an inswapper."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from pipeline.inference.onnx.model_file import read_model
from pipeline.inference.onnx.runtime import Runtime
from pipeline.video.neural.swapper import Swapper
from tests.models.true_inswapper import cost, true_inswapper
from tests.neural_faces import noise
from tests.pipeline.video.neural.swapper_desk import embedding_profile, likeness

NARROW = 4
PUBLISHED_BYTES = 554e6


def test_it_weighs_what_the_published_file_weighs() -> None:
    parameters, multiply_adds = cost()
    assert 4 * parameters == pytest.approx(PUBLISHED_BYTES, rel=0.01)
    # Twelve convolutions at 32 x 32 x 1024, six around them, and two of 7 x 7.
    assert multiply_adds == pytest.approx(12 * 9.66e9 + 3 * 4.83e9 + 2 * 19.33e9 + 4.83e9 + 2 * 0.31e9, rel=0.01)


def test_what_is_counted_is_what_is_in_the_file(tmp_path: Path) -> None:
    model = onnx.load(true_inswapper(tmp_path / "true.onnx", NARROW))
    weights = {tensor.name: list(tensor.dims) for tensor in model.graph.initializer if not tensor.name.startswith("n")}
    shapes = onnx.shape_inference.infer_shapes(model).graph.value_info
    sides = {value.name: [dim.dim_value for dim in value.type.tensor_type.shape.dim][2:] for value in shapes}
    counted = sum(
        int(np.prod(weights[node.input[1]])) * int(np.prod(sides[node.output[0]]))
        for node in model.graph.node
        if node.op_type in ("Conv", "Gemm")
    )
    assert (sum(int(np.prod(shape)) for shape in weights.values()), counted) == cost(NARROW)


def test_the_program_takes_it_for_an_inswapper(runtime: Runtime, tmp_path: Path) -> None:
    file = read_model(true_inswapper(tmp_path / "true.onnx", NARROW))
    models = [Swapper(runtime, file, likeness(who), embedding_profile()) for who in ("mara", "tomas")]
    faces = [model.convert(noise(128)).face.copy() for model in models]
    assert models[0].family == "inswapper"
    assert faces[0].std() > 0.01
    assert np.abs(faces[0] - faces[1]).max() > 0.001
    for model in models:
        model.close()
