"""The just-in-time compiler, and the spreading of its kernels over the cores."""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numba
from platformdirs import user_cache_path

P = ParamSpec("P")
R = TypeVar("R")

# Infinities and NaN keep their meaning: the slab test divides by zero on purpose.
_FAST = {"reassoc", "contract", "arcp", "nsz"}


def _cache_folder() -> Path:
    """Name a machine-code cache that changes with any kernel source.

    Numba looks only at the file of the function itself, so a changed callee in another file would go unnoticed.
    """
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return user_cache_path("understudy") / "room-kernels" / digest.hexdigest()[:16]


vars(numba.config)["CACHE_DIR"] = str(_cache_folder())


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Machine code of a kernel, callable from Python and from other kernels; it runs without the interpreter lock."""
    return cast(Callable[P, R], numba.njit(cache=True, nogil=True, fastmath=_FAST, error_model="numpy")(function))


def in_bands(work: Callable[[int, int], None], rows: int) -> None:
    """Do row ranges of a picture on all cores: `work(first, end)` for bands that cover 0..rows."""
    band = max(1, rows // 64)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for task in [pool.submit(work, first, min(first + band, rows)) for first in range(0, rows, band)]:
            task.result()
