"""Where networks run: what was asked for, what there is, and what happens when a device fails."""

import gc
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import ModelError, StageError
from pipeline.inference.onnx.model_file import ModelFile, read_model
from pipeline.inference.onnx.network import CPU, Layout
from pipeline.inference.onnx.runtime import Backing, Demand, Network, Preference, Runtime
from pipeline.telemetry import Event, Level
from tests.models.broken import SIZE, counting, halved, rooting, sound
from tests.models.graphs import HALF
from tests.pipeline.inference.fake_device import FakeDevice

NO_GPU = {"CUDAExecutionProvider": "its libraries don't load: libcublasLt.so.13: cannot open", CPU: ""}
ENOUGH_MS = 60_000.0
DEMAND = Demand(Layout({"x": (1, SIZE)}), ENOUGH_MS)
FLAT = Demand(Layout({"x": (SIZE,)}), ENOUGH_MS)


class SlowClock:
    """A clock on which everything takes 40 ms."""

    def __init__(self) -> None:
        self._now_ns = 0

    def now_ns(self) -> int:
        self._now_ns += 40_000_000
        return self._now_ns

    def wait_until(self, instant_ns: int, interrupt: threading.Event) -> bool:
        raise AssertionError("nothing here waits")


class Desk:
    """A runtime on an accelerator that is not there, and what it reports."""

    def __init__(self, device: FakeDevice, preference: Preference = Preference.AUTO, *, slow: bool = False) -> None:
        self.events: list[Event] = []
        self.device = device
        clock = SlowClock() if slow else None
        self.runtime = Runtime(preference, clock=clock, report=self.events.append, backing=device.backing)

    def told(self) -> list[str]:
        return [event.text for event in self.events]


@pytest.fixture
def device() -> FakeDevice:
    return FakeDevice()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def file(tmp_path: Path) -> ModelFile:
    return read_model(sound(tmp_path / "m.onnx"))


def run(network: Network, values: object) -> list[float]:
    network.inputs["x"][...] = values
    network.run()
    return [float(value) for value in network.outputs["y"].ravel()]


def moved(network: Network) -> None:
    """Waits until what was opened in another way is there."""
    assert network._moving is not None
    network._moving.exception()


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
    demand = Demand(DEMAND.layout, ENOUGH_MS, preference=Preference.CPU)
    assert runtime.open(file, demand).label == "ONNX CPU"
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


def test_a_run_that_fails_moves_to_the_cpu_and_goes_on(device: FakeDevice, file: ModelFile) -> None:
    desk = Desk(device)
    network = desk.runtime.open(file, DEMAND)
    device.broken = RuntimeError("CUDA failure 2: out of memory\nand more")
    with pytest.raises(StageError, match="failed on CUDA: CUDA failure 2: out of memory. It is being opened"):
        run(network, 1)
    moved(network)
    assert run(network, 1) == [2, 3, 4, 5], "what was written for the run that came to it counts"
    assert network.label == "ONNX CPU"
    assert desk.told() == ["The model m.onnx failed on CUDA; it goes on on the CPU."]
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
    for _ in range(4):
        with pytest.raises(StageError):
            run(network, 1)
        if not desk.events:
            moved(network)
    assert [event.level for event in desk.events] == [Level.ERROR]
    assert "can't move to the CPU: one run takes 40 ms there, wanted at most 33" in desk.told()[0]
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
    assert desk.told() == ["The model h.onnx failed on CUDA; it goes on in full precision."]
    device.broken = RuntimeError("lost")
    with pytest.raises(StageError):
        run(network, 1)
    moved(network)
    assert run(network, 1) == [2, 3, 4, 5], "the file of full precision is gone, that which was brought in is not"
    assert network.label == "ONNX CPU"
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
