"""How far apart two colours look."""

from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

from profiles.reference.figures import Colour

CHROMA_POWER = 25.0**7


def delta_e_2000(one: Colour, other: Colour) -> float:
    """The CIEDE2000 difference of two colours in CIE L*a*b*; about 1 can just be seen side by side.

    Source: Sharma, Wu, Dalal 2005, "The CIEDE2000 color-difference formula: implementation notes, supplementary test
    data, and mathematical observations", doi:10.1002/col.20070.
    """
    mean_chroma = (hypot(*one[1:]) + hypot(*other[1:])) / 2
    stretch = 1.5 - 0.5 * _saturation(mean_chroma)
    chroma_1, hue_1 = _polar(one, stretch)
    chroma_2, hue_2 = _polar(other, stretch)
    is_grey = chroma_1 * chroma_2 == 0.0
    turn = 0.0 if is_grey else (hue_2 - hue_1 + 180.0) % 360.0 - 180.0
    hue = hue_1 + hue_2 if is_grey else (hue_1 + turn / 2) % 360.0
    lightness, chroma = (one[0] + other[0]) / 2 - 50.0, (chroma_1 + chroma_2) / 2
    by_lightness = (other[0] - one[0]) / (1 + 0.015 * lightness**2 / sqrt(20 + lightness**2))
    by_chroma = (chroma_2 - chroma_1) / (1 + 0.045 * chroma)
    by_hue = 2 * sqrt(chroma_1 * chroma_2) * sin(radians(turn / 2)) / (1 + 0.015 * chroma * _hue_weight(hue))
    rotation = -sin(radians(60 * exp(-(((hue - 275) / 25) ** 2)))) * 2 * _saturation(chroma)
    return sqrt(max(0.0, by_lightness**2 + by_chroma**2 + by_hue**2 + rotation * by_chroma * by_hue))


def _saturation(chroma: float) -> float:
    """0 for greys, 1 for strong colours."""
    return sqrt(chroma**7 / (chroma**7 + CHROMA_POWER))


def _polar(colour: Colour, stretch: float) -> tuple[float, float]:
    """Chroma, and hue in degrees 0..360, of a colour whose a* is stretched."""
    a, b = colour[1] * stretch, colour[2]
    return hypot(a, b), degrees(atan2(b, a)) % 360.0


def _hue_weight(hue_deg: float) -> float:
    """How much a difference of hue counts about a hue."""
    waves = ((-0.17, 1, -30.0), (0.24, 2, 0.0), (0.32, 3, 6.0), (-0.20, 4, -63.0))
    return 1.0 + sum(share * cos(radians(times * hue_deg + shift)) for share, times, shift in waves)
