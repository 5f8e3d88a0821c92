"""The app over a fake session, ready for a pilot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from textual.pilot import Pilot
from textual.worker import WorkerFailed

from console.app import UnderstudyApp
from console.config.schema import Config
from console.ports import Outputs, Surroundings
from console.screens.dashboard import DashboardScreen
from tests.console.fake_machine import FakeMachine
from tests.console.fake_session import ADA, BEN, CLEO, FakeSession, FakeShelf

USUAL = (120, 40)


def make_app(session: FakeSession, *, outputs: Outputs | None = None, config: Config | None = None) -> UnderstudyApp:
    """An app with three profiles and a broken fourth on the shelf."""

    def open_session(tell: object) -> FakeSession:
        session.on_event = tell
        return session

    shelf = FakeShelf(ADA, BEN, CLEO, broken=("dora",))
    around = Surroundings(shelf, outputs or Outputs(), FakeMachine, session.clock, config=config or Config())
    return UnderstudyApp(open_session, around)


@asynccontextmanager
async def running(
    session: FakeSession, *, size: tuple[int, int] = USUAL, outputs: Outputs | None = None
) -> AsyncIterator[tuple[UnderstudyApp, Pilot[int]]]:
    """The app on a screen of `size` with the session started."""
    app = make_app(session, outputs=outputs)
    async with app.run_test(size=size) as pilot:
        await settled(app)
        await pilot.pause()
        yield app, pilot


async def settled(app: UnderstudyApp) -> None:
    """Waits for every worker to end, well or not."""
    with suppress(WorkerFailed):
        await app.workers.wait_for_complete()


def dashboard_of(app: UnderstudyApp) -> DashboardScreen:
    """The dashboard under whatever lies over it."""
    screen = app.screen_stack[0]
    assert isinstance(screen, DashboardScreen)
    return screen


def text_of(app: UnderstudyApp) -> str:
    """Everything on the screen, a line a row."""
    width = app.size.width
    return "\n".join(strip.text[:width] for strip in app.screen._compositor.render_strips())
