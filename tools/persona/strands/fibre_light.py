"""Light on strands.

Source: J. Kajiya and T. Kay, 1989; two shifted highlights after S. Marschner et al., 2003. Own code.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.compiled import compiled

Singles = npt.NDArray[np.float32]


Four = tuple[float, float, float, float]


@compiled
def _lobes(tangent: Singles, view: Singles, lamp: Singles) -> Four:
    """The first and second highlight, the light passing through, and the lamp's slant, for one strand point."""
    sine_out = tangent[0] * view[0] + tangent[1] * view[1] + tangent[2] * view[2]
    sine_in = tangent[0] * lamp[0] + tangent[1] * lamp[1] + tangent[2] * lamp[2]
    joint = np.arcsin(min(max(sine_in, -1.0), 1.0)) + np.arcsin(min(max(sine_out, -1.0), 1.0))
    spread = 1.2 / lamp[3]
    first = np.exp(-((joint + 0.10) ** 2) / (2 * (0.020 + spread))) / np.sqrt(1 + spread / 0.020)
    second = np.exp(-((joint - 0.16) ** 2) / (2 * (0.055 + spread))) / np.sqrt(1 + spread / 0.055)
    dot, pp, qq = 0.0, 0.0, 0.0
    for c in range(3):
        p, q = lamp[c] - sine_in * tangent[c], view[c] - sine_out * tangent[c]
        dot += p * q
        pp += p * p
        qq += q * q
    around = dot / (np.sqrt(pp * qq) + 1e-5)
    half = np.sqrt(max(0.5 + 0.5 * around, 0.0))
    cosine = np.sqrt(max(1 - sine_in * sine_in, 0.0))
    return first * half, second * (0.25 + 0.75 * half), max(-around, 0.0) ** 3 * second, cosine


@compiled
def lit(
    tangents: Singles, views: Singles, pigment: Singles, light: tuple[Singles, Singles, Singles], gloss: float
) -> Singles:
    """Light (n, 3) leaving strand points: unit tangents and views (n, 3), pigment (n, 3); ``light`` is the lamp table,
    the share of each lamp that arrives (n, lamps) and the matt light (n, 3) all round; ``gloss`` scales highlights."""
    lamps, seen, ambient = light
    out = ambient * pigment
    for i in range(tangents.shape[0]):
        for k in range(lamps.shape[0]):
            first, second, through, cosine = _lobes(tangents[i], views[i], lamps[k])
            power = seen[i, k] * cosine * 2.0 / lamps[k, 3]
            for c in range(3):
                depth = pigment[i, c]
                tint = np.sqrt(depth)
                value = (
                    0.40 * depth + gloss * (0.05 * first + 0.42 * tint * depth**0.35 * second) + 0.9 * tint * through
                )
                out[i, c] += value * power * lamps[k, 4 + c]
    return out
