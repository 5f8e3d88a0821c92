"""Compilation of the renderer's inner loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a numeric function to machine code at its first call, keeping its type for the checker."""
    return cast(F, numba.njit(cache=True, fastmath=True, nogil=True)(function))
