"""Stand-ins for YuNet, SCRFD and 2DFAN4: the real names, shapes and types, and work that can be checked.

A detector finds upright rectangles of one colour, three cells wide and five high, in each of its three sizes of cells.
The landmark network draws the 68 points where a mean face has them, moved by how bright the crop is.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.models.graphs import Shape, port, save
from tests.models.rvc import Nodes

Array = NDArray[np.float32]
COLOUR = (40, 120, 220)
"""Blue, green, red of what is found."""
CELLS = (3, 5)
"""Width and height of what is found, in cells."""
FIVE = np.array([[-0.4, -0.5], [1.4, -0.6], [0.5, 0.7], [-0.1, 1.9], [1.2, 1.8]], np.float32)
"""The five points from the upper left corner of the middle cell, in cells: eyes, nose, mouth, from left to right."""
THERE = 0.81
"""What YuNet's second score is; the first is 1 where a rectangle lies exactly."""
OTHER_ANCHOR = 0.9
STRIDES = (8, 16, 32)


def yunet(path: Path, side: int | None = 640) -> Path:
    """`input` (1, 3, side, side), blue, green, red in 0..255, to twelve outputs."""
    graph = Nodes()
    like = _likeness(graph, "input", np.array(COLOUR, np.float32))
    outputs = []
    width, height = CELLS
    box = np.array([0.5, 0.5, np.log(width), np.log(height)], np.float32)
    for stride in STRIDES:
        score = graph("Reshape", _score(graph, like, stride), graph.value([1, -1, 1], np.int64))
        nothing = graph("Mul", score, graph.value(0.0))
        graph("Identity", score, output=f"cls_{stride}")
        graph("Add", nothing, graph.value(THERE), output=f"obj_{stride}")
        graph("Add", nothing, graph.value(box.reshape(1, 1, 4)), output=f"bbox_{stride}")
        graph("Add", nothing, graph.value(FIVE.reshape(1, 1, 10)), output=f"kps_{stride}")
    for part, size in (("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)):
        outputs += [port(f"{part}_{stride}", [1, f"n{stride}", size]) for stride in STRIDES]
    shape: Shape = [1, 3, side or "h", side or "w"]
    return save(path, graph.nodes, [port("input", shape)], outputs, graph.constants, 11)


def scrfd(path: Path, *, batched: bool = False) -> Path:
    """`input.1` (1, 3, ?, ?), red, green, blue in -1..1, to nine outputs that are known by their places.

    The first anchor of each cell is wrong; the second is right.
    """
    graph = Nodes()
    colour = (np.array(COLOUR[::-1], np.float32) - 127.5) / 128
    levels = graph("Mul", "input.1", graph.value(128.0))
    like = _likeness(graph, levels, colour * 128)
    parts: dict[str, list[str]] = {"scores": [], "boxes": [], "points": []}
    boxes = np.array([[9, 9, 9, 9], [1, 2, 2, 3]], np.float32)
    points = np.stack([FIVE[::-1] + 7, FIVE]).reshape(2, 10)
    for number, stride in enumerate(STRIDES):
        score = graph("Reshape", _score(graph, like, stride), graph.value([-1, 1, 1], np.int64))
        pair = graph("Mul", score, graph.value(np.array([0.2, OTHER_ANCHOR]).reshape(1, 2, 1)))
        nothing = graph("Mul", pair, graph.value(0.0))
        made = (pair, graph("Add", nothing, graph.value(boxes[np.newaxis])))
        for place, (part, values, size) in enumerate(
            zip(parts, (*made, graph("Add", nothing, graph.value(points[np.newaxis]))), (1, 4, 10), strict=True)
        ):
            flat = graph.value([1, -1, size] if batched else [-1, size], np.int64)
            parts[part].append(graph("Reshape", values, flat, output=str(400 + 10 * place + number)))
    lead: Shape = [1, "n"] if batched else ["n"]
    outputs = [
        port(name, [*lead, size]) for part, size in zip(parts.values(), (1, 4, 10), strict=True) for name in part
    ]
    return save(path, graph.nodes, [port("input.1", [1, 3, "?", "?"])], outputs, graph.constants, 11)


def _likeness(graph: Nodes, levels: str, colour: Array) -> str:
    """(1, 1, side, side): 1 where a picture of levels has the colour, 0 where it is far from it."""
    away = graph("Abs", graph("Sub", levels, graph.value(colour.reshape(1, 3, 1, 1))))
    total = graph("ReduceSum", away, axes=[1], keepdims=1)
    return graph("Relu", graph("Sub", graph.value(1.0), graph("Mul", total, graph.value(1 / 40))))


def _score(graph: Nodes, like: str, stride: int) -> str:
    """(1, 1, rows, columns): 1 where the cell is the middle of a rectangle with nothing like it around."""
    width, height = CELLS
    inner, outer = (
        graph(
            "AveragePool", like, strides=[stride] * 2, kernel_shape=[high * stride, wide * stride],
            pads=[high // 2 * stride, wide // 2 * stride] * 2, count_include_pad=1,
        )
        for wide, high in ((width, height), (width + 2, height + 2))
    )  # fmt: skip
    within, around = width * height, (width + 2) * (height + 2)
    share = 2 / (around - within)
    more = graph("Mul", inner, graph.value(1 + share * within))
    return graph("Clip", graph("Sub", more, graph("Mul", outer, graph.value(share * around))), *_limits(graph))


def _limits(graph: Nodes) -> tuple[str, str]:
    return graph.value(0.0), graph.value(1.0)


def fan(path: Path, points: Array) -> Path:
    """`input` (1, 3, 256, 256), red, green, blue in 0..1, to the points and heatmaps.

    Args:
        path: where to.
        points: float32 (68, 2), where the points of a black crop are, in its pixels; a red one moves them to the right
            and a blue one down, by `FAN_MOVES` pixels of the heatmaps each.
    """
    graph = Nodes()
    means = graph("ReduceMean", "input", axes=[2, 3], keepdims=0)
    moves = np.zeros((3, 3), np.float32)
    moves[0, 0], moves[2, 1] = FAN_MOVES
    move = graph("Reshape", graph("MatMul", means, graph.value(moves)), graph.value([1, 1, 3], np.int64))
    base = np.hstack([points / 4, np.ones((68, 1), np.float32)]).astype(np.float32)
    graph("Add", move, graph.value(base[np.newaxis]), output="landmarks")
    score = graph("Reshape", graph("ReduceMean", means, axes=[1], keepdims=1), graph.value([1, 1, 1, 1], np.int64))
    graph("Mul", score, graph.value(np.ones((1, 68, 64, 64))), output="heatmaps")
    outputs = [port("landmarks", [1, 68, 3]), port("heatmaps", [1, 68, 64, 64])]
    return save(path, graph.nodes, [port("input", [1, 3, 256, 256])], outputs, graph.constants, 11)


FAN_MOVES = (2.0, 3.0)
