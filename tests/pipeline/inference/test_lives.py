"""Networks that end while they run, move or are opened: nothing comes back to life, and nothing is left."""

import gc
import random
import threading
from contextlib import suppress

import pytest

from pipeline.errors import HaltError, StageError
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.runtime import Network
from tests.pipeline.inference.fake_device import FakeDevice
from tests.pipeline.inference.runtime_desk import DEMAND, Desk, run

LOST = RuntimeError("lost")


def failing(desk: Desk, file: ModelFile) -> Network:
    """A network whose device has failed, so that it is being opened on the CPU."""
    network = desk.runtime.open(file, DEMAND)
    desk.device.broken = LOST
    with pytest.raises(StageError, match="lost"):
        run(network, 1)
    return network


def left(device: FakeDevice) -> int:
    """How many sessions somebody still holds."""
    gc.collect()
    return len(device.sessions)


def test_a_run_after_the_end_says_so_and_opens_nothing(device: FakeDevice, file: ModelFile) -> None:
    desk = Desk(device)
    network = desk.runtime.open(file, DEMAND)
    network.close()
    with pytest.raises(StageError, match=r"The model m\.onnx is closed\."):
        network.run()
    network.reset()
    assert (left(device), desk.told(), desk.runtime.providers) == (0, [], {})
    desk.runtime.close()
    assert left(device) == 0


def test_what_is_opened_in_the_place_of_a_closed_network_is_freed_when_it_is_there(
    device: FakeDevice, file: ModelFile
) -> None:
    desk = Desk(device)
    device.let.clear()
    network = failing(desk, file)
    network.close()
    assert desk.runtime.providers == {}, "closing does not wait for it"
    with pytest.raises(StageError, match="is closed"):
        network.run()
    device.let.set()
    desk.runtime.close()
    assert left(device) == 0
    assert len(desk.told()) == 1, "of what came too late nothing is told"


def test_a_session_that_ends_does_not_wait_for_what_has_not_begun(device: FakeDevice, file: ModelFile) -> None:
    desk = Desk(device)
    device.let.clear()
    first = failing(desk, file)
    device.broken = None
    second = failing(desk, file)
    ending = threading.Thread(target=desk.runtime.close)
    ending.start()
    device.let.set()
    ending.join()
    for network in (first, second):
        with pytest.raises(StageError, match="is closed"):
            network.run()
    assert left(device) == 0


def test_nothing_is_opened_or_moved_when_all_is_closed(device: FakeDevice, file: ModelFile) -> None:
    desk = Desk(device)
    network = desk.runtime.open(file, DEMAND)
    desk.runtime.close()
    assert desk.runtime.move(network._inner, file, DEMAND).cancelled()
    with pytest.raises(HaltError):
        desk.runtime.open(file, DEMAND)
    assert (left(device), desk.runtime.providers) == (0, {})


def test_a_network_that_is_kept_warm_while_it_moves_goes_on_when_it_is_taken_again(
    device: FakeDevice, file: ModelFile
) -> None:
    desk = Desk(device)
    device.let.clear()
    network = failing(desk, file)
    network.reset()
    device.let.set()
    assert network._moving is not None
    network._moving.exception()
    assert run(network, 1) == [2, 3, 4, 5]
    assert left(device) == 1
    desk.runtime.close()
    assert left(device) == 0


@pytest.mark.parametrize("seed", range(12))
def test_whenever_it_ends_nothing_is_left(seed: int, device: FakeDevice, file: ModelFile) -> None:
    chance = random.Random(seed)
    desk = Desk(device)
    network = desk.runtime.open(file, DEMAND)
    before, ended = chance.randrange(8), threading.Event()
    runs = threading.Semaphore(0)

    def work() -> None:
        for count in range(2_000):
            if count == chance.randrange(8):
                device.broken = LOST
            with suppress(StageError):
                network.run()
            runs.release()
            if ended.is_set():
                break

    worker = threading.Thread(target=work)
    worker.start()
    for _ in range(before):
        runs.acquire()
    (network if chance.random() < 0.5 else desk.runtime).close()
    ended.set()
    worker.join()
    desk.runtime.close()
    assert left(device) == 0
    assert all("is closed" not in text and "NoneType" not in text for text in desk.told())
