"""A school over the memory store, for every test that asks for one."""

from collections.abc import AsyncIterator

import pytest

from sync.stores.memory import MemoryStore
from tests.factory import roster
from tests.sync.school import School


@pytest.fixture
async def school() -> AsyncIterator[School]:
    """A school of one form with four pupils."""
    store = MemoryStore()
    yield School(await store.create("sch-test"), roster())
    await store.close()
