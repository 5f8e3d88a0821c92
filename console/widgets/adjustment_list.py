"""The live settings of the running profile, each beside the keys that change it."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.adjustments import DELAY_LIMITS_MS, OPACITY_LIMITS, SHARE_LIMITS, SIZE_LIMITS, WARP_LIMITS
from console.view import View
from console.widgets.panel import Line, Role, ViewPanel, clip, fit, heading

KEYS_WIDTH = 5
NAME_WIDTH = 11
VALUE_WIDTH = 4
ROOMY = 32
"""From this width on choices are spelt out."""
BACKGROUNDS = {"image": "picture", "video": "video loop", "blur": "blur", "colour": "colour", "none": "own room"}
SHORTEST_SLIDER = 6
ROWS = 11
DELAY_WIDTH = 7
POLICIES = {"hold": "hold, then card", "blur": "blur the actor", "card": "card"}


@dataclass(frozen=True, slots=True)
class Scale:
    """A setting that two keys move."""

    keys: str
    name: str
    value: str
    share: float
    """Where it lies between its ends, 0..1."""


def adjustment_lines(view: View, width: int, height: int = 6) -> list[Line]:
    """A heading and one row a setting, as many as there is room for; those first that change most during a call."""
    profile = view.profile
    background = BACKGROUNDS[profile.background.kind]
    policy = POLICIES[profile.output.policy] if width >= ROOMY else profile.output.policy.value
    lines = [
        heading("ADJUST", width, "all: e" if height < ROWS else ""),
        slider(_scale("[ ]", "face size", profile.face.size, SIZE_LIMITS), width),
        slider(_scale("- =", "warp", profile.face.warp, WARP_LIMITS), width),
        _choice("b", "background", background, width, Role.WARNING if background == "own room" else Role.TEXT),
        _choice("F", "no face", policy, width, Role.TEXT),
        _choice("c", "label", profile.disclosure.corner.replace("-", " "), width, Role.TEXT),
        slider(_scale("o O", "opacity", profile.face.opacity, OPACITY_LIMITS), width),
        slider(_scale("k K", "colour", profile.face.colour, SHARE_LIMITS), width),
        slider(_scale("x X", "masks", profile.face.occlusion, SHARE_LIMITS), width),
        slider(_scale("g G", "room blur", profile.background.blur, SHARE_LIMITS), width),
        slider(_delay(profile.sync.delay_ms), width, DELAY_WIDTH),
    ]
    return lines[:height]


def slider(scale: Scale, width: int, value_width: int = VALUE_WIDTH) -> Line:
    """One scale: its keys, its name, its value, and where that lies between the ends if there is room."""
    room = width - KEYS_WIDTH - NAME_WIDTH - value_width - 2
    head: Line = (
        (fit(scale.keys, KEYS_WIDTH), Role.KEY),
        (fit(scale.name, NAME_WIDTH), Role.MUTED),
        (f"{scale.value:>{value_width}}", Role.TEXT),
    )
    if room < SHORTEST_SLIDER:
        return clip(head, width)
    knob = round(scale.share * (room - 1))
    return (*head, ("  " + "─" * knob, Role.BAR), ("●", Role.ACCENT), ("─" * (room - 1 - knob), Role.RULE))


def _scale(keys: str, name: str, value: float, limits: tuple[float, float]) -> Scale:
    return Scale(keys, name, f"{value:.2f}", (value - limits[0]) / (limits[1] - limits[0]))


def _delay(delay_ms: float) -> Scale:
    return Scale("; '", "hold", f"{delay_ms:.0f} ms", delay_ms / DELAY_LIMITS_MS[1])


def _choice(key: str, name: str, value: str, width: int, role: Role) -> Line:
    room = max(1, width - KEYS_WIDTH - NAME_WIDTH)
    words = value if len(value) <= room else fit(value, room)
    return (fit(key, KEYS_WIDTH), Role.KEY), (fit(name, NAME_WIDTH), Role.MUTED), (words, role)


class AdjustmentList(ViewPanel):
    """Face size, warp, background, fail-safe policy and label."""

    def lines_of(self, view: View) -> Sequence[Line]:
        """The view's settings."""
        return adjustment_lines(view, self.size.width, self.size.height)
