"""Rubbish under a screen: found often, in what is new only, and lost to nobody in the end."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from console.life import tidying
from console.life.tidying import Tidying, rubbish_left_to_the_screen


def always() -> bool:
    """Somebody hears it."""
    return True


class Loop:
    """Refers to itself: only a look for rubbish finds it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """The collector, left to the screen and as it was afterwards."""
    before = gc.get_threshold()
    with rubbish_left_to_the_screen():
        gc.collect()
        yield
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def rubbish() -> weakref.ref[Loop]:
    """A loop that nobody refers to any more, old enough to be passed over by short collections."""
    loop = Loop()
    for generation in (0, 1):
        gc.collect(generation)
    return weakref.ref(loop)


def gather(times: int) -> None:
    """As many collections of young objects as a screen that opens makes."""
    for _ in range(times):
        gc.collect(1)


def test_the_interpreter_does_not_look_through_everything_by_itself() -> None:
    lost = rubbish()
    kept = [[number] for number in range(200_000)]
    assert lost() is not None
    del kept


def test_what_a_closed_screen_left_is_found_on_the_dashboard() -> None:
    lost = rubbish()
    gather(tidying.WORTH_IT)
    tidies = Tidying()
    tidies.look(10.0, covered=True, heard=always)
    assert lost() is not None
    tidies.look(10.1, covered=False, heard=always)
    assert lost() is None


def test_what_is_left_is_set_aside_once_the_screen_has_been_taken_down() -> None:
    tidies = Tidying()
    tidies.look(10.0, covered=True, heard=always)
    tidies.look(10.1, covered=False, heard=always)
    assert gc.get_freeze_count() == 0
    tidies.look(10.1 + tidying.REST_S, covered=False, heard=always)
    assert gc.get_freeze_count() > 0


def test_much_is_not_left_lying_under_a_screen_that_stays_open() -> None:
    lost = rubbish()
    gather(tidying.TOO_MUCH)
    Tidying().look(10.0, covered=True, heard=always)
    assert lost() is None


def test_what_was_set_aside_and_is_rubbish_now_is_found_once_nobody_hears_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "SET_ASIDE", 3 * tidying.WORTH_IT * tidying.YOUNG_OBJECTS)
    tidies, loop = Tidying(), Loop()
    lost = weakref.ref(loop)
    tidies.look(0.0, covered=False, heard=always)
    tidies.look(1.0, covered=False, heard=always)
    del loop
    for now_s in range(2, 7):
        gather(tidying.WORTH_IT)
        tidies.look(now_s, covered=False, heard=always)
    assert lost() is not None
    gather(tidying.WORTH_IT)
    tidies.look(8.0, covered=False, heard=lambda: False)
    assert lost() is None
