"""A scene while it is furnished, and its conversion to what the tracer reads."""

from dataclasses import dataclass

import numpy as np

from tools.room.mesh import Mesh, Points, quad
from tools.room.tracer.bvh import build
from tools.room.tracer.surface import (
    BUMP,
    COLOR,
    COLUMNS,
    GLOW,
    METAL,
    ROUGHNESS,
    SAMPLED,
    SPECULAR,
    TEXTURE,
    TILE,
    TRANSLUCENT,
)
from tools.room.tracer.vector import Vec
from tools.room.tracer.world import Floats, World

BLACK: Vec = (0.0, 0.0, 0.0)
WHITE: Vec = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """How a surface looks."""

    color: Vec = WHITE
    """Linear RGB reflected diffusely; multiplies the texture."""
    texture: Floats | None = None
    """float32 (h, w, 4): linear RGB and height in metres; tiles."""
    tile: tuple[float, float] = (1.0, 1.0)
    """Size of one tile in units of uv."""
    roughness: float = 0.5
    """Of the clear coat or metal: 0 a mirror, 1 matte."""
    specular: float = 0.04
    """Reflectance of the clear coat seen head-on; 0 for none."""
    metal: bool = False
    """Whether the colour is that of a metal's reflection."""
    translucent: float = 0.0
    """Part of the diffuse light that leaves on the other side."""
    bump: float = 1.0
    """Strength of the texture's relief."""
    glow: Vec = BLACK
    """Radiance given off, linear RGB; multiplies the texture."""
    sampled: bool = False
    """Whether the light given off is also a light of the scene, so that it is not counted twice."""
    blocks: bool = True
    """Whether it throws a shadow."""


class Scene:
    """Meshes with materials, and lights."""

    def __init__(self) -> None:
        self._parts: list[tuple[Mesh, Material]] = []
        self._lights: list[tuple[Vec, Vec, Vec, Vec]] = []

    def add(self, material: Material, *meshes: Mesh) -> None:
        """Put meshes of one material into the scene."""
        self._parts.extend((mesh, material) for mesh in meshes)

    def light(self, corner: Vec, edge_u: Vec, edge_v: Vec, glow: Vec) -> None:
        """Put in a light that is felt but not seen; it shines to the side of the cross product of its edges."""
        self._lights.append((corner, edge_u, edge_v, glow))

    def panel(self, corner: Vec, edge_u: Vec, edge_v: Vec, glow: Vec) -> None:
        """Put in a light that is also seen, from both sides."""
        self.light(corner, edge_u, edge_v, glow)
        material = Material(color=BLACK, specular=0.0, glow=glow, sampled=True, blocks=False)
        self.add(material, quad(corner, edge_u, edge_v))

    def world(self) -> World:
        """The scene as arrays."""
        materials = list(dict.fromkeys(material for _, material in self._parts))
        textures = [material.texture for material in materials if material.texture is not None]
        textures = list({id(texture): texture for texture in textures}.values())
        triangles = np.concatenate([mesh.points[mesh.faces] for mesh, _ in self._parts]).astype(np.float32)
        shading = np.concatenate([_shading(mesh) for mesh, _ in self._parts])
        owner = np.concatenate([np.full(len(mesh.faces), materials.index(material)) for mesh, material in self._parts])
        blocks = np.array([material.blocks for material in materials], np.uint8)
        geometry, order = build(triangles, blocks[owner])
        return World(
            geometry,
            np.ascontiguousarray(shading[order], np.float32),
            owner[order].astype(np.int32),
            np.array([_row(material, textures) for material in materials], np.float32),
            *_packed(textures),
            np.array([_light_row(*light) for light in self._lights], np.float32).reshape(-1, 16),
        )


def _shading(mesh: Mesh) -> Points:
    """Normals, uv and uv directions of each triangle; (triangles, 21)."""
    corners, uv = mesh.points[mesh.faces], mesh.uv[mesh.faces]
    edges, spans = corners[:, 1:] - corners[:, :1], uv[:, 1:] - uv[:, :1]
    determinant = spans[:, 0, 0] * spans[:, 1, 1] - spans[:, 0, 1] * spans[:, 1, 0]
    inverse = 1.0 / np.where(np.abs(determinant) < 1e-14, 1e30, determinant)
    along_u = (edges[:, 0] * spans[:, 1, 1:] - edges[:, 1] * spans[:, 0, 1:]) * inverse[:, None]
    along_v = (edges[:, 1] * spans[:, 0, :1] - edges[:, 0] * spans[:, 1, :1]) * inverse[:, None]
    count = len(mesh.faces)
    normals = mesh.normals[mesh.faces].reshape(count, 9)
    return np.concatenate([normals, uv.reshape(count, 6), along_u, along_v], 1)


def _row(material: Material, textures: list[Floats]) -> Floats:
    """A material as the tracer reads it."""
    row = np.zeros(COLUMNS, np.float32)
    row[COLOR : COLOR + 3] = material.color
    row[TEXTURE] = -1
    for index, texture in enumerate(textures):
        if texture is material.texture:
            row[TEXTURE] = index
    row[TILE : TILE + 2] = material.tile
    row[ROUGHNESS], row[SPECULAR], row[METAL] = material.roughness, material.specular, float(material.metal)
    row[TRANSLUCENT], row[BUMP], row[SAMPLED] = material.translucent, material.bump, float(material.sampled)
    row[GLOW : GLOW + 3] = material.glow
    return row


def _packed(textures: list[Floats]) -> tuple[Floats, np.ndarray[tuple[int, int], np.dtype[np.int32]]]:
    """All textures in one array, and where each begins."""
    texels = np.concatenate([texture.reshape(-1, 4) for texture in textures] or [np.zeros((1, 4), np.float32)]).astype(
        np.float32
    )
    extents, first = np.zeros((max(1, len(textures)), 3), np.int32), 0
    for index, texture in enumerate(textures):
        extents[index] = (first, texture.shape[0], texture.shape[1])
        first += texture.shape[0] * texture.shape[1]
    return texels, extents


def _light_row(corner: Vec, edge_u: Vec, edge_v: Vec, glow: Vec) -> Points:
    """A light as the tracer reads it."""
    normal = np.cross(edge_u, edge_v)
    area = float(np.linalg.norm(normal))
    return np.concatenate([corner, edge_u, edge_v, normal / area, glow, [area]])
