"""The heads of `actor_table.py`, and how cameras and links spoil their pictures."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Pixels
from tools.persona.identity import Identity
from tools.persona.personas import ACTOR, ANSELM, INES, MARA, TOMAS

PEOPLE = (MARA, ANSELM, INES, TOMAS, ACTOR)
BLOND, RED = (0.36, 0.24, 0.11), (0.20, 0.06, 0.02)


@dataclass(frozen=True)
class Guise:
    """A head and the looks that it was given."""

    name: str
    who: Identity
    length: str = "short"


def guises() -> Iterator[Guise]:
    """Every head."""
    for who in PEOPLE:
        yield Guise(who.name, who)
        bare = replace(who.hair, style="short", strands=40, length_cm=0.05, hairline=0.0, grey=0.0)
        skin = tuple(1.25 * part for part in who.skin.base)
        yield Guise(f"{who.name}, bald", replace(who, hair=replace(bare, colour=skin, beard_cm=0.0)), "none")
        yield Guise(f"{who.name}, long hair", who, "long")
    for who, colours in ((MARA, (BLOND, RED)), (INES, (BLOND,)), (TOMAS, (BLOND, RED)), (ACTOR, (BLOND,))):
        for colour in colours:
            name = f"{who.name}, {'blond' if colour is BLOND else 'red'}"
            yield Guise(name, replace(who, hair=replace(who.hair, colour=colour)))
    yield Guise("mara, grey", replace(MARA, hair=replace(MARA.hair, colour=ANSELM.hair.colour, grey=0.9)))
    for other in (MARA, ANSELM, INES):
        hair = replace(ACTOR.hair, colour=other.hair.colour, grey=other.hair.grey)
        yield Guise(f"actor, hair of {other.name}", replace(ACTOR, hair=hair))
    for other in (MARA, ANSELM, INES, TOMAS):
        skin_of = replace(ACTOR.skin, base=other.skin.base, redness=other.skin.redness)
        yield Guise(f"actor, skin of {other.name}", replace(ACTOR, skin=skin_of))
    for who, shadow in ((ACTOR, 0.0), (ACTOR, 0.7), (ACTOR, 1.0), (MARA, 0.7), (INES, 0.8), (ANSELM, 0.8)):
        yield Guise(f"{who.name}, stubble {shadow}", replace(who, skin=replace(who.skin, stubble=shadow)))
    for who, beard_cm in ((TOMAS, 0.0), (TOMAS, 0.12), (TOMAS, 0.25), (ANSELM, 0.6), (INES, 0.5), (ACTOR, 0.6)):
        yield Guise(f"{who.name}, beard {beard_cm} cm", replace(who, hair=replace(who.hair, beard_cm=beard_cm)))


def strangers(count: int) -> Iterator[Guise]:
    """Heads drawn by lot, on which no threshold was set."""
    random = np.random.default_rng(20)
    for number in range(count):
        first, second, third = (PEOPLE[index] for index in random.integers(len(PEOPLE), size=3))
        blend = random.uniform(0.2, 0.8)
        base = [blend * a + (1 - blend) * b for a, b in zip(first.skin.base, second.skin.base, strict=True)]
        shape = {name: float(np.clip(random.normal(0, 0.5), -1, 1)) for name in fields_of(first)}
        stubble, beard_cm = ((0.0, 0.0), (0.2, 0.0), (0.9, 0.0), (0.0, 0.5))[int(random.integers(4))]
        hair = replace(
            third.hair,
            colour=((0.012, 0.009, 0.008), (0.05, 0.028, 0.015), (0.14, 0.08, 0.035), BLOND)[int(random.integers(4))],
            grey=float(random.choice([0.0, 0.0, 0.7])),
            beard_cm=beard_cm,
        )
        skin = replace(first.skin, base=(base[0], base[1], base[2]), stubble=stubble)
        who = replace(first, shape=replace(first.shape, **shape), skin=skin, hair=hair, seed=900 + number)
        yield Guise(f"stranger {number + 1}", who)


def fields_of(who: Identity) -> tuple[str, ...]:
    """The names of the measures of a head."""
    return tuple(type(who.shape).__slots__)


def conditions(pixels: Pixels) -> Iterator[tuple[str, Pixels]]:
    """A picture as cameras and links spoil it."""
    light = (pixels.astype(np.float32) / 255.0) ** 2.2
    random = np.random.default_rng(7)
    yield "as it is", pixels
    for name, gain in (("1 stop darker", 0.5), ("half a stop lighter", 1.4)):
        yield name, coded(np.clip(light * gain, 0, 1) ** (1 / 2.2))
    yield "noise of 6 levels", coded(pixels / 255.0 + random.normal(0, 6 / 255, pixels.shape))
    yield "blurred by 2 px", np.asarray(cv2.GaussianBlur(pixels, (0, 0), 2.0), np.uint8)
    yield "a third of its size", np.asarray(cv2.resize(pixels, None, fx=1 / 3, fy=1 / 3, interpolation=cv2.INTER_AREA))
    yield "JPEG at 30", cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 30])[1], 1)
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 12.0, 0.9)
    yield "tilted by 12°", np.asarray(cv2.warpAffine(pixels, turn, (width, height), borderMode=cv2.BORDER_REPLICATE))
    side = np.linspace(0.55, 1.0, width, dtype=np.float32)[None, :, None]
    yield "lit from one side", coded((light * side) ** (1 / 2.2))


def coded(shares: NDArray[np.floating]) -> Pixels:
    """Shares of full scale as eight bits."""
    return np.clip(np.rint(shares * 255.0), 0, 255).astype(np.uint8)
