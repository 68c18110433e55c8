"""Collation: the documented order, and that a key is a total order of JSON values."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.collation import collation_key, id_key

ORDERED: list[Any] = [
    None,
    False,
    True,
    -1,
    1,
    1.5,
    2,
    "",
    " ",
    "_",
    "-",
    "!",
    "\u2019",
    "`",
    "~",
    "$",
    "€",
    "0",
    "9",
    "a",
    "A",
    "á",
    "à",
    "aa",
    "b",
    "B",
    "ba",
    "bá",
    "bb",
    "bbb",
    "z",
    "α",
    "я",
    "中",
    [],
    ["a"],
    ["a", 1],
    ["b"],
    {},
    {"a": 1},
    {"a": 2},
    {"b": 1},
    {"b": 1, "c": 1},
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)


def test_values_sort_as_couchdb_documents_it() -> None:
    for one, other in itertools.pairwise(ORDERED):
        assert collation_key(one) < collation_key(other), (one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        ("a\u0000b", "ab"),
        ("é", "e\u0301"),
        ("\u00ada", "a"),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ],
)
def test_some_values_are_the_same_in_order(one: Any, other: Any) -> None:
    assert collation_key(one) == collation_key(other)


def test_case_counts_after_accents_and_accents_after_letters() -> None:
    words = ["resume", "Resume", "résumé", "Résumé", "resumes"]
    assert sorted(set(words), key=collation_key) == words


@given(st.lists(JSON, max_size=6))
def test_every_value_has_its_place(values: list[Any]) -> None:
    ordered = sorted(values, key=collation_key)
    keys = [collation_key(value) for value in values]
    assert sorted(keys) == [collation_key(value) for value in ordered]
    ranks = [collation_key(value)[0] for value in ordered]
    assert ranks == sorted(ranks)


def test_ids_sort_by_their_bytes_after_everything_else() -> None:
    ordered: list[Any] = [1, 2, None, {}, [], "", "B", "a", "b", "á"]
    assert sorted(ordered, key=id_key) == ordered
