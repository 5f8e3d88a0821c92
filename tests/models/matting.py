"""Stand-ins for matting networks: names, shapes and types of the real ones, and mattes that can be worked out by hand.

A still network's matte is a sum of red, green and blue, each with a weight of its own. A recurrent one adds what its
states hold: each remembers half of what it held and half of what it sees, in its own mixture of colours.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.models.graphs import FLOAT, HALF, Shape, port, save
from tests.models.rvc import Nodes

Array = NDArray[np.float32]
WEIGHTS = np.array([0.55, 0.25, 0.1], np.float32)
"""Of red, green and blue."""
LOGIT = 12.0
NORMALISATIONS = {
    "modnet": ((0.5,) * 3, (0.5,) * 3),
    "isnet": ((0.5,) * 3, (1.0,) * 3),
    "birefnet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
}
STATE_CHANNELS = (16, 20, 40, 64)
STATE_WEIGHTS = np.array([[0.9, 0, 0], [0, 0.9, 0], [0, 0, 0.9], [0.3, 0.3, 0.3]], np.float32)
"""Of red, green and blue in each state."""
MEMORY = np.array([0.05, 0.1, 0.2, 0.4], np.float32)
"""How strongly each state shows in the matte."""
SEEN, RATIO_SHARE = np.float32(0.3), np.float32(0.1)


@dataclass(frozen=True, eq=False)
class Matting:
    """A stand-in of a still network.

    Attributes:
        family: `modnet`, `isnet` or `birefnet`.
        side: of its square; None where the file leaves that open.
        logits: puts out logits.
        half: weights, input and output of half precision.
        matte: float32 (side, side) in 0..1 that it puts out instead, whatever it sees.
    """

    family: str = "modnet"
    side: int | None = 512
    logits: bool = False
    half: bool = False
    matte: Array | None = None

    def expected(self, rgb: Array) -> Array:
        """The matte of float32 (..., 3) RGB in 0..1."""
        return np.asarray(rgb @ WEIGHTS, np.float32)


def matting(path: Path, spec: Matting) -> Path:
    """Writes a still network; an ISNet puts out what its stages saw as well."""
    graph, kind = Nodes(), np.float16 if spec.half else np.float32
    mean, spread = (np.reshape(values, (1, 3, 1, 1)) for values in NORMALISATIONS[spec.family])
    plain = graph("Add", graph("Mul", "input", graph.value(spread, kind)), graph.value(mean, kind))
    matte = graph("Conv", plain, graph.value(WEIGHTS.reshape(1, 3, 1, 1), kind))
    if spec.matte is not None:
        nothing = graph("Mul", matte, graph.value(0.0, kind))
        matte = graph("Add", nothing, graph.value(spec.matte[np.newaxis, np.newaxis], kind))
    if spec.logits:
        least, most = graph.value(1e-3, kind), graph.value(1 - 1e-3, kind)
        matte = graph("Clip", matte, least, most)
        other = graph("Sub", graph.value(1.0, kind), matte)
        graph("Log", graph("Div", matte, other), output="output")
    else:
        graph("Identity", matte, output="output")
    kinds, side = HALF if spec.half else FLOAT, spec.side
    outputs = [port("output", [1, 1, side or "h", side or "w"], kinds)]
    if spec.family == "isnet":
        graph("Sub", graph.value(1.0, kind), matte, output="stage")
        outputs.append(port("stage", [1, 1, side or "h", side or "w"], kinds))
    shape: Shape = [1, 3, side or "h", side or "w"]
    return save(path, graph.nodes, [port("input", shape, kinds)], outputs, graph.constants)


def rvm(path: Path, *, half: bool = False, size: tuple[int, int] | None = None) -> Path:
    """Robust Video Matting: `src`, four states and `downsample_ratio` to `fgr`, `pha` and the states.

    Args:
        path: where to.
        half: weights, pictures and states of half precision.
        size: height and width of pictures where they are fixed.
    """
    graph, kind = Nodes(), np.float16 if half else np.float32
    kinds = HALF if half else FLOAT
    ratio = graph.cast("downsample_ratio", kinds)
    matte = graph("Conv", "src", graph.value((SEEN * WEIGHTS).reshape(1, 3, 1, 1), kind))
    matte = graph("Add", matte, graph("Mul", ratio, graph.value(RATIO_SHARE, kind)))
    names = [f"r{number}" for number in (1, 2, 3, 4)]
    for number, name in enumerate(names):
        factor = graph("Mul", "downsample_ratio", graph.value(0.5 ** (number + 1)))
        scales = graph("Concat", graph.value([1.0, 1.0]), factor, factor, axis=0)
        small = graph.cast(graph("Resize", graph.cast("src", FLOAT), "", scales, mode="linear"), kinds)
        wide = np.repeat(STATE_WEIGHTS[number][np.newaxis], STATE_CHANNELS[number], axis=0)[..., np.newaxis, np.newaxis]
        fresh = graph("Conv", small, graph.value(0.5 * wide, kind))
        graph("Add", graph("Mul", f"{name}i", graph.value(0.5, kind)), fresh, output=f"{name}o")
        held = graph("ReduceMean", f"{name}i", axes=[1, 2, 3], keepdims=1)
        matte = graph("Add", matte, graph("Mul", held, graph.value(MEMORY[number], kind)))
    graph("Identity", matte, output="pha")
    graph("Sub", graph.value(1.0, kind), "src", output="fgr")
    height, width = size or ("height", "width")
    states: list[Shape] = [["batch", f"{name}c", f"{name}h", f"{name}w"] for name in names]
    inputs = [port("src", ["batch", 3, height, width], kinds)]
    inputs += [port(f"{name}i", shape, kinds) for name, shape in zip(names, states, strict=True)]
    inputs.append(port("downsample_ratio", [1]))
    outputs = [port("fgr", ["batch", 3, height, width], kinds), port("pha", ["batch", 1, height, width], kinds)]
    outputs += [port(f"{name}o", ["batch", f"{name}C", f"{name}H", f"{name}W"], kinds) for name in names]
    return save(path, graph.nodes, inputs, outputs, graph.constants, 13)


def expected_mattes(colours: list[Array], ratio: float) -> list[float]:
    """What `rvm` makes of flat pictures one after the other, each float32 (3,) RGB in 0..1."""
    states, mattes = np.zeros(4, np.float32), []
    for colour in colours:
        mattes.append(float(SEEN * (WEIGHTS @ colour) + RATIO_SHARE * ratio + MEMORY @ states))
        states = 0.5 * states + 0.5 * (STATE_WEIGHTS @ colour)
    return mattes
