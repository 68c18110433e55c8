"""The statements that read, spelt out, and how they are run."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

import apsw

__all__ = [
    "ACTIVE_CHANNELS",
    "CHANNEL_NUMBER",
    "DOCUMENTS_AFTER",
    "DOCUMENTS_AT",
    "FEED_AFTER",
    "LAST_CHANNEL",
    "LOCAL",
    "RANGE_DOWN",
    "RANGE_UP",
    "RECORDS",
    "SPARE",
    "STATE",
    "WHEREABOUTS",
    "fetch",
    "many",
]

STATE = "SELECT epoch, update_seq, doc_count, deleted_count FROM state"
LOCAL = "SELECT body FROM local WHERE id = ?"
CHANNEL_NUMBER = "SELECT number FROM channels WHERE name = ?"
LAST_CHANNEL = "SELECT max(number) FROM channels"
SPARE = "SELECT deleted, channels, body FROM spares WHERE id = ? AND rev = ?"
WHEREABOUTS = "SELECT channels, departures FROM docs WHERE id = ?"
FEED_AFTER = "SELECT seq, id, rev FROM feed WHERE channel = ? AND seq > ? ORDER BY seq LIMIT ?"

ACTIVE_CHANNELS = """
    SELECT c.value FROM carray(?) c
    WHERE EXISTS (SELECT 1 FROM feed f WHERE f.channel = c.value AND f.seq > ?)
"""
RECORDS = """
    SELECT d.seq, d.id, d.rev, d.deleted, d.channels, d.departures, d.rivals, d.body, d.tree
    FROM carray(?) c CROSS JOIN docs d ON d.id = c.value
"""
DOCUMENTS_AFTER = """
    SELECT d.seq, d.id, d.rev, d.deleted, d.channels, d.rivals, d.body
    FROM docs d WHERE d.seq > ? ORDER BY d.seq LIMIT ?
"""
DOCUMENTS_AT = """
    SELECT d.seq, d.id, d.rev, d.deleted, d.channels, d.rivals, d.body
    FROM carray(?) c CROSS JOIN docs d ON d.seq = c.value
"""
RANGE_UP = """
    SELECT d.seq, d.id, d.rev, d.deleted, d.channels, d.rivals, d.body
    FROM docs d WHERE d.id BETWEEN ? AND ? AND NOT d.deleted ORDER BY d.id LIMIT ?
"""
RANGE_DOWN = """
    SELECT d.seq, d.id, d.rev, d.deleted, d.channels, d.rivals, d.body
    FROM docs d WHERE d.id BETWEEN ? AND ? AND NOT d.deleted ORDER BY d.id DESC LIMIT ?
"""


def fetch(connection: apsw.Connection, sql: str, *values: object) -> list[Any]:
    """All rows that ``sql`` finds; no statement is left open behind it."""
    return connection.execute(sql, values).fetchall()


def many(values: Sequence[str] | Sequence[int]) -> Any:
    """Several values as the one argument of ``carray(?)``; there must be at least one."""
    if isinstance(values[0], str):
        return apsw.carray(tuple(values))
    return apsw.carray(array("q", values))
