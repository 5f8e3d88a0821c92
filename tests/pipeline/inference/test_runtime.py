"""Where networks run: what was asked for and what there is."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import ModelError
from pipeline.inference.onnx.model_file import ModelFile, read_model
from pipeline.inference.onnx.place import CPU
from pipeline.inference.onnx.runtime import Backing, Demand, Preference, Runtime
from tests.models.broken import SIZE, sound
from tests.models.graphs import HALF
from tests.pipeline.inference.fake_device import FakeDevice
from tests.pipeline.inference.runtime_desk import DEMAND, ENOUGH_MS, NO_GPU, Desk, run


def test_the_gpu_is_taken_where_it_works(device: FakeDevice, file: ModelFile) -> None:
    desk = Desk(device)
    network = desk.runtime.open(file, DEMAND)
    assert network.label == "ONNX CUDA"
    assert desk.runtime.providers == {"m.onnx": "ONNX CUDA"}
    assert run(network, 1) == [2, 3, 4, 5]
    assert run(network, 2) == [4, 5, 6, 7]
    assert desk.told() == []
    desk.runtime.close()


@pytest.mark.parametrize(
    ("preference", "problems", "label"),
    [
        (Preference.AUTO, NO_GPU, "ONNX CPU"),
        (Preference.AUTO, {}, "ONNX CPU"),
        (Preference.CPU, {"CUDAExecutionProvider": "", CPU: ""}, "ONNX CPU"),
        (Preference.CUDA, {"CUDAExecutionProvider": "", CPU: ""}, "ONNX CUDA"),
        (Preference.TENSORRT, {"TensorrtExecutionProvider": "", CPU: ""}, "ONNX TensorRT"),
    ],
)
def test_what_was_asked_for_is_what_it_gets(
    preference: Preference, problems: dict[str, str], label: str, file: ModelFile
) -> None:
    desk = Desk(FakeDevice(problems=problems), preference)
    desk.runtime.require()
    network = desk.runtime.open(file, DEMAND)
    assert network.label == label
    assert run(network, 1) == [2, 3, 4, 5]
    network.close()


@pytest.mark.parametrize(
    ("preference", "problems", "why"),
    [
        (Preference.CUDA, NO_GPU, r"can't run on CUDA: .*libcublasLt\.so\.13.*--device auto"),
        (Preference.TENSORRT, NO_GPU, "TensorRT: the installed ONNX Runtime was built without it"),
        (Preference.CUDA, {}, "CUDA: the installed ONNX Runtime was built without it"),
    ],
)
def test_what_can_not_be_had_is_an_error_that_names_what_is_missing(
    preference: Preference, problems: dict[str, str], why: str, file: ModelFile
) -> None:
    runtime = Desk(FakeDevice(problems=problems), preference).runtime
    with pytest.raises(ModelError, match=why):
        runtime.require()
    with pytest.raises(ModelError, match=why):
        runtime.open(file, DEMAND)


def test_one_network_may_run_elsewhere_than_the_rest(device: FakeDevice, file: ModelFile) -> None:
    runtime = Desk(device).runtime
    assert runtime.open(replace(file, preference=Preference.CPU), DEMAND).label == "ONNX CPU"
    runtime.close()


def test_the_computer_is_asked_once_and_only_if_need_be(file: ModelFile) -> None:
    device = FakeDevice(problems=NO_GPU)
    Desk(device, Preference.CPU).runtime.require()
    assert device.asked == 0
    runtime = Desk(device).runtime
    for _ in range(3):
        runtime.open(file, DEMAND)
    assert device.asked == 1
    runtime.close()


def test_a_computer_that_gave_no_answer_is_not_asked_again(file: ModelFile) -> None:
    device = FakeDevice(problems={})
    runtime = Desk(device).runtime
    for _ in range(3):
        assert runtime.open(file, DEMAND).label == "ONNX CPU"
    assert device.asked == 1
    runtime.close()


def test_what_runs_where_is_told_while_the_computer_is_asked(file: ModelFile) -> None:
    """The console looks ten times a second."""
    asked, answer = threading.Event(), threading.Event()

    def problems() -> dict[str, str]:
        asked.set()
        answer.wait()
        return NO_GPU

    runtime = Runtime(backing=Backing(problems=problems))
    opening = threading.Thread(target=runtime.open, args=(file, DEMAND))
    opening.start()
    asked.wait()
    assert runtime.providers == {}
    answer.set()
    opening.join()
    assert runtime.providers == {"m.onnx": "ONNX CPU"}
    runtime.close()


def test_two_files_of_one_name_are_told_apart(device: FakeDevice, tmp_path: Path) -> None:
    runtime = Desk(device).runtime
    for folder in ("face", "voice"):
        runtime.open(read_model(sound(tmp_path / folder / "m.onnx", HALF)), DEMAND)
    assert runtime.providers == {"m.onnx": "ONNX CUDA fp16", "voice/m.onnx": "ONNX CUDA fp16"}
    runtime.close()


def test_the_device_gets_what_was_written_and_gives_back_what_came_out(device: FakeDevice, file: ModelFile) -> None:
    network = Desk(device).runtime.open(file, DEMAND)
    given, got = network.inputs["x"], network.outputs["y"]
    for number in (3.0, 5.0):
        assert run(network, number) == [2 * number + step for step in range(SIZE)]
        assert network.inputs["x"] is given
        assert network.outputs["y"] is got
    np.testing.assert_array_equal(given, np.full((1, SIZE), 5.0))
    network.close()


def test_the_libraries_of_a_device_are_loaded_for_it_alone(device: FakeDevice, file: ModelFile) -> None:
    """Where pip puts them, no system's loader looks."""
    runtime = Desk(device).runtime
    runtime.open(replace(file, preference=Preference.CPU), DEMAND)
    assert device.loaded == 0
    runtime.open(file, DEMAND)
    assert device.loaded == 1
    runtime.close()


@pytest.mark.parametrize("records", [True, False])
def test_runs_are_recorded_where_that_is_wanted_and_can_be(records: bool, device: FakeDevice, file: ModelFile) -> None:
    device.records = records
    desk = Desk(device)
    network = desk.runtime.open(file, Demand(DEMAND.layout, ENOUGH_MS, graphs=True))
    assert network.label == "ONNX CUDA"
    assert network._inner.place.graphs is records
    assert run(network, 2) == [4, 5, 6, 7]
    assert desk.told() == []
    desk.runtime.close()


def test_what_always_works_is_not_looked_for(device: FakeDevice) -> None:
    """Sessions without a model of their own start without a look at the devices."""
    for preference in (Preference.AUTO, Preference.CPU):
        Desk(device, preference).runtime.require()
    assert device.asked == 0
