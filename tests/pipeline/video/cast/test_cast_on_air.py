"""A session that goes to a profile with a cast and back: nobody is seen, nothing is lost, everything ends once."""

import threading
from collections import Counter
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from pipeline.errors import ConsentError
from pipeline.video.cast.member import CastMember
from profiles.profile import Kind
from tests.fakes import FRAME_NS, FakeSource
from tests.footage import DEMO, difference, inside_oval, make_frame, persona
from tests.pipeline.video.cast.people import casting, picture, shows, three
from tests.rigging import SOON_S, WatchedSink
from tests.studio import LONG_S, Studio

FRAMES, EACH = 30, 10


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    """A maker of sessions."""
    studio = Studio(monkeypatch)
    yield studio
    studio.close()


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Counter[int]:
    """How often each stage that wears a cast's face was closed."""
    count, close = Counter[int](), CastMember.close

    def counted(member: CastMember) -> None:
        count[id(member)] += 1
        close(member)

    monkeypatch.setattr(CastMember, "close", counted)
    return count


def test_a_session_goes_to_a_cast_and_back(studio: Studio, closed: Counter[int]) -> None:
    pair = casting(("left", persona("anselm")), ("right", persona("mara"))).model_copy(update={"name": "pair"})
    targets = [pair.with_background(kind="none"), persona("ines").with_background(kind="none")]
    gates = {EACH * (place + 1) - 1: threading.Event() for place in range(len(targets))}
    waits = {number: gate.wait for number, gate in gates.items()}
    studio.sink = WatchedSink(on_picture=lambda number: waits.get(number, lambda _: None)(SOON_S))
    frames = [make_frame(picture(DEMO), number * FRAME_NS) for number in range(FRAMES)]
    session = studio.session(FakeSource(frames, size=frames[0].size), persona("ines").with_background(kind="none"))
    session.start()
    session.prepare(targets[0])
    for target, (number, gate) in zip(targets, gates.items(), strict=True):
        while target.name not in session.readings().ready or len(studio.sink.pictures) < number:
            assert not session.wait(0.01)
        session.switch(target)
        gate.set()
        while session.readings().profile != target.name:
            assert not session.wait(0.01)
    assert session.wait(LONG_S)
    assert [switch.dropped for switch in session.readings().switches] == [0, 0]
    session.stop(SOON_S)
    assert list(closed.values()) == [1, 1]
    pictures = studio.sink.pictures
    assert len(pictures) == FRAMES
    assert not any(each.by_policy for each in pictures)
    given = three(DEMO)[-1]
    results = [make_frame(np.asarray(cv2.cvtColor(each.planes, cv2.COLOR_YUV2BGR_I420), np.uint8)) for each in pictures]
    assert not any(shows(face, result, given) for result in results for face in given.faces)
    others = inside_oval(given.faces[0], given.size, 0.5) | inside_oval(given.faces[2], given.size, 0.5)
    worn = [difference(result.pixels, results[0].pixels, others) > 3 for result in results]
    assert worn[EACH - 1 : FRAMES - EACH].count(True) > EACH // 2
    assert not any((*worn[: EACH - 1], *worn[-2:]))


def test_a_session_takes_no_profile_that_casts_somebody_uncleared(studio: Studio) -> None:
    person = persona("tomas").model_copy(update={"kind": Kind.PERSON})
    with pytest.raises(ConsentError, match="ines can't cast tomas"):
        studio.session(FakeSource([], size=(64, 64)), casting(("left", person)))
