"""Leases: which gateway may do a task, until when. One document a task, in a database of its own.

CouchDB takes a change only on the revision that the gateway read, so of two gateways one is told
of a conflict. ``until`` is by the gateways' clocks, which should agree within a second or so.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from sync.errors import DatabaseExists, StoreError
from sync.stores.couchdb.failures import too_few
from sync.stores.couchdb.link import ACCEPTED, Link
from sync.stores.couchdb.names import document_path, path_of
from sync.stores.couchdb.provision import Provision

__all__ = ["Leases"]

REVISIONS_KEPT = 10


@dataclass(slots=True)
class Leases:
    """The leases in the database ``found`` (made when first needed); ``by``: this gateway."""

    link: Link
    provision: Provision
    found: str
    by: str
    now_s: Callable[[], float]
    _held_s: dict[str, float] = field(default_factory=dict)
    """Until when tasks are this gateway's."""

    async def claim(self, task: str, for_s: float) -> bool:
        """Whether this gateway may do ``task`` for ``for_s`` from now on."""
        now_s = self.now_s()
        if self._held_s.get(task, 0) - now_s >= for_s:
            return True
        self._held_s.pop(task, None)
        path = document_path(path_of(self.found), task)
        answer = await self.link.get(path)
        if answer.status == 404 and answer.body["reason"] not in {"missing", "deleted"}:
            await self._make()
        lease = answer.body if answer.ok else {}
        if lease and lease["by"] != self.by and lease["until"] > now_s:
            return False
        until = now_s + 2 * for_s  # so that it need not be renewed each time it is asked about
        told = await self.link.put(path, {**lease, "by": self.by, "until": until})
        if told.status == ACCEPTED:
            raise too_few(self.link.settings.address, "lease")
        if not told.ok:
            return await self._is_ours(path, until)
        self._held_s[task] = until
        return True

    async def _is_ours(self, path: str, until: float) -> bool:
        """After a conflict: whether it was with this very claim, whose answer was lost."""
        lease = (await self.link.get(path)).body or {}
        return lease.get("by") == self.by and lease.get("until") == until

    async def _make(self) -> None:
        try:
            await self.provision.create(self.found)
        except DatabaseExists:
            return
        with suppress(StoreError):  # a server without this setting keeps more of them
            await self.link.put(f"{path_of(self.found)}/_revs_limit", REVISIONS_KEPT)
