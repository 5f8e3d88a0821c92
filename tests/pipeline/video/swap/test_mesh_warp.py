"""The mesh and its warp: triangles face the camera, affine motions are exact, the side turned away is not drawn."""

from math import cos, radians, sin

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.media import LANDMARK_COUNT, Points
from pipeline.video.swap.mesh_warp import MeshWarp
from pipeline.video.swap.topology import Topology, facing, signed_areas, with_ring
from pipeline.video.tracking.mesh import FACE_OVAL, face_template

Mask = NDArray[np.bool_]
SIZE = (300, 340)


@pytest.fixture(scope="module")
def topology() -> Topology:
    """The one topology."""
    return Topology.build()


def head(width: float = 200.0, at: tuple[float, float] = (150.0, 170.0), yaw_deg: float = 0.0) -> Points:
    """The mean head with its ring, turned, float32 (504, 3)."""
    points = face_template()
    turn = radians(yaw_deg)
    rotation = np.array([[cos(turn), 0, -sin(turn)], [0, 1, 0], [sin(turn), 0, cos(turn)]])
    scale = width / float(np.ptp(points[:, 0]))
    middle = (points.max(axis=0) + points.min(axis=0)) / 2
    placed = (points - middle) @ rotation.T * scale + [*at, 0]
    return with_ring(placed.astype(np.float32))


def whole(size: tuple[int, int] = SIZE) -> tuple[int, int, int, int]:
    return (0, 0, *size)


def face_maps(warp: MeshWarp, source: Points, size: tuple[int, int] = SIZE) -> NDArray[np.float32]:
    """Maps for the whole rectangle, stacked as (2, height, width)."""
    return np.stack(warp.maps_to(source, whole(size)))


def drawn(maps: NDArray[np.float32]) -> Mask:
    """Where the maps lead to a picture and not outside."""
    return np.asarray((maps > -100).all(axis=0))


def deep_inside(points: Points, size: tuple[int, int] = SIZE) -> Mask:
    """Pixels well within the face's oval."""
    oval = points[list(FACE_OVAL), :2]
    middle = oval.mean(axis=0)
    mask = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillPoly(mask, [np.rint(middle + 0.85 * (oval - middle)).astype(np.int32)], (1,))
    return mask.astype(np.bool_)


def places(size: tuple[int, int] = SIZE) -> NDArray[np.float32]:
    """Every pixel's own place, (2, height, width)."""
    return np.stack(np.meshgrid(np.arange(size[0]), np.arange(size[1]))).astype(np.float32)


def test_every_triangle_of_the_mean_head_faces_the_camera(topology: Topology) -> None:
    points = with_ring(face_template())
    assert (signed_areas(points, topology.triangles) > 0).all()
    assert len({tuple(sorted(row)) for row in topology.triangles.tolist()}) == len(topology.triangles)
    assert topology.triangles.max() < len(points)


def test_the_triangles_that_touch_the_ring_come_last(topology: Topology) -> None:
    on_ring = topology.triangles.max(axis=1) >= LANDMARK_COUNT
    assert not on_ring[: topology.face_count].any()
    assert on_ring[topology.face_count :].all()


def test_the_triangles_cover_the_face_without_overlap(topology: Topology) -> None:
    points = with_ring(face_template())
    x, y = points[LANDMARK_COUNT:, 0], points[LANDMARK_COUNT:, 1]
    ring_area = float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
    total = float(signed_areas(points, topology.triangles).sum())
    assert total == pytest.approx(abs(ring_area), rel=0.05)


def test_the_ring_lies_outside_the_oval_and_moves_with_it() -> None:
    landmarks = face_template()
    points = with_ring(landmarks)
    assert np.array_equal(points[:LANDMARK_COUNT], landmarks)
    middle = landmarks[list(FACE_OVAL)].mean(axis=0)
    inner = np.linalg.norm(landmarks[list(FACE_OVAL)] - middle, axis=1)
    assert (np.linalg.norm(points[LANDMARK_COUNT:] - middle, axis=1) > 1.2 * inner).all()
    assert np.allclose(with_ring(landmarks * 3 + 7), points * 3 + 7, atol=1e-4)


@given(yaw_deg=st.floats(-180, 180))
def test_facing_is_a_cosine_that_changes_sign_from_behind(topology: Topology, yaw_deg: float) -> None:
    cosines = facing(head(yaw_deg=yaw_deg), topology.triangles)
    assert (np.abs(cosines) <= 1.0 + 1e-4).all()
    behind = facing(head(yaw_deg=yaw_deg + 180), topology.triangles)
    face = slice(0, topology.face_count)
    assert np.allclose(cosines[face], -behind[face], atol=0.02)


@given(width=st.floats(20, 280), x=st.floats(60, 240), y=st.floats(60, 280))
def test_a_mesh_on_itself_is_the_identity(topology: Topology, width: float, x: float, y: float) -> None:
    points = head(width, (x, y))
    warp = MeshWarp(points, topology, whole())
    maps, inside = face_maps(warp, points), deep_inside(points)
    # At the rectangle's own edge the maps rest within a step of the grid.
    inside[:6] = inside[-6:] = inside[:, :6] = inside[:, -6:] = False
    # The rim of a small face is as wide as a few steps of the grid.
    if width >= 60 and inside.any():
        assert drawn(maps)[inside].mean() > 0.97
    found = drawn(maps) & inside
    assert np.abs(maps - places())[:, found].max(initial=0.0) < 0.02
    assert np.abs(np.stack(warp.moved_by(warp.shift_to(points))) - places()).max() < 0.02


@given(
    a=st.floats(0.5, 2.0), b=st.floats(-0.5, 0.5), c=st.floats(-0.5, 0.5), d=st.floats(0.5, 2.0), shift=st.floats(0, 90)
)
def test_an_affine_source_gives_that_affine_map(
    topology: Topology, a: float, b: float, c: float, d: float, shift: float
) -> None:
    points = head()
    matrix = np.array([[a, b], [c, d]])
    source = (points[:, :2] @ matrix.T + 200 + shift).astype(np.float32)
    maps = face_maps(MeshWarp(points, topology, whole()), source)
    expected = np.einsum("ij,jhw->ihw", matrix, places()) + 200 + shift
    found = drawn(maps) & deep_inside(points)
    assert found.sum() > 10_000
    assert np.abs(maps - expected)[:, found].max() < 0.1


def test_outside_the_face_the_maps_lead_nowhere_and_the_motion_rests(topology: Topology) -> None:
    points = head()
    warp = MeshWarp(points, topology, whole())
    source = points.copy()
    source[:LANDMARK_COUNT, :2] += (15, -10)
    maps = face_maps(warp, source)
    outside = np.ones((SIZE[1], SIZE[0]), np.bool_)
    ring = points[LANDMARK_COUNT:, :2]
    (left, top), (right, bottom) = ring.min(axis=0).astype(int) - 12, ring.max(axis=0).astype(int) + 13
    outside[max(0, top) : bottom, max(0, left) : right] = False
    assert not drawn(maps)[outside].any()
    motion = np.stack(warp.moved_by(warp.shift_to(source)))
    assert np.abs(motion - places())[:, outside].max(initial=0.0) < 0.05
    middle = motion[:, 170, 150] - places()[:, 170, 150]
    assert middle == pytest.approx((15, -10), abs=0.5)


def test_the_far_side_of_a_turned_head_is_not_drawn_and_nothing_is_from_behind(topology: Topology) -> None:
    areas = []
    for yaw_deg in (0, 45, 75, 180):
        points = head(yaw_deg=yaw_deg)
        areas.append(int(drawn(face_maps(MeshWarp(points, topology, whole()), points)).sum()))
    assert areas[0] > areas[1] > areas[2] > 0
    assert areas[3] == 0


def test_the_nearer_side_hides_the_farther(topology: Topology) -> None:
    """On a head turned far to the side, every pixel is taken from the surface that is nearest."""
    points = head(yaw_deg=55)
    warp = MeshWarp(points, topology, whole())
    depth = np.column_stack([points[:, 2] + 1000, points[:, 2], points[:, 2]]).astype(np.float32)
    seen = face_maps(warp, depth)[0] - 1000
    hidden = []
    for index in range(LANDMARK_COUNT):
        x, y = np.rint(points[index, :2]).astype(int)
        if 0 <= x < SIZE[0] and 0 <= y < SIZE[1] and seen[y, x] > -900:
            # Points lie a little before or behind the coarser triangles.
            hidden.append(points[index, 2] < seen[y, x] - 12)
    # On the outline itself triangles are seen edge-on and left out.
    assert np.mean(hidden) < 0.02
    assert len(hidden) > 200


@given(
    left=st.integers(-20, 200), top=st.integers(-20, 200), width=st.integers(2, 260), height=st.integers(2, 260),
    face=st.floats(4, 3000),
)  # fmt: skip
def test_maps_have_the_shape_that_was_asked_for(
    topology: Topology, left: int, top: int, width: int, height: int, face: float
) -> None:
    points = head(face)
    warp = MeshWarp(points, topology, (left, top, width, height))
    for part in (warp.part(points), (0, 0, width, height)):
        if part is None:
            continue
        assert part[0] >= 0
        assert part[1] >= 0
        assert part[0] + part[2] <= width
        assert part[1] + part[3] <= height
        for single in warp.maps_to(points, part):
            assert single.shape == (part[3], part[2])
            assert single.dtype == np.float32
            assert np.isfinite(single).all()
    for single in warp.moved_by(warp.shift_to(points)):
        assert single.shape == (height, width)
        assert np.isfinite(single).all()


def test_a_part_holds_its_points_and_lies_on_the_same_maps(topology: Topology) -> None:
    points = head(120)
    warp = MeshWarp(points, topology, whole())
    part = warp.part(points[list(FACE_OVAL)])
    assert part is not None
    left, top, width, height = part
    oval = points[list(FACE_OVAL), :2]
    assert (oval >= [left, top]).all()
    assert (oval <= [left + width, top + height]).all()
    everything = face_maps(warp, points)
    cut = np.stack(warp.maps_to(points, part))
    same = everything[:, top : top + height, left : left + width]
    agree = drawn(cut) & drawn(same)
    # At its border a part has no neighbours to interpolate with.
    agree[[0, -1]] = agree[:, [0, -1]] = False
    assert agree.sum() > 5_000
    assert np.abs(cut - same)[:, agree].max() < 0.05
