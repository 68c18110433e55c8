"""The stores that are tried, each behind the fixture ``store``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sync.store import Database, Store
from sync.stores.memory import MemoryStore
from sync.stores.sqlite import SqliteStore


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store."""
    store: Store = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "data")
    yield store
    await store.close()


@pytest.fixture
async def database(store: Store) -> Database:
    """An empty database in it."""
    return await store.create("school-1")
