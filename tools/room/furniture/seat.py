"""Things to sit on."""

import numpy as np

from tools.room.mesh import Mesh, cushion, joined, turned_body


def armchair() -> tuple[Mesh, Mesh]:
    """An upholstered armchair on turned legs, facing −z, centred on the origin: cloth and wood."""
    cloth = [
        cushion((0.62, 0.16, 0.62), 0.045, 0.025).moved(0.0, 0.40, -0.03),
        cushion((0.80, 0.20, 0.70), 0.03, 0.0).moved(0.0, 0.27, 0.02),
        cushion((0.66, 0.62, 0.17), 0.06, 0.03).turned(13, "x").moved(0.0, 0.74, 0.29),
        cushion((0.15, 0.42, 0.72), 0.055, 0.012).moved(-0.375, 0.44, 0.02),
        cushion((0.15, 0.42, 0.72), 0.055, 0.012).moved(0.375, 0.44, 0.02),
        cushion((0.13, 0.40, 0.20), 0.05, 0.01).turned(13, "x").moved(-0.35, 0.84, 0.27),
        cushion((0.13, 0.40, 0.20), 0.05, 0.01).turned(13, "x").moved(0.35, 0.84, 0.27),
    ]
    leg = turned_body([(0.012, 0.0), (0.022, 0.12), (0.024, 0.18)], 16)
    legs = [leg.moved(x, 0.0, z) for x in (-0.33, 0.33) for z in (-0.28, 0.30)]
    return joined(cloth), joined(legs)


def sofa(width: float, seats: int) -> Mesh:
    """A low sofa, facing −z, centred on the origin."""
    each = (width - 0.36) / seats
    parts = [
        cushion((width, 0.26, 0.86), 0.03, 0.0).moved(0, 0.24, 0),
        cushion((width, 0.44, 0.20), 0.05, 0.01).moved(0, 0.55, 0.36),
        cushion((0.18, 0.40, 0.86), 0.06, 0.01).moved(-width / 2 + 0.09, 0.42, 0),
        cushion((0.18, 0.40, 0.86), 0.06, 0.01).moved(width / 2 - 0.09, 0.42, 0),
    ]
    for k in range(seats):
        x = -width / 2 + 0.18 + each * (k + 0.5)
        parts.append(cushion((each * 0.985, 0.16, 0.66), 0.05, 0.03).moved(x, 0.44, -0.06))
        parts.append(cushion((each * 0.97, 0.42, 0.17), 0.065, 0.045).turned(12, "x").moved(x, 0.70, 0.24))
    return joined(parts)


def pillow(size: float, seed: int) -> Mesh:
    """A loose square cushion standing about the origin, its broad side to −z."""
    rng = np.random.default_rng(seed)
    return cushion((size, size, 0.07), 0.03, 0.055).turned(float(rng.uniform(-8, 8)), "z").turned(18, "x")
