"""The bounding-volume tree: built once, asked for the nearest or for any triangle on a ray."""

import numpy as np

from tools.room.tracer.compiled import compiled
from tools.room.tracer.vector import Vec, cross, dot, sub
from tools.room.tracer.world import Floats, Geometry, Ints

FAR = 1e30
_LEAF = 4
_BINS = 16

Hit = tuple[float, int, float, float]
"""Distance, triangle (−1 for none) and the two barycentric coordinates."""


@compiled
def _enclose(boxes: Floats, order: Ints, span: tuple[int, int]) -> Floats:
    """The box around a run of boxes."""
    box = np.empty(6, np.float32)
    box[:3] = FAR
    box[3:] = -FAR
    for at in range(span[0], span[1]):
        for axis in range(3):
            box[axis] = min(box[axis], boxes[order[at], axis])
            box[axis + 3] = max(box[axis + 3], boxes[order[at], axis + 3])
    return box


@compiled
def _half_area(box: Floats) -> float:
    """Half the surface of a box; zero for an empty one."""
    x, y, z = box[3] - box[0], box[4] - box[1], box[5] - box[2]
    return 0.0 if x < 0.0 else x * y + y * z + z * x


@compiled
def _partition(boxes: Floats, order: Ints, span: tuple[int, int], axis: int, limit: float) -> int:
    """Move the boxes whose centre lies below `limit` to the front; the index of the first that does not."""
    low, high = span
    while low < high:
        if boxes[order[low], axis] + boxes[order[low], axis + 3] < 2.0 * limit:
            low += 1
        else:
            high -= 1
            kept = order[low]
            order[low] = order[high]
            order[high] = kept
    return low


@compiled
def _split_cost(boxes: Floats, order: Ints, span: tuple[int, int], axis: int, limit: float) -> float:
    """The surface-area cost of a cut, both sides counted."""
    sides = np.empty((2, 6), np.float32)
    sides[:, :3] = FAR
    sides[:, 3:] = -FAR
    counts = np.zeros(2)
    step = max(1, (span[1] - span[0]) // 256)
    for at in range(span[0], span[1], step):
        box = boxes[order[at]]
        side = 0 if box[axis] + box[axis + 3] < 2.0 * limit else 1
        counts[side] += 1.0
        for k in range(3):
            sides[side, k] = min(sides[side, k], box[k])
            sides[side, k + 3] = max(sides[side, k + 3], box[k + 3])
    if counts[0] == 0.0 or counts[1] == 0.0:
        return FAR
    return float(counts[0] * _half_area(sides[0]) + counts[1] * _half_area(sides[1]))


@compiled
def _cut(boxes: Floats, order: Ints, span: tuple[int, int], box: Floats) -> int:
    """Where to divide a run of boxes, after reordering it; the middle where no cut is useful."""
    best, best_axis, best_limit = FAR, 0, 0.0
    for axis in range(3):
        for step in range(1, _BINS):
            limit = box[axis] + (box[axis + 3] - box[axis]) * step / _BINS
            cost = _split_cost(boxes, order, span, axis, limit)
            if cost < best:
                best, best_axis, best_limit = cost, axis, limit
    middle = _partition(boxes, order, span, best_axis, best_limit) if best < FAR else span[0]
    return (span[0] + span[1]) // 2 if middle in (span[0], span[1]) else middle


@compiled
def _grow(boxes: Floats) -> tuple[Floats, Ints, Ints]:
    """Nodes and triangle order of a binned surface-area tree.

    Source: Wald, "On fast Construction of SAH-based Bounding Volume Hierarchies" (2007), sampled bins.
    """
    count = boxes.shape[0]
    order = np.arange(count).astype(np.int32)
    bounds = np.zeros((2 * count, 6), np.float32)
    links = np.zeros((2 * count, 2), np.int32)
    spans = np.zeros((2 * count, 2), np.int32)
    spans[0, 1] = count
    used, at = 1, 0
    while at < used:
        span = (spans[at, 0], spans[at, 1])
        bounds[at] = _enclose(boxes, order, span)
        if span[1] - span[0] <= _LEAF:
            links[at, 0] = span[0]
            links[at, 1] = span[1] - span[0]
        else:
            middle = _cut(boxes, order, span, bounds[at])
            links[at, 0] = used
            spans[used, 0], spans[used, 1] = span[0], middle
            spans[used + 1, 0], spans[used + 1, 1] = middle, span[1]
            used += 2
        at += 1
    return bounds[:used].copy(), links[:used].copy(), order


def build(triangles: Floats, blocks: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> tuple[Geometry, Ints]:
    """A tree over triangles, and the order in which it keeps them.

    Args:
        triangles: float32 (n, 3, 3), corners in metres.
        blocks: uint8 (n,), 1 where the triangle throws a shadow.
    """
    boxes = np.concatenate([triangles.min(1), triangles.max(1)], 1).astype(np.float32)
    bounds, links, order = _grow(boxes)
    kept = triangles[order]
    edges = np.concatenate([kept[:, 0], kept[:, 1] - kept[:, 0], kept[:, 2] - kept[:, 0]], 1)
    return Geometry(bounds, links, np.ascontiguousarray(edges, np.float32), blocks[order]), order


@compiled
def _entry(bounds: Floats, node: int, origin: Vec, inverse: Vec, reach: float) -> float:
    """Distance at which a ray enters a box, or `FAR` where it misses it."""
    ax, bx = (bounds[node, 0] - origin[0]) * inverse[0], (bounds[node, 3] - origin[0]) * inverse[0]
    ay, by = (bounds[node, 1] - origin[1]) * inverse[1], (bounds[node, 4] - origin[1]) * inverse[1]
    az, bz = (bounds[node, 2] - origin[2]) * inverse[2], (bounds[node, 5] - origin[2]) * inverse[2]
    near = max(max(min(ax, bx), min(ay, by)), max(min(az, bz), 0.0))
    far = min(min(max(ax, bx), max(ay, by)), min(max(az, bz), reach))
    return near if near <= far else FAR


@compiled
def _strike(corners: Floats, triangle: int, origin: Vec, direction: Vec) -> tuple[float, float, float]:
    """Distance and barycentric coordinates of a hit, or `FAR`.

    Source: Möller and Trumbore, "Fast, Minimum Storage Ray/Triangle Intersection" (1997).
    """
    edge1 = (float(corners[triangle, 3]), float(corners[triangle, 4]), float(corners[triangle, 5]))
    edge2 = (float(corners[triangle, 6]), float(corners[triangle, 7]), float(corners[triangle, 8]))
    p = cross(direction, edge2)
    determinant = dot(edge1, p)
    if abs(determinant) < 1e-14:
        return (FAR, 0.0, 0.0)
    share = 1.0 / determinant
    corner = (float(corners[triangle, 0]), float(corners[triangle, 1]), float(corners[triangle, 2]))
    offset = sub(origin, corner)
    u = dot(offset, p) * share
    if u < 0.0 or u > 1.0:
        return (FAR, 0.0, 0.0)
    q = cross(offset, edge1)
    v = dot(direction, q) * share
    if v < 0.0 or u + v > 1.0:
        return (FAR, 0.0, 0.0)
    return (dot(edge2, q) * share, u, v)


@compiled
def _inverse(direction: Vec) -> Vec:
    """One over each component, very large where it is zero."""
    x = direction[0] if abs(direction[0]) > 1e-12 else 1e-12
    y = direction[1] if abs(direction[1]) > 1e-12 else 1e-12
    z = direction[2] if abs(direction[2]) > 1e-12 else 1e-12
    return (1.0 / x, 1.0 / y, 1.0 / z)


@compiled
def closest(geometry: Geometry, origin: Vec, direction: Vec, stack: Ints) -> Hit:
    """The nearest triangle on a ray."""
    inverse = _inverse(direction)
    best, found, best_u, best_v = FAR, -1, 0.0, 0.0
    depth, node = 0, 0
    while True:
        count = geometry.links[node, 1]
        first = geometry.links[node, 0]
        if count > 0:
            for triangle in range(first, first + count):
                t, u, v = _strike(geometry.corners, triangle, origin, direction)
                if 1e-5 < t < best:
                    best, found, best_u, best_v = t, triangle, u, v
        else:
            left = _entry(geometry.bounds, first, origin, inverse, best)
            right = _entry(geometry.bounds, first + 1, origin, inverse, best)
            if min(left, right) < FAR:
                node = first if left <= right else first + 1
                if max(left, right) < FAR:
                    stack[depth] = first + 1 if left <= right else first
                    depth += 1
                continue
        if depth == 0:
            break
        depth -= 1
        node = stack[depth]
    return (best, found, best_u, best_v)


@compiled
def occluded(geometry: Geometry, origin: Vec, direction: Vec, reach: float, stack: Ints) -> bool:
    """Whether something that throws a shadow lies on a ray nearer than `reach`."""
    inverse = _inverse(direction)
    depth, node = 0, 0
    while True:
        count = geometry.links[node, 1]
        first = geometry.links[node, 0]
        if count > 0:
            for triangle in range(first, first + count):
                t, _, _ = _strike(geometry.corners, triangle, origin, direction)
                if 1e-5 < t < reach and geometry.blocks[triangle] == 1:
                    return True
        else:
            if _entry(geometry.bounds, first, origin, inverse, reach) < FAR:
                stack[depth] = first
                depth += 1
            if _entry(geometry.bounds, first + 1, origin, inverse, reach) < FAR:
                stack[depth] = first + 1
                depth += 1
        if depth == 0:
            return False
        depth -= 1
        node = stack[depth]
