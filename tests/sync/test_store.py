"""The values that stores take and give."""

from __future__ import annotations

from sync.store import Document


def test_a_body_given_as_bytes_is_parsed_once_when_asked_for() -> None:
    document = Document("a", "1-x", b'{"n":1}')
    assert document.raw == b'{"n":1}'
    assert document.body == {"n": 1}
    assert document.body is document.body


def test_a_body_given_as_it_is_can_be_had_as_bytes() -> None:
    document = Document("a", "1-x", {"b": 1, "a": "é"})
    assert document.raw == '{"a":"é","b":1}'.encode()
    assert document.raw is document.raw


def test_equal_documents_are_equal_however_their_body_came() -> None:
    document = Document("a", "1-x", {"n": 1}, seq=3)
    assert document == Document("a", "1-x", b'{"n":1}', seq=3)
    assert document != Document("a", "1-x", b'{"n":2}', seq=3)
    assert document != Document("a", "1-x", b'{"n":1}', seq=4)
    assert document != "a"


def test_a_document_is_shown_without_what_it_says() -> None:
    document = Document("a", "1-x", {"secret": 1}, seq=3)
    assert repr(document) == "Document('a', '1-x', seq=3, deleted=False)"
