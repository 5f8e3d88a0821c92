"""The demo actor's recording, real footage and the built-in personas, for tests that need a face."""

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.inference.store import ModelStore
from pipeline.media import Face, Frame, Pixels
from pipeline.video.codecs.decoder import VideoDecoder
from pipeline.video.devices.demo_actor import RECORDING
from pipeline.video.swap.photo_swap import PhotoSwap
from pipeline.video.swap.photo_target import PhotoTarget
from pipeline.video.swap.portrait import read_portrait
from pipeline.video.tracking.mesh import FACE_OVAL
from pipeline.video.tracking.tracker import Tracker
from profiles.profile import Profile
from profiles.store import BUILTIN

DEMO = RECORDING.name
"""A rendered person who talks, blinks and turns the head to both sides. The only clip that ships."""
DEMO_STEP = 2
DEMO_SIZE = (512, 288)
"""All of it at its own size and rate would fill 800 MB; so it fills 70."""
LEFTMOST = 57
"""The frame on which the demo actor's head is turned farthest, by 33 degrees."""
MOUTH_OPEN = 9
"""A frame on which the demo actor looks ahead and says an A."""
MEDIA = Path(__file__).parents[2] / "shared" / "media"
CLIPS = ("head-pose-female.gif", "head-pose-male.gif", "gestures-bird.mkv", "gestures-sorry.mkv")
"""Real people, for whoever has them."""
TURNING, SMILING, BIRD, SORRY = CLIPS
CLOSEUP_HEIGHT = 720
PERSONAS = ("anselm", "ines", "mara", "tomas")

needs_media = pytest.mark.skipif(not MEDIA.is_dir(), reason="the real footage is not here: no ../shared/media")


def clips(*names: str) -> list[object]:
    """Clips as parameters of a test, which leaves out the real ones where they are missing."""
    return [pytest.param(name, marks=() if name == DEMO else needs_media, id=name) for name in names]


every_clip = pytest.mark.parametrize("name", clips(DEMO, *CLIPS))


@cache
def clip(name: str) -> tuple[Frame, ...]:
    """Every frame of a clip, at the clip's own times; the pixels can't be written to.

    Of the demo actor's clip every second frame, at two fifths of its size.
    """
    step = DEMO_STEP if name == DEMO else 1
    with VideoDecoder(RECORDING if name == DEMO else MEDIA / name) as decoder:
        return tuple(
            make_frame(scaled(decoded.pixels, DEMO_SIZE) if name == DEMO else decoded.pixels, decoded.at_ns)
            for number, decoded in enumerate(decoder.frames())
            if number % step == 0
        )


def scaled(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """A picture at another size (width, height)."""
    method = cv2.INTER_AREA if size[0] < pixels.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, size, interpolation=method), np.uint8)


@cache
def closeup(name: str, index: int = 0) -> Frame:
    """One frame of a clip, 720 pixels high, with its face; of the demo actor's clip at its own size."""
    frame = clip(name)[index]
    pixels = recorded(DEMO_STEP * index) if name == DEMO else enlarged(frame.pixels)
    return tracked([make_frame(pixels, frame.media_ns)])[0]


def enlarged(pixels: Pixels) -> Pixels:
    """A picture scaled up to the height of a close-up."""
    return scaled(pixels, (round(pixels.shape[1] * CLOSEUP_HEIGHT / pixels.shape[0]), CLOSEUP_HEIGHT))


def recorded(number: int) -> Pixels:
    """A frame of the demo actor's recording as it is."""
    with VideoDecoder(RECORDING) as decoder:
        return next(islice((decoded.pixels for decoded in decoder.frames()), number, None))


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
def tracked_clip(name: str) -> tuple[Frame, ...]:
    """A clip with the faces on its frames."""
    return tracked(clip(name))


def tracked(frames: Iterable[Frame]) -> tuple[Frame, ...]:
    """Frames with their faces, as a new tracker sees them."""
    tracker = make_tracker()
    return tuple(tracker.process(frame) for frame in frames)


def swap(name: str = "mara", **face: object) -> PhotoSwap:
    """The engine with settings as they are given: a profile would refuse an opacity that shows the actor."""
    profile = persona(name)
    return PhotoSwap(target(name), profile.model_copy(update={"face": profile.face.model_copy(update=face)}))


def worn(frames: Iterable[Frame], who: str = "mara", **face: object) -> list[Pixels]:
    """What the photo engine makes of some frames, each a copy."""
    stage = swap(who, **face)
    return [stage.process(frame).pixels.copy() for frame in frames]


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
