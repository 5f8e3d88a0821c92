"""A file held against its format: which tensor, got, wanted."""

from pathlib import Path

import pytest
from onnx import TensorProto, helper

from pipeline.errors import ModelError
from pipeline.inference.onnx.model_file import ModelFile, read_model
from pipeline.inference.onnx.ports import FLOATS, Port, match, sizes_of
from tests.models.graphs import HALF, Shape, port, save

INPUTS = [
    Port("face", (1, 3, "side", "side"), names=("target", "image")),
    Port("identity", (1, 512), names=("source",), optional=True),
]
OUTPUTS = [Port("result", (1, 3, "side", "side"), dtypes=FLOATS)]


def made(
    path: Path, inputs: dict[str, Shape], output: Shape = (1, 3, 128, 128), kind: int = TensorProto.FLOAT
) -> ModelFile:
    """A file with some inputs, the first of which is handed on as `out`."""
    ports = [port(name, shape, kind) for name, shape in inputs.items()]
    nodes = [helper.make_node("Identity", [next(iter(inputs))], ["out"])]
    return read_model(save(path, nodes, ports, [port("out", output, kind)]))


def refusal(file: ModelFile) -> str:
    with pytest.raises(ModelError) as caught:
        match(file, INPUTS, OUTPUTS)
    return str(caught.value)


def test_names_lead_to_tensors_and_sizes(tmp_path: Path) -> None:
    file = made(tmp_path / "m.onnx", {"image": (1, 3, 128, 128), "source": (1, 512)})
    found = match(file, INPUTS, OUTPUTS)
    assert {name: tensor.name for name, tensor in found.items()} == {
        "face": "image",
        "identity": "source",
        "result": "out",
    }
    assert sizes_of(file, INPUTS, OUTPUTS) == {"side": 128}


def test_what_is_optional_may_lack_and_what_is_open_fits(tmp_path: Path) -> None:
    file = made(tmp_path / "m.onnx", {"target": ("N", 3, None, 256)}, (None, 3, "h", "w"))
    assert set(match(file, INPUTS, OUTPUTS)) == {"face", "result"}
    assert sizes_of(file, INPUTS, OUTPUTS) == {"side": 256}


def test_a_missing_one_names_what_is_there(tmp_path: Path) -> None:
    text = refusal(made(tmp_path / "m.onnx", {"x": (1, 3, 128, 128)}))
    assert "no input target or image, got x" in text


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [
        ((1, 128, 128, 3), "[1, 128, 128, 3], wanted [1, 3, side, side]"),
        ((1, 3, 128, 256), "[1, 3, 128, 256], wanted [1, 3, 128, 128]"),
        ((3, 128, 128), "[3, 128, 128], wanted [1, 3, side, side]"),
        ((2, 3, 128, 128), "[2, 3, 128, 128], wanted [1, 3, side, side]"),
    ],
)
def test_another_layout_or_rank_tells_got_and_wanted(shape: Shape, wanted: str, tmp_path: Path) -> None:
    text = refusal(made(tmp_path / "m.onnx", {"target": shape}))
    assert f"input target of the model {tmp_path / 'm.onnx'} has the shape {wanted}" in text


def test_inputs_and_outputs_have_to_agree(tmp_path: Path) -> None:
    text = refusal(made(tmp_path / "m.onnx", {"target": (1, 3, 128, 128)}, (1, 3, 256, 256)))
    assert "output out" in text
    assert "[1, 3, 256, 256], wanted [1, 3, 128, 128]" in text


def test_another_type_tells_got_and_wanted(tmp_path: Path) -> None:
    text = refusal(made(tmp_path / "m.onnx", {"target": (1, 3, 128, 128)}, kind=HALF))
    assert "input target" in text
    assert "is float16, wanted float32" in text


def test_a_place_counts_where_names_differ(tmp_path: Path) -> None:
    file = made(tmp_path / "m.onnx", {"anything": (1, 3, 64, 64)}, (1, 3, 64, 64))
    found = match(file, [Port("face", (1, 3, "side", "side"))], OUTPUTS)
    assert found["face"].name == "anything"
    with pytest.raises(ModelError, match="no input number 2, got anything"):
        match(file, [Port("face", (1, 3, 64, 64)), Port("more", (1,))], OUTPUTS)
