"""The application: CouchDB's HTTP API over a store, as plain ASGI, for one administrator."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from starlette.types import Receive, Scope, Send

from schemas.errors import TidemarkError
from server.couch import database
from server.couch.bare import Doors
from server.couch.call import Call, ClientGone
from server.couch.cors import Cors
from server.couch.door import Limits
from server.couch.faults import NO_DATABASE, Fault, of_error
from server.couch.paths import quoted, split
from server.couch.root import OPEN, Server, of_name, welcome
from server.couch.session import Admin, session
from server.logs import log, place
from server.waits import Waits
from sync.clock import Clock, SystemClock
from sync.errors import BadName, DatabaseExists, DatabaseMissing
from sync.store import Store
from sync.stores.names import MAX_LENGTH

__all__ = ["CouchApp", "create_couch_app"]

FORBIDDEN = "You are not a server admin."
NOT_AUTHORIZED = "You are not authorized to access this db."
EXISTS = "The database could not be created, the file already exists."
NAMES = (
    "Only lowercase characters (a-z), digits (0-9), and any of the characters "
    "_, $, (, ), +, -, and / are allowed. Must begin with a letter."
)
OK = b'{"ok":true}\n'


class CouchApp:
    """See the module."""

    def __init__(self, server: Server, cors: Cors, waits: Waits) -> None:
        self._server = server
        self._doors = server.doors
        self._admin = server.admin
        self._cors = cors
        self._waits = waits
        self._max_body = server.doors.limits.body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; keep the lifespan protocol."""
        if scope["type"] == "http":
            await self._serve(Call(scope, receive, send, (), self._waits, self._max_body))
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _serve(self, call: Call) -> None:
        try:
            await self._answer(call)
        except ClientGone:
            pass
        except TidemarkError as error:
            await self._refuse(call, of_error(error), error)
        except Exception as error:  # noqa: BLE001  # the last stop: told to the log, not the client
            fault = Fault("internal_server_error", "The server could not answer; try again later.")
            await self._refuse(call, fault, error)

    async def _refuse(self, call: Call, fault: Fault, error: Exception) -> None:
        if fault.status == 500:
            log().error("a request failed", error=type(error).__name__, at=place(error))
        if call.started:
            raise error  # half an answer is out: only a broken connection tells the client
        await call.refuse(fault)

    async def _answer(self, call: Call) -> None:
        if self._cors.admit(call):
            await call.reply_empty(204)
            return
        call.segments = segments = split(call.scope["raw_path"])
        known = self._admin.knows(call)
        if not segments:
            await welcome(self._server, call)
            return
        first = segments[0]
        if first[0] == "_" and await self._is_answered(call, first, known=known):
            return
        call.base = b"/" + quoted(first)
        if not known:
            making = len(segments) == 1 and call.method in {"PUT", "DELETE"}
            raise Fault("unauthorized", FORBIDDEN if making else NOT_AUTHORIZED)
        if len(segments) == 1 and call.method in {"PUT", "DELETE"}:
            await self._make(call, first)
            return
        try:
            door = await self._doors.open(first)
        except (DatabaseMissing, BadName):
            raise Fault("not_found", NO_DATABASE) from None
        await database.answer(door, call, segments[1:])

    async def _is_answered(self, call: Call, first: str, *, known: bool) -> bool:
        """Answer one of the server's own addresses, if this is one."""
        if first == "_session":
            await session(self._admin, call, known=known)
            return True
        handler = of_name(first)
        if handler is None:
            return False
        if not known and first not in OPEN:
            raise Fault("unauthorized", FORBIDDEN)
        await handler(self._server, call)
        return True

    async def _make(self, call: Call, name: str) -> None:
        """Create a database, or delete one."""
        if call.method == "PUT":
            await self._create(call, name)
        elif "rev" in call.query:
            raise Fault(
                "bad_request",
                "You tried to DELETE a database with a ?=rev parameter. "
                "Did you mean to DELETE a document instead?",
            )
        else:
            try:
                await self._doors.store.delete(name)
            except (DatabaseMissing, BadName):
                raise Fault("not_found", NO_DATABASE) from None
            self._doors.forget(name)
            await call.reply(200, OK)

    async def _create(self, call: Call, name: str) -> None:
        _check_shards(call)
        try:
            await self._doors.store.create(name)
        except DatabaseExists:
            raise Fault("file_exists", EXISTS) from None
        except BadName:
            raise _bad_name(name) from None
        await call.reply(201, OK, (call.where(),))

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            else:
                self._waits.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _check_shards(call: Call) -> None:
    """Take the parameters of a cluster, which mean nothing here, in their form."""
    for name in ("q", "n"):
        said = call.query.get(name)
        if said is not None and not (said.isascii() and said.isdigit() and int(said[:18])):
            raise Fault("bad_request", f"The `{name}` value should be a positive integer.")
    partitioned = call.query.get("partitioned", "false")
    if partitioned == "true":
        raise Fault("bad_request", "Partitioned feature is not enabled.")
    if partitioned != "false":
        raise Fault("bad_request", "Invalid `partitioned` parameter")


def _bad_name(name: str) -> Fault:
    if len(name) > MAX_LENGTH:
        reason = f"At least one path segment of `{name[:200]}` is too long."
        return Fault("database_name_too_long", reason)
    return Fault("illegal_database_name", f"Name: '{name}'. {NAMES}")


def create_couch_app(  # noqa: PLR0913
    store: Store,
    name: str,
    password: str,
    *,
    uuid: str,
    version: str = "0",
    origins: Iterable[str] = (),
    clock: Clock | None = None,
    waits: Waits | None = None,
    limits: Limits | None = None,
    secret: bytes | None = None,
) -> CouchApp:
    """The application over an open store, which it does not close.

    ``name`` and ``password``: the administrator's. ``uuid``: this server's, for ever. ``secret``
    signs session cookies; made up where none is given. Raises ``BadOrigin``.
    """
    admin = Admin(name, password, clock or SystemClock(), secret or secrets.token_bytes(32))
    server = Server(Doors(store, limits or Limits()), admin, uuid, version)
    return CouchApp(server, Cors(origins), Waits() if waits is None else waits)
