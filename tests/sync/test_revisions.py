"""Revision trees: examples, and properties against a plain model: a set of edges."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import BadRevision
from sync.revisions import (
    Leaf,
    RevisionTree,
    check_path,
    mint,
    parse_revision,
)


def winning_key(leaf: Leaf) -> tuple[bool, int, str]:
    """The greatest of a document's leaves is its winner."""
    return (not leaf.deleted, *parse_revision(leaf.rev))


def tree_of(*paths: str) -> RevisionTree:
    """A tree from paths such as ``2-b 1-a`` or, for a deletion, ``-2-b 1-a``."""
    tree = RevisionTree()
    for path in paths:
        tree = tree.merge(path.removeprefix("-").split(), deleted=path.startswith("-"))
    return tree


# Examples


def test_a_revision_is_a_generation_and_a_hash() -> None:
    assert parse_revision("12-ab-c") == (12, "ab-c")
    assert parse_revision("1-") == (1, "")


@pytest.mark.parametrize(
    "rev", ["", "-", "1", "-a", "0-a", "01-a", "+1-a", "x-a", "²-a", "1" * 16 + "-a"]
)
def test_what_is_no_revision_is_refused_by_name(rev: str) -> None:
    with pytest.raises(BadRevision, match=r"N-hash") as caught:
        parse_revision(rev)
    assert repr(rev) in str(caught.value)


@pytest.mark.parametrize("path", [[], ["2-b", "2-a"], ["3-c", "1-a"], ["1-a", "2-b"]])
def test_a_path_counts_down(path: list[str]) -> None:
    with pytest.raises(BadRevision):
        check_path(path)
    with pytest.raises(BadRevision):
        RevisionTree().merge(path)


def test_minting_is_the_same_everywhere() -> None:
    first = mint(None, deleted=False, content=b'{"a":1}')
    assert first == mint(None, deleted=False, content=b'{"a":1}')
    assert first.startswith("1-")
    assert len(first) == 34
    second = mint(first, deleted=False, content=b'{"a":1}')
    assert second.startswith("2-")
    others = {
        mint(first, deleted=True, content=b'{"a":1}'),
        mint(first, deleted=False, content=b'{"a":2}'),
        mint("1-x", deleted=False, content=b'{"a":1}'),
    }
    assert len(others | {second}) == 4


@pytest.mark.parametrize(
    ("paths", "winner"),
    [
        (["1-a"], "1-a"),
        (["2-b 1-a", "2-c 1-a"], "2-c"),
        (["3-a 2-b 1-a", "2-c 1-a"], "3-a"),
        (["-3-a 2-b 1-a", "2-c 1-a"], "2-c"),
        (["-3-a 2-b 1-a", "-2-c 1-a"], "3-a"),
        (["10-a", "9-b"], "10-a"),
        (["1-a", "2-b"], "2-b"),
        (["2-B", "2-a"], "2-a"),
    ],
)
def test_the_winner_lives_is_longest_and_has_the_greatest_hash(
    paths: list[str], winner: str
) -> None:
    assert tree_of(*paths).winner.rev == winner
    assert tree_of(*reversed(paths)).winner.rev == winner


def test_conflicts_live_and_deleted() -> None:
    tree = tree_of("2-b 1-a", "-3-c 2-c 1-a", "2-d 1-a", "-1-x")
    assert tree.winner == Leaf("2-d", deleted=False)
    assert tree.conflicts() == ("2-b",)
    assert tree.deleted_conflicts() == ("3-c", "1-x")
    assert [leaf.rev for leaf in tree.leaves()] == ["2-d", "2-b", "3-c", "1-x"]


def test_history_goes_back_through_the_branch_that_has_it() -> None:
    tree = tree_of("3-c 2-b 1-a", "3-d 2-b 1-a")
    assert tree.history("3-c") == ("3-c", "2-b", "1-a")
    assert tree.history("3-d") == ("3-d", "2-b", "1-a")
    assert tree.history("2-b") == ("2-b", "1-a")
    assert tree.history("2-z") == ()
    assert tree_of("3-c 2-b 1-a").history("2-b") == ("2-b", "1-a")
    assert tree_of("3-c 2-b 1-a").history("2-z") == ()


def test_a_longer_history_joins_what_was_apart() -> None:
    apart = tree_of("2-b", "1-a")
    assert len(apart.leaves()) == 2
    joined = apart.merge(["2-b", "1-a"])
    assert joined == tree_of("2-b 1-a")


def test_a_path_that_contradicts_is_followed_as_far_as_it_agrees() -> None:
    tree = tree_of("3-c 2-b 1-a")
    assert tree.merge(["3-c", "2-b", "1-z"]) == tree
    assert tree.merge(["4-d", "3-c", "2-z", "1-z"]).history("4-d") == ("4-d", "3-c", "2-b", "1-a")


def test_whether_a_revision_is_deleted_stays_as_it_was() -> None:
    tree = tree_of("2-b 1-a")
    assert tree.merge(["2-b", "1-a"], deleted=True) == tree
    assert tree.merge(["1-a"], deleted=True) == tree


def test_extending_any_leaf_or_older_revision() -> None:
    tree = tree_of("2-b 1-a", "2-c 1-a")
    assert tree.extend("2-b", "3-d").winner.rev == "3-d"
    assert tree.extend("2-b", "3-d", deleted=True).winner.rev == "2-c"
    assert tree.extend("1-a", "2-e").history("2-e") == ("2-e", "1-a")
    assert tree_of("2-b 1-a").extend("1-a", "2-e") == tree_of("2-b 1-a", "2-e 1-a")


def test_stemming_a_line_and_a_tree() -> None:
    line = RevisionTree().merge([f"{n}-x" for n in range(1500, 0, -1)])
    assert line.stem(1500) is line
    assert line.stem().history("1500-x") == tuple(f"{n}-x" for n in range(1500, 500, -1))
    tree = tree_of("4-d 3-c 2-b 1-a", "2-z 1-a")
    assert tree.stem(4) is tree
    stemmed = tree.stem(2)
    assert stemmed.history("4-d") == ("4-d", "3-c")
    assert stemmed.history("2-z") == ("2-z", "1-a")
    assert tree.stem(3).history("4-d") == ("4-d", "3-c", "2-b")
    assert "1-a" in tree.stem(3)


def test_only_texts_are_in_a_tree() -> None:
    assert 1 not in tree_of("1-a")
    assert "1-a" in tree_of("1-a")
    assert "1-a" not in RevisionTree()


def test_the_stored_form_is_small() -> None:
    tree = tree_of("3-c 2-b 1-a", "-3-d 2-b 1-a")
    assert tree.to_json() == [[3, 0, "c", "b", "a"], [3, 1, "d", "b"]]
    assert tree.encode() == orjson.dumps(tree.to_json())


def test_a_revision_leads_to_leaves() -> None:
    tree = tree_of("3-c 2-b 1-a", "-4-e 3-d 2-b", "2-z 1-a", "1-x")
    assert tree.leaves_after("1-a") == ("3-c", "2-z", "4-e")
    assert tree.leaves_after("2-b") == ("3-c", "4-e")
    assert tree.leaves_after("3-d") == ("4-e",)
    assert tree.leaves_after("1-x") == ("1-x",)
    assert tree.leaves_after("9-x") == ()


def test_possible_ancestors_are_older_leaves() -> None:
    tree = tree_of("3-c 2-b 1-a", "-4-e 3-d 2-b", "2-z 1-a")
    assert tree.possible_ancestors(["4-x", "1-q"]) == ["3-c", "2-z"]
    assert tree.possible_ancestors(["9-x"]) == ["3-c", "2-z", "4-e"]
    assert tree.possible_ancestors(["2-x"]) == []
    assert tree.possible_ancestors([]) == []


def test_without_some_leaves() -> None:
    tree = tree_of("3-c 2-b 1-a", "-4-e 3-d 2-b", "2-z 1-a")
    assert tree.without(["3-c"]) == tree_of("-4-e 3-d 2-b 1-a", "2-z 1-a")
    assert tree.without(["3-c", "4-e"]) == tree_of("2-z 1-a")
    assert tree.without(["2-b", "9-x"]) is tree
    assert not tree.without(["3-c", "4-e", "2-z"]).branches


# Properties


@dataclass(frozen=True)
class World:
    """All revisions of a document that any replica ever made, and how some of them travel."""

    parents: dict[str, str | None]
    deleted: dict[str, bool]
    paths: list[list[str]]

    def merged(self, order: list[int] | None = None) -> RevisionTree:
        """The tree of a replica that got the paths in this order."""
        tree = RevisionTree()
        for index in order if order is not None else range(len(self.paths)):
            path = self.paths[index]
            tree = tree.merge(path, deleted=self.deleted[path[0]])
        return tree


@st.composite
def worlds(draw: st.DrawFn) -> World:
    parents: dict[str, str | None] = {}
    revs: list[str] = []
    for number in range(draw(st.integers(1, 12))):
        parent = draw(st.sampled_from([None, *revs])) if revs else None
        generation = parse_revision(parent)[0] + 1 if parent else draw(st.integers(1, 3))
        rev = f"{generation}-{draw(st.sampled_from('abAB'))}{number}"
        parents[rev] = parent
        revs.append(rev)
    deleted = {rev: draw(st.booleans()) for rev in revs}
    paths = []
    for rev in draw(st.lists(st.sampled_from(revs), min_size=1, max_size=10)):
        path, step = [], rev
        for _ in range(draw(st.integers(1, 12))):
            path.append(step)
            if (up := parents[step]) is None:
                break
            step = up
        paths.append(path)
    return World(parents, deleted, paths)


def model_edges(world: World) -> dict[str, str | None]:
    """What a replica knows: each revision that a path named, with its parent if one did."""
    edges: dict[str, str | None] = {}
    for path in world.paths:
        for child, parent in zip(path, [*path[1:], None], strict=True):
            edges[child] = edges.get(child) or parent
    return edges


def model_history(edges: dict[str, str | None], rev: str) -> tuple[str, ...]:
    parent = edges[rev]
    return (rev, *(model_history(edges, parent) if parent else ()))


@given(worlds())
def test_a_tree_is_the_union_of_its_paths(world: World) -> None:
    tree, edges = world.merged(), model_edges(world)
    inner = set(edges.values())
    leaves = [Leaf(rev, world.deleted[rev]) for rev in edges if rev not in inner]
    assert sorted(tree.leaves()) == sorted(leaves)
    assert list(tree.leaves()) == sorted(leaves, key=winning_key, reverse=True)
    assert tree.winner == max(leaves, key=winning_key)
    for rev in world.parents:
        assert (rev in tree) == (rev in edges)
        assert tree.history(rev) == (model_history(edges, rev) if rev in edges else ())
        assert tree.is_leaf(rev) == (rev in edges and rev not in inner)


@given(worlds(), st.randoms())
def test_order_and_repetition_make_no_difference(world: World, random: Random) -> None:
    order = [*range(len(world.paths))] * 2
    random.shuffle(order)
    assert world.merged(order) == world.merged()


@given(worlds())
def test_live_leaves_win_over_deleted_ones(world: World) -> None:
    tree = world.merged()
    rivals = {*tree.conflicts(), *tree.deleted_conflicts()}
    assert rivals == {leaf.rev for leaf in tree.leaves()} - {tree.winner.rev}
    assert not (tree.winner.deleted and tree.conflicts())


@given(worlds(), st.integers(1, 6))
def test_stemming_keeps_leaves_and_the_newest_of_their_past(world: World, limit: int) -> None:
    tree = world.merged()
    stemmed = tree.stem(limit)
    assert stemmed.leaves() == tree.leaves()
    assert stemmed.stem(limit) == stemmed
    edges: dict[str, str | None] = {}
    for leaf in tree.leaves():
        past = tree.history(leaf.rev)[:limit]
        for child, parent in zip(past, [*past[1:], None], strict=True):
            edges[child] = edges.get(child) or parent
    for rev in world.parents:
        assert stemmed.history(rev) == (model_history(edges, rev) if rev in edges else ())


@given(worlds())
def test_leaves_after_are_those_whose_history_has_the_revision(world: World) -> None:
    tree = world.merged()
    for rev in world.parents:
        after = {leaf.rev for leaf in tree.leaves() if rev in tree.history(leaf.rev)}
        assert set(tree.leaves_after(rev)) == after


@given(worlds(), st.data())
def test_without_leaves_is_the_union_of_the_other_ways(world: World, data: st.DataObject) -> None:
    tree = world.merged()
    leaves = tree.leaves()
    gone = data.draw(st.sets(st.sampled_from([leaf.rev for leaf in leaves])))
    left = RevisionTree()
    for leaf in leaves:
        if leaf.rev not in gone:
            left = left.merge(tree.history(leaf.rev), deleted=leaf.deleted)
    assert tree.without(gone) == left


@given(worlds(), st.integers(1, 6))
def test_merging_may_stem_at_once(world: World, limit: int) -> None:
    tree = stemmed = RevisionTree()
    for path in world.paths:
        tree = tree.merge(path, deleted=world.deleted[path[0]]).stem(limit)
        stemmed = stemmed.merge(path, deleted=world.deleted[path[0]], limit=limit)
        assert stemmed == tree


@given(worlds())
def test_what_is_stored_comes_back(world: World) -> None:
    tree = world.merged()
    assert RevisionTree.decode(tree.encode()) == tree
    assert RevisionTree.from_json(tree.to_json()).leaves() == tree.leaves()


@given(worlds(), st.data(), st.booleans())
def test_extending_is_merging_the_whole_path(
    world: World, data: st.DataObject, deleted: bool
) -> None:
    tree = world.merged()
    parent = data.draw(st.sampled_from([leaf.rev for leaf in tree.leaves()]))
    rev = mint(parent, deleted=deleted, content=b"{}")
    extended = tree.extend(parent, rev, deleted=deleted)
    assert extended == tree.merge((rev, *tree.history(parent)), deleted=deleted)
    assert extended.is_leaf(rev)
    assert not extended.is_leaf(parent)


@given(worlds())
def test_a_tree_of_one_revision(world: World) -> None:
    rev = world.paths[0][0]
    single = RevisionTree.single(rev, deleted=world.deleted[rev])
    assert single == RevisionTree().merge([rev], deleted=world.deleted[rev])


# Histories that nobody makes but to do harm. What is measured is this process's own time, and the
# bounds are some twenty times what it takes.


@contextmanager
def within(seconds: float) -> Iterator[None]:
    start = time.process_time()
    yield
    assert time.process_time() - start < seconds


def trunk(depth: int) -> list[str]:
    return [f"{number}-{number:032x}" for number in range(depth, 0, -1)]


def test_a_history_of_ten_thousand() -> None:
    path = trunk(10_000)
    with within(2):
        tree = RevisionTree().merge(path)
        assert tree.merge(path) is tree
        assert RevisionTree.decode(tree.encode()) == tree
        assert tree.history(path[0]) == tuple(path)
        assert tree.leaves_after(path[-1]) == (path[0],)
        forked = tree.merge(["10000-z", *path[1:]])
        assert len(forked.branches) == 2
        assert forked.history(path[0]) == tuple(path)
        stemmed = forked.stem(1000)
        assert len(stemmed.revisions()) == 1001
        assert forked.without(["10000-z"]) == tree


def test_a_thousand_leaves() -> None:
    path = trunk(50)
    top, *rest = (rev.partition("-")[2] for rev in path)
    names = [f"{number:03}" for number in range(999, -1, -1)]
    rows = [[51, 0, name, top] for name in names]
    tree = RevisionTree.from_json([[*rows[0], *rest], *rows[1:]])
    with within(4):
        assert tree == tree.merge(["51-500", *path])
        for number in range(10):
            assert len(tree.merge([f"51-new{number}", *path], limit=20).leaves()) == 1001
        assert tree.without(["51-000"]).merge(["51-000", *path]) == tree
    with within(4):
        assert tree.winner.rev == "51-999"
        assert len(tree.conflicts()) == 999
        assert len(tree.leaves_after(path[10])) == 1000
        assert all(len(tree.history(leaf.rev)) == 51 for leaf in tree.leaves())
        assert len(tree.without([f"51-{name}" for name in names[:500]]).leaves()) == 500
        assert RevisionTree.decode(tree.encode()) == tree


def test_a_tree_in_which_every_branch_joins_the_next() -> None:
    tree = RevisionTree()
    with within(10):
        for number in range(1, 200):
            back = [f"{number}-a{number}", f"{number - 1}-a{number - 1}"]
            tree = tree.merge([f"{number + 1}-b{number}", *back[: min(number, 2)]])
    assert len(tree.leaves()) == 199
    with within(4):
        assert len(tree.history("200-b199")) == 200
        assert len(tree.leaves_after("1-a1")) == 199
        assert all(tree.history(leaf.rev)[-1] == "1-a1" for leaf in tree.leaves())
