"""What a make-up artist would say about a difference in looks."""

from dataclasses import dataclass
from math import hypot

from profiles.reference.figures import Colour

LEAST_STEP = 3.0
"""A difference along one axis of CIE Lab that is worth a word."""
LIGHTNESS_FIRST = 0.7
"""A difference of lightness is named before one of tone from this share of it on."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How a proportion is called, and what helps where the actor's is larger or smaller than the target's."""

    title: str
    larger: str
    smaller: str


PROPORTIONS = {
    "eye_spacing": Wording(
        "distance of the eyes",
        "Your eyes lie farther apart: shade their inner corners and bring the brows closer together",
        "Your eyes lie closer together: lighten their inner corners and take the brows farther apart",
    ),
    "jaw_width": Wording(
        "width of the jaw",
        "Your jaw reads wider: shade it below the ears, or let hair fall over it",
        "Your jaw reads narrower: lighten it below the ears",
    ),
    "face_length": Wording(
        "length of the face",
        "Your face reads longer: shade the hairline and the chin",
        "Your face reads shorter: lighten the middle of forehead and chin, and comb the hair up",
    ),
}

BEARD_REMEDIES = {
    ("stubble", "none"): "Shave closely: stubble shows as a shadow at the jaw, where the swapped face ends.",
    ("beard", "none"): "Shave: a beard shows beyond the jaw, where the swapped face ends.",
    ("beard", "stubble"): "Trim the beard to a few millimetres.",
    ("none", "stubble"): "Stipple a beard's shadow on lip, chin and jaw, or do not shave for three days.",
    ("none", "beard"): "Wear a false beard of the target's colour: the target's own ends at the jaw.",
    ("stubble", "beard"): "Fill the stubble up with a false beard of the target's colour.",
}
"""What to do, by the actor's facial hair and the target's."""

LENGTH_REMEDIES = {
    ("long", "short"): "Tie your hair back and pin it out of sight, or wear a short wig.",
    ("long", "none"): "Wear a bald cap over pinned hair: the hair is not swapped.",
    ("short", "long"): "Wear a long wig that covers the ears: the hair is not swapped.",
    ("short", "none"): "Wear a bald cap: the hair is not swapped.",
    ("none", "short"): "Wear a short wig: the hair is not swapped.",
    ("none", "long"): "Wear a long wig that covers the ears: the hair is not swapped.",
}
"""What to do, by the length of the actor's hair and the target's."""


def hair_remedy(actor: Colour, target: Colour) -> str:
    """How to bring hair nearer to a colour, one sentence."""
    if _is_of_lightness(actor, target):
        lightness = f"L* {actor[0]:.0f} against {target[0]:.0f}"
        if actor[0] > target[0]:
            return f"Your hair reads lighter ({lightness}): wear a darker wig or darken it with a temporary spray."
        return f"Your hair reads darker ({lightness}): wear a lighter wig or lighten it with a temporary spray."
    chroma, wanted = hypot(*actor[1:]), hypot(*target[1:])
    if chroma + LEAST_STEP < wanted:
        return "Your hair reads greyer: give it a warmer tint or wear a wig of the target's colour."
    if chroma > wanted + LEAST_STEP:
        return "Your hair reads more coloured: take the tint out with an ash-coloured spray or wear a greyer wig."
    tone, tint = ("redder", "ash-blond") if actor[1] > target[1] else ("less red", "copper")
    return f"Your hair reads {tone}: correct it with a tint of {tint}."


def skin_remedy(actor: Colour, target: Colour) -> str:
    """How to bring skin nearer to a colour, one sentence."""
    if _is_of_lightness(actor, target):
        lightness = f"L* {actor[0]:.0f} against {target[0]:.0f}"
        if actor[0] > target[0]:
            return f"Your skin reads lighter ({lightness}): take less light, or a darker foundation on face and neck."
        return f"Your skin reads darker ({lightness}): take more light, or a lighter foundation on face and neck."
    if abs(actor[1] - target[1]) >= abs(actor[2] - target[2]):
        tone, foundation = ("redder", "green-tinted") if actor[1] > target[1] else ("paler", "rosier")
    else:
        tone, foundation = ("yellower", "rosier") if actor[2] > target[2] else ("bluer", "warmer")
    return f"Your skin reads {tone}: check the camera's white balance, then use a {foundation} foundation."


def _is_of_lightness(actor: Colour, target: Colour) -> bool:
    """Whether two colours differ by lightness about as much as by tone or more: it is what people see first."""
    tone = hypot(actor[1] - target[1], actor[2] - target[2])
    return abs(actor[0] - target[0]) >= max(LEAST_STEP, LIGHTNESS_FIRST * tone)
