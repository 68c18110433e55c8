import re

import pytest

from schemas.canonical import GENESIS, MAX_INTEGER, body_digest, canonical_bytes, entry_digest
from schemas.entry import make_entry
from schemas.errors import CanonicalError


def test_keys_are_sorted_and_nothing_is_padded():
    assert (
        canonical_bytes({"b": [1, None, True], "a": "é\n"})
        == '{"a":"é\\n","b":[1,null,true]}'.encode()
    )


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (1.0, "1.0"),
        ({"a": [0, 0.5]}, "value.a[1]"),
        (MAX_INTEGER + 1, str(MAX_INTEGER + 1)),
        ({"é": 1}, "'é'"),
        ({1: 1}, "ASCII"),
        ("\ud800", "Unicode"),
        ((1,), "tuple"),
    ],
)
def test_what_has_no_canonical_form_is_named(value, named):
    with pytest.raises(CanonicalError, match=re.escape(named)):
        canonical_bytes(value)


def test_depth_is_bounded():
    value: list[object] = []
    for _ in range(40):
        value = [value]
    with pytest.raises(CanonicalError, match="32 deep"):
        canonical_bytes(value)


def test_the_largest_integers_are_canonical():
    assert canonical_bytes([MAX_INTEGER, -MAX_INTEGER]) == b"[9007199254740991,-9007199254740991]"


def test_a_seal_changes_with_salt_body_number_and_chain():
    body = {"kind": "x"}
    seals = {
        make_entry("a" * 32, n, prev, salt, content)["digest"]
        for n in (1, 2)
        for prev in (GENESIS, "1" * 64)
        for salt in ("0" * 32, "1" * 32)
        for content in (body, {"kind": "y"})
    }
    assert len(seals) == 16


def test_the_chain_verifies_without_the_body():
    entry = make_entry("a" * 32, 1, GENESIS, "0" * 32, {"kind": "x"})
    again = entry_digest(log=entry["log"], n=1, prev=GENESIS, body=entry["body_digest"])
    assert again == entry["digest"]
    assert body_digest("0" * 32, {"kind": "x"}) == entry["body_digest"]
