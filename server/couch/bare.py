"""The bare door: an administrator's, to everything, with no policy of Tidemark's in between."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping, Sequence
from secrets import token_hex
from typing import Any

from typing_extensions import override

from server.couch.attachments import brought
from server.couch.door import Action, Door, Limits, Outcome
from server.couch.faults import CONFLICT, Fault
from server.couch.local import kept
from server.couch.parameters import storable
from server.couch.parsed import Parsed, grafted, parse
from sync.checks import check_local, check_write
from sync.errors import BadDocument, BadRevision
from sync.feed import Place
from sync.record import Record
from sync.store import (
    ChangesPage,
    Database,
    DatabaseInfo,
    Document,
    Missing,
    Store,
    Write,
    WriteBatch,
    WriteResult,
)

__all__ = ["Bare", "Doors"]

_TOKEN = re.compile(r"([0-9]{1,18})-([0-9A-Za-z_-]{1,64})")
_NUMBER = re.compile(r"[0-9]{1,18}")


class Bare(Door):
    """See :class:`server.couch.door.Door`. A token is ``<seq>-<epoch>``."""

    def __init__(self, database: Database, epoch: str, limits: Limits) -> None:
        self._database = database
        self._epoch = epoch
        self._limits = limits

    @property
    @override
    def database(self) -> Database:
        return self._database

    @property
    @override
    def limits(self) -> Limits:
        return self._limits

    @override
    def allow(self, action: Action) -> None:
        pass

    @override
    def sees(self, document: Document) -> bool:
        return True

    @override
    def local_name(self, id: str) -> str:
        return id

    @override
    async def keep_local(self, id: str, body: Mapping[str, Any] | None) -> None:
        await self._database.write(WriteBatch(local={id: body}))

    @override
    def token(self, seq: int) -> str:
        return f"{seq}-{self._epoch}"

    @override
    async def locate(self, since: str) -> Place:
        if since == "now":
            return Place((await self._database.info()).update_seq)
        if _NUMBER.fullmatch(since):
            return Place(int(since))
        match = _TOKEN.fullmatch(since)
        if match is None:
            raise Fault("bad_request", "Malformed sequence supplied in 'since' parameter.")
        if match[2] != self._epoch:
            return Place(0, reset=True)
        return Place(int(match[1]))

    @override
    def info(self) -> Awaitable[DatabaseInfo]:
        return self._database.info()

    @override
    async def chosen(self, documents: Sequence[Document]) -> None:
        """Whoever uses it may see all of it."""

    @override
    def read(self, ids: Sequence[str]) -> Awaitable[list[Document | None]]:
        return self._database.read(ids)

    @override
    def record(self, id: str) -> Awaitable[Record | None]:
        return self._database.record(id)

    @override
    def missing(self, revs: Mapping[str, Sequence[str]]) -> Awaitable[Mapping[str, Missing]]:
        return self._database.missing(revs)

    @override
    def range(
        self,
        start: str,
        end: str,
        *,
        limit: int | None = None,
        skip: int = 0,
        descending: bool = False,
    ) -> Awaitable[list[Document]]:
        return self._database.range(start, end, limit=limit, skip=skip, descending=descending)

    @override
    def count(self, start: str, end: str) -> Awaitable[int]:
        return self._database.count(start, end)

    @override
    def changes(
        self, since: int, *, limit: int, descending: bool = False, bodies: bool = True
    ) -> Awaitable[ChangesPage]:
        return self._database.changes(
            since, channels=None, limit=limit, descending=descending, bodies=bodies
        )

    @override
    def wait(self, since: int, timeout_s: float) -> Awaitable[bool]:
        return self._database.wait(since, None, timeout_s)

    @override
    async def push(self, docs: Sequence[Any], *, new_edits: bool) -> list[Outcome]:
        plan = _Plan(new_edits=new_edits)
        for doc in docs:
            plan.add(parse(doc))
        try:
            results = await self._database.write(WriteBatch(plan.writes, plan.local))
        except (BadDocument, BadRevision):
            plan.set_aside()
            results = await self._database.write(WriteBatch(plan.writes, plan.local))
        return plan.outcomes(results)


class _Plan:
    """What a push asks of the store, and what to say of each of its documents."""

    def __init__(self, *, new_edits: bool) -> None:
        self._new_edits = new_edits
        self._rows: list[Outcome | None] = []
        """None: the next of the store's results."""
        self.writes: list[Write] = []
        self.local: dict[str, Mapping[str, Any] | None] = {}

    def add(self, parsed: Parsed) -> None:
        """Plan one document. Raises ``Fault``."""
        id_, history, deleted, body, attachments = parsed
        if id_[:1] == "_" and id_.startswith("_local/"):
            self._rows.append(self._keep(parsed))
            return
        if self._new_edits:
            parent = history[0] if history else None
            if parent is not None and not storable(parent):
                self._rows.append(Outcome(id_, "", "conflict", CONFLICT, 409))
                return
            write = Write(
                id_ or token_hex(16),
                body,
                parent=parent,
                deleted=deleted,
                attachments=brought(attachments) if attachments else attachments,
            )
        else:
            write = Write(
                id_ or token_hex(16),
                body,
                history=grafted(parsed),
                deleted=deleted,
                attachments=attachments,
            )
        self.writes.append(write)
        self._rows.append(None)

    def _keep(self, parsed: Parsed) -> Outcome:
        rev, body = kept(parsed)
        self.local[parsed.id.removeprefix("_local/")] = body
        return Outcome(parsed.id, rev)

    def set_aside(self) -> None:
        """Take out what CouchDB would keep and no store here can, so that the rest lands."""
        rest = iter(self.writes)
        fit: list[Write] = []
        for at, row in enumerate(self._rows):
            asked = next(rest) if row is None else row
            try:
                if isinstance(asked, Write):
                    check_write(asked)
                    fit.append(asked)
                else:
                    self._check_local(asked.id)
            except BadRevision:
                self._rows[at] = Outcome(asked.id, "", "bad_request", "Invalid rev format", 400)
            except BadDocument as error:
                self._rows[at] = Outcome(asked.id, "", "bad_request", error.sentence, 400)
        self.writes = fit

    def _check_local(self, name: str) -> None:
        local = name.removeprefix("_local/")
        if local != name and local in self.local:
            try:
                check_local(local, self.local[local])
            except BadDocument:
                del self.local[local]
                raise

    def outcomes(self, results: Sequence[WriteResult]) -> list[Outcome]:
        """A row for each document."""
        if len(results) == len(self._rows):
            return [_outcome(result) for result in results]
        rest = iter(results)
        return [_outcome(next(rest)) if row is None else row for row in self._rows]


def _outcome(result: WriteResult) -> Outcome:
    if result.conflict:
        return Outcome(result.id, "", "conflict", CONFLICT, 409)
    if result.missing_stub is not None:
        reason = f"Invalid attachment stub in {result.id} for {result.missing_stub}"
        return Outcome(result.id, "", "missing_stub", reason, 412)
    return Outcome(result.id, result.rev)


class Doors:
    """The bare doors of a store's databases, by name. One is made when it is first asked for."""

    def __init__(self, store: Store, limits: Limits) -> None:
        self.store = store
        self.limits = limits
        self._made: dict[str, Bare] = {}

    async def open(self, name: str) -> Bare:
        """The door to a database. Raises ``DatabaseMissing``, ``BadName``."""
        database = await self.store.open(name)
        door = self._made.get(name)
        if door is None or door.database is not database:
            info = await database.info()
            door = self._made[name] = Bare(database, info.epoch, self.limits)
        return door

    def forget(self, name: str) -> None:
        """Let go of a database that is deleted."""
        self._made.pop(name, None)
