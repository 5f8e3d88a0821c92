"""Colours as people write them, for the tracer that wants linear light."""

import numpy as np

from tools.room.tracer.vector import Vec
from tools.room.tracer.world import Floats


def linear(pixels: Floats) -> Floats:
    """Linear light of sRGB values; both 0..1."""
    return np.where(pixels <= 0.04045, pixels / 12.92, ((pixels + 0.055) / 1.055) ** 2.4).astype(np.float32)


def srgb(code: str) -> Vec:
    """Linear RGB of a colour written as six hexadecimal digits."""
    r, g, b = (float(v) for v in linear(np.array([int(code[i : i + 2], 16) / 255 for i in (0, 2, 4)], np.float32)))
    return (r, g, b)


def mixed(a: Vec, b: Vec, part: float) -> Vec:
    """A colour between two, `part` of the way to the second."""
    return (a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part)


def shaded(a: Vec, factor: float) -> Vec:
    """A colour made darker or lighter."""
    return (a[0] * factor, a[1] * factor, a[2] * factor)


def kelvin(temperature: float, power: float = 1.0) -> Vec:
    """Colour of a black body at a temperature, 2000..12000 K, as linear RGB of luminance about `power`.

    The curve is a smooth fit through 2700 K (1.9, 0.86, 0.24), 4000 K, 6500 K (1, 1, 1) and 10000 K.
    """
    mired = 1e6 / temperature
    red = float(np.interp(mired, [100, 154, 250, 370, 500], [0.80, 1.0, 1.42, 1.90, 2.30]))
    green = float(np.interp(mired, [100, 154, 250, 370, 500], [0.98, 1.0, 0.95, 0.84, 0.72]))
    blue = float(np.interp(mired, [100, 154, 250, 370, 500], [1.60, 1.0, 0.55, 0.22, 0.08]))
    return (red * power, green * power, blue * power)
