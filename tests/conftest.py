"""What holds for every test: properties are searched the same way each time, and no thread outlives its test."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("understudy", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("understudy")

ENDING_S = 2.0
"""A thread that was told to end may take so long."""


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Fails a test that leaves a thread running."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before]
    for thread in left:
        thread.join(ENDING_S)
    running = [thread.name for thread in left if thread.is_alive()]
    assert not running, f"threads that still run: {running}"
