"""A sink behind a queue: order, copies, what is dropped and what never is, errors, and an end in time."""

import threading

import pytest

from pipeline.errors import DeviceError
from pipeline.video.devices.threaded_sink import ThreadedSink
from tests.fakes import FakeSink, make_picture


def numbers(sink: FakeSink) -> list[int]:
    return [int(picture.planes[0, 0]) - 16 for picture in sink.pictures]


def test_a_slow_sink_gets_every_picture_in_order_when_lossless() -> None:
    inner = FakeSink()
    with ThreadedSink(inner, capacity=2, lossless=True) as sink:
        for index in range(50):
            sink.write(make_picture(index))
    assert numbers(inner) == list(range(50))
    assert sink.dropped == 0
    assert inner.closed


def test_a_full_queue_drops_the_new_picture_and_counts_it() -> None:
    inner = FakeSink()
    inner.gate.clear()
    sink = ThreadedSink(inner, capacity=3)
    for index in range(20):
        sink.write(make_picture(index))
    inner.gate.set()
    sink.close()
    assert numbers(inner) == sorted(numbers(inner))
    assert numbers(inner)[:3] == [0, 1, 2]
    assert len(inner.pictures) + sink.dropped == 20
    assert len(inner.pictures) <= 4


def test_while_it_is_finished_every_picture_is_waited_for() -> None:
    inner = FakeSink()
    with ThreadedSink(inner, capacity=2) as sink:
        sink.finish()
        for index in range(50):
            sink.write(make_picture(index))
    assert numbers(inner) == list(range(50))
    assert sink.dropped == 0


def test_finishing_waits_once_for_a_sink_that_hangs() -> None:
    inner = FakeSink()
    inner.gate.clear()
    sink = ThreadedSink(inner, capacity=1, drain_timeout_s=0.05)
    sink.finish()
    for index in range(50):
        sink.write(make_picture(index))
    assert sink.dropped >= 48
    inner.gate.set()
    sink.close()


def test_the_writers_buffer_may_be_used_again_at_once() -> None:
    inner = FakeSink()
    inner.gate.clear()
    picture = make_picture(7)
    with ThreadedSink(inner) as sink:
        sink.write(picture)
        picture.planes[:] = 0
        inner.gate.set()
    assert numbers(inner) == [7]


@pytest.mark.parametrize("lossless", [False, True])
def test_an_error_comes_out_of_a_later_write_and_not_again_out_of_close(lossless: bool) -> None:
    sink = ThreadedSink(FakeSink(fails_at=2), capacity=2, lossless=lossless)
    with pytest.raises(DeviceError, match="took no more"):
        for index in range(1_000_000):
            sink.write(make_picture(index))
    with pytest.raises(DeviceError, match="took no more"):
        sink.write(make_picture())
    sink.close()


def test_an_error_nobody_was_told_comes_out_of_close_once() -> None:
    inner = FakeSink(fails_to_close=True)
    sink = ThreadedSink(inner)
    sink.write(make_picture())
    with pytest.raises(DeviceError, match="could not be closed"):
        sink.close()
    sink.close()
    assert inner.close_count == 1


def test_a_sink_that_hangs_is_given_up_in_time() -> None:
    inner = FakeSink()
    inner.gate.clear()
    sink = ThreadedSink(inner, drain_timeout_s=0.05)
    sink.write(make_picture())
    with pytest.raises(DeviceError, match=r"not finished in 0\.05 s"):
        sink.close()
    inner.gate.set()


def test_closing_frees_a_writer_that_waits_for_room() -> None:
    inner = FakeSink()
    inner.gate.clear()
    sink = ThreadedSink(inner, capacity=1, lossless=True, drain_timeout_s=0.05)
    refused = threading.Event()
    for index in range(2):
        sink.write(make_picture(index))

    def write() -> None:
        with pytest.raises(DeviceError, match="closed"):
            sink.write(make_picture(2))
        refused.set()

    writer = threading.Thread(target=write)
    writer.start()
    with pytest.raises(DeviceError):
        sink.close()
    assert refused.wait(2.0)
    inner.gate.set()
    writer.join()


def test_closing_twice_and_from_several_threads_is_the_same_as_once() -> None:
    inner = FakeSink()
    sink = ThreadedSink(inner)
    closers = [threading.Thread(target=sink.close) for _ in range(4)]
    for closer in closers:
        closer.start()
    for closer in closers:
        closer.join()
    sink.close()
    assert inner.close_count == 1


def test_it_is_what_the_inner_sink_is() -> None:
    with ThreadedSink(FakeSink(steady=True)) as sink:
        assert (sink.name, sink.steady, sink.description) == ("fake sink", True, "fake sink · 64×64")
