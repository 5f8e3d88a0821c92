"""Protobuf's wire format, read field by field without copying what is large.

Source: Protocol Buffers' encoding specification.
"""

from collections.abc import Iterator
from dataclasses import dataclass

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
MOST_VARINT_BYTES = 10


class WireError(Exception):
    """The bytes are no protobuf message, or end too early."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message.

    Attributes:
        number: the field's number.
        kind: its wire type.
        value: a number; 0 for bytes.
        start, end: the payload's place in the buffer.
    """

    number: int
    kind: int
    value: int
    start: int
    end: int

    def bytes_in(self, data: memoryview) -> bytes:
        """The payload, copied."""
        return bytes(data[self.start : self.end])

    def text_in(self, data: memoryview) -> str:
        """The payload as text; what is no UTF-8 is shown as such."""
        return self.bytes_in(data).decode("utf-8", "backslashreplace")


def fields(data: memoryview, start: int = 0, end: int | None = None) -> Iterator[Field]:
    """The fields of the message between two places.

    Raises:
        WireError: it is no message, or ends too early.
    """
    at, end = start, len(data) if end is None else end
    while at < end:
        begin = at
        tag, at = varint(data, at, end)
        number, kind, value = tag >> 3, tag & 7, 0
        if number == 0:
            raise WireError(f"a field without a number at byte {begin}")
        first = at
        if kind == VARINT:
            value, at = varint(data, at, end)
        elif kind == BYTES:
            size, first = varint(data, at, end)
            at = first + size
        elif kind in (FIXED32, FIXED64):
            at += 8 if kind == FIXED64 else 4
        else:
            raise WireError(f"a field of unknown kind {kind} at byte {begin}")
        if at > end:
            raise WireError(f"it ends at byte {end}, in the middle of a field that ends at byte {at}")
        yield Field(number, kind, value, first, at)


def varint(data: memoryview, at: int, end: int) -> tuple[int, int]:
    """A number of variable length, and the place behind it.

    Raises:
        WireError: it ends too early or is too long.
    """
    value = 0
    for shift in range(0, 7 * MOST_VARINT_BYTES, 7):
        if at >= end:
            raise WireError(f"it ends at byte {end}, in the middle of a number")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (1 << 64) - 1, at
    raise WireError(f"a number of more than {MOST_VARINT_BYTES} bytes at byte {at}")


def signed(value: int) -> int:
    """A 64-bit number as protobuf's int64 means it."""
    return value - (1 << 64) if value >> 63 else value


def written(value: int) -> bytes:
    """A number of 0 or more as it stands in a message."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def packed(field: Field, data: memoryview) -> Iterator[int]:
    """The numbers of a repeated field, packed or single.

    Raises:
        WireError: they end too early.
    """
    if field.kind == VARINT:
        yield signed(field.value)
        return
    at = field.start
    while at < field.end:
        value, at = varint(data, at, field.end)
        yield signed(value)
