"""The keys at the foot of the dashboard."""

import gc

from textual.widgets._footer import FooterKey

from tests.console.fake_app import running
from tests.console.fake_session import FakeSession


def keys_alive() -> int:
    """How many keys there are in memory, shown or not."""
    gc.collect()
    return sum(isinstance(thing, FooterKey) for thing in gc.get_objects())


async def test_screens_that_were_opened_and_closed_leave_no_dead_keys_behind() -> None:
    async with running(FakeSession()) as (_, pilot):
        counts = list[int]()
        for _ in range(4):
            await pilot.press("question_mark")
            await pilot.press("escape")
            await pilot.pause()
            counts.append(keys_alive())
        assert counts[-1] <= counts[1]
