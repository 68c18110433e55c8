"""Revision trees, as the CouchDB replication protocol has them.

A revision is ``<generation>-<hash>``. A document is a tree of revisions: each names its parent,
and the leaves compete. Every replica picks the same winner: a leaf that is not deleted before one
that is, then the higher generation, then the greater hash. Merging is a union of edges, so the
order in which paths come in does not matter; stemming forgets the oldest ancestors of each leaf.

A tree is kept as *branches*, one a leaf, the winner's first. A branch lists hashes from its leaf
back to the oldest known ancestor, or to the first revision that an earlier branch has already.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from sync.errors import BadRevision

__all__ = [
    "REVS_LIMIT",
    "Branch",
    "Leaf",
    "RevisionTree",
    "check_path",
    "mint",
    "parse_revision",
]

REVS_LIMIT = 1000
"""How many ancestors of a leaf are remembered, counting itself (CouchDB's default)."""

_MAX_GENERATION_DIGITS = 15


class Leaf(NamedTuple):
    """A revision without children, and whether it is a deletion."""

    rev: str
    deleted: bool


def parse_revision(rev: str) -> tuple[int, str]:
    """Split ``3-abc`` into 3 and ``abc``; CouchDB lets it be empty. Raises :class:`BadRevision`."""
    number, dash, digest = rev.partition("-")
    if (
        not (dash and number.isascii() and number.isdigit())
        or number[0] == "0"
        or len(number) > _MAX_GENERATION_DIGITS
    ):
        raise BadRevision(f"The revision {rev!r} is not of the form N-hash, N counting from 1.")
    return int(number), digest


def check_path(path: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """Return the generation of ``path[0]`` and the hashes; each must follow the one before it."""
    if not path:
        raise BadRevision("A revision's history is empty; it starts with the revision itself.")
    generation, digest = parse_revision(path[0])
    hashes = [digest]
    for back, rev in enumerate(path[1:], 1):
        number, digest = parse_revision(rev)
        if number != generation - back:
            raise BadRevision(
                f"The history of {path[0]} has {rev} where generation {generation - back} belongs."
            )
        hashes.append(digest)
    return generation, tuple(hashes)


def mint(parent: str | None, *, deleted: bool, content: bytes) -> str:
    """Return the revision that ``content`` (canonical bytes of the body) makes on ``parent``.

    The same edit made twice, anywhere, is the same revision.
    """
    generation = parse_revision(parent)[0] + 1 if parent else 1
    lineage = f"{parent or ''}\n{int(deleted)}\n".encode()
    digest = hashlib.md5(lineage + content, usedforsecurity=False).hexdigest()
    return f"{generation}-{digest}"


@dataclass(frozen=True, slots=True)
class Branch:
    """A leaf and its way back: ``hashes[0]`` has ``generation``, each next one generation less."""

    generation: int
    deleted: bool
    hashes: tuple[str, ...]

    @property
    def leaf(self) -> Leaf:
        """The revision at the end of the branch."""
        return Leaf(f"{self.generation}-{self.hashes[0]}", self.deleted)

    @property
    def path(self) -> tuple[str, ...]:
        """The revisions of the branch, newest first."""
        generations = range(self.generation, 0, -1)
        return tuple([f"{n}-{digest}" for n, digest in zip(generations, self.hashes, strict=False)])


@dataclass(frozen=True, slots=True)
class RevisionTree:
    """An immutable tree (with stemming: a forest). Equal trees have equal branches."""

    branches: tuple[Branch, ...] = ()

    @classmethod
    def single(cls, rev: str, *, deleted: bool = False) -> RevisionTree:
        """Return the tree of a document with one revision and no known ancestors."""
        generation, digest = parse_revision(rev)
        return cls((Branch(generation, deleted, (digest,)),))

    @property
    def winner(self) -> Leaf:
        """The leaf that every replica shows; the tree must not be empty."""
        return self.branches[0].leaf

    def leaves(self) -> tuple[Leaf, ...]:
        """All leaves, the winner first, the others in the order in which they would win."""
        return tuple(branch.leaf for branch in self.branches)

    def conflicts(self) -> tuple[str, ...]:
        """The leaves beside the winner that are not deleted (``_conflicts``)."""
        return tuple(leaf.rev for leaf in self.leaves()[1:] if not leaf.deleted)

    def deleted_conflicts(self) -> tuple[str, ...]:
        """The leaves beside the winner that are deleted (``_deleted_conflicts``)."""
        return tuple(leaf.rev for leaf in self.leaves()[1:] if leaf.deleted)

    def revisions(self) -> frozenset[str]:
        """Every revision that the tree knows."""
        return frozenset(rev for branch in self.branches for rev in branch.path)

    def is_leaf(self, rev: str) -> bool:
        """Whether ``rev`` is in the tree and has no child."""
        return any(branch.leaf.rev == rev for branch in self.branches)

    def __contains__(self, rev: object) -> bool:
        if not isinstance(rev, str):
            return False
        return _branch_with(self.branches, *parse_revision(rev)) is not None

    def history(self, rev: str) -> tuple[str, ...]:
        """Return ``rev`` and its known ancestors, newest first (``_revisions``); () if absent."""
        generation, digest = parse_revision(rev)
        path: list[str] = []
        found = _branch_with(self.branches, generation, digest)
        while found is not None:  # the last of a branch is in an earlier one, or has no parent
            branch = self.branches[found]
            back = branch.hashes[branch.generation - generation :]
            path += [f"{generation - step}-{one}" for step, one in enumerate(back)]
            generation -= len(back) - 1
            found = _branch_with(self.branches[:found], generation, back[-1])
            if found is not None:
                path.pop()
        return tuple(path)

    def leaves_after(self, rev: str) -> tuple[str, ...]:
        """The leaves that ``rev`` leads to, itself if it is one; () if absent."""
        generation, digest = parse_revision(rev)
        after: set[str] = set()
        found: list[str] = []
        for branch in self.branches:
            path, back = branch.path, branch.generation - generation
            if 0 <= back < len(path) and branch.hashes[back] == digest:
                after.update(path[: back + 1])
            elif path[-1] in after:  # it joins an earlier branch there
                after.update(path)
            else:
                continue
            found.append(path[0])
        return tuple(found)

    def possible_ancestors(self, revs: Sequence[str]) -> list[str]:
        """The leaves of a lower generation than any of ``revs``, the winner first."""
        newest = max((parse_revision(rev)[0] for rev in revs), default=0)
        return [branch.leaf.rev for branch in self.branches if branch.generation < newest]

    def without(self, leaves: Collection[str]) -> RevisionTree:
        """Return the tree without these leaves, nor the ancestors that lead to no other leaf."""
        flags = {leaf.rev: leaf.deleted for leaf in self.leaves() if leaf.rev not in leaves}
        if len(flags) == len(self.branches):
            return self
        return _cut(self._parents(), flags, None)

    def merge(
        self, path: Sequence[str], *, deleted: bool = False, limit: int | None = None
    ) -> RevisionTree:
        """Return the tree with the revision ``path[0]`` and its ancestors grafted on.

        A revision that is known keeps its parent and whether it is deleted: a path that says
        otherwise is followed only as far as it agrees. ``limit``: stem what comes of it.
        Raises :class:`BadRevision`.
        """
        generation, hashes = check_path(path)
        grown: RevisionTree | None = None
        if not self.branches:
            grown = RevisionTree((Branch(generation, deleted, hashes),))
        elif len(path) > 1 and len(self.branches) == 1 and self._is_extended_by(generation, hashes):
            grown = self._extended(hashes[0], deleted=deleted)
        elif self.history(path[0])[: len(path)] == tuple(path):
            grown = self
        if grown is not None:
            return grown if limit is None else grown.stem(limit)
        parents = self._parents()
        flags = {leaf.rev: leaf.deleted for leaf in self.leaves()}
        if path[0] not in parents:
            flags[path[0]] = deleted
        _join(parents, path)
        inner = set(parents.values())
        leaves = {rev: flag for rev, flag in flags.items() if rev not in inner}
        return _cut(parents, leaves, limit)

    def extend(self, parent: str, rev: str, *, deleted: bool = False) -> RevisionTree:
        """Return the tree with ``rev`` as a child of ``parent``, which is in it."""
        _, digest = parse_revision(rev)
        if len(self.branches) == 1 and self.branches[0].leaf.rev == parent:
            return self._extended(digest, deleted=deleted)
        return self.merge((rev, *self.history(parent)), deleted=deleted)

    def stem(self, limit: int = REVS_LIMIT) -> RevisionTree:
        """Return the tree with at most ``limit`` revisions on the way back from each leaf."""
        if self._longest() <= limit:
            return self
        if len(self.branches) == 1:
            only = self.branches[0]
            return RevisionTree((replace(only, hashes=only.hashes[:limit]),))
        flags = {leaf.rev: leaf.deleted for leaf in self.leaves()}
        return _cut(self._parents(), flags, limit)

    def to_json(self) -> list[list[Any]]:
        """Return JSON: for each branch ``[generation, 0 or 1 for deleted, hash, hash, …]``."""
        return [[b.generation, int(b.deleted), *b.hashes] for b in self.branches]

    @classmethod
    def from_json(cls, value: list[list[Any]]) -> RevisionTree:
        """Read what :meth:`to_json` wrote."""
        return cls(tuple(Branch(row[0], bool(row[1]), tuple(row[2:])) for row in value))

    def encode(self) -> bytes:
        """Return :meth:`to_json` as bytes."""
        return orjson.dumps(self.to_json())

    @classmethod
    def decode(cls, raw: bytes) -> RevisionTree:
        """Read what :meth:`encode` wrote."""
        return cls.from_json(orjson.loads(raw))

    def _parents(self) -> dict[str, str | None]:
        parents: dict[str, str | None] = {}
        for branch in self.branches:
            _join(parents, branch.path)
        return parents

    def _longest(self) -> int:
        """As many revisions as no way back from a leaf is longer than; of one branch, its own."""
        newest = max(branch.generation for branch in self.branches)
        return newest - min(b.generation - len(b.hashes) for b in self.branches)

    def _is_extended_by(self, generation: int, hashes: tuple[str, ...]) -> bool:
        """Whether a path of ``hashes`` adds one child to the only leaf, and nothing else."""
        only = self.branches[0]
        back = hashes[1:]
        return (
            generation == only.generation + 1
            and len(back) <= len(only.hashes)
            and back == only.hashes[: len(back)]
        )

    def _extended(self, digest: str, *, deleted: bool) -> RevisionTree:
        only = self.branches[0]
        return RevisionTree((Branch(only.generation + 1, deleted, (digest, *only.hashes)),))


def _branch_with(branches: Sequence[Branch], generation: int, digest: str) -> int | None:
    """The place of the first branch that has a revision."""
    for place, branch in enumerate(branches):
        back = branch.generation - generation
        if 0 <= back < len(branch.hashes) and branch.hashes[back] == digest:
            return place
    return None


def _cut(
    parents: dict[str, str | None], leaves: dict[str, bool], limit: int | None
) -> RevisionTree:
    """Build the tree of what is at most ``limit`` revisions on the way back from some leaf.

    ``leaves``: whether each is deleted; what leads to none of them is left out.
    """
    order = [(not gone, *_split(rev), rev) for rev, gone in leaves.items()]  # the greatest wins
    kept = parents
    if limit is not None:
        kept = {}
        for _, _, _, leaf in sorted(order, key=itemgetter(1)):
            step: str | None = leaf
            for _ in range(limit - 1):  # who came by before had at least as far to go
                if step is None or step in kept:
                    break
                kept[step] = parents[step]
                step = parents[step]
            if step is not None:
                kept.setdefault(step, None)
    order.sort(reverse=True)
    seen: set[str] = set()
    return RevisionTree(
        tuple(
            Branch(generation, not lives, _way_back(kept, leaf, seen))
            for lives, generation, _, leaf in order
        )
    )


def _way_back(parents: dict[str, str | None], leaf: str, seen: set[str]) -> tuple[str, ...]:
    """The hashes from ``leaf`` back to the first revision that is ``seen``, which is added to."""
    hashes: list[str] = []
    step: str | None = leaf
    while step is not None:
        hashes.append(step.partition("-")[2])
        if step in seen:
            break
        seen.add(step)
        step = parents[step]
    return tuple(hashes)


def _split(rev: str) -> tuple[int, str]:
    """:func:`parse_revision` of what is known to be a revision."""
    number, _, digest = rev.partition("-")
    return int(number), digest


def _join(parents: dict[str, str | None], path: Sequence[str]) -> None:
    """Add the edges of ``path``; stop where it contradicts what is known."""
    for rev, parent in zip(path, (*path[1:], None), strict=True):
        known = parents.get(rev)
        if known is None:
            parents[rev] = parent
        elif parent is not None and known != parent:
            return
