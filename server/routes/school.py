"""A school's database: ``/db/{school}/…``, CouchDB's protocol within a person's scope.

The common handlers answer (:mod:`server.couch`), through a door that shows what the person may
see. Only what they push goes another way: through the intake (:mod:`server.routes.syncing`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send
from typing_extensions import override

from schemas.policy import Power
from server.answers import json_answer
from server.bodies import check_depth
from server.couch import database
from server.couch.call import Call, ClientGone
from server.couch.door import Limits
from server.couch.faults import Fault
from server.couch.paths import quoted, split
from server.couch.scoped import Person, ScopedDoor
from server.record import note
from server.routes.scope import Scoped, entered
from server.site import Site, site_of
from server.visitor import still
from sync import channels
from sync.store import Document

__all__ = ["ROUTES"]

SILENCE_S = 55.0
"""The longest that a feed is silent: below the minute after which proxies give up."""
MAX_LOCAL_BYTES = 64 * 1024
"""Of a local document, which is some replicator's checkpoint."""
_NAMES = {
    "_all_docs": ["GET", "POST"],
    "_bulk_get": ["POST"],
    "_changes": ["GET", "POST"],
    "_ensure_full_commit": ["POST"],
    "_local/{name:path}": ["GET", "PUT", "DELETE", "COPY"],
    "_missing_revs": ["POST"],
    "_revs_diff": ["POST"],
}
"""What a person's replicator asks for: each is an address of its own in logs and figures."""
_SIGNED_OUT = "Sign in first: you are not signed in, or may see other things than before."


class SchoolCall(Call):
    """A request to a school's database: its body is no deeper than any other's here."""

    @override
    async def json(self) -> Any:
        value = await super().json()
        check_depth(value)
        return value


@dataclass(frozen=True)
class _Visitor(Person):
    """The visitor, and their own logs."""

    site: Site
    scoped: Scoped
    scope: Scope
    version: int
    """That of the school's grants as they came in."""
    held_ms: list[float] = field(default_factory=list)

    @property
    @override
    def name(self) -> str:
        return self.scoped.visitor.account.person

    @override
    def channels(self) -> frozenset[str]:
        """A feed that goes on after a change of grants would tell of no removals: it ends."""
        found = self.scoped.channels_at(self.site.clock.now_ms())
        same = channels.lasting(found) == channels.lasting(self.scoped.channels)
        same = same and self.scoped.school.grants.version == self.version
        if not (same and still(self.site, self.scoped.visitor)):
            raise Fault("unauthorized", _SIGNED_OUT)
        return found

    @override
    def changes_in_s(self) -> float | None:
        return self.scoped.changes_in_s(self.site.clock.now_ms())

    @override
    async def until_sent_away(self, news: Callable[[], Awaitable[bool]]) -> bool:
        device = self.scoped.visitor.session.device
        found = await self.site.devices.registry.until_revoked(device, news)
        if found:  # whoever took the news in may not have read yet that it ends a grant
            await self.scoped.school.grants.refresh()
        return found

    @override
    def waited(self, seconds: float) -> None:
        self.held_ms.append(seconds * 1000)
        note(self.scope, held_ms=round(sum(self.held_ms)))

    @override
    async def read(self, documents: Sequence[Document]) -> None:
        school = self.scoped.school
        device = self.scoped.visitor.session.device
        await school.watch.fetched(self.name, device, school.roster, documents)

    @override
    async def owns(self, log: str) -> bool:
        return await self.scoped.school.intake.owner(log) == self.name

    @override
    def keeping(self) -> AbstractAsyncContextManager[None]:
        return self.site.local_turns.turn((self.scoped.school.database.name, self.name))


class School:
    """Every address of a school's database that has no route of its own."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive, send)
        site = site_of(request)
        call = SchoolCall(scope, receive, _private(send), (), site.waits)
        call.max_body = site.settings.max_body_bytes
        async with entered(request) as scoped:
            school = scoped.school.database
            who = _Visitor(site, scoped, scope, scoped.school.grants.version)
            door = await ScopedDoor.open(school, who, _limits(site))
            if not _may_wait(call):
                await _answer(door, call)
                return
        # It may be held for long: it takes no turn then, nor need the school stay in memory.
        with site.limits.held(scoped.visitor.account.person):
            await _answer(door, call)


def _may_wait(call: Call) -> bool:
    path: str = call.scope["path"]
    return path.endswith("/_changes") and call.query.get("feed", "normal") != "normal"


def _limits(site: Site) -> Limits:
    settings = site.settings
    return Limits(
        body=settings.max_body_bytes,
        document=MAX_LOCAL_BYTES,
        documents=settings.max_documents,
        silence_s=SILENCE_S,
    )


async def _answer(door: ScopedDoor, call: Call) -> None:
    try:
        call.segments = split(call.scope["raw_path"])[1:]
        call.base = b"/db/" + quoted(call.segments[0])
        await database.answer(door, call, call.segments[1:])
    except Fault as fault:
        if call.started:
            raise
        await call.refuse(fault)
    except ClientGone:
        raise ClientDisconnect from None


def _private(send: Send) -> Send:
    """Say that nothing of an answer is kept by anybody on the way."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [
                (name, value)
                for name, value in message["headers"]
                if name not in {b"cache-control", b"x-content-type-options"}
            ]
            message["headers"] = [*kept, (b"cache-control", b"no-store")]
        await send(message)

    return sent


async def contacts(request: Request) -> Response:
    """``GET /db/{school}/_contacts``: when each device was last heard from; for the desk."""
    async with entered(request) as scoped:
        scoped.demand(Power.ACCESS)
        return json_answer({"contacts": scoped.school.contacts.rows()})


_SCHOOL = School()
# Those without methods are read; the door says in a sentence why nothing is written there.
ROUTES = [
    Route("/db/{school}/_contacts", contacts, methods=["GET"]),
    Route("/db/{school}", _SCHOOL),
    Route("/db/{school}/", _SCHOOL),
    *(Route("/db/{school}/" + name, _SCHOOL, methods=taken) for name, taken in _NAMES.items()),
    Route("/db/{school}/{id:path}", _SCHOOL),
]
