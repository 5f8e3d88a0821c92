"""What the operator can change on a running profile: functions from a profile to the next one, and the way back."""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from profiles.profile import DisclosureSettings, FailSafePolicy, Profile, SyncSettings, VoiceSettings

SIZE_STEP = 0.01
SIZE_LIMITS = (0.8, 1.25)
OPACITY_STEP = 0.01
OPACITY_LIMITS = (0.85, 1.0)
COLOUR_STEP = OCCLUSION_STEP = BLUR_STEP = 0.05
SHARE_LIMITS = (0.0, 1.0)
DELAY_STEP_MS = 10.0
DELAY_LIMITS_MS = (0.0, 5000.0)
WARP_STEP = 0.05
WARP_LIMITS = (0.0, 1.0)
PITCH_STEP_SEMITONES = 0.5
PITCH_LIMITS_SEMITONES = (-12.0, 12.0)
FORMANT_STEP = 0.02
FORMANT_LIMITS = (0.7, 1.4)
LATENCIES_MS = (40.0, 60.0, 80.0, 120.0, 200.0, 400.0, 800.0, 1500.0, 3000.0, 5000.0)
"""The dial between a quick voice and a good one."""
TRIM_STEP_MS = 10.0
TRIM_LIMITS_MS = (-500.0, 500.0)
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
    OPACITY = "opacity"
    COLOUR = "colour"
    OCCLUSION = "masks"
    BLUR = "background blur"
    DELAY = "delay"
    BACKGROUND = "background"
    POLICY = "fail-safe"
    LABEL = "label"
    PITCH = "pitch"
    FORMANTS = "formants"
    LATENCY = "voice latency"
    TRIM = "trim"


LOADED = frozenset({Setting.BACKGROUND, Setting.LATENCY})
"""Settings that are made ready first, like another profile; the others are taken by the next frame."""
ONE_BY_ONE = frozenset({Setting.BACKGROUND, Setting.POLICY, Setting.LABEL})
"""Choices, each press of which is an adjustment of its own."""
OF_SOUND = frozenset({Setting.PITCH, Setting.FORMANTS, Setting.LATENCY, Setting.TRIM})
"""Settings that nobody notices without sound."""


@dataclass(frozen=True, slots=True)
class Change:
    """One adjustment that can be undone; its setting is one with a key, or any other by its name."""

    setting: str
    before: Profile


class History:
    """The last adjustments, to be undone one after the other and done again; quick moves of one scale count as one."""

    def __init__(self) -> None:
        self._changes: deque[Change] = deque(maxlen=HISTORY_LENGTH)
        self._undone: deque[Change] = deque(maxlen=HISTORY_LENGTH)
        self._pressed_ns: int | None = None

    def add(self, change: Change, pressed_ns: int) -> None:
        """Notes what was so before a key was pressed. What was undone before can't be done again any more."""
        same = bool(self._changes) and self._changes[-1].setting == change.setting and change.setting not in ONE_BY_ONE
        if not same or self._pressed_ns is None or pressed_ns - self._pressed_ns >= ONE_ADJUSTMENT_NS:
            self._changes.append(change)
        self._pressed_ns = pressed_ns
        self._undone.clear()

    def undo(self, present: Profile) -> Change | None:
        """The newest adjustment, which can be done again to be at `present`; None when there is none."""
        return self._turn(self._changes, self._undone, present)

    def redo(self, present: Profile) -> Change | None:
        """The adjustment that was undone last, with the profile as it was with it; None when there is none."""
        return self._turn(self._undone, self._changes, present)

    def _turn(self, source: deque[Change], target: deque[Change], present: Profile) -> Change | None:
        self._pressed_ns = None
        if not source:
            return None
        change = source.pop()
        target.append(Change(change.setting, present))
        return change

    def clear(self) -> None:
        """Forgets everything."""
        self._changes.clear()
        self._undone.clear()


def with_face_size(profile: Profile, steps: int) -> Profile:
    """The profile with its face `steps` hundredths larger, within the limits."""
    return profile.with_face(size=_moved(profile.face.size, steps * SIZE_STEP, SIZE_LIMITS))


def with_warp(profile: Profile, steps: int) -> Profile:
    """The profile `steps` twentieths nearer to the target's proportions, within the limits."""
    return profile.with_face(warp=_moved(profile.face.warp, steps * WARP_STEP, WARP_LIMITS))


def with_opacity(profile: Profile, steps: int) -> Profile:
    """The profile with the target's face `steps` hundredths fuller, never below the floor."""
    return profile.with_face(opacity=_moved(profile.face.opacity, steps * OPACITY_STEP, OPACITY_LIMITS))


def with_colour(profile: Profile, steps: int) -> Profile:
    """The profile with `steps` twentieths more of the actor's colours on the target's skin, within the limits."""
    return profile.with_face(colour=_moved(profile.face.colour, steps * COLOUR_STEP, SHARE_LIMITS))


def with_occlusion(profile: Profile, steps: int) -> Profile:
    """The profile that keeps what is before the face `steps` twentieths more strictly in front, within the limits."""
    return profile.with_face(occlusion=_moved(profile.face.occlusion, steps * OCCLUSION_STEP, SHARE_LIMITS))


def with_blur(profile: Profile, steps: int) -> Profile:
    """The profile with its room `steps` twentieths more blurred, within the limits."""
    return profile.with_background(blur=_moved(profile.background.blur, steps * BLUR_STEP, SHARE_LIMITS))


def with_delay(profile: Profile, steps: int) -> Profile:
    """The profile whose pictures are held `steps` times 10 ms longer at least, within the limits."""
    return _with_sync(profile, delay_ms=_moved(profile.sync.delay_ms, steps * DELAY_STEP_MS, DELAY_LIMITS_MS))


def with_pitch(profile: Profile, steps: int) -> Profile:
    """The profile with its voice `steps` half semitones higher, within the limits."""
    pitch = _moved(profile.voice.pitch_semitones, steps * PITCH_STEP_SEMITONES, PITCH_LIMITS_SEMITONES)
    return _with_voice(profile, pitch_semitones=pitch)


def with_formants(profile: Profile, steps: int) -> Profile:
    """The profile with its formants `steps` fiftieths higher, within the limits."""
    return _with_voice(profile, formant_scale=_moved(profile.voice.formant_scale, steps * FORMANT_STEP, FORMANT_LIMITS))


def with_latency(profile: Profile, steps: int) -> Profile:
    """The profile whose voice may take longer or less long, by `steps` marks of the dial."""
    present = profile.voice.latency_ms
    # A profile may ask for a latency between two marks.
    mark = bisect_right(LATENCIES_MS, present) - 1 if steps > 0 else bisect_left(LATENCIES_MS, present)
    return _with_voice(profile, latency_ms=LATENCIES_MS[min(max(mark + steps, 0), len(LATENCIES_MS) - 1)])


def with_trim(profile: Profile, steps: int) -> Profile:
    """The profile whose pictures wait `steps` times 10 ms longer for their sound, within the limits."""
    return _with_sync(profile, trim_ms=_moved(profile.sync.trim_ms, steps * TRIM_STEP_MS, TRIM_LIMITS_MS))


MOVES: Mapping[Setting, Callable[[Profile, int], Profile]] = MappingProxyType(
    {
        Setting.FACE_SIZE: with_face_size,
        Setting.WARP: with_warp,
        Setting.OPACITY: with_opacity,
        Setting.COLOUR: with_colour,
        Setting.OCCLUSION: with_occlusion,
        Setting.BLUR: with_blur,
        Setting.DELAY: with_delay,
        Setting.PITCH: with_pitch,
        Setting.FORMANTS: with_formants,
        Setting.LATENCY: with_latency,
        Setting.TRIM: with_trim,
    }
)
"""Settings that are scales, moved by many presses, and what a step does."""


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


def _with_voice(profile: Profile, **changes: float) -> Profile:
    return profile.model_copy(update={"voice": VoiceSettings.model_validate(profile.voice.model_dump() | changes)})


def _with_sync(profile: Profile, **changes: float) -> Profile:
    return profile.model_copy(update={"sync": SyncSettings.model_validate(profile.sync.model_dump() | changes)})


def _moved(value: float, change: float, limits: tuple[float, float]) -> float:
    """`value` moved by `change`, kept within `limits` and on whole hundredths."""
    return min(max(round(value + change, 2), limits[0]), limits[1])
