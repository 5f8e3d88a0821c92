"""What is only being made ready is cut short when the session ends; what is on air goes on."""

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.errors import HaltError, StageError
from pipeline.inference.onnx.halt import Halt
from pipeline.inference.onnx.model_file import read_model
from pipeline.inference.onnx.runtime import Preference, Runtime
from tests.models.broken import tiring
from tests.pipeline.inference.runtime_desk import DEMAND, run

SHORT_S = 4.0
"""What is cut short takes several times as long otherwise."""
BEFORE, AFTER = 0.5, 1.0
"""The numbers from which on a run takes long: those that a network is warmed up with are below the second."""


def halted(halt: Halt, work: Callable[[], object]) -> BaseException | None:
    """What work on another thread ends with when the end comes in the middle of it."""
    raised: list[BaseException] = []

    def do() -> None:
        try:
            work()
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=do)
    thread.start()
    thread.join(0.3)
    assert thread.is_alive(), "it was too quick to be cut short"
    halt.set()
    thread.join(SHORT_S)
    ended = not thread.is_alive()
    thread.join()
    assert ended, "it went on"
    return raised[0] if raised else None


def test_opening_is_cut_short_and_leaves_nothing_open(tmp_path: Path) -> None:
    file = read_model(tiring(tmp_path / "m.onnx", BEFORE))
    with closing(Runtime(Preference.CPU)) as runtime:
        assert isinstance(halted(runtime.halt, lambda: runtime.open(file, DEMAND)), HaltError)
        assert runtime.providers == {}
        with pytest.raises(HaltError, match="stopped before it was ready"):
            runtime.open(file, DEMAND)


def test_a_trial_is_cut_short_and_what_is_on_air_is_not(tmp_path: Path) -> None:
    file = read_model(tiring(tmp_path / "m.onnx", AFTER))
    with closing(Runtime(Preference.CPU)) as runtime, closing(runtime.apart()) as apart:
        network, tried = runtime.open(file, DEMAND), apart.open(file, DEMAND)
        assert list(runtime.providers) == ["m.onnx"]

        def trial() -> None:
            with apart.halt.cutting(apart.cut):
                run(tried, 2)

        assert isinstance(halted(runtime.halt, trial), HaltError)
        assert run(network, 1) == [2, 3, 4, 5]


def test_an_error_of_its_own_stays_what_it_is_before_the_end() -> None:
    halt, cuts = Halt(), []
    with pytest.raises(StageError, match="torn"), halt.cutting(lambda: cuts.append(1)):
        raise StageError("It is torn.")
    halt.set()
    assert halt.come and not cuts
