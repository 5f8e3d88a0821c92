"""The picture that a session gives to the operator's screen."""

from collections.abc import Iterator

import pytest

from pipeline.session import Session, SessionSettings
from tests.chains import make_profile
from tests.fakes import FakeSource
from tests.footage import models
from tests.rigging import SOON_S, WatchedSink, Workshop


@pytest.fixture
def workshop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """A maker of sessions without networks."""
    made = Workshop(monkeypatch)
    yield made
    made.close()


def test_every_card_and_every_size_of_it_has_a_number_of_its_own(workshop: Workshop) -> None:
    sink = WatchedSink()
    workshop.sinks = (sink,)
    sink.gate.clear()
    session = Session(SessionSettings(source=FakeSource.of(30)), make_profile(), models())
    session.start()
    session.panic()
    first, again, wider = (session.picture(*size) for size in ((64, 36), (64, 36), (80, 36)))
    assert first is not None and again is not None and wider is not None
    assert first.serial == again.serial != wider.serial
    assert wider.pixels.shape == (36, 80, 3)
    disclosure = make_profile().disclosure.model_copy(update={"corner": "bottom-left"})
    session.adjust(make_profile().model_copy(update={"disclosure": disclosure}))
    sink.gate.set()
    assert session.wait(SOON_S)
    changed = session.picture(80, 36)
    session.stop(SOON_S)
    assert changed is not None
    assert changed.serial not in (first.serial, wider.serial)
