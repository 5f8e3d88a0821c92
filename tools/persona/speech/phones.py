"""The sounds of the phrase: what the tongue does where the picture shows only lips and jaw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tools.persona.geometry.expression import Expression

Floats = npt.NDArray[np.float64]
TRACT = 1.02
"""The actor's formants against those of a vocal tract of 17.5 cm."""
UPPER_HZ = (3500.0, 4500.0)
"""Formants four and five hardly move."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A consonant.

    Attributes:
        locus_hz: where the first three formants point while it is held.
        clings: how far (0..1) the second formant stays with the vowel that follows.
        voice: the voice's level while it is held, against a vowel's; 0 is voiceless.
        muffled_db: what the closed mouth takes off the voice at 3 kHz.
        noise: name of the hiss it makes while held, or "".
        noise_level: the hiss's level against a vowel's.
        burst: name of the hiss at its release, or "".
        burst_level: the burst's level against a vowel's.
        aspiration_s: from the release until the voice sets in.
        nasal: how far the nose is open, 0..1.
        hold: shares of the way from the cue before, and to the cue after, for which it is held.
    """

    locus_hz: tuple[float, float, float]
    clings: float
    voice: float
    muffled_db: float = 0.0
    noise: str = ""
    noise_level: float = 0.0
    burst: str = ""
    burst_level: float = 0.0
    aspiration_s: float = 0.0
    nasal: float = 0.0
    hold: tuple[float, float] = (0.22, 0.32)


_LABIAL, _ALVEOLAR, _TEETH = (250.0, 900.0, 2300.0), (290.0, 1750.0, 2650.0), (290.0, 1150.0, 2350.0)
CONSONANTS: dict[str, Phone] = {
    "m": Phone(_LABIAL, 0.55, 0.42, muffled_db=9, nasal=1.0, hold=(0.26, 0.34)),
    "b": Phone(_LABIAL, 0.65, 0.20, muffled_db=24, burst="lips", burst_level=0.10),
    "p": Phone(_LABIAL, 0.65, 0.0, burst="lips", burst_level=0.22, aspiration_s=0.026),
    "n": Phone(_ALVEOLAR, 0.35, 0.42, muffled_db=9, nasal=1.0, hold=(0.24, 0.42)),
    "d": Phone(_ALVEOLAR, 0.40, 0.20, muffled_db=24, burst="ridge", burst_level=0.14, hold=(0.22, 0.15)),
    "t": Phone(_ALVEOLAR, 0.40, 0.0, burst="ridge", burst_level=0.26, aspiration_s=0.032, hold=(0.24, 0.10)),
    "f": Phone(_TEETH, 0.60, 0.0, noise="teeth", noise_level=0.10, hold=(0.30, 0.50)),
    "v": Phone(_TEETH, 0.60, 0.30, muffled_db=12, noise="teeth", noise_level=0.05, hold=(0.24, 0.40)),
    "s": Phone(_ALVEOLAR, 0.35, 0.0, noise="groove", noise_level=0.34, hold=(0.28, 0.50)),
    "l": Phone((340.0, 1250.0, 2750.0), 0.30, 0.55, muffled_db=3, hold=(0.20, 0.34)),
    "r": Phone((390.0, 1250.0, 1750.0), 0.30, 0.60, muffled_db=2, hold=(0.14, 0.28)),
}
SPOKEN: dict[str, tuple[str, ...]] = {
    "M": ("m", "b", "m", "p"),
    "T": ("t", "n", "d", "t"),
    "F": ("f", "v"),
    "S": ("s",),
    "L": ("l",),
    "R": ("r",),
}
"""Which consonants share a mouth shape; they take turns."""


def vowel_hz(mouth: Expression) -> Floats:
    """The first three formants of an open mouth: the jaw opens the first, spread or rounded lips move the second."""
    spread, rounded = max(mouth.wide, 0.0), max(-mouth.wide, 0.0)
    first = 170 + 57 * mouth.jaw_deg - 40 * mouth.pucker
    second = 1480 + 950 * spread - 720 * rounded
    third = 2480 + 500 * spread - 180 * mouth.pucker
    return np.array([first, second, third])


def locus_hz(phone: Phone, vowel: Floats) -> Floats:
    """The first three formants of a consonant before a vowel with such formants."""
    found = np.array(phone.locus_hz)
    found[1] += phone.clings * (vowel[1] - found[1])
    return np.asarray(found + np.array([0.0, 0.0, 0.3]) * (vowel - found))


def opening(mouth: Expression) -> float:
    """How far the lips are apart, 0..1 of the widest that speech gets."""
    gap = 0.06 * mouth.jaw_deg + 0.34 * mouth.lower_lip + 0.32 * mouth.upper_lip - 0.5 * mouth.press
    return min(max(gap / 0.85, 0.0), 1.0)
