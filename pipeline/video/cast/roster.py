"""The followed faces of a frame, for the operator."""

from collections.abc import Sequence

from pipeline.media import Face, FaceReading
from pipeline.video.tracking.choice import UNSEEN_SCORE
from profiles.profile import Profile


def roster(faces: Sequence[Face], profile: Profile) -> tuple[FaceReading, ...]:
    """Who wears what: the actor first, then those with a role, then the others.

    Args:
        faces: of one frame, with their roles.
        profile: whose roles these are.
    """
    seen = [face for face in faces if face.is_followed and face.score > UNSEEN_SCORE]
    seen.sort(key=lambda face: (not face.chosen, face.role is None, face.track_id))
    return tuple(_reading(face, profile) for face in seen)


def _reading(face: Face, profile: Profile) -> FaceReading:
    if face.chosen:
        return FaceReading(face.track_id, "actor")
    if face.role is None or face.role >= len(profile.cast_profiles):
        return FaceReading(face.track_id)
    return FaceReading(face.track_id, profile.cast[face.role].who, profile.cast_profiles[face.role].name)
