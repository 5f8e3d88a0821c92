"""What the operator can change on a running profile: functions from a profile to the next one, and the way back."""

from collections import deque
from dataclasses import dataclass
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


HISTORY_LENGTH = 50
ONE_ADJUSTMENT_NS = 1_500_000_000
"""Presses that move one scale closer together than this count as one adjustment when it is undone."""


class Setting(StrEnum):
    """A live setting."""

    FACE_SIZE = "face size"
    WARP = "warp"
    BACKGROUND = "background"
    POLICY = "fail-safe"
    LABEL = "label"


LOADED = frozenset({Setting.BACKGROUND})
"""Settings that are made ready first, like another profile; the others are taken by the next frame."""


SCALES = frozenset({Setting.FACE_SIZE, Setting.WARP})
"""Settings that are moved by many presses."""


@dataclass(frozen=True, slots=True)
class Change:
    """One adjustment that can be undone."""

    setting: Setting
    before: Profile


class History:
    """The last adjustments, to be undone one after the other; quick moves of one scale count as one."""

    def __init__(self) -> None:
        self._changes: deque[Change] = deque(maxlen=HISTORY_LENGTH)
        self._pressed_ns: int | None = None

    def add(self, change: Change, pressed_ns: int) -> None:
        """Notes what was so before a key was pressed."""
        same = bool(self._changes) and self._changes[-1].setting is change.setting and change.setting in SCALES
        if not same or self._pressed_ns is None or pressed_ns - self._pressed_ns >= ONE_ADJUSTMENT_NS:
            self._changes.append(change)
        self._pressed_ns = pressed_ns

    def pop(self) -> Change | None:
        """The newest, which is forgotten; None when there is none."""
        self._pressed_ns = None
        return self._changes.pop() if self._changes else None

    def clear(self) -> None:
        """Forgets everything."""
        self._changes.clear()


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
