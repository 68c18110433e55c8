"""What interoperation tests are given: PouchDB, ``tidemark couch``, and names nobody else uses."""

import re
from collections.abc import Iterator

import pytest

from tests.interop.pouchdb import NodePouch, node_pouch
from tests.interop.servers import Couch, empty_site
from tests.peers.couch import pouchdb_server


@pytest.fixture(scope="session")
def pouch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodePouch]:
    """PouchDB in Node."""
    with node_pouch(tmp_path_factory.mktemp("pouchdb") / "log") as one:
        yield one


@pytest.fixture(scope="session")
def origin() -> Iterator[str]:
    """The origin of a site with an empty page, which ``couch`` lets in."""
    with empty_site() as one:
        yield one


@pytest.fixture(scope="session")
def couch(tmp_path_factory: pytest.TempPathFactory, origin: str) -> Iterator[Couch]:
    """A server. A fault in its log fails the test."""
    one = Couch(tmp_path_factory.mktemp("couch") / "data", origin).start()
    try:
        yield one
    finally:
        one.stop()
    assert one.faults() == []


@pytest.fixture(scope="session")
def third() -> Iterator[str]:
    """The address of npm's pouchdb-server."""
    with pouchdb_server() as address:
        yield address.removeprefix("couchdb+")


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A name for the test's databases."""
    words = re.findall("[a-z0-9]+", request.node.name.lower())
    return "-".join(words)[:80]
