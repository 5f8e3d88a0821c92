"""The retrieval index of a voice: content as the target said it, in place of content as the actor says it."""

import mmap
import struct
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.inference.kinds.foreign import FOREIGN
from profiles.model_files import sha256_of

NEIGHBOURS = 8
MOST_BYTES = 2 << 30
KINDS = (b"IwFl", b"IxF2", b"IxFI")
"""How faiss's files of plain vectors start, with and without lists."""
ELSEWHERE = b"ilod"
"""Marks lists that stand in another file, whose name the index chooses."""
HEADER = struct.Struct("<4siq")
"""Kind, values in a vector, number of vectors."""
LEAST_SCORE = 1e-8

Features = NDArray[np.float32]


class Retrieval:
    """Replaces frames of content by a mean of the most alike ones in the index."""

    def __init__(self, path: Path, channels: int, wanted_sha256: str | None = None) -> None:
        """Reads the index.

        Args:
            path: a faiss file of plain vectors, as RVC writes it.
            channels: values in a frame of the voice's content.
            wanted_sha256: what its bytes must hash to; None where nothing was recorded.

        Raises:
            ModelError: faiss is not installed, or the file is missing, changed, too large or none for this voice.
        """
        faiss = _faiss(path)
        require_index(path, channels, wanted_sha256)
        try:
            self._index: Any = faiss.read_index(str(path))
            self._vectors: Features = self._index.reconstruct_n(0, self._index.ntotal)
        except (RuntimeError, MemoryError) as error:
            raise ModelError(
                f"The index {path} can't be read: {str(error).splitlines()[0][-120:]}; copy it again."
            ) from error

    def alike(self, features: Features) -> Features:
        """Float32 (n, channels) to the same shape: for each frame its 8 neighbours, the near ones counting most."""
        scores, places = self._index.search(np.ascontiguousarray(features), NEIGHBOURS)
        # Where there are fewer neighbours the places are -1; an index may number its frames as it likes.
        known = (places >= 0) & (places < len(self._vectors))
        near = np.where(known[..., np.newaxis], self._vectors[np.where(known, places, 0)], np.float32(0))
        weights = np.where(known, np.square(1.0 / np.maximum(scores, LEAST_SCORE)), 0.0)
        total = weights.sum(axis=1, keepdims=True)
        mean = np.einsum("nk,nkc->nc", weights / np.maximum(total, np.finfo(np.float64).tiny), near)
        return np.where(total > 0, mean, features).astype(np.float32)


def without_faiss(path: Path) -> ModelError:
    """What an index is refused with where the library that searches it, an extra, is not installed."""
    return ModelError(
        f"The index {path} needs faiss, which is not installed; run `pip install understudy[index]`, or take "
        "`index` out of [rvc]."
    )


def _faiss(path: Path) -> Any:
    """The library, told to keep to the thread that calls it."""
    try:
        import faiss
    except ImportError as error:
        raise without_faiss(path) from error
    faiss.omp_set_num_threads(1)
    return faiss


def _holds(file: BinaryIO, mark: bytes) -> bool:
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        return view.find(mark) >= 0


def require_index(path: Path, channels: int, wanted_sha256: str | None = None) -> None:
    """Looks at the file before faiss does: no pickle, no claims beyond its size, nothing in other files.

    Raises:
        ModelError: it is not fit.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(HEADER.size)
            elsewhere = size > 0 and _holds(file, ELSEWHERE)
    except OSError as error:
        raise ModelError(f"The index {path} can't be read: {error.strerror}; put the file there.") from error
    foreign = next((what for magic, what in FOREIGN.items() if start.startswith(magic)), "something else")
    if len(start) < HEADER.size or start[:4] not in KINDS:
        raise ModelError(
            f"The file {path} is no faiss index of plain vectors, it looks like {foreign}; take the "
            "added_*.index that RVC wrote."
        )
    if size > MOST_BYTES:
        raise ModelError(f"The index {path} has {size / 1e9:.1f} GB, wanted at most {MOST_BYTES / 1e9:.1f} GB.")
    _, values, count = HEADER.unpack(start)
    if values != channels:
        raise ModelError(
            f"The index {path} holds {values} values a frame, wanted {channels} as the voice; take its own index."
        )
    if count < 1 or count * values * 4 > size or elsewhere:
        raise ModelError(
            f"The index {path} claims {count} frames that are not all in its {size} bytes; copy it again, whole."
        )
    if wanted_sha256 is not None and (got := sha256_of(path)) != wanted_sha256:
        raise ModelError(f"The index {path} has changed: SHA-256 wanted {wanted_sha256}, got {got}; put the old back.")
