"""Card and silence: nothing that was captured before they are taken off leaves by itself afterwards."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.cover import Cover
from tests.fakes import FakeClock


@given(acts=st.lists(st.tuples(st.booleans(), st.integers(1, 5)), max_size=30), captured_ns=st.integers(0, 200))
def test_only_what_was_captured_after_the_cover_was_last_taken_off_leaves(
    acts: list[tuple[bool, int]], captured_ns: int
) -> None:
    clock = FakeClock()
    cover = Cover(clock, up=False)
    for up, later in acts:
        clock.advance(later)
        cover.put(up)
    states = [False, *(up for up, _ in acts)]
    taken_off = [
        sum(later for _, later in acts[: index + 1])
        for index in range(len(acts))
        if states[index : index + 2] == [True, False]
    ]
    assert cover.up == states[-1]
    assert cover.hides(captured_ns) == (states[-1] or (bool(taken_off) and captured_ns <= taken_off[-1]))


def test_a_cover_that_has_never_been_hides_nothing() -> None:
    cover = Cover(FakeClock(1000), up=False)
    cover.put(False)
    assert not cover.hides(0)
