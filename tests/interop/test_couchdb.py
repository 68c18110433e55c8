"""Apache CouchDB's own replicator, with ``tidemark couch`` as its source and as its target."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.interop.pouchdb import NodePouch
from tests.interop.servers import Couch
from tests.interop.zoo import edits, grafts
from tests.peers.couch import REAL

pytestmark = [
    pytest.mark.couchdb,
    pytest.mark.skipif(REAL not in os.environ, reason=f"no CouchDB is named in {REAL}"),
]


@pytest.fixture
def there() -> Iterator[str]:
    """The address of a database at the real CouchDB, which is deleted afterwards."""
    url = f"{os.environ[REAL].rstrip('/')}/tidemark-test-{secrets.token_hex(6)}"
    assert httpx2.put(url).status_code == 201
    yield url
    assert httpx2.delete(url).status_code == 200


def _replicate(source: str, target: str) -> dict[str, Any]:
    """Have CouchDB replicate, and wait for it; what it says of the last session."""
    answer = httpx2.post(
        f"{os.environ[REAL].rstrip('/')}/_replicate",
        json={"source": source, "target": target, "use_checkpoints": True},
        timeout=60,
    )
    said: dict[str, Any] = answer.json()
    assert (answer.status_code, said.get("ok")) == (200, True), said
    if said.get("no_changes"):
        return {"docs_written": 0, "doc_write_failures": 0}
    last: dict[str, Any] = said["history"][0]
    return last


def _without_digests(leaves: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """CouchDB compresses text, and then its digest is of the compressed bytes."""
    return [
        {**leaf, "attachments": [[name, kind, data] for name, kind, _, data in leaf["attachments"]]}
        for leaf in leaves
    ]


def _fill(pouch: NodePouch, name: str) -> list[dict[str, Any]]:
    assert all(row["ok"] for row in pouch("write", name, edits()))
    assert pouch("graft", name, grafts()) == []
    return _without_digests(pouch("leaves", name))


def test_couchdb_fetches_everything_from_here(
    pouch: NodePouch, couch: Couch, there: str, name: str
) -> None:
    here = f"{couch.url}/{name}"
    leaves = _fill(pouch, here)
    done = _replicate(here, there)
    assert (done["docs_written"], done["doc_write_failures"]) == (len(leaves), 0)
    assert _without_digests(pouch("leaves", there)) == leaves
    assert _replicate(here, there)["docs_written"] == 0


def test_couchdb_brings_everything_here(
    pouch: NodePouch, couch: Couch, there: str, name: str
) -> None:
    here = f"{couch.url}/{name}"
    pouch("info", here)
    leaves = _fill(pouch, there)
    done = _replicate(there, here)
    assert (done["docs_written"], done["doc_write_failures"]) == (len(leaves), 0)
    assert _without_digests(pouch("leaves", here)) == leaves
    assert _replicate(there, here)["docs_written"] == 0
