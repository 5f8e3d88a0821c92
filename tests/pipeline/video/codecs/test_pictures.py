"""Picture files, good and bad."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import MediaError
from pipeline.video.codecs.pictures import MAX_SIDE_PX, read_picture


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG file whose header tells a size, with the pixels of a few rows only."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1 + 3 * width))), (b"IEND", b""))
    packed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_picture_is_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"picture{suffix}"
    cv2.imwrite(str(path), np.full((20, 30, 3), (10, 100, 200), np.uint8))
    pixels = read_picture(path, "portrait")
    assert pixels.shape == (20, 30, 3)
    assert np.abs(pixels.reshape(-1, 3).mean(axis=0) - (10, 100, 200)).max() < 3


@pytest.mark.parametrize("side", [40_000, 60_000])
def test_a_picture_that_would_fill_the_memory_is_refused_by_its_header(tmp_path: Path, side: int) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_that_claims(side, side))
    with pytest.raises(MediaError, match="bomb.png.* too large"):
        read_picture(path, "portrait")


def test_a_long_picture_is_refused_with_its_size(tmp_path: Path) -> None:
    path = tmp_path / "strip.png"
    cv2.imwrite(str(path), np.zeros((1, MAX_SIDE_PX + 1, 3), np.uint8))
    with pytest.raises(MediaError, match=f"{MAX_SIDE_PX + 1}x1"):
        read_picture(path, "background")


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_what_is_no_picture_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "text.png"
    path.write_bytes(content)
    with pytest.raises(MediaError, match="no picture"):
        read_picture(path, "background")
