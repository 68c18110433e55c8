"""The statements that read, spelt out, and how they are run."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import cache
from typing import Any

import apsw

__all__ = [
    "ACTIVE_CHANNELS",
    "ANYTHING_AFTER",
    "BLOB",
    "BLOB_LENGTH",
    "CHANNEL_NUMBER",
    "COUNT",
    "COUNT_LIVE",
    "DOCUMENTS_AFTER",
    "DOCUMENTS_AT",
    "DOCUMENTS_DOWN",
    "FEED_AFTER",
    "LAST_CHANNEL",
    "LOCAL",
    "RANGE_DOWN",
    "RANGE_UP",
    "RECORDS",
    "SETTINGS",
    "SIZES",
    "SPARE",
    "SPARES",
    "STATE",
    "TREES",
    "WHEREABOUTS",
    "WINNER",
    "WINNERS",
    "fetch",
    "many",
    "without_bodies",
]

STATE = "SELECT epoch, update_seq, doc_count, deleted_count, purge_seq, revs_limit FROM state"
SETTINGS = "SELECT revs_limit, security FROM state"
SIZES = """
    SELECT page_size * page_count, page_size * (page_count - freelist_count)
    FROM pragma_page_size, pragma_page_count, pragma_freelist_count
"""
LOCAL = "SELECT body FROM local WHERE id = ?"
BLOB = "SELECT data FROM blobs WHERE key = ?"
BLOB_LENGTH = "SELECT length(data) FROM blobs WHERE key = ?"
CHANNEL_NUMBER = "SELECT number FROM channels WHERE name = ?"
LAST_CHANNEL = "SELECT max(number) FROM channels"
SPARE = "SELECT rev, deleted, body, channels, attachments FROM spares WHERE id = ? AND rev = ?"
SPARES = "SELECT rev, deleted, body, channels, attachments FROM spares WHERE id = ?"
WHEREABOUTS = "SELECT channels, departures FROM docs WHERE id = ?"
FEED_AFTER = "SELECT seq, id, rev FROM feed WHERE channel = ? AND seq > ? ORDER BY seq LIMIT ?"
ANYTHING_AFTER = "SELECT EXISTS (SELECT 1 FROM docs WHERE seq > ?)"
COUNT = "SELECT count(*) FROM docs WHERE id BETWEEN ? AND ?"
COUNT_LIVE = COUNT + " AND NOT deleted"

ACTIVE_CHANNELS = """
    SELECT c.value FROM carray(?) c
    WHERE EXISTS (SELECT 1 FROM feed f WHERE f.channel = c.value AND f.seq > ?)
"""
RECORDS = """
    SELECT d.seq, d.id, d.rev, d.deleted, d.channels, d.departures, d.rivals, d.body, d.tree,
      d.attachments
    FROM carray(?) c CROSS JOIN docs d ON d.id = c.value
"""
_WINNERS = """
    SELECT d.seq, d.id, d.rev, d.deleted, d.channels, d.rivals, d.attachments, d.body, d.tree
"""
WINNER = f"{_WINNERS} FROM docs d WHERE d.id = ?"
WINNERS = f"{_WINNERS} FROM carray(?) c CROSS JOIN docs d ON d.id = c.value"
TREES = """
    SELECT d.id, d.rev, d.deleted, d.tree
    FROM carray(?) c CROSS JOIN docs d ON d.id = c.value
"""
_DOCUMENTS = """
    SELECT d.seq, d.id, d.rev, d.deleted, d.channels, d.rivals, d.attachments, d.body
"""
DOCUMENTS_AFTER = f"{_DOCUMENTS} FROM docs d WHERE d.seq > ? ORDER BY d.seq LIMIT ?"
DOCUMENTS_DOWN = f"{_DOCUMENTS} FROM docs d WHERE d.seq > ? ORDER BY d.seq DESC LIMIT ?"
DOCUMENTS_AT = f"{_DOCUMENTS} FROM carray(?) c CROSS JOIN docs d ON d.seq = c.value"
RANGE_UP = f"""{_DOCUMENTS}
    FROM docs d WHERE d.id BETWEEN ? AND ? AND NOT d.deleted ORDER BY d.id LIMIT ? OFFSET ?
"""
RANGE_DOWN = f"""{_DOCUMENTS}
    FROM docs d WHERE d.id BETWEEN ? AND ? AND NOT d.deleted ORDER BY d.id DESC LIMIT ? OFFSET ?
"""


@cache
def without_bodies(sql: str) -> str:
    """``sql``, which selects documents, with empty bodies in place of theirs."""
    return sql.replace("d.body", "x'7b7d'")


def fetch(connection: apsw.Connection, sql: str, *values: object) -> list[Any]:
    """All rows that ``sql`` finds; no statement is left open behind it."""
    return connection.execute(sql, values).fetchall()


def many(values: Sequence[str] | Sequence[int]) -> Any:
    """Several values as the one argument of ``carray(?)``; there must be at least one."""
    if isinstance(values[0], str):
        return apsw.carray(tuple(values))
    return apsw.carray(array("q", values))
