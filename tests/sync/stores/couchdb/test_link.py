"""The connection: signing in, repeating, and what failures are told as."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from sync.errors import StoreError, StoreFull, StoreUnreachable
from sync.stores.couchdb.failures import too_few
from tests.sync.stores.couchdb.faults import answer, link_to

SIGNED = {"user": "ann", "password": "secret"}


class Server:
    """A server with sessions: what it was sent, and whether it takes the cookie."""

    def __init__(self) -> None:
        self.sign_ins = 0
        self.refuses = 0
        self.password = "secret"

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/_session":
            self.sign_ins += 1
            if f'"{self.password}"'.encode() not in request.content:
                return answer(401, {"error": "unauthorized", "reason": "Name or password."})
            names = ("Another=1; Path=/", f"AuthSession={self.sign_ins}; Path=/")
            headers = [("Set-Cookie", name) for name in names]
            return httpx2.Response(200, headers=headers, content=b"{}")
        if self.refuses or f"AuthSession={self.sign_ins}" not in request.headers.get("Cookie", ""):
            self.refuses -= 1
            return answer(401, {"error": "unauthorized", "reason": "You are not."})
        return answer(200, {"path": request.url.path})


async def test_it_signs_in_once() -> None:
    server = Server()

    async def slow(request: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(0.01)
        return server(request)

    link = link_to(slow, **SIGNED)
    answers = await asyncio.gather(*(link.get(f"/{number}") for number in range(5)))
    assert [one.body["path"] for one in answers] == [f"/{number}" for number in range(5)]
    assert server.sign_ins == 1
    assert await link.cookie() == "1"
    await link.close()


async def test_it_signs_in_again_when_the_session_has_ended() -> None:
    server = Server()
    link = link_to(server, **SIGNED)
    await link.get("/a")
    server.refuses = 1
    assert (await link.get("/b")).ok
    assert server.sign_ins == 2
    assert await link.cookie(refused="2") == "3"
    assert await link.cookie(refused="other") == "3"
    await link.close()


async def test_a_wrong_password_is_told_without_it() -> None:
    server = Server()
    server.password = "other"
    link = link_to(server, **SIGNED)
    with pytest.raises(StoreError, match="does not let this server in") as caught:
        await link.get("/a")
    assert "secret" not in str(caught.value)
    assert server.sign_ins == 1
    await link.close()


async def test_without_a_user_nothing_is_signed() -> None:
    link = link_to(lambda _: answer(401, {"error": "unauthorized", "reason": "no"}))
    assert await link.cookie() is None
    with pytest.raises(StoreError, match="401 unauthorized: no"):
        await link.get("/a")
    await link.close()


@pytest.mark.parametrize(
    ("status", "body", "kind", "tries"),
    [
        (500, {"error": "x", "reason": "y"}, StoreError, 3),
        (503, None, StoreUnreachable, 3),
        (500, {"error": "error", "reason": "enospc"}, StoreFull, 3),
        (507, None, StoreFull, 1),
        (413, {"error": "document_too_large", "reason": "a"}, StoreError, 1),
        (400, ["odd"], StoreError, 1),
    ],
)
async def test_failures(status: int, body: object, kind: type[StoreError], tries: int) -> None:
    asked: list[str] = []

    def serve(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        return answer(status, body)

    link = link_to(serve)
    with pytest.raises(StoreError, match=str(status)) as caught:
        await link.get("/db/_changes")
    assert type(caught.value) is kind
    assert len(asked) == (1 if kind is StoreFull else tries)
    await link.close()


async def test_no_answer_is_asked_for_again() -> None:
    left = 2

    def serve(request: httpx2.Request) -> httpx2.Response:
        nonlocal left
        if left:
            left -= 1
            raise httpx2.ConnectError("for the test", request=request)
        return httpx2.Response(200, content=b"no json")

    link = link_to(serve)
    assert await link.get("/a") == (200, None)
    left = 3
    with pytest.raises(StoreUnreachable, match=r"GET /a: ConnectError") as caught:
        await link.get("/a")
    assert caught.value.status == 503
    await link.close()


def test_too_few_nodes_is_no_success() -> None:
    assert too_few("http://couch.test", "_bulk_docs").status == 503
