"""Rows and piles of books."""

from dataclasses import dataclass

import numpy as np

from tools.room.color import srgb
from tools.room.mesh import Mesh, box, grid, joined, quad
from tools.room.scene import Material, Scene
from tools.room.textures.spine import COLUMNS, ROWS, sheet


@dataclass(frozen=True, slots=True)
class Volume:
    """The size of one book in metres."""

    thickness: float
    height: float
    depth: float


class Library:
    """A stock of bindings to fill shelves from."""

    def __init__(self, seed: int, cloths: list[str] | None = None) -> None:
        self._rng = np.random.default_rng(seed)
        self._binding = Material(texture=sheet(seed, cloths), roughness=0.45, specular=0.03)
        self._paper = Material(color=srgb("d8ccb0"), specular=0.0)

    def volume(self, tallest: float) -> Volume:
        """A book of a likely size."""
        height = float(np.clip(self._rng.normal(0.225, 0.03), 0.16, tallest))
        thickness = float(np.clip(self._rng.gamma(4.0, 0.0072), 0.010, 0.06))
        return Volume(thickness, height, height * float(self._rng.uniform(0.62, 0.75)))

    def book(self, volume: Volume) -> tuple[Mesh, Mesh]:
        """A standing book, binding and paper: spine at z = 0 facing −z, from x = 0 and y = 0."""
        w, h, d = volume.thickness, volume.height, volume.depth
        column, row = int(self._rng.integers(COLUMNS)), int(self._rng.integers(ROWS))
        left, low = column / COLUMNS, 1.0 - (row + 1) / ROWS
        bow = np.sin(np.linspace(0.0, np.pi, 9)) * min(0.006, w * 0.2)
        x = np.linspace(0.0, w, 9)
        points = np.stack([np.stack([x, np.full(9, y), -bow], -1) for y in (0.0, h)])
        u = left + (0.04 + 0.92 * x / w) / COLUMNS
        uv = np.stack([np.stack([u, np.full(9, low + part / ROWS)], -1) for part in (0.01, 0.99)])
        covers = [quad((at, 0, 0), (0, 0, d), (0, h, 0)) for at in (0.0, 0.002, w - 0.002, w)]
        plain = np.array([[left + 0.5 / COLUMNS, low + 0.93 / ROWS]])
        covers = [Mesh(c.points, c.normals, plain + c.uv * 0.002, c.faces) for c in covers]
        paper = box((0.002, 0.003, 0.001), (w - 0.002, h - 0.003, d - 0.004))
        return joined([grid(points, uv), *covers]), paper

    def place(self, scene: Scene, book: tuple[Mesh, Mesh], at: tuple[float, float, float]) -> None:
        """Put a book into the scene."""
        scene.add(self._binding, book[0].moved(*at))
        scene.add(self._paper, book[1].moved(*at))

    def row(self, scene: Scene, span: tuple[float, float], at: tuple[float, float], tallest: float) -> None:
        """Fill a shelf from left to right with standing books, a leaning one and a gap now and then.

        Args:
            scene: where to.
            span: first and last x.
            at: y of the board and z of its front edge.
            tallest: room above the board.
        """
        x = span[0] + 0.004
        while x < span[1] - 0.07:
            if self._rng.random() < 0.045:
                x = self.lying(scene, (x, at[0], at[1] + 0.02), int(self._rng.integers(2, 5)), span[1] - x)
                continue
            volume = self.volume(tallest)
            front = at[1] + 0.022 + float(self._rng.uniform(0.0, 0.016))
            book = self.book(volume)
            if self._rng.random() < 0.05:
                lean = float(self._rng.uniform(7.0, 15.0))
                book = (book[0].turned(lean, "z"), book[1].turned(lean, "z"))
                x += float(np.sin(np.radians(lean))) * volume.height
            self.place(scene, book, (x, at[0] + 0.001, front))
            x += volume.thickness + 0.0012

    def lying(self, scene: Scene, at: tuple[float, float, float], count: int, room: float) -> float:
        """A pile of books on their sides, spines to the front; the x where it ends."""
        y, widest = at[1] + 0.001, 0.0
        for _ in range(count):
            volume = self.volume(min(0.30, room - 0.02))
            turned = [mesh.turned(90.0, "z").moved(volume.height, 0.0, 0.0) for mesh in self.book(volume)]
            shift = float(self._rng.uniform(0.0, 0.015))
            self.place(scene, (turned[0], turned[1]), (at[0] + shift, y, at[2] + float(self._rng.uniform(0, 0.02))))
            y += volume.thickness + 0.0005
            widest = max(widest, volume.height + shift)
        return at[0] + widest + 0.012
