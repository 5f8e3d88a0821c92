"""The live settings of the running profile, each beside the keys that change it."""

from collections.abc import Sequence

from console.adjustments import SIZE_LIMITS, WARP_LIMITS
from console.view import View
from console.widgets.panel import Line, Role, ViewPanel, fit, heading

KEYS_WIDTH = 5
NAME_WIDTH = 11
VALUE_WIDTH = 4
ROOMY = 32
"""From this width on choices are spelt out."""
BACKGROUNDS = {"image": "picture", "video": "video loop", "blur": "blur", "colour": "colour", "none": "own room"}
POLICIES = {"hold": "hold, then card", "blur": "blur the actor", "card": "card"}


def adjustment_lines(view: View, width: int) -> list[Line]:
    """A heading and one row a setting."""
    profile = view.profile
    background = BACKGROUNDS[profile.background.kind]
    policy = POLICIES[profile.output.policy] if width >= ROOMY else profile.output.policy.value
    return [
        heading("ADJUST", width),
        _slider("[ ]", "face size", profile.face.size, SIZE_LIMITS, width),
        _slider("- =", "warp", profile.face.warp, WARP_LIMITS, width),
        _choice("b", "background", background, width, Role.WARNING if background == "own room" else Role.TEXT),
        _choice("f", "no face", policy, width, Role.TEXT),
        _choice("c", "label", profile.disclosure.corner.replace("-", " "), width, Role.TEXT),
    ]


def _slider(keys: str, name: str, value: float, limits: tuple[float, float], width: int) -> Line:
    room = width - KEYS_WIDTH - NAME_WIDTH - VALUE_WIDTH - 2
    head: Line = (
        (fit(keys, KEYS_WIDTH), Role.KEY),
        (fit(name, NAME_WIDTH), Role.MUTED),
        (f"{value:.2f}", Role.TEXT),
    )
    if room < 6:
        return head
    share = (value - limits[0]) / (limits[1] - limits[0])
    knob = round(share * (room - 1))
    return (*head, ("  " + "─" * knob, Role.BAR), ("●", Role.ACCENT), ("─" * (room - 1 - knob), Role.RULE))


def _choice(key: str, name: str, value: str, width: int, role: Role) -> Line:
    room = max(1, width - KEYS_WIDTH - NAME_WIDTH)
    words = value if len(value) <= room else fit(value, room)
    return (fit(key, KEYS_WIDTH), Role.KEY), (fit(name, NAME_WIDTH), Role.MUTED), (words, role)


class AdjustmentList(ViewPanel):
    """Face size, warp, background, fail-safe policy and label."""

    def lines_of(self, view: View) -> Sequence[Line]:
        """The view's settings."""
        return adjustment_lines(view, self.size.width)
