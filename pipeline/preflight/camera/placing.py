"""Where the face is in the picture, how large, and how it is turned."""

import numpy as np

from pipeline.media import Face, Frame
from pipeline.preflight.camera.closeups import View
from pipeline.preflight.camera.judging import Check, Texts, graver, judged, limits, stretched
from pipeline.preflight.evidence import Seen
from pipeline.preflight.finding import Finding, Verdict
from pipeline.preflight.limits import Limit
from profiles.reference.figures import PictureReference

FACE_SIZE = Check("camera.face_size", "size of the face")
POSE = Check("camera.pose", "head's pose")
CENTRE = Check("camera.centre", "place of the face")
ORIENTATION = Check("camera.orientation", "which way up")
PEOPLE = Check("camera.people", "people in view")
NO_FACE = "no face is seen"
STRANGER_SHARE = 0.4
"""A second face counts from this share of the actor's height on: smaller ones are pictures on a wall."""


def placing_findings(view: View, reference: PictureReference) -> tuple[Finding, ...]:
    """Size, pose, place, orientation and people."""
    if not view.faces:
        skips = tuple(check.skip(NO_FACE) for check in (FACE_SIZE, POSE, CENTRE, ORIENTATION))
        return (*skips, _people(view))
    size, pose = _face_size(view, reference), _pose(view, reference)
    return size, pose, _centre(view), _orientation(view), _people(view)


def angles_of(view: View) -> tuple[tuple[float, float, float], ...]:
    """Yaw, pitch and roll in degrees on every frame that shows the face."""
    poses = (face.pose for _, face in view.faces)
    return tuple((pose.yaw_deg, pose.pitch_deg, pose.roll_deg) for pose in poses)


def shares_of(view: View) -> tuple[float, ...]:
    """The face's height as a share of the frame's, on every frame that shows it."""
    return tuple(face.box[3] / frame.size[1] for frame, face in view.faces)


def _face_size(view: View, reference: PictureReference) -> Finding:
    share = float(np.median(shares_of(view)))
    known = reference.face_share
    limit = stretched(limits()["face_size"], *known) if known else limits()["face_size_alone"]
    small = share < sum(limit.passes) / 2
    remedy = (
        "Come nearer to the camera, or zoom in, until your face fills as much of the picture."
        if small
        else "Move back from the camera, or zoom out, until your face fills less of the picture."
    )
    low, high = known or limit.passes
    texts = Texts(f"{100 * share:.0f} % of the height", f"{100 * low:.0f} to {100 * high:.0f} % of the height", remedy)
    return judged(FACE_SIZE, 100 * share, _in_percent(limit), texts)


def _in_percent(limit: Limit) -> Limit:
    return stretched(limit, 100.0, 100.0).model_copy(update={"unit": "%"})


def _pose(view: View, reference: PictureReference) -> Finding:
    angles = np.array(angles_of(view))
    usual = np.median(angles, axis=0)
    known = (reference.yaw_deg, reference.pitch_deg, reference.roll_deg)
    neutral = [_widened(limits()[name], end) for name, end in zip(("yaw", "pitch", "roll"), known, strict=True)]
    verdicts = [limit.verdict(float(value)) for limit, value in zip(neutral, usual, strict=True)]
    outside = 100.0 * float(np.mean([_any_outside(row, neutral) for row in angles]))
    often = limits()["pose_outside"].verdict(outside) if any(known) else Verdict.PASS
    worst = max(range(3), key=lambda axis: _beyond(float(usual[axis]), neutral[axis]))
    remedy = _turn_back(worst, float(usual[worst]), neutral[worst])
    if graver(*verdicts) is Verdict.PASS:
        remedy = "Look toward the camera more: the target was filmed at fewer angles."
    texts = Texts(
        "yaw {:.0f}°, pitch {:.0f}°, roll {:.0f}°".format(*usual) + f"; {outside:.0f} % of the time outside",
        ", ".join(f"{low:.0f}° to {high:.0f}°" for low, high in (limit.passes for limit in neutral)),
        remedy,
    )
    return judged(POSE, float(usual[worst]), neutral[worst], texts, *verdicts, often)


def _widened(limit: Limit, known: tuple[float, float] | None) -> Limit:
    """The range for an angle: about the trained one, or about straight ahead."""
    low, high = known or (0.0, 0.0)
    borne = None if limit.borne is None else (limit.borne[0] + low, limit.borne[1] + high)
    return limit.model_copy(update={"passes": (limit.passes[0] + low, limit.passes[1] + high), "borne": borne})


def _any_outside(angles: np.ndarray[tuple[int], np.dtype[np.float64]], ranges: list[Limit]) -> bool:
    return any(_beyond(float(angle), limit) > 0.0 for angle, limit in zip(angles, ranges, strict=True))


def _beyond(value: float, limit: Limit) -> float:
    """How far a figure lies beyond the range in which it passes; negative within it."""
    return max(limit.passes[0] - value, value - limit.passes[1])


def _turn_back(axis: int, value: float, limit: Limit) -> str:
    """What to do about an angle that is off."""
    too_high = value > sum(limit.passes) / 2
    ways = (
        ("Turn your head to your right, or move the camera.", "Turn your head to your left, or move the camera."),
        ("Lower your chin, or put the camera higher.", "Lift your chin, or put the camera at the height of your eyes."),
        ("Tilt your head to your right, or level the camera.", "Tilt your head to your left, or level the camera."),
    )
    return ways[axis][0 if too_high else 1]


def _centre(view: View) -> Finding:
    offsets = np.array([_offset(frame, face) for frame, face in view.faces])
    across, down, out = (float(value) for value in np.median(offsets, axis=0))
    distance = 100.0 * float(np.hypot(across, down))
    limit, sideways, cut = limits()["centre"], limits()["sideways"], limits()["cut_off"]
    remedy = "Move, or turn the camera, so that your whole face is in the middle of the picture."
    way = f"{100 * abs(across):.0f} % to the {'right' if across > 0 else 'left'}, "
    way += f"{100 * abs(down):.0f} % {'down' if down > 0 else 'up'}"
    measured = f"{distance:.0f} % of the picture from its middle ({way})" + f", {100 * out:.0f} % cut off" * (
        out > 0.005
    )
    texts = Texts(measured, f"at most {limit.passes[1]:g} %", remedy)
    return judged(CENTRE, distance, limit, texts, sideways.verdict(100 * across), cut.verdict(100 * out))


def _offset(frame: Frame, face: Face) -> tuple[float, float, float]:
    """How far the face's middle is from the frame's, in shares of width and height, and how much of it is cut off."""
    width, height = frame.size
    left, top, wide, tall = face.box
    shown_x = max(0.0, min(width, left + wide) - max(0.0, left))
    shown_y = max(0.0, min(height, top + tall) - max(0.0, top))
    out = 1.0 - shown_x * shown_y / max(1e-6, wide * tall)
    return (left + wide / 2) / width - 0.5, (top + tall / 2) / height - 0.5, out


def _orientation(view: View) -> Finding:
    rolls = np.radians([roll for _, _, roll in angles_of(view)])
    roll = float(np.degrees(np.arctan2(np.median(np.sin(rolls)), np.median(np.cos(rolls)))))
    limit = limits()["upright"]
    turned = f"{abs(90 * round(roll / 90)):.0f}°"
    remedy = f"The camera is turned by {turned}: turn it upright, or set its rotation in the camera's settings."
    measured = f"{roll:.0f}°; whether it is mirrored can't be told from a face"
    return judged(ORIENTATION, roll, limit, Texts(measured, "upright", remedy))


def _people(view: View) -> Finding:
    seen = view.seen
    if not seen.frames:
        return PEOPLE.skip("no frame came")
    counts = [_people_on(frame) for frame in seen.frames]
    alone, crowd = (float(np.mean([count > least for count in counts])) for least in (0, 1))
    most = _usual_most(seen, counts)
    verdict = graver(limits()["face_seen"].verdict(100 * alone), limits()["others_seen"].verdict(100 * crowd))
    remedy = "Ask everybody else to leave the picture, and take pictures of people off the wall."
    if limits()["face_seen"].verdict(100 * alone) is not Verdict.PASS:
        remedy = "Sit before the camera with your face in the light and nothing before it."
    measured = f"{most} at most; a face on {100 * alone:.0f} % of the frames, several on {100 * crowd:.0f} %"
    return judged(PEOPLE, float(most), limits()["people"], Texts(measured, "one", remedy), verdict)


def _people_on(frame: Frame) -> int:
    """Faces on a frame, without those that are much smaller than the actor's."""
    tall = [face.box[3] for face in frame.faces if face.score > 0.0]
    return sum(height >= STRANGER_SHARE * max(tall) for height in tall)


def _usual_most(seen: Seen, counts: list[int]) -> int:
    """The most faces that are there on several frames."""
    enough = max(1, len(seen.frames) // 20)
    return max(count for count in {0, *counts} if count == 0 or sum(other >= count for other in counts) >= enough)
