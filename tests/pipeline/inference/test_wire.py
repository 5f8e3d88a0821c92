"""The wire format: numbers come back, and nothing that is no message gets through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import AttributeProto

from pipeline.inference.onnx.wire import WireError, fields, packed, signed, varint, written


@given(st.integers(0, (1 << 64) - 1), st.binary(max_size=4))
def test_a_number_comes_back(value: int, behind: bytes) -> None:
    data = written(value) + behind
    assert varint(memoryview(data), 0, len(data)) == (value, len(data) - len(behind))


@given(st.lists(st.integers(-(1 << 63), (1 << 63) - 1), max_size=20), st.booleans())
def test_repeated_numbers_are_read_as_protobuf_writes_them(values: list[int], single: bool) -> None:
    data = memoryview(AttributeProto(ints=values).SerializeToString())
    if single:
        data = memoryview(b"".join(b"\x40" + written(value & (1 << 64) - 1) for value in values))
    assert [value for field in fields(data) if field.number == 8 for value in packed(field, data)] == values


@given(st.integers(-(1 << 63), (1 << 63) - 1))
def test_a_negative_number_keeps_its_sign(value: int) -> None:
    assert signed(value & (1 << 64) - 1) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_fields_or_an_error(data: bytes) -> None:
    view, at = memoryview(data), 0
    try:
        for field in fields(view):
            assert at < field.end <= len(data)
            at = field.end
        assert at == len(data)
    except WireError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x80" * 11, "more than 10 bytes"),
        (b"\x12\x05abc", "ends at byte 5, in the middle"),
        (b"\x80", "in the middle of a number"),
        (b"\x00\x01", "without a number"),
        (b"\x0b", "unknown kind 3"),
        (b"\x09\x00", "ends at byte 2"),
    ],
)
def test_what_is_wrong_is_told(data: bytes, why: str) -> None:
    with pytest.raises(WireError, match=why):
        list(fields(memoryview(data)))
