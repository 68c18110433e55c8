"""The file of a database: its tables, and the numbered steps that lead to them.

``PRAGMA user_version`` counts the steps a file has been through; ``application_id`` says that it is
Tidemark's. Steps only go forward, each in one transaction.

- ``state``: one row: the epoch, the newest sequence, how many documents are live and deleted.
- ``docs``: one row a document, keyed by its latest sequence, so that the feed is the table in its
  order. ``channels``: JSON, sorted. ``departures``: JSON, channel → [seq, rev] of leaving it.
  ``rivals``: JSON, [rev, deleted] of each leaf beside the winner. ``tree`` is NULL while the
  document has one revision and no ancestors; it comes last, so that reading a body passes it by.
- ``spares``: the content of revisions that are not the winner.
- ``feed``: one row a document and channel. ``id`` is empty while the document is in the channel,
  at its latest sequence; else the row says which document left there, and with which revision.
- ``local``: documents that are never replicated.
- ``blobs``: the bytes of attachments, once each, under their SHA-256 in hex. ``attachments`` of
  ``docs`` and ``spares``: JSON, a list of :class:`sync.attachments.Attachment`, NULL for none.

``state.revs_limit`` is NULL while the store's own rule holds; ``state.security`` is JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import apsw

from sync.errors import StoreError

__all__ = ["APPLICATION_ID", "MIGRATIONS", "migrate"]

APPLICATION_ID = 0x5469646D
"""``Tidm`` in ASCII."""

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE state (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      epoch TEXT NOT NULL,
      update_seq INTEGER NOT NULL,
      doc_count INTEGER NOT NULL,
      deleted_count INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE docs (
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      rev TEXT NOT NULL,
      deleted INTEGER NOT NULL,
      channels TEXT,
      departures TEXT,
      rivals TEXT,
      body BLOB NOT NULL,
      tree BLOB
    ) STRICT;
    CREATE TABLE spares (
      id TEXT NOT NULL,
      rev TEXT NOT NULL,
      deleted INTEGER NOT NULL,
      channels TEXT,
      body BLOB NOT NULL,
      PRIMARY KEY (id, rev)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE channels (
      number INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE feed (
      channel INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      id TEXT NOT NULL,
      rev TEXT NOT NULL,
      PRIMARY KEY (channel, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE local (
      id TEXT PRIMARY KEY,
      body BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    """
    ALTER TABLE state ADD COLUMN purge_seq INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE state ADD COLUMN revs_limit INTEGER;
    ALTER TABLE state ADD COLUMN security BLOB NOT NULL DEFAULT x'7b7d';
    ALTER TABLE docs ADD COLUMN attachments TEXT;
    ALTER TABLE spares ADD COLUMN attachments TEXT;
    CREATE INDEX docs_with_attachments ON docs (seq) WHERE attachments IS NOT NULL;
    CREATE INDEX spares_with_attachments ON spares (id) WHERE attachments IS NOT NULL;
    CREATE TABLE blobs (
      number INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      data BLOB NOT NULL
    ) STRICT;
    """,
)


def migrate(
    connection: apsw.Connection, epochs: Callable[[], str], migrations: Sequence[str] = MIGRATIONS
) -> None:
    """Bring a file to the newest schema; a new file is given an epoch.

    Raises :class:`StoreError` for another program's file, or a newer Tidemark's.
    """
    version, owner = connection.pragma("user_version"), connection.pragma("application_id")
    if version == len(migrations) and owner == APPLICATION_ID:
        return
    _refuse_foreign(connection, version, owner, len(migrations))
    for number, script in enumerate(migrations[version:], version + 1):
        with connection:
            connection.execute(script)
            if number == 1:
                connection.execute("INSERT INTO state VALUES (1, ?, 0, 0, 0)", (epochs(),))
                connection.pragma("application_id", APPLICATION_ID)
            connection.pragma("user_version", number)


def _refuse_foreign(connection: apsw.Connection, version: int, owner: int, newest: int) -> None:
    file = connection.db_filename("main")
    is_new = version == 0 and owner == 0 and connection.pragma("schema_version") == 0
    if owner != APPLICATION_ID and not is_new:
        raise StoreError(
            f"{file} is an SQLite file of another program (application id {owner}); "
            "move it out of Tidemark's data folder."
        )
    if version > newest:
        raise StoreError(
            f"{file} was written by a newer Tidemark (schema {version}, this one knows {newest}); "
            "run that version or a later one."
        )
