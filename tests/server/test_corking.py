"""An answer's head leaves with its body; one that waits for its body leaves alone."""

import asyncio

from server.corking import CorkedTransport

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


class Spy(asyncio.Transport):
    """Remembers what is asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.did: list[object] = []

    def write(self, data: object) -> None:
        self.did.append(data)

    def close(self) -> None:
        self.did.append("close")

    def abort(self) -> None:
        self.did.append("abort")

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.did.append("protocol")

    def is_closing(self) -> bool:
        return "close" in self.did


def corked() -> tuple[CorkedTransport, Spy]:
    spy = Spy()
    return CorkedTransport(spy, asyncio.get_running_loop()), spy


async def test_head_and_body_are_one_write() -> None:
    transport, spy = corked()
    transport.write(HEAD)
    transport.write(b"body")
    transport.write(b"more")
    await asyncio.sleep(0)
    assert spy.did == [HEAD + b"body", b"more"]


async def test_a_head_whose_body_is_not_there_yet_leaves_by_itself() -> None:
    transport, spy = corked()
    transport.write(HEAD)
    assert spy.did == []
    await asyncio.sleep(0)
    assert spy.did == [HEAD]
    transport.write(b"body")
    assert spy.did == [HEAD, b"body"]


async def test_two_answers_in_a_row_keep_their_order() -> None:
    transport, spy = corked()
    transport.write(HEAD)
    transport.write(HEAD)
    transport.write(b"body")
    sent = [one for one in spy.did if isinstance(one, bytes)]
    assert b"".join(sent) == HEAD + HEAD + b"body"


async def test_what_is_held_is_written_before_the_end() -> None:
    transport, spy = corked()
    transport.write(HEAD)
    assert not transport.is_closing()
    transport.close()
    assert spy.did == [HEAD, "close"]
    assert transport.is_closing()


async def test_an_upgrade_comes_after_what_is_held_and_an_abort_drops_it() -> None:
    transport, spy = corked()
    transport.write(HEAD)
    transport.set_protocol(asyncio.Protocol())
    assert spy.did == [HEAD, "protocol"]
    transport.write(HEAD)
    transport.abort()
    await asyncio.sleep(0)
    assert spy.did == [HEAD, "protocol", "abort"]
