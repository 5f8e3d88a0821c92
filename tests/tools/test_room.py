"""The path tracer keeps the laws of light, and the rooms come out whole, plausible and the same each time."""

import numpy as np
import pytest

pytest.importorskip("numba", reason="the rooms' path tracer needs numba, which the optional group 'studio' installs")

from tools.room.mesh import Mesh, ball, box, cushion, joined, quad, tube
from tools.room.rooms.catalog import ROOMS
from tools.room.scene import BLACK, Material, Scene
from tools.room.textures.noise import field
from tools.room.tracer.bvh import FAR, build, closest, occluded
from tools.room.tracer.denoise import develop_light
from tools.room.tracer.develop import Development, develop
from tools.room.tracer.film import expose, look
from tools.room.tracer.path import ALBEDO, DIFFUSE, EMITTED, GLOSSY
from tools.room.tracer.vector import Vec
from tools.room.tracer.world import Floats, Geometry

STACK = np.zeros(64, np.int32)


def radiance(scene: Scene, samples: int = 64) -> Floats:
    """A small picture of a scene from inside it, looking along +z."""
    film = expose(scene.world(), look((0.0, 0.0, -0.9), (0.0, 0.0, 1.0), (16, 12), 50.0, (0.0, 1.0, 0.0)), samples)
    return film[..., EMITTED:DIFFUSE] + film[..., DIFFUSE:GLOSSY] + film[..., GLOSSY:ALBEDO]


def enclosure(color: Vec, glow: Vec) -> Scene:
    """A closed cube of one material, lit by nothing but itself."""
    scene = Scene()
    scene.add(Material(color=color, specular=0.0, glow=glow), box((-1.0, -1.0, -1.0), (1.0, 1.0, 1.0)))
    return scene


def soup(seed: int, count: int = 300) -> tuple[Floats, Geometry]:
    """Random triangles and their tree."""
    rng = np.random.default_rng(seed)
    triangles = (rng.uniform(-1, 1, (count, 1, 3)) + rng.normal(0, 0.15, (count, 3, 3))).astype(np.float32)
    return triangles, build(triangles, np.ones(count, np.uint8))[0]


def nearest_by_brute_force(triangles: Floats, origin: Vec, direction: Vec) -> float:
    """The nearest hit found by asking every triangle in turn."""
    a, b, c = (triangles[:, k].astype(np.float64) for k in range(3))
    d = np.array(direction)
    normal = np.cross(b - a, c - a)
    t = ((a - np.array(origin)) * normal).sum(1) / (normal @ d)
    point = np.array(origin) + t[:, None] * d
    inside = np.ones(len(triangles), bool)
    for first, second in ((a, b), (b, c), (c, a)):
        inside &= (np.cross(second - first, point - first) * normal).sum(1) >= 0
    hits = t[inside & (t > 1e-5)]
    return float(hits.min()) if hits.size else FAR


def test_tree_finds_what_brute_force_finds() -> None:
    triangles, geometry = soup(1)
    rng = np.random.default_rng(2)
    found = []
    for _ in range(300):
        origin, direction = rng.uniform(-1.5, 1.5, 3), rng.normal(size=3)
        direction /= np.linalg.norm(direction)
        ray: tuple[Vec, Vec] = (tuple(origin), tuple(direction))
        expected = nearest_by_brute_force(triangles, *ray)
        assert closest(geometry, *ray, STACK)[0] == pytest.approx(expected, rel=1e-4)
        found.append(expected < FAR)
    assert 0.2 < np.mean(found) < 0.98


def test_a_ray_is_blocked_just_beyond_the_nearest_hit_and_free_before_it() -> None:
    _, geometry = soup(3, 1500)
    origin, direction = (0.0, 0.0, -3.0), (0.0, 0.0, 1.0)
    distance = closest(geometry, origin, direction, STACK)[0]
    assert distance < FAR
    assert occluded(geometry, origin, direction, distance + 1e-3, STACK)
    assert not occluded(geometry, origin, direction, distance - 1e-3, STACK)


def test_what_throws_no_shadow_is_hit_but_does_not_block() -> None:
    triangles = np.array([[[-1, -1, 1], [1, -1, 1], [0, 1, 1]]], np.float32)
    geometry, _ = build(triangles, np.zeros(1, np.uint8))
    assert closest(geometry, (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), STACK)[0] == pytest.approx(1.0)
    assert not occluded(geometry, (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 5.0, STACK)


def test_a_black_furnace_shows_its_own_radiance() -> None:
    assert radiance(enclosure(BLACK, (0.7, 0.5, 0.3)), 4) == pytest.approx(
        np.broadcast_to([0.7, 0.5, 0.3], (12, 16, 3))
    )


def test_a_gray_furnace_converges_to_the_sum_of_its_bounces() -> None:
    picture = radiance(enclosure((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)))
    assert picture.mean() == pytest.approx(1.0, rel=0.01)


@pytest.mark.parametrize("color", [(1.0, 1.0, 1.0), (0.2, 0.6, 0.9)])
def test_a_body_in_a_furnace_sends_back_its_albedo(color: Vec) -> None:
    scene = enclosure(BLACK, (1.0, 1.0, 1.0))
    scene.add(Material(color=color, specular=0.0), ball(0.5, 48))
    middle = radiance(scene, 256)[5:7, 7:9].mean((0, 1))
    assert middle == pytest.approx(np.array(color), rel=0.02)


@pytest.mark.parametrize("roughness", [0.05, 0.3, 0.7])
@pytest.mark.parametrize("metal", [False, True])
def test_no_white_body_sends_back_more_than_it_gets(roughness: float, metal: bool) -> None:
    scene = enclosure(BLACK, (1.0, 1.0, 1.0))
    scene.add(Material(roughness=roughness, specular=0.04, metal=metal), ball(0.5, 48))
    middle = radiance(scene, 256)[5:7, 7:9].mean()
    # A rough mirror loses what would have needed a second bounce between its facets.
    assert (0.95 if roughness < 0.5 or not metal else 0.65) < middle < 1.005


def test_a_lamp_counts_the_same_whether_aimed_at_or_met_by_chance() -> None:
    pictures = []
    for aimed in (True, False):
        scene = Scene()
        scene.add(Material(color=(0.6, 0.6, 0.6), specular=0.0), box((-1.0, -1.0, -1.0), (1.0, 1.0, 1.0)))
        corner, edges = (-0.5, 0.99, -0.5), ((1.0, 0.0, 0.0), (0.0, 0.0, 1.0))
        if aimed:
            scene.panel(corner, *edges, (2.0, 2.0, 2.0))
        else:
            scene.add(Material(color=BLACK, specular=0.0, glow=(2.0, 2.0, 2.0)), quad(corner, *edges))
        pictures.append(radiance(scene, 400).mean())
    assert pictures[0] == pytest.approx(pictures[1], rel=0.03)


def test_the_noise_filter_keeps_light_and_removes_noise() -> None:
    scene = Scene()
    scene.add(Material(color=(0.6, 0.5, 0.4), specular=0.0), box((-1.0, -1.0, -1.0), (1.0, 1.0, 1.0)))
    scene.panel((-0.3, 0.99, -0.3), (0.6, 0.0, 0.0), (0.0, 0.0, 0.6), (4.0, 4.0, 4.0))
    camera = look((0.0, 0.0, -0.9), (0.0, 0.0, 1.0), (64, 48), 40.0, (0.0, 1.0, 0.0))
    film = expose(scene.world(), camera, 16)
    raw, filtered = film[..., DIFFUSE:GLOSSY], develop_light(film)
    assert filtered.mean() == pytest.approx(raw.mean(), rel=0.02)
    assert np.abs(np.diff(filtered, axis=1)).mean() < 0.3 * np.abs(np.diff(raw, axis=1)).mean()


@pytest.mark.parametrize("level", [80.0, 140.0])
def test_a_print_has_the_wanted_mean(level: float) -> None:
    light = np.exp(field((90, 160), 4))[..., None] * np.array([1.0, 0.8, 0.6], np.float32)
    printed = develop(light.astype(np.float32), Development(mean_level=level), 0).astype(np.float64)
    assert (printed @ [0.0722, 0.7152, 0.2126]).mean() == pytest.approx(level, abs=4.0)


@pytest.mark.parametrize(
    "mesh",
    [
        ball(0.3),
        cushion((0.4, 0.4, 0.1), 0.03, 0.05),
        tube(np.stack([np.zeros(5), np.linspace(0, 1, 5), np.zeros(5)], -1), 0.02),
        joined([box((0.0, 0.0, 0.0), (1.0, 2.0, 3.0)), ball(0.1).moved(3.0, 0.0, 0.0)]),
    ],
)
def test_meshes_have_unit_normals_and_faces_that_exist(mesh: Mesh) -> None:
    assert np.isfinite(mesh.points).all()
    assert np.linalg.norm(mesh.normals, axis=1) == pytest.approx(1.0, abs=1e-6)
    assert mesh.faces.max() < len(mesh.points)


def test_a_tile_meets_itself() -> None:
    values = field((64, 96), 5, 1.0)
    seam, inside = np.abs(values[:, 0] - values[:, -1]).mean(), np.abs(np.diff(values, axis=1)).mean()
    assert seam < 2.0 * inside


@pytest.mark.parametrize("name", sorted(ROOMS))
def test_a_room_is_bright_enough_to_sit_in(name: str) -> None:
    picture = ROOMS[name]().photograph((48, 27), 2)
    assert 70 <= picture.mean() <= 150
    assert picture.std() > 15


def test_a_room_comes_out_the_same_each_time() -> None:
    first, second = (ROOMS["tomas"]().photograph((32, 18), 2) for _ in range(2))
    assert np.array_equal(first, second)
