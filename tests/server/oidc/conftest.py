"""A real provider for each module that asks for one; what a test turned to the bad is put right."""

import copy
from collections.abc import Iterator

import pytest

from tests.peers.openid import OpenId, openid
from tests.server.oidc.visits import ORIGIN, PEOPLE


@pytest.fixture(scope="module")
def _running() -> Iterator[OpenId]:
    with openid(copy.deepcopy(PEOPLE), ORIGIN, "trust") as one:
        yield one


@pytest.fixture
def trust(_running: OpenId) -> Iterator[OpenId]:
    """The provider of most tests."""
    yield _running
    _running.turn(fault=None, tamper=None, tokens=[], farewells=[], person=copy.deepcopy(PEOPLE))
