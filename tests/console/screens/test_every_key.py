"""Every key of every screen, pressed, and what it must have done."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.pilot import Pilot

import console
from console.app import UnderstudyApp
from console.config.schema import Config, ScreenConfig
from console.ports import Folders, Surroundings
from console.screens.keys import BINDINGS
from console.show.cues import Cue, Show
from pipeline.audio.monitor.state import Monitoring
from pipeline.errors import SoundError
from pipeline.telemetry import Level, State
from profiles.profile import Profile
from tests.console.fake_app import settled
from tests.console.fake_machine import FakeMachine
from tests.console.fake_session import FakeSession, FakeShelf
from tests.console.preflight.fakes import FINE, kept
from tests.console.profiles.stage import done, make_store, on_stage
from tests.console.screens.effects import EFFECTS, NAMES, Effect, Moment, middle
from tests.console.screens.screen_effects import NOTICE_EFFECTS, OPENED, SCREEN_EFFECTS, UNFOCUS

SHOW = Show(cue=(Cue(profile="ben"), Cue(profile="ada")) * 8)
SIZE = (80, 24)
QUIET = Config(screen=ScreenConfig(picture="none", text_hz=1.0))
"""Paints little: many keys are pressed."""
RESTED_S = 10.0


def bindings_of_console() -> Iterator[tuple[type[DOMNode], Binding]]:
    """Every binding of every screen and widget of the console's own."""
    for module in pkgutil.walk_packages(console.__path__, "console."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    nodes = [*DOMNode.__subclasses__()]
    for node in nodes:
        nodes += [child for child in node.__subclasses__() if child not in nodes]
        if node.__module__.startswith("console."):
            yield from ((node, binding) for binding in node.__dict__.get("BINDINGS", ()))


def test_every_binding_of_the_console_has_an_id_a_tooltip_and_a_test() -> None:
    tested = {name for effects in (*EFFECTS, *SCREEN_EFFECTS.values(), NOTICE_EFFECTS) for name in effects}
    found = list(bindings_of_console())
    assert [(node.__name__, binding) for node, binding in found if not binding.id or not binding.tooltip] == []
    assert {binding.id for _, binding in found} == tested
    assert {binding.id for binding in BINDINGS} == {name for effects in EFFECTS for name in effects}


def around(same: Surroundings) -> Surroundings:
    """What the screens need beside a shelf."""
    return replace(same, show=SHOW, config=QUIET, preflighter=kept(FINE))


async def put_back(app: UnderstudyApp, pilot: Pilot[int], session: FakeSession, profile: Profile) -> None:
    """The dashboard over a session as at the beginning."""
    while len(app.screen_stack) > 1:
        app.pop_screen()
    session.let_pass(RESTED_S)
    session.profile, session.state = profile, State.ON_AIR
    session.audio = replace(session.audio, muted=False) if session.audio else None
    app.show_all()
    await pilot.pause()


async def pressed(app: UnderstudyApp, pilot: Pilot[int], keys: tuple[str, ...]) -> None:
    """Some keys, until they have had their effect."""
    for key in keys:
        if key == UNFOCUS:
            app.set_focus(None)
        else:
            await pilot.press(key)
            await settled(app)
    await done(app, pilot)


def app_over(session: FakeSession, folder: Path) -> UnderstudyApp:
    """An app with a profile for every number, a shelf that can be changed, and a show."""

    def opening(tell: object) -> FakeSession:
        session.on_event = tell
        return session

    around = Surroundings(
        FakeShelf(*map(middle, NAMES)), open_machine=FakeMachine, clock=session.clock, show=SHOW,
        keeper=make_store(folder), folders=Folders(folder / "films", folder / "shots"), config=QUIET,
        preflighter=kept(FINE),
    )  # fmt: skip
    return UnderstudyApp(opening, around)


@pytest.mark.parametrize("effects", EFFECTS, ids=lambda effects: next(iter(effects)).partition(".")[0])
async def test_a_key_of_the_dashboard_does_what_it_is_for(tmp_path: Path, effects: dict[str, Effect]) -> None:
    session = FakeSession(profile=middle("ada"), ready=(), monitoring=Monitoring.ON)
    app = app_over(session, tmp_path)
    bindings = {binding.id or "": binding for binding in BINDINGS}
    failed = []
    async with app.run_test(size=SIZE) as pilot:
        await settled(app)
        for name, effect in effects.items():
            for key in bindings[name].key.split(","):
                await put_back(app, pilot, session, middle("ada"))
                await pressed(app, pilot, effect.first)
                before = Moment.of(app, session)
                await pressed(app, pilot, (key,))
                if not effect.holds(before, Moment.of(app, session)):
                    failed.append(f"{name}: {key}")
    assert failed == []


@pytest.mark.parametrize("screen", SCREEN_EFFECTS)
async def test_a_key_of_another_screen_does_what_it_is_for(tmp_path: Path, screen: str) -> None:
    bindings, failed = {binding.id or "": binding for _, binding in bindings_of_console()}, []
    async with on_stage(tmp_path, size=SIZE, around=around) as (app, pilot, session):
        original = session.profile
        for number in range(60):
            app.tell(Level.WARNING if number % 2 else Level.INFO, f"Event {number}.")
        for name, effect in SCREEN_EFFECTS[screen].items():
            for key in bindings[name].key.split(","):
                await put_back(app, pilot, session, original)
                await pressed(app, pilot, (*OPENED[screen], *effect.first))
                before = Moment.of(app, session)
                await pressed(app, pilot, (key,))
                if not effect.holds(before, Moment.of(app, session)):
                    failed.append(f"{name}: {key}")
    assert failed == []


@pytest.mark.parametrize("name", NOTICE_EFFECTS)
async def test_a_key_of_the_notice_does_what_it_is_for(name: str) -> None:
    bindings = {binding.id or "": binding for _, binding in bindings_of_console()}
    session = FakeSession(start_error=SoundError("The microphone can't be opened."))

    def silently(tell: object) -> FakeSession:
        session.note("silent")
        return FakeSession(audio=None)

    around = Surroundings(FakeShelf(middle("ada")), clock=session.clock, open_silent=silently)
    for key in bindings[name].key.split(","):
        app = UnderstudyApp(lambda tell: session, around)
        async with app.run_test(size=SIZE) as pilot:
            await settled(app)
            await pilot.pause()
            before = Moment.of(app, session)
            await pilot.press(key)
            await done(app, pilot)
            assert NOTICE_EFFECTS[name].holds(before, Moment.of(app, session)), key
