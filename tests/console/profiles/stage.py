"""The app over a fake session and a real shelf of small profiles."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from console.app import UnderstudyApp
from console.ports import Surroundings
from profiles.store import ProfileStore
from tests.console.fake_app import settled, text_of
from tests.console.fake_session import FakeSession
from tests.profiles.conftest import GOOD

SIZES = [(120, 35), (80, 24)]
REMARK = "# a remark of mine"


def make_store(tmp_path: Path) -> ProfileStore:
    """Two profiles of the user's own, one that ships, and one that is broken."""
    for place, name, text in (
        ("user", "ada", GOOD.replace('"Mara"', f'"Ada" {REMARK}')),
        ("user", "ben", GOOD.replace('"Mara"', '"Ben"')),
        ("user", "dora", GOOD.replace("1.1", "9")),
        ("shipped", "mara", GOOD),
    ):
        folder = tmp_path / place / name
        folder.mkdir(parents=True)
        (folder / "profile.toml").write_text(text)
        for file in ("portrait.png", "room.jpg"):
            (folder / file).touch()
    return ProfileStore((tmp_path / "user", tmp_path / "shipped"))


@asynccontextmanager
async def on_stage(
    tmp_path: Path,
    *,
    size: tuple[int, int] = SIZES[0],
    name: str = "ada",
    around: Callable[[Surroundings], Surroundings] = lambda same: same,
) -> AsyncIterator[tuple[UnderstudyApp, Pilot[int], FakeSession]]:
    """The app with a profile of the store in the lane."""
    store = make_store(tmp_path)
    session = FakeSession(profile=store.load(name), ready=())

    def open_session(tell: object) -> FakeSession:
        session.on_event = tell
        return session

    surroundings = around(Surroundings(store, clock=session.clock, keeper=store))
    app = UnderstudyApp(open_session, surroundings)
    async with app.run_test(size=size) as pilot:
        await settled(app)
        await pilot.pause()
        yield app, pilot, session


async def done(app: UnderstudyApp, pilot: Pilot[int]) -> None:
    """Waits until what was begun has ended and is shown."""
    await settled(app)
    await pilot.pause()
    await pilot.pause()


def words(app: UnderstudyApp) -> str:
    """Everything on the screen but picture and frames, on one line."""
    return " ".join(text_of(app).translate(str.maketrans(dict.fromkeys("▀│╭╮╰╯─▁▂▃▄▅▆▇█▌▎", " "))).split())


async def fill(app: UnderstudyApp, pilot: Pilot[int], text: str) -> None:
    """Enters a line in place of the one that stands there."""
    await pilot.pause()
    app.screen.query(Input).first().value = text
    await pilot.press("enter")
    await done(app, pilot)
