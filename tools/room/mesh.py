"""Triangle meshes and the few ways to make them: grids bent into sheets, tubes, turned bodies and cushions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.room.tracer.vector import Vec

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mesh:
    """Triangles with smooth normals."""

    points: Points
    """float64 (n, 3), metres."""
    normals: Points
    """float64 (n, 3), unit length."""
    uv: Points
    """float64 (n, 2); metres along the surface unless its maker says otherwise."""
    faces: NDArray[np.int64]
    """int64 (m, 3), indices of points."""

    def moved(self, x: float, y: float, z: float) -> "Mesh":
        """The mesh at another place."""
        return Mesh(self.points + np.array([x, y, z]), self.normals, self.uv, self.faces)

    def turned(self, degrees: float, axis: str = "y") -> "Mesh":
        """The mesh turned about an axis through the origin."""
        angle = np.radians(degrees)
        c, s = np.cos(angle), np.sin(angle)
        turns = {
            "x": [[1, 0, 0], [0, c, -s], [0, s, c]],
            "y": [[c, 0, s], [0, 1, 0], [-s, 0, c]],
            "z": [[c, -s, 0], [s, c, 0], [0, 0, 1]],
        }
        matrix = np.array(turns[axis])
        return Mesh(self.points @ matrix.T, self.normals @ matrix.T, self.uv, self.faces)

    def scaled(self, factor: float) -> "Mesh":
        """The mesh larger or smaller, texture and all."""
        return Mesh(self.points * factor, self.normals, self.uv * factor, self.faces)


def joined(meshes: Sequence[Mesh]) -> Mesh:
    """Several meshes as one."""
    starts = np.cumsum([0] + [len(mesh.points) for mesh in meshes[:-1]])
    return Mesh(
        np.concatenate([mesh.points for mesh in meshes]),
        np.concatenate([mesh.normals for mesh in meshes]),
        np.concatenate([mesh.uv for mesh in meshes]),
        np.concatenate([mesh.faces + start for mesh, start in zip(meshes, starts, strict=True)]),
    )


def _lengths(points: Points, axis: int) -> Points:
    """Way along one axis of a grid of points, averaged over the other."""
    steps = np.linalg.norm(np.diff(points, axis=axis), axis=-1).mean(axis=1 - axis)
    return np.concatenate([[0.0], np.cumsum(steps)])


def grid(points: Points, uv: Points | None = None) -> Mesh:
    """A surface through a grid of points.

    Args:
        points: float64 (rows, columns, 3), metres.
        uv: float64 (rows, columns, 2), or none for metres along the columns (u) and rows (v).
    """
    rows, columns = points.shape[:2]
    if uv is None:
        uv = np.stack(np.meshgrid(_lengths(points, 1), _lengths(points, 0)), -1)
    normals = np.cross(np.gradient(points, axis=1), np.gradient(points, axis=0))
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-12)
    at = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = at[:-1, :-1].ravel(), at[:-1, 1:].ravel(), at[1:, 1:].ravel(), at[1:, :-1].ravel()
    faces = np.concatenate([np.stack([a, b, c], -1), np.stack([a, c, d], -1)])
    return Mesh(points.reshape(-1, 3), normals.reshape(-1, 3), uv.reshape(-1, 2), faces)


def quad(corner: Vec, edge_u: Vec, edge_v: Vec, whole: bool = False) -> Mesh:
    """A flat parallelogram; with `whole`, uv runs 0..1 over it instead of in metres."""
    o, u, v = np.array(corner), np.array(edge_u), np.array(edge_v)
    points = np.array([[o, o + u], [o + v, o + u + v]])
    return grid(points, np.array([[[0.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [1.0, 1.0]]]) if whole else None)


def box(low: Vec, high: Vec) -> Mesh:
    """A box with sharp edges; every face has u along its longer side, in metres, so that grain runs lengthwise."""
    a, b = np.array(low), np.array(high)
    faces = []
    for axis in range(3):
        first, second = sorted((k for k in range(3) if k != axis), key=lambda k: float(a[k] - b[k]))
        edge_u, edge_v = np.zeros(3), np.zeros(3)
        edge_u[first], edge_v[second] = b[first] - a[first], b[second] - a[second]
        for level in (a, b):
            corner = a.copy()
            corner[axis] = level[axis]
            side = quad(_vec(corner), _vec(edge_u), _vec(edge_v))
            faces.append(Mesh(side.points, side.normals, side.uv + corner[[first, second]], side.faces))
    return joined(faces)


def _vec(values: Points) -> Vec:
    """Three numbers as a tuple."""
    return (float(values[0]), float(values[1]), float(values[2]))


def cushion(size: Vec, radius: float, puff: float = 0.0, steps: int = 14) -> Mesh:
    """A box with round edges about the origin, its broad faces blown out by `puff` metres in the middle."""
    half = np.array(size) / 2.0
    thinnest = int(np.argmin(half))
    ends = np.concatenate([np.linspace(-1, -0.8, 4)[:-1], np.linspace(-0.8, 0.8, steps), np.linspace(0.8, 1, 4)[1:]])
    faces = []
    for axis in range(3):
        others = [(axis + 1) % 3, (axis + 2) % 3]
        for side in (-1.0, 1.0):
            v, u = np.meshgrid(ends, ends, indexing="ij")
            cube = np.empty(u.shape + (3,))
            cube[..., others[0]], cube[..., others[1]], cube[..., axis] = u, v, side
            inner = np.clip(cube * half, -(half - radius), half - radius)
            # Near an edge the cube is stretched over the rounding, elsewhere it is the face itself.
            outward = cube * half - inner
            outward /= np.maximum(np.linalg.norm(outward, axis=-1, keepdims=True), 1e-12)
            points = inner + outward * radius
            points[..., axis] += side * puff * (axis == thinnest) * np.cos(u * np.pi / 2) * np.cos(v * np.pi / 2)
            mesh = grid(points)
            faces.append(mesh)
    return joined(faces)


def turned_body(profile: Sequence[tuple[float, float]], segments: int = 40) -> Mesh:
    """A body turned on a lathe about the y axis from (radius, height) pairs; u goes around, v up, in metres."""
    radii, heights = (np.array(column) for column in zip(*profile, strict=True))
    angles = np.linspace(0.0, 2.0 * np.pi, segments + 1)
    r, angle = radii[:, None], angles[None, :]
    points = np.stack(
        [r * np.cos(angle), np.broadcast_to(heights[:, None], (len(radii), segments + 1)), r * np.sin(angle)], -1
    )
    mesh = grid(points)
    # The seam's normals come from one side only; both ends of the ring must agree.
    normals = mesh.normals.reshape(len(radii), segments + 1, 3).copy()
    seam = normals[:, 0] + normals[:, -1]
    normals[:, 0] = normals[:, -1] = seam / np.maximum(np.linalg.norm(seam, axis=-1, keepdims=True), 1e-12)
    return Mesh(mesh.points, normals.reshape(-1, 3), mesh.uv, mesh.faces)


def ball(radius: float, segments: int = 32) -> Mesh:
    """A sphere about the origin."""
    angles = np.linspace(-np.pi / 2, np.pi / 2, segments // 2 + 1)
    mesh = turned_body([(float(max(1e-6, radius * np.cos(a))), float(radius * np.sin(a))) for a in angles], segments)
    return Mesh(mesh.points, mesh.points / radius, mesh.uv, mesh.faces)


def tube(path: Points, radius: float | Points, segments: int = 10) -> Mesh:
    """A round rod along a path of points; the radius is one number or one per point."""
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    aside = np.cross(along, np.where(np.abs(along[:, :1]) < 0.9, [[1.0, 0.0, 0.0]], [[0.0, 1.0, 0.0]]))
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    other = np.cross(along, aside)
    angles = np.linspace(0.0, 2.0 * np.pi, segments + 1)[None, :, None]
    ring = aside[:, None] * np.cos(angles) + other[:, None] * np.sin(angles)
    mesh = grid(path[:, None] + ring * np.broadcast_to(np.asarray(radius, np.float64), (len(path),))[:, None, None])
    return Mesh(mesh.points, ring.reshape(-1, 3), mesh.uv, mesh.faces)
