"""The statements that write: as few as can be, each for many rows.

A thread that runs SQL gives Python's lock away for each step of a statement and has to win it back
from the event loop. Row by row, a busy loop slows five hundred inserts down a hundredfold; as one
statement they cost one step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import apsw

__all__ = ["CONFIGURE", "Statement", "carry_out", "for_rows"]

CONFIGURE = """
    UPDATE state SET revs_limit = coalesce(?, revs_limit), security = coalesce(?, security)
"""

ROWS_EACH = 1000
"""Rows a statement at most: ten values a row, and SQLite takes 32,766."""

ROWS_KEPT = 16
"""Statements for up to so many rows are kept compiled; a longer one is soon compiled."""


class Statement(NamedTuple):
    """SQL, its values, and whether the connection should keep it compiled."""

    sql: str
    values: Sequence[Any] = ()
    kept: bool = True


def for_rows(head: str, rows: Sequence[tuple[Any, ...]], tail: str = "") -> Iterator[Statement]:
    """Spell ``head`` + the rows as a list of values + ``tail``."""
    for start in range(0, len(rows), ROWS_EACH):
        part = rows[start : start + ROWS_EACH]
        values = [value for row in part for value in row]
        sql = f"{head}{_places(len(part), len(part[0]))}{tail}"
        yield Statement(sql, values, len(part) <= ROWS_KEPT)


@lru_cache(maxsize=256)
def _places(count: int, width: int) -> str:
    return ",".join(["(" + ",".join("?" * width) + ")"] * count)


def carry_out(connection: apsw.Connection, statements: Sequence[Statement]) -> None:
    """Run ``statements`` as one transaction, on disk when this returns; or leave no trace."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        for sql, values, kept in statements:
            connection.execute(sql, values, can_cache=kept)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # some errors have ended it already
            connection.execute("ROLLBACK")
        raise
