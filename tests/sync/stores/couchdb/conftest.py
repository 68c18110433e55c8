"""The server that faults are tried on."""

from __future__ import annotations

import pytest


@pytest.fixture
def url(pouchdb_url: str) -> str:
    """The address of a pouchdb-server."""
    return pouchdb_url
