"""Stills of what a camera saw, with what was measured drawn in."""

from collections.abc import Iterable

import cv2
import numpy as np

from pipeline.media import Face, Frame, Pixels
from pipeline.preflight.evidence import Seen
from pipeline.preflight.report.page import Pictures
from profiles.profile import Profile

WIDTH_PX = 640
FACE_COLOUR, TEXT_COLOUR = (90, 230, 120), (255, 255, 255)
GOOD_SCORE = 0.5
"""A face that is followed with less is as good as lost."""
MOST_POSES = 200


def pictures_of(seen: Seen | None, profile: Profile) -> Pictures:
    """The most frontal whole frame with its measures, the one most turned, and where the head was."""
    if seen is None:
        return Pictures(most_yaw_deg=profile.face.max_yaw_deg)
    largest = max(frame.pixels.shape[0] for frame in seen.frames)
    whole = [frame for frame in seen.frames if frame.pixels.shape[0] == largest]
    followed = [(frame, face) for frame in whole if (face := frame.chosen_face) is not None]
    stills = list[tuple[bytes, str]]()
    if followed:
        by_turn = sorted(followed, key=lambda pair: abs(pair[1].pose.yaw_deg) + abs(pair[1].pose.pitch_deg))
        for (frame, face), line in ((by_turn[0], "the face from the front"), (by_turn[-1], "the face most turned")):
            stills.append((_png(measured(frame, face)), line))
    elif whole:
        stills.append((_png(whole[len(whole) // 2].pixels), "no face was found"))
    return Pictures(tuple(stills), tuple(poses_of(seen.frames)), profile.face.max_yaw_deg)


def poses_of(frames: Iterable[Frame]) -> list[tuple[float, float, bool]]:
    """Yaw and pitch of the chosen face, and whether it was followed well; thinned out."""
    faces = [face for frame in frames if (face := frame.chosen_face) is not None]
    step = max(1, len(faces) // MOST_POSES)
    return [
        (round(face.pose.yaw_deg, 1), round(face.pose.pitch_deg, 1), face.score >= GOOD_SCORE) for face in faces[::step]
    ]


def measured(frame: Frame, face: Face) -> Pixels:
    """The frame, small, with the face's box, its share of the height and its angles, uint8 (h, w, 3) BGR."""
    scale = min(1.0, WIDTH_PX / frame.pixels.shape[1])
    size = (round(frame.pixels.shape[1] * scale), round(frame.pixels.shape[0] * scale))
    drawn = np.ascontiguousarray(cv2.resize(frame.pixels, size, interpolation=cv2.INTER_AREA))
    left, top, width, height = (round(value * scale) for value in face.box)
    cv2.rectangle(drawn, (left, top), (left + width, top + height), FACE_COLOUR, 1, cv2.LINE_AA)
    for x, y in np.rint(face.landmarks[::6, :2] * scale).astype(int).tolist():
        cv2.circle(drawn, (x, y), 1, FACE_COLOUR, -1, cv2.LINE_AA)
    middle = (size[0] // 2, size[1] // 2)
    cv2.drawMarker(drawn, middle, TEXT_COLOUR, cv2.MARKER_CROSS, 16, 1, cv2.LINE_AA)
    pose = face.pose
    words = (
        f"face {face.box[3] / frame.pixels.shape[0]:.0%} of the height",
        f"yaw {pose.yaw_deg:+.0f}  pitch {pose.pitch_deg:+.0f}  roll {pose.roll_deg:+.0f} deg",
    )
    band = np.s_[: 8 + 20 * len(words)]
    drawn[band] = drawn[band] // 3
    for row, text in enumerate(words):
        place = (10, 20 + 20 * row)
        cv2.putText(drawn, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, TEXT_COLOUR, 1, cv2.LINE_AA)
    return np.asarray(drawn, np.uint8)


def _png(pixels: Pixels) -> bytes:
    small = pixels
    if pixels.shape[1] > WIDTH_PX:
        height = round(pixels.shape[0] * WIDTH_PX / pixels.shape[1])
        small = np.asarray(cv2.resize(pixels, (WIDTH_PX, height), interpolation=cv2.INTER_AREA), np.uint8)
    return bytes(cv2.imencode(".png", small)[1])
