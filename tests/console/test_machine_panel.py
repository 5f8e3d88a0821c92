"""What a session costs its computer, in any room."""

from dataclasses import replace

import pytest

from console.desk import Phase
from console.view import MachineView, View
from console.widgets.machine_load import machine_lines
from console.widgets.panel import Role, line_width
from pipeline.telemetry import NetworkReading
from tests.console.fake_machine import FakeGpu, FakeMachine, FakeProcess, FakeSystem
from tests.console.fake_session import FakeSession
from tests.console.views import role_of, words

NONE_TOLD = FakeGpu("A part of one", None, None, None, None, None)
NO_GPU = "no GPU: there is no NVIDIA driver on this computer"


def viewed(*gpus: FakeGpu, **changes: object) -> View:
    """A running session on a computer with these graphics processors."""
    session = FakeSession()
    machine = MachineView(gpus, "" if gpus else NO_GPU, FakeProcess(), FakeSystem())
    return View(Phase.RUNNING, session.profile, readings=session.readings(), machine=replace(machine, **changes))


def test_a_view_holds_all_that_the_machine_tells() -> None:
    view = MachineView.of(FakeMachine((FakeGpu(), NONE_TOLD)))
    assert (view.gpus, view.gpu) == ((FakeGpu(), NONE_TOLD), FakeGpu())
    assert (view.process, view.system) == (FakeProcess(), FakeSystem())
    assert MachineView.of(FakeMachine()).gpu is None


def test_a_computer_without_gpu_says_so_in_words() -> None:
    text = words(machine_lines(viewed(), 52))
    assert NO_GPU in text
    assert "61 %" in text and "372 MB" in text and "3 on CPU" in text


def test_a_gpu_tells_load_temperature_power_and_memory() -> None:
    rows = words(machine_lines(viewed(FakeGpu()), 50)).splitlines()
    assert rows[-2].split() == ["gpu", "42", "%", "61", "°C", "120", "W", "2.0", "of", "16.0", "GB"]
    assert rows[-1] == "Accelerator 9"


def test_each_of_several_has_its_number_and_its_name() -> None:
    rows = words(machine_lines(viewed(FakeGpu(), FakeGpu("Another", 7.0)), 50)).splitlines()
    assert [row.split()[0] for row in rows[-4:]] == ["gpu0", "Accelerator", "gpu1", "Another"]


def test_what_a_driver_does_not_tell_leaves_no_gap() -> None:
    rows = words(machine_lines(viewed(NONE_TOLD), 50)).splitlines()
    assert rows[-2].split() == ["gpu", "–"]
    rows = words(machine_lines(viewed(replace(NONE_TOLD, power_w=95.4)), 50)).splitlines()
    assert rows[-2].split() == ["gpu", "–", "95", "W"]


@pytest.mark.parametrize(("celsius", "role"), [(82.0, Role.TEXT), (83.0, Role.WARNING), (91.0, Role.ERROR)])
def test_heat_is_a_warning(celsius: float, role: Role) -> None:
    lines = machine_lines(viewed(FakeGpu(temperature_c=celsius)), 50)
    assert role_of(lines[-2], f"{celsius:.0f} °C") is role


def test_the_whole_computer_stands_beside_the_session() -> None:
    rows = words(machine_lines(viewed(), 46)).splitlines()
    (process,) = (row for row in rows if row.startswith("cpu"))
    (system,) = (row for row in rows if row.startswith("all"))
    assert process.split() == ["cpu", "61", "%", "of", "a", "core", "memory", "372", "MB"]
    assert system.split() == ["all", "37", "%", "of", "8", "cores", "memory", "6.0", "of", "16.0", "GB"]


def test_memory_that_is_nearly_gone_is_a_warning() -> None:
    lines = machine_lines(viewed(system=FakeSystem(memory_mb=15_000.0)), 46)
    (system,) = (line for line in lines if line[0][0] == "all")
    assert role_of(system, "14.6") is Role.WARNING


def test_every_network_is_named_where_there_is_room_for_all() -> None:
    many = viewed()
    assert many.readings is not None
    networks = (
        NetworkReading("face.onnx", "dfm.model", "ONNX CUDA fp16"),
        NetworkReading("detection", "detection", "ONNX CPU"),
        NetworkReading("other.onnx", "dfm.model", "ONNX CPU", in_use=False),
    )
    view = replace(many, readings=replace(many.readings, networks=networks))
    text = words(machine_lines(view, 40, 20))
    assert "face.onnx" in text and "ONNX CUDA fp16" in text and "1 more kept ready" in text
    assert "face.onnx" not in words(machine_lines(view, 40, 8))


@pytest.mark.parametrize("gpus", [(), (FakeGpu(),), (FakeGpu(), NONE_TOLD)])
@pytest.mark.parametrize("width", range(28, 61, 4))
def test_no_room_is_overfilled(width: int, gpus: tuple[FakeGpu, ...]) -> None:
    for height in (None, *range(16)):
        lines = machine_lines(viewed(*gpus), width, height)
        assert height is None or len(lines) <= height
        assert max(map(line_width, lines), default=0) <= width


@pytest.mark.parametrize("width", [28, 40, 60])
def test_one_row_has_the_figures_that_matter_most(width: int) -> None:
    (line,) = machine_lines(viewed(FakeGpu()), width, 1)
    text = words([line])
    assert text.startswith("cpu 61 %  372 MB  gpu 42 %")
    assert ("120 W" in text) is (width >= 60)
    assert words(machine_lines(viewed(), width, 1)) == "cpu 61 %  372 MB  no GPU"


@pytest.mark.parametrize("height", [4, 6, 7])
def test_figures_stay_longest(height: int) -> None:
    text = words(machine_lines(viewed(FakeGpu()), 40, height))
    assert "61 %" in text
    assert ("42 %" in text) is (height >= 5)
