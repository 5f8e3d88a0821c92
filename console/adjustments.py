"""What the operator can change on a running profile, as functions from a profile to the next one."""

from enum import StrEnum
from typing import Literal

from profiles.profile import DisclosureSettings, FailSafePolicy, Profile

SIZE_STEP = 0.01
SIZE_LIMITS = (0.8, 1.25)
WARP_STEP = 0.05
WARP_LIMITS = (0.0, 1.0)
CORNERS: tuple[Literal["top-right", "bottom-right", "bottom-left", "top-left"], ...] = (
    "top-right",
    "bottom-right",
    "bottom-left",
    "top-left",
)
"""The label's corners, clockwise."""


class Setting(StrEnum):
    """A live setting."""

    FACE_SIZE = "face size"
    WARP = "warp"
    BACKGROUND = "background"
    POLICY = "fail-safe"
    LABEL = "label"


def with_face_size(profile: Profile, steps: int) -> Profile:
    """The profile with its face `steps` hundredths larger, within the limits."""
    return profile.with_face(size=_moved(profile.face.size, steps * SIZE_STEP, SIZE_LIMITS))


def with_warp(profile: Profile, steps: int) -> Profile:
    """The profile `steps` twentieths nearer to the target's proportions, within the limits."""
    return profile.with_face(warp=_moved(profile.face.warp, steps * WARP_STEP, WARP_LIMITS))


def with_next_background(profile: Profile, original: Profile) -> Profile:
    """The profile with the next kind of background: the picture or video of `original`, blur, colour, none."""
    room = original.background.kind if original.background.kind == "video" else "image"
    kinds = (room, "blur", "colour", "none")
    kind = profile.background.kind
    return profile.with_background(kind=kinds[(kinds.index(kind) + 1) % 4 if kind in kinds else 0])


def with_next_policy(profile: Profile) -> Profile:
    """The profile with the next fail-safe policy: hold, blur, card."""
    policies = tuple(FailSafePolicy)
    return profile.with_policy(policies[(policies.index(profile.output.policy) + 1) % len(policies)])


def with_next_corner(profile: Profile) -> Profile:
    """The profile with its label in the next corner, clockwise."""
    corner = CORNERS[(CORNERS.index(profile.disclosure.corner) + 1) % len(CORNERS)]
    disclosure = DisclosureSettings.model_validate(profile.disclosure.model_dump() | {"corner": corner})
    return profile.model_copy(update={"disclosure": disclosure})


def _moved(value: float, change: float, limits: tuple[float, float]) -> float:
    """`value` moved by `change`, kept within `limits` and on whole hundredths."""
    return min(max(round(value + change, 2), limits[0]), limits[1])
