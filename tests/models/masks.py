"""Stand-ins for networks that tell what covers a face: names, shapes and types of the real ones, told by colours."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.models.graphs import Shape, port, save
from tests.models.rvc import Nodes

Array = NDArray[np.float32]
WEIGHTS = np.array([0.1, 0.2, 0.6], np.float32)
"""Of blue, green and red in the mask of the XSeg stand-in."""
MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def palette() -> Array:
    """float32 (19, 3): the colour, red, green and blue in 0..1, by which the BiSeNet stand-in knows each class."""
    steps = np.array([0.1, 0.5, 0.9], np.float32)
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    return np.asarray(grid[:19], np.float32)


def xseg(path: Path, side: int = 256, level: float | None = None) -> Path:
    """`input` (n, side, side, 3) to `output` (n, side, side, 1); a `level` puts that out, whatever is seen."""
    graph = Nodes()
    weights = WEIGHTS if level is None else np.zeros(3, np.float32)
    mask = graph("MatMul", "input", graph.value(weights.reshape(3, 1)))
    graph("Add", mask, graph.value(level or 0.0), output="output")
    shape: Shape = ["n", side, side]
    return save(path, graph.nodes, [port("input", [*shape, 3])], [port("output", [*shape, 1])], graph.constants)


def bisenet(path: Path) -> Path:
    """`input` (1, 3, 512, 512) to `output` (1, 19, 512, 512), which is greatest where the palette's colour is near.

    Further outputs stand for what the network's inner stages saw: the classes in reverse.
    """
    graph, colours = Nodes(), palette()
    mean, spread = (graph.value(np.reshape(values, (1, 3, 1, 1))) for values in (MEAN, SPREAD))
    plain = graph("Add", graph("Mul", "input", spread), mean)
    for name, order in (("output", colours), ("inner", colours[::-1])):
        weights = graph.value((2 * order)[..., np.newaxis, np.newaxis])
        graph("Conv", plain, weights, graph.value(-(order**2).sum(axis=1)), output=name)
    made: Shape = [1, 19, 512, 512]
    outputs = [port("output", made), port("inner", made)]
    return save(path, graph.nodes, [port("input", [1, 3, 512, 512])], outputs, graph.constants)
