"""Clips as a camera's evidence, for tests of its checks."""

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np

from pipeline.media import Frame, Pixels
from pipeline.preflight.camera.learning import learn_picture
from pipeline.preflight.camera.watching import Watcher
from pipeline.preflight.evidence import Seen
from pipeline.preflight.finding import Finding
from profiles.reference.figures import PictureReference
from tests.footage import clip, models, persona


def watched(pictures: Iterable[Pixels], times_ns: Sequence[int]) -> Seen:
    """Pictures as a watcher sees them, who has seen none before."""
    watcher = Watcher(models(), persona())
    frames = tuple(watcher.look(pixels, at_ns) for pixels, at_ns in zip(pictures, times_ns, strict=True))
    watcher.close()
    return Seen(frames)


@cache
def clean(name: str) -> Seen:
    """A whole clip as it is."""
    frames = clip(name)
    return watched((frame.pixels for frame in frames), [frame.captured_ns for frame in frames])


@cache
def learned(name: str) -> PictureReference:
    """What a technician's `learn-reference` makes of a clip."""
    return learn_picture(clean(name))


def window(name: str, random: np.random.Generator, count: int = 14) -> tuple[Frame, ...]:
    """Some frames in a row from anywhere in a clip, with their faces."""
    frames = clean(name).frames
    first = int(random.integers(0, max(1, len(frames) - count)))
    return frames[first : first + count]


def part_of(name: str, first: int, count: int) -> tuple[Frame, ...]:
    """Some frames of a clip, without faces."""
    return clip(name)[first : first + count]


def named(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Findings by what follows the dot in their ids."""
    return {finding.id.partition(".")[2]: finding for finding in findings}
