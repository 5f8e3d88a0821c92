"""A target's looks come from its portrait."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import MediaError, PortraitError
from pipeline.preflight.actor.looks import looks_of
from pipeline.preflight.actor.target import looks_of_portrait
from profiles.store import BUILTIN
from tests.footage import models
from tests.guises import portrait_frame


def test_everything_is_known_of_a_portrait() -> None:
    looks = looks_of_portrait(BUILTIN / "tomas" / "portrait.png", models())
    assert None not in looks.model_dump().values()
    assert looks == looks_of([portrait_frame("tomas")])


def test_a_portrait_in_any_light_will_do(tmp_path: Path) -> None:
    """What no face engine could wear can still be matched by a make-up artist."""
    pixels = cv2.imread(str(BUILTIN / "mara" / "portrait.png"))
    assert pixels is not None
    shade = np.linspace(0.25, 1.0, pixels.shape[1], dtype=np.float32)[None, :, None]
    cv2.imwrite(str(tmp_path / "side.png"), (pixels * shade).astype(np.uint8))
    looks = looks_of_portrait(tmp_path / "side.png", models())
    assert (looks.hair_length, looks.facial_hair, looks.glasses) == ("short", "none", False)


def test_a_picture_without_a_face_is_told(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((300, 300, 3), 120, np.uint8))
    with pytest.raises(PortraitError, match="No face was found"):
        looks_of_portrait(tmp_path / "wall.png", models())
    with pytest.raises(MediaError):
        looks_of_portrait(tmp_path / "missing.png", models())
