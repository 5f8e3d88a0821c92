"""The stand-ins of real cost: they are what they claim, and the program takes them for what they stand for."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from pipeline.inference.onnx.model_file import read_model
from pipeline.inference.onnx.runtime import Runtime
from pipeline.video.neural.dfm import Dfm
from tests.models.true_dfm import USUAL, Liae, cost_of, true_dfm
from tests.neural_faces import dfm_profile, noise

SMALL = Liae(64, 32, 8, 8, 4)
EXPECTED = {224: (180e6, 35e9), 320: (155e6, 69e9)}
"""Parameters and multiply-adds of the layers that `tests/models/true_dfm.py` describes, worked out by hand."""


@pytest.mark.parametrize("side", USUAL)
def test_the_usual_sizes_cost_what_the_described_layers_cost(side: int) -> None:
    cost, (parameters, multiply_adds) = cost_of(USUAL[side]), EXPECTED[side]
    assert cost.parameters == pytest.approx(parameters, rel=0.02)
    assert cost.multiply_adds == pytest.approx(multiply_adds, rel=0.02)
    # Files of this kind that are passed around have between 0.5 and 0.8 GB.
    assert 0.5e9 < 4 * cost.parameters < 0.8e9


def test_what_is_counted_is_what_is_in_the_file(tmp_path: Path) -> None:
    model = onnx.load(true_dfm(tmp_path / "true.dfm", SMALL))
    weights = [tensor for tensor in model.graph.initializer if tensor.name.startswith("w")]
    assert sum(int(np.prod(tensor.dims)) for tensor in weights) == cost_of(SMALL).parameters
    shapes = onnx.shape_inference.infer_shapes(model).graph.value_info
    sides = {value.name: [dim.dim_value for dim in value.type.tensor_type.shape.dim] for value in shapes}
    by_name = {tensor.name: tensor for tensor in weights}
    counted = 0
    for node in model.graph.node:
        if node.op_type == "Conv":
            counted += int(np.prod(by_name[node.input[1]].dims)) * int(np.prod(sides[node.output[0]][2:]))
        elif node.op_type == "MatMul":
            counted += int(np.prod(by_name[node.input[1]].dims))
    assert counted == cost_of(SMALL).multiply_adds


def test_the_program_takes_it_for_a_dfm(runtime: Runtime, tmp_path: Path) -> None:
    model = Dfm(runtime, read_model(true_dfm(tmp_path / "true.dfm", SMALL)), dfm_profile())
    converted = model.convert(noise(64))
    assert converted.face.shape == (64, 64, 3)
    assert converted.face.std() > 0
    assert converted.mask is not None
    assert converted.mask.shape == (64, 64)
    model.close()
