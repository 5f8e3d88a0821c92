"""A terminal that speaks the graphics protocol of kitty: it holds pictures, and shows cells of them."""

import base64
import re
from collections.abc import Iterable
from importlib import import_module

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from textual.strip import Strip

from console.pictures.placeholders import MARKS, PLACEHOLDER

COMMAND = re.compile(r"\x1b_G([^;\x1b]*)(?:;([^\x1b]*))?\x1b\\")
PART = re.compile(rf"\x1b\[([0-9;]*)m|({PLACEHOLDER})([{''.join(MARKS)}]*)|(.)")


class KittyTerminal:
    """Takes commands, and tells what is seen."""

    def __init__(self) -> None:
        self.held: dict[int, NDArray[np.uint8]] = {}
        self.cells: dict[int, tuple[int, int]] = {}
        self.texts: list[str] = []
        self._keys: dict[str, str] = {}
        self._payload = ""

    def write(self, text: str) -> None:
        """Carries out commands of pictures; between two of them there is nothing."""
        if not text.startswith("\x1b_G"):
            return
        self.texts.append(text)
        assert COMMAND.sub("", text) == ""
        for keys, payload in COMMAND.findall(text):
            told = dict(key.split("=") for key in keys.split(","))
            assert told["q"] == "2", "an answer would be taken for keys"
            if told.get("a") == "d":
                self.held.pop(int(told["i"]), None)
                continue
            assert len(payload) <= 4096
            self._keys, self._payload = {**self._keys, **told}, self._payload + payload
            if self._keys.get("m", "0") == "0":
                self._take(self._keys, base64.b64decode(self._payload))
                self._keys, self._payload = {}, ""

    def seen(self, rows: Iterable[Strip]) -> NDArray[np.uint8]:
        """What stands in the cells; every cell has to stand for a part of a picture."""
        lines = []
        for strip in rows:
            cells = [self._part(*cell) for cell in cells_of(strip.render(Console()))]
            lines.append(np.concatenate(cells, axis=1))
        return np.concatenate(lines)

    def _take(self, keys: dict[str, str], data: bytes) -> None:
        width, height = int(keys["s"]), int(keys["v"])
        assert keys["a"] == "T" and keys["U"] == "1" and keys["f"] == "24"
        if keys.get("t") == "s":
            data = read_and_removed(data.decode(), int(keys["S"]))
        number = int(keys["i"])
        self.held[number] = np.frombuffer(data, np.uint8).reshape(height, width, 3)
        self.cells[number] = int(keys["c"]), int(keys["r"])

    def _part(self, number: int, row: int, column: int) -> NDArray[np.uint8]:
        pixels, (columns, rows) = self.held[number], self.cells[number]
        height, width = pixels.shape[0] // rows, pixels.shape[1] // columns
        return pixels[row * height : (row + 1) * height, column * width : (column + 1) * width]


def cells_of(ansi: str) -> list[tuple[int, int, int]]:
    """Picture, row and column of every cell."""
    ink, cells = 0, list[tuple[int, int, int]]()
    before: tuple[int, int, int] | None = None
    for colour, placeholder, marks, other in PART.findall(ansi):
        if placeholder:
            if marks:
                before = (ink, MARKS.index(marks[0]), MARKS.index(marks[1]))
            else:
                assert before is not None and before[0] == ink
                before = (ink, before[1], before[2] + 1)
            cells.append(before)
        elif other:
            raise AssertionError(f"{other!r} stands in the picture")
        else:
            numbers = [int(number or 0) for number in colour.split(";")]
            ink = numbers[2] << 16 | numbers[3] << 8 | numbers[4] if numbers[:2] == [38, 2] else 0
            before = None
    return cells


def read_and_removed(name: str, size: int) -> bytes:
    """A piece of shared memory, which whoever reads it removes."""
    import mmap
    import os

    posix = import_module("_posixshmem")
    descriptor = posix.shm_open(name, os.O_RDWR, mode=0o600)
    try:
        with mmap.mmap(descriptor, size) as memory:
            return memory[:]
    finally:
        os.close(descriptor)
        posix.shm_unlink(name)
