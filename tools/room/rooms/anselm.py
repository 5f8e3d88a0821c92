"""Anselm's sitting room: green walls over panelling, a window to the garden, an armchair."""

from tools.room.color import kelvin, shaded, srgb
from tools.room.furniture.books import Library
from tools.room.furniture.fitting import framed, panelling, shell, vase
from tools.room.furniture.opening import Hole, curtain, outlook, rod, sash, sill, view_plane, wall_with_hole
from tools.room.furniture.plant import foliage, pot, rubber_tree
from tools.room.furniture.seat import armchair, pillow
from tools.room.mesh import box, joined, turned_body
from tools.room.room import Room, Viewpoint
from tools.room.scene import Material, Scene
from tools.room.textures.artwork import hills, strokes
from tools.room.textures.cloth import weave
from tools.room.textures.view import garden
from tools.room.textures.wall import plaster
from tools.room.textures.wood import boards, floor
from tools.room.tracer.develop import Development

_SEED = 23
_BACK = 3.3
_HOLE = Hole(-1.78, -0.62, 0.92, 2.22, 0.2)


def _walls(scene: Scene) -> None:
    """Green paint above, painted panelling below."""
    green = Material(texture=plaster(srgb("5d7a66"), _SEED), tile=(2.0, 2.0), roughness=0.7, specular=0.02)
    faces = shell((-2.5, 2.2), (-1.4, _BACK), 2.7)
    scene.add(green, wall_with_hole((-2.5, 2.2), 2.7, _HOLE).moved(0, 0, _BACK), faces["left"], faces["right"])
    scene.add(Material(color=srgb("d8d3c6"), specular=0.0), faces["front"])
    scene.add(Material(texture=plaster(srgb("ece7da"), 5), tile=(2, 2), specular=0.0), faces["ceiling"])
    planks = floor(srgb("6a4325"), srgb("b08452"), 8, _SEED)
    scene.add(Material(texture=planks, tile=(1.6, 1.2), roughness=0.35), faces["floor"])
    oak = Material(texture=boards(srgb("6d4828"), srgb("ab7d4d"), 3), tile=(1.1, 0.5), roughness=0.35)
    scene.add(oak, panelling((-2.5, 2.2), 0.86, 7).moved(0, 0, _BACK))
    scene.add(oak, panelling((-1.4, _BACK), 0.86, 7).turned(90).moved(2.2, 0, 1.9))


def _window(scene: Scene) -> None:
    """The sash window, the garden behind, curtains on a brass rod."""
    white = Material(color=srgb("ded9cc"), roughness=0.35)
    scene.add(white, sash(_HOLE, (2, 3)).moved(0, 0, _BACK), sill(_HOLE).moved(0, 0, _BACK))
    trim = [
        box((_HOLE.left - 0.09, _HOLE.bottom, _BACK - 0.02), (_HOLE.left, _HOLE.top + 0.09, _BACK)),
        box((_HOLE.right, _HOLE.bottom, _BACK - 0.02), (_HOLE.right + 0.09, _HOLE.top + 0.09, _BACK)),
        box((_HOLE.left, _HOLE.top, _BACK - 0.02), (_HOLE.right, _HOLE.top + 0.09, _BACK)),
    ]
    scene.add(white, joined(trim))
    view = garden(_SEED)
    scene.add(outlook(view, shaded(kelvin(6200), 1.15)), view_plane(_HOLE, view, 1.6, 1.5).moved(0, 0, _BACK))
    across, up = _HOLE.right - _HOLE.left, _HOLE.top - _HOLE.bottom
    corner = (_HOLE.left, _HOLE.bottom, _BACK + _HOLE.depth + 0.02)
    scene.light(corner, (0.0, up, 0.0), (across, 0.0, 0.0), shaded(kelvin(6200), 3.4))
    cloth = Material(texture=weave(srgb("b5a488"), 4, 120, 0.6), tile=(0.31, 0.31), specular=0.0, translucent=0.22)
    scene.add(cloth, curtain(0.42, 2.28, 7.0, 5).moved(_HOLE.left - 0.36, 0.12, _BACK - 0.13))
    scene.add(cloth, curtain(0.42, 2.28, 7.0, 6).moved(_HOLE.right - 0.06, 0.12, _BACK - 0.13))
    brass = Material(color=srgb("b88f4e"), metal=True, roughness=0.3)
    scene.add(brass, rod(_HOLE.left - 0.42, _HOLE.right + 0.42).moved(0, 2.415, _BACK - 0.13))


def _chair(scene: Scene) -> None:
    """The armchair in the corner, a round table with a lamp-less still life, a plant."""
    cloth, legs = armchair()
    leather = Material(
        texture=plaster(srgb("84553a"), 8, 1.6), tile=(0.5, 0.5), roughness=0.42, specular=0.04, bump=0.6
    )
    scene.add(leather, cloth.turned(28).moved(1.00, 0.0, 2.60))
    scene.add(Material(color=srgb("3a2416"), roughness=0.35), legs.turned(28).moved(1.00, 0.0, 2.60))
    linen = Material(texture=weave(srgb("c9bfa6"), 9, 80), tile=(0.22, 0.22), specular=0.0)
    scene.add(linen, pillow(0.40, 3).turned(20).moved(1.02, 0.66, 2.53))


def _plant(scene: Scene) -> None:
    """A rubber tree between window and corner, on the floor."""
    soil = pot(scene, Material(color=srgb("a98f74"), roughness=0.7, specular=0.02), (-1.72, 0.0, 2.72), 0.19, 0.36)
    leaves, wood = rubber_tree(1.2, 4)
    scene.add(foliage(srgb("2f5a34"), 3), leaves.moved(-1.72, soil, 2.72))
    scene.add(Material(color=srgb("5a4632")), wood.moved(-1.72, soil, 2.72))


def _still_life(scene: Scene) -> None:
    """Books and ceramics on the window board and a small table."""
    wood = Material(texture=boards(srgb("3f2616"), srgb("6f4527"), 5), tile=(0.8, 0.4), roughness=0.3)
    table = [(1e-4, 0.58), (0.25, 0.58), (0.26, 0.59), (0.26, 0.605), (0.25, 0.612), (1e-4, 0.612)]
    column = [(0.16, 0.0), (0.15, 0.02), (0.03, 0.06), (0.022, 0.3), (0.03, 0.55), (0.06, 0.58)]
    scene.add(wood, turned_body(table).moved(0.26, 0.0, 2.95), turned_body(column).moved(0.26, 0.0, 2.95))
    Library(_SEED).lying(scene, (0.12, 0.612, 2.86), 3, 0.3)
    blue = Material(color=srgb("46627a"), roughness=0.25)
    scene.add(blue, vase("jug", 0.9).moved(-0.86, _HOLE.bottom + 0.005, _BACK - 0.02))
    scene.add(
        Material(color=srgb("d6cdb9"), roughness=0.4), vase("moon", 0.8).moved(-1.12, _HOLE.bottom + 0.005, _BACK)
    )


def anselm() -> Room:
    """A green room on a bright, overcast morning."""
    scene = Scene()
    for part in (_walls, _window, _chair, _plant, _still_life):
        part(scene)
    gilt = Material(color=srgb("a98348"), metal=True, roughness=0.42)
    dark = Material(texture=boards(srgb("22150d"), srgb("46301f"), 9), tile=(1, 0.5), roughness=0.35)
    inks = [srgb("e0c083"), srgb("8fa09a"), srgb("5b7a72"), srgb("2f4a44")]
    framed(scene, hills(srgb("e4dcc6"), inks, 16), (0.42, 1.62, _BACK), (0.44, 0.58), gilt)
    inks = [srgb("2a3a36"), srgb("8c5a3a"), srgb("c9a05a")]
    framed(scene, strokes(srgb("e9e2d0"), inks, 9), (1.12, 1.66, _BACK), (0.62, 0.48), dark)
    # A second window in the left wall rakes over panelling and chair; the pale wall behind the camera fills.
    scene.light((-2.45, 0.9, 0.0), (0.0, 1.4, 0.0), (0.0, 0.0, 1.5), shaded(kelvin(6000), 4.5))
    scene.light((-1.6, 2.2, -1.35), (2.6, 0.0, 0.0), (0.0, -1.2, 0.0), shaded(kelvin(5200), 1.3))
    view = Viewpoint(position=(0.36, 1.2, -0.1), target=(-0.16, 1.21, 3.0), fov_degrees=62.0)
    return Room(scene, view, Development(mean_level=108.0, white=(1.02, 1.0, 0.98), saturation=0.98), _SEED)
