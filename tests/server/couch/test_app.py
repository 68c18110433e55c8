"""The application around its addresses: what fails, who goes away, how it stops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from starlette.types import Message
from typing_extensions import override

from server.couch.door import Limits
from server.couch.faults import STATUSES, Fault, of_error
from sync.errors import BadRevision, DatabaseMissing, StoreClosed, StoreError, StoreFull
from sync.store import Document, WriteBatch, WriteResult
from sync.stores.memory import MemoryDatabase, MemoryStore
from tests.server.couch.caller import BASIC, R1, Caller, caller


class Failing(MemoryDatabase):
    """A database that fails as it is told."""

    why: Exception = StoreFull("The disk is full.")

    @override
    async def write(self, batch: WriteBatch) -> list[WriteResult]:
        raise self.why

    @override
    async def range(self, *args: Any, **more: Any) -> list[Document]:
        raise self.why


async def failing(couch: Caller, why: Exception) -> None:
    """Let the database ``db`` fail."""
    database = await couch.store.open("db")
    database.__class__ = Failing
    assert isinstance(database, Failing)
    database.why = why


async def raw(
    couch: Caller,
    method: str,
    path: str,
    messages: Sequence[Message],
    *headers: tuple[bytes, bytes],
) -> list[Message]:
    """Send a request part by part; what is answered."""
    sent: list[Message] = []
    left = list(messages)

    async def receive() -> Message:
        return left.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    kind = (b"content-type", b"application/json")
    scope = {
        "type": "http",
        "method": method,
        "scheme": "http",
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"authorization", BASIC.encode()), kind, *headers],
    }
    await couch.app(scope, receive, send)
    return sent


def part(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


@pytest.mark.parametrize(
    ("why", "status", "error", "reason"),
    [
        (StoreFull("The disk is full."), 507, "insufficient_storage", "The disk is full."),
        (StoreClosed("It is closed."), 503, "service unavailable", "It is closed."),
        (DatabaseMissing("It was deleted."), 404, "not_found", "It was deleted."),
        (StoreError("a secret"), 500, "internal_server_error", None),
        (ZeroDivisionError("a secret"), 500, "internal_server_error", None),
    ],
)
async def test_failures_are_told_by_their_kind(
    why: Exception, status: int, error: str, reason: str | None
) -> None:
    async for couch in caller(MemoryStore()):
        await couch.put("/db")
        await failing(couch, why)
        for answer in (
            await couch.put("/db/a", {}),
            await couch.post("/db/_bulk_docs", {"docs": [{}]}),
        ):
            assert (answer.status, answer.json["error"]) == (status, error)
            assert "a secret" not in answer.json["reason"]
            assert reason in {None, answer.json["reason"]}


async def test_a_failure_in_the_middle_of_an_answer_breaks_it_off() -> None:
    async for couch in caller(MemoryStore()):
        await couch.put("/db")
        await failing(couch, StoreError("a secret"))
        with pytest.raises(StoreError):
            await couch.get("/db/_all_docs")


async def test_a_client_that_goes_away_is_not_answered(couch: Caller) -> None:
    gone: Message = {"type": "http.disconnect"}
    assert await raw(couch, "PUT", "/db/a", [gone]) == []
    assert await raw(couch, "PUT", "/db/a", [part(b'{"v":'), gone]) == []
    assert (await couch.get("/db/a")).status == 404


async def test_a_body_in_parts(couch: Caller) -> None:
    parts = [part(b'{"v"'), part(b""), part(b":1"), part(b"}", more=False)]
    sent = await raw(couch, "PUT", "/db/a", parts)
    assert sent[0]["status"] == 201
    assert (await couch.get("/db/a")).json["v"] == 1


async def test_a_body_in_too_many_parts() -> None:
    async for couch in caller(MemoryStore(), limits=Limits(body=100)):
        await couch.put("/db")
        for first, *headers in (
            (part(b"x" * 200),),
            (part(b"x" * 50),),
            (part(b"x"), (b"content-length", b"101")),
        ):
            parts = [first, part(b"x" * 60, more=False)]
            sent = await raw(couch, "PUT", "/db/a", parts, *headers)
            assert sent[0]["status"] == 413
            assert orjson.loads(sent[1]["body"])["error"] == "too_large"


async def test_starting_and_stopping_ends_what_is_held(couch: Caller) -> None:
    sent: list[str] = []
    asked = ["lifespan.startup", "lifespan.shutdown"]

    async def receive() -> Message:
        return {"type": asked.pop(0)}

    async def send(message: Message) -> None:
        sent.append(message["type"])

    await couch.app({"type": "lifespan"}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert couch.waits.closing


async def test_a_web_socket_is_no_request(couch: Caller) -> None:
    async def nothing(*_: object) -> Any:
        raise AssertionError

    await couch.app({"type": "websocket"}, nothing, nothing)


def test_errors_of_every_layer_have_a_status() -> None:
    assert of_error(Fault("conflict", "x")).status == 409
    assert of_error(BadRevision("x")).code == "bad_request"
    for name, status in STATUSES.items():
        assert Fault(name, "x").status == status
    odd = Fault("bad_request", "half a letter: \ud800")
    assert orjson.loads(odd.body)["reason"] == "half a letter: ?"


async def test_attachments_that_a_replicator_lacks(couch: Caller) -> None:
    files = {"f": {"content_type": "text/plain", "data": "aGVsbG8="}}
    await couch.graft({"_id": "a", "_rev": R1, "_attachments": files})
    accept = {"Accept": "application/json"}
    row = {"id": "a", "rev": R1}
    for since, has in (([], False), (["1-other"], True), ([R1], False)):
        body = {"docs": [{**row, "atts_since": since}]}
        answer = await couch.ask("POST", "/db/_bulk_get", body, accept)
        shown = answer.json["results"][0]["docs"][0]["ok"]["_attachments"]["f"]
        assert ("data" in shown) is has, since
    answer = await couch.ask("POST", "/db/_bulk_get?attachments=true", {"docs": [row]}, accept)
    shown = answer.json["results"][0]["docs"][0]["ok"]["_attachments"]["f"]
    assert shown["data"] == "aGVsbG8="
    answer = await couch.ask("GET", f'/db/a?atts_since=["{R1}"]', headers=accept)
    assert answer.json["_attachments"]["f"]["stub"] is True
