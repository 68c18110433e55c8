"""Questions about a document, against a plain model: a graph of revisions and their contents."""

from __future__ import annotations

import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sync.record import Record, Spare
from sync.revisions import RevisionTree, parse_revision
from sync.store import Write
from sync.stores.records import Rules, apply, missing_of, purge


class Model:
    """Revisions, each with its parent, as a naive store would keep them; nothing is forgotten."""

    def __init__(self) -> None:
        self.parents: dict[str, str | None] = {}
        self.deleted: dict[str, bool] = {}
        self.bodies: dict[str, int] = {}

    def take(self, path: tuple[str, ...], *, deleted: bool, body: int) -> None:
        if path[0] not in self.parents:
            self.deleted[path[0]], self.bodies[path[0]] = deleted, body
        for child, parent in zip(path, (*path[1:], None), strict=True):
            self.parents[child] = self.parents.get(child) or parent
            self.deleted.setdefault(child, False)

    def history(self, rev: str) -> list[str]:
        parent = self.parents[rev]
        return [rev, *(self.history(parent) if parent else [])]

    def leaves(self) -> list[str]:
        """The winner first."""
        inner = set(self.parents.values())
        leaves = [rev for rev in self.parents if rev not in inner]
        leaves.sort(key=lambda rev: (not self.deleted[rev], *parse_revision(rev)), reverse=True)
        return leaves


@st.composite
def documents(draw: st.DrawFn) -> tuple[Model, Record]:
    """A document whose revisions came with their whole history, some of them twice."""
    model, record = Model(), None
    rules = Rules(keep_superseded=True)
    ways: list[tuple[str, ...]] = []
    for number in range(draw(st.integers(1, 10))):
        way = draw(st.sampled_from([(), *ways]))
        generation = parse_revision(way[0])[0] + 1 if way else 1
        ways.append((f"{generation}-{draw(st.sampled_from('ab'))}{number}", *way))
    for way in draw(st.lists(st.sampled_from(ways), min_size=1, max_size=15)):
        deleted = draw(st.booleans())
        body = draw(st.integers(0, 9))
        model.take(way, deleted=deleted, body=body)
        write = Write("a", {}, history=way, deleted=deleted)
        record, _ = apply(record, write, b"%d" % body, 1, rules)
    assert record is not None
    return model, record


def seen(document: Any) -> tuple[str, bool, bytes] | None:
    return document and (document.rev, document.deleted, document.raw)


def kept(model: Model, rev: str) -> tuple[str, bool, bytes] | None:
    body = model.bodies.get(rev)
    return None if body is None else (rev, model.deleted[rev], b"%d" % body)


def state(model: Model, rev: str) -> str:
    if rev not in model.bodies:
        return "missing"
    return "deleted" if model.deleted[rev] else "available"


@given(documents())
def test_a_record_says_what_the_graph_says(document: tuple[Model, Record]) -> None:
    model, record = document
    leaves = model.leaves()
    assert record.rev == leaves[0]
    assert record.conflicts() == tuple(rev for rev in leaves[1:] if not model.deleted[rev])
    assert record.deleted_conflicts() == tuple(rev for rev in leaves[1:] if model.deleted[rev])
    assert [seen(one) for one in record.leaves()] == [kept(model, rev) for rev in leaves]
    assert [(rev, seen(one)) for rev, one in record.open_revs("all")] == [
        (rev, kept(model, rev)) for rev in leaves
    ]
    for rev in model.parents:
        assert record.history(rev) == tuple(model.history(rev))
        assert seen(record.revision(rev)) == kept(model, rev)
        states = [
            "missing"
            if one not in model.bodies
            else "deleted"
            if model.deleted[one]
            else "available"
            for one in model.history(rev)
        ]
        assert record.revs_info(rev) == list(zip(model.history(rev), states, strict=True))


@given(documents(), st.data())
def test_open_revisions_are_what_the_graph_leads_to(
    document: tuple[Model, Record], data: st.DataObject
) -> None:
    model, record = document
    asked = data.draw(st.lists(st.sampled_from([*model.parents, "1-none"])))
    plain = [(rev, kept(model, rev)) for rev in dict.fromkeys(asked)]
    assert [(rev, seen(one)) for rev, one in record.open_revs(asked)] == plain
    wanted: list[str] = []
    for rev in asked:
        wanted += [leaf for leaf in model.leaves() if rev in model.history(leaf)] or [rev]
    latest = [(rev, kept(model, rev)) for rev in dict.fromkeys(wanted)]
    assert [(rev, seen(one)) for rev, one in record.open_revs(asked, latest=True)] == latest


@given(documents(), st.data())
def test_missing_revisions_are_those_out_of_the_graph(
    document: tuple[Model, Record], data: st.DataObject
) -> None:
    model, record = document
    some = st.sampled_from([*model.parents, "1-none", "3-none"])
    asked = data.draw(st.lists(some, unique=True))
    absent = [rev for rev in asked if rev not in model.parents]
    found = missing_of(record, asked)
    assert (found.missing if found else []) == absent
    if found is not None:
        newest = max(parse_revision(rev)[0] for rev in absent)
        older = [rev for rev in model.leaves() if parse_revision(rev)[0] < newest]
        assert found.possible_ancestors == older
        assert record.possible_ancestors(absent) == older


@given(documents(), st.data())
def test_purging_leaves_the_rest_of_the_graph(
    document: tuple[Model, Record], data: st.DataObject
) -> None:
    model, record = document
    asked = data.draw(st.sets(st.sampled_from([*model.parents])))
    leaves = model.leaves()
    before = record.seq, record.rev
    gone = purge(record, sorted(asked), 7)
    assert sorted(gone) == sorted(rev for rev in leaves if rev in asked)
    left = [rev for rev in leaves if rev not in asked]
    if not gone or not left:
        assert (record.seq, record.rev) == before
        return
    assert record.seq == 7
    assert [seen(one) for one in record.leaves()] == [kept(model, rev) for rev in left]
    known = {rev for leaf in left for rev in model.history(leaf)}
    for rev in model.parents:
        assert seen(record.revision(rev)) == (kept(model, rev) if rev in known else None)


def test_a_record_of_a_thousand_leaves_is_read_at_once() -> None:
    names = [f"{number:03}" for number in range(999, -1, -1)]
    rows = [[21, 0, name, "x"] for name in names]
    tree = RevisionTree.from_json([[*rows[0], *"x" * 19], *rows[1:]])
    spares = {
        f"21-{name}": Spare(deleted=False, body=b"{}", channels=frozenset()) for name in names[1:]
    }
    record = Record("a", 1, "21-999", False, b"{}", frozenset(), tree, spares=spares)
    start = time.process_time()
    found = record.open_revs("all")
    assert time.process_time() - start < 5
    assert [rev for rev, _ in found] == [f"21-{name}" for name in names]
    assert all(one and len(one.conflicts) == 999 and len(one.history) == 21 for _, one in found)
