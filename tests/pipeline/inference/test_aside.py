"""Native code beside the lanes: it is done on a thread that gives way, for those threads alone that asked for it."""

import os
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.inference.apart.aside import Aside
from pipeline.inference.onnx.model_file import read_model
from pipeline.inference.onnx.network import Layout, Manner, OnnxNetwork
from pipeline.inference.onnx.place import CPU, Place
from pipeline.inference.providers import onnx_runtime
from tests.models.broken import sound

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has threads that take what is left")


@pytest.fixture
def aside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aside]:
    monkeypatch.setattr("pipeline.machine.os.cpu_count", lambda: 2)
    with closing(Aside()) as aside:
        yield aside


def entered(aside: Aside) -> ThreadPoolExecutor:
    """A thread that opens networks beside the lanes."""
    return ThreadPoolExecutor(1, "opening", aside.enter)


def policy() -> int:
    """How the system treats the calling thread."""
    return os.sched_getscheduler(threading.get_native_id())


class Watched:
    """ONNX Runtime, and how the threads were treated that its sessions were made and run on."""

    def __init__(self) -> None:
        library, self.policies = onnx_runtime(), list[int]()
        policies = self.policies

        class Session(library.InferenceSession):  # type: ignore[misc]
            def __init__(self, *given: Any) -> None:
                policies.append(policy())
                super().__init__(*given)

            def run(self, *given: Any) -> Any:
                policies.append(policy())
                return super().run(*given)

            def run_with_iobinding(self, *given: Any) -> None:
                policies.append(policy())
                super().run_with_iobinding(*given)

        kept = ("SessionOptions", "RunOptions", "OrtValue")
        self.library: Any = SimpleNamespace(InferenceSession=Session, **{name: getattr(library, name) for name in kept})


def test_a_network_computes_aside_while_it_is_opened_and_in_the_lane_afterwards(aside: Aside, tmp_path: Path) -> None:
    watched, file = Watched(), read_model(sound(tmp_path / "m.onnx"))

    def tried() -> OnnxNetwork:
        network = OnnxNetwork(watched.library, file, Layout({"x": (1, 4)}), Place(CPU), Manner(aside=aside))
        network.run()
        return network

    with entered(aside) as opening:
        network = opening.submit(tried).result()
    # Made, run to learn the outputs' shapes, rehearsed and tried.
    assert watched.policies == [os.SCHED_IDLE] * 4
    network.inputs["x"][...] = 1
    network.run()
    assert watched.policies[4:] == [policy()]
    assert network.outputs["y"].tolist() == [[2, 3, 4, 5]]


def test_python_itself_is_never_run_by_a_thread_that_takes_what_is_left(aside: Aside) -> None:
    with entered(aside) as opening:
        assert opening.submit(policy).result() == policy()


def test_errors_come_through(aside: Aside) -> None:
    def broken() -> None:
        raise ValueError("broken")

    with entered(aside) as opening, pytest.raises(ValueError, match="broken"):
        opening.submit(aside.call, broken).result()


def test_who_has_not_entered_waits_for_nobody(aside: Aside) -> None:
    here = threading.get_ident()
    going_on = threading.Event()
    with entered(aside) as opening:
        busy = opening.submit(aside.call, going_on.wait)
        assert aside.call(threading.get_ident) == here
        going_on.set()
        assert busy.result()


def test_with_many_cores_nothing_goes_aside(monkeypatch: pytest.MonkeyPatch, aside: Aside) -> None:
    monkeypatch.setattr("pipeline.machine.os.cpu_count", lambda: 4)
    with entered(aside) as opening:
        assert opening.submit(aside.call, policy).result() == policy()


def test_after_its_end_all_is_done_by_whoever_calls(aside: Aside) -> None:
    with entered(aside) as opening:
        assert opening.submit(aside.call, policy).result() == os.SCHED_IDLE
        aside.close()
        assert opening.submit(aside.call, policy).result() == policy()
    aside.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("understudy-aside")]
