"""A model that a user brings: read whole, hashed, and refused where it is not safe or not whole."""

import hashlib
import math
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import platformdirs

from pipeline.errors import ModelError
from pipeline.inference.kinds.foreign import AGAIN, START_BYTES, reason
from pipeline.inference.onnx.graph import UNCOUNTED, Graph, Weights, read_graph, stays_inside
from pipeline.inference.onnx.halves import in_full
from pipeline.inference.onnx.place import Preference
from pipeline.inference.onnx.wire import WireError

MOST_FILE_BYTES = 2 << 30
"""Protobuf messages are no larger."""
MOST_WEIGHT_BYTES = 6 << 30
READ_BYTES = 1 << 22
BESIDE = "copy it beside the model"
"""What helps where a file is missing that holds a model's weights."""
COMPILED = "EPContext"
"""An operator that has a device run what was compiled for it, from the file itself or from one that it names."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelFile:
    """An ONNX file that is whole.

    Attributes:
        sha256: of the file's own bytes, in lower-case hexadecimal.
        size: in bytes, with what stands in other files.
        preference: where this one is to run, where that differs from the rest.
    """

    path: Path
    size: int
    sha256: str
    graph: Graph
    preference: Preference | None = None

    @property
    def name(self) -> str:
        """The file's name, for sentences."""
        return self.path.name


def read_model(path: Path, wanted_sha256: str | None = None) -> ModelFile:
    """Reads and checks a model's file; nothing in it is run.

    Args:
        path: the file.
        wanted_sha256: what its bytes must hash to; None where nothing was recorded.

    Raises:
        ModelError: it is missing, too large, no ONNX, cut off, changed, or its weights lie outside its folder.
    """
    data, digest = _read(path)
    if wanted_sha256 is not None and digest != wanted_sha256:
        raise ModelError(
            f"The model {path} has changed: SHA-256 wanted {wanted_sha256}, got {digest}; "
            "put the old file back, or record the new one with `understudy profiles record`."
        )
    view = data.data
    try:
        graph = read_graph(view)
    except WireError as error:
        why = reason(path, bytes(view[:START_BYTES]))
        if ";" in str(error):
            raise ModelError(f"The file {path} can't be run: {error}.") from error
        # Where a file ends is of use only if it is a model at all.
        detail = f" ({error})" if why == AGAIN else ""
        raise ModelError(f"The file {path} is no whole ONNX model: {why}{detail}.") from error
    if graph.operators[COMPILED]:
        raise ModelError(
            f"The model {path} holds {COMPILED}, code for one device that can't be looked into; "
            "take the model that it was compiled from."
        )
    outside = sum(_check_weights(path, weights) for weights in graph.weights)
    total = max(sum(weights.claimed_bytes for weights in graph.weights), outside)
    if total > MOST_WEIGHT_BYTES:
        raise ModelError(
            f"The model {path} claims {total / 1e9:.1f} GB of weights, wanted at most {MOST_WEIGHT_BYTES / 1e9:.1f}; "
            "export a smaller one."
        )
    return ModelFile(path, len(data) + outside, digest, graph)


@contextmanager
def full_precision(file: ModelFile) -> Iterator[ModelFile]:
    """The model in full precision, in a file of the user's cache that is gone afterwards.

    Raises:
        ModelError: it can't be written anew; says why.
    """
    data, _ = _read(file.path)
    folder = platformdirs.user_cache_path("understudy") / "full-precision"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="model-", dir=folder) as place:
            full = Path(place) / file.name
            with full.open("wb") as target:
                target.writelines(in_full(data.data))
            yield read_model(full)
    except (WireError, OSError) as error:
        raise ModelError(f"The model {file.name} can't be put into full precision: {error}.") from error


def _read(path: Path) -> tuple["np.ndarray[tuple[int], np.dtype[np.uint8]]", str]:
    """A file's bytes and their SHA-256. The interpreter is free meanwhile, the memory's first touch included."""
    try:
        about = path.stat()
        size = about.st_size
        if not stat.S_ISREG(about.st_mode):
            raise ModelError(f"The model {path} is no file; give the ONNX file itself.")
        if size > MOST_FILE_BYTES:
            wanted = f"wanted at most {MOST_FILE_BYTES / 1e9:.1f} GB"
            raise ModelError(
                f"The model {path} has {size / 1e9:.1f} GB, {wanted}; keep its weights in files beside it."
            )
        data, digest = np.empty(size, np.uint8), hashlib.sha256()
        view, at = data.data, 0
        with path.open("rb", buffering=0) as file:
            while at < size and (count := file.readinto(view[at : at + READ_BYTES])):
                digest.update(view[at : at + count])
                at += count
    except FileNotFoundError:
        raise ModelError(f"The model {path} is missing; put the file there, or take its name out.") from None
    except OSError as error:
        raise ModelError(f"The model {path} can't be read: {error.strerror}; check the file and its rights.") from error
    return data[:at], digest.hexdigest()


def _check_weights(path: Path, weights: Weights) -> int:
    """Compares what a constant claims with what there is; tells how much lies in another file.

    Raises:
        ModelError: it claims more than there is, or lies outside the model's folder.
    """
    if not weights.outside:
        _check_claim(path, weights)
        return 0
    location = weights.outside.get("location", "")
    file, folder = path.parent / location, path.parent.resolve()
    if not stays_inside(location) or not file.resolve().is_relative_to(folder):
        raise ModelError(
            f"The model {path} refers to the file {location!r} outside of its folder; "
            "put all of its files into one folder."
        )
    try:
        offset = int(weights.outside.get("offset", "0"))
        length = int(weights.outside.get("length", weights.claimed_bytes))
        there = file.stat().st_size
    except ValueError:
        raise ModelError(
            f"The model {path} is damaged: the place of {weights.name} is no number; export it again."
        ) from None
    except OSError:
        raise ModelError(f"The model {path} needs the file {file}, which is missing; {BESIDE}.") from None
    if offset < 0 or length < weights.claimed_bytes or offset + length > there:
        raise ModelError(
            f"The file {file} of the model {path} is too short: {there} bytes, wanted {offset + length} "
            f"for the constant {weights.name}; copy it again."
        )
    return length


def _check_claim(path: Path, weights: Weights) -> None:
    """Compares what a constant claims with what stands in the file itself.

    Raises:
        ModelError: it is less, or more.
    """
    if weights.dtype in UNCOUNTED:
        return
    if weights.data is not None:
        got, wanted, whole = weights.data[1], weights.claimed_bytes, weights.data[1] == weights.claimed_bytes
    else:
        # Of numbers of variable length only the least is known: half numbers come by two in four bits each.
        got, wanted = weights.typed_bytes, math.prod(weights.shape) // 2
        whole = got >= wanted
    if not whole:
        raise ModelError(
            f"The model {path} is damaged: the constant {weights.name} holds {got} bytes, "
            f"wanted {wanted} for {list(weights.shape)}; copy or export it again."
        )
