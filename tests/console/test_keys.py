"""Every key, pressed."""

from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.events import Key
from textual.keys import key_to_character
from textual.screen import ModalScreen
from textual.widgets import Input

from console.screens.help import HelpScreen, meaning_of
from console.screens.keys import BINDINGS
from pipeline.telemetry import State
from profiles.profile import FailSafePolicy
from tests.console.fake_app import running, text_of
from tests.console.fake_session import FakeSession, FakeSummary

RESTED_S = 1.5
"""So long the panic key has to rest before it takes the card back, and a little longer."""


async def test_space_goes_to_preview_and_back_on_air() -> None:
    session = FakeSession()
    async with running(session) as (_, pilot):
        await pilot.press("space")
        assert session.state is State.PREVIEW
        await pilot.press("space")
        assert session.state is State.ON_AIR


async def test_p_puts_the_card_up_and_takes_it_back_and_the_strip_says_so() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        await pilot.press("p")
        assert session.state is State.CARD
        await pilot.pause()
        assert "■ CARD" in text_of(app)
        session.let_pass(RESTED_S)
        await pilot.press("p")
        assert session.state is State.ON_AIR


async def test_a_held_or_double_tapped_p_never_puts_the_face_back_on_air() -> None:
    session = FakeSession()
    async with running(session) as (_, pilot):
        for _ in range(7):
            await pilot.press("p")
            assert session.state is State.CARD
            session.let_pass(0.5)
        assert "rearm" not in session.calls


async def test_a_held_p_that_a_busy_screen_takes_late_is_still_one_press() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        await pilot.press("p")
        session.let_pass(5.0)
        repeat = Key("p", "p")
        repeat.time -= 4.9
        await app.on_event(repeat)
        assert session.state is State.CARD


@pytest.mark.parametrize(
    ("opener", "key"),
    [("ctrl+p", "f12"), ("question_mark", "f12"), ("question_mark", "p"), ("q", "f12"), ("q", "p")],
)
async def test_panic_works_under_whatever_is_open_and_never_rearms_there(opener: str, key: str) -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        await pilot.press(opener)
        await pilot.pause()
        assert isinstance(app.screen, ModalScreen)
        await pilot.press(key)
        assert session.state is State.CARD
        session.let_pass(RESTED_S)
        await pilot.press(key)
        assert session.state is State.CARD


async def test_f12_panics_on_the_dashboard_too_and_takes_it_back() -> None:
    session = FakeSession()
    async with running(session) as (_, pilot):
        await pilot.press("f12")
        assert session.state is State.CARD
        session.let_pass(RESTED_S)
        await pilot.press("f12")
        assert session.state is State.ON_AIR


async def test_p_can_be_typed_into_the_palette_which_names_the_key_that_panics() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        await pilot.press("ctrl+p")
        await pilot.pause()
        assert "F12 panics" in text_of(app)
        await pilot.press(*"pap")
        assert isinstance(app.screen, CommandPalette)
        assert app.screen.query_one(Input).value == "pap"
        assert session.calls == ["start"]
        await pilot.press("f12")
        assert session.calls[-1] == "panic"


async def test_panic_chosen_in_the_palette_only_ever_puts_the_card_up() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        for _ in range(2):
            session.let_pass(RESTED_S)
            await pilot.press("ctrl+p", *"panic")
            await app.workers.wait_for_complete()
            await pilot.press("enter")
            await pilot.pause()
            assert session.state is State.CARD


@pytest.mark.parametrize(("key", "name"), [("2", "ben"), ("3", "cleo")])
async def test_a_number_takes_a_profile(key: str, name: str) -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        await pilot.press(key)
        assert session.calls[-1] == f"switch {name}"
        await pilot.pause()
        assert name.title() in text_of(app).splitlines()[0]


async def test_a_number_without_a_profile_does_nothing() -> None:
    session = FakeSession()
    async with running(session) as (_, pilot):
        await pilot.press("9")
        assert session.calls == ["start"]


async def test_a_broken_profile_has_no_number_and_is_refused_with_a_sentence() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        await pilot.press("4")
        await pilot.press("ctrl+p", *"take dora")
        await app.workers.wait_for_complete()
        await pilot.press("enter")
        await pilot.pause()
        assert session.calls == ["start"]
        assert "The profile dora can't be taken" in text_of(app)


async def test_brackets_change_the_face_size_and_show_it() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        await pilot.press("]", "]", "]")
        assert session.profile.face.size == pytest.approx(1.03)
        await pilot.press("[")
        await pilot.pause()
        assert session.profile.face.size == pytest.approx(1.02)
        assert "1.02" in text_of(app)


@pytest.mark.parametrize(("more", "less"), [("equals_sign", "minus"), ("}", "{")])
async def test_warp_keys(more: str, less: str) -> None:
    session = FakeSession()
    async with running(session) as (_, pilot):
        await pilot.press(more, more)
        assert session.profile.face.warp == pytest.approx(0.45)
        await pilot.press(less)
        assert session.profile.face.warp == pytest.approx(0.40)


async def test_b_policy_and_c_go_round_and_u_takes_it_back() -> None:
    session = FakeSession()
    async with running(session) as (_, pilot):
        first = session.profile
        await pilot.press("b", "F", "c")
        assert session.profile.background.kind == "blur"
        assert session.profile.output.policy is FailSafePolicy.BLUR
        assert session.profile.disclosure.corner == "bottom-right"
        await pilot.press("u", "u", "u")
        assert session.profile == first


@pytest.mark.parametrize("key", ["question_mark", "f1"])
async def test_help_lists_every_binding_of_the_app(key: str) -> None:
    async with running(FakeSession(), size=(120, 110)) as (app, pilot):
        await pilot.press(key)
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        text = " ".join(text_of(app).split())
        shown = {row.meaning for row in app.screen.rows}
        for binding in BINDINGS:
            assert meaning_of(binding) in shown
        for keys in (
            "^p",
            "space",
            "p F12",
            "1 … 9",
            "[ ]",
            "- = { }",
            "b",
            "F",
            "c",
            "u",
            "q ^c ^q",
            "m",
            ", .",
            "< >",
            "l L",
            "( )",
            "u",
            "U",
            "enter",
        ):
            assert f" {keys} " in text
        await pilot.press("escape")
        assert not isinstance(app.screen, HelpScreen)


def test_the_readme_has_every_key() -> None:
    table = Path(__file__).parents[2].joinpath("README.md").read_text(encoding="utf-8").partition("| key | act |")[2]
    told = {key for row in table.split("\n\n")[0].splitlines() for key in row.partition(" | ")[0].split("`")[1::2]}
    typed = {name: key_to_character(name) or name for name in names_of_keys()}
    typed |= {"up": "↑", "down": "↓", "f12": "F12", "f1": "F1", "minus": "-", "equals_sign": "="}
    typed |= {name: name for name in ("space", "backspace", "enter")}
    assert {typed[name] for name in names_of_keys() if name not in "2345678"} == told


def names_of_keys() -> list[str]:
    """Every key, as Textual calls it."""
    return [key for binding in BINDINGS for key in binding.key.split(",")]


def test_every_binding_has_an_id_of_its_own_and_a_tooltip() -> None:
    ids = [binding.id for binding in BINDINGS]
    assert None not in ids
    assert len(set(ids)) == len(ids)
    assert all(binding.tooltip and binding.description for binding in BINDINGS)


async def test_a_key_can_be_given_to_another_act() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        app.set_keymap({"air.toggle": "x"})
        await pilot.press("x")
        assert session.state is State.PREVIEW


async def test_the_palette_has_every_act_and_every_profile() -> None:
    async with running(FakeSession()) as (app, _):
        commands = {command.title for command in app.get_system_commands(app.screen)}
        acts = {binding.description for binding in BINDINGS if "take(" not in binding.action}
        assert (
            acts - {"On/off air", "Other profiles", "Palette"} | {"Go off air", "Take Cleo", "Make Cleo ready"}
            <= commands
        )


@pytest.mark.parametrize(
    ("state", "entry"),
    [(State.ON_AIR, "Go off air"), (State.PREVIEW, "Go on air"), (State.CARD, "Go on air")],
)
async def test_the_palette_tells_where_the_toggle_goes(state: State, entry: str) -> None:
    async with running(FakeSession(state=state)) as (app, _):
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert [title for title in titles if "air" in title] == [entry]


async def test_every_entry_of_the_palette_has_a_description_of_its_own() -> None:
    async with running(FakeSession()) as (app, _):
        told = [command.help for command in app.get_system_commands(app.screen)]
        assert sorted(set(told)) == sorted(told)


async def test_a_title_that_looks_like_markup_can_be_listed_and_searched_for() -> None:
    session = FakeSession()
    async with running(session, size=(120, 170)) as (app, pilot):
        app.desk.profiles.summaries = (FakeSummary("b", "[/cleo\x1b[2J"),)
        await pilot.press("ctrl+p")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert r"Make [/cleo\x1b[2J ready" in text_of(app)
        await pilot.press(*"make cleo")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert r"Make [/cleo\x1b[2J ready" in text_of(app)


async def test_the_palette_does_what_is_chosen() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        await pilot.press("ctrl+p", *"make cleo")
        await app.workers.wait_for_complete()
        await pilot.press("enter")
        await pilot.pause()
        assert session.calls[-1] == "prepare cleo"
