"""What ONNX Runtime says of a model reaches people without its own insides."""

from pathlib import Path

import onnx
import pytest
from onnx import helper

from pipeline.inference.onnx.runtime import Preference
from pipeline.inference.trial import tried_here
from tests.models.broken import changed, sound


def opset_99(model: onnx.ModelProto) -> None:
    model.opset_import[0].version = 99


def version_99(model: onnx.ModelProto) -> None:
    model.ir_version = 99


def odd_operator(model: onnx.ModelProto) -> None:
    model.graph.node[0].domain = "my.ops"
    model.graph.node[0].op_type = "Strange"
    model.opset_import.append(helper.make_opsetid("my.ops", 1))


def unknown_operator(model: onnx.ModelProto) -> None:
    model.graph.node[0].op_type = "Gurk"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (opset_99, "it has opset 99, this ONNX Runtime runs up to "),
        (version_99, "its file has version 99, this ONNX Runtime reads up to "),
        (odd_operator, "it needs the operator my.ops:Strange, which is in no standard set; export it without."),
        (unknown_operator, "it needs the operator Gurk, which opset 17 has not; export it with another opset."),
    ],
)
def test_what_can_not_be_loaded_is_told_without_the_insides_of_the_library(
    change: object, said: str, tmp_path: Path
) -> None:
    path = changed(sound(tmp_path / "m.onnx"), change)  # type: ignore[arg-type]  # one of those above
    problem = tried_here(path, Preference.CPU).problem
    assert said in problem
    assert "onnxruntime" not in problem
    assert "Load model" not in problem
