"""An inswapper that costs what the real one costs: its layers, with chance in place of weights.

What is assumed: the face of 128 px goes through a 7 x 7 convolution to 128 channels, a 3 x 3 one to 256, and two that
halve its sides, to 512 and 1024. Six blocks follow at 32 x 32 x 1024, each of two 3 x 3 convolutions; after each of
these the channels are evened out and take the mean and spread that a dense layer makes of the identity (512 to 2048).
Then the sides are doubled twice, each time before a 3 x 3 convolution, to 512 and to 256 channels; a 3 x 3 one to 128
and a 7 x 7 one to 3 end it. With the matrix for identities that is 138.6 million parameters, as the 554 MB of the
published file are, and 174.5 thousand million multiply-adds.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
from onnx import helper

from tests.models.graphs import constant, port, save
from tests.models.swappers import LENGTH, MAP_NAME

SIDE, FIRST, BLOCKS = 128, 128, 6
"""The side of the face in pixels, and the channels that it is brought to first; at most there are eight times as many.
"""


@dataclass
class _Layers:
    """Puts a graph together, layer by layer, and counts."""

    filled: bool
    first: int = FIRST
    parameters: int = 0
    multiply_adds: int = 0
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)
    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(1))

    def node(self, kind: str, *inputs: str, output: str | None = None, **settings: object) -> str:
        name = output or f"{kind}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **settings))  # type: ignore[arg-type]
        return name

    def numbers(self, *values: float, kind: type[np.generic] = np.float32) -> str:
        name = f"n{len(self.constants)}"
        self.constants.append(constant(name, np.array(values, kind)))
        return name

    def weights(self, *shape: int, name: str | None = None) -> str:
        """Small enough that nothing grows on its way."""
        name = name or f"w{self.parameters}"
        self.parameters += int(np.prod(shape))
        if self.filled:
            spread = np.float32(1.0 / np.sqrt(max(1, int(np.prod(shape[1:])))))
            self.constants.append(constant(name, self.random.standard_normal(shape, np.float32) * spread))
        return name

    def conv(self, source: str, sizes: tuple[int, int, int], side: int, stride: int = 1) -> str:
        """A convolution of (in, out, kernel); `side` is that of its output."""
        given, out, kernel = sizes
        self.multiply_adds += given * out * kernel * kernel * side * side
        weights = [self.weights(out, given, kernel, kernel), self.weights(out)]
        return self.node("Conv", source, *weights, strides=[stride] * 2, pads=[kernel // 2] * 4)

    def styled(self, source: str) -> str:
        """The channels evened out, and with the mean and the spread that the identity gives them."""
        widest = 8 * self.first
        axes = {"axes": [2, 3], "keepdims": 1}
        off = self.node("Sub", source, self.node("ReduceMean", source, **axes))
        spread = self.node("ReduceMean", self.node("Mul", off, off), **axes)
        even = self.node("Div", off, self.node("Sqrt", self.node("Add", spread, self.numbers(1e-8))))
        self.multiply_adds += LENGTH * 2 * widest
        style = self.node("Gemm", "source", self.weights(LENGTH, 2 * widest), self.weights(2 * widest))
        shaped = self.node("Reshape", style, self.numbers(1, 2 * widest, 1, 1, kind=np.int64))
        parts = [
            self.node("Slice", shaped, *(self.numbers(at, kind=np.int64) for at in (start, start + widest, 1)))
            for start in (0, widest)
        ]
        return self.node("Add", self.node("Mul", even, parts[0]), parts[1])

    def doubled(self, source: str) -> str:
        return self.node("Resize", source, "", self.numbers(1, 1, 2, 2), mode="linear")


def cost(first: int = FIRST) -> tuple[int, int]:
    """Parameters and multiply-adds, without the weights being made."""
    layers = _Layers(filled=False, first=first)
    _build(layers)
    return layers.parameters, layers.multiply_adds


def true_inswapper(path: Path, first: int = FIRST) -> Path:
    """Writes the network, or one with other channels."""
    layers = _Layers(filled=True, first=first)
    _build(layers)
    face = [1, 3, SIDE, SIDE]
    inputs = [port("target", face), port("source", [1, LENGTH])]
    return save(path, layers.nodes, inputs, [port("output", face)], layers.constants)


def _build(layers: _Layers) -> None:
    def bent(source: str) -> str:
        return layers.node("LeakyRelu", source, alpha=0.2)

    one, two, four, widest = (times * layers.first for times in (1, 2, 4, 8))
    seen = bent(layers.conv("target", (3, one, 7), SIDE))
    for given, out, side, stride in ((one, two, SIDE, 1), (two, four, SIDE // 2, 2), (four, widest, SIDE // 4, 2)):
        seen = bent(layers.conv(seen, (given, out, 3), side, stride))
    for _ in range(BLOCKS):
        once = layers.node("Relu", layers.styled(layers.conv(seen, (widest, widest, 3), SIDE // 4)))
        twice = layers.styled(layers.conv(once, (widest, widest, 3), SIDE // 4))
        seen = layers.node("Add", seen, twice)
    for given, out, side in ((widest, four, SIDE // 2), (four, two, SIDE)):
        seen = bent(layers.conv(layers.doubled(seen), (given, out, 3), side))
    seen = bent(layers.conv(seen, (two, one, 3), SIDE))
    made = layers.node("Tanh", layers.conv(seen, (one, 3, 7), SIDE))
    half = layers.numbers(0.5)
    layers.node("Add", layers.node("Mul", made, half), half, output="output")
    layers.weights(LENGTH, LENGTH, name=MAP_NAME)
