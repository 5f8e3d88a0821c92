"""Facial hair: how far lip, chin and jaw differ from the cheeks."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.preflight.actor.traits.hair import is_no_skin
from pipeline.preflight.actor.traits.skin import cheek_patches, tone_of
from pipeline.preflight.actor.traits.upright import UprightHead

# fmt: off
UPPER_LIP = (164, 167, 165, 92, 40, 37, 0, 267, 270, 322, 391, 393)
CHIN_PATCH = (83, 18, 313, 406, 400, 152, 176, 182)
RIGHT_JAW, LEFT_JAW = (202, 210, 169, 150, 149, 32), (422, 430, 394, 379, 378, 262)
# fmt: on
STUBBLE, BEARD = 0.25, 0.65
"""From these shadows on; measured on rendered faces whose beards are known, and on a clip of an unshaven man."""
COVERED = 0.6
"""A beard covers at least this share of chin and jaw, whatever its colour: red ones have no shadow."""

FacialHair = Literal["none", "stubble", "beard"]


@dataclass(frozen=True, slots=True)
class Growth:
    """What one look at a face tells of its beard."""

    shadow: float
    """How much lightness and redness lip and chin lack against the cheeks, as shares of the cheeks', added: hair on
    the skin takes both, a shadow on it the first alone, and blood under it gives redness."""
    cover: float
    """Share of chin and jaw that is not the skin of the cheeks in whatever light, 0..1."""


def growth_of(head: UprightHead) -> Growth | None:
    """The beard as one frame shows it; None where cheek, lip or chin are hidden or not on the picture."""
    cheeks = [tone for patch in cheek_patches(head) if (tone := tone_of(head, head.hull(patch))) is not None]
    lip, chin = (tone_of(head, head.hull(patch)) for patch in (UPPER_LIP, CHIN_PATCH))
    if not cheeks or lip is None or chin is None:
        return None
    cheek = np.mean(cheeks, axis=0).astype(np.float32)
    if cheek[0] < 1.0 or cheek[1] < 1.0:
        return None
    shadow = float(np.mean([2.0 - tone[0] / cheek[0] - tone[1] / cheek[1] for tone in (lip, chin)]))
    below = head.hull(CHIN_PATCH) | head.hull(RIGHT_JAW) | head.hull(LEFT_JAW)
    return Growth(shadow, float(is_no_skin(head.smoothed()[below], cheek).mean()))


def facial_hair(growth: Growth) -> FacialHair:
    """The class of a beard."""
    if growth.shadow >= BEARD or growth.cover >= COVERED:
        return "beard"
    return "stubble" if growth.shadow >= STUBBLE else "none"
