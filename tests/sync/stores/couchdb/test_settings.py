"""The address of a CouchDB, and what databases are called there."""

from __future__ import annotations

import pytest

from sync.errors import BadName, StoreError
from sync.stores.couchdb import CouchSettings
from sync.stores.couchdb.names import couch_name, document_path, name_of_couch
from sync.stores.couchdb.settings import without_password


def test_an_address_is_taken_apart() -> None:
    settings = CouchSettings.of("couchdb+http://us%40er:p%2Fw%3A@couch.test:5984/under/")
    assert settings.address == "http://couch.test:5984/under"
    assert (settings.user, settings.password) == ("us@er", "p/w:")
    assert "p/w" not in repr(settings)
    assert CouchSettings.of("couchdb+https://couch.test").address == "https://couch.test"


@pytest.mark.parametrize(
    "url",
    [
        "http://host",
        "couchdb+http://",
        "couchdb+http://u:secret@host:port",
        "couchdb+http://u:secret@host:0",
        "couchdb+http://u:secret@host/?a",
        "couchdb+http://u:secret@host/#a",
    ],
)
def test_what_is_no_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        CouchSettings.of(url)
    assert "secret" not in str(caught.value)


def test_a_password_is_left_out() -> None:
    assert without_password("couchdb+http://u:secret@host:1") == "couchdb+http://…@host:1"
    assert without_password("couchdb+http://host:1") == "couchdb+http://host:1"


@pytest.mark.parametrize("prefix", ["", "A", "1", "a/", "a$", "é"])
def test_a_prefix_must_be_one(prefix: str) -> None:
    with pytest.raises(StoreError, match="prefix"):
        CouchSettings("http://host").with_prefix(prefix)


@pytest.mark.parametrize("name", ["a", "a/b", "a$-", "a$$/$", "a_$()+-/9"])
def test_names_there_and_back(name: str) -> None:
    found = couch_name("p-", name)
    assert "/" not in found
    assert name_of_couch("p-", found) == name


@pytest.mark.parametrize("found", ["q-a", "p-", "p-A", "p-$leases", "p-a$", "p-a$x", "p"])
def test_what_else_lies_in_couchdb_is_no_database_of_ours(found: str) -> None:
    assert name_of_couch("p-", found) is None


def test_a_name_that_is_too_long_for_couchdb() -> None:
    with pytest.raises(BadName, match="count twice"):
        couch_name("p-", "a" + "$" * 119)


def test_paths_of_documents() -> None:
    assert document_path("/d", "a/b é") == "/d/a%2Fb%20%C3%A9"
    assert document_path("/d", "_design/a/b") == "/d/_design/a%2Fb"
    assert document_path("/d", "_local/a/b") == "/d/_local/a%2Fb"
