"""One database in CouchDB: the requests that the store sends, and nothing of what they are for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sync.errors import DatabaseMissing, StoreError
from sync.stores.couchdb.failures import refused, too_few
from sync.stores.couchdb.link import ACCEPTED, Answer, Link
from sync.stores.couchdb.names import document_path, path_of
from sync.stores.couchdb.stored import Stored, stored_of

__all__ = ["BEGINNING", "Page", "Remote"]

BEGINNING = "0"
WITH_ALL = {"revs": "true", "attachments": "true"}


class Page(NamedTuple):
    """Lines of ``_changes``: the revisions of the leaves by document; where to go on."""

    leaves: dict[str, list[str]]
    documents: dict[str, dict[str, Any]]
    """Documents that came along: whole, because they are the only revision there ever was."""
    last_seq: str
    more: bool


class Remote:
    """The database ``found`` (its name in CouchDB), which is ``name`` to whoever asks."""

    def __init__(self, link: Link, name: str, found: str) -> None:
        self._link = link
        self._name = name
        self._path = path_of(found)

    async def info(self) -> dict[str, Any]:
        """What CouchDB says of the database."""
        body: dict[str, Any] = self._there(await self._link.get(self._path)).body
        return body

    async def changes(
        self, since: str, limit: int, held_s: float = 0, *, whole: bool = False
    ) -> Page:
        """A page of the feed after ``since``; ``held_s``: how long to wait for the first line.

        ``whole``: documents come along, which is cheaper where nothing is known yet.
        """
        params = {"since": since, "style": "all_docs", "limit": str(limit)}
        if whole:
            params["include_docs"] = "true"
        if held_s:
            params |= {"feed": "longpoll", "timeout": str(int(held_s * 1000))}
        tries = 1 if held_s else None
        path = f"{self._path}/_changes"
        answer = await self._link.send("GET", path, params=params, longer_s=held_s, tries=tries)
        body = self._there(answer).body
        leaves: dict[str, list[str]] = {}
        documents: dict[str, dict[str, Any]] = {}
        for line in body["results"]:
            revs = [change["rev"] for change in line["changes"]]
            leaves[line["id"]] = revs
            if whole and len(revs) == 1 and _is_whole(line.get("doc"), revs[0]):
                documents[line["id"]] = line["doc"]
        last_seq = str(body["last_seq"])
        return Page(leaves, documents, last_seq, len(body["results"]) >= limit)

    async def ids_after(self, since: str, limit: int) -> set[str] | None:
        """The documents that changed after ``since``; None if that names no place here."""
        found: set[str] = set()
        while True:
            params = {"since": since, "limit": str(limit)}
            try:
                answer = await self._link.get(f"{self._path}/_changes", params)
            except StoreError as error:
                if "Malformed sequence" in str(error):
                    return None
                raise
            body = self._there(answer).body
            found |= {line["id"] for line in body["results"]}
            if len(body["results"]) < limit:
                return found
            since = str(body["last_seq"])

    async def revisions(self, revs: Iterable[tuple[str, str]]) -> list[Stored]:
        """Some revisions; those that are not to be had are left out."""
        asked = [{"id": name, "rev": rev} for name, rev in revs]
        if not asked:
            return []
        answer = await self._link.post(f"{self._path}/_bulk_get", {"docs": asked}, WITH_ALL)
        results = self._there(answer).body["results"]
        return _readable(one.get("ok") for result in results for one in result["docs"])

    async def leaves(self, name: str) -> list[Stored]:
        """Every leaf of a document; none if it is not there."""
        path = document_path(self._path, name)
        answer = await self._link.get(path, {"open_revs": "all", **WITH_ALL})
        if not answer.ok:
            await self._ask_whether_there(answer)
            return []
        return _readable(one.get("ok") for one in answer.body)

    async def graft(self, documents: Sequence[Mapping[str, Any]]) -> None:
        """Store revisions as they are; on enough nodes when this returns."""
        body = {"new_edits": False, "docs": documents}
        answer = await self._kept("POST", f"{self._path}/_bulk_docs", body)
        for row in self._there(answer).body:
            if "error" in row:
                raise refused(self._link.settings.address, "_bulk_docs", answer.status, row)

    async def edit(self, documents: Sequence[Mapping[str, Any]]) -> list[str | None]:
        """Store edits on leaves: the revision of each, or None where the leaf was none any more.

        No two are of one document: not every server answers in the order of the request.
        """
        answer = await self._link.post(f"{self._path}/_bulk_docs", {"docs": documents})
        told: dict[str, str | None] = {}
        for row in self._there(answer).body:
            if row.get("error") not in {None, "conflict"}:
                raise refused(self._link.settings.address, "_bulk_docs", answer.status, row)
            told[row["id"]] = None if "error" in row else row["rev"]
        revs = [told[one["_id"]] for one in documents]
        if answer.status == ACCEPTED:  # kept by too few: now that it has a revision, bring it again
            await self.graft(
                [_with_rev(one, rev) for one, rev in zip(documents, revs, strict=True) if rev]
            )
        return revs

    async def purge(self, revs: Mapping[str, Sequence[str]]) -> None:
        """Forget leaves."""
        answer = await self._kept("POST", f"{self._path}/_purge", revs)
        if not answer.ok:
            raise refused(self._link.settings.address, "_purge", answer.status, answer.body)

    async def purged(self) -> dict[str, list[str]]:
        """What was purged lately, as far as CouchDB remembers."""
        answer = await self._link.get(f"{self._path}/_purged_infos")
        rows = answer.body["purged_infos"] if answer.ok else ()
        return {row["id"]: row["revs"] for row in rows}

    async def compact(self) -> None:
        """Start a compaction."""
        self._there(await self._link.post(f"{self._path}/_compact", {}))

    async def setting(self, name: str) -> Any:
        """``_revs_limit`` or ``_security``; None where the server has no such thing."""
        answer = await self._link.get(f"{self._path}/{name}")
        return answer.body if answer.ok else None

    async def set(self, name: str, value: object) -> None:
        """Change ``_revs_limit`` or ``_security``."""
        answer = await self._link.put(f"{self._path}/{name}", value)
        if not answer.ok:
            raise refused(self._link.settings.address, name, answer.status, answer.body)

    async def read_local(self, name: str) -> dict[str, Any] | None:
        """A local document, with its ``_rev``."""
        answer = await self._link.get(document_path(self._path, f"_local/{name}"))
        if not answer.ok:
            await self._ask_whether_there(answer)
            return None
        body: dict[str, Any] = answer.body
        return body

    async def write_local(self, name: str, body: Mapping[str, Any] | None) -> None:
        """Keep a local document, or delete it: whatever was there before."""
        path = document_path(self._path, f"_local/{name}")
        method, status = ("DELETE", 0) if body is None else ("PUT", 0)
        rev: str | None = None
        for _ in range(self._link.settings.tries):
            params = None if rev is None else {"rev": rev}
            answer = await self._kept(method, path, body, params)
            status = answer.status
            if answer.ok or (status == 404 and body is None):
                return
            if status == 404:
                self._there(answer)
            found = await self.read_local(name)  # some servers want the revision that it replaces
            rev = None if found is None else found["_rev"]
        raise refused(self._link.settings.address, "_local", status, None)

    async def _kept(
        self,
        method: str,
        path: str,
        body: object,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send what may be sent again, until it is kept by enough nodes."""
        settings = self._link.settings
        pause_s = settings.pause_s
        for _ in range(settings.tries):
            answer = await self._link.send(method, path, body, params=params)
            if answer.status != ACCEPTED:
                return answer
            await asyncio.sleep(pause_s)
            pause_s *= 2
        raise too_few(settings.address, path.rpartition("/")[2])

    def _there(self, answer: Answer) -> Answer:
        """Raise what an answer that is no yes means: the database is not there."""
        if answer.status == 404:
            raise DatabaseMissing(f"There is no database {self._name!r} in CouchDB any more.")
        if not answer.ok:
            raise refused(self._link.settings.address, self._name, answer.status, answer.body)
        return answer

    async def _ask_whether_there(self, answer: Answer) -> None:
        """After a 404 for a document: was it the document, or the database?"""
        if answer.body is None or answer.body.get("reason") not in {"missing", "deleted"}:
            await self.info()


def _readable(documents: Iterable[dict[str, Any] | None]) -> list[Stored]:
    found = (stored_of(one) for one in documents if one is not None)
    return [one for one in found if one is not None]


def _is_whole(document: Mapping[str, Any] | None, rev: str) -> bool:
    """Whether a document that came along with its line is all there is of it."""
    return (
        document is not None
        and document["_rev"] == rev
        and rev.startswith("1-")
        and "_attachments" not in document
    )


def _with_rev(document: Mapping[str, Any], rev: str) -> dict[str, Any]:
    """An edit as the revision that it became."""
    number, _, digest = rev.partition("-")
    before = document.get("_rev")
    ids = [digest] if before is None else [digest, before.partition("-")[2]]
    return {**document, "_rev": rev, "_revisions": {"start": int(number), "ids": ids}}
