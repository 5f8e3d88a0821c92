"""Mara's study: a wall of books, a lamp on a sideboard, a print."""

from tools.room.color import kelvin, shaded, srgb
from tools.room.furniture.books import Library
from tools.room.furniture.fitting import bookcase, framed, shell, vase
from tools.room.furniture.lamp import Shade, table_lamp
from tools.room.furniture.plant import foliage, pot, trailing
from tools.room.mesh import box, joined, turned_body
from tools.room.room import Room, Viewpoint
from tools.room.scene import Material, Scene
from tools.room.textures.artwork import hills
from tools.room.textures.wall import plaster
from tools.room.textures.wood import boards, floor
from tools.room.tracer.develop import Development

_SEED = 11
_BACK = 3.0


def _walls(scene: Scene) -> None:
    """Warm plaster all around, a dark floor."""
    wall = Material(texture=plaster(srgb("c6ad92"), _SEED), tile=(2.0, 2.0), roughness=0.8, specular=0.01)
    faces = shell((-2.35, 2.15), (-1.3, _BACK), 2.6)
    scene.add(wall, faces["left"], faces["right"], faces["back"], faces["front"])
    scene.add(Material(texture=plaster(srgb("e9dfcf"), 5), tile=(2, 2), specular=0.0), faces["ceiling"])
    planks = floor(srgb("4a2d1a"), srgb("8a5c34"), 8, _SEED)
    scene.add(Material(texture=planks, tile=(1.6, 1.2), roughness=0.4), faces["floor"])
    white = Material(color=srgb("e3d8c6"), roughness=0.4)
    scene.add(white, box((0.4, 0.0, _BACK - 0.018), (2.15, 0.11, _BACK)))


def _shelves(scene: Scene) -> None:
    """The bookcase and what is in it."""
    wood = Material(texture=boards(srgb("4b2c18"), srgb("855432"), 3), tile=(1.1, 0.5), roughness=0.38)
    levels = [0.02, 0.40, 0.76, 1.10, 1.44, 1.78, 2.12]
    uprights = [-2.33, -1.44, -0.56, 0.32]
    front, back = _BACK - 0.31, _BACK - 0.005
    scene.add(wood, bookcase((-2.33, 0.0, front), (0.345, 2.35, back), [*levels, 2.33], uprights))
    library = Library(_SEED)
    keep = {(3, 2): 0.34, (4, 1): 0.40, (2, 1): 0.0, (5, 0): 0.46, (5, 2): 0.5, (4, 2): 0.62}
    for level, low in enumerate(levels):
        for bay in range(3):
            left, right = uprights[bay] + 0.028, uprights[bay + 1] - 0.003
            end = right - keep.get((level, bay), 0.0)
            library.row(scene, (left, end), (low + 0.025, front), 0.29)
    _ornaments(scene, front)
    library.lying(scene, (-0.90, 1.466, front + 0.03), 3, 0.3)


def _ornaments(scene: Scene, front: float) -> None:
    """Ceramics and a trailing plant in the gaps of the shelves."""
    glaze = Material(color=srgb("3f6468"), roughness=0.22)
    sand = Material(color=srgb("cdb091"), roughness=0.6, specular=0.03)
    scene.add(glaze, vase("moon", 1.05).moved(0.17, 1.126, front + 0.13))
    scene.add(sand, vase("bottle", 0.95).moved(-0.68, 1.466, front + 0.12))
    scene.add(Material(color=srgb("a5492c"), roughness=0.35), vase("tall", 0.68).moved(-1.60, 1.806, front + 0.14))
    scene.add(sand, vase("bowl").moved(0.10, 1.806, front + 0.14))
    clay = Material(color=srgb("b9795a"), roughness=0.8, specular=0.01)
    soil = pot(scene, clay, (0.02, 1.466, front + 0.10), 0.075, 0.12)
    leaves, stems = trailing(0.42, 8)
    scene.add(foliage(srgb("4f7a38"), 2), leaves.moved(0.02, soil, front + 0.10))
    scene.add(Material(color=srgb("6a7a45")), stems.moved(0.02, soil, front + 0.10))


def _sideboard(scene: Scene) -> None:
    """A chest under the print, with the lamp and some books."""
    wood = Material(texture=boards(srgb("5c361c"), srgb("9a6638"), 7), tile=(1.3, 0.6), roughness=0.3)
    parts = [box((0.62, 0.14, 2.56), (2.05, 0.76, 2.98)), box((0.60, 0.76, 2.54), (2.07, 0.785, 2.985))]
    for k in range(3):
        x = 0.65 + k * 0.465
        parts.append(box((x, 0.18, 2.545), (x + 0.44, 0.72, 2.565)))
    scene.add(wood, joined(parts))
    brass = Material(color=srgb("c79a52"), metal=True, roughness=0.3)
    knob = turned_body([(1e-4, 0.0), (0.016, 0.004), (0.010, 0.02), (0.006, 0.026)], 20).turned(-90, "x")
    scene.add(brass, *[knob.moved(0.87 + k * 0.465, 0.60, 2.545) for k in range(3)])
    ceramic = Material(color=srgb("2f4a4e"), roughness=0.25)
    form = Shade(0.185, 0.125, 0.23, shaded(kelvin(2900), 1.35), 42.0)
    table_lamp(scene, form, (1.62, 0.785, 2.74), ceramic)
    library = Library(_SEED + 4)
    library.lying(scene, (0.92, 0.785, 2.66), 3, 0.4)
    scene.add(Material(color=srgb("d9d2c3"), roughness=0.3), vase("cup").moved(1.30, 0.785, 2.66))


def mara() -> Room:
    """A warm study in the late afternoon."""
    scene = Scene()
    _walls(scene)
    _shelves(scene)
    _sideboard(scene)
    inks = [srgb("d98a3d"), srgb("b5533a"), srgb("2f5a5e"), srgb("1f2f3a")]
    frame = Material(texture=boards(srgb("2a1a10"), srgb("4a3020"), 9), tile=(1, 0.5), roughness=0.35)
    framed(scene, hills(srgb("efe6d4"), inks, 6), (1.03, 1.56, _BACK), (0.50, 0.66), frame)
    # A tall window on the left behind the picture's edge, and the pale wall behind the camera.
    scene.light((-2.3, 0.9, 0.1), (0.0, 1.3, 0.0), (0.0, 0.0, 1.4), shaded(kelvin(5400), 2.6))
    scene.light((-0.9, 2.55, 0.2), (1.6, 0.0, 0.0), (0.0, 0.0, 1.2), shaded(kelvin(3600), 0.9))
    view = Viewpoint(position=(-0.40, 1.2, 0.0), target=(0.14, 1.21, 3.0), fov_degrees=62.0)
    return Room(scene, view, Development(mean_level=100.0, white=(0.90, 1.0, 1.26), saturation=0.86), _SEED)
