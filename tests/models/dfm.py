"""Stand-ins for .dfm files: names, shapes, types and layout of the real ones, and work that can be checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper

from tests.models.graphs import FLOAT, HALF, Shape, constant, port, save

OPSET = 12
Ellipse = tuple[float, float, float, float]
"""Middle and half axes in shares of the square."""
DRIVER: Ellipse = (0.48, 0.53, 0.34, 0.42)
TARGET: Ellipse = (0.52, 0.50, 0.36, 0.40)
EVERYWHERE: Ellipse = (0.5, 0.5, 50.0, 50.0)
NOWHERE: Ellipse = (0.5, 0.5, 0.0, 0.0)


@dataclass(frozen=True, eq=False)
class Tinting:
    """A dfm that multiplies each channel and adds to it, shifts the picture, and returns known masks.

    Attributes:
        gain: for blue, green, red.
        offset: the same, in 0..1.
        shift: right and down, in pixels.
        driver, target: the masks, 1 inside.
        picture: float32 (size, size, 3) BGR in 0..1 that it returns instead, whatever it sees.
    """

    size: int = 224
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    shift: tuple[int, int] = (0, 0)
    driver: Ellipse = DRIVER
    target: Ellipse = TARGET
    morph: bool = False
    half: bool = False
    picture: NDArray[np.float32] | None = None

    def expected(self, given: NDArray[np.float32], morph: float = 1.0) -> NDArray[np.float32]:
        """What it makes of float32 (size, size, 3) BGR in 0..1."""
        made = given if self.picture is None else self.picture
        made = np.clip(made * np.float32(self.gain) + np.float32(self.offset), 0.0, 1.0)
        right, down = self.shift
        edges = ((max(down, 0), max(-down, 0)), (max(right, 0), max(-right, 0)), (0, 0))
        size = self.size
        made = np.pad(made, edges, "edge")[max(-down, 0) :, max(-right, 0) :][:size, :size]
        return np.asarray(given + morph * (made - given) if self.morph else made, np.float32)


def ellipse(size: int, shape: Ellipse) -> NDArray[np.float32]:
    """float32 (size, size): 1 inside an ellipse, 0 outside."""
    x, y, half_width, half_height = shape
    if min(half_width, half_height) <= 0:
        return np.zeros((size, size), np.float32)
    at = (np.arange(size) + 0.5) / size
    inside = ((at - x) / half_width) ** 2 + ((at[:, np.newaxis] - y) / half_height) ** 2 <= 1.0
    return inside.astype(np.float32)


def tinting_dfm(path: Path, spec: Tinting | None = None) -> Path:
    """Writes the stand-in."""
    spec = spec or Tinting()
    size, kind = spec.size, np.float16 if spec.half else np.float32
    right, down = spec.shift
    pads = (0, max(down, 0), max(right, 0), 0, 0, max(-down, 0), max(-right, 0), 0)
    starts, ends = (max(-down, 0), max(-right, 0)), (max(-down, 0) + size, max(-right, 0) + size)
    constants = [
        constant("gain", np.array(spec.gain, kind)),
        constant("offset", np.array(spec.offset, kind)),
        constant("zero", np.zeros(1, kind)),
        constant("one", np.ones(1, kind)),
        constant("driver", ellipse(size, spec.driver)[np.newaxis, ..., np.newaxis].astype(kind)),
        constant("target", ellipse(size, spec.target)[np.newaxis, ..., np.newaxis].astype(kind)),
        constant("pads", np.array(pads, np.int64)),
        constant("starts", np.array(starts, np.int64)),
        constant("ends", np.array(ends, np.int64)),
        constant("axes", np.array([1, 2], np.int64)),
    ]
    nodes = [helper.make_node("Cast", ["in_face:0"], ["seen"], to=HALF if spec.half else FLOAT)]
    source = "seen"
    if spec.picture is not None:
        constants.append(constant("picture", spec.picture[np.newaxis].astype(kind)))
        nodes += [_node("Mul", "seen", "zero", "nothing"), _node("Add", "nothing", "picture", "shown")]
        source = "shown"
    nodes += [
        _node("Mul", source, "gain", "scaled"),
        _node("Add", "scaled", "offset", "added"),
        _node("Clip", "added", "zero_d", "one_d", "tinted"),
        helper.make_node("Pad", ["tinted", "pads"], ["padded"], mode="edge"),
        _node("Slice", "padded", "starts", "ends", "axes", "made"),
        *_blend(spec),
        _node("Mul", "seen", "zero", "black"),
        helper.make_node("ReduceMax", ["black"], ["blank"], axes=[3], keepdims=1),
        _node("Add", "blank", "driver", "driver_mask"),
        _node("Add", "blank", "target", "target_mask"),
    ]
    constants += [constant("zero_d", np.array(0, kind)), constant("one_d", np.array(1, kind))]
    outputs = {"out_face_mask:0": "driver_mask", "out_celeb_face:0": "face", "out_celeb_face_mask:0": "target_mask"}
    nodes += [helper.make_node("Cast", [name], [output], to=FLOAT) for output, name in outputs.items()]
    return save(path, nodes, _inputs(spec), ports_out(size), constants, OPSET)


def ports_out(size: int) -> list[onnx.ValueInfoProto]:
    """The three outputs, in their order."""
    batch: list[str | int | None] = ["batch", size, size]
    return [
        port("out_face_mask:0", [*batch, 1]),
        port("out_celeb_face:0", [*batch, 3]),
        port("out_celeb_face_mask:0", [*batch, 1]),
    ]


def _inputs(spec: Tinting) -> list[onnx.ValueInfoProto]:
    face: Shape = ["batch", spec.size, spec.size, 3]
    return [port("in_face:0", face), *([port("morph_value:0", [1])] if spec.morph else [])]


def _blend(spec: Tinting) -> Sequence[onnx.NodeProto]:
    if not spec.morph:
        return [_node("Identity", "made", "face")]
    return [
        helper.make_node("Cast", ["morph_value:0"], ["morph"], to=HALF if spec.half else FLOAT),
        _node("Sub", "made", "seen", "change"),
        _node("Mul", "change", "morph", "some"),
        _node("Add", "seen", "some", "face"),
    ]


def _node(kind: str, *names: str) -> onnx.NodeProto:
    """An operator whose last name is its output's."""
    return helper.make_node(kind, list(names[:-1]), [names[-1]])
