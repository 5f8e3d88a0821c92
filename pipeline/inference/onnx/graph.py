"""What stands in an ONNX file, read without running it: names, shapes, types, and where the weights lie.

Source: the ONNX specification, onnx.proto; numbers are the fields' numbers there.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePosixPath, PureWindowsPath

from pipeline.inference.onnx.wire import BYTES, VARINT, Field, WireError, fields, packed, signed

Shape = tuple[int | str | None, ...]
"""A dimension is a number, or has a name, or neither."""
TYPES = {
    1: ("float32", 4), 2: ("uint8", 1), 3: ("int8", 1), 4: ("uint16", 2), 5: ("int16", 2), 6: ("int32", 4),
    7: ("int64", 8), 8: ("string", 0), 9: ("bool", 1), 10: ("float16", 2), 11: ("float64", 8), 12: ("uint32", 4),
    13: ("uint64", 8), 14: ("complex64", 8), 15: ("complex128", 16), 16: ("bfloat16", 2), 17: ("float8e4m3fn", 1),
    18: ("float8e4m3fnuz", 1), 19: ("float8e5m2", 1), 20: ("float8e5m2fnuz", 1), 21: ("uint4", 0.5), 22: ("int4", 0.5),
    23: ("float4e2m1", 0.5),
}  # fmt: skip
"""Each type's name, and how many bytes one number takes."""
WHOLE_TYPES = frozenset({"int64", "int32", "bool", "string"})
"""What sizes, places and switches in a graph are."""
PASSING = frozenset({"Cast", "Identity", "Reshape", "Resize", "Slice", "Squeeze", "Transpose", "Unsqueeze"})
"""Operators that leave values what they are."""
UNCOUNTED = frozenset({"string"})
TYPED = (4, 5, 6, 7, 10, 11)
DEEPEST = 16
MOST_DIMENSIONS = 64


@dataclass(frozen=True, slots=True)
class Tensor:
    """An input or an output: its name, its type as numpy calls it, and its shape."""

    name: str
    dtype: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Weights:
    """A constant of the graph.

    Attributes:
        data: place and length of its bytes in the file; None where they are typed numbers or stand elsewhere.
        typed_bytes: how many bytes its typed numbers take; a number takes at least one.
        outside: where else they stand: file, offset and length.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    data: tuple[int, int] | None = None
    typed_bytes: int = 0
    outside: Mapping[str, str] = field(default_factory=dict)

    @property
    def claimed_bytes(self) -> int:
        """What its shape says that it holds."""
        sizes: dict[str, float] = dict(TYPES.values())
        return math.ceil(math.prod(self.shape) * sizes.get(self.dtype, 1))


@dataclass(frozen=True, slots=True)
class Graph:
    """The parts of a model that say what goes in and comes out.

    Attributes:
        inputs: without those that are constants.
        weights: in the file's order, those of inner graphs after the outer ones.
        operators: how often each is used.
        makers: of each value of the outermost graph the operator that makes it, and what that takes first.
    """

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    weights: tuple[Weights, ...]
    operators: Counter[str]
    opset: int
    producer: str
    metadata: Mapping[str, str]
    makers: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def maker(self, name: str) -> str:
        """The operator that makes a value, those left out that only change its type or shape; empty for none."""
        for _ in self.makers:
            operator, name = self.makers.get(name, ("", ""))
            if operator not in PASSING:
                return operator
        return ""

    @property
    def precision(self) -> str:
        """The type of most of the weights' numbers, sizes and places aside."""
        counts: Counter[str] = Counter()
        for weights in self.weights:
            counts[weights.dtype] += math.prod(weights.shape)
        kinds = [kind for kind, _ in counts.most_common()]
        return next((kind for kind in kinds if kind not in WHOLE_TYPES), kinds[0] if kinds else "none")

    @property
    def parameters(self) -> int:
        """How many numbers the weights are."""
        return sum(math.prod(weights.shape) for weights in self.weights)


def read_graph(data: memoryview) -> Graph:
    """Reads a model.

    Raises:
        WireError: it is no ONNX model; says why.
    """
    opset, producer, metadata, body = 0, "", {}, None
    functions: list[Field] = []
    for part in fields(data):
        if part.number == 2 and part.kind == BYTES:
            producer = part.text_in(data)
        elif part.number == 7 and part.kind == BYTES:
            body = part
        elif part.number == 8 and part.kind == BYTES:
            opset = max(opset, _opset(part, data))
        elif part.number == 14 and part.kind == BYTES:
            key, value = _pair(part, data)
            metadata[key] = value
        elif part.number == 20:
            raise WireError("it holds instructions for training; export it for inference")
        elif part.number == 25 and part.kind == BYTES:
            functions.append(part)
    if body is None or opset == 0:
        raise WireError("it holds no graph" if body is None else "it names no operator set")
    found = _Found()
    _read_body(body, data, found, 0)
    for function in functions:
        _read_function(function, data, found)
    constants = {weights.name for weights in found.weights}
    inputs = tuple(tensor for tensor in found.inputs if tensor.name not in constants)
    outputs, weights = tuple(found.outputs), tuple(found.weights)
    return Graph(inputs, outputs, weights, found.operators, opset, producer, metadata, found.makers)


@dataclass(slots=True)
class _Found:
    inputs: list[Tensor] = field(default_factory=list)
    outputs: list[Tensor] = field(default_factory=list)
    weights: list[Weights] = field(default_factory=list)
    operators: Counter[str] = field(default_factory=Counter)
    makers: dict[str, tuple[str, str]] = field(default_factory=dict)


def _read_body(body: Field, data: memoryview, found: _Found, depth: int) -> None:
    """Takes in a graph, and the graphs within it."""
    if depth > DEEPEST:
        raise WireError(f"its graphs stand within each other more than {DEEPEST} deep")
    inner: list[Field] = []
    for part in fields(data, body.start, body.end):
        if part.kind != BYTES:
            continue
        if part.number == 1:
            inner += _read_node(part, data, found)
            if depth == 0:
                _note_maker(part, data, found)
        elif part.number == 5:
            found.weights.append(_weights(part, data))
        elif part.number == 15:
            found.weights += _sparse(part, data)
        elif part.number == 11 and depth == 0:
            found.inputs.append(_tensor(part, data))
        elif part.number == 12 and depth == 0:
            found.outputs.append(_tensor(part, data))
    for graph in inner:
        _read_body(graph, data, found, depth + 1)


def _read_function(function: Field, data: memoryview, found: _Found) -> None:
    """Takes in an operator that the model itself defines."""
    for part in fields(data, function.start, function.end):
        if part.number == 7 and part.kind == BYTES:
            for graph in _read_node(part, data, found):
                _read_body(graph, data, found, 1)


def _read_node(node: Field, data: memoryview, found: _Found) -> Iterator[Field]:
    """Takes in an operator and its constants; gives the graphs within it."""
    for part in fields(data, node.start, node.end):
        if part.number == 4 and part.kind == BYTES:
            found.operators[part.text_in(data)] += 1
        elif part.number == 5 and part.kind == BYTES:
            for value in fields(data, part.start, part.end):
                if value.kind != BYTES:
                    continue
                if value.number in (5, 10):
                    found.weights.append(_weights(value, data))
                elif value.number in (22, 23):
                    found.weights += _sparse(value, data)
                elif value.number in (6, 11):
                    yield value


def _note_maker(node: Field, data: memoryview, found: _Found) -> None:
    parts = [part for part in fields(data, node.start, node.end) if part.kind == BYTES]
    first, operator = (next((part.text_in(data) for part in parts if part.number == number), "") for number in (1, 4))
    found.makers |= {part.text_in(data): (operator, first) for part in parts if part.number == 2}


def _sparse(tensor: Field, data: memoryview) -> Iterator[Weights]:
    """The values of a constant that is mostly zeros, and where they stand in it."""
    for part in fields(data, tensor.start, tensor.end):
        if part.number in (1, 2) and part.kind == BYTES:
            yield _weights(part, data)


def _weights(tensor: Field, data: memoryview) -> Weights:
    shape: list[int] = []
    kind, name, place, typed, outside = 0, "", None, 0, {}
    for part in fields(data, tensor.start, tensor.end):
        if part.number == 1:
            shape += islice(packed(part, data), MOST_DIMENSIONS + 1)
        elif part.number in TYPED:
            typed += max(part.end - part.start, 1)
        elif part.number == 2 and part.kind == VARINT:
            kind = part.value
        elif part.number == 8 and part.kind == BYTES:
            name = part.text_in(data)
        elif part.number == 9 and part.kind == BYTES:
            place = (part.start, part.end - part.start)
        elif part.number == 13 and part.kind == BYTES:
            key, value = _pair(part, data)
            outside[key] = value
        if len(shape) > MOST_DIMENSIONS:
            raise WireError(f"a constant in it has more than {MOST_DIMENSIONS} dimensions")
    if any(size < 0 for size in shape):
        raise WireError(f"the constant {name} has a negative size, {shape}")
    dtype = TYPES.get(kind, (f"type {kind}", 1))[0]
    return Weights(name, dtype, tuple(shape), place, typed, outside)


def _tensor(value: Field, data: memoryview) -> Tensor:
    name, dtype = "", "unknown"
    shape: Shape = ()
    for part in fields(data, value.start, value.end):
        if part.number == 1 and part.kind == BYTES:
            name = part.text_in(data)
        elif part.number == 2 and part.kind == BYTES:
            for kind in fields(data, part.start, part.end):
                if kind.number == 1 and kind.kind == BYTES:
                    dtype, shape = _tensor_type(kind, data)
    return Tensor(name, dtype, shape)


def _tensor_type(kind: Field, data: memoryview) -> tuple[str, Shape]:
    dtype, shape = "unknown", []
    for part in fields(data, kind.start, kind.end):
        if part.number == 1 and part.kind == VARINT:
            dtype = TYPES.get(part.value, (f"type {part.value}", 1))[0]
        elif part.number == 2 and part.kind == BYTES:
            shape = [
                _dimension(dim, data)
                for dim in fields(data, part.start, part.end)
                if (dim.number, dim.kind) == (1, BYTES)
            ]
    return dtype, tuple(shape)


def _dimension(dim: Field, data: memoryview) -> int | str | None:
    for part in fields(data, dim.start, dim.end):
        if part.number == 1 and part.kind == VARINT:
            # Some programs write -1 for a size that is open.
            size = signed(part.value)
            return size if size >= 0 else None
        if part.number == 2 and part.kind == BYTES:
            return part.text_in(data)
    return None


def _opset(part: Field, data: memoryview) -> int:
    """The version of the standard operators; 0 for other ones."""
    domain, version = "", 0
    for value in fields(data, part.start, part.end):
        if value.number == 1 and value.kind == BYTES:
            domain = value.text_in(data)
        elif value.number == 2 and value.kind == VARINT:
            version = value.value
    return version if domain in ("", "ai.onnx") else 0


def _pair(part: Field, data: memoryview) -> tuple[str, str]:
    values = {value.number: value.text_in(data) for value in fields(data, part.start, part.end) if value.kind == BYTES}
    return values.get(1, ""), values.get(2, "")


def stays_inside(location: str) -> bool:
    """Whether a path that a model names stays in the model's own folder, whatever system it was written on."""
    posix, windows = PurePosixPath(location), PureWindowsPath(location)
    absolute = posix.is_absolute() or windows.is_absolute() or windows.drive or windows.root
    return bool(location) and not absolute and ".." not in (*posix.parts, *windows.parts)
