"""Ines's studio: white walls, a large window, an arch of colour, plants and ceramics."""

from tools.room.color import kelvin, shaded, srgb
from tools.room.furniture.books import Library
from tools.room.furniture.fitting import framed, shell, vase
from tools.room.furniture.opening import Hole, outlook, sash, view_plane, wall_with_hole
from tools.room.furniture.plant import foliage, palm, pot, swords, trailing
from tools.room.mesh import box, joined
from tools.room.room import Room, Viewpoint
from tools.room.rooms.arch import arch
from tools.room.scene import Material, Scene
from tools.room.textures.artwork import arcs
from tools.room.textures.view import garden
from tools.room.textures.wall import plaster
from tools.room.textures.wood import boards, floor
from tools.room.tracer.develop import Development

_SEED = 37
_BACK = 3.1
_RIGHT = 1.95
_HOLE = Hole(-2.6, -0.5, 0.55, 2.25, 0.18)


def _walls(scene: Scene) -> None:
    """White plaster, a pale floor, the arch painted on the wall."""
    white = Material(texture=plaster(srgb("eceae5"), _SEED), tile=(2.0, 2.0), roughness=0.8, specular=0.01)
    faces = shell((-2.3, _RIGHT), (-1.4, _BACK), 2.7)
    scene.add(white, faces["left"], faces["back"], faces["front"])
    # Turned by a quarter, the wall's own x runs toward the camera.
    scene.add(white, wall_with_hole((-_BACK, 1.4), 2.7, _HOLE).turned(90).moved(_RIGHT, 0, 0))
    scene.add(Material(color=srgb("efeeea"), specular=0.0), faces["ceiling"])
    planks = floor(srgb("a98a63"), srgb("d8bf98"), 8, _SEED)
    scene.add(Material(texture=planks, tile=(1.6, 1.2), roughness=0.4), faces["floor"])
    paint = Material(texture=plaster(srgb("d08a68"), 41), tile=(2.0, 2.0), roughness=0.8, specular=0.01)
    scene.add(paint, arch(1.02, 1.92).moved(0.70, 0.0, _BACK - 0.0015))
    skirting = Material(color=srgb("e9e7e2"), roughness=0.4)
    scene.add(skirting, box((-2.3, 0, _BACK - 0.016), (_RIGHT, 0.09, _BACK)))


def _window(scene: Scene) -> None:
    """The studio window in the right wall."""
    frame = Material(color=srgb("2b2d2f"), roughness=0.4)
    scene.add(frame, sash(_HOLE, (3, 2), 0.045).turned(90).moved(_RIGHT, 0, 0))
    view = garden(_SEED, 0.55)
    scene.add(
        outlook(view, shaded(kelvin(6500), 3.2)), view_plane(_HOLE, view, 1.2, 1.6).turned(90).moved(_RIGHT, 0, 0)
    )
    x = _RIGHT + _HOLE.depth + 0.02
    scene.light((x, _HOLE.bottom, 0.5), (0.0, 0.0, 2.1), (0.0, 1.7, 0.0), shaded(kelvin(7200), 5.6))
    # The sun: a small, far, very bright square that reaches the back wall through the window.
    scene.light((9.0, 5.0, -5.2), (0.0, 0.0, 0.34), (0.0, 0.34, 0.0), shaded(kelvin(4900), 8500.0))


def _shelves(scene: Scene) -> None:
    """Two floating shelves with ceramics, books and a trailing plant."""
    oak = Material(texture=boards(srgb("a07a4c"), srgb("d3b283"), 3), tile=(1.1, 0.5), roughness=0.45)
    front = _BACK - 0.24
    for y in (1.22, 1.66):
        scene.add(oak, box((-1.92, y, front), (-0.52, y + 0.035, _BACK)))
    glazes = {
        name: Material(color=srgb(code), roughness=r)
        for name, code, r in (
            ("chalk", "dcd6ca", 0.6),
            ("ochre", "c9963f", 0.3),
            ("rose", "c58f80", 0.5),
            ("ink", "2f3b46", 0.25),
            ("sage", "8fa08a", 0.4),
        )
    }
    middle = _BACK - 0.12
    upper, lower = 1.695, 1.255
    stand = [
        ("ink", "bottle", 1.1, -1.80, upper),
        ("chalk", "moon", 1.1, -1.58, upper),
        ("rose", "tall", 0.82, -1.36, upper),
        ("sage", "jug", 0.95, -0.66, upper),
        ("ochre", "moon", 0.95, -0.70, lower),
        ("chalk", "cup", 1.0, -0.90, lower),
        ("rose", "cup", 1.0, -1.00, lower),
        ("sage", "bowl", 1.1, -1.17, lower),
    ]
    for glaze, shape, size, x, y in stand:
        scene.add(glazes[glaze], vase(shape, size).moved(x, y, middle))
    library = Library(_SEED, ["e8e2d6", "c8744f", "2f3b46", "c9963f", "8fa08a", "d9c8b8", "f3efe6", "5b6f7a"])
    library.row(scene, (-1.90, -1.32), (lower, front), 0.27)
    soil = pot(scene, glazes["chalk"], (-1.02, upper, middle - 0.01), 0.08, 0.13)
    leaves, stems = trailing(0.52, 3, 11)
    scene.add(foliage(srgb("5d8a42"), 2), leaves.moved(-1.02, soil, middle - 0.01))
    scene.add(Material(color=srgb("7a8a55")), stems.moved(-1.02, soil, middle - 0.01))


def _plants(scene: Scene) -> None:
    """A palm before the arch and stiff blades on a low bench."""
    basket = Material(color=srgb("b99a6e"), roughness=0.9, specular=0.0)
    soil = pot(scene, basket, (1.45, 0.0, 2.55), 0.20, 0.38)
    leaves, stems = palm(1.05, 5)
    scene.add(foliage(srgb("4f8040"), 5), leaves.moved(1.45, soil, 2.55))
    scene.add(Material(color=srgb("7c8f4a")), stems.moved(1.45, soil, 2.55))
    oak = Material(texture=boards(srgb("a07a4c"), srgb("d3b283"), 6), tile=(1.1, 0.5), roughness=0.4)
    bench = [box((-1.75, 0.42, 2.62), (-0.35, 0.46, 3.0))]
    bench += [box((x, 0.0, z), (x + 0.04, 0.42, z + 0.04)) for x in (-1.72, -0.42) for z in (2.65, 2.93)]
    scene.add(oak, joined(bench))
    soil = pot(scene, Material(color=srgb("3b4a55"), roughness=0.4), (-1.42, 0.46, 2.80), 0.13, 0.22)
    scene.add(foliage(srgb("5a7f4e"), 7), swords(0.55, 2).moved(-1.42, soil, 2.80))


def ines() -> Room:
    """A bright studio around noon."""
    scene = Scene()
    for part in (_walls, _window, _shelves, _plants):
        part(scene)
    inks = [srgb("c65d3b"), srgb("264653"), srgb("e0b04c"), srgb("8aa29e")]
    frame = Material(texture=boards(srgb("a07a4c"), srgb("d3b283"), 9), tile=(1, 0.5), roughness=0.4)
    framed(scene, arcs(srgb("efe9da"), inks, 7), (-0.14, 1.78, _BACK), (0.46, 0.46), frame)
    view = Viewpoint(position=(-0.45, 1.2, -0.15), target=(0.10, 1.23, 3.0), fov_degrees=62.0)
    return Room(
        scene, view, Development(mean_level=147.0, white=(1.0, 1.0, 1.0), saturation=1.05, vignette=0.15), _SEED
    )
