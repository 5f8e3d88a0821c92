"""Networks that cost what the real ones do: RVC v2 at 40 kHz, its content encoder, and RMVPE, with random weights.

Built layer by layer with the real ones' sizes, for the benchmark; made on demand, never kept in the repository.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from onnx import numpy_helper

from tests.models.graphs import FLOAT, INT64, port, save
from tests.models.rvc import Nodes


@dataclass
class Cost:
    """What a network costs."""

    path: Path
    parameters: int
    operations: float
    """Multiply-adds for one second of sound."""


class Layers(Nodes):
    """Layers with random weights; counts them, and their multiply-adds."""

    def __init__(self) -> None:
        super().__init__()
        self.parameters = 0
        self.operations = 0.0
        self._random = np.random.default_rng(0)

    def weights(self, *shape: int) -> str:
        """Small enough that nothing grows on its way through many layers."""
        fan = max(int(np.prod(shape[1:])), 1)
        values = self._random.standard_normal(shape, np.float32) * np.float32(0.5 / np.sqrt(fan))
        name = f"w{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(values, name))
        self.parameters += values.size
        return name

    def conv(self, x: str, sizes: tuple[int, int, int], rate: float, **at: int) -> str:
        """Over time: sizes are inputs, outputs and kernel; `rate` is outputs a second."""
        inputs, outputs, kernel = sizes
        groups, dilation, stride = at.get("groups", 1), at.get("dilation", 1), at.get("stride", 1)
        pad = at.get("pad", dilation * (kernel - 1) // 2)
        self.operations += inputs // groups * outputs * kernel * rate
        weights = (self.weights(outputs, inputs // groups, kernel), self.weights(outputs))
        shape = {"kernel_shape": [kernel], "strides": [stride], "dilations": [dilation], "pads": [pad, pad]}
        return self("Conv", x, *weights, group=groups, **shape)

    def raised(self, x: str, sizes: tuple[int, int, int], stride: int, rate: float) -> str:
        """To a higher rate: sizes as in `conv`; `rate` is inputs a second."""
        inputs, outputs, kernel = sizes
        self.operations += inputs * outputs * kernel * rate
        weights = (self.weights(inputs, outputs, kernel), self.weights(outputs))
        pad = (kernel - stride) // 2
        return self("ConvTranspose", x, *weights, kernel_shape=[kernel], strides=[stride], pads=[pad, pad])

    def plane(self, x: str, sizes: tuple[int, int], cells: float, kernel: int = 3) -> str:
        """Over time and bands; `cells` are outputs a second."""
        inputs, outputs = sizes
        self.operations += inputs * outputs * kernel * kernel * cells
        weights = (self.weights(outputs, inputs, kernel, kernel), self.weights(outputs))
        return self("Conv", x, *weights, kernel_shape=[kernel, kernel], pads=[kernel // 2] * 4)

    def linear(self, x: str, inputs: int, outputs: int, rate: float) -> str:
        """For every step by itself: [1, steps, inputs]."""
        self.operations += inputs * outputs * rate
        return self("Add", self("MatMul", x, self.weights(inputs, outputs)), self.weights(outputs))

    def normal(self, x: str, size: int) -> str:
        """Each step at the same mean and spread."""
        return self("LayerNormalization", x, self.weights(size), self.weights(size), axis=-1)

    def turned(self, x: str) -> str:
        """Steps and values exchanged."""
        return self("Transpose", x, perm=[0, 2, 1])

    def leaky(self, x: str) -> str:
        """What is below 0 counts a tenth."""
        return self("LeakyRelu", x, alpha=0.1)

    def attention(self, x: str, size: int, heads: int, rate: float) -> str:
        """Every step looks at every other one: [1, steps, size]."""
        cut = self.value([1, -1, heads, size // heads], np.int64)
        parts = [self("Reshape", self.linear(x, size, size, rate), cut) for _ in range(3)]
        query, value = (self("Transpose", part, perm=[0, 2, 1, 3]) for part in (parts[0], parts[2]))
        scores = self("Mul", self("MatMul", query, self("Transpose", parts[1], perm=[0, 2, 3, 1])), self.value(0.1))
        seen = self("MatMul", self("Softmax", scores, axis=-1), value)
        joined = self("Reshape", self("Transpose", seen, perm=[0, 2, 1, 3]), self.value([1, -1, size], np.int64))
        return self.linear(joined, size, size, rate)

    def saved(self, path: Path, inputs: list[object], outputs: list[object]) -> Cost:
        save(path, self.nodes, inputs, outputs, self.constants)
        return Cost(path, self.parameters, self.operations)


def content_encoder(path: Path) -> Cost:
    """HuBERT base in w-okada's form: seven layers to 50 frames a second, then twelve that attend."""
    graph, rate = Layers(), 16_000.0
    x = graph("Unsqueeze", "audio", graph.value([1], np.int64))
    inputs = 1
    for kernel, stride in ((10, 5), (3, 2), (3, 2), (3, 2), (3, 2), (2, 2), (2, 2)):
        rate /= stride
        x = graph.conv(x, (inputs, 512, kernel), rate, stride=stride, pad=0)
        if inputs == 1:
            x = graph("InstanceNormalization", x, graph.weights(512), graph.weights(512))
        # GELU, as exporters of this opset write it.
        x = _gelu(graph, x)
        inputs = 512
    x = graph.linear(graph.normal(graph.turned(x), 512), 512, 768, rate)
    place = graph.conv(graph.turned(x), (768, 768, 128), rate, groups=16, pad=64)
    place = graph("Slice", place, *(graph.value([each], np.int64) for each in (0, -1, 2)))
    x = graph.normal(graph("Add", x, graph.turned(_gelu(graph, place))), 768)
    for layer in range(12):
        x = graph.normal(graph("Add", x, graph.attention(x, 768, 12, rate)), 768)
        wide = _gelu(graph, graph.linear(x, 768, 3_072, rate))
        x = graph.normal(graph("Add", x, graph.linear(wide, 3_072, 768, rate)), 768)
        if layer == 8:
            graph("Identity", graph.linear(x, 768, 256, rate), output="units9")
    graph("Identity", x, output="unit12")
    shown = [port("units9", [1, "f", 256]), port("unit12", [1, "f", 768])]
    return graph.saved(path, [port("audio", [1, "n"])], shown)


def _gelu(graph: Layers, x: str) -> str:
    spread = graph("Erf", graph("Div", x, graph.value(np.sqrt(2.0))))
    return graph("Mul", graph("Mul", x, graph("Add", spread, graph.value(1.0))), graph.value(0.5))


def rvc_voice(path: Path) -> Cost:
    """RVC v2 at 40 kHz in the WebUI's form: text encoder, four flows back, and the decoder with its pitched source."""
    graph = Layers()
    who = graph("Unsqueeze", graph("Gather", graph.weights(109, 256), "ds"), graph.value([2], np.int64))
    z = _flows(graph, _prior(graph), who)
    spoken = _decoder(graph, z, who)
    inputs = [
        port("phone", [1, "t", 768]),
        port("phone_lengths", [1], INT64),
        port("pitch", [1, "t"], INT64),
        port("pitchf", [1, "t"]),
        port("ds", [1], INT64),
        port("rnd", [1, 192, "t"]),
    ]
    length = graph.cast(graph("Mul", "phone_lengths", graph.value([0], np.int64)), FLOAT)
    graph("Add", spoken, length, output="audio")
    return graph.saved(path, inputs, [port("audio", [1, 1, "n"])])


def _prior(graph: Layers) -> str:
    """Content and pitch to the middle and spread of what is said: [1, 192, t]."""
    rate = 100.0
    pitch = graph("Gather", graph.weights(256, 192), "pitch")
    x = graph.leaky(graph("Add", graph.linear("phone", 768, 192, rate), pitch))
    for _ in range(6):
        x = graph.normal(graph("Add", x, graph.attention(x, 192, 2, rate)), 192)
        wide = graph("Relu", graph.conv(graph.turned(x), (192, 768, 3), rate))
        x = graph.normal(graph("Add", x, graph.turned(graph.conv(wide, (768, 192, 3), rate))), 192)
    both = graph.conv(graph.turned(x), (192, 384, 1), rate)
    mean, spread = (
        graph("Slice", both, *(graph.value([each], np.int64) for each in (start, start + 192, 1))) for start in (0, 192)
    )
    return graph("Add", mean, graph("Mul", "rnd", graph("Exp", graph("Mul", spread, graph.value(0.01)))))


def _flows(graph: Layers, z: str, who: str) -> str:
    rate = 100.0
    for _ in range(4):
        halves = [graph("Slice", z, *(graph.value([each], np.int64) for each in (at, at + 96, 1))) for at in (0, 96)]
        x, skipped = graph.conv(halves[0], (96, 192, 1), rate), ""
        said = graph.conv(who, (256, 2 * 192 * 3, 1), 0.0)
        for layer in range(3):
            part = (graph.value([each], np.int64) for each in (384 * layer, 384 * layer + 384, 1))
            gated = graph("Add", graph.conv(x, (192, 384, 5), rate), graph("Slice", said, *part))
            one, other = (
                graph("Slice", gated, *(graph.value([each], np.int64) for each in (at, at + 192, 1))) for at in (0, 192)
            )
            acts = graph("Mul", graph("Tanh", one), graph("Sigmoid", other))
            if layer < 2:
                both = graph.conv(acts, (192, 384, 1), rate)
                moved, kept = (
                    graph("Slice", both, *(graph.value([each], np.int64) for each in (at, at + 192, 1)))
                    for at in (0, 192)
                )
                x = graph("Add", x, moved)
            else:
                kept = graph.conv(acts, (192, 192, 1), rate)
            skipped = graph("Add", skipped, kept) if skipped else kept
        mean = graph.conv(skipped, (192, 96, 1), rate)
        z = graph("Concat", graph("Sub", halves[1], mean), halves[0], axis=1)
    return z


def _decoder(graph: Layers, z: str, who: str) -> str:
    source = _source(graph, 400, 40_000)
    x = graph("Add", graph.conv(z, (192, 512, 7), 100.0), graph.conv(who, (256, 512, 1), 0.0))
    rate, channels, left = 100.0, 512, 400
    for factor, kernel in ((10, 16), (10, 16), (2, 4), (2, 4)):
        x = graph.raised(graph.leaky(x), (channels, channels // 2, kernel), factor, rate)
        rate, channels, left = rate * factor, channels // 2, left // factor
        stride = max(left, 1)
        size = 2 * stride if stride > 1 else 1
        own = graph.conv(source, (1, channels, size), rate, stride=stride, pad=stride // 2)
        x = graph("Add", x, own)
        blocks = [_residual(graph, x, channels, kernel, rate) for kernel in (3, 7, 11)]
        x = graph("Div", graph("Sum", *blocks), graph.value(3.0))
    return graph("Tanh", graph.conv(graph.leaky(x), (32, 1, 7), rate))


def _residual(graph: Layers, x: str, channels: int, kernel: int, rate: float) -> str:
    for dilation in (1, 3, 5):
        wide = graph.conv(graph.leaky(x), (channels, channels, kernel), rate, dilation=dilation)
        x = graph("Add", x, graph.conv(graph.leaky(wide), (channels, channels, kernel), rate))
    return x


def _source(graph: Layers, each: int, rate_hz: int) -> str:
    """A sine at the pitch: [1, 1, t * each]."""
    wide = graph("Unsqueeze", "pitchf", graph.value([2], np.int64))
    often = graph("Expand", wide, graph.value([1, 1, each], np.int64))
    turns = graph("CumSum", graph("Reshape", often, graph.value([1, 1, -1], np.int64)), graph.value(2, np.int64))
    return graph("Sin", graph("Mul", turns, graph.value(2 * np.pi / rate_hz)))


def rmvpe(path: Path) -> Cost:
    """RMVPE's form 1: five levels down, four across, five up, and two memories that read to and fro."""
    graph, cells = Layers(), 100.0 * 128
    x = graph("Unsqueeze", graph.turned("input"), graph.value([1], np.int64))
    kept, inputs = [], 1
    for outputs in (16, 32, 64, 128, 256):
        x = _blocks(graph, x, (inputs, outputs), cells)
        kept.append(x)
        x = graph("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
        cells, inputs = cells / 4, outputs
    for level in range(4):
        x = _blocks(graph, x, (256 if level == 0 else 512, 512), cells)
    for outputs in (256, 128, 64, 32, 16):
        graph.operations += 2 * outputs * outputs * 9 * cells
        weights = (graph.weights(2 * outputs, outputs, 3, 3), graph.weights(outputs))
        shape = {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]}
        cells *= 4
        x = graph("Concat", graph("Relu", graph("ConvTranspose", x, *weights, **shape)), kept.pop(), axis=1)
        x = _blocks(graph, x, (2 * outputs, outputs), cells)
    x = graph("Transpose", graph.plane(x, (16, 3), cells), perm=[2, 0, 1, 3])
    steps = graph("Reshape", x, graph.value([-1, 1, 384], np.int64))
    weights = (graph.weights(2, 768, 384), graph.weights(2, 768, 256), graph.weights(2, 1_536))
    graph.operations += 2 * 768 * (384 + 256) * 100
    read = graph("GRU", steps, *weights, hidden_size=256, direction="bidirectional", linear_before_reset=1)
    joined = graph("Reshape", graph("Transpose", read, perm=[2, 0, 1, 3]), graph.value([1, -1, 512], np.int64))
    graph("Sigmoid", graph.linear(joined, 512, 360, 100.0), output="output")
    return graph.saved(path, [port("input", [1, 128, "t"])], [port("output", [1, "t", 360])])


def _blocks(graph: Layers, x: str, sizes: tuple[int, int], cells: float) -> str:
    """Four residual blocks, the first one from other channels."""
    inputs, outputs = sizes
    for block in range(4):
        before = x
        x = graph("Relu", graph.plane(x, (inputs if block == 0 else outputs, outputs), cells))
        x = graph("Relu", graph.plane(x, (outputs, outputs), cells))
        if block == 0 and inputs != outputs:
            before = graph.plane(before, (inputs, outputs), cells, kernel=1)
        x = graph("Add", x, before)
    return x
