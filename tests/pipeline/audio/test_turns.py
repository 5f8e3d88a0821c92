"""The interpreter's habits while sound runs."""

import gc
import sys

from pipeline.audio.turns import Turns


def test_threads_change_quickly_and_what_lives_is_set_aside_until_given_back() -> None:
    before_s, set_aside = sys.getswitchinterval(), gc.get_freeze_count()
    turns = Turns()
    turns.take()
    try:
        assert sys.getswitchinterval() < before_s
        assert gc.get_freeze_count() > set_aside
        assert len(gc.get_objects()) < gc.get_freeze_count(), "a full collection still walks over the whole program"
    finally:
        turns.give_back()
    assert sys.getswitchinterval() == before_s
    assert gc.get_freeze_count() == 0


def test_rubbish_made_afterwards_is_still_collected() -> None:
    turns = Turns()
    turns.take()
    try:
        loop: list[object] = []
        loop.append(loop)
        del loop
        assert gc.collect() >= 1
    finally:
        turns.give_back()


def test_giving_back_what_was_never_taken_changes_nothing() -> None:
    before_s = sys.getswitchinterval()
    Turns().give_back()
    assert sys.getswitchinterval() == before_s
