"""A model of half precision written anew in full precision: for devices on which the half one runs out of range.

Works on the file's bytes, without building the model. Source: the ONNX specification, onnx.proto; numbers are the
fields' numbers there.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np

from pipeline.inference.onnx.wire import BYTES, VARINT, Field, WireError, fields, packed, written

HALF, FULL = 10, 1
Pieces = list[bytes | memoryview]
WITHIN: Mapping[str, Mapping[int, str]] = MappingProxyType(
    {
        "model": {7: "graph", 25: "function"},
        "graph": {1: "node", 5: "tensor", 11: "value", 12: "value", 13: "value", 15: "sparse"},
        "function": {7: "node", 11: "attribute", 12: "value"},
        "node": {5: "attribute"},
        "attribute": {
            5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 14: "type", 15: "type", 22: "sparse", 23: "sparse",
        },
        "sparse": {1: "tensor"},
        "value": {2: "type"},
        "type": {1: "tensor type", 4: "holder", 8: "tensor type", 9: "holder"},
        "holder": {1: "type"},
    }
)  # fmt: skip
"""What messages stand in which field of a message."""
TYPES_IN_NODES = frozenset({"to", "dtype", "output_dtype"})
"""Settings of operators that are a type."""


def in_full(data: memoryview) -> Pieces:
    """The model in full precision, in pieces that follow each other.

    Inputs and outputs of half precision become such of full precision.

    Args:
        data: a whole ONNX model.

    Raises:
        WireError: its weights of half precision stand in other files, or it is no model.
    """
    return list(_message("model", Field(0, BYTES, 0, 0, len(data)), data))


def _message(kind: str, message: Field, data: memoryview) -> Iterator[bytes | memoryview]:
    """A message's fields, those with a type or a number of half precision in them anew."""
    within = WITHIN.get(kind, {})
    is_type = kind == "attribute" and _name(message, data) in TYPES_IN_NODES
    start = message.start
    for part in fields(data, message.start, message.end):
        whole, start = data[start : part.end], part.end
        if part.kind == BYTES and part.number in within:
            inner = within[part.number]
            yield from _framed(part, _tensor(part, data) if inner == "tensor" else list(_message(inner, part, data)))
        elif part.kind == VARINT and part.value == HALF and (kind, part.number) == ("tensor type", 1):
            yield _number(1, FULL)
        elif part.kind == VARINT and part.value == HALF and is_type and part.number == 3:
            yield _number(3, FULL)
        else:
            yield whole


def _tensor(tensor: Field, data: memoryview) -> Pieces:
    """A constant in full precision."""
    parts = list(fields(data, tensor.start, tensor.end))
    if not any((part.number, part.kind, part.value) == (2, VARINT, HALF) for part in parts):
        return [data[tensor.start : tensor.end]]
    if any(part.number == 13 or (part.number, part.value) == (14, 1) for part in parts):
        raise WireError("its weights of half precision stand in another file")
    kept: Pieces = []
    values: list[np.ndarray[tuple[int], np.dtype[np.float16]]] = []
    start = tensor.start
    for part in parts:
        whole, start = data[start : part.end], part.end
        if part.number == 9:
            values.append(np.frombuffer(data[part.start : part.end], "<f2"))
        elif part.number == 5:
            # Half numbers that are not raw stand in 32-bit ones, bit by bit.
            values.append(np.fromiter(packed(part, data), np.uint16).view(np.float16))
        elif part.number != 2:
            kept.append(whole)
    numbers = np.concatenate(values) if values else np.empty(0, np.float16)
    raw = numbers.astype("<f4").view(np.uint8).data
    return [*kept, _number(2, FULL), *_framed(Field(9, BYTES, 0, 0, 0), [raw])]


def _framed(part: Field, pieces: Pieces) -> Pieces:
    """Pieces as the payload of a field."""
    return [written(part.number << 3 | BYTES) + written(sum(map(len, pieces))), *pieces]


def _number(number: int, value: int) -> bytes:
    """A field that is a number."""
    return written(number << 3 | VARINT) + written(value)


def _name(message: Field, data: memoryview) -> str:
    """What a message calls itself in its first field."""
    return next((part.text_in(data) for part in fields(data, message.start, message.end) if part.number == 1), "")
