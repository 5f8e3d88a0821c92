"""What tests of running sessions share."""

from collections.abc import Iterator

import pytest

from tests.pipeline.live.ticking import Stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A maker of sessions."""
    stage = Stage()
    yield stage
    stage.close()
