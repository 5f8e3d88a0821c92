"""Every screen in three sizes and two themes, as it was looked at and found right."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from console.app import UnderstudyApp
from console.ports import Surroundings
from profiles.store import ProfileStore
from tests.console.fake_app import settled
from tests.console.fake_session import FakeSession
from tests.console.profiles.stage import make_store
from tests.console.screens.cases import DASHBOARD, SCREENS, Case, surrounded
from tests.console.screens.stills import FOLDER, Cell, cells_of, difference, still_of

SIZES = ((160, 45), (120, 35), (80, 24))
THEMES = ("understudy-dark", "understudy-colour-blind")
UPDATES = os.environ.get("UPDATE_SNAPSHOTS") == "1"
LOOKS = 40
"""So often a screen is looked at until it rests."""
FOREVER_S = 3600.0


class Noon(datetime):
    """A clock on the wall that stands."""

    @classmethod
    def now(cls, tz: object = None) -> "Noon":
        return cls(2026, 11, 22, 12, 0, 0)


class StillApp(UnderstudyApp):
    """Looks at its session only when it is told to."""

    def _tick_text(self) -> None:
        pass


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing on the screen comes from the time, the terminal or the place where the test runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("console.events.event_app.datetime", Noon)
    monkeypatch.setattr("console.live.live_app.datetime", Noon)
    monkeypatch.setattr("console.events.event_app.TOAST_S", FOREVER_S)
    # How a picture is drawn is the terminal's, and has tests of its own.
    monkeypatch.setattr(FakeSession, "picture", lambda *asked: None)


@asynccontextmanager
async def shown(case: Case) -> AsyncIterator[tuple[UnderstudyApp, Pilot[int], FakeSession]]:
    """The app with a case's session, before its keys."""
    make_store(Path())
    store = ProfileStore((Path("user"), Path("shipped")))
    session = case.make()
    session.profile = store.load("ada")
    if not case.starts:
        session.may_start.clear()

    def opening(tell: Callable[[object], None]) -> FakeSession:
        session.on_event = tell
        return session

    around = case.around(surrounded(Surroundings(store, clock=session.clock, keeper=store)))
    app = StillApp(opening, around)
    app.animation_level = "none"
    async with app.run_test(size=SIZES[0], notifications=True) as pilot:
        if case.starts:
            await settled(app)
        await pilot.pause()
        try:
            yield app, pilot, session
        finally:
            session.may_start.set()
            await settled(app)
            await pilot.pause()


async def rested(app: UnderstudyApp, pilot: Pilot[int], *, wait: bool) -> list[list[Cell]]:
    """The screen once it does not change any more."""
    before: list[list[Cell]] = []
    for _ in range(LOOKS):
        if wait:
            await settled(app)
        await pilot.pause()
        for field in app.screen.query(Input):
            field.cursor_blink = False
        seen = cells_of(app)
        if seen == before:
            break
        before = seen
    return before


@pytest.mark.parametrize("case", DASHBOARD + SCREENS, ids=lambda case: case.name)
async def test_a_screen_looks_as_it_was_found_right(case: Case) -> None:
    async with shown(case) as (app, pilot, session):
        case.before(session)
        if session.over:
            app.find_end()
        for key in case.keys:
            await pilot.press(*(key.removeprefix("type:") if key.startswith("type:") else (key,)))
            await rested(app, pilot, wait=case.starts)
        looks: dict[tuple[int, int], list[list[list[Cell]]]] = {size: [] for size in SIZES}
        for theme in THEMES:
            app.theme = theme
            for size in SIZES:
                await pilot.resize_terminal(*size)
                renewed(app, session, case)
                looks[size].append(await rested(app, pilot, wait=case.starts))
    wrong = [
        told
        for size, (one, other) in looks.items()
        for told in compared(f"{case.name}-{size[0]}x{size[1]}", still_of(one, other, THEMES))
    ]
    assert not wrong, "\n".join(wrong)


def renewed(app: UnderstudyApp, session: FakeSession, case: Case) -> None:
    """Another look at everything."""
    case.each(session)
    app.show_events()
    app.show_all()


def compared(name: str, got: str) -> list[str]:
    """What is different from the snapshot of a name; keeps it where that is wanted."""
    file = FOLDER / f"{name}.txt"
    if UPDATES:
        FOLDER.mkdir(exist_ok=True)
        file.write_text(got, encoding="utf-8", newline="\n")
        return []
    if not file.is_file():
        return [f"There is no snapshot {name}; UPDATE_SNAPSHOTS=1 makes it."]
    wanted = file.read_text(encoding="utf-8")
    return [] if wanted == got else [difference(name, wanted, got)]


def test_every_snapshot_belongs_to_a_screen() -> None:
    wanted = {f"{case.name}-{size[0]}x{size[1]}.txt" for case in DASHBOARD + SCREENS for size in SIZES}
    assert {file.name for file in FOLDER.glob("*.txt")} == wanted
