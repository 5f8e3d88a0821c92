"""Who is muted and speaks is told, when it is no cough; who waits with push-to-talk is not."""

from dataclasses import replace

import pytest

from console.sound.sound_desk import Talk
from console.view import View
from console.widgets.panel import Role, line_width
from console.widgets.sound.sound_panel import SoundPanel
from console.widgets.sound.unheard import UNHEARD_NS, Unheard, shout
from tests.console.fake_app import running
from tests.console.fake_session import FakeSession, typical_audio
from tests.console.views import heard, silent, words


def spoken(at_ns: int = 0, *, muted: bool = True, speaking: bool = True, **changes: object) -> View:
    view = heard(replace(typical_audio(), muted=muted, speaking=speaking))
    assert view.readings is not None
    return replace(view, readings=replace(view.readings, at_ns=at_ns), **changes)


def told_after(ns: int, *views: View) -> bool:
    """Whether it is told of the last view, which comes `ns` after the first."""
    unheard = Unheard()
    for view in views[:-1]:
        unheard.look(view)
    last = views[-1]
    assert last.readings is not None
    return unheard.look(replace(last, readings=replace(last.readings, at_ns=ns)))


def test_half_a_second_of_speech_is_told_and_less_is_not() -> None:
    assert not told_after(UNHEARD_NS - 1, spoken(), spoken())
    assert told_after(UNHEARD_NS, spoken(), spoken())


def test_a_pause_begins_it_anew() -> None:
    assert not told_after(9 * UNHEARD_NS, spoken(), spoken(speaking=False), spoken())


@pytest.mark.parametrize(
    "view",
    [
        spoken(muted=False),
        spoken(speaking=False),
        spoken(talking=Talk.WAITING),
        spoken(talking=Talk.TALKING),
        spoken(age_s=2.0),
        silent(),
    ],
)
def test_whoever_is_heard_or_waits_for_the_key_is_told_nothing(view: View) -> None:
    assert not told_after(9 * UNHEARD_NS, view, view)


def test_muted_beside_push_to_talk_is_muted() -> None:
    assert told_after(UNHEARD_NS, spoken(talking=Talk.MUTED), spoken(talking=Talk.MUTED))


@pytest.mark.parametrize("width", [5, 18, 28, 42, 60])
def test_the_row_is_filled_with_it(width: int) -> None:
    line = shout(width)
    assert line_width(line) == width
    assert "MUTED" in words([line])
    assert {role for _, role in line} == {Role.CARD}


async def test_the_sound_panel_shouts_as_long_as_it_lasts() -> None:
    session = FakeSession(audio=replace(typical_audio(), muted=True, speaking=True))
    async with running(session) as (app, pilot):
        panel = app.screen.query_one(SoundPanel)
        app.show_all()
        assert "BUT SPEAKING" not in panel.text
        session.let_pass(UNHEARD_NS / 1e9)
        app.show_all()
        assert panel.text.splitlines()[0].strip() == "YOU ARE MUTED BUT SPEAKING"
        # The meters go on moving under it.
        panel.move(session.levels())
        await pilot.pause()
        assert panel.text.splitlines()[0].strip() == "YOU ARE MUTED BUT SPEAKING"
        session.audio = replace(typical_audio(), muted=True)
        app.show_all()
        assert "BUT SPEAKING" not in panel.text
