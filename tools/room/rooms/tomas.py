"""Tomas's apartment in the evening: brick, a city behind glass, a floor lamp."""

from tools.room.color import kelvin, shaded, srgb
from tools.room.furniture.books import Library
from tools.room.furniture.fitting import framed, shell, vase
from tools.room.furniture.lamp import Shade, floor_lamp
from tools.room.furniture.opening import Hole, outlook, sash, view_plane, wall_with_hole
from tools.room.furniture.plant import foliage, pot, rubber_tree
from tools.room.furniture.seat import pillow, sofa
from tools.room.mesh import box
from tools.room.room import Room, Viewpoint
from tools.room.scene import Material, Scene
from tools.room.textures.artwork import strokes
from tools.room.textures.cloth import weave
from tools.room.textures.view import city
from tools.room.textures.wall import brick, plaster
from tools.room.textures.wood import boards, floor
from tools.room.tracer.develop import Development

_SEED = 53
_BACK = 3.5
_HOLE = Hole(0.10, 2.15, 0.62, 2.30, 0.22)


def _walls(scene: Scene) -> None:
    """Brick behind, dark plaster at the sides."""
    bricks = brick(srgb("8a6455"), srgb("a39b90"), _SEED)
    scene.add(
        Material(texture=bricks, tile=(1.0, 0.90), roughness=0.9, specular=0.01),
        wall_with_hole((-2.7, 2.5), 2.8, _HOLE).moved(0, 0, _BACK),
    )
    faces = shell((-2.7, 2.5), (-1.4, _BACK), 2.8)
    dark = Material(texture=plaster(srgb("4d535c"), _SEED), tile=(2, 2), roughness=0.7, specular=0.02)
    scene.add(dark, faces["left"], faces["right"], faces["front"])
    scene.add(Material(color=srgb("a8a49c"), specular=0.0), faces["ceiling"])
    planks = floor(srgb("3f2a1b"), srgb("7a5536"), 8, _SEED)
    scene.add(Material(texture=planks, tile=(1.6, 1.2), roughness=0.3), faces["floor"])


def _window(scene: Scene) -> None:
    """The steel window and the city."""
    steel = Material(color=srgb("1c1e21"), roughness=0.4)
    scene.add(steel, sash(_HOLE, (3, 2), 0.05).moved(0, 0, _BACK))
    scene.add(
        Material(color=srgb("2a2622"), roughness=0.35),
        box((_HOLE.left - 0.04, 0.58, _BACK - 0.12), (_HOLE.right + 0.04, 0.62, _BACK + 0.1)),
    )
    view = city(_SEED)
    scene.add(outlook(view, (1.1, 1.1, 1.1)), view_plane(_HOLE, view, 1.0, 0.95).moved(0, 0, _BACK))
    across, up = _HOLE.right - _HOLE.left, _HOLE.top - _HOLE.bottom
    corner = (_HOLE.left, _HOLE.bottom, _BACK + _HOLE.depth + 0.02)
    scene.light(corner, (0.0, up, 0.0), (across, 0.0, 0.0), (0.16, 0.17, 0.22))


def _sofa(scene: Scene) -> None:
    """A sofa under the brick, with pillows."""
    cloth = Material(texture=weave(srgb("4a5a68"), 8, 80), tile=(0.23, 0.23), specular=0.0)
    scene.add(cloth, sofa(2.0, 2).moved(-0.45, 0.0, 2.95))
    rust = Material(texture=weave(srgb("b0623a"), 9, 80), tile=(0.22, 0.22), specular=0.0)
    cream = Material(texture=weave(srgb("cfc4ae"), 10, 80), tile=(0.22, 0.22), specular=0.0)
    scene.add(rust, pillow(0.42, 4).turned(-14).moved(-1.06, 0.74, 2.80))
    scene.add(cream, pillow(0.38, 5).turned(12).moved(0.20, 0.72, 2.82))


def _shelf(scene: Scene) -> None:
    """A floating shelf on the brick with books and objects."""
    wood = Material(texture=boards(srgb("3d2617"), srgb("6d4729"), 3), tile=(1.1, 0.5), roughness=0.4)
    front = _BACK - 0.23
    scene.add(wood, box((-1.50, 1.36, front), (-0.36, 1.40, _BACK)))
    library = Library(_SEED)
    library.row(scene, (-1.48, -0.92), (1.40, front), 0.26)
    brass = Material(color=srgb("b98f55"), metal=True, roughness=0.35)
    scene.add(brass, vase("bottle", 0.9).moved(-0.76, 1.40, front + 0.12))
    scene.add(Material(color=srgb("1f2a30"), roughness=0.25), vase("moon", 0.85).moved(-0.54, 1.40, front + 0.11))


def _corner(scene: Scene) -> None:
    """The floor lamp on the left and a rubber tree by the window."""
    floor_lamp(scene, Shade(0.23, 0.18, 0.28, shaded(kelvin(2800), 1.3), 48.0), (-1.72, 0.0, 2.95), 1.36)
    soil = pot(scene, Material(color=srgb("55504a"), roughness=0.6), (1.38, 0.0, 2.95), 0.19, 0.40)
    leaves, wood = rubber_tree(1.05, 9)
    scene.add(foliage(srgb("2f5a3a"), 3), leaves.moved(1.38, soil, 2.95))
    scene.add(Material(color=srgb("5a4632")), wood.moved(1.38, soil, 2.95))


def tomas() -> Room:
    """An apartment at dusk, lit by its lamps."""
    scene = Scene()
    for part in (_walls, _window, _sofa, _shelf, _corner):
        part(scene)
    black = Material(color=srgb("17181a"), roughness=0.3)
    inks = [srgb("1f2a36"), srgb("3f6f8f"), srgb("d9a441")]
    framed(scene, strokes(srgb("e9e4d8"), inks, 8), (-0.98, 1.96, _BACK), (0.64, 0.46), black)
    # A warm pendant over the table where the person sits, and the glow of the kitchen on the right.
    scene.light((-0.5, 2.75, 0.9), (0.9, 0.0, 0.0), (0.0, 0.0, 0.7), shaded(kelvin(3400), 2.6))
    scene.light((2.45, 1.0, 0.4), (0.0, 0.0, 1.0), (0.0, 1.1, 0.0), shaded(kelvin(3200), 1.2))
    view = Viewpoint(position=(0.25, 1.2, 0.0), target=(-0.14, 1.22, 3.0), fov_degrees=62.0)
    return Room(scene, view, Development(mean_level=80.0, white=(0.86, 1.0, 1.22), saturation=0.9), _SEED)
