"""The lean client reads what a server may send, however it is cut."""

import asyncio
from collections.abc import Sequence

import pytest

from loadtests.client import Connection, Reply, request_bytes
from tests.loadtests.serving import serving

COUNTED = b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\nX-One: two\r\n\r\nhello"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    b"4\r\nab0\n\r\n7\r\n0\r\n\r\ncd\r\n0\r\n\r\n"
)


async def asked(parts: Sequence[bytes]) -> Reply:
    """Ask a server that answers in these parts, and hangs up."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.001)

    async with serving(answer) as port:
        connection = await Connection.open(port)
        try:
            return await connection.ask(request_bytes("GET", "/"))
        finally:
            connection.close()


async def test_a_counted_answer() -> None:
    reply = await asked([COUNTED])
    assert (reply.status, reply.body, reply.header("x-one")) == (201, b"hello", "two")
    assert reply.size == len(COUNTED)
    assert reply.header("x-two") is None


async def test_a_chunked_answer_that_holds_its_own_end_mark() -> None:
    assert (await asked([CHUNKED])).body == b"ab0\n0\r\n\r\ncd"


@pytest.mark.parametrize("whole", [COUNTED, CHUNKED])
async def test_an_answer_may_be_cut_anywhere(whole: bytes) -> None:
    expected = (await asked([whole])).body
    for at in range(1, len(whole)):
        assert (await asked([whole[:at], whole[at:]])).body == expected


async def test_a_server_that_hangs_up_is_an_error() -> None:
    with pytest.raises(ConnectionError, match="hung up"):
        await asked([COUNTED[:30]])


def test_a_request_says_how_long_its_body_is() -> None:
    made = request_bytes("PUT", "/db/doc", body=b"{}", cookie="a=b", headers={"X": "y"})
    head, _, body = made.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"PUT /db/doc HTTP/1.1"
    assert {b"Cookie: a=b", b"Content-Length: 2", b"X: y"} <= set(lines)
    assert body == b"{}"
