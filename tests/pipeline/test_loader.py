"""The loader: what is ready is taken at once, the newest choice wins, and nothing is kept or lost for ever."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from pipeline.lane import Handover
from pipeline.loader import READY_LIMIT, REQUEST_LIMIT, Loader, Request
from pipeline.stage import AudioStage
from pipeline.telemetry import Event, Level, PreparationFailed
from profiles.profile import BackgroundSettings, Profile
from tests.chains import FakeAssembly, make_chain, make_profile, stage_of
from tests.fakes import FakeClock, FakeStage


class Desk:
    """A loader stepped by hand; it never has to wait, for a step is asked for only when there is work."""

    def __init__(self, spoken_with: Callable[[AudioStage], bool] = lambda voice: False) -> None:
        self.assembly = FakeAssembly()
        self.clock = FakeClock(1_000)
        self.given: list[Handover] = []
        self.events: list[Event] = []
        self.loader = Loader(self.assembly, self.clock, self.given.append, self.events.append, spoken_with)

    def ask(self, name: str | Profile, *, take: bool = False, counts: bool = True) -> None:
        """Asks for a profile by name, to be made ready or to be taken."""
        profile = make_profile(name) if isinstance(name, str) else name
        self.loader.ask(Request(profile, take, counts, self.clock.now_ns()))

    def work(self, steps: int = 1) -> None:
        """Lets the loader work."""
        for _ in range(steps):
            assert self.loader.step()

    @property
    def given_names(self) -> list[str]:
        """Whom the lane got."""
        return [handover.chain.profile.name for handover in self.given]

    @property
    def built_names(self) -> list[str]:
        """What was built."""
        return [chain.profile.name for chain in self.assembly.built]


def other_room(profile: Profile) -> Profile:
    return profile.model_copy(update={"background": BackgroundSettings(kind="colour", colour="#ff0000")})


def test_a_profile_that_is_asked_to_be_ready_is_built_and_kept() -> None:
    desk = Desk()
    desk.ask("ben")
    assert not desk.loader.ready
    desk.work()
    assert desk.loader.ready == ("ben",)
    assert desk.given == []


def test_what_is_ready_is_handed_over_at_once_and_not_built_again() -> None:
    desk = Desk()
    desk.ask("ben")
    desk.work()
    desk.ask("ben", take=True)
    assert desk.given_names == ["ben"]
    assert desk.given[0].chain is desk.assembly.built[0]
    assert desk.loader.ready == ()
    assert desk.built_names == ["ben"]


def test_what_is_ready_is_not_made_ready_again() -> None:
    desk = Desk()
    desk.ask("ben")
    desk.work()
    desk.ask("ben")
    desk.ask("cleo")
    desk.work()
    assert desk.built_names == ["ben", "cleo"]


def test_what_is_ready_takes_the_live_settings_that_were_asked_for() -> None:
    desk = Desk()
    desk.ask("ben")
    desk.work()
    larger = make_profile("ben").with_face(size=1.2)
    desk.ask(larger, take=True)
    assert desk.given[0].chain.profile == larger
    assert desk.given[0].chain.stages == desk.assembly.built[0].stages


def test_a_ready_chain_with_another_room_is_built_anew() -> None:
    desk = Desk()
    desk.ask("ben")
    desk.work()
    changed = other_room(make_profile("ben"))
    desk.ask(changed, take=True)
    assert desk.given == []
    desk.work()
    assert [handover.chain.profile for handover in desk.given] == [changed]


def test_what_is_not_ready_is_built_and_then_handed_over_with_the_instant_of_the_request() -> None:
    desk = Desk()
    desk.ask("ben", take=True, counts=False)
    desk.clock.advance(500)
    desk.work()
    (handover,) = desk.given
    assert (handover.requested_ns, handover.counts) == (1_000, False)


def test_a_profile_that_fails_is_told_once_and_costs_nothing_else() -> None:
    desk = Desk()
    desk.assembly.broken.add("ben")
    desk.ask("ben", take=True)
    desk.work()
    ((level, text),) = ((event.level, event.text) for event in desk.events)
    assert level is Level.ERROR
    assert "ben" in text
    assert "Its portrait is torn." in text
    assert desk.given == []
    assert desk.loader.ready == ()
    assert desk.loader.loading is None
    desk.ask("cleo", take=True)
    desk.work()
    assert desk.given_names == ["cleo"]
    assert len(desk.events) == 1


def test_only_the_newest_choice_is_taken_and_the_others_are_kept_ready() -> None:
    desk = Desk()
    for name in ("ben", "cleo", "dora"):
        desk.ask(name, take=True)
    desk.work(3)
    assert desk.given_names == ["dora"]
    assert set(desk.loader.ready) == {"ben", "cleo"}


@pytest.mark.parametrize("warm", [False, True])
def test_a_choice_made_while_an_older_one_is_built_wins(warm: bool) -> None:
    desk = Desk()
    if warm:
        desk.ask("cleo")
        desk.work()
    desk.assembly.building = lambda profile: desk.ask("cleo", take=True) if profile.name == "ben" else None
    desk.ask("ben", take=True)
    desk.work(1 if warm else 2)
    assert desk.given_names == ["cleo"]
    assert desk.loader.ready == ("ben",)


def test_a_choice_is_not_undone_by_asking_for_the_same_profile_to_be_ready() -> None:
    desk = Desk()
    desk.ask("ben", take=True)
    desk.ask("ben")
    desk.work()
    assert desk.given_names == ["ben"]


def test_a_profile_that_failed_to_be_taken_does_not_bring_an_older_choice_back() -> None:
    desk = Desk()
    desk.assembly.broken.add("cleo")
    desk.ask("ben", take=True)
    desk.ask("cleo", take=True)
    desk.work(2)
    assert desk.given == []
    assert desk.loader.ready == ("ben",)


def test_the_profile_that_is_being_built_can_be_read() -> None:
    desk, seen = Desk(), list[str | None]()
    desk.assembly.building = lambda profile: seen.append(desk.loader.loading)
    desk.ask("ben")
    desk.work()
    assert seen == ["ben"]
    assert desk.loader.loading is None


def test_no_more_chains_are_kept_than_the_limit_and_the_oldest_are_closed() -> None:
    desk = Desk()
    names = [f"p{index}" for index in range(READY_LIMIT + 5)]
    for name in names:
        desk.ask(name)
        desk.work()
    assert desk.loader.ready == tuple(names[5:])
    assert [stage_of(chain).closes for chain in desk.assembly.built] == [1] * 5 + [0] * READY_LIMIT


def test_requests_do_not_pile_up() -> None:
    desk = Desk()
    for index in range(REQUEST_LIMIT * 3):
        desk.ask(f"p{index}")
    desk.ask("ben", take=True)
    desk.work(REQUEST_LIMIT)
    assert len(desk.built_names) == REQUEST_LIMIT
    assert desk.given_names == ["ben"]


def test_a_chain_that_left_the_lane_forgets_the_actor_and_is_kept_ready() -> None:
    desk = Desk()
    shared, own = FakeStage("track"), FakeStage("swap")
    chain = make_chain(make_profile("ben"), shared, own)
    chain = replace(chain, owned=(own,))
    desk.loader.retire(chain)
    desk.work()
    assert desk.loader.ready == ("ben",)
    assert (own.resets, own.closes) == (1, 0)
    assert (shared.resets, shared.closes) == (0, 0)
    desk.ask("ben", take=True)
    assert desk.given[0].chain is chain


def test_a_chain_that_left_the_lane_replaces_the_kept_one_of_its_profile() -> None:
    desk = Desk()
    desk.ask("ben")
    desk.work()
    later = make_chain(make_profile("ben"), FakeStage("later"))
    desk.loader.retire(later)
    desk.work()
    assert stage_of(desk.assembly.built[0]).closes == 1
    assert stage_of(later).closes == 0
    assert desk.loader.ready == ("ben",)


def test_closing_closes_everything_that_is_kept_or_was_given_back() -> None:
    desk = Desk()
    desk.ask("ben")
    desk.work()
    back = make_chain(make_profile("cleo"), FakeStage("cleo"))
    desk.loader.retire(back)
    desk.loader.close()
    assert stage_of(desk.assembly.built[0]).closes == 1
    assert stage_of(back).closes == 1
    desk.loader.close()
    assert stage_of(back).closes == 1


def test_without_work_a_step_is_short_and_harmless() -> None:
    desk = Desk()
    assert desk.loader.step()
    assert desk.built_names == []


def test_whatever_goes_wrong_in_a_build_is_told_and_the_loader_goes_on() -> None:
    desk = Desk()

    def fail(profile: Profile) -> None:
        raise ValueError("bits\nare missing")

    desk.assembly.building = fail
    desk.ask("ben", take=True)
    desk.work()
    (event,) = desk.events
    assert event.text == "ben could not be made ready: ValueError: bits are missing"
    assert isinstance(event, PreparationFailed) and event.profile == "ben"
    desk.assembly.building = lambda profile: None
    desk.ask("cleo", take=True)
    desk.work()
    assert desk.given_names == ["cleo"]


def test_a_setting_does_not_stop_a_switch_that_is_under_way() -> None:
    desk = Desk()
    desk.ask("ben", take=True)
    desk.ask(other_room(make_profile("ada")), take=True, counts=False)
    (event,) = desk.events
    assert event.level is Level.WARNING
    assert "ben is about to replace it" in event.text
    desk.work()
    assert desk.given_names == ["ben"]
    desk.ask(other_room(make_profile("ben")), take=True, counts=False)
    desk.work()
    assert desk.given_names == ["ben", "ben"]
