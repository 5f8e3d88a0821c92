"""Procedural noise at points in space, so that a pattern sticks to the skin it was made for.

Source: gradient noise after K. Perlin, "Improving Noise", 2002; cell noise after S. Worley, 1996. Own code.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.compiled import compiled

Singles = npt.NDArray[np.float32]


@compiled
def _hash(x: int, y: int, z: int, seed: int) -> int:
    h = (x * 374761393 + y * 668265263 + z * 2147483647 + seed * 1274126177) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    h = ((h ^ (h >> 16)) * 2246822519) & 0xFFFFFFFF
    return h ^ (h >> 15)


@compiled
def _corner(h: int, x: float, y: float, z: float) -> float:
    """A pseudo-random gradient's slope: one of eight diagonals plus a tilt, without branches."""
    return (
        (1 - 2 * (h & 1)) * x
        + (1 - ((h >> 1) & 1) * 2) * y * ((h >> 3) & 1)
        + (1 - ((h >> 2) & 1) * 2) * z * (1 - ((h >> 3) & 1))
    )


@compiled
def _gradient(x: float, y: float, z: float, seed: int) -> float:
    ix, iy, iz = int(np.floor(x)), int(np.floor(y)), int(np.floor(z))
    fx, fy, fz = x - ix, y - iy, z - iz
    sx = fx * fx * (3 - 2 * fx)
    sy = fy * fy * (3 - 2 * fy)
    sz = fz * fz * (3 - 2 * fz)
    gx, gy, gz = fx - 1, fy - 1, fz - 1
    jx, jy, jz = ix + 1, iy + 1, iz + 1
    a = _corner(_hash(ix, iy, iz, seed), fx, fy, fz)
    b = _corner(_hash(jx, iy, iz, seed), gx, fy, fz)
    c = _corner(_hash(ix, jy, iz, seed), fx, gy, fz)
    d = _corner(_hash(jx, jy, iz, seed), gx, gy, fz)
    e = _corner(_hash(ix, iy, jz, seed), fx, fy, gz)
    f = _corner(_hash(jx, iy, jz, seed), gx, fy, gz)
    g = _corner(_hash(ix, jy, jz, seed), fx, gy, gz)
    h = _corner(_hash(jx, jy, jz, seed), gx, gy, gz)
    near = (a + (b - a) * sx) * (1 - sy) + (c + (d - c) * sx) * sy
    far = (e + (f - e) * sx) * (1 - sy) + (g + (h - g) * sx) * sy
    return near + (far - near) * sz


@compiled
def _fbm(points: Singles, scale: Singles, octaves: int, seed: int) -> Singles:
    out = np.empty(points.shape[0], np.float32)
    for i in range(points.shape[0]):
        x, y, z = points[i, 0] * scale[0], points[i, 1] * scale[1], points[i, 2] * scale[2]
        total, gain = 0.0, 1.0
        for octave in range(octaves):
            total += gain * _gradient(x, y, z, seed + octave * 17)
            x, y, z, gain = x * 2.03 + 3.1, y * 2.03 - 1.7, z * 2.03 + 5.3, gain * 0.5
        out[i] = total
    return out


@compiled
def _cells(points: Singles, scale: float, seed: int) -> Singles:
    out = np.empty((points.shape[0], 2), np.float32)
    for i in range(points.shape[0]):
        x, y, z = points[i, 0] * scale, points[i, 1] * scale, points[i, 2] * scale
        ix, iy, iz = int(np.floor(x)), int(np.floor(y)), int(np.floor(z))
        best, value = 9.0, 0.0
        for dx in range(-1, 2):
            for dy in range(-1, 2):
                for dz in range(-1, 2):
                    h = _hash(ix + dx, iy + dy, iz + dz, seed)
                    px = ix + dx + (h & 1023) / 1023.0 - x
                    py = iy + dy + ((h >> 10) & 1023) / 1023.0 - y
                    pz = iz + dz + ((h >> 20) & 1023) / 1023.0 - z
                    distance = px * px + py * py + pz * pz
                    if distance < best:
                        best, value = distance, (_hash(h, 7, 3, seed) & 1023) / 1023.0
        out[i, 0] = np.sqrt(best)
        out[i, 1] = value
    return out


def fbm(points: Singles, scale: float | tuple[float, float, float], octaves: int, seed: int) -> Singles:
    """Fractal noise (n,), about -1..1, at points (n, 3); ``scale`` is in waves per centimetre."""
    scales = np.array((scale,) * 3 if isinstance(scale, (int, float)) else scale, np.float32)
    return _fbm(np.ascontiguousarray(points, np.float32), scales, octaves, seed)


def cells(points: Singles, scale: float, seed: int) -> tuple[Singles, Singles]:
    """Distance to the nearest random seed (n,), in cells, and that seed's own number 0..1 (n,)."""
    found = _cells(np.ascontiguousarray(points, np.float32), scale, seed)
    return found[:, 0], found[:, 1]
