"""Real footage and the built-in personas, for tests that need a face."""

import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.inference.store import ModelStore
from pipeline.media import Face, Frame, Pixels
from pipeline.video.codecs.decoder import VideoDecoder
from pipeline.video.swap.photo_target import PhotoTarget
from pipeline.video.swap.portrait import read_portrait
from pipeline.video.tracking.mesh import FACE_OVAL
from pipeline.video.tracking.tracker import Tracker
from profiles.profile import Profile
from profiles.store import BUILTIN

MEDIA = Path(__file__).parents[2] / "shared" / "media"
CLIPS = ("head-pose-female.gif", "head-pose-male.gif", "gestures-bird.mkv", "gestures-sorry.mkv")
PERSONAS = ("anselm", "ines", "mara", "tomas")

needs_media = pytest.mark.skipif(not MEDIA.is_dir(), reason="the real footage is not here: no ../shared/media")


@cache
def clip(name: str) -> tuple[Frame, ...]:
    """Every frame of a clip, at the clip's own times; the pixels can't be written to."""
    with VideoDecoder(MEDIA / name) as decoder:
        return tuple(make_frame(decoded.pixels, decoded.at_ns) for decoded in decoder.frames())


@cache
def scaled_clip(name: str, size: tuple[int, int]) -> tuple[Frame, ...]:
    """A clip with its frames at another size (width, height)."""
    return tuple(
        make_frame(np.asarray(cv2.resize(frame.pixels, size, interpolation=cv2.INTER_CUBIC), np.uint8), frame.media_ns)
        for frame in clip(name)
    )


def make_frame(pixels: Pixels, at_ns: int = 0) -> Frame:
    """A frame of pixels, which can't be written to from now on."""
    pixels = np.ascontiguousarray(pixels)
    pixels.flags.writeable = False
    return Frame(pixels, at_ns, at_ns)


@cache
def models() -> ModelStore:
    """The networks in the cache folder."""
    return ModelStore()


def persona(name: str = "mara", **face: object) -> Profile:
    """A built-in persona before a plain room, with some face settings changed."""
    folder = BUILTIN / name
    written = tomllib.loads((folder / "profile.toml").read_text(encoding="utf-8"))
    profile = Profile.model_validate({**written, "name": name, "folder": folder, "background": {"kind": "colour"}})
    return profile.with_face(**face) if face else profile


@cache
def target(name: str = "mara") -> PhotoTarget:
    """A persona's portrait made ready."""
    return PhotoTarget(read_portrait(BUILTIN / name / "portrait.png", models()))


def make_tracker(profile: Profile | None = None) -> Tracker:
    """A tracker without faces."""
    store = models()
    return Tracker(store.path("face-detection"), store.path("face-landmarks"), profile or persona())


@cache
def tracked_clip(name: str, size: tuple[int, int] | None = None) -> tuple[Frame, ...]:
    """A clip with the faces on its frames."""
    tracker = make_tracker()
    return tuple(tracker.process(frame) for frame in (clip(name) if size is None else scaled_clip(name, size)))


def chosen(frame: Frame) -> Face:
    """The frame's chosen face, which has to be there."""
    assert frame.chosen_face is not None
    return frame.chosen_face


def inside_oval(
    face: Face, size: tuple[int, int], share: float = 1.0
) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """bool (height, width): the pixels within the face's oval, shrunk about its centre to `share` of its extent."""
    oval = face.landmarks[list(FACE_OVAL), :2]
    middle = oval.mean(axis=0)
    mask = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillPoly(mask, [np.rint(middle + share * (oval - middle)).astype(np.int32)], (1,))
    return mask.astype(np.bool_)


def difference(a: Pixels, b: Pixels, mask: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> float:
    """The mean absolute difference of two pictures where the mask is set, in levels."""
    return float(np.abs(a[mask].astype(np.int16) - b[mask].astype(np.int16)).mean())


def moved(face: Face, by: tuple[float, float] = (0.0, 0.0), scale: float = 1.0) -> Face:
    """The face scaled about the origin and then shifted, landmarks and box alike."""
    landmarks = (face.landmarks * scale + np.array([*by, 0.0], np.float32)).astype(np.float32)
    low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    box = (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
    return replace(face, landmarks=landmarks, box=box)
