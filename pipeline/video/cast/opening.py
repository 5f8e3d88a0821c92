"""The stage that gives faces their roles, with what knows enrolled people."""

from concurrent.futures import Executor
from dataclasses import dataclass, field

from pipeline.errors import MediaError, ModelError
from pipeline.inference.named_model import read_named
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.runtime import Runtime
from pipeline.inference.store import ModelStore
from pipeline.video.cast.casting import Casting
from pipeline.video.cast.people import ACTOR, Acquaintance, People
from pipeline.video.cast.recogniser import Direction, Recogniser
from pipeline.video.neural.identity import Likeness, identity_of
from profiles.model_files import changed_files, people_of, shared_pictures
from profiles.profile import Profile


@dataclass(frozen=True, slots=True, eq=False)
class Meeting:
    """What all chains of a session know people with.

    Attributes:
        runtime: where networks run.
        models: the networks that find faces on pictures.
        executor: looks at faces on air.
        seen: what was seen of faces, by the recogniser's SHA-256.
    """

    runtime: Runtime
    models: ModelStore
    executor: Executor
    seen: dict[str, Acquaintance] = field(default_factory=dict)


def open_casting(profile: Profile, meeting: Meeting, *, waits: bool = False) -> Casting | None:
    """The stage for a profile's cast and its enrolled actor; None for a profile without either.

    Args:
        profile: whose cast it is.
        meeting: what people are known with.
        waits: have each picture wait for what a look at it tells.

    Raises:
        MediaError: a picture of somebody enrolled is no picture, not the one that was recorded, or somebody else's.
        PortraitError: it shows no face, or several.
        ModelError: there is no recogniser, or it is of another format, or can't be run.
    """
    if not profile.knows_people:
        return Casting(profile) if profile.cast else None
    file = _recogniser(profile)
    enrolled = _enrolled(profile, file, meeting)
    known = meeting.seen.setdefault(file.sha256, {})
    executor = None if waits else meeting.executor
    return Casting(profile, People(Recogniser(meeting.runtime, file), enrolled, executor, known))


def _recogniser(profile: Profile) -> ModelFile:
    path = profile.tracking.recogniser or profile.embedding.recogniser
    if path is None:
        raise ModelError(
            f"The profile {profile.name} knows people by their pictures and names no ArcFace network for it; "
            "set `recogniser` in [tracking] of the profile."
        )
    return read_named(profile, path)


def _enrolled(profile: Profile, file: ModelFile, meeting: Meeting) -> dict[int, Direction]:
    """Who is on the pictures, by the numbers that casting has for them."""
    pictures = {ACTOR: profile.tracking.actor}
    pictures |= {number: entry.enrolled for number, entry in enumerate(profile.cast)}
    changed = changed_files(profile, {path.as_posix() for paths in pictures.values() for path in paths})
    if changed:
        raise MediaError(f"Nobody can be known by a picture that is another one now: {'; '.join(map(str, changed))}.")
    shared = shared_pictures(people_of(profile))
    if shared:
        raise MediaError(f"Nobody can be known by a picture of somebody else: {'; '.join(map(str, shared))}.")
    return {
        who: identity_of(
            Likeness(
                tuple(profile.resolve(path) for path in paths),
                meeting.models,
                file,
                what=f"{'tracking.actor' if who == ACTOR else f'cast.{who}.enrolled'} picture",
            ),
            meeting.runtime,
        ).direction
        for who, paths in pictures.items()
        if paths
    }
