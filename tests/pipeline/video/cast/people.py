"""Three people in one picture, and who of them wears what."""

from dataclasses import replace
from functools import cache

from pipeline.media import Face, Frame, Pixels
from profiles.engines.cast import CastEntry
from profiles.profile import Profile
from tests.benchmarks.exposure import LEAST_DIFFERENCE, MOST_TEXTURE, MOST_UNCHANGED, exposure
from tests.compositions import beside, cut_out, likeness
from tests.fakes import FRAME_NS
from tests.footage import make_frame, persona, tracked


def picture(name: str) -> Pixels:
    """The actor of a clip between two smaller people."""
    return beside(beside(likeness("ines", 300), cut_out(name, 0, 340)), likeness("tomas", 280))


@cache
def three(name: str) -> tuple[Frame, ...]:
    """Frames of that with their faces, from left to right."""
    frames = tracked([make_frame(picture(name), index * FRAME_NS) for index in range(4)])
    return tuple(replace(frame, faces=tuple(sorted(frame.faces, key=lambda face: face.box[0]))) for frame in frames)


def casting(*cast: tuple[int | str, Profile], **face: object) -> Profile:
    """Ines, with others whose faces some people beside the actor wear."""
    entries = [CastEntry.model_validate({"face": where, "profile": other.name}) for where, other in cast]
    others = tuple(other for _, other in cast)
    return persona("ines", **face).model_copy(update={"cast": tuple(entries), "cast_profiles": others})


def shows(face: Face, result: Frame, given: Frame) -> bool:
    """Whether an output shows a face that its input had."""
    seen = exposure(0, face, result.pixels, given.pixels)
    return seen.difference < LEAST_DIFFERENCE or seen.texture > MOST_TEXTURE or seen.unchanged > MOST_UNCHANGED
