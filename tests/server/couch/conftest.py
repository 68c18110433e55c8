"""CouchDB's API over each embedded store, in this process, as its administrator calls it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sync.store import Store
from sync.stores.memory import MemoryStore
from sync.stores.records import Rules
from sync.stores.sqlite import SqliteSettings, SqliteStore
from tests.server.couch.caller import Caller, caller

RULES = Rules(keep_superseded=True)


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store that keeps what the bare endpoint keeps."""
    made: Store
    if request.param == "memory":
        made = MemoryStore(RULES)
    else:
        made = SqliteStore(tmp_path / "databases", SqliteSettings(rules=RULES))
    try:
        yield made
    finally:
        await made.close()


@pytest.fixture
async def couch(store: Store) -> AsyncIterator[Caller]:
    """The API over ``store``, with an empty database ``db``."""
    async for one in caller(store):
        assert (await one.put("/db")).status == 201
        yield one
