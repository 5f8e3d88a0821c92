"""The operator's acts on profiles, without a screen: adjusting, undoing, switching."""

import pytest

from console.adjustments import Setting
from console.lineup import Standing
from pipeline.errors import ConsentError, UnderstudyError
from profiles.profile import FailSafePolicy, Profile
from tests.console.fake_session import ADA, BEN, CLEO, FakeSession, make_desk


@pytest.mark.parametrize(("steps", "limit"), [(1, 1.25), (-1, 0.8)])
def test_face_size_moves_by_hundredths_and_stops_at_its_limits(steps: int, limit: float) -> None:
    session = FakeSession()
    desk = make_desk(session)
    desk.move(Setting.FACE_SIZE, steps)
    assert session.profile.face.size == pytest.approx(1.0 + 0.01 * steps)
    for _ in range(60):
        desk.move(Setting.FACE_SIZE, steps)
    assert session.profile.face.size == limit
    adjusted = session.calls.count("adjust")
    desk.move(Setting.FACE_SIZE, steps)
    assert session.calls.count("adjust") == adjusted


def test_warp_reaches_both_ends() -> None:
    session = FakeSession()
    desk = make_desk(session)
    for _ in range(30):
        desk.move(Setting.WARP, 1)
    assert session.profile.face.warp == 1.0
    for _ in range(30):
        desk.move(Setting.WARP, -1)
    assert session.profile.face.warp == 0.0


def test_backgrounds_come_round_to_the_first() -> None:
    session = FakeSession()
    desk = make_desk(session)
    kinds = []
    for _ in range(4):
        desk.cycle_background()
        kinds.append(session.profile.background.kind)
    assert kinds == ["blur", "colour", "none", "image"]


def test_a_video_loop_comes_round_as_a_video_loop() -> None:
    session = FakeSession(profile=ADA.with_background(kind="video"))
    desk = make_desk(session)
    for _ in range(4):
        desk.cycle_background()
    assert session.profile.background.kind == "video"


def test_policies_come_round() -> None:
    session = FakeSession()
    desk = make_desk(session)
    seen = []
    for _ in range(3):
        desk.cycle_policy()
        seen.append(session.profile.output.policy)
    assert seen == [FailSafePolicy.BLUR, FailSafePolicy.CARD, FailSafePolicy.HOLD]


def test_the_label_goes_round_the_corners_and_nothing_else_changes() -> None:
    session = FakeSession()
    desk = make_desk(session)
    corners = []
    for _ in range(4):
        desk.cycle_corner()
        corners.append(session.profile.disclosure.corner)
    assert corners == ["bottom-right", "bottom-left", "top-left", "top-right"]
    assert session.profile == ADA


def test_undo_takes_one_adjustment_back_after_the_other() -> None:
    session = FakeSession()
    desk = make_desk(session)
    desk.cycle_policy()
    desk.cycle_corner()
    assert "label" in desk.undo()
    assert session.profile.disclosure == ADA.disclosure
    assert session.profile.output.policy is FailSafePolicy.BLUR
    desk.undo()
    assert session.profile == ADA
    assert "no adjustment" in desk.undo()


def test_quick_presses_of_one_key_are_undone_together_and_slow_ones_apart() -> None:
    session = FakeSession()
    desk = make_desk(session)
    for _ in range(5):
        desk.move(Setting.FACE_SIZE, 1)
        session.let_pass(0.1)
    session.let_pass(5.0)
    desk.move(Setting.FACE_SIZE, 1)
    desk.undo()
    assert session.profile.face.size == pytest.approx(1.05)
    desk.undo()
    assert session.profile.face.size == 1.0


def test_presses_faster_than_the_lane_all_count() -> None:
    class SlowSession(FakeSession):
        def adjust(self, profile: object) -> None:
            self.calls.append("adjust")

    session = SlowSession()
    desk = make_desk(session)
    for _ in range(3):
        desk.move(Setting.FACE_SIZE, 1)
    assert desk.profile.face.size == pytest.approx(1.03)
    session.let_pass(2.0)
    assert desk.profile.face.size == 1.0, "what the session never took is not shown for ever"


def test_a_switch_loads_and_takes_the_profile() -> None:
    session = FakeSession()
    make_desk(session).switch("ben")
    assert session.profile == BEN


def test_adjustments_of_a_profile_are_there_when_it_comes_back() -> None:
    session = FakeSession()
    desk = make_desk(session)
    desk.move(Setting.FACE_SIZE, 4)
    desk.switch("ben")
    desk.rows(session.readings())
    assert session.profile.face.size == 1.0
    desk.switch("ada")
    assert session.profile.face.size == pytest.approx(1.04)


def test_the_running_profile_is_not_switched_to() -> None:
    session = FakeSession()
    assert "already" in make_desk(session).switch("ada")
    assert session.calls == []


def test_a_broken_profile_is_refused_with_its_problem_and_marked() -> None:
    session = FakeSession()
    desk = make_desk(session)
    with pytest.raises(UnderstudyError, match=r"dora .* at most 1\.25"):
        desk.switch("dora")
    assert [row.standing for row in desk.rows(session.readings())] == [
        Standing.CURRENT,
        Standing.READY,
        Standing.IDLE,
        Standing.REFUSED,
    ]


def test_number_keys_belong_to_those_that_can_go_on_air_and_are_kept() -> None:
    session = FakeSession()
    desk = make_desk(session)
    assert [desk.profiles.name_at(number) for number in range(1, 6)] == ["ada", "ben", "cleo", None, None]
    assert [(row.name, row.number) for row in desk.rows(session.readings())] == [
        ("ada", 1),
        ("ben", 2),
        ("cleo", 3),
        ("dora", None),
    ]


def test_a_profile_that_could_not_be_built_is_marked() -> None:
    class Stubborn(FakeSession):
        def switch(self, profile: object) -> None:
            self.loading = "cleo"

    session = Stubborn()
    desk = make_desk(session)
    desk.switch("cleo")
    assert desk.rows(session.readings())[2].standing is Standing.LOADING
    session.loading = None
    assert desk.rows(session.readings())[2].standing is Standing.IDLE, "it may be on its way into the lane"
    session.let_pass(1.1)
    assert desk.rows(session.readings())[2].standing is Standing.REFUSED


def test_a_profile_that_nobody_has_cleared_is_refused_and_marked() -> None:
    class Strict(FakeSession):
        def switch(self, profile: object) -> None:
            raise ConsentError("The profile cleo is of a real person and has no verified consent record.")

    session = Strict()
    desk = make_desk(session)
    with pytest.raises(ConsentError):
        desk.switch("cleo")
    assert desk.rows(session.readings())[2].standing is Standing.REFUSED
    assert "already" in desk.switch("ada"), "the refused switch is not waited for"


class LoadingSession(FakeSession):
    """Takes what it is asked for only when the test lets it."""

    def switch(self, profile: Profile) -> None:
        """Begins to load."""
        self.note(f"switch {profile.name}")
        self.loading, self.next = profile.name, profile

    def arrive(self) -> None:
        """Takes what was loaded."""
        self.loading, self.profile = None, self.next


def test_a_background_can_not_overtake_a_switch() -> None:
    session = LoadingSession()
    desk = make_desk(session)
    desk.switch("cleo")
    with pytest.raises(UnderstudyError, match="Cleo is about to come in; change the background after that"):
        desk.cycle_background()
    assert session.calls == ["switch cleo"]
    session.arrive()
    desk.cycle_background()
    assert session.profile == CLEO.with_background(kind="blur")


def test_a_background_that_a_switch_overtook_is_not_asked_for_again_with_the_next_setting() -> None:
    class Recording(LoadingSession):
        def adjust(self, profile: Profile) -> None:
            self.note(f"adjust {profile.background.kind}")

    session = Recording()
    desk = make_desk(session)
    desk.cycle_background()
    desk.switch("cleo")
    desk.move(Setting.FACE_SIZE, 1)
    assert session.calls == ["adjust blur", "switch cleo", "adjust image"]


def test_what_is_adjusted_during_a_switch_is_the_old_profiles_and_is_not_undone_on_the_new_one() -> None:
    session = LoadingSession()
    desk = make_desk(session)
    desk.switch("cleo")
    desk.move(Setting.FACE_SIZE, 3)
    assert session.profile.face.size == pytest.approx(1.03)
    session.arrive()
    desk.rows(session.readings())
    assert "no adjustment" in desk.undo()
    assert session.profile == CLEO


def test_a_profile_can_be_made_ready_without_being_taken() -> None:
    session = FakeSession()
    make_desk(session).prepare("cleo")
    assert session.calls == ["prepare cleo"]
    assert session.profile is ADA
