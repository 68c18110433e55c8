"""Parts of a multipart body: however it is cut up, and whatever is wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.couch.faults import Fault
from server.couch.parts import MAX_HEAD, MAX_PARTS, Part, Splitter

MARK = b"a-mark"


def body(*parts: tuple[bytes, bytes], before: bytes = b"", after: bytes = b"") -> bytes:
    out = before
    for head, data in parts:
        out += b"--" + MARK + b"\r\n" + head + b"\r\n\r\n" + data + b"\r\n"
    return out + b"--" + MARK + b"--" + after


def split(*chunks: bytes, first: int = 1000, others: int = 1000) -> list[Part]:
    splitter = Splitter(MARK, first=first, others=others)
    parts = [part for chunk in chunks for part in splitter.feed(chunk)]
    assert splitter.ended
    return parts


JSON = b"Content-Type: application/json"
NAMED = (
    b'Content-Disposition: attachment; filename="a \\"b\\".txt"\r\nContent-Type: Text/Plain; x=y'
)
DATA = st.binary(max_size=30).filter(lambda data: b"--" + MARK not in data) | st.sampled_from(
    [b"", b"\r\n", b"\r\n--", b"--a-mar", b"\r\n--a-mar", b"-", b"\r", b"\n\r\n"]
)


def test_parts_say_what_they_are() -> None:
    found = split(body((JSON, b"{}"), (NAMED, b"bytes"), (b"X-Other: 1", b"")))
    assert found == [
        Part("application/json", None, b"{}"),
        Part("text/plain", 'a "b".txt', b"bytes"),
        Part("", None, b""),
    ]


def test_what_stands_before_and_after_counts_for_nothing() -> None:
    assert len(split(body((JSON, b"{}"), before=b"hello\r\n", after=b"\r\ngoodbye"))) == 1
    assert split(b"--" + MARK + b"--") == []
    assert split(b"--" + MARK + b"\r\n\r\nplain\r\n--" + MARK + b"--") == [Part("", None, b"plain")]


@given(st.lists(DATA, max_size=5), st.lists(st.integers(1, 40), min_size=1), st.booleans())
def test_it_does_not_matter_how_a_body_was_cut(
    data: list[bytes], sizes: list[int], preamble: bool
) -> None:
    whole = body(*((NAMED, one) for one in data), before=b"x\r\n" * preamble, after=b"tail")
    chunks: list[bytes] = []
    at = 0
    while at < len(whole):
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(whole[at : at + size])
        at += size
    assert [part.data for part in split(*chunks)] == data


@given(st.binary(max_size=200), st.integers(1, 20))
def test_whatever_comes_is_parts_or_a_fault(raw: bytes, size: int) -> None:
    splitter = Splitter(b"-", first=50, others=50)
    status = 0
    try:
        for at in range(0, len(raw), size):
            for part in splitter.feed(raw[at : at + size]):
                assert len(part.data) <= 50
    except Fault as fault:
        status = fault.status
    assert status in {0, 400, 413}


def test_bounds() -> None:
    assert split(body((JSON, b"x" * 10), (JSON, b"y" * 20)), first=10, others=20)
    many = [(JSON, b"x"), *[(JSON, b"y" * 7)] * 3]
    for parts in (((JSON, b"x" * 11),), ((JSON, b"x"), (JSON, b"y" * 21)), many):
        with pytest.raises(Fault) as caught:
            split(body(*parts), first=10, others=20)
        assert caught.value.status == 413


@pytest.mark.parametrize(
    "raw",
    [
        b"x" * (MAX_HEAD + 100),
        b"--" + MARK + b"\r\n" + b"x" * (MAX_HEAD + 100),
        b"--" + MARK + b"\r\n" + b"X: " + b"x" * MAX_HEAD + b"\r\n\r\n",
        body((b"no colon", b"")),
        body(*[(b"X: y", b"")] * (MAX_PARTS + 1)),
    ],
)
def test_what_is_no_multipart_body_is_a_bad_request(raw: bytes) -> None:
    with pytest.raises(Fault) as caught:
        split(raw)
    assert caught.value.status == 400
