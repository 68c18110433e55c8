"""The ways to ask for documents, many at once or one by one, and what each answer tells of them.

A form of many answers with a *verdict* on each document: ``seen``, ``gone`` (it was deleted),
``left`` (it went out of sight), or none: answered exactly as a document that there is not. A form
of one says whether the answer for a document is the answer for one that there is not.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from tests.oracle.asking import Asker, Reply
from tests.oracle.words import Paper

__all__ = ["MANY", "NOBODYS", "ONE", "Many", "One", "Question", "WrongAnswer", "told_of"]

Verdict = Literal["seen", "gone", "left"]
Told = Mapping[str, Verdict]
"""What is told of each document; those not in it are hidden. ``left``: that it went elsewhere."""
NOBODYS = "card:nobody-at-all"
"""An id that no document has."""
FAKE = "7-" + "c" * 32


class WrongAnswer(AssertionError):
    """What is hidden was not answered as what there is not, or in a form nobody expects."""


@dataclass(frozen=True)
class Question:
    """Who asks, for which papers; ``others``: a token of somebody else's."""

    asker: Asker
    papers: Sequence[Paper]
    others: str = "0"

    @property
    def ids(self) -> list[str]:
        return [*(one.id for one in self.papers), NOBODYS]


@dataclass(frozen=True)
class Many:
    """``tells_gone``: whether a document's removal shows in it."""

    name: str
    ask: Callable[[Question], Awaitable[Told]]
    tells_gone: bool = True


def _feed(name: str, query: str, body: Any = None, **headers: str) -> Many:
    async def ask(question: Question) -> Told:
        method = "GET" if body is None else "POST"
        said = query.replace("$OTHERS", question.others)
        asked = {"doc_ids": question.ids} if body == "ids" else body
        more = [(key.replace("_", "-").encode(), text.encode()) for key, text in headers.items()]
        reply = await question.asker.ask(method, "_changes", said, asked, more)
        told = told_of(_rows(reply, said))
        if "left" in told.values():
            raise WrongAnswer("a feed from the beginning tells of what was there before")
        return told

    return Many(name, ask)


def _rows(reply: Reply, query: str) -> list[Any]:
    if reply.status != 200:
        raise WrongAnswer(f"{reply.status}: {reply.body[:200]!r}")
    if "feed=continuous" in query:
        return [
            row for line in reply.body.splitlines() if line if "id" in (row := orjson.loads(line))
        ]
    if "feed=eventsource" in query:
        lines = reply.body.splitlines()
        return [orjson.loads(line[6:]) for line in lines if line.startswith(b"data: {")]
    rows: list[Any] = reply.json["results"]
    return rows


def told_of(rows: Sequence[Any]) -> Told:
    """What rows of a feed tell."""
    told: dict[str, Verdict] = {}
    for row in rows:
        if row["id"] in told:
            raise WrongAnswer(f"{row['id']} comes twice")
        if row.get("removed"):
            if "doc" in row:
                raise WrongAnswer(f"{row['id']} leaves, and is sent")
            told[row["id"]] = "left"
            continue
        told[row["id"]] = "gone" if row.get("deleted") else "seen"
        if "doc" in row and row["doc"]["_id"] != row["id"]:
            raise WrongAnswer(f"{row['id']} comes with another's body")
    return told


async def _paged(question: Question) -> Told:
    rows: list[Any] = []
    since, pending = "0", 1
    while pending:
        reply = await question.asker.ask("GET", "_changes", f"since={since}&limit=17")
        rows += reply.json["results"]
        since, pending = reply.json["last_seq"], reply.json["pending"]
    return told_of(rows)


def _list(name: str, query: str) -> Many:
    async def ask(question: Question) -> Told:
        reply = await question.asker.ask("GET", "_all_docs", query)
        return _listed(reply.json["rows"])

    return Many(name, ask, tells_gone=False)


def _listed(rows: Sequence[Any]) -> Told:
    return {row["id"]: "seen" for row in rows}


async def _skipped(question: Question) -> Told:
    rows: list[Any] = []
    while True:
        query = f"limit=23&skip={len(rows)}&include_docs=true"
        page = (await question.asker.ask("GET", "_all_docs", query)).json["rows"]
        rows += page
        if not page:
            return _listed(rows)


async def _ranges(question: Question) -> Told:
    kinds = sorted({one.id.partition(":")[0] for one in question.papers})
    queries = [{"start_key": kind, "end_key": f"{kind};"} for kind in kinds]
    reply = await question.asker.ask("POST", "_all_docs/queries", "", {"queries": queries})
    return _listed([row for one in reply.json["results"] for row in one["rows"]])


def _keys(name: str, query: str) -> Many:
    async def ask(question: Question) -> Told:
        body = {"keys": question.ids}
        reply = await question.asker.ask("POST", "_all_docs", query, body)
        told: dict[str, Verdict] = {}
        for key, row in zip(question.ids, reply.json["rows"], strict=True):
            if row == {"key": key, "error": "not_found"}:
                continue
            told[key] = "gone" if row["value"].get("deleted") else "seen"
        return told

    return Many(name, ask)


def _bulk(name: str, query: str, *, rev: bool = False) -> Many:
    async def ask(question: Question) -> Told:
        docs = [{"id": one.id} | ({"rev": one.rev} if rev else {}) for one in question.papers]
        docs.append({"id": NOBODYS} | ({"rev": FAKE} if rev else {}))
        reply = await question.asker.ask("POST", "_bulk_get", query, {"docs": docs})
        *rows, nothing = reply.json["results"]
        told: dict[str, Verdict] = {}
        for paper, row in zip(question.papers, rows, strict=True):
            ok = row["docs"][0].get("ok")
            if ok is not None:
                told[paper.id] = "gone" if ok.get("_deleted") else "seen"
            elif row != _renamed(nothing, {NOBODYS: paper.id, FAKE: paper.rev}):
                raise WrongAnswer(f"{paper.id} is refused otherwise than what there is not: {row}")
        return told

    return Many(name, ask)


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    text = orjson.dumps(value)
    for before, after in names.items():
        text = text.replace(orjson.dumps(before), orjson.dumps(after))
    return orjson.loads(text)


async def _multipart(question: Question) -> Told:
    docs = [{"id": one} for one in question.ids]
    accept = ((b"accept", b"multipart/mixed"),)
    reply = await question.asker.ask("POST", "_bulk_get", "", {"docs": docs}, accept)
    boundary = reply.header(b"content-type").partition(b'boundary="')[2].rstrip(b'"')
    told: dict[str, Verdict] = {}
    parts = reply.body.split(b"--" + boundary)[1:-1]
    refused = set(question.ids)
    for part in parts:
        head, _, body = part.partition(b"\r\n\r\n")
        if b'error="true"' in head:
            found = orjson.loads(body)
            if (found["error"], found["reason"]) != ("not_found", "missing"):
                raise WrongAnswer(f"refused as {found}")
            continue
        start = part.index(b'{"_id"')
        doc, _, _ = part[start:].partition(b"\r\n")
        found = orjson.loads(doc)
        told[found["_id"]] = "gone" if found.get("_deleted") else "seen"
        refused.discard(found["_id"])
    return told


def _differences(name: str, path: str) -> Many:
    """Whatever is known lacks the made-up revision alone; what is hidden lacks both."""

    async def ask(question: Question) -> Told:
        body = {one.id: [one.rev, FAKE] for one in question.papers}
        reply = await question.asker.ask("POST", path, "", body)
        rows = reply.json
        told: dict[str, Verdict] = {}
        for paper in question.papers:
            row = (
                rows[paper.id]
                if path == "_revs_diff"
                else {"missing": rows["missing_revs"][paper.id]}
            )
            if row["missing"] == [FAKE]:
                told[paper.id] = "gone" if paper.gone else "seen"
            elif row != {"missing": [paper.rev, FAKE]}:
                raise WrongAnswer(f"{paper.id} lacks {row}")
        return told

    return Many(name, ask)


MANY: tuple[Many, ...] = (
    _feed("_changes", ""),
    _feed("_changes since=0", "since=0&include_docs=true"),
    _feed("_changes descending", "descending=true"),
    _feed("_changes descending, bodies", "descending=true&include_docs=true"),
    _feed("_changes style=all_docs", "style=all_docs"),
    _feed("_changes conflicts", "include_docs=true&conflicts=true"),
    _feed("_changes attachments", "include_docs=true&attachments=true"),
    _feed("_changes seq_interval", "seq_interval=10"),
    _feed("_changes longpoll", "feed=longpoll&timeout=1"),
    _feed("_changes longpoll, bodies", "feed=longpoll&timeout=1&include_docs=true"),
    _feed("_changes continuous", "feed=continuous&timeout=1"),
    _feed("_changes continuous, bodies", "feed=continuous&timeout=1&include_docs=true"),
    _feed("_changes eventsource", "feed=eventsource&timeout=1&include_docs=true"),
    _feed("_changes eventsource, again", "feed=eventsource&timeout=1", last_event_id="0"),
    _feed("_changes since another's token", "since=$OTHERS"),
    _feed("_changes since nonsense", "since=12-abc&include_docs=true"),
    _feed("_changes POST", "include_docs=true", {}),
    _feed("_changes _selector all", "filter=_selector", {"selector": {}}),
    _feed(
        "_changes _selector",
        "filter=_selector&include_docs=true",
        {"selector": {"_id": {"$gt": ""}}},
    ),
    _feed("_changes _doc_ids", "filter=_doc_ids", "ids"),
    _feed("_changes _doc_ids, bodies", "filter=_doc_ids&include_docs=true", "ids"),
    _feed("_changes _doc_ids longpoll", "filter=_doc_ids&feed=longpoll&timeout=1", "ids"),
    Many("_changes by pages", _paged),
    _list("_all_docs", ""),
    _list("_all_docs, bodies", "include_docs=true"),
    _list("_all_docs conflicts", "include_docs=true&conflicts=true"),
    _list("_all_docs attachments", "include_docs=true&attachments=true"),
    _list("_all_docs descending", "descending=true&include_docs=true"),
    _list("_all_docs update_seq", "update_seq=true"),
    Many("_all_docs by pages", _skipped, tells_gone=False),
    Many("_all_docs by ranges", _ranges, tells_gone=False),
    _keys("_all_docs keys", ""),
    _keys("_all_docs keys, bodies", "include_docs=true"),
    _bulk("_bulk_get", ""),
    _bulk("_bulk_get rev", "", rev=True),
    _bulk("_bulk_get revs", "revs=true"),
    _bulk("_bulk_get rev, revs, latest", "revs=true&latest=true", rev=True),
    _bulk("_bulk_get attachments", "attachments=true"),
    Many("_bulk_get multipart", _multipart),
    _differences("_revs_diff", "_revs_diff"),
    _differences("_missing_revs", "_missing_revs"),
)


@dataclass(frozen=True)
class One:
    """A way to ask for one document. ``$REV`` in the query: its revision."""

    name: str
    query: str = ""
    method: str = "GET"
    headers: tuple[tuple[bytes, bytes], ...] = ()
    tail: str = ""
    of_files: bool = False
    """Asked only of documents with an attachment."""
    writes: bool = False
    """Refused to everybody, and alike of all documents."""

    async def ask(self, asker: Asker, name: str, rev: str) -> Reply:
        headers = tuple((key, value.replace(b"$REV", rev.encode())) for key, value in self.headers)
        query = self.query.replace("$REV", rev)
        body = {"type": "mine"} if self.method == "PUT" else None
        return await asker.ask(self.method, name + self.tail, query, body, headers)


ONE: tuple[One, ...] = (
    One("GET"),
    One("GET rev", "rev=$REV"),
    One("GET revs", "revs=true"),
    One("GET rev, revs", "rev=$REV&revs=true"),
    One("GET rev, latest", "rev=$REV&latest=true"),
    One("GET open_revs=all", "open_revs=all"),
    One("GET open_revs=all, revs", "open_revs=all&revs=true"),
    One("GET open_revs", 'open_revs=["$REV"]'),
    One("GET open_revs, latest", f'open_revs=["$REV","{FAKE}"]&latest=true'),
    One("GET revs_info", "revs_info=true"),
    One("GET conflicts", "conflicts=true"),
    One("GET deleted_conflicts", "deleted_conflicts=true"),
    One("GET meta", "meta=true"),
    One("GET local_seq", "local_seq=true"),
    One("GET attachments", "attachments=true"),
    One("GET deleted", "deleted=true"),
    One("GET att_encoding_info", "att_encoding_info=true"),
    One("HEAD", method="HEAD"),
    One("HEAD rev", "rev=$REV", method="HEAD"),
    One("GET if none matches", headers=((b"if-none-match", b'"$REV"'),)),
    One("GET rev, if none matches", "rev=$REV", headers=((b"if-none-match", b'"$REV"'),)),
    One("GET range", headers=((b"range", b"bytes=0-10"),)),
    One("GET multipart", "attachments=true", headers=((b"accept", b"multipart/related"),)),
    One("GET open_revs multipart", "open_revs=all", headers=((b"accept", b"multipart/mixed"),)),
    One("GET attachment", tail="/file", of_files=True),
    One("GET attachment rev", "rev=$REV", tail="/file", of_files=True),
    One("HEAD attachment", method="HEAD", tail="/file", of_files=True),
    One("GET attachment range", headers=((b"range", b"bytes=0-2"),), tail="/file", of_files=True),
    One("PUT", method="PUT", writes=True),
    One("DELETE", "rev=$REV", method="DELETE", writes=True),
    One("PUT attachment", method="PUT", tail="/file", writes=True),
)
