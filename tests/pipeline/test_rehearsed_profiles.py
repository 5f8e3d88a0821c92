"""A profile that waits is shown on the present actor, and taking it costs and breaks nothing."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from pipeline.errors import StageError
from pipeline.lane import Handover
from pipeline.loader import READY_LIMIT, Loader, Request
from pipeline.media import Frame, Pixels
from pipeline.session import Session
from pipeline.telemetry import Event, Level, Shown
from pipeline.video.screen.gallery import Gallery
from pipeline.video.screen.rehearsal import PAUSE_NS, Rehearsal
from profiles.profile import Profile
from tests.chains import FakeAssembly, make_profile, stage_of
from tests.fakes import FakeClock, FakeStage, make_frame
from tests.footage import BIRD, DEMO, chosen, clips, inside_oval, persona, tracked_clip
from tests.rigging import SOON_S, PatientSource
from tests.studio import Studio

SIZE = (64, 64)


class Desk:
    """A loader stepped by hand, with an operator who looks at what comes next."""

    def __init__(self) -> None:
        self.assembly, self.clock = FakeAssembly(), FakeClock(1_000)
        self.given: list[Handover] = []
        self.events: list[Event] = []
        self.gallery = Gallery(self.clock)
        self.loader = Loader(self.assembly, self.clock, self.given.append, self.events.append)
        self.loader.rehearsal = Rehearsal(self.gallery, self.clock)
        self.frames = 0

    def ask(self, name: str | Profile, *, take: bool = False) -> None:
        """Asks for a profile, to be made ready or to be taken."""
        profile = make_profile(name) if isinstance(name, str) else name
        self.loader.ask(Request(profile, take, True, self.clock.now_ns()))

    def prepare(self, *names: str | Profile) -> None:
        """Has profiles made ready."""
        for name in names:
            self.ask(name)
            while self.loader._requests:
                self.loader.step()

    def look(self) -> int | None:
        """The level of what the operator sees."""
        preview = self.gallery.newest(Shown.NEXT, SIZE)
        return None if preview is None else int(preview.pixels[-1, 0, 0])

    def play(self, level: int = 100) -> int | None:
        """The lane sees a frame and the loader has time; what the operator sees then."""
        self.clock.advance(PAUSE_NS)
        self.look()
        self.frames += 1
        frame = make_frame(level, SIZE)
        self.gallery.actor = frame
        self.loader._retired.clear()
        self.loader.step()
        return self.look()

    def stage(self, number: int) -> FakeStage:
        """The stage of one of the chains that were built."""
        return stage_of(self.assembly.built[number])

    def during(self, number: int, deed: Callable[[], None]) -> None:
        """Has something done while a chain's stage works on its next frame."""
        stage = self.stage(number)
        work = stage.process

        def busy(frame: Frame) -> Frame:
            stage.process = work  # type: ignore[method-assign]
            resets = stage.resets
            deed()
            assert stage.resets == resets, "a stage was reset while it worked"
            return work(frame)

        stage.process = busy  # type: ignore[method-assign]


def test_what_was_made_ready_last_is_shown() -> None:
    desk = Desk()
    assert desk.play() is None
    desk.prepare("ben", "cleo")
    assert desk.loader.prepared == "cleo"
    assert desk.play(100) == 101
    assert (desk.stage(0).count, desk.stage(1).count) == (0, 1)
    desk.prepare("ben")
    assert desk.loader.prepared == "ben"
    desk.play()
    assert (desk.stage(0).count, desk.stage(1).count) == (1, 1)
    assert desk.stage(1).resets == 1


def test_what_is_taken_is_as_if_it_had_seen_no_frame_and_is_shown_no_more() -> None:
    desk = Desk()
    desk.prepare("ben")
    desk.play()
    desk.ask("ben", take=True)
    assert [handover.chain.profile.name for handover in desk.given] == ["ben"]
    assert desk.stage(0).resets == 1
    assert (desk.loader.prepared, desk.look(), desk.play()) == (None, None, None)
    assert desk.stage(0).count == 1


def test_what_comes_back_from_the_lane_does_not_wait_to_be_taken() -> None:
    desk = Desk()
    desk.prepare("ben")
    desk.ask("ben", take=True)
    desk.loader.retire(desk.given[0].chain)
    desk.loader.step()
    assert desk.loader.ready == ("ben",)
    assert (desk.loader.prepared, desk.play()) == (None, None)


def test_a_chain_that_is_taken_while_it_sees_a_frame_is_handed_over_when_it_has_done_it() -> None:
    desk = Desk()
    desk.prepare("ben")
    given: list[int] = []

    def take() -> None:
        desk.ask("ben", take=True)
        given.append(len(desk.given))

    desk.during(0, take)
    desk.play()
    assert given == [0]
    assert [handover.chain.profile.name for handover in desk.given] == ["ben"]
    assert desk.stage(0).resets == 1
    assert (desk.look(), desk.loader.ready) == (None, ())


def test_another_choice_meanwhile_wins_and_the_first_stays_ready() -> None:
    desk = Desk()
    desk.prepare("ada", "ben")

    def choose() -> None:
        desk.ask("ben", take=True)
        desk.ask("ada", take=True)

    desk.during(1, choose)
    desk.play()
    assert [handover.chain.profile.name for handover in desk.given] == ["ada"]
    assert desk.loader.ready == ("ben",)


def test_another_profile_that_is_made_ready_meanwhile_is_the_next_one() -> None:
    desk = Desk()
    desk.prepare("ada", "ben")
    desk.during(1, lambda: desk.ask("ada"))
    desk.play()
    assert desk.loader.prepared == "ada"
    assert desk.look() is None
    assert desk.stage(1).resets == 1
    desk.play()
    assert desk.stage(0).count == 1


def test_the_one_before_can_be_taken_while_it_is_still_seen_though_another_is_next() -> None:
    desk = Desk()
    desk.prepare("ada", "ben")
    counts: list[int] = []

    def choose() -> None:
        desk.ask("ada")
        desk.ask("ben", take=True)
        counts.append(len(desk.given))

    desk.during(1, choose)
    desk.play()
    assert counts == [0]
    assert [handover.chain.profile.name for handover in desk.given] == ["ben"]
    assert desk.loader.prepared == "ada"


def test_changed_live_settings_of_what_waits_are_seen_before_it_is_taken() -> None:
    desk = Desk()
    desk.prepare("ben")
    desk.play()
    larger = make_profile("ben").with_face(size=1.2)
    desk.prepare(larger)
    desk.play()
    assert desk.stage(0).adjusted[-1] == larger
    assert len(desk.assembly.built) == 1
    assert desk.stage(0).resets == 0


def test_a_chain_that_breaks_down_is_told_once_and_costs_nothing_but_the_picture() -> None:
    desk = Desk()
    desk.prepare("ben")
    stage = desk.stage(0)
    stage.process = lambda frame: 1 / 0  # type: ignore[method-assign, assignment, return-value]
    assert [desk.play() for _ in range(3)] == [None] * 3
    ((level, text),) = ((event.level, event.text) for event in desk.events)
    assert (level, text) == (
        Level.WARNING,
        "ben can't be shown before it is taken: ZeroDivisionError: division by zero",
    )
    assert desk.loader.ready == ("ben",)
    desk.ask("ben", take=True)
    assert len(desk.given) == 1


def test_what_makes_room_for_others_is_shown_no_more() -> None:
    desk = Desk()
    desk.prepare("first")
    desk.play()
    others = [make_profile(f"other-{number}") for number in range(READY_LIMIT)]
    for other in others:
        desk.loader._keep(desk.assembly.build(other))
    assert "first" not in desk.loader.ready
    assert (desk.loader.prepared, desk.play()) == (None, None)


def test_an_unusable_frame_shows_the_card() -> None:
    desk = Desk()
    desk.prepare("ben")

    def fail(frame: Frame) -> Frame:
        raise StageError("There is no face.")

    desk.stage(0).process = fail  # type: ignore[method-assign]
    assert desk.play() is not None
    assert desk.events == []


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    """A maker of sessions."""
    studio = Studio(monkeypatch)
    yield studio
    studio.close()


def waited(session: Session, shown: Shown, size: tuple[int, int]) -> Pixels:
    """A picture, as soon as there is one."""
    while (preview := session.picture(*size, shown)) is None:
        assert not session.wait(0.01)
    return preview.pixels


class Returning(PatientSource):
    """A camera before which somebody sits still."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(size=frame.size)
        self._frame, self._count = frame, 0

    def read(self) -> Frame | None:
        """The same picture at the next instant."""
        if self._closed.wait(0.03):
            return super().read()
        self._count += 1
        return make_frame_at(self._frame.pixels, self._count * 33_000_000)


def make_frame_at(pixels: Pixels, at_ns: int) -> Frame:
    return Frame(pixels, at_ns, at_ns)


@pytest.mark.parametrize("name", clips(DEMO, BIRD))
def test_the_actor_is_seen_as_the_next_person_while_the_present_one_is_on_air(studio: Studio, name: str) -> None:
    frame = tracked_clip(name)[10]
    size = (256, round(256 * frame.size[1] / frame.size[0]))
    session = studio.session(Returning(frame), persona("mara"))
    session.start()
    assert session.picture(*size, Shown.NEXT) is None
    session.prepare(persona("tomas"))
    while session.readings().prepared != "tomas":
        assert not session.wait(0.01)
    pictures = {shown: waited(session, shown, size) for shown in (Shown.NEXT, Shown.SOURCE, Shown.PROGRAM)}
    landmarks = chosen(frame).landmarks.copy()
    landmarks[:, :2] *= size[0] / frame.size[0]
    face = inside_oval(replace(chosen(frame), landmarks=landmarks), size, 0.8)
    apart = [
        np.abs(pictures[one].astype(int) - pictures[other].astype(int))[face].mean()
        for one, other in ((Shown.NEXT, Shown.SOURCE), (Shown.NEXT, Shown.PROGRAM), (Shown.PROGRAM, Shown.SOURCE))
    ]
    assert min(apart) > 4
    session.panic()
    assert waited(session, Shown.NEXT, size).shape == pictures[Shown.NEXT].shape
    session.switch(persona("tomas"))
    while session.profile.name != "tomas":
        assert not session.wait(0.01)
    assert session.readings().prepared is None
    assert session.picture(*size, Shown.NEXT) is None
    session.stop(SOON_S)
    assert studio.events == []
