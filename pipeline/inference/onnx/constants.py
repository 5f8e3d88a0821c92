"""The numbers of one constant, read from a model's file without running it."""

import mmap
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.inference.onnx.graph import Weights
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.wire import BYTES, WireError, fields, packed

DTYPES = {"float32": "<f4", "float16": "<f2", "float64": "<f8"}
FLOAT_DATA, INT32_DATA, DOUBLE_DATA = 4, 5, 10
"""The fields for numbers that are not raw; half ones stand in the second, bit by bit."""


def values_of(file: ModelFile, weights: Weights) -> NDArray[np.float32]:
    """The numbers of a constant of the outermost graph, in its shape.

    Raises:
        ModelError: they can't be read any more, or are of a type that is not supported.
    """
    dtype = DTYPES.get(weights.dtype)
    if dtype is None:
        raise ModelError(
            f"The constant {weights.name} of the model {file.path} is {weights.dtype}, wanted "
            f"{' or '.join(DTYPES)}; export the model again."
        )
    try:
        values = np.frombuffer(_raw(file, weights), dtype) if _is_raw(weights) else _typed(file, weights)
        return np.asarray(values.reshape(weights.shape), np.float32)
    except (OSError, ValueError, WireError) as error:
        raise ModelError(
            f"The constant {weights.name} of the model {file.path} can't be read: {error}; copy the file again."
        ) from error


def _is_raw(weights: Weights) -> bool:
    return weights.data is not None or bool(weights.outside)


def _raw(file: ModelFile, weights: Weights) -> bytes:
    """The bytes of a constant, which stand in the model's file or in one beside it."""
    path, (start, length) = file.path, weights.data or (0, 0)
    if weights.outside:
        # What reading the model has let through lies in its folder.
        path = path.parent / weights.outside["location"]
        start, length = int(weights.outside.get("offset", "0")), weights.claimed_bytes
    with path.open("rb") as source:
        source.seek(start)
        return source.read(length)


def _typed(file: ModelFile, weights: Weights) -> NDArray[np.generic]:
    """The numbers of a constant that are not raw."""
    with (
        file.path.open("rb") as source,
        mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as whole,
        memoryview(whole) as data,
    ):
        parts = list(_typed_parts(data, weights.name))
    return np.concatenate(parts) if parts else np.empty(0, np.float32)


def _typed_parts(data: memoryview, name: str) -> Iterator[NDArray[np.generic]]:
    """The numbers in the fields of the constant of a name."""
    graphs = (part for part in fields(data) if (part.number, part.kind) == (7, BYTES))
    tensors = (part for graph in graphs for part in fields(data, graph.start, graph.end) if part.number == 5)
    for tensor in tensors:
        parts = list(fields(data, tensor.start, tensor.end))
        if not any(part.number == 8 and part.text_in(data) == name for part in parts):
            continue
        for part in parts:
            if part.number == INT32_DATA:
                yield np.fromiter(packed(part, data), np.uint16).view(np.float16)
            elif part.number in (FLOAT_DATA, DOUBLE_DATA):
                yield np.frombuffer(part.bytes_in(data), "<f4" if part.number == FLOAT_DATA else "<f8")
