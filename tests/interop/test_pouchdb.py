"""Stock PouchDB under Node and ``tidemark couch`` bring each other whatever they hold, whole."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import httpx2
import pytest

from tests.interop.pouchdb import NodePouch, Pouch, until
from tests.interop.servers import Couch
from tests.interop.zoo import IDS, attached, branch, edits, grafts, rev

Leaf = dict[str, Any]
SOON_S = 5.0
"""Live replication is told of a change at once; so long on a machine that does other things."""


def fill(pouch: Pouch, name: str) -> list[Leaf]:
    """Put something of everything into a database; its leaves."""
    rows = pouch("write", name, edits())
    assert [row.get("error") for row in rows] == [None] * len(rows)
    assert pouch("graft", name, grafts()) == []
    gone = pouch("write", name, [{"_id": "gone", "v": 1}])[0]
    assert pouch("write", name, [{"_id": "gone", "_rev": gone["rev"], "_deleted": True}])[0]["ok"]
    leaves: list[Leaf] = pouch("leaves", name)
    assert {leaf["id"] for leaf in leaves} >= {*IDS, "gone", "all files", "many/leaves"}
    assert len([leaf for leaf in leaves if leaf["id"] == "many/leaves"]) == 14
    assert len([leaf for leaf in leaves if leaf["deleted"]]) == 5
    return leaves


def replicated(pouch: Pouch, source: str, target: str, **options: Any) -> int:
    """Replicate one way, with nothing refused; how many revisions were written."""
    outcome = pouch("replicate", source, target, options)
    assert (outcome["ok"], outcome["failed"], outcome["errors"]) == (True, 0, [])
    assert outcome["status"] == "complete"
    written: int = outcome["written"]
    return written


def winners(pouch: Pouch, name: str, ids: Sequence[str]) -> list[Any]:
    return [pouch("read", name, id_, {"conflicts": True}) for id_ in ids]


def in_order(docs: Sequence[Any]) -> list[Any]:
    """Documents with their conflicts, whose order is each server's own, sorted."""
    return [
        None if doc is None else {**doc, "_conflicts": sorted(doc.get("_conflicts", []))}
        for doc in docs
    ]


def test_what_pouchdb_holds_comes_here_and_goes_to_another_pouchdb(
    pouch: NodePouch, couch: Couch, name: str
) -> None:
    here = f"{couch.url}/{name}"
    leaves = fill(pouch, name)
    assert replicated(pouch, name, here) == len(leaves)
    assert pouch("leaves", here) == leaves
    assert replicated(pouch, here, f"{name}-2") == len(leaves)
    assert pouch("leaves", f"{name}-2") == leaves
    for source, target in ((name, here), (here, name), (here, f"{name}-2")):
        assert replicated(pouch, source, target) == 0


def test_what_is_written_here_comes_to_pouchdb_and_its_answers_come_back(
    pouch: NodePouch, couch: Couch, name: str
) -> None:
    here = f"{couch.url}/{name}"
    leaves = fill(pouch, here)
    assert replicated(pouch, here, name) == len(leaves)
    assert pouch("leaves", name) == leaves
    changed = [
        {**pouch("read", name, id_), "changed": "on the tablet"}
        for id_ in ("plain", "日本語", "all files", "_design/one")
    ]
    changed[2]["_attachments"] |= attached("empty")
    del changed[2]["_attachments"]["letter é.txt"]
    gone = pouch("read", name, "two leaves")
    assert all(row["ok"] for row in pouch("write", name, [*changed, {**gone, "_deleted": True}]))
    assert replicated(pouch, name, here) == 5
    leaves = pouch("leaves", name)
    assert pouch("leaves", here) == leaves
    files = {leaf["id"]: leaf["attachments"] for leaf in leaves}["all files"]
    assert [one[0] for one in files] == [
        "100%+#?.png",
        "empty",
        "every byte.bin",
        "folder/inside.json",
    ]


def test_both_choose_the_same_winner_and_a_conflict_settled_there_is_settled_here(
    pouch: NodePouch, couch: Couch, name: str
) -> None:
    here = f"{couch.url}/{name}"
    first = pouch("write", name, [{"_id": "a", "v": 0}, {"_id": "b", "v": 0}])
    replicated(pouch, name, here)
    for row in first:
        edit = {"_id": row["id"], "_rev": row["rev"]}
        pouch("write", name, [{**edit, "v": "there"}])
        pouch("write", here, [{**edit, "v": "here"}])
    replicated(pouch, name, here)
    replicated(pouch, here, name)
    assert pouch("leaves", name) == pouch("leaves", here)
    ids = ["a", "b"]
    contested = in_order(winners(pouch, name, ids))
    assert contested == in_order(winners(pouch, here, ids))
    assert [len(doc["_conflicts"]) for doc in contested] == [1, 1]
    settled = [
        {"_id": doc["_id"], "_rev": doc["_conflicts"][0], "_deleted": True} for doc in contested
    ]
    assert all(row["ok"] for row in pouch("write", name, settled))
    replicated(pouch, name, here)
    after = in_order(winners(pouch, here, ids))
    assert after == in_order(winners(pouch, name, ids))
    assert [doc["_conflicts"] for doc in after] == [[], []]
    assert [doc["v"] for doc in after] == [doc["v"] for doc in contested]


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_batches_of_every_size_and_replications_of_a_part(
    pouch: NodePouch, couch: Couch, name: str, batch: int
) -> None:
    here, count = f"{couch.url}/{name}", 3 * min(batch, 50)
    pouch("write", name, [{"_id": f"doc {n:04}", "n": n, "even": n % 2 == 0} for n in range(count)])
    sizes = {"batch_size": batch, "batches_limit": 2}
    assert replicated(pouch, name, here, **sizes) == count
    assert replicated(pouch, here, f"{name}-2", **sizes) == count
    assert pouch("leaves", here) == pouch("leaves", f"{name}-2") == pouch("leaves", name)
    even = {"selector": {"even": True}}
    assert replicated(pouch, here, f"{name}-even", **sizes, **even) == (count + 1) // 2
    assert all(leaf["body"]["even"] for leaf in pouch("leaves", f"{name}-even"))
    named = {"doc_ids": ["doc 0001", "doc 0002", "doc none"]}
    assert replicated(pouch, here, f"{name}-named", **named) == 2
    assert [leaf["id"] for leaf in pouch("leaves", f"{name}-named")] == named["doc_ids"][:2]


def test_live_replication_shows_each_side_what_the_other_writes(
    pouch: NodePouch, couch: Couch, name: str
) -> None:
    here, tablet = f"{couch.url}/{name}", f"{name}-2"
    for one in (name, tablet):
        pouch("start", one, here)
    began = time.monotonic()
    first = pouch("write", name, [{"_id": "ü/1", "v": 1, "_attachments": attached("empty")}])[0]
    until(lambda: pouch("read", tablet, "ü/1"), bool, "the document on the other tablet")
    pouch("write", tablet, [{"_id": "ü/1", "_rev": first["rev"], "_deleted": True}])
    pouch("write", here, [{"_id": "second", "v": 2}])
    until(
        lambda: [pouch("leaves", one) for one in (name, tablet, here)],
        lambda all_of_them: all(
            leaves == all_of_them[0] and [leaf["deleted"] for leaf in leaves] == [False, True]
            for leaves in all_of_them
        ),
        "the same two leaves, one a deletion, everywhere",
    )
    took = time.monotonic() - began
    for one in (name, tablet):
        pouch("stop", one, here)
    assert took < SOON_S


def test_live_replication_goes_on_after_the_server_was_killed(
    pouch: NodePouch, couch: Couch, name: str
) -> None:
    here = f"{couch.url}/{name}"
    pouch("start", name, here)
    pouch("write", name, [{"_id": "before", "v": 1}])
    until(lambda: pouch("read", here, "before"), bool, "the document on the server")
    couch.kill()
    pouch("write", name, [{"_id": "meanwhile", "v": 2}])
    couch.start()
    pouch("write", here, [{"_id": "after", "v": 3}])
    until(
        lambda: (pouch("leaves", name), pouch("leaves", here)),
        lambda both: both[0] == both[1] and len(both[0]) == 3,
        "all three documents on both sides",
    )
    pouch("stop", name, here)


def test_pouchdb_server_and_this_one_replicate_both_ways_and_all_three_are_equal(
    pouch: NodePouch, couch: Couch, third: str, name: str
) -> None:
    here, there = f"{couch.url}/{name}", f"{third}/{name}"
    leaves = fill(pouch, here)
    assert replicated(pouch, here, there) == len(leaves)
    pouch("write", there, [{"_id": "theirs", "_attachments": attached()}])
    pouch("graft", there, [branch("two leaves", "dba", v=3), branch("new", "fed", v=1)])
    pouch("write", there, [{**pouch("read", there, "plain"), "_deleted": True}])
    assert replicated(pouch, there, here) == 4
    assert replicated(pouch, there, name) == len(leaves) + 2
    leaves = pouch("leaves", name)
    assert pouch("leaves", here) == leaves
    assert pouch("leaves", there) == leaves
    assert [leaf["rev"] for leaf in leaves if leaf["id"] == "two leaves"] == [
        rev(2, "c"),
        rev(3, "d"),
    ]
    assert replicated(pouch, here, there) == 0
    assert replicated(pouch, name, here) == 0


def test_a_database_made_by_pouchdb_is_listed_and_its_end_is_the_end(
    pouch: NodePouch, couch: Couch, name: str
) -> None:
    here = f"{couch.url}/{name}"
    pouch("write", here, [{"_id": "a"}])
    assert pouch("info", here)["doc_count"] == 1
    with httpx2.Client(base_url=couch.url) as administrator:
        assert name in administrator.get("/_all_dbs").json()
        pouch("destroy", here)
        assert name not in administrator.get("/_all_dbs").json()
    assert pouch("leaves", here) == []
