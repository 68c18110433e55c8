"""Short ways to say what the suites say often."""

from __future__ import annotations

from typing import Any

from sync.store import ChangesPage, Database, Document, Write, WriteBatch, WriteResult

UNUSUAL_IDS = [
    "a",
    "A",
    "0",
    "entry:log:1:abc",
    "with space",
    "slash/and\\back",
    "_design/x",
    "_design/x/y",
    "é",
    "e\u0301",
    "日本",
    "😀",
    "\uffff",
    "quote'\"",
    "percent%2f",
    "new\nline",
    "\x01",
    "x" * 300,
]
"""Document ids that a store must keep apart and bring back as they were."""


def graft(name: str, *history: str, to: str = "", deleted: bool = False, **body: Any) -> Write:
    """A revision as a replicator brings it; ``to``: channels, separated by spaces."""
    body = body or {"rev": history[0]}
    return Write(name, body, channels(to), history=history, deleted=deleted)


def edit(
    name: str, parent: str | None = None, *, to: str = "", deleted: bool = False, **body: Any
) -> Write:
    """An edit on ``parent``."""
    return Write(name, body, channels(to), parent=parent, deleted=deleted)


def publish(name: str, *, to: str = "", deleted: bool = False, **body: Any) -> Write:
    """An edit on the winner, whatever it is."""
    return Write(name, body, channels(to), deleted=deleted, force=True)


def channels(names: str) -> frozenset[str]:
    """Channels, separated by spaces."""
    return frozenset(names.split())


async def write(database: Database, *writes: Write) -> list[WriteResult]:
    """Commit one batch."""
    return await database.write(WriteBatch(writes))


async def write_one(database: Database, one: Write) -> WriteResult:
    """Commit a batch of one."""
    result, *rest = await write(database, one)
    assert not rest
    return result


async def read(database: Database, name: str) -> Document:
    """The document ``name``, which is there."""
    document, *rest = await database.read([name])
    assert document is not None
    assert not rest
    return document


async def leaves(database: Database, name: str) -> list[Document]:
    """The leaves of the document ``name``; none if it is absent."""
    record = await database.record(name)
    return record.leaves() if record else []


async def revision(database: Database, name: str, rev: str) -> Document | None:
    """One revision, if its content is kept."""
    record = await database.record(name)
    return record.revision(rev) if record else None


def lines(page: ChangesPage) -> list[str]:
    """A page in short: ids in order, ``-`` before deleted ones, ``!`` before removed ones."""
    marks = (("!" if c.removed else "-" if c.document.deleted else "", c) for c in page.changes)
    return [mark + change.document.id for mark, change in marks]


async def feed(database: Database, since: int = 0, to: str | None = None) -> list[str]:
    """The whole feed in short; ``to``: channels, separated by spaces."""
    page = await database.changes(since, channels=None if to is None else channels(to))
    assert not page.more
    return lines(page)
