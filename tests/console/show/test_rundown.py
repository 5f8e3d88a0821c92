"""The steps of a show, without a clock of its own."""

import pytest

from console.show.cues import Cue, Show
from console.show.rundown import BEFORE, Rundown, clock_text

S = 1_000_000_000
CUES = (Cue(profile="a", seconds=42), Cue(profile="b", seconds=5, auto=True), Cue(profile="c", seconds=5, auto=True))


def test_a_show_begins_before_its_first_cue() -> None:
    view = Rundown(Show(cue=CUES)).look(0)
    assert (view.place, view.present, view.following) == (BEFORE, None, CUES[0])
    assert view.countdown == ""


def test_the_countdown_counts_from_when_the_cue_was_taken_and_says_when_it_runs_over() -> None:
    rundown = Rundown(Show(cue=CUES))
    rundown.go(0, 10 * S)
    assert rundown.look(10 * S).countdown == "in 0:42"
    assert rundown.look(52 * S).countdown == "0:00 over"
    assert rundown.look(57 * S).countdown == "0:05 over"


def test_nothing_comes_by_itself_unless_the_cue_says_so_and_then_once() -> None:
    rundown = Rundown(Show(cue=CUES))
    assert not rundown.due(1000 * S)
    rundown.go(0, 0)
    assert not rundown.due(1000 * S)
    rundown.go(1, 0)
    assert rundown.look(2 * S).countdown == "by itself in 0:03"
    assert not rundown.due(4 * S)
    assert rundown.due(5 * S)
    assert not rundown.due(6 * S)
    rundown.go(2, 0)
    assert not rundown.due(1000 * S), "nothing follows the last cue"
    assert rundown.look(3 * S).countdown == "in 0:02"


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "0:00"), (61, "1:01"), (3723, "1:02:03"), (-1, "0:00")])
def test_times_are_told_as_on_a_clock(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text
