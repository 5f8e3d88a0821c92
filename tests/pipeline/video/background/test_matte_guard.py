"""Mattes that can't be true: the built-in one stands in for them, and it is said once."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.errors import StageError
from pipeline.media import Frame
from pipeline.video.background.matte_guard import PATIENCE, GuardedMatte
from pipeline.video.background.person_matte import Selfie
from tests.footage import DEMO, clip, make_frame, models

SHAPE = (144, 256)
EMPTY_ROOM = make_frame(np.full((288, 512, 3), 120, np.uint8))


@dataclass
class Told:
    """A network that puts out what it is told to."""

    matte: NDArray[np.float32] | None
    steady: bool = False
    closed: int = 0
    asked: list[Frame] = field(default_factory=list)

    def seen(self, frame: Frame) -> NDArray[np.float32]:
        self.asked.append(frame)
        if self.matte is None:
            raise StageError("It failed.")
        return self.matte

    def reset(self) -> None:
        self.asked.clear()

    def close(self) -> None:
        self.closed += 1


def flat(level: float) -> NDArray[np.float32]:
    return np.full(SHAPE, level, np.float32)


def person(share: float) -> NDArray[np.float32]:
    """A person on so much of the picture, seen for certain."""
    matte = flat(0.0)
    matte[:, : round(share * SHAPE[1])] = 1.0
    return matte


@pytest.mark.parametrize("level", [1.0, 0.9, 0.5, 0.3, 0.05, 0.0])
def test_a_matte_that_is_the_same_everywhere_is_replaced_from_the_first_frame_and_told_once(level: float) -> None:
    told: list[str] = []
    true = person(0.4)
    guard = GuardedMatte(Told(flat(level)), Told(true), told.append)
    for number in range(3 * PATIENCE):
        assert guard.seen(clip(DEMO)[0]) is true
        assert len(told) == (number >= PATIENCE - 1)
    assert "the built-in one stands in" in told[0]


def test_the_built_in_network_itself_finds_the_actor_where_the_profiles_own_shows_the_room() -> None:
    for level in (0.0, 1.0):
        other = Selfie(models().path("selfie-segmentation-landscape"))
        guard = GuardedMatte(Told(flat(level)), other, lambda _: None)
        for frame in clip(DEMO)[::40]:
            assert 0.05 < float((guard.seen(frame) > 0.5).mean()) < 0.9
        guard.close()


@pytest.mark.parametrize(
    ("own", "other"), [(1.0, 0.95), (0.995, 1.0), (0.0, 0.0), (0.0, 0.01), (0.5, 0.0), (0.97, 0.3)]
)
def test_what_may_be_true_stays(own: float, other: float) -> None:
    """A face that fills the picture, nobody in it, and whatever both see differently."""
    told: list[str] = []
    matte = person(own)
    guard = GuardedMatte(Told(matte), Told(person(other)), told.append)
    for _ in range(2 * PATIENCE):
        assert guard.seen(EMPTY_ROOM) is matte
    assert told == []


def test_the_built_in_network_is_asked_only_where_there_is_doubt() -> None:
    own, other = Told(person(0.4)), Told(person(0.4))
    guard = GuardedMatte(own, other, lambda _: None)
    guard.seen(EMPTY_ROOM)
    assert not other.asked
    own.matte = None
    with pytest.raises(StageError):
        guard.seen(EMPTY_ROOM)
    assert not other.asked
    guard.close()
    assert (own.closed, other.closed) == (1, 1)


def test_mattes_that_are_true_again_begin_the_count_anew() -> None:
    told: list[str] = []
    own = Told(flat(1.0))
    guard = GuardedMatte(own, Told(person(0.4)), told.append)
    for number in range(4 * PATIENCE):
        own.matte = person(0.4) if number % PATIENCE == 0 else flat(1.0)
        guard.seen(EMPTY_ROOM)
    assert told == []
