"""Fine relief as bent normals.

Source: M. Mikkelsen, "Bump Mapping Unparametrized Surfaces on the GPU", 2010. Own code.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Singles = npt.NDArray[np.float32]
Places = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]


def _slope(image: Singles, axis: int) -> Singles:
    """Central differences per sample, one-sided at the edge of what is known (NaN is unknown)."""
    ahead = np.roll(image, -1, axis) - image
    behind = image - np.roll(image, 1, axis)
    ahead, behind = np.where(np.isnan(ahead), behind, ahead), np.where(np.isnan(behind), ahead, behind)
    return np.nan_to_num((ahead + behind) * np.float32(0.5))


def bent(normals: Singles, height: Singles, place: Places, samples_per_cm: Singles) -> Singles:
    """Unit normals (n, 3) bent by a height (n,), cm, known at the samples ``place``."""
    top, left = place[0].min(), place[1].min()
    rows, columns = place[0] - top + 1, place[1] - left + 1
    image = np.full((rows.max() + 2, columns.max() + 2), np.nan, np.float32)
    image[rows, columns] = height
    limit = 1.2
    dx = np.clip(_slope(image, 1)[rows, columns] * samples_per_cm, -limit, limit)
    dy = np.clip(-_slope(image, 0)[rows, columns] * samples_per_cm, -limit, limit)
    nx, ny, nz = normals.T
    nz = np.maximum(nz, 0.25)
    gradient = np.stack(
        [dx * (1 - nx * nx) - dy * nx * ny, dy * (1 - ny * ny) - dx * nx * ny, -(dx * nx + dy * ny) * nz], 1
    )
    out = normals - gradient * nz[:, None]
    return np.asarray(out / np.sqrt((out * out).sum(1, keepdims=True)), np.float32)
