"""A stand-in for restorers of the GFPGAN type: the real names, shapes and types, and detail that can be worked out.

It draws a pattern of upright and level lines, each channel its own, as strongly as the channel is bright.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.models.graphs import FLOAT, HALF, Shape, port, save
from tests.models.rvc import DOUBLE, Nodes

Array = NDArray[np.float32]
SIZE, PERIOD_PX = 512, 32
STRENGTHS = (0.25, 0.15, 0.2)
"""For red, green and blue."""


def pattern(x: Array, y: Array) -> Array:
    """float32 (3, ...) for red, green and blue at places on the square, in pixels."""
    turn = np.float32(2 * np.pi / PERIOD_PX)
    waves = (np.cos(turn * x), np.cos(turn * y), np.cos(turn * (x + y)))
    return np.asarray([strength * wave for strength, wave in zip(STRENGTHS, waves, strict=True)], np.float32)


def restorer(path: Path, *, half: bool = False, weight: bool = False) -> Path:
    """`input` (1, 3, 512, 512) to `output`, both -1..1; with `weight` its detail is as strong as that says."""
    graph, kind = Nodes(), np.float16 if half else np.float32
    x, y = np.meshgrid(np.arange(SIZE, dtype=np.float32), np.arange(SIZE, dtype=np.float32))
    level = graph("Mul", graph("Add", "input", graph.value(1.0, kind)), graph.value(0.5, kind))
    lines = graph("Mul", level, graph.value(2 * pattern(x, y)[np.newaxis], kind))
    if weight:
        lines = graph("Mul", lines, graph.cast("weight", HALF if half else FLOAT))
    graph("Add", "input", lines, output="output")
    kinds, shape = HALF if half else FLOAT, [1, 3, SIZE, SIZE]
    inputs = [port("input", shape, kinds), *([port("weight", [1], DOUBLE)] if weight else [])]
    made: Shape = shape
    return save(path, graph.nodes, inputs, [port("output", made, kinds)], graph.constants)
