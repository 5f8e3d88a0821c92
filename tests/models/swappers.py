"""Stand-ins for embedding swappers, the ArcFace recogniser and converters: names, shapes, types and layout of the real
ones, and work that can be checked.

The recogniser pools the face's colours and mixes them into 512 values. A converter mixes them once more and adds to
them, so that their length counts. A swapper shades the actor's face and tints it by the first 192 values of what it is
told of the target, or by the colours of the target's picture.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import onnx
from numpy.typing import NDArray

from tests.models.graphs import FLOAT, HALF, Shape, constant, port, save
from tests.models.rvc import Nodes

Array = NDArray[np.float32]
LENGTH, GRID = 512, 8
SEEN = 3 * GRID * GRID
"""So many of a target's values can be seen in the tint."""
SIZES = {"inswapper": 128, "hyperswap": 256, "ghost": 256, "simswap": 256, "uniface": 256, "blendswap": 256}
PICTURES = {"uniface": 256, "blendswap": 112}
SIGNED_IN, SIGNED_OUT = ("hyperswap", "ghost", "uniface"), ("hyperswap", "ghost", "uniface")
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
STRENGTHS = {"ghost": 1.0, "uniface": 3.0, "blendswap": 3.0}
"""How strongly values count: those of length 1 are small."""
UNIT_STRENGTH = 15.0
MAP_NAME = "buff2fs"


@dataclass(frozen=True, eq=False)
class Swap:
    """A stand-in.

    Attributes:
        half: weights of half precision.
        half_ports: inputs and outputs as well.
        tint: how far the target's values show.
        picture: float32 (3, size, size) RGB in 0..1 that it shows, with only a little of the actor.
        typed_map: the matrix for identities does not stand there as bytes.
        has_map: whether there is one, where the family has one.
    """

    family: str
    half: bool = False
    half_ports: bool = False
    tint: float = 0.3
    picture: Array | None = None
    typed_map: bool = False
    has_map: bool = True

    @property
    def size(self) -> int:
        """Side of its square."""
        return SIZES[self.family]

    def expected(self, actor: Array, target: Array) -> Array:
        """The face that it makes, float32 (size, size, 3) BGR in 0..1.

        Args:
            actor: float32 (size, size, 3) BGR in 0..1.
            target: what it is told of the target: (512,) values, or (side, side, 3) BGR in 0..1.
        """
        seen = actor[..., ::-1].transpose(2, 0, 1)
        base = seen if self.picture is None else OF_ACTOR * seen + (1 - OF_ACTOR) * self.picture
        picture = self.family in PICTURES
        known = 2 * pooled(target[..., ::-1]) - 1 if picture else target[:SEEN].reshape(3, GRID, GRID)
        tint = np.tanh(strength(self.family) * known).transpose(1, 2, 0)
        gain = cv2.resize(tint, (self.size, self.size), interpolation=cv2.INTER_LINEAR).transpose(2, 0, 1)
        made = base * shade(self.size) * (0.65 + self.tint * gain) + 0.05
        return np.asarray(made.transpose(1, 2, 0)[..., ::-1], np.float32)


OF_ACTOR = np.float32(0.15)


def strength(family: str) -> float:
    """What the target's values are multiplied by."""
    return STRENGTHS.get(family, UNIT_STRENGTH)


def pooled(picture: Array) -> Array:
    """The mean colours of 8 x 8 parts of a picture (side, side, 3), float32 (3, 8, 8)."""
    part = picture.shape[0] // GRID
    means = picture.reshape(GRID, part, GRID, part, 3).mean(axis=(1, 3))
    return np.asarray(means.transpose(2, 0, 1), np.float32)


def shade(size: int) -> Array:
    """float32 (3, size, size): red grows darker to the right, green downward, blue upward."""
    ramp = np.linspace(1.0, 0.7, size, dtype=np.float32)
    right = np.broadcast_to(ramp, (size, size))
    return np.stack([right, right.T, right.T[::-1]])


MIXINGS = {
    "recogniser": (1, SEEN, 2.0),
    "map": (2, LENGTH, 0.3),
    "converter": (3, LENGTH, 0.02),
    "decoy": (4, LENGTH, 0.3),
}


@cache
def mixing(name: str) -> Array:
    """A matrix without any pattern: `recogniser` (192, 512); `map`, `converter` and `decoy` (512, 512)."""
    seed, rows, scale = MIXINGS[name]
    matrix = np.random.default_rng(seed).standard_normal((rows, LENGTH), np.float32)
    return np.asarray(matrix * np.float32(scale), np.float32)


CONVERTER_ADDS = np.linspace(-0.6, 0.6, LENGTH, dtype=np.float32)[::-1].copy()


def recognised(face: Array) -> Array:
    """What the recogniser makes of a face (112, 112, 3) BGR in -1..1, float32 (512,)."""
    return np.asarray(pooled(face[..., ::-1]).ravel() @ mixing("recogniser"), np.float32)


def converted(values: Array) -> Array:
    """What the converter makes of (512,)."""
    return np.asarray(values @ mixing("converter") + CONVERTER_ADDS, np.float32)


def arcface(path: Path, *, half: bool = False, usual: Array | None = None) -> Path:
    """The w600k_r50 type: `input.1` (n, 3, 112, 112) to `683` (1, 512).

    Args:
        path: where to.
        half: of half precision.
        usual: float32 (192,), the colours that everybody has: without them people differ as to a real recogniser.
    """
    graph, kind = Nodes(), np.float16 if half else np.float32
    face = graph.cast("input.1", HALF if half else FLOAT)
    parts = graph("AveragePool", face, kernel_shape=[14, 14], strides=[14, 14])
    flat = graph("Flatten", parts, axis=1)
    if usual is not None:
        flat = graph("Sub", flat, graph.value(usual[np.newaxis], kind))
    graph.cast(graph("MatMul", flat, graph.value(mixing("recogniser"), kind)), FLOAT, output="683")
    shape: Shape = ["None", 3, 112, 112]
    return save(path, graph.nodes, [port("input.1", shape)], [port("683", [1, LENGTH])], graph.constants, 11)


def converter(path: Path) -> Path:
    """`input` (n, 512) to `output` (n, 512)."""
    graph = Nodes()
    mixed = graph("MatMul", "input", graph.value(mixing("converter")))
    graph("Add", mixed, graph.value(CONVERTER_ADDS), output="output")
    ports = [port(name, ["n", LENGTH]) for name in ("input", "output")]
    return save(path, graph.nodes, ports[:1], ports[1:], graph.constants, 11)


def swapper(path: Path, spec: Swap) -> Path:
    """Writes a swapper of a family."""
    graph, kind = Nodes(), np.float16 if spec.half else np.float32
    compute = HALF if spec.half else FLOAT
    seen = _unnormalised(graph, graph.cast("target", compute), spec.family, kind)
    if spec.picture is not None:
        some = graph("Mul", seen, graph.value(OF_ACTOR, kind))
        seen = graph("Add", some, graph.value((1 - OF_ACTOR) * spec.picture[np.newaxis], kind))
    tint = graph("Tanh", graph("Mul", _told(graph, spec, compute, kind), graph.value(strength(spec.family), kind)))
    scales = graph.value([1, 1, spec.size / GRID, spec.size / GRID])
    even = graph.cast(graph("Resize", graph.cast(tint, FLOAT), "", scales, mode="linear"), compute)
    gain = graph("Add", graph("Mul", even, graph.value(spec.tint, kind)), graph.value(0.65, kind))
    shaded = graph("Mul", graph("Mul", seen, graph.value(shade(spec.size)[np.newaxis], kind)), gain)
    made = graph("Add", shaded, graph.value(0.05, kind))
    if spec.family in SIGNED_OUT:
        made = graph("Sub", graph("Mul", made, graph.value(2.0, kind)), graph.value(1.0, kind))
    ports = HALF if spec.half_ports else FLOAT
    graph.cast(made, ports, output="output")
    if spec.family == "inswapper":
        # Of several matrices of that size the last one is meant.
        graph.constants += [constant("weights", mixing("decoy").astype(kind)), _map(spec)] if spec.has_map else []
    side = PICTURES.get(spec.family)
    source: Shape = [1, LENGTH] if side is None else [1, 3, side, side]
    face: Shape = [1, 3, spec.size, spec.size]
    inputs = [port("target", face, ports), port("source", source, ports)]
    # Files differ in the order of their inputs.
    ordered = inputs if spec.family == "inswapper" else inputs[::-1]
    return save(path, graph.nodes, ordered, [port("output", face, ports)], graph.constants)


def _unnormalised(graph: Nodes, target: str, family: str, kind: type[np.generic]) -> str:
    """What a family sees of the actor as 0..1."""
    if family == "simswap":
        mean, spread = IMAGENET
    elif family in SIGNED_IN:
        mean, spread = (0.5,) * 3, (0.5,) * 3
    else:
        return target
    channels = [graph.value(np.reshape(values, (1, 3, 1, 1)), kind) for values in (spread, mean)]
    return graph("Add", graph("Mul", target, channels[0]), channels[1])


def _told(graph: Nodes, spec: Swap, compute: int, kind: type[np.generic]) -> str:
    """What the family is told of the target, (1, 3, 8, 8)."""
    source = graph.cast("source", compute)
    side = PICTURES.get(spec.family)
    if side is not None:
        parts = graph("AveragePool", source, kernel_shape=[side // GRID] * 2, strides=[side // GRID] * 2)
        return graph("Sub", graph("Mul", parts, graph.value(2.0, kind)), graph.value(1.0, kind))
    first = graph("Slice", source, *(graph.value([at], np.int64) for at in (0, SEEN, 1)))
    return graph("Reshape", first, graph.value([1, 3, GRID, GRID], np.int64))


def _map(spec: Swap) -> onnx.TensorProto:
    """The matrix for identities; no operator uses it."""
    values = mixing("map").astype(np.float16 if spec.half else np.float32)
    if not spec.typed_map:
        return constant(MAP_NAME, values)
    tensor = onnx.TensorProto(name=MAP_NAME, data_type=HALF if spec.half else FLOAT, dims=values.shape)
    if spec.half:
        tensor.int32_data.extend(values.view(np.uint16).ravel().tolist())
    else:
        tensor.float_data.extend(values.ravel().tolist())
    return tensor
