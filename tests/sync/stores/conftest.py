"""The stores that are tried, each behind the fixture ``store``."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sync.store import Database, Store
from sync.stores.couchdb import CouchSettings, CouchStore
from sync.stores.couchdb.link import Link
from sync.stores.couchdb.provision import Provision
from sync.stores.memory import MemoryStore
from sync.stores.records import Rules
from sync.stores.sqlite import SqliteSettings, SqliteStore
from tests.peers.couch import REAL, new_prefix, pouchdb_server, real_url

REAL_COUCHDB = pytest.param("real couchdb", marks=pytest.mark.couchdb)
COUCHES = ["couchdb", *([REAL_COUCHDB] if real_url() else [])]
STORES = ["memory", "sqlite", *COUCHES]
HASHES_THE_ID = "its revisions depend on the document's id as well"
HAS_NO_PURGE = "it has no _purge"
HAS_NO_LIMIT = "its _revs_limit cannot be changed"
NOT_IN_POUCHDB_SERVER = {
    "test_the_same_edit_is_the_same_revision_everywhere": HASHES_THE_ID,
    "test_a_revision_depends_on_its_attachments": HASHES_THE_ID,
    "test_what_is_set_stays_set": HAS_NO_LIMIT,
    "test_each_database_has_its_own": HAS_NO_LIMIT,
    "test_so_many_revisions_are_remembered": HAS_NO_LIMIT,
    "test_a_document_goes_with_its_last_leaf": HAS_NO_PURGE,
    "test_departures_go_with_their_document": HAS_NO_PURGE,
    "test_a_purged_winner_gives_way_to_the_next": HAS_NO_PURGE,
    "test_a_purged_loser_leaves_the_winner": HAS_NO_PURGE,
    "test_only_leaves_are_purged": HAS_NO_PURGE,
    "test_several_documents_at_once": HAS_NO_PURGE,
    "test_all_leaves_at_once": HAS_NO_PURGE,
    "test_a_deleted_document_is_purged": HAS_NO_PURGE,
    "test_what_was_purged_can_come_back": HAS_NO_PURGE,
    "test_those_who_wait_hear_of_a_document_that_stays": HAS_NO_PURGE,
    "test_nobody_hears_of_a_document_that_is_gone": HAS_NO_PURGE,
    "test_attachments_of_what_was_purged_go_with_compaction": HAS_NO_PURGE,
}
"""What pouchdb-server 4.2.0 does otherwise than CouchDB, by the test that it cannot pass."""
ITS_OWN_SECURITY = "CouchDB gives a new database a security object, which lets only admins in"
NOT_IN_COUCHDB = {
    "test_a_new_database": ITS_OWN_SECURITY,
    "test_security_must_be_json": ITS_OWN_SECURITY,
}
"""What CouchDB does otherwise than the embedded stores."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was not tried."""
    if real_url() is None:
        terminalreporter.write_line(f"No real CouchDB was tried with the store: {REAL} names none.")


@pytest.fixture(scope="session")
def pouchdb_url() -> Iterator[str]:
    """The address of a pouchdb-server that the whole run shares."""
    with pouchdb_server() as url:
        yield url


@pytest.fixture(params=COUCHES)
def couch_url(request: pytest.FixtureRequest) -> str:
    """The address of a CouchDB, or of a server that is like it."""
    url = real_url() if request.param == "real couchdb" else request.getfixturevalue("pouchdb_url")
    assert url is not None
    return str(url)


@asynccontextmanager
async def couch_store(url: str, folder: Path) -> AsyncIterator[CouchStore]:
    """A store in CouchDB under a prefix of its own, of which nothing is left behind."""
    settings = CouchSettings.of(url).with_prefix(new_prefix())
    store = CouchStore(folder, settings, now_s=time.time)
    try:
        yield store
    finally:
        await store.close()
        await remove_all(settings)


async def remove_all(settings: CouchSettings) -> None:
    """Delete every database of a prefix."""
    link = Link(settings)
    provision = Provision(link)
    for name in await provision.names(settings.prefix):
        await provision.delete(name)
    await link.close()


@pytest.fixture(params=STORES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store."""
    if request.param == "memory":
        memory = MemoryStore()
        yield memory
        await memory.close()
    elif request.param == "sqlite":
        sqlite = SqliteStore(tmp_path / "data")
        yield sqlite
        await sqlite.close()
    else:
        url = real_url()
        test = getattr(request.node, "originalname", "")
        if request.param == "couchdb":
            if test in NOT_IN_POUCHDB_SERVER:
                pytest.skip(f"pouchdb-server: {NOT_IN_POUCHDB_SERVER[test]}")
            url = request.getfixturevalue("pouchdb_url")
        elif test in NOT_IN_COUCHDB:
            pytest.skip(NOT_IN_COUCHDB[test])
        assert url is not None
        async with couch_store(url, tmp_path / "mirrors") as couch:
            yield couch


@pytest.fixture
async def database(store: Store) -> Database:
    """An empty database in it."""
    return await store.create("school-1")


@pytest.fixture(params=["memory", "sqlite"])
async def keeping(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database of a store that keeps superseded revisions."""
    rules = Rules(keep_superseded=True)
    store: Store = MemoryStore(rules)
    if request.param == "sqlite":
        store = SqliteStore(tmp_path / "data", SqliteSettings(rules=rules))
    yield await store.create("school-1")
    await store.close()
