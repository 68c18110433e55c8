"""Writes to a store and says what was acknowledged, until it is killed.

``python crash_worker.py FOLDER TURN``: each acknowledgement is followed by a line
``<database> <id>`` for each document.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[4]))

from sync.errors import DatabaseExists
from sync.store import Database, Store, Write, WriteBatch
from sync.stores.sqlite import SqliteSettings, SqliteStore

DATABASES = ("school-1", "school-2", "school-3")


async def database(store: Store, name: str) -> Database:
    try:
        return await store.create(name)
    except DatabaseExists:
        return await store.open(name)


async def work(school: Database, name: str) -> None:
    number = 0
    while True:
        number += 1
        ids = [f"{name}:{number}:{part}" for part in range(1 + number % 7)]
        writes = [Write(one, {"text": one * 50}, frozenset({"red"})) for one in ids]
        counter = Write("counter", {name: number}, frozenset({"red", name}), force=True)
        await school.write(WriteBatch([*writes, counter], {name: {"n": number}}))
        os.write(1, "".join(f"{school.name} {one}\n" for one in ids).encode())


async def pass_by(store: Store) -> None:
    """Make a database, write to it and delete it, over and over."""
    while True:
        passing = await database(store, "passing")
        await passing.write(WriteBatch([Write("x", {}, frozenset({"red"}))]))
        await store.delete("passing")


async def main(folder: str, turn: str) -> None:
    # Two handles for three databases: files are opened and closed under the writes. Turn by turn
    # the journal is short, so that its files come and go, or as long as it gets.
    journal_bytes = (1, 100_000, 10_000_000)[int(turn) % 3]
    store = SqliteStore(Path(folder), SqliteSettings(handles=2, journal_bytes=journal_bytes))
    schools = [await database(store, name) for name in DATABASES]
    workers = [work(school, f"t{turn}w{n}") for school in schools for n in range(3)]
    await asyncio.gather(*workers, pass_by(store))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
