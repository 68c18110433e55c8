"""A school over the memory store, for every test that asks for one."""

from collections.abc import AsyncIterator

import pytest

from sync.stores.memory import MemoryStore
from tests.factory import roster
from tests.sync.auditing import audited
from tests.sync.family.area import Area
from tests.sync.school import School


@pytest.fixture
async def area() -> AsyncIterator[Area]:
    """An authority's area with two teams. Whatever comes in, the audit finds nothing."""
    store = MemoryStore()
    database = await store.create("area-test")
    made = Area(database)
    yield made
    found = (await audited(database)).findings
    await store.close()
    assert made.tampered or found == ()


@pytest.fixture
async def school() -> AsyncIterator[School]:
    """A school of one form with four pupils. Whatever comes in, the audit finds nothing."""
    store = MemoryStore()
    database = await store.create("sch-test")
    made = School(database, roster())
    yield made
    found = (await audited(database)).findings
    await store.close()
    assert made.tampered or found == ()
