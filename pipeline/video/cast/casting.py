"""Which of the faces on a frame each entry of a profile's cast gets."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.media import Face, Frame
from pipeline.video.cast.part import Part
from pipeline.video.cast.people import ACTOR, People
from pipeline.video.tracking.choice import UNSEEN_SCORE, VEIL_NS
from profiles.profile import Profile


class Casting:
    """The stage that gives faces their roles; it stands behind the one that follows them.

    The chosen face stays the profile's own: where another rule would choose somebody who has a role, the one who was
    chosen before goes on, and if that face is not there, nobody is chosen for a while: the fail-safe policy shows.
    Whoever was lost from a role is veiled where that was.

    An enrolled person has a role wherever in the picture that person is known. Where the actor is enrolled, nobody else
    is ever chosen.
    """

    name = "cast"
    latency_ns = 0

    def __init__(self, profile: Profile, people: People | None = None) -> None:
        """Nobody has a role yet.

        Args:
            profile: whose cast it is.
            people: knows those who are enrolled, by the numbers of their entries; ends with this stage.
        """
        self._entries, self._people = profile.cast, people
        self._actor_is_enrolled = bool(profile.tracking.actor)
        self.reset()

    def process(self, frame: Frame) -> Frame:
        """The frame with its faces' roles."""
        seen = (face for face in frame.faces if face.is_followed and face.score > UNSEEN_SCORE)
        followed = {face.track_id: face for face in seen}
        known = {} if self._people is None else self._people.seen(frame, followed)
        lead = self._led(frame, followed, known)
        self._enrol(known)
        for part in self._parts:
            part.expire(followed, frame.media_ns)
            if part.track_id is None and lead is not None:
                taken = {other.track_id for other in self._parts}
                part.take(lead, [face for face in followed.values() if face.track_id not in taken])
        parts = enumerate(self._parts)
        roles = {part.track_id: number for number, part in parts if part.track_id is not None}
        if lead is not None:
            roles.pop(lead.track_id, None)
        for part in self._parts:
            if part.track_id in roles and part.track_id in followed:
                part.see(followed[part.track_id], frame.media_ns)
        faces = [replace(face, chosen=face is lead, role=_role(face, followed, roles)) for face in frame.faces]
        return replace(frame, faces=(*faces, *self._veils(frame.faces)))

    def adjust(self, profile: Profile) -> None:
        """Who is cast is no live setting."""

    def reset(self) -> None:
        """Lets everybody have any role."""
        if self._people is not None:
            self._people.reset()
        self._parts, self._own = [Part(entry) for entry in self._entries], Part()
        self._lead_id: int | None = None
        self._led_ns = 0

    def close(self) -> None:
        """Ends what knows people; may be called twice."""
        if self._people is not None:
            self._people.close()

    def _enrol(self, known: Mapping[int, int]) -> None:
        """Gives enrolled people their roles, whoever had these faces before."""
        for number, (entry, part) in enumerate(zip(self._entries, self._parts, strict=True)):
            if entry.enrolled:
                part.track_id = known.get(number)
            elif part.track_id in known.values():
                part.track_id = None

    def _led(self, frame: Frame, followed: Mapping[int, Face], known: Mapping[int, int]) -> Face | None:
        """The face that the profile itself wears on."""
        if self._actor_is_enrolled:
            return self._known_actor(frame, followed, known)
        chosen = frame.chosen_face
        if chosen is None:
            return None
        held = {part.track_id for part in self._parts if part.is_taken} | set(known.values())
        if self._lead_id in known.values():
            self._lead_id = None
        if chosen.track_id in known.values() or (self._lead_id is not None and chosen.track_id in held):
            lead = None if self._lead_id is None else followed.get(self._lead_id)
            is_awaited = self._lead_id is not None and 0 <= frame.media_ns - self._led_ns <= VEIL_NS
            if lead is None and not is_awaited:
                free = (face for track_id, face in followed.items() if track_id not in held)
                lead = max(free, key=lambda face: face.box[3], default=None)
        else:
            lead = chosen
        if lead is not None:
            self._lead_id, self._led_ns = lead.track_id, frame.media_ns
        return lead

    def _known_actor(self, frame: Frame, followed: Mapping[int, Face], known: Mapping[int, int]) -> Face | None:
        """The enrolled actor's face."""
        self._own.expire(followed, frame.media_ns)
        self._own.track_id = known.get(ACTOR)
        actor = None if self._own.track_id is None else followed.get(self._own.track_id)
        if actor is not None:
            self._own.see(actor, frame.media_ns)
        return actor

    def _veils(self, faces: Sequence[Face]) -> list[Face]:
        """Where somebody was lost who has a role, and nobody is seen."""
        veils: list[tuple[int | None, Face | None]] = [(None, self._own.veil(faces))]
        veils += [(number, part.veil(faces)) for number, part in enumerate(self._parts)]
        return [replace(veil, role=number) for number, veil in veils if veil is not None]


def _role(face: Face, followed: Mapping[int, Face], roles: Mapping[int, int]) -> int | None:
    """The role of a face on a frame: that of its id, if it is the one that is followed under it."""
    return roles.get(face.track_id) if followed.get(face.track_id) is face else None
