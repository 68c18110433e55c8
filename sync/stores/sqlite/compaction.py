"""Compaction: dropping what no reader is shown any more, a portion at a time.

Each portion is a transaction of its own, between the commits of writers; what takes long, finding
the attachments that nobody names, is only read, from another connection.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import apsw

from sync.stores.sqlite.queries import fetch, many
from sync.stores.sqlite.reads import read_state
from sync.stores.sqlite.statements import Statement, carry_out

__all__ = ["PORTION", "Unnamed", "drop_blobs", "drop_superseded", "find_unnamed"]

PORTION = 500
"""Rows that are looked at, or blobs dropped, in one transaction."""

_NEXT_SPARES = "SELECT id FROM spares WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?"

_DROP_SPARES = """
    DELETE FROM spares WHERE id > ? AND NOT EXISTS (
      SELECT 1 FROM docs d, json_each(d.rivals) r
      WHERE d.id = spares.id AND r.value ->> 0 = spares.rev
    )
"""
_DROP_SPARES_TO = _DROP_SPARES + " AND id <= ?"

_UNNAMED = """
    SELECT key FROM blobs WHERE key NOT IN (
      SELECT a.value ->> 5 FROM docs d, json_each(d.attachments) a
      WHERE d.attachments IS NOT NULL
      UNION ALL
      SELECT a.value ->> 5 FROM spares s, json_each(s.attachments) a
      WHERE s.attachments IS NOT NULL
    )
"""
_DROP_BLOBS = """
    DELETE FROM blobs WHERE key IN (SELECT value FROM carray(?1)) AND key NOT IN (
      SELECT a.value ->> 5 FROM docs d, json_each(d.attachments) a
      WHERE d.attachments IS NOT NULL AND d.seq > ?2
      UNION ALL
      SELECT a.value ->> 5 FROM docs d, spares s, json_each(s.attachments) a
      WHERE d.seq > ?2 AND s.id = d.id AND s.attachments IS NOT NULL
    )
"""


class Unnamed(NamedTuple):
    """The blobs that no revision named at a sequence."""

    keys: list[str]
    seq: int


def drop_superseded(connection: apsw.Connection, after: str) -> str | None:
    """Drop a portion of the superseded revisions of documents whose ids come after ``after``.

    Return the last id looked at, to go on from; None when all have been.
    """
    following = fetch(connection, _NEXT_SPARES, after, PORTION)
    if not following:
        carry_out(connection, [Statement(_DROP_SPARES, (after,))])
        return None
    last: str = following[0][0]
    carry_out(connection, [Statement(_DROP_SPARES_TO, (after, last))])
    return last


def find_unnamed(connection: apsw.Connection) -> Unnamed:
    """Find the attachments that no revision kept has."""
    connection.execute("BEGIN")
    try:
        seq = read_state(connection).update_seq
        keys = [key for (key,) in fetch(connection, _UNNAMED)]
    finally:
        connection.execute("COMMIT")
    return Unnamed(keys, seq)


def drop_blobs(connection: apsw.Connection, keys: Sequence[str], since: int) -> None:
    """Drop blobs that were unnamed at the sequence ``since``, unless named by what came after."""
    carry_out(connection, [Statement(_DROP_BLOBS, (many(keys), since))])
