"""A document as a store keeps it, and what can be asked of it: pure questions, free of storage.

A :class:`Record` is a document's tree, its winner with the body, the content of other revisions
that is kept (*spares*: the other leaves, and superseded revisions where a store keeps them), the
channels of the winner, and the channels that it left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from sync.attachments import Attachment
from sync.document import Document
from sync.revisions import RevisionTree

__all__ = ["Departure", "Record", "Spare"]

Status = Literal["available", "missing", "deleted"]


class Spare(NamedTuple):
    """The content of a revision that is not the winner."""

    deleted: bool
    body: bytes
    channels: frozenset[str]
    attachments: tuple[Attachment, ...] = ()


class Departure(NamedTuple):
    """When a document left a channel, and with which revision."""

    seq: int
    rev: str


@dataclass(slots=True)
class Record:
    """A document as stored. ``tree`` None stands for the one revision ``rev``."""

    id: str
    seq: int
    rev: str
    deleted: bool
    body: bytes
    channels: frozenset[str]
    tree: RevisionTree | None = None
    left: dict[str, Departure] = field(default_factory=dict)
    spares: dict[str, Spare] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set, compare=False)
    """Revisions that stemming took from the tree just now; their bodies go with them."""
    attachments: tuple[Attachment, ...] = ()

    def whole_tree(self) -> RevisionTree:
        """The tree, also where it is not spelt out."""
        return self.tree or RevisionTree.single(self.rev, deleted=self.deleted)

    def content(self, rev: str) -> Spare | None:
        """What is kept of a revision; None if nothing is."""
        if rev == self.rev:
            return Spare(self.deleted, self.body, self.channels, self.attachments)
        return self.spares.get(rev)

    def winner(self, *, history: bool = True) -> Document:
        """The document as readers see it."""
        past: tuple[str, ...] = ()
        if history:
            past = (self.rev,) if self.tree is None else self.tree.history(self.rev)
        conflicts = () if self.tree is None else self.tree.conflicts()
        return Document(
            self.id,
            self.rev,
            self.body,
            self.deleted,
            self.channels,
            self.seq,
            past,
            conflicts,
            self.attachments,
        )

    def revision(self, rev: str) -> Document | None:
        """One revision of the document; None if its content is not kept."""
        return self.winner() if rev == self.rev else self._revisions((rev,))[0]

    def leaves(self) -> list[Document]:
        """Every leaf, the winner first."""
        found = self._revisions([leaf.rev for leaf in self.whole_tree().leaves()])
        return [document for document in found if document is not None]

    def open_revs(
        self, revs: Sequence[str] | Literal["all"], *, latest: bool = False
    ) -> list[tuple[str, Document | None]]:
        """The revisions asked for, each once, with None for those whose content is not kept.

        ``"all"``: every leaf. ``latest``: the leaves that a revision leads to, in its place.
        Raises :class:`sync.errors.BadRevision`.
        """
        if revs == "all":
            return [(document.rev, document) for document in self.leaves()]
        wanted: Iterable[str] = revs
        if latest:
            tree = self.whole_tree()
            wanted = (leaf for rev in revs for leaf in tree.leaves_after(rev) or (rev,))
        once = list(dict.fromkeys(wanted))
        return list(zip(once, self._revisions(once), strict=True))

    def revs_info(self, rev: str) -> list[tuple[str, Status]]:
        """``rev`` and its known ancestors, newest first: what is kept of each (``_revs_info``)."""
        return [(one, self._status(one)) for one in self.history(rev)]

    def history(self, rev: str) -> tuple[str, ...]:
        """``rev`` and its known ancestors, newest first (``_revisions``); () if unknown."""
        return self.whole_tree().history(rev)

    def conflicts(self) -> tuple[str, ...]:
        """The leaves beside the winner that are not deleted (``_conflicts``)."""
        return () if self.tree is None else self.tree.conflicts()

    def deleted_conflicts(self) -> tuple[str, ...]:
        """The leaves beside the winner that are deleted (``_deleted_conflicts``)."""
        return () if self.tree is None else self.tree.deleted_conflicts()

    def possible_ancestors(self, revs: Sequence[str]) -> list[str]:
        """The leaves that may be ancestors of ``revs``, which are missing (``_revs_diff``)."""
        return self.whole_tree().possible_ancestors(revs)

    def _revisions(self, revs: Sequence[str]) -> list[Document | None]:
        tree = self.whole_tree()
        live = [leaf.rev for leaf in tree.leaves() if not leaf.deleted]
        found: list[Document | None] = []
        for rev in revs:
            kept = self.content(rev)
            if kept is None:
                found.append(None)
                continue
            rivals = tuple(other for other in live if other != rev)
            past = tree.history(rev)
            files = kept.attachments
            found.append(
                Document(
                    self.id,
                    rev,
                    kept.body,
                    kept.deleted,
                    kept.channels,
                    self.seq,
                    past,
                    rivals,
                    files,
                )
            )
        return found

    def _status(self, rev: str) -> Status:
        content = self.content(rev)
        if content is None:
            return "missing"
        return "deleted" if content.deleted else "available"
