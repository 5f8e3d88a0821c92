"""The sweep leads through its steps by what is seen, and tells where the swap will fail."""

from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.media import Face
from pipeline.preflight.actor.sweep import Step, Sweep, SweepResult, sweep_findings
from pipeline.preflight.finding import Finding, Verdict
from pipeline.video.tracking.head_pose import HeadPose
from pipeline.video.tracking.mesh import eye_distance_px, face_template
from tests.footage import TURNING, needs_media, persona, tracked_clip

FRAME_NS, SECONDS = 33_000_000, 20.0
TURNS = {Step.LEFT: (1, 0), Step.RIGHT: (-1, 0), Step.UP: (0, 1), Step.DOWN: (0, -1), Step.MOUTH: (0, 0)}


@cache
def face(yaw_deg: float = 0.0, pitch_deg: float = 0.0, opening: float = 0.0, score: float = 1.0) -> Face:
    """A mean head of 100 pixels from eye to eye; positive yaw turns the nose to the picture's right."""
    yaw, pitch = np.radians([-yaw_deg, -pitch_deg])
    across = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    along = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    head = face_template().astype(np.float64)
    head[14] = head[13] + [0, opening * eye_distance_px(face_template()), 0]
    landmarks = (head @ (across @ along).T * 100 + 300).astype(np.float32)
    return Face(0, (250.0, 250.0, 100.0, 130.0), landmarks, HeadPose().of(landmarks), score, chosen=True)


def out_and_back(most: float) -> Iterator[float]:
    """A second out and a second back."""
    yield from np.concatenate([np.linspace(0, most, 30), np.linspace(most, 0, 30)]).round(2)


def swept(reach: dict[Step, float], bears: dict[Step, float] | None = None, score: float = 0.0) -> Sweep:
    """The sweep of an actor who does as he is told.

    Args:
        reach: how far he goes at each step.
        bears: how far the face is followed at a step; all the way where it is not named.
        score: of the face beyond that; 0 where it is not seen at all.
    """
    sweep, now_ns = Sweep(0, SECONDS), 0
    for step in Step:
        for amount in out_and_back(reach[step]):
            if sweep.step is not step:
                break
            across, up = TURNS[step]
            seen: Face | None = face(across * amount, up * amount, amount if step is Step.MOUTH else 0.0)
            if amount > (bears or {}).get(step, np.inf):
                seen = face(across * amount, up * amount, 0.0, score) if score else None
            sweep.see(seen, now_ns)
            now_ns += FRAME_NS
        while sweep.step is step:
            sweep.see(face(), now_ns)
            now_ns += FRAME_NS
    return sweep


WIDE = {Step.LEFT: 45.0, Step.RIGHT: 45.0, Step.UP: 20.0, Step.DOWN: 20.0, Step.MOUTH: 0.45}


def told(result: SweepResult, **settings: object) -> dict[str, Finding]:
    return {each.id.partition("_")[2]: each for each in sweep_findings(result, persona("mara", **settings))}


def test_whoever_does_as_he_is_told_is_through_before_the_time_is_over() -> None:
    sweep = swept(WIDE)
    assert sweep.is_done
    assert sweep.progress == 1.0
    assert [taken.step for taken in sweep.result.taken] == list(Step)
    for taken in sweep.result.taken:
        assert taken.greatest == pytest.approx(WIDE[taken.step], rel=0.05)
        assert taken.lost_at is None
    findings = told(sweep.result)
    assert list(findings) == ["yaw", "pitch", "mouth"]
    assert {each.verdict for each in findings.values()} == {Verdict.PASS}


def test_the_actors_left_is_the_pictures_right() -> None:
    sweep = Sweep(0, SECONDS)
    assert "your left" in sweep.instruction
    sweep.see(face(), 0)
    sweep.see(face(20.0), FRAME_NS)
    assert sweep.step_progress == pytest.approx(20 / 35, abs=0.05)
    assert sweep.greatest == pytest.approx(20.0, abs=1.0)


def test_who_turns_the_wrong_way_is_told() -> None:
    sweep = Sweep(0, SECONDS)
    sweep.see(face(), 0)
    sweep.see(face(-20.0), FRAME_NS)
    assert sweep.instruction.startswith("The other way: turn your head slowly to your left")
    assert sweep.step_progress == 0.0


def test_who_has_gone_far_enough_is_called_back_and_then_led_on() -> None:
    sweep = Sweep(0, SECONDS)
    for number, yaw_deg in enumerate((0.0, 20.0, 38.0)):
        sweep.see(face(yaw_deg), number * FRAME_NS)
    assert sweep.step is Step.LEFT
    assert sweep.instruction.startswith("Good. Come back")
    sweep.see(face(5.0), 3 * FRAME_NS)
    assert sweep.step is Step.RIGHT
    assert "your right" in sweep.instruction


def test_who_does_nothing_is_led_through_by_the_clock() -> None:
    sweep = Sweep(1_000, SECONDS)
    steps = []
    for now_ns in range(1_000, round(SECONDS * 1e9) + 2_000, 500_000_000):
        sweep.see(face(), now_ns)
        steps.append(sweep.step)
    assert steps == [*(step for step in Step for _ in range(8)), None]
    assert sweep.is_done
    findings = told(sweep.result)
    assert {each.verdict for each in findings.values()} == {Verdict.SKIP}
    assert "moved by only 0° left" in findings["yaw"].measured


def test_without_a_face_the_actor_is_told_and_nothing_is_claimed() -> None:
    sweep = Sweep(0, SECONDS)
    for now_ns in range(0, round(SECONDS * 1e9) + 1, FRAME_NS):
        sweep.see(None, now_ns)
        if now_ns == 20 * FRAME_NS:
            assert "not seen" in sweep.instruction
    sweep.see(None, round(SECONDS * 1e9))
    assert sweep.is_done
    assert {each.verdict for each in told(sweep.result).values()} == {Verdict.SKIP}
    assert sweep.coverage.cells == frozenset()


@pytest.mark.parametrize(("bears_deg", "verdict"), [(25.0, "WARN"), (14.0, "FAIL"), (38.0, "PASS")])
@pytest.mark.parametrize("score", [0.0, 0.4])
def test_the_angle_is_told_at_which_the_face_is_lost(bears_deg: float, verdict: str, score: float) -> None:
    sweep = swept(WIDE, {Step.RIGHT: bears_deg}, score)
    finding = told(sweep.result)["yaw"]
    assert finding.verdict == verdict
    assert f"{sweep.result.of(Step.RIGHT).lost_at:.0f}° right" in finding.measured
    assert sweep.result.of(Step.RIGHT).lost_at == pytest.approx(bears_deg, abs=2.5)
    assert ("to the right" in finding.remedy) == (verdict != "PASS")


def test_a_single_frame_without_a_face_is_no_loss() -> None:
    sweep = Sweep(0, SECONDS)
    for number, yaw_deg in enumerate((0.0, 20.0, None, 30.0, None, 36.0, 5.0)):
        sweep.see(None if yaw_deg is None else face(yaw_deg), number * FRAME_NS)
    assert sweep.result.of(Step.LEFT).lost_at is None


def test_a_profile_that_fades_early_fails_early() -> None:
    finding = told(swept(WIDE).result, max_yaw_deg=25.0)["yaw"]
    assert finding.verdict is Verdict.WARN
    assert "max_yaw_deg" in finding.remedy
    assert finding.gauge is not None
    assert finding.gauge.value == 25.0


def test_a_mouth_that_loses_the_face_fails() -> None:
    finding = told(swept(WIDE, {Step.MOUTH: 0.25}).result)["mouth"]
    assert finding.verdict is Verdict.FAIL
    assert "Open your mouth less" in finding.remedy


def test_the_coverage_tells_which_turns_were_seen() -> None:
    cells = swept(WIDE, {Step.RIGHT: 25.0}).coverage.cells
    yaws = {yaw for yaw, pitch in cells if pitch == 0}
    assert {7, 22, 37, -8} <= yaws
    assert min(yaws) >= -23
    assert {pitch for _, pitch in cells} >= {-10, 0, 10}


def test_progress_never_goes_back_and_reaches_the_end() -> None:
    sweep, before = Sweep(0, SECONDS), 0.0
    for number, yaw_deg in enumerate([*out_and_back(40.0), *(-x for x in out_and_back(20.0))]):
        sweep.see(face(yaw_deg), number * FRAME_NS)
        assert before <= sweep.progress <= 1.0
        before = sweep.progress
    assert 0.2 < before < 0.4


@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, 0.0, 20.0, -38.0, 38.0]),
            st.sampled_from([0.0, 0.5, 1.0]),
            st.integers(0, 900_000_000),
        ),
        max_size=60,
    )
)
def test_whatever_is_seen_there_is_an_instruction_and_a_verdict(
    looks: list[tuple[float | None, float, int]],
) -> None:
    sweep, now_ns, before = Sweep(0, 5.0), 0, 0.0
    for yaw_deg, score, pause_ns in looks:
        now_ns += pause_ns
        sweep.see(None if yaw_deg is None else face(yaw_deg, 0.0, 0.0, score), now_ns)
        assert sweep.instruction.endswith(".")
        assert before <= sweep.progress <= 1.0
        before = sweep.progress
    assert len(told(sweep.result)) == 3
    assert all(bool(each.remedy) or each.verdict is Verdict.PASS for each in told(sweep.result).values())


@needs_media
def test_a_real_head_that_turns_is_followed_to_both_sides() -> None:
    faces = sorted(real_faces(), key=lambda each: each.pose.yaw_deg)
    left = [each for each in faces if each.pose.yaw_deg > -5]
    right = [each for each in faces[::-1] if each.pose.yaw_deg < 5]
    sweep = Sweep(0, SECONDS)
    for number, each in enumerate([*left, *left[::-1], *right, *right[::-1]]):
        sweep.see(each, number * FRAME_NS)
    assert sweep.step is Step.UP
    finding = told(sweep.result)["yaw"]
    assert finding.verdict is Verdict.PASS
    assert finding.measured == f"{faces[-1].pose.yaw_deg:.0f}° left, {-faces[0].pose.yaw_deg:.0f}° right"


def real_faces() -> Iterable[Face]:
    """The chosen faces of the clip in which a head turns through all angles."""
    return [frame.chosen_face for frame in tracked_clip(TURNING) if frame.chosen_face is not None]
