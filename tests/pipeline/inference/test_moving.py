"""What happens when a device fails: another way is opened meanwhile, the lane goes on, and it is said."""

import gc
import weakref
from pathlib import Path

import pytest

from pipeline.errors import ModelError, StageError
from pipeline.inference.onnx.live_network import QUIET_RUNS
from pipeline.inference.onnx.model_file import ModelFile, read_model
from pipeline.inference.onnx.network import Layout
from pipeline.inference.onnx.runtime import Demand, Preference
from pipeline.telemetry import Level
from tests.models.broken import counting, halved, rooting, split
from tests.models.graphs import HALF
from tests.pipeline.inference.fake_device import FakeDevice
from tests.pipeline.inference.runtime_desk import DEMAND, ENOUGH_MS, FLAT, NO_GPU, Desk, moved, run


def test_a_run_that_fails_moves_to_the_cpu_and_goes_on(device: FakeDevice, file: ModelFile) -> None:
    desk = Desk(device)
    network = desk.runtime.open(file, DEMAND)
    device.broken = RuntimeError("CUDA failure 2: out of memory\nand more")
    with pytest.raises(StageError, match="failed on CUDA: CUDA failure 2: out of memory"):
        run(network, 1)
    moved(network)
    assert run(network, 1) == [2, 3, 4, 5], "what was written for the run that came to it counts"
    assert network.label == "ONNX CPU"
    assert desk.told() == [
        "The model m.onnx failed on CUDA: CUDA failure 2: out of memory. It is being opened in another way.",
        "The model m.onnx failed on CUDA; it goes on on the CPU.",
    ]
    assert desk.runtime.providers == {"m.onnx": "ONNX CPU"}
    desk.runtime.close()


def test_what_is_carried_moves_along(device: FakeDevice, tmp_path: Path) -> None:
    desk = Desk(device)
    demand = Demand(Layout({"count": (1,)}, {"next": "count"}), ENOUGH_MS)
    network = desk.runtime.open(read_model(counting(tmp_path / "c.onnx", 99)), demand)
    for _ in range(5):
        network.run()
    device.broken = RuntimeError("lost")
    with pytest.raises(StageError):
        network.run()
    moved(network)
    network.run()
    assert network.outputs["y"].tolist() == [5]
    desk.runtime.close()


def test_a_model_too_slow_for_the_cpu_stays_away_and_says_so_once(device: FakeDevice, file: ModelFile) -> None:
    desk = Desk(device, slow=True)
    network = desk.runtime.open(file, Demand(DEMAND.layout, 33.0))
    device.broken = RuntimeError("lost")
    for number in range(4):
        with pytest.raises(StageError):
            run(network, 1)
        if number == 0:
            moved(network)
    assert [event.level for event in desk.events] == [Level.WARNING, Level.ERROR]
    assert "can't move to the CPU: one run takes 40 ms there, wanted at most 33" in desk.told()[1]
    network.close()
    assert desk.runtime.providers == {}
    desk.runtime.close()


def test_a_full_gpu_leaves_the_model_to_the_cpu_if_that_keeps_up(device: FakeDevice, file: ModelFile) -> None:
    device.full = RuntimeError("Failed to allocate memory for requested buffer of size 1073741824")
    desk = Desk(device)
    assert desk.runtime.open(file, DEMAND).label == "ONNX CPU"
    assert len(desk.events) == 1
    assert "can't be run on CUDA: Failed to allocate" in desk.told()[0]
    assert desk.told()[0].endswith("It runs on the CPU instead.")
    desk.runtime.close()
    slow = Desk(device, slow=True)
    with pytest.raises(ModelError, match="Failed to allocate .* can't move to the CPU"):
        slow.runtime.open(file, Demand(DEMAND.layout, 33.0))
    slow.runtime.close()


def test_a_gpu_that_was_asked_for_is_never_left_without_a_word(device: FakeDevice, file: ModelFile) -> None:
    device.full = RuntimeError("out of memory")
    with pytest.raises(ModelError, match="can't be run on CUDA: out of memory"):
        Desk(device, Preference.CUDA).runtime.open(file, DEMAND)


def test_half_precision_out_of_range_when_opened_runs_in_full_on_the_same_device(
    device: FakeDevice, tmp_path: Path
) -> None:
    device.half_fails = True
    desk = Desk(device)
    network = desk.runtime.open(read_model(halved(tmp_path / "h.onnx")), FLAT)
    assert network.label == "ONNX CUDA"
    assert len(device.opened) == 2
    assert run(network, [1000, 0, 0, 0]) == [2000, 1, 2, 3]
    [text] = desk.told()
    assert "no numbers on CUDA" in text
    assert "in full precision instead" in text
    desk.runtime.close()


def test_half_precision_out_of_range_on_air_goes_on_in_full(device: FakeDevice, tmp_path: Path) -> None:
    desk = Desk(device)
    network = desk.runtime.open(read_model(halved(tmp_path / "h.onnx")), FLAT)
    assert network.label == "ONNX CUDA fp16"
    assert run(network, 1) == [2, 3, 4, 5]
    device.half_fails = True
    with pytest.raises(StageError, match="no numbers on CUDA"):
        run(network, 1)
    moved(network)
    assert run(network, 1) == [2, 3, 4, 5]
    assert network.label == "ONNX CUDA"
    assert desk.told()[1:] == ["The model h.onnx failed on CUDA; it goes on in full precision."]
    device.broken = RuntimeError("lost")
    with pytest.raises(StageError):
        run(network, 1)
    moved(network)
    assert run(network, 1) == [2, 3, 4, 5], "the file of full precision is gone, that which was brought in is not"
    assert network.label == "ONNX CPU"
    desk.runtime.close()


def test_half_precision_that_can_not_be_written_anew_is_left_to_the_cpu_unless_the_gpu_was_asked_for(
    device: FakeDevice, tmp_path: Path
) -> None:
    device.half_fails = True
    file = read_model(split(tmp_path / "s.onnx", HALF))
    with pytest.raises(ModelError, match="can't be put into full precision: its weights .* stand in another file"):
        Desk(device, Preference.CUDA).runtime.open(file, DEMAND)
    desk = Desk(device)
    assert desk.runtime.open(file, DEMAND).label == "ONNX CPU"
    assert [text.endswith("It runs on the CPU instead.") for text in desk.told()] == [True]
    desk.runtime.close()


def test_half_precision_that_can_not_be_written_anew_moves_to_the_cpu_on_air(
    device: FakeDevice, tmp_path: Path
) -> None:
    desk = Desk(device)
    network = desk.runtime.open(read_model(split(tmp_path / "s.onnx", HALF)), DEMAND)
    device.half_fails = True
    with pytest.raises(StageError):
        run(network, 1)
    moved(network)
    assert run(network, 1) == [2, 3, 4, 5]
    assert network.label == "ONNX CPU"
    assert desk.told()[1].endswith("It is being moved to the CPU.")
    desk.runtime.close()


def test_no_numbers_from_full_precision_move_to_the_cpu(device: FakeDevice, tmp_path: Path) -> None:
    desk = Desk(device)
    network = desk.runtime.open(read_model(rooting(tmp_path / "r.onnx")), FLAT)
    with pytest.raises(StageError, match="no numbers on CUDA"):
        run(network, -1)
    moved(network)
    assert run(network, 4) == [2, 2, 2, 2]
    assert network.label == "ONNX CPU"
    desk.runtime.close()


def test_on_the_cpu_half_precision_is_calculated_in_full(tmp_path: Path) -> None:
    """Why the CPU is a way out at all: ONNX Runtime puts casts around what it has no half-precision kernel for."""
    runtime = Desk(FakeDevice(problems=NO_GPU)).runtime
    network = runtime.open(read_model(halved(tmp_path / "h.onnx")), FLAT)
    assert network.label == "ONNX CPU"
    assert run(network, [1000, 0, 0, 0]) == [2000, 1, 2, 3]
    runtime.close()


def test_closing_frees_what_is_open_and_what_is_still_to_come(device: FakeDevice, file: ModelFile) -> None:
    desk = Desk(device)
    kept, failing = desk.runtime.open(file, DEMAND), desk.runtime.open(file, DEMAND)
    device.broken = RuntimeError("lost")
    with pytest.raises(StageError):
        run(failing, 1)
    coming = failing._moving
    assert coming is not None
    references = [weakref.ref(network._inner._session) for network in (kept, failing)]
    references.append(weakref.ref(coming.result()._session))
    desk.runtime.close()
    gc.collect()
    assert [reference() for reference in references] == [None] * 3
    assert desk.runtime.providers == {}


def test_why_a_network_fails_is_told_once_until_it_has_worked_for_a_while(device: FakeDevice, tmp_path: Path) -> None:
    desk = Desk(device, Preference.CPU)
    network = desk.runtime.open(read_model(rooting(tmp_path / "r.onnx")), FLAT)
    for value in (-1, 1, -1, -1):
        if value < 0:
            with pytest.raises(StageError):
                run(network, value)
        else:
            run(network, value)
    assert desk.told() == ["The model r.onnx put out values that are no numbers on CPU."]
    assert desk.events[0].level is Level.ERROR
    for _ in range(QUIET_RUNS + 1):
        run(network, 1)
    with pytest.raises(StageError):
        run(network, -1)
    assert len(desk.told()) == 2
    desk.runtime.close()
