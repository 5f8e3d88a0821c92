"""One session: arrays that stay, states that are carried, and failures that cost one frame."""

import gc
import weakref
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper

from pipeline.errors import ModelError, StageError
from pipeline.inference.onnx.model_file import read_model
from pipeline.inference.onnx.network import Layout, OnnxNetwork
from pipeline.inference.onnx.place import CPU, CUDA, TENSORRT, Place
from pipeline.inference.providers import onnx_runtime
from tests.models.broken import counting, rooting, sound, undefined, vast
from tests.models.graphs import HALF, constant


def opened(path: Path, layout: Layout) -> OnnxNetwork:
    return OnnxNetwork(onnx_runtime(), read_model(path), layout, Place())


def widened(path: Path) -> Path:
    """A counting file whose count comes out with one dimension more."""
    model = onnx.load(path)
    model.graph.node[1].output[0] = "sum"
    model.graph.node.append(helper.make_node("Unsqueeze", ["sum", "zero"], ["next"]))
    model.graph.initializer.append(constant("zero", np.zeros(1, np.int64)))
    model.graph.output[1].type.tensor_type.shape.dim.add(dim_value=1)
    path.write_bytes(model.SerializeToString())
    return path


def sessions() -> set[int]:
    """The sessions that anyone still holds."""
    kind = onnx_runtime().InferenceSession
    return {id(thing) for thing in gc.get_objects() if isinstance(thing, kind)}


def test_the_same_arrays_are_used_run_after_run(tmp_path: Path) -> None:
    network = opened(sound(tmp_path / "m.onnx"), Layout({"x": (2, 4)}))
    given, got = network.inputs["x"], network.outputs["y"]
    assert not given.any()
    for number in range(3):
        given[...] = number
        network.run()
        assert network.outputs["y"] is got
        np.testing.assert_array_equal(got, 2 * given + np.arange(4))


def test_half_precision_takes_and_gives_half_numbers(tmp_path: Path) -> None:
    network = opened(sound(tmp_path / "m.onnx", HALF), Layout({"x": (1, 4)}))
    network.inputs["x"][...] = 0.5
    network.run()
    assert network.outputs["y"].dtype == np.float16
    assert network.outputs["y"].tolist() == [[1, 2, 3, 4]]


def test_a_file_is_taken_for_onnx_whatever_its_name_says(tmp_path: Path) -> None:
    network = opened(sound(tmp_path / "m.ort"), Layout({"x": (1, 4)}))
    network.run()
    np.testing.assert_array_equal(network.outputs["y"], [np.arange(4)])


def test_what_never_changes_stands_there_already(tmp_path: Path) -> None:
    network = opened(sound(tmp_path / "m.onnx"), Layout({"x": (1, 4)}, values={"x": 1.5}))
    network.run()
    assert network.outputs["y"].tolist() == [[3, 4, 5, 6]]


def test_what_is_carried_goes_in_again_until_it_is_forgotten(tmp_path: Path) -> None:
    network = opened(counting(tmp_path / "m.onnx", 50), Layout({"count": (1,)}, {"next": "count"}))
    seen = []
    for number in range(6):
        if number == 4:
            network.reset()
        network.run()
        seen.append(float(network.outputs["y"][0]))
    assert seen == [0, 1, 2, 3, 0, 1]


def test_a_network_that_fails_on_its_hundredth_call_costs_that_call_only(tmp_path: Path) -> None:
    network = opened(counting(tmp_path / "m.onnx", 99), Layout({"count": (1,)}, {"next": "count"}))
    for _ in range(99):
        network.run()
    with pytest.raises(StageError, match=r"m\.onnx failed on CPU: .*idx=99") as caught:
        network.run()
    assert "ONNXRuntimeError" not in str(caught.value)
    network.reset()
    network.run()


def test_what_is_no_number_costs_one_run_and_spoils_no_state(tmp_path: Path) -> None:
    network = opened(rooting(tmp_path / "m.onnx"), Layout({"x": (4,)}, {"y": "x"}))
    network.inputs["x"][...] = [1, 4, -1, 9]
    with pytest.raises(StageError, match="no numbers"):
        network.run()
    assert network.not_numbers
    assert network.inputs["x"].tolist() == [1, 4, -1, 9]
    network.inputs["x"][...] = [1, 4, 16, 81]
    network.run()
    assert not network.not_numbers
    assert network.inputs["x"].tolist() == [1, 2, 4, 9]


def test_a_network_that_never_puts_out_numbers_is_told_when_it_is_opened(tmp_path: Path) -> None:
    with pytest.raises(StageError, match="no numbers"):
        opened(undefined(tmp_path / "m.onnx"), Layout({"x": (4,)}))


def test_another_layout_is_one_sentence(tmp_path: Path) -> None:
    path = sound(tmp_path / "m.onnx")
    with pytest.raises(ModelError, match=r"can't be run on CPU: .*x") as caught:
        opened(path, Layout({"x": (1, 5)}))
    assert "\n" not in str(caught.value)
    with pytest.raises(ModelError, match="has an input x that its format does not know"):
        opened(path, Layout({}))


def test_a_carried_state_of_another_shape_is_told(tmp_path: Path) -> None:
    path = counting(tmp_path / "m.onnx", 9)
    with pytest.raises(ModelError, match=r"output next of the model .* is \[1, 1\], wanted \[1\]"):
        opened(widened(path), Layout({"count": (1,)}, {"next": "count"}))


def test_a_carried_name_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no output z, got y"):
        opened(sound(tmp_path / "m.onnx"), Layout({"x": (2, 4)}, {"z": "x"}))
    with pytest.raises(ModelError, match="no input z, got x"):
        opened(sound(tmp_path / "m.onnx"), Layout({"x": (2, 4)}, {"y": "z"}))


def test_ten_gigabytes_at_the_input_are_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"claims 2500 million values for x"):
        opened(vast(tmp_path / "m.onnx", 2_500_000_000), Layout({"x": (2_500_000_000,)}))
    with pytest.raises(ModelError, match=r"2500 million values for x"):
        opened(sound(tmp_path / "n.onnx"), Layout({"x": (625_000_000, 4)}))


def test_a_closed_network_is_gone(tmp_path: Path) -> None:
    network = opened(sound(tmp_path / "m.onnx"), Layout({"x": (1, 4)}))
    session, binding = weakref.ref(network._session), weakref.ref(network._binding)
    network.close()
    network.close()
    assert session() is None
    assert binding() is None


def test_a_network_that_can_not_be_opened_leaves_no_session(tmp_path: Path) -> None:
    before = sessions()
    with pytest.raises(ModelError) as caught:
        opened(sound(tmp_path / "m.onnx"), Layout({"x": (1, 5)}))
    # The error still holds the frames that it came through.
    assert caught.tb is not None
    assert sessions() <= before


@pytest.mark.parametrize(("provider", "label"), [(CPU, "CPU"), (CUDA, "CUDA"), (TENSORRT, "TensorRT"), ("X", "X")])
def test_places_have_names_for_people(provider: str, label: str) -> None:
    assert Place(provider).label == label
