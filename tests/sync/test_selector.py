"""Selectors: what each operator says, what is refused, and laws that hold for all of them."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.collation import collation_key
from sync.errors import BadSelector
from sync.selector import MAX_DEPTH, compile_selector

DOCUMENT: dict[str, Any] = {
    "_id": "pupil:1",
    "_rev": "1-a",
    "name": "Ada",
    "age": 11,
    "score": -7,
    "share": 0.5,
    "nothing": None,
    "here": True,
    "address": {"town": "Leeds", "post.code": "LS1", "lines": [{"n": 1}, {"n": 2}]},
    "marks": [80, 82.5, 90],
    "words": ["a", "b", ["c"]],
    "none": [],
    "months": {"sep": 1, "oct": 2},
    "empty": {},
}


def matches(selector: Any, document: Any = None) -> bool:
    return compile_selector(selector)(DOCUMENT if document is None else document)


TRUE: list[dict[str, Any]] = [
    {},
    {"name": "Ada"},
    {"name": "Ada", "age": 11},
    {"_id": {"$gt": None}},
    {"_id": {"$gt": {}}},
    {"_id": {"$gt": [1], "$gte": 5, "$ne": True}},
    {"_id": {"$gt": "Z"}},
    {"_id": {"$in": ["pupil:1", None]}},
    {"name": {"$eq": "Ada"}},
    {"name": {"$ne": "Bea"}},
    {"empty": {}},
    {"address": {"town": "Leeds"}},
    {"address.town": "Leeds"},
    {"address.post\\.code": "LS1"},
    {"address.lines.1.n": 2},
    {"age": {"$gt": 10, "$lt": 12}},
    {"age": {"$gte": 11, "$lte": 11}},
    {"age": {"$lt": "text"}},
    {"name": {"$gt": "ada"}},
    {"name": {"$lt": "b"}},
    {"nothing": None},
    {"nothing": {"$exists": True}},
    {"missing": {"$exists": False}},
    {"address.missing": {"$exists": False}},
    {"$not": {"missing": {"$exists": True}}},
    {"name": {"$type": "string"}},
    {"age": {"$type": "number"}},
    {"share": {"$type": "number"}},
    {"here": {"$type": "boolean"}},
    {"nothing": {"$type": "null"}},
    {"marks": {"$type": "array"}},
    {"months": {"$type": "object"}},
    {"age": {"$in": [10, 11.0]}},
    {"words": {"$in": ["b", "z"]}},
    {"age": {"$nin": [10]}},
    {"age": {"$nin": []}},
    {"marks": {"$size": 3}},
    {"none": {"$size": 0}},
    {"age": {"$mod": [4, 3]}},
    {"score": {"$mod": [4, -3]}},
    {"age": {"$mod": [-4, 3]}},
    {"name": {"$regex": "^A.a$"}},
    {"name": {"$regex": "d"}},
    {"name": {"$not": {"$regex": "^B"}}},
    {"name": {"$beginsWith": "Ad"}},
    {"$or": [{"name": "Bea"}, {"age": 11}]},
    {"$or": []},
    {"$and": []},
    {"$nor": []},
    {"$nor": [{"name": "Bea"}, {"age": 12}]},
    {"$not": {"$nor": [{"name": "Ada"}, {"age": 12}]}},
    {"$not": {"$or": [{"name": "Bea"}, {"age": 12}]}},
    {"$not": {"$and": [{"name": "Ada"}, {"age": 12}]}},
    {"$not": {"name": "Ada", "age": 12}},
    {"$not": {"$not": {"name": "Ada"}}},
    {"words": {"$all": ["a", "b"]}},
    {"words": {"$all": [["c"]]}},
    {"marks": {"$all": [[80, 82.5, 90]]}},
    {"marks": {"$elemMatch": {"$gte": 80, "$lt": 81}}},
    {"address.lines": {"$elemMatch": {"n": 2}}},
    {"address.lines": {"$allMatch": {"n": {"$gt": 0}}}},
    {"address.lines": {"$elemMatch": {"$not": {"n": 1}}}},
    {"address.lines": {"$elemMatch": {"$not": {"m": 1}}}},
    {"address.lines": {"$elemMatch": {"$nor": [{"n": 1}, {"n": 3}]}}},
    {"address.lines": {"$elemMatch": {"$or": [{"n": 2}]}}},
    {"address.lines": {"$elemMatch": {"$nor": []}}},
    {"months": {"$keyMapMatch": {"$eq": "sep"}}},
]
FALSE: list[dict[str, Any]] = [
    {"name": "ada"},
    {"missing": None},
    {"missing": {"$ne": 1}},
    {"$not": {"missing": 1}},
    {"missing": {"$not": {"$regex": "x"}}},
    {"missing": {"$nin": [1]}},
    {"name": {"$exists": False}},
    {"name.first": {"$exists": False}},
    {"words.9": {"$exists": False}},
    {"words.x": {"$exists": False}},
    {"missing": {"$exists": True}},
    {"here": {"$eq": 1}},
    {"here": {"$type": "number"}},
    {"name": {"$type": "colour"}},
    {"age": {"$in": []}},
    {"words": {"$nin": ["a"]}},
    {"name": {"$size": 3}},
    {"share": {"$mod": [1, 0]}},
    {"here": {"$mod": [1, 0]}},
    {"age": {"$regex": "1"}},
    {"age": {"$beginsWith": "1"}},
    {"name": {"$beginsWith": "da"}},
    {"words": {"$all": []}},
    {"words": {"$all": ["a", "z"]}},
    {"name": {"$all": ["Ada"]}},
    {"marks": {"$all": [80.0]}},
    {"words": {"$all": [["d"]]}},
    {"words": {"$all": [["c", "c"]]}},
    {"address.lines": {"$all": [{"n": 3}]}},
    {"address.lines": {"$all": [{"m": 1}]}},
    {"none": {"$allMatch": {"$gt": 0}}},
    {"name": {"$allMatch": {"$gt": 0}}},
    {"name": {"$elemMatch": {"$gt": 0}}},
    {"none": {"$elemMatch": {"$gt": 0}}},
    {"name": {"$keyMapMatch": {"$eq": "sep"}}},
    {"months": {"$keyMapMatch": {"$eq": "nov"}}},
    {"empty": {"a": 1}},
    {"$and": [{}]},
    {"_id": {"$lt": []}},
    {"_id": "PUPIL:1"},
    {"_id": {"$nin": ["pupil:1"]}},
]


@pytest.mark.parametrize("selector", TRUE, ids=str)
def test_it_matches(selector: dict[str, Any]) -> None:
    assert matches(selector)


@pytest.mark.parametrize("selector", FALSE, ids=str)
def test_it_does_not_match(selector: dict[str, Any]) -> None:
    assert not matches(selector)


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        ([], "expected a JSON object"),
        (None, "expected a JSON object"),
        ({"$eq": 1}, "missing a field name"),
        ({"$not": {"$gt": 1}}, "missing a field name"),
        ({"$not": {}}, "missing a field name"),
        ({"$not": 1}, "missing a field name"),
        ({"a": {"$not": 1}}, r"\$not: 1; it takes an object"),
        ({"$and": {}}, r"\$and: {}; it takes an array"),
        ({"$or": 1}, r"\$or"),
        ({"$nor": None}, r"\$nor"),
        ({"a": {"$in": 1}}, r"\$in"),
        ({"a": {"$nin": "x"}}, r"\$nin"),
        ({"a": {"$all": {}}}, r"\$all"),
        ({"a": {"$exists": 1}}, r"\$exists: 1; it takes true or false"),
        ({"a": {"$type": 1}}, r"\$type"),
        ({"a": {"$mod": [1]}}, r"\$mod"),
        ({"a": {"$mod": [1, True]}}, r"\$mod"),
        ({"a": {"$mod": [0, 1]}}, r"other than 0"),
        ({"a": {"$size": -1}}, r"\$size: -1"),
        ({"a": {"$size": True}}, r"\$size"),
        ({"a": {"$regex": "("}}, r"\$regex"),
        ({"a": {"$regex": "(?=a)"}}, r"without look-around"),
        ({"a": {"$regex": 1}}, r"takes a text"),
        ({"a": {"$beginsWith": 1}}, r"\$beginsWith"),
        ({"a": {"$elemMatch": 1}}, r"\$elemMatch"),
        ({"a": {"$allMatch": []}}, r"\$allMatch"),
        ({"a": {"$keyMapMatch": "x"}}, r"\$keyMapMatch"),
        ({"a": {"$where": "x"}}, r"Invalid operator: \$where"),
        ({"a": {"$in": {"long": "x" * 200}}}, "…"),
        ({"a..b": 1}, "Invalid field name"),
        ({"": 1}, "Invalid field name"),
    ],
)
def test_what_is_no_selector_is_refused_by_name(selector: Any, said: str) -> None:
    with pytest.raises(BadSelector, match=said) as caught:
        compile_selector(selector)
    assert (caught.value.status, caught.value.code) == (400, "bad_request")


def test_a_selector_is_not_nested_without_end() -> None:
    selector: dict[str, Any] = {"a": 1}
    for _ in range(MAX_DEPTH):
        selector = {"$not": selector}
    with pytest.raises(BadSelector, match="nested"):
        compile_selector(selector)


def test_no_pattern_runs_away() -> None:
    test = compile_selector({"text": {"$regex": "(a+)+$"}})
    began = time.monotonic()
    assert not test({"text": "a" * 100_000 + "b"})
    assert time.monotonic() - began < 5


SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "B", "é", "b"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=5,
)
FIELDS = ("x", "y", "z")
DOCUMENTS = st.fixed_dictionaries(dict.fromkeys(FIELDS, VALUES))
COMPARISONS = st.sampled_from(["$eq", "$ne", "$lt", "$lte", "$gt", "$gte"])
CONDITIONS = st.one_of(
    st.builds(lambda op, value: {op: value}, COMPARISONS, VALUES),
    st.builds(lambda op, value: {op: value}, st.sampled_from(["$in", "$nin"]), st.lists(VALUES)),
    st.builds(lambda kind: {"$type": kind}, st.sampled_from(["null", "number", "object"])),
    st.builds(lambda size: {"$size": size}, st.integers(0, 3)),
    st.builds(lambda pattern: {"$regex": pattern}, st.sampled_from(["a", "^b", "[é]"])),
    st.builds(lambda value: {"$elemMatch": {"$gte": value}}, VALUES),
)
LEAVES = st.builds(lambda name, one: {name: one}, st.sampled_from(FIELDS), CONDITIONS)
SELECTORS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda op, parts: {op: parts},
            st.sampled_from(["$and", "$or", "$nor"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        st.builds(lambda one: {"$not": one}, inner),
    ),
    max_leaves=6,
)


@given(SELECTORS, DOCUMENTS)
def test_a_negation_is_the_opposite_where_every_field_is_there(
    selector: dict[str, Any], document: dict[str, Any]
) -> None:
    plain = matches(selector, document)
    assert matches({"$not": selector}, document) is not plain
    assert matches({"$nor": [selector]}, document) is not plain
    assert matches({"$not": {"$not": selector}}, document) is plain
    assert matches({"all": {"$elemMatch": selector}}, {"all": [document]}) is plain
    assert matches({"all": {"$allMatch": {"$not": selector}}}, {"all": [document]}) is not plain


@given(st.lists(SELECTORS, min_size=1, max_size=3), DOCUMENTS)
def test_combinations_say_what_their_parts_say(
    parts: list[dict[str, Any]], document: dict[str, Any]
) -> None:
    each = [matches(part, document) for part in parts]
    assert matches({"$and": parts}, document) is all(each)
    assert matches({"$or": parts}, document) is any(each)
    assert matches({"$nor": parts}, document) is not any(each)


@given(VALUES, VALUES)
def test_comparisons_are_one_order(one: Any, other: Any) -> None:
    document = {"x": one}
    below, above = (
        collation_key(one) < collation_key(other),
        collation_key(one) > collation_key(other),
    )
    said = {
        op: matches({"x": {op: other}}, document)
        for op in ("$lt", "$lte", "$eq", "$ne", "$gte", "$gt")
    }
    assert said == {
        "$lt": below,
        "$lte": not above,
        "$eq": not below and not above,
        "$ne": below or above,
        "$gte": not below,
        "$gt": above,
    }


OPERATORS = st.sampled_from(
    [
        *("$eq", "$in", "$nin", "$not", "$and", "$or", "$nor", "$all", "$size", "$mod", "$type"),
        *("$exists", "$regex", "$elemMatch", "$allMatch", "$keyMapMatch", "$beginsWith", "$odd"),
        *("x", "x.y", "x..y"),
    ]
)
ANYTHING = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(OPERATORS, inner, max_size=3),
    max_leaves=12,
)


@given(ANYTHING, DOCUMENTS)
def test_whatever_is_sent_is_an_answer_or_a_bad_selector(
    selector: Any, document: dict[str, Any]
) -> None:
    try:
        answer: object = matches(selector, document)
    except BadSelector as error:
        answer = error.sentence
    assert isinstance(answer, bool) or answer
