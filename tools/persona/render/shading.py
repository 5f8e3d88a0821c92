"""Light leaving a surface towards the lens.

Source: GGX after B. Walter et al., 2007, as spherical Gaussians (J. Wang et al., 2009); Fresnel after C. Schlick, 1994;
diffuse light from order-2 harmonics. Own code.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.compiled import compiled
from tools.persona.render.light import Lamp, axes

Singles = npt.NDArray[np.float32]


@compiled
def _irradiance(normals: Singles, coefficients: Singles, channel: int, out: Singles) -> None:
    for i in range(normals.shape[0]):
        x, y, z = normals[i, 0], normals[i, 1], normals[i, 2]
        k = channel
        total = 0.282095 * 3.141593 * coefficients[i, k]
        total += (
            2.094395 * 0.488603 * (y * coefficients[i, k + 3] + z * coefficients[i, k + 6] + x * coefficients[i, k + 9])
        )
        total += (
            0.785398
            * 1.092548
            * (x * y * coefficients[i, k + 12] + y * z * coefficients[i, k + 15] + x * z * coefficients[i, k + 21])
        )
        total += 0.785398 * (
            0.315392 * (3 * z * z - 1) * coefficients[i, k + 18] + 0.546274 * (x * x - y * y) * coefficients[i, k + 24]
        )
        out[i, channel] = max(total, 0.0) / 3.141593


def diffuse(normals: tuple[Singles, Singles, Singles], coefficients: Singles) -> Singles:
    """Light (n, 3) leaving a white matt surface; one normal (n, 3) for each of red, green and blue."""
    out = np.zeros((len(coefficients), 3), np.float32)
    for channel, normal in enumerate(normals):
        _irradiance(normal, coefficients, channel, out)
    return out


@compiled
def _gloss(
    normals: Singles, views: Singles, rough: Singles, strength: Singles, light: tuple[Singles, Singles]
) -> Singles:
    lamps, seen = light
    out = np.zeros((normals.shape[0], 3), np.float32)
    for i in range(normals.shape[0]):
        nx, ny, nz = normals[i, 0], normals[i, 1], normals[i, 2]
        vx, vy, vz = views[i, 0], views[i, 1], views[i, 2]
        facing = max(nx * vx + ny * vy + nz * vz, 0.08)
        rx, ry, rz = 2 * facing * nx - vx, 2 * facing * ny - vy, 2 * facing * nz - vz
        alpha = rough[i] * rough[i]
        lobe = 2.0 / (alpha * alpha) / (4.0 * facing)
        for k in range(lamps.shape[0]):
            sharp = lamps[k, 3]
            toward = nx * lamps[k, 0] + ny * lamps[k, 1] + nz * lamps[k, 2]
            if toward < -0.3:
                continue
            along = rx * lamps[k, 0] + ry * lamps[k, 1] + rz * lamps[k, 2]
            joint = lobe * sharp / (lobe + sharp)
            hx, hy, hz = vx + lamps[k, 0], vy + lamps[k, 1], vz + lamps[k, 2]
            half = max((vx * hx + vy * hy + vz * hz) / np.sqrt(hx * hx + hy * hy + hz * hz + 1e-9), 0.0)
            fresnel = strength[i] + (1.0 - strength[i]) * (1.0 - half) ** 5 * min(1.0, strength[i] * 25.0)
            shade = min(max((toward + 0.3) / 0.6, 0.0), 1.0)
            mask = facing / (facing * (1 - 0.5 * alpha) + 0.5 * alpha)
            value = fresnel * shade * mask * lobe / (lobe + sharp) * np.exp(joint * (along - 1.0)) * seen[i, k]
            for c in range(3):
                out[i, c] += value * lamps[k, 4 + c]
    return out


def lamp_table(rig: tuple[Lamp, ...]) -> Singles:
    """Rows of direction, sharpness and colour (lamps, 7)."""
    colour = np.array([lamp.colour for lamp in rig])
    sharp = np.array([[lamp.sharpness] for lamp in rig])
    return np.hstack([axes(rig), sharp, colour]).astype(np.float32)


def gloss(
    normals: Singles, views: Singles, rough: Singles, strength: Singles, light: tuple[Singles, Singles]
) -> Singles:
    """Mirrored light (n, 3); ``rough`` 0..1, ``strength`` the reflectance seen head on, ``light`` the lamp table and
    the share (n, lamps) of each lamp that arrives."""
    return _gloss(normals, views, rough, strength, (light[0], np.ascontiguousarray(light[1])))


def normalised(vectors: Singles) -> Singles:
    """Vectors (n, 3) at length one."""
    length = np.sqrt((vectors * vectors).sum(1, keepdims=True))
    return np.asarray(vectors / np.maximum(length, 1e-9), np.float32)
