"""A session seen through the socket: the same values, a little later, and none of its own."""

import threading
from collections.abc import Callable

import numpy as np
import pytest

from console.desk import SOURCE_ENDED
from console.remote.far import session as remote
from console.remote.far.session import RemoteSession
from console.remote.values import Sight, packed
from pipeline.errors import LinkError, UnderstudyError
from pipeline.telemetry import Event, Level, Shown, State
from profiles.profile import Profile
from tests.console.fake_session import ADA, BEN, CLEO
from tests.console.remote.conftest import Lend, Lent

PATIENCE_S = 5.0


def until(true: Callable[[], bool]) -> None:
    """Waits for something that other threads bring about."""
    pause = threading.Event()
    for _ in range(int(PATIENCE_S / 0.01)):
        if true():
            return
        pause.wait(0.01)
    pytest.fail("it did not come about")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks more often than screens do."""
    for name, seconds in (("LOOK_S", 0.01), ("GLANCE_S", 0.01), ("GONE_S", 0.05)):
        monkeypatch.setattr(remote, name, seconds)


def nobody(event: Event) -> None:
    """Hears nothing."""


def test_what_is_seen_is_what_there_is(lend: Lend) -> None:
    lent = lend()
    far = RemoteSession(lent.place, nobody)
    assert far.readings() == lent.session.readings()
    assert far.profile == lent.session.profile
    assert far.monitoring is lent.session.monitoring


def test_a_profile_keeps_those_of_its_cast_on_its_way() -> None:
    both = ADA.model_copy(update={"cast_profiles": (BEN, CLEO)})
    assert Profile.model_validate(packed(both)) == both
    assert Sight.model_validate_json(Sight(phase="running", profile=both).model_dump_json()).profile == both


def test_a_screen_that_only_watches_changes_nothing(lend: Lend) -> None:
    lent = lend()
    far = RemoteSession(lent.place, nobody)
    acts: tuple[Callable[[], object], ...] = (
        far.panic, far.rearm, lambda: far.mute(True), lambda: far.set_on_air(False), lambda: far.switch(BEN),
        lambda: far.adjust(BEN), lambda: far.prepare(BEN), lambda: far.monitor(True), lambda: far.talk_until(1),
        lambda: far.listen_to("x"), lambda: far.watch("x"), lambda: far.record(None),
    )  # fmt: skip
    for act in acts:
        with pytest.raises(UnderstudyError, match="only watches"):
            act()
    assert lent.session.calls == []


def test_a_screen_that_steers_sees_at_once_what_it_did(lend: Lend) -> None:
    lent = lend()
    far = RemoteSession(lent.place, nobody, steer=True)
    far.panic()
    assert far.readings().state is State.CARD
    far.rearm()
    assert far.readings().state is State.ON_AIR
    far.mute(True)
    assert far.readings().audio.muted
    far.switch(BEN)
    assert far.profile == BEN
    far.adjust(BEN.with_face(size=1.1))
    assert far.profile.face.size == 1.1
    far.mute(False)
    far.talk_until(7)
    assert lent.session.calls[-1] == "talk until 7"
    with pytest.raises(UnderstudyError, match="The microphone broken can't be opened"):
        far.listen_to("broken")


def attached(lent: Lent, tell: Callable[[Event], None] = nobody) -> RemoteSession:
    """A session that is looked at."""
    far = RemoteSession(lent.place, tell)
    far.start()
    return far


def test_pictures_come_when_they_are_looked_at_in_the_size_that_is_wanted(lend: Lend) -> None:
    lent = lend()
    far = attached(lent)
    try:
        assert far.picture(16, 9) is None
        until(lambda: far.picture(16, 9) is not None)
        first = far.picture(16, 9)
        assert first is not None and first.pixels.shape == (9, 16, 3) and (first.pixels == 90).all()
        until(lambda: far.levels() == lent.session.levels())
        lent.session.serial, lent.session.pixels = 1, np.full((9, 16, 3), 7, np.uint8)
        until(lambda: (shown := far.picture(16, 9)) is not None and shown.serial == 1 and (shown.pixels == 7).all())
        assert far.picture(16, 9, Shown.SOURCE) is None
        until(lambda: far.picture(16, 9, Shown.SOURCE) is not None)
        lent.session.pixels = None
        until(lambda: (shown := far.picture(32, 18)) is not None and shown.pixels.shape == (18, 32, 3))
    finally:
        far.stop()


def test_what_happened_before_and_after_is_told_once(lend: Lend) -> None:
    lent, told = lend(), []
    lent.host.events.add(Event(Level.INFO, "before", 1))
    far = attached(lent, told.append)
    try:
        until(lambda: len(told) == 1)
        lent.host.events.add(Event(Level.WARNING, "after", 2))
        until(lambda: len(told) == 2)
        assert [event.text for event in told] == ["before", "after"]
    finally:
        far.stop()
    assert len(told) == 2


def test_a_session_that_starts_late_is_waited_for(lend: Lend) -> None:
    lent = lend(started=False)
    far = RemoteSession(lent.place, nobody)
    with pytest.raises(LinkError, match="not started"):
        far.readings()
    starting = threading.Thread(target=far.start)
    starting.start()
    lent.desk.started()
    starting.join(PATIENCE_S)
    assert far.readings().state is State.ON_AIR
    far.stop()


def test_a_start_that_nobody_waits_for_any_more_ends(lend: Lend) -> None:
    far = RemoteSession(lend(started=False).place, nobody)
    starting = threading.Thread(target=far.start)
    starting.start()
    far.stop()
    starting.join(PATIENCE_S)
    assert not starting.is_alive()
    far.stop()


def test_how_a_session_ended_is_told_as_its_own_screen_tells_it(lend: Lend) -> None:
    lent = lend()
    far = attached(lent)
    try:
        assert not far.wait(0.0)
        lent.session.over = True
        lent.desk.ended()
        until(lambda: far.sight.reason == SOURCE_ENDED)
        assert far.wait(0.0)
        lent.desk.reason = "The disk is full."
        until(lambda: far.sight.reason != SOURCE_ENDED)
        with pytest.raises(UnderstudyError, match="The disk is full"):
            far.wait(0.0)
    finally:
        far.stop()


def test_a_session_that_has_gone_is_told_and_what_was_seen_last_stays(lend: Lend) -> None:
    lent = lend()
    far = attached(lent)
    try:
        readings = far.readings()
        lent.hide()

        def gone() -> bool:
            try:
                return far.wait(0.0)
            except LinkError as error:
                assert "has gone; leave with q" in str(error)
                return True

        until(gone)
        assert far.readings() == readings
    finally:
        far.stop()
    with pytest.raises(LinkError):
        RemoteSession(lent.place, nobody)


def test_leaving_leaves_the_session_as_it_is(lend: Lend) -> None:
    lent = lend()
    attached(lent).stop()
    assert lent.session.calls == []
