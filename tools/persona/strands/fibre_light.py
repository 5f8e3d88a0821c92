"""Light on strands.

Source: J. Kajiya and T. Kay, 1989; two shifted highlights after S. Marschner et al., 2003. Own code.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.compiled import compiled

Singles = npt.NDArray[np.float32]


@compiled
def lit(
    tangents: Singles, views: Singles, pigment: Singles, light: tuple[Singles, Singles, Singles], gloss: float
) -> Singles:
    """Light (n, 3) leaving strand points: unit tangents and views (n, 3), pigment (n, 3); ``light`` is the lamp table,
    the share of each lamp that arrives (n, lamps) and the matt light (n, 3) all round; ``gloss`` scales highlights."""
    lamps, seen, ambient = light
    out = np.empty((tangents.shape[0], 3), np.float32)
    for i in range(tangents.shape[0]):
        tx, ty, tz = tangents[i, 0], tangents[i, 1], tangents[i, 2]
        vx, vy, vz = views[i, 0], views[i, 1], views[i, 2]
        sine_out = tx * vx + ty * vy + tz * vz
        angle_out = np.arcsin(min(max(sine_out, -1.0), 1.0))
        red, green, blue = ambient[i, 0] * pigment[i, 0], ambient[i, 1] * pigment[i, 1], ambient[i, 2] * pigment[i, 2]
        for k in range(lamps.shape[0]):
            lx, ly, lz = lamps[k, 0], lamps[k, 1], lamps[k, 2]
            sine_in = tx * lx + ty * ly + tz * lz
            angle_in = np.arcsin(min(max(sine_in, -1.0), 1.0))
            spread = 1.2 / lamps[k, 3]
            joint = angle_in + angle_out
            first = np.exp(-((joint + 0.10) ** 2) / (2 * (0.020 + spread))) / np.sqrt(1 + spread / 0.020)
            second = np.exp(-((joint - 0.16) ** 2) / (2 * (0.055 + spread))) / np.sqrt(1 + spread / 0.055)
            px, py, pz = lx - sine_in * tx, ly - sine_in * ty, lz - sine_in * tz
            qx, qy, qz = vx - sine_out * tx, vy - sine_out * ty, vz - sine_out * tz
            norm = np.sqrt((px * px + py * py + pz * pz) * (qx * qx + qy * qy + qz * qz)) + 1e-5
            around = (px * qx + py * qy + pz * qz) / norm
            half = np.sqrt(max(0.5 + 0.5 * around, 0.0))
            through = max(-around, 0.0) ** 3
            cosine = np.sqrt(max(1 - sine_in * sine_in, 0.0))
            power = seen[i, k] * cosine * 6.283 / lamps[k, 3] / 3.1416
            for c in range(3):
                tint = np.sqrt(pigment[i, c])
                value = (
                    0.40 * pigment[i, c]
                    + gloss * 0.05 * first * half
                    + gloss * 0.42 * tint * pigment[i, c] ** 0.35 * second * (0.25 + 0.75 * half)
                )
                value += 0.9 * tint * through * second
                value *= power * lamps[k, 4 + c]
                if c == 0:
                    red += value
                elif c == 1:
                    green += value
                else:
                    blue += value
        out[i, 0], out[i, 1], out[i, 2] = red, green, blue
    return out
