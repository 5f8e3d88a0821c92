"""The target's looks, from the portrait in its profile."""

from pathlib import Path

import cv2
import numpy as np

from pipeline.inference.store import ModelStore
from pipeline.media import Face, Frame
from pipeline.preflight.actor.looks import looks_of
from pipeline.video.background.person_matte import HEIGHT_PX, WIDTH_PX, PersonMatte
from pipeline.video.swap.portrait import Portrait, read_likeness
from profiles.reference.figures import LooksReference


def looks_of_portrait(portrait: Path, models: ModelStore) -> LooksReference:
    """What the person on a picture looks like.

    Raises:
        MediaError: the file is no picture.
        PortraitError: it shows no clear face, or several.
        ModelError: the networks that look at it are missing.
    """
    likeness = read_likeness(portrait, models)
    matte = PersonMatte(models.path("selfie-segmentation-landscape"))
    try:
        return looks_of([matte.process(as_frame(likeness))])
    finally:
        matte.close()


def as_frame(portrait: Portrait) -> Frame:
    """A frame of the portrait, as wide as a camera's is: the network that finds the person knows no other."""
    height, width = portrait.pixels.shape[:2]
    margin = max(0, (height * WIDTH_PX // HEIGHT_PX - width) // 2)
    pixels = np.asarray(cv2.copyMakeBorder(portrait.pixels, 0, 0, margin, margin, cv2.BORDER_REPLICATE), np.uint8)
    landmarks = (portrait.landmarks + np.array([margin, 0, 0])).astype(np.float32)
    low, extent = landmarks[:, :2].min(axis=0), np.ptp(landmarks[:, :2], axis=0)
    box = (float(low[0]), float(low[1]), float(extent[0]), float(extent[1]))
    return Frame(pixels, 0, 0, (Face(0, box, landmarks, portrait.pose, 1.0, chosen=True),))
