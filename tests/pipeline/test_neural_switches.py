"""Switches among profiles whose networks differ: no frame lost, and no session of ONNX Runtime outlives its chain."""

import gc
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.fakes import FakeSource
from tests.footage import DEMO, clip
from tests.neural_cast import PARTS, cast, watched
from tests.rigging import SOON_S, WatchedSink
from tests.studio import LONG_S, Studio

EACH = 6
KEPT = 2
"""Far fewer than a session keeps, so that chains are let go of all the time."""


def waiting(gates: dict[int, threading.Event]) -> Callable[[int], None]:
    """What a sink does with each picture: at some of them it waits."""

    def wait(number: int) -> None:
        if number in gates:
            gates[number].wait(SOON_S)

    return wait


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    """A maker of sessions."""
    studio = Studio(monkeypatch)
    yield studio
    studio.close()


def test_switches_lose_nothing_and_free_everything(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = SimpleNamespace(user_cache_path=lambda _: tmp_path / "cache")
    monkeypatch.setattr("pipeline.video.neural.identity.platformdirs", own)
    monkeypatch.setattr("pipeline.loader.READY_LIMIT", KEPT)
    watching, watch = watched()
    monkeypatch.setattr("pipeline.inference.onnx.runtime.OnnxNetwork", watching)
    people, parts = cast(tmp_path, PARTS[:9]), {part.name: part for part in PARTS}
    gates = {EACH * (at + 1) - 1: threading.Event() for at in range(len(people) - 1)}
    studio.sink = WatchedSink(on_picture=waiting(gates))
    frames = clip(DEMO)[: EACH * len(people)]
    session = studio.session(FakeSource(frames, size=frames[0].size), people[0])
    session.start()
    for profile, gate in zip(people[1:], gates.values(), strict=True):
        session.prepare(profile)
        while profile.name not in session.readings().ready:
            assert not session.wait(0.005)
        session.switch(profile)
        gate.set()
        while session.readings().profile != profile.name:
            assert not session.wait(0.005)
    assert session.wait(LONG_S)
    alive, opened = len(watch.alive), watch.opened
    session.stop(SOON_S)
    assert [picture.media_ns for picture in studio.sink.pictures] == [frame.media_ns for frame in frames]
    assert not any(picture.by_policy for picture in studio.sink.pictures)
    assert [each.dropped for each in session.readings().switches] == [0] * (len(people) - 1)
    assert 0 < alive < opened
    # Without sound no voice is opened.
    worn = [parts[profile.name] for profile in people]
    assert opened >= sum(part.networks - 3 * part.rvc for part in worn)
    gc.collect()
    assert not watch.alive
