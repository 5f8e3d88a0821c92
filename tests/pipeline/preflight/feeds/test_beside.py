"""What is heard beside the microphone: from which sources, aligned with it, and given back whole."""

import sys
import threading
from collections.abc import Iterator
from typing import Self

import numpy as np
import pytest

from pipeline.audio.devices.pulse.server import PulseDevice
from pipeline.audio.stream import RATE_HZ
from pipeline.clock import Clock, MonotonicClock
from pipeline.errors import DeviceError, LaneError
from pipeline.media import Block
from pipeline.preflight.feeds import beside as besides
from pipeline.preflight.feeds.beside import Beside
from tests.rigging import SOON_S

LENGTH = RATE_HZ // 100
MONITOR = PulseDevice("usual.monitor", "Monitor of the usual", monitor=True)
OTHERS = [PulseDevice(name, name.title()) for name in ("first", "second", "third")]
MOST_S = 2.0


class Server:
    """Sources that give a rising count, each sample's place in time, and that end when they are let go."""

    def __init__(self) -> None:
        self.begin_ns: dict[str, int] = {}
        self.hung, self.broken, self.released = set[str](), set[str](), threading.Event()
        self.closed: list[str] = []
        self.enough = threading.Semaphore(0)

    def open(self, device: PulseDevice, clock: Clock) -> "Source":
        """One of its sources."""
        return Source(self, device.name)


class Source:
    """Half a second of sound, and then none."""

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.name, self.blocks = server, name, 0

    def read(self) -> Block | None:
        """The next block, the place of whose samples in time is what they hold."""
        if self.blocks == 50:
            self.blocks += 1
            self.server.enough.release()
        if self.blocks > 50:
            self.server.released.wait(SOON_S if self.name in self.server.hung else 0.01)
            return None
        begin_ns = self.server.begin_ns.get(self.name, 0) + self.blocks * LENGTH * 1_000_000_000 // RATE_HZ
        self.blocks += 1
        places = np.arange(LENGTH, dtype=np.float32) + round(begin_ns * RATE_HZ / 1e9)
        return Block((places / RATE_HZ)[:, np.newaxis], RATE_HZ, begin_ns)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.closed.append(self.name)
        if self.name in self.server.broken:
            raise DeviceError("The source is gone.")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A sound server of this process alone."""
    served = Server()
    monkeypatch.setattr("pipeline.audio.devices.pulse.input.PulseInput", served.open)
    monkeypatch.setattr(besides, "_other_sources", lambda chosen: (OTHERS, MONITOR))
    yield served
    served.released.set()


def listeners() -> list[str]:
    """Threads that listen."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("preflight ")]


def test_everyone_who_listens_is_waited_for_and_every_source_is_closed(server: Server) -> None:
    listening = Beside("chosen", MonotonicClock(), MOST_S)
    server.broken.add("second")
    with pytest.raises(DeviceError, match="gone"), listening:
        for _ in range(4):
            assert server.enough.acquire(timeout=SOON_S)
        assert len(listeners()) == 4
        assert [title for title, _ in listening.levels_dbfs] == ["First", "Second", "Third"]
    assert sorted(server.closed) == ["first", "second", "third", "usual.monitor"]
    assert listeners() == []


def test_one_who_does_not_end_keeps_nobody_else_from_ending(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(besides, "JOIN_S", 0.2)
    server.hung.add("first")
    with pytest.raises(LaneError, match="first"), Beside("chosen", MonotonicClock(), MOST_S):
        for _ in range(4):
            assert server.enough.acquire(timeout=SOON_S)
    assert listeners() == ["preflight first"]
    server.released.set()
    for thread in threading.enumerate():
        if thread.name == "preflight first":
            thread.join(SOON_S)


@pytest.mark.parametrize("late_ms", [-120, -7, 0, 7, 120])
def test_what_was_played_begins_where_the_microphone_did(server: Server, late_ms: int) -> None:
    begun_ns = 3_000_000_000
    server.begin_ns["usual.monitor"] = begun_ns + late_ms * 1_000_000
    listening = Beside("chosen", MonotonicClock(), MOST_S)
    with listening:
        for _ in range(4):
            assert server.enough.acquire(timeout=SOON_S)
    played = listening.played_from(begun_ns)
    assert played is not None
    silent = max(late_ms, 0) * RATE_HZ // 1000
    assert not played[:silent].any()
    places = np.rint(played[silent:] * RATE_HZ) - 3 * RATE_HZ
    assert np.abs(places - np.arange(silent, len(played))).max() <= 1
    assert len(played) == RATE_HZ // 2 + late_ms * RATE_HZ // 1000
    as_it_came = listening.played_from(None)
    assert as_it_came is not None
    assert len(as_it_came) == RATE_HZ // 2


def test_what_was_played_before_the_microphone_began_is_no_part_of_it(server: Server) -> None:
    server.begin_ns["usual.monitor"] = 1_000_000_000
    listening = Beside("chosen", MonotonicClock(), MOST_S)
    with listening:
        for _ in range(4):
            assert server.enough.acquire(timeout=SOON_S)
    assert listening.played_from(5_000_000_000) is None


def test_neither_a_headset_nor_the_chosen_one_nor_what_is_played_is_another_microphone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sources = [
        *OTHERS,
        MONITOR,
        PulseDevice("bluez_input.AA_BB.0", "Headset"),
        PulseDevice("understudy_microphone", ""),
    ]
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(besides, "pulse_devices", lambda kind: sources)
    monkeypatch.setattr(besides, "pactl", lambda asked: "third" if asked == "get-default-source" else "usual")
    others, monitor = besides._other_sources("auto")
    assert [source.name for source in others] == ["first", "second"]
    assert monitor == MONITOR
    others, _ = besides._other_sources("First")
    assert [source.name for source in others] == ["second", "third"]
