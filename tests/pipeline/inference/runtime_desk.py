"""A runtime on an accelerator that is not there, at hand for tests."""

import threading

from pipeline.inference.onnx.network import Layout
from pipeline.inference.onnx.place import CPU
from pipeline.inference.onnx.runtime import Demand, Network, Preference, Runtime
from pipeline.telemetry import Event
from tests.models.broken import SIZE
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


def run(network: Network, values: object) -> list[float]:
    network.inputs["x"][...] = values
    network.run()
    return [float(value) for value in network.outputs["y"].ravel()]


def moved(network: Network) -> None:
    """Waits until what was opened in another way is there."""
    assert network._moving is not None
    network._moving.exception()
