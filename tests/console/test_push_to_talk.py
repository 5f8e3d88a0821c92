"""Push-to-talk: what a held key is, what the desk makes of it, and what the strip says."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.sound.held_key import FIRST_NS, REPEATED_NS, HeldKey
from console.sound.sound_desk import Talk
from pipeline.errors import UnderstudyError
from tests.console.conftest import Run
from tests.console.fake_app import running, text_of
from tests.console.fake_session import FakeSession, make_desk, typical_audio

MS = 1_000_000
SLOWEST_DELAY_MS, SLOWEST_REPEAT_MS = 660, 110
"""The longest that an X server, a desktop and a Windows console wait before they repeat a key, and between repeats."""


@given(
    delay_ms=st.integers(150, SLOWEST_DELAY_MS), every_ms=st.integers(15, SLOWEST_REPEAT_MS), repeats=st.integers(1, 99)
)
def test_a_held_key_is_held_without_a_gap_and_let_go_soon_after(delay_ms: int, every_ms: int, repeats: int) -> None:
    key = HeldKey()
    presses = [0, *(delay_ms * MS + number * every_ms * MS for number in range(repeats))]
    begun = [key.press(at_ns) for at_ns in presses]
    assert begun == [True, *[False] * repeats]
    last_ns = presses[-1]
    assert key.held(last_ns)
    assert not key.held(max(FIRST_NS, last_ns + REPEATED_NS))


def test_a_tap_is_held_for_less_than_a_second_and_a_later_one_begins_anew() -> None:
    key = HeldKey()
    assert not key.held(0)
    assert key.press(0)
    assert key.held(FIRST_NS - 1)
    assert not key.held(FIRST_NS)
    assert key.press(FIRST_NS)


def test_let_go_it_is_not_held() -> None:
    key = HeldKey()
    key.press(0)
    key.let_go()
    assert not key.held(1)
    assert key.until_ns is None


def test_the_microphone_is_open_while_the_key_is_held_and_shuts_without_anyone() -> None:
    session = FakeSession()
    desk = make_desk(session, push_to_talk=True)
    audio = typical_audio()
    assert desk.sound.talk(audio) is Talk.WAITING
    pressed_ns = session.clock.now_ns()
    assert desk.sound.press_to_talk(pressed_ns)
    assert desk.sound.talk(audio) is Talk.TALKING
    session.let_pass(0.5)
    assert not desk.sound.press_to_talk(session.clock.now_ns())
    session.let_pass(0.41)
    assert desk.sound.talk(audio) is Talk.WAITING
    assert session.calls == [f"talk until {pressed_ns + FIRST_NS}", f"talk until {pressed_ns + 900 * MS}"]


def test_muted_the_key_does_nothing_and_says_so_once() -> None:
    session = FakeSession()
    desk = make_desk(session, push_to_talk=True)
    assert "Muted" in desk.sound.toggle_mute()
    session.calls.clear()
    with pytest.raises(UnderstudyError, match="muted"):
        desk.sound.press_to_talk(session.clock.now_ns())
    session.let_pass(0.5)
    assert not desk.sound.press_to_talk(session.clock.now_ns())
    assert session.calls == []
    assert "hold v" in desk.sound.toggle_mute()
    # Back to push-to-talk, not to a microphone that is always open.
    assert session.calls == ["mute True"]


def test_without_push_to_talk_the_key_says_what_it_is_for() -> None:
    session = FakeSession()
    desk = make_desk(session)
    with pytest.raises(UnderstudyError, match="V turns"):
        desk.sound.press_to_talk(session.clock.now_ns())
    assert session.calls == []


@pytest.mark.parametrize("muted", [True, False])
def test_push_to_talk_goes_on_and_off_and_leaves_mute_as_it_is(muted: bool) -> None:
    session = FakeSession()
    desk = make_desk(session)
    if muted:
        desk.sound.toggle_mute()
    desk.sound.toggle_push_to_talk()
    assert session.calls[-1] == "mute True"
    assert session.audio is not None
    assert desk.sound.talk(session.audio) is (Talk.MUTED if muted else Talk.WAITING)
    desk.sound.toggle_push_to_talk()
    assert session.calls[-1] == f"mute {muted}"
    assert desk.sound.talk(session.audio) is (Talk.MUTED if muted else Talk.OPEN)


async def test_the_strip_says_whether_anybody_hears() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):

        def strip() -> str:
            return text_of(app).splitlines()[0]

        await pilot.press("V")
        await pilot.pause()
        assert " HOLD v TO TALK " in strip()
        await pilot.press("v")
        await pilot.pause()
        assert " TALKING " in strip()
        session.let_pass(0.9)
        session.audio = replace(typical_audio(), muted=True, speaking=True)
        app.show_all()
        await pilot.pause()
        assert " NOBODY HEARS YOU: HOLD v TO TALK " in strip()
        await pilot.press("V")
        await pilot.pause()
        assert "TALK" not in strip()


async def test_under_a_dialog_the_key_opens_nothing() -> None:
    session = FakeSession()
    async with running(session) as (_, pilot):
        await pilot.press("V", "question_mark")
        await pilot.pause()
        await pilot.press("v")
        assert not [call for call in session.calls if call.startswith("talk")]


def test_without_a_screen_there_is_no_key_to_hold(run: Run) -> None:
    status, _, told = run("run", "--headless", "--push-to-talk")
    assert status == 2
    assert "--push-to-talk" in told and len(told.splitlines()) == 1


@pytest.mark.parametrize(
    ("still_s", "told"), [(0.06, "nobody hears you until m"), (4.2, "what you said before is heard for 4 s more.")]
)
def test_a_mute_tells_how_long_what_was_said_before_is_heard(still_s: float, told: str) -> None:
    session = FakeSession(audio=replace(typical_audio(), muted_heard_s=still_s))
    assert told in make_desk(session).sound.toggle_mute()
