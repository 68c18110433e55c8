"""Redo records: what is packed comes back; what is not whole is seen not to be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.stores.sqlite.redo import (
    HEADER_BYTES,
    Redo,
    header,
    number_in,
    pack,
    payloads,
    seal,
    unpack,
)
from sync.stores.sqlite.statements import Statement

numbers = st.integers(1, 2**64 - 1)
values = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.text(), st.binary()
)
statements = st.builds(Statement, st.text(), st.lists(values), st.booleans())
redos = st.builds(
    Redo,
    st.text(),
    st.text(),
    st.integers(0, 99),
    st.integers(0, 2**63 - 1),
    st.one_of(st.none(), st.lists(statements)),
)
contents = st.lists(st.binary(min_size=1, max_size=60), max_size=4)


def file_of(number: int, content: list[bytes]) -> bytes:
    return header(number) + b"".join(seal(number, payload) for payload in content)


def found_in(number: int, data: bytes) -> list[bytes]:
    return [bytes(payload) for payload in payloads(number, memoryview(data))]


def ends_of(content: list[bytes]) -> list[int]:
    """Where each record ends in the file."""
    ends: list[int] = []
    for payload in content:
        ends.append((ends or [HEADER_BYTES])[-1] + len(seal(1, payload)))
    return ends


@given(redos)
def test_what_is_packed_comes_back(redo: Redo) -> None:
    found = unpack(memoryview(pack(redo)))
    assert found[:4] == redo[:4]
    if redo.statements is None:
        assert found.statements is None
    else:
        assert found.statements == list(redo.statements)


def test_values_may_be_any_sequence() -> None:
    class Counts(tuple[int, ...]):
        __slots__ = ()

    redo = Redo("a", "e", 1, 0, [Statement("X", Counts((1, 2)))])
    assert unpack(pack(redo)).statements == [Statement("X", [1, 2])]


@given(numbers, contents, st.integers(0, 3000))
def test_records_are_found_up_to_the_room_that_is_kept(
    number: int, content: list[bytes], room: int
) -> None:
    data = file_of(number, content) + bytes(room)
    assert number_in(data) == number
    assert found_in(number, data) == content


@given(numbers, contents, st.data())
def test_every_cut_leaves_the_records_before_it(
    number: int, content: list[bytes], data: st.DataObject
) -> None:
    whole = file_of(number, content)
    cut = data.draw(st.integers(HEADER_BYTES, len(whole)))
    expected = [one for one, end in zip(content, ends_of(content), strict=True) if end <= cut]
    assert found_in(number, whole[:cut]) == expected
    assert found_in(number, whole[:cut] + bytes(len(whole) - cut)) == expected


@given(numbers, contents.filter(bool), st.data())
def test_every_flipped_bit_ends_it_before_that_record(
    number: int, content: list[bytes], data: st.DataObject
) -> None:
    whole = bytearray(file_of(number, content))
    place = data.draw(st.integers(HEADER_BYTES, len(whole) - 1))
    whole[place] ^= 1 << data.draw(st.integers(0, 7))
    expected = [one for one, end in zip(content, ends_of(content), strict=True) if end <= place]
    assert found_in(number, bytes(whole)) == expected


@given(numbers, numbers, contents.filter(bool))
def test_records_of_another_file_are_none_of_this_one(
    number: int, other: int, content: list[bytes]
) -> None:
    whole = header(number) + file_of(other, content)[HEADER_BYTES:]
    assert found_in(number, whole) == (content if number == other else [])


def test_what_is_in_place_of_a_header() -> None:
    assert number_in(b"") == 0
    assert number_in(header(7)[:-1]) == 0
    assert number_in(bytes(4096)) == 0
    assert number_in(header(7)) == 7
    assert number_in(b"TdmkJrn2" + bytes(8)) is None
    assert number_in(b"something else, and longer than that") is None
