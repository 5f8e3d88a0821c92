"""How a target was filmed, in figures, from the target's own pictures."""

from dataclasses import replace

import numpy as np

from pipeline.media import Face, Frame
from pipeline.preflight.camera.closeups import View
from pipeline.preflight.camera.colour import white_balance_k
from pipeline.preflight.camera.detail import noise_level, sharpness
from pipeline.preflight.camera.lighting import exposure_of, light_on
from pipeline.preflight.camera.placing import angles_of, shares_of
from pipeline.preflight.camera.timing import delivered_fps
from pipeline.preflight.evidence import Seen
from pipeline.video.swap.portrait import Portrait
from profiles.reference.figures import PictureReference

Range = tuple[float, float]


def learn_picture(seen: Seen) -> PictureReference:
    """The figures of a target's film; what its frames can't tell is None.

    Args:
        seen: tracked frames on which the chosen face is the target's.
    """
    view = View.of(seen)
    exposure, light = exposure_of(view.closeups), light_on(view.closeups)
    angles = np.array(angles_of(view)).reshape(-1, 3)
    yaw, pitch, roll = (_usual(angles[:, axis]) for axis in range(3))
    return PictureReference(
        size=view.fine[0].size if view.fine else None,
        fps=delivered_fps(seen.times_ns),
        sharpness=sharpness(view.closeups),
        exposure=None if exposure is None else exposure.lightness,
        noise=noise_level(view.fine),
        white_balance_k=white_balance_k(view),
        light_from_deg=None if light is None else light.from_deg,
        light_evenness=None if light is None else light.evenness,
        face_share=_usual(np.array(shares_of(view))),
        yaw_deg=yaw,
        pitch_deg=pitch,
        roll_deg=roll,
    )


def picture_of_portrait(portrait: Portrait) -> PictureReference:
    """The figures of a portrait: how it was lit.

    Nothing of it tells how large and how turned a face may be in the camera's picture, nor what camera took it; and how
    light the target's skin is tells nothing of how the actor's has to be exposed.
    """
    low, high = portrait.landmarks[:, :2].min(axis=0), portrait.landmarks[:, :2].max(axis=0)
    box = (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
    face = Face(0, box, portrait.landmarks, portrait.pose, 1.0, chosen=True)
    found = learn_picture(Seen((replace(Frame(portrait.pixels, 0, 0), faces=(face,)),)))
    kept = found.model_dump(include={"white_balance_k", "light_from_deg", "light_evenness"})
    return PictureReference.model_validate(kept)


def _usual(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Range | None:
    """The 5th and 95th percentile; None where there are none."""
    if len(values) == 0:
        return None
    low, high = np.quantile(values, (0.05, 0.95))
    return float(low), float(high)
