"""What of a replicator's revisions is missing."""

from typing import Any

import pytest

from tests.server.couch.caller import R1, R2, R3, Caller


@pytest.fixture
async def filled(couch: Caller) -> Caller:
    """A document with one revision and a rival, and one with three in a row."""
    await couch.graft({"_id": "a", "_rev": R1}, {"_id": "a", "_rev": "1-b"})
    ids = [rev[2:] for rev in (R3, R2, R1)]
    await couch.graft({"_id": "b", "_revisions": {"start": 3, "ids": ids}})
    return couch


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        ({}, {}),
        ({"a": [R1, "1-b"], "b": [R1, R2, R3]}, {}),
        ({"none": ["1-x", R2]}, {"none": {"missing": ["1-x", R2]}}),
        ({"b": [R3, "3-x"]}, {"b": {"missing": ["3-x"]}}),
        ({"b": ["4-x"]}, {"b": {"missing": ["4-x"], "possible_ancestors": [R3]}}),
        ({"a": []}, {}),
        ({"b": ["0-1", R1, "1-"]}, {"b": {"missing": ["1-", "0-1"]}}),
        ({"_odd": ["1-x"]}, {"_odd": {"missing": ["1-x"]}}),
    ],
)
async def test_revs_diff(filled: Caller, asked: Any, missing: Any) -> None:
    answer = await filled.post("/db/_revs_diff", asked)
    assert (answer.status, answer.json) == (200, missing)
    answer = await filled.post("/db/_missing_revs", asked)
    short = {name: row["missing"] for name, row in missing.items()}
    assert answer.json == {"missing_revs": short}


async def test_possible_ancestors_are_all_leaves_that_may_be(filled: Caller) -> None:
    answer = await filled.post("/db/_revs_diff", {"a": ["2-x"]})
    assert sorted(answer.json["a"]["possible_ancestors"]) == sorted([R1, "1-b"])


@pytest.mark.parametrize("body", [[], 5, {"a": "x"}, {"a": {}}, {"a": None}, {"a": [5]}, b"{"])
@pytest.mark.parametrize("name", ["_revs_diff", "_missing_revs"])
async def test_what_is_refused(couch: Caller, name: str, body: object) -> None:
    answer = await couch.post(f"/db/{name}", body)
    assert (answer.status, answer.json["error"]) == (400, "bad_request")


async def test_a_malformed_revision(couch: Caller) -> None:
    for name in ("_revs_diff", "_missing_revs"):
        answer = await couch.post(f"/db/{name}", {"a": ["bad"]})
        assert answer.error == (400, "bad_request", "Invalid rev format")
