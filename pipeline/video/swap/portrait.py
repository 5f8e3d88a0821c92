"""A portrait read, its face located, and every reason why it would not do."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from pipeline.errors import PortraitError
from pipeline.inference.store import ModelStore
from pipeline.media import Pixels, Points, Pose
from pipeline.video.codecs.pictures import read_picture
from pipeline.video.tracking.face_detector import Detection, FaceDetector
from pipeline.video.tracking.face_landmarks import FaceLandmarks, Region
from pipeline.video.tracking.head_pose import HeadPose
from pipeline.video.tracking.mesh import CHIN, FACE_OVAL, FOREHEAD_TOP

MIN_FACE_PX = 240
MAX_TURN_DEG = 15.0
MIN_SHARPNESS = 0.9
MAX_SIDE_IMBALANCE = 0.35
MIN_LIGHTNESS, MAX_LIGHTNESS = 0.15, 0.95
"""CIE L* of the face, of its range: dark skin in soft light has 0.3, pale skin in bright light 0.85."""
MAX_FOREHEAD_DIFFERENCE = 30.0
MIN_SCORE = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A picture of one face.

    Attributes:
        pixels: uint8 (height, width, 3) BGR.
        landmarks: float32 (468, 3) in picture pixels.
        pose: the head's turn.
    """

    pixels: Pixels
    landmarks: Points
    pose: Pose


def read_portrait(path: Path, models: ModelStore) -> Portrait:
    """A portrait that is fit for the photo engine.

    Raises:
        MediaError: the file is no picture.
        PortraitError: the picture is not fit; every reason is in it.
        ModelError: the networks that look at it are missing.
    """
    portrait, reasons = _examine(path, models)
    if portrait is None or reasons:
        raise PortraitError(path.name, reasons)
    return portrait


def check_portrait(path: Path, models: ModelStore) -> tuple[str, ...]:
    """Why a picture is not fit to be a portrait, each reason a sentence; empty when it is.

    Raises:
        MediaError: the file is no picture.
        ModelError: the networks that look at it are missing.
    """
    return _examine(path, models)[1]


def read_likeness(path: Path, models: ModelStore, what: str = "portrait") -> Portrait:
    """A picture that shows one clear face, in whatever light and from whatever side.

    Args:
        path: where it is.
        models: the networks that look at it.
        what: what it is to the user, for the errors.

    Raises:
        MediaError: the file is no picture.
        PortraitError: it shows no clear face, or several.
        ModelError: the networks that look at it are missing.
    """
    portrait, reasons = _only_face(path, models, what)
    if portrait is None or reasons:
        raise PortraitError(path.name, reasons, what=what)
    return portrait


def _examine(path: Path, models: ModelStore) -> tuple[Portrait | None, tuple[str, ...]]:
    """The portrait as far as there is one, and the reasons against it."""
    portrait, reasons = _only_face(path, models)
    if portrait is None or reasons:
        return portrait, reasons
    checks = (_resolution(portrait), _frontality(portrait), _forehead(portrait), _sharpness(portrait), _light(portrait))
    return portrait, tuple(reason for reason in checks if reason)


def _only_face(path: Path, models: ModelStore, what: str = "portrait") -> tuple[Portrait | None, tuple[str, ...]]:
    """The picture with its one face as far as there is one, and why it is not clear."""
    pixels = read_picture(path, what)
    found = FaceDetector(models.path("face-detection")).detect(_padded(pixels))
    found = [_shifted(detection, pixels) for detection in found]
    if not found:
        return None, ("No face was found in it; use a picture of one face that looks at the camera.",)
    if len(found) > 1:
        return None, (f"It shows {len(found)} faces; cut it down to the one that is meant.",)
    landmarks, score = _locate(pixels, found[0], FaceLandmarks(models.path("face-landmarks")))
    portrait = Portrait(pixels, landmarks, HeadPose().of(landmarks))
    if score < MIN_SCORE:
        return portrait, (f"Its face is not clear: presence {score:.2f}, at least {MIN_SCORE} wanted.",)
    return portrait, ()


def _padded(pixels: Pixels) -> Pixels:
    """The picture with a border of half its size, because the detector misses faces that fill it."""
    height, width = pixels.shape[:2]
    return np.asarray(
        cv2.copyMakeBorder(pixels, height // 4, height // 4, width // 4, width // 4, cv2.BORDER_REPLICATE), np.uint8
    )


def _shifted(detection: Detection, pixels: Pixels) -> Detection:
    """A detection on the padded picture as it lies on the picture itself."""
    height, width = pixels.shape[:2]
    left, top, box_width, box_height = detection.box
    offset = np.array([width // 4, height // 4], np.float32)
    box = (left - width // 4, top - height // 4, box_width, box_height)
    return Detection(box, detection.keypoints - offset, detection.score)


def _locate(pixels: Pixels, detection: Detection, network: FaceLandmarks) -> tuple[Points, float]:
    """The landmarks after a few looks, each from where the last one saw the face, averaged."""
    region, looks, score = Region.of_detection(detection), [], 0.0
    for _ in range(6):
        landmarks, score = network.locate(pixels, region)
        region = Region.of_landmarks(landmarks)
        looks.append(landmarks)
    return np.asarray(np.mean(looks[2:], axis=0), np.float32), score


def _resolution(portrait: Portrait) -> str | None:
    """Whether the face is large enough."""
    height_px = float(np.linalg.norm(portrait.landmarks[CHIN, :2] - portrait.landmarks[FOREHEAD_TOP, :2]))
    if height_px >= MIN_FACE_PX:
        return None
    return f"Its face is {height_px:.0f} px high, at least {MIN_FACE_PX} wanted; use a larger picture."


def _frontality(portrait: Portrait) -> str | None:
    """Whether the face looks at the camera."""
    pose = portrait.pose
    worst = max(
        ("yaw", pose.yaw_deg), ("pitch", pose.pitch_deg), ("roll", pose.roll_deg), key=lambda turn: abs(turn[1])
    )
    if abs(worst[1]) <= MAX_TURN_DEG:
        return None
    return f"Its head is turned: {worst[0]} {worst[1]:.0f}°, at most {MAX_TURN_DEG:.0f}° wanted; look at the camera."


def _forehead(portrait: Portrait) -> str | None:
    """Whether hair or a hat covers the forehead: its colour against the cheeks'."""
    lab = _upright_lab(portrait)
    forehead = np.median(lab[int(0.04 * 256) : int(0.13 * 256), 96:160].reshape(-1, 3), axis=0)
    cheeks = np.concatenate([lab[148:164, 64:92].reshape(-1, 3), lab[148:164, 164:192].reshape(-1, 3)])
    difference = float(np.linalg.norm(forehead - np.median(cheeks, axis=0)))
    if difference <= MAX_FOREHEAD_DIFFERENCE:
        return None
    return (
        f"Its forehead is covered or in shadow: ΔE {difference:.0f} to the cheeks, at most "
        f"{MAX_FOREHEAD_DIFFERENCE:.0f} wanted; clear the forehead of hair."
    )


def _sharpness(portrait: Portrait) -> str | None:
    """Whether the eyes are sharp: the Laplacian against the contrast, on a face of one size."""
    gray = cv2.cvtColor(_upright(portrait), cv2.COLOR_BGR2GRAY)
    eyes = gray[int(0.30 * 256) : int(0.50 * 256), 40:216].astype(np.float32)
    sharpness = float(cv2.Laplacian(eyes, cv2.CV_32F).std() / max(float(eyes.std()), 1.0)) * 4.0
    if sharpness >= MIN_SHARPNESS:
        return None
    return f"It is blurred: sharpness {sharpness:.2f}, at least {MIN_SHARPNESS} wanted; use a sharp picture."


def _light(portrait: Portrait) -> str | None:
    """Whether the face has light enough, and both sides alike."""
    lightness = _upright_lab(portrait)[90:190, :, 0]
    level = float(np.median(lightness[:, 50:206])) / 100
    if not MIN_LIGHTNESS <= level <= MAX_LIGHTNESS:
        fault = "dark" if level < MIN_LIGHTNESS else "bright"
        limits = f"{MIN_LIGHTNESS:.0%} to {MAX_LIGHTNESS:.0%}"
        return f"It is too {fault}: the face's lightness is {level:.0%}, {limits} wanted; light it differently."
    right, left = float(np.median(lightness[:, 50:100])), float(np.median(lightness[:, 156:206]))
    imbalance = abs(right - left) / max(right, left, 1.0)
    if imbalance <= MAX_SIDE_IMBALANCE:
        return None
    return (
        f"It is lit from one side: the halves differ by {imbalance:.0%}, at most {MAX_SIDE_IMBALANCE:.0%} wanted; "
        "light the face evenly."
    )


def _upright(portrait: Portrait) -> Pixels:
    """uint8 (256, 256, 3) BGR: the face oval's box, eyes level."""
    points = portrait.landmarks[list(FACE_OVAL), :2]
    angle_deg = portrait.pose.roll_deg
    centre = points.mean(axis=0)
    turn = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), angle_deg, 1.0)
    level = points @ turn[:, :2].T + turn[:, 2]
    low, extent = level.min(axis=0), np.ptp(level, axis=0)
    scale = 256.0 / extent
    matrix = np.diag(scale) @ np.column_stack([turn[:, :2], turn[:, 2] - low])
    shrink = max(1, int(1.0 / float(scale.max())))
    pixels = portrait.pixels if shrink == 1 else cv2.blur(portrait.pixels, (shrink, shrink))
    return np.asarray(cv2.warpAffine(pixels, matrix, (256, 256), flags=cv2.INTER_LINEAR), np.uint8)


def _upright_lab(portrait: Portrait) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """float32 (256, 256, 3): the upright face in CIE Lab, L* 0..100."""
    return np.asarray(cv2.cvtColor(_upright(portrait).astype(np.float32) / 255.0, cv2.COLOR_BGR2Lab), np.float32)
