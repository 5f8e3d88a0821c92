"""Hair as a cloud: how much light gets through it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.compiled import compiled
from tools.persona.meshes.mesh import unit

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
_CELL_CM = 0.30
_STEPS = 14


@compiled
def _march(grid: Singles, low: Floats, points: Floats, step: Floats) -> Singles:
    out = np.empty(points.shape[0], np.float32)
    for i in range(points.shape[0]):
        depth = 0.0
        for k in range(1, _STEPS + 1):
            ix = int((points[i, 0] + k * step[0] - low[0]) / _CELL_CM)
            iy = int((points[i, 1] + k * step[1] - low[1]) / _CELL_CM)
            iz = int((points[i, 2] + k * step[2] - low[2]) / _CELL_CM)
            if ix < 0 or iy < 0 or iz < 0 or ix >= grid.shape[0] or iy >= grid.shape[1] or iz >= grid.shape[2]:
                break
            depth += grid[ix, iy, iz]
        out[i] = np.exp(-depth)
    return out


class HairVolume:
    """Density of strands in space."""

    def __init__(self, bundles: list[tuple[Floats, Floats]]) -> None:
        points = np.concatenate([p.reshape(-1, 3) for p, _ in bundles])
        self._low = points.min(0) - 2 * _CELL_CM
        shape = np.ceil((points.max(0) - self._low) / _CELL_CM).astype(int) + 3
        self._grid = np.zeros(tuple(shape), np.float32)
        for strands, radius in bundles:
            length = np.linalg.norm(np.diff(strands, axis=1), axis=2)
            middle = (strands[:, 1:] + strands[:, :-1]) / 2
            cell = ((middle - self._low) / _CELL_CM).astype(int).reshape(-1, 3)
            np.add.at(self._grid, tuple(cell.T), (length * 2 * radius[:, None]).ravel() / _CELL_CM**3)
        self._grid *= 0.32

    def passing(self, points: Floats, direction: Floats) -> Singles:
        """Share of light from a direction that reaches points (n, 3)."""
        step = unit(direction) * _CELL_CM * 1.1
        return _march(
            np.asarray(self._grid * (1.1 * _CELL_CM), np.float32), self._low, np.ascontiguousarray(points), step
        )
