"""What a film that was cut short still holds."""

import os
import struct
from typing import BinaryIO


def end_of_fragments(file: BinaryIO) -> int:
    """Where the last whole fragment of an mp4 ends; 0 in a file without fragments.

    Source: ISO/IEC 14496-12, 4.2 (boxes) and 8.8 (a fragment is a `moof` with the `mdat` that follows it).
    """
    size = file.seek(0, os.SEEK_END)
    start = end = 0
    before = b""
    while start + 16 <= size:
        file.seek(start)
        length, kind, long_length = struct.unpack(">I4sQ", file.read(16))
        length = long_length if length == 1 else length
        start += length
        if length < 8 or start > size:
            break
        if (before, kind) == (b"moof", b"mdat"):
            end = start
        before = kind
    return end
