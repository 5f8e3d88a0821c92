"""What a sweep of the head showed: how far the face is followed, and where the swap will fail."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.media import Pose
from pipeline.preflight.finding import Finding, Verdict, skipped
from pipeline.preflight.limits import Limit, read_limits
from profiles.profile import Profile

YAW_EDGES_DEG = tuple(range(-75, 76, 15))
PITCH_EDGES_DEG = tuple(range(-35, 36, 10))
AGAIN = "Run this check again and follow the instructions."


class Step(StrEnum):
    """What the actor is asked to do, in this order."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    MOUTH = "mouth"

    def amount(self, pose: Pose, opening: float) -> float:
        """How far a step went: degrees from the camera in its direction, or the mouth's opening.

        The actor's own left is the picture's right.
        """
        amounts = (pose.yaw_deg, -pose.yaw_deg, pose.pitch_deg, -pose.pitch_deg, opening)
        return amounts[list(Step).index(self)]


@dataclass(frozen=True, slots=True)
class Taken:
    """How one step went.

    Attributes:
        step: which.
        greatest: as far as the face was followed well; None where it was not seen.
        lost_at: how far it had gone when the face was lost or hardly believed, the least of several; None where it
            was not.
    """

    step: Step
    greatest: float | None = None
    lost_at: float | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which turns of the head were seen.

    Attributes:
        good: how many looks followed the face well, by rows of pitch and columns of yaw, between the edges.
        poor: how many hardly believed it.
    """

    good: tuple[tuple[int, ...], ...]
    poor: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, good: Sequence[Pose], poor: Sequence[Pose]) -> "Coverage":
        """The coverage of some looks; those beyond the edges are left out."""
        return cls(_counted(good), _counted(poor))

    @property
    def cells(self) -> frozenset[tuple[int, int]]:
        """The middles of the cells that were followed well, yaw and pitch in degrees."""
        return frozenset(
            ((left + right) // 2, (low + high) // 2)
            for row, (low, high) in zip(self.good, zip(PITCH_EDGES_DEG, PITCH_EDGES_DEG[1:], strict=False), strict=True)
            for count, (left, right) in zip(row, zip(YAW_EDGES_DEG, YAW_EDGES_DEG[1:], strict=False), strict=True)
            if count
        )


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What a sweep came to, whole or not."""

    taken: tuple[Taken, ...]
    """The steps that were begun."""
    coverage: Coverage

    def of(self, step: Step) -> Taken:
        """How a step went."""
        return next((taken for taken in self.taken if taken.step is step), Taken(step))


def sweep_findings(result: SweepResult, profile: Profile) -> tuple[Finding, ...]:
    """At which angles the swap will fail, and whether it bears an open mouth."""
    limits = read_limits("pipeline.preflight.actor")
    fades_deg = profile.face.max_yaw_deg
    yaw = _turns(
        result, (Step.LEFT, Step.RIGHT), ("actor.sweep_yaw", "turning the head"), limits["sweep_yaw"], fades_deg
    )
    pitch = _turns(result, (Step.UP, Step.DOWN), ("actor.sweep_pitch", "nodding"), limits["sweep_pitch"], None)
    return yaw, pitch, _mouth(result.of(Step.MOUTH), limits["sweep_mouth"])


def _turns(
    result: SweepResult, steps: tuple[Step, Step], name: tuple[str, str], limit: Limit, fades_deg: float | None
) -> Finding:
    """The finding over a step and its opposite: the side on which the face is followed less far counts."""
    taken = [result.of(step) for step in steps]
    wanted = f"at least {limit.passes[0]:.0f}° to both sides"
    if all(each.greatest is None for each in taken):
        return skipped(*name, "no face was seen while the head was to be moved", AGAIN)
    reached = {each.step: _usable(each, fades_deg) for each in taken}
    least = min(reached.values())
    failed = min((reached[each.step] for each in taken if _has_failed(each, fades_deg)), default=least)
    verdict = limit.verdict(failed)
    told = ", ".join(f"{degrees:.0f}° {step}" for step, degrees in reached.items())
    if any(_has_failed(each, fades_deg) for each in taken) and verdict is not Verdict.PASS:
        remedy = _turn_remedy(taken, failed, fades_deg)
        return Finding(*name, verdict, f"{told}, then the swap fails", wanted, remedy, limit.gauge(failed))
    if least < limit.passes[0]:
        return skipped(*name, f"the head was moved by only {told}; {wanted} is looked at", AGAIN)
    return Finding(*name, Verdict.PASS, told, wanted, gauge=limit.gauge(least))


def _has_failed(taken: Taken, fades_deg: float | None) -> bool:
    """Whether the swap would have failed on the way of a step."""
    return taken.lost_at is not None or (fades_deg is not None and (taken.greatest or 0.0) >= fades_deg)


def _usable(taken: Taken, fades_deg: float | None) -> float:
    """How far the swap works: up to where the face was lost, or the profile fades it."""
    ends = (taken.greatest or 0.0, taken.lost_at, fades_deg)
    return max(0.0, min(end for end in ends if end is not None))


def _turn_remedy(taken: Sequence[Taken], least_deg: float, fades_deg: float | None) -> str:
    """What to do about a swap that fails early."""
    if fades_deg is not None and least_deg >= fades_deg:
        return f"Turn your head by less than {least_deg:.0f}°, or raise `max_yaw_deg` in [face] of the profile."
    sides = " and ".join(each.step for each in taken if each.lost_at is not None and each.lost_at <= least_deg)
    return (
        f"Turn your head by less than {least_deg:.0f}° to the {sides}, light that side of the face and keep hair and "
        "collar off it."
    )


def _mouth(taken: Taken, limit: Limit) -> Finding:
    """Whether the face is still followed when the mouth is open."""
    name = ("actor.sweep_mouth", "opening the mouth")
    if taken.greatest is None and taken.lost_at is None:
        return skipped(*name, "no face was seen while the mouth was to be opened", AGAIN)
    if taken.lost_at is not None:
        remedy = "Open your mouth less widely, and light the lower face: the swap falls away there."
        return Finding(*name, Verdict.FAIL, f"the face is lost at an opening of {taken.lost_at:.2f}", "", remedy)
    opening = taken.greatest or 0.0
    wanted = f"at least {limit.passes[0]:.2f} of the eyes' distance"
    if limit.verdict(opening) is not Verdict.PASS:
        return skipped(*name, f"the mouth was opened by only {opening:.2f} of the eyes' distance", AGAIN)
    return Finding(*name, Verdict.PASS, f"{opening:.2f} of the eyes' distance", wanted, gauge=limit.gauge(opening))


def _counted(poses: Sequence[Pose]) -> tuple[tuple[int, ...], ...]:
    """How many poses lie in each cell."""
    return tuple(
        tuple(
            sum(left <= pose.yaw_deg < right and low <= pose.pitch_deg < high for pose in poses)
            for left, right in zip(YAW_EDGES_DEG, YAW_EDGES_DEG[1:], strict=False)
        )
        for low, high in zip(PITCH_EDGES_DEG, PITCH_EDGES_DEG[1:], strict=False)
    )
