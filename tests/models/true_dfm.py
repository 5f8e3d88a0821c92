"""A .dfm that costs what real ones cost: the layers of DeepFaceLab's usual networks with chance in place of weights.

What is assumed, by DeepFaceLab's own names: a LIAE network of the kind "udt", as most shared models are. Its encoder
halves the face five times with 5 x 5 kernels (e, 2e, 4e, 8e, 8e channels) and has a residual block after the first and
the last. Two inters lead from there through `ae` numbers to 2 ae channels at a 32nd of the side. The decoder takes
both, doubles four times with 3 x 3 kernels (8d, 8d, 4d, 2d), each followed by a residual block, and puts four pictures
together into one of twice their size; its mask is doubled five times (8m, 8m, 4m, 2m, m) and made for the actor's own
face as well. Sizes: 224 with ae 512, e 64, d 64, m 32 (0.7 GB); 320 with ae 320, e 64, d 64, m 32 (0.6 GB).
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
from onnx import helper

from tests.models.dfm import OPSET, ports_out
from tests.models.graphs import constant, port, save


@dataclass(frozen=True)
class Liae:
    """The dimensions of a network."""

    side: int
    inter: int
    encoder: int = 64
    decoder: int = 64
    mask: int = 32


USUAL = {224: Liae(224, 512), 320: Liae(320, 320)}


@dataclass
class Cost:
    """What a network takes."""

    parameters: int = 0
    multiply_adds: int = 0


@dataclass
class _Builder:
    """Puts a graph together, layer by layer, and counts."""

    filled: bool
    made: int = 0
    """How many weights there are."""
    again: int | None = None
    """The number of the weights that are used once more next, while there are any."""
    cost: Cost = field(default_factory=Cost)
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)
    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(1))

    def node(self, kind: str, *inputs: str, **settings: object) -> str:
        name = f"{kind}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **settings))
        return name

    def weights(self, *shape: int) -> str:
        if self.again is not None:
            self.again += 1
            return f"w{self.again - 1}"
        name, self.made = f"w{self.made}", self.made + 1
        self.cost.parameters += int(np.prod(shape))
        if self.filled:
            spread = np.float32(1.0 / np.sqrt(max(1, int(np.prod(shape[1:])))))
            self.constants.append(constant(name, self.random.standard_normal(shape, np.float32) * spread))
        return name

    def numbers(self, *values: int) -> str:
        name = f"n{len(self.constants)}"
        self.constants.append(constant(name, np.array(values, np.int64)))
        return name

    def conv(self, source: str, shape: tuple[int, int, int], side: int, stride: int = 1) -> str:
        """A convolution of (out, in, kernel); `side` is that of its output."""
        out, given, kernel = shape
        self.cost.multiply_adds += out * given * kernel * kernel * side * side
        pads = [(kernel - 1) // 2] * 2 + [kernel // 2] * 2
        weights = [self.weights(out, given, kernel, kernel), self.weights(out)]
        return self.node("Conv", source, *weights, strides=[stride] * 2, pads=pads if stride == 1 else [1, 1, 2, 2])

    def dense(self, source: str, given: int, out: int) -> str:
        self.cost.multiply_adds += given * out
        product = self.node("MatMul", source, self.weights(given, out))
        return self.node("Add", product, self.weights(out))

    def residual(self, source: str, channels: int, side: int) -> str:
        once = self.node("LeakyRelu", self.conv(source, (channels, channels, 3), side), alpha=0.2)
        twice = self.conv(once, (channels, channels, 3), side)
        return self.node("LeakyRelu", self.node("Add", source, twice), alpha=0.2)

    def doubled(self, source: str, given: int, out: int, side: int) -> str:
        """Twice the side, which was `side`."""
        spread = self.node("LeakyRelu", self.conv(source, (4 * out, given, 3), side), alpha=0.1)
        return self.node("DepthToSpace", spread, blocksize=2)


def cost_of(spec: Liae) -> Cost:
    """What a network takes, without its weights being made."""
    builder = _Builder(filled=False)
    _build(builder, spec)
    return builder.cost


def true_dfm(path: Path, spec: Liae) -> Path:
    """Writes the network."""
    builder = _Builder(filled=True)
    _build(builder, spec)
    face = port("in_face:0", ["batch", spec.side, spec.side, 3])
    return save(path, builder.nodes, [face], ports_out(spec.side), builder.constants, OPSET)


def _build(builder: _Builder, spec: Liae) -> None:
    lowest = spec.side // 32
    code = _encoder(builder, spec)
    both, own = (_inter(builder, spec, code, lowest) for _ in range(2))
    target = builder.node("Concat", both, both, axis=1)
    driver = builder.node("Concat", own, both, axis=1)
    _out(builder, _face(builder, spec, target, lowest), "out_celeb_face:0")
    first = builder.made
    _out(builder, _mask(builder, spec, target, lowest), "out_celeb_face_mask:0")
    # One decoder makes both masks: its second run has no weights of its own.
    builder.again = first
    _out(builder, _mask(builder, spec, driver, lowest), "out_face_mask:0")


def _encoder(builder: _Builder, spec: Liae) -> str:
    channels = [3, *(spec.encoder * times for times in (1, 2, 4, 8, 8))]
    source, side = builder.node("Transpose", "in_face:0", perm=[0, 3, 1, 2]), spec.side
    for place in range(5):
        side //= 2
        shape = (channels[place + 1], channels[place], 5)
        source = builder.node("LeakyRelu", builder.conv(source, shape, side, 2), alpha=0.1)
        if place in (0, 4):
            source = builder.residual(source, channels[place + 1], side)
    return builder.node("Reshape", source, builder.numbers(-1, channels[-1] * side * side))


def _inter(builder: _Builder, spec: Liae, code: str, lowest: int) -> str:
    channels = 2 * spec.inter
    narrow = builder.dense(code, 8 * spec.encoder * lowest * lowest, spec.inter)
    wide = builder.dense(narrow, spec.inter, channels * lowest * lowest)
    return builder.node("Reshape", wide, builder.numbers(-1, channels, lowest, lowest))


def _face(builder: _Builder, spec: Liae, source: str, side: int) -> str:
    given = 4 * spec.inter
    for times in (8, 8, 4, 2):
        source = builder.doubled(source, given, times * spec.decoder, side)
        given, side = times * spec.decoder, 2 * side
        source = builder.residual(source, given, side)
    parts = [builder.conv(source, (3, given, kernel), side) for kernel in (1, 3, 3, 3)]
    joined = builder.node("DepthToSpace", builder.node("Concat", *parts, axis=1), blocksize=2)
    return builder.node("Sigmoid", joined)


def _mask(builder: _Builder, spec: Liae, source: str, side: int) -> str:
    given = 4 * spec.inter
    for times in (8, 8, 4, 2, 1):
        source = builder.doubled(source, given, times * spec.mask, side)
        given, side = times * spec.mask, 2 * side
    return builder.node("Sigmoid", builder.conv(source, (1, given, 1), side))


def _out(builder: _Builder, source: str, name: str) -> None:
    builder.nodes.append(helper.make_node("Transpose", [source], [name], perm=[0, 2, 3, 1]))
