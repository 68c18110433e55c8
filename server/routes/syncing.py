"""Syncing: a tablet's entries in (``_bulk_docs``), and its one question (``_sync``)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from schemas.base import OpaqueId
from schemas.syncing import PushRow, Receipt, SyncAnswer, SyncRequest
from server.answers import model_answer
from server.bodies import read_model, read_object
from server.devices import holdings
from server.problems import Refusal
from server.record import note
from server.routes.scope import Scoped, entered
from server.site import Site, site_of
from server.visitor import still
from sync.clock import instant, local, to_ms
from sync.feed import Feed, Place
from sync.logs import is_news
from sync.topics import CONCERNS, GRANTS, WATCHES

__all__ = ["ROUTES"]

FOREVER_S = 3600.0
_DEVICE: TypeAdapter[str] = TypeAdapter(OpaqueId)
_MOMENT: TypeAdapter[str] = TypeAdapter(
    Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]
)
_ROWS: TypeAdapter[tuple[PushRow, ...]] = TypeAdapter(tuple[PushRow, ...])


async def push(request: Request) -> Response:
    """``POST /db/{school}/_bulk_docs``: entries, each answered as stored or held, in order."""
    site = site_of(request)
    async with entered(request) as scoped:
        body = await read_object(request, site.settings.max_body_bytes)
        docs = _docs(body, site.settings.max_documents)
        if not still(site, scoped.visitor):  # a body may be long in coming
            raise Refusal(
                "unauthorized",
                "You were signed out, or may do other things than before, while these came in; "
                "none of them was taken. Sign in, and send them again.",
            )
        device = _header(request, "Tidemark-Device", _DEVICE)
        speaker = scoped.speaker(device)
        offset = _offset(request, site)
        taken = await scoped.school.intake.take(speaker, docs, device_offset_ms=offset)
        scoped.school.publisher.wake(taken.topics)
        if not taken.topics.isdisjoint({WATCHES, CONCERNS}):
            site.alarms.wake(scoped.school.database.name)
        if GRANTS in taken.topics:
            await scoped.school.grants.refresh()
    held = sum(row.verdict == "held" for row in taken.rows)
    site.metrics.taken("stored", len(taken.rows) - held)
    site.metrics.taken("held", held)
    note(request.scope, documents=len(docs), quarantined=held)
    rows = _ROWS.dump_json(taken.rows, exclude_none=True)
    return Response(rows, 201, {"Cache-Control": "no-store"}, "application/json")


def _docs(body: dict[str, Any], limit: int) -> list[Any]:
    docs = body.get("docs")
    if not isinstance(docs, list):
        raise Refusal("bad_request", 'Send the entries as {"docs": [...], "new_edits": false}.')
    if body.get("new_edits") is not False:
        raise Refusal(
            "bad_request", 'Entries have their revisions already: send "new_edits": false.'
        )
    if len(docs) > limit:
        raise Refusal("too_large", f"{len(docs)} documents are too many; send {limit} at a time.")
    return [_of_one_revision(doc) for doc in docs]


def _of_one_revision(doc: Any) -> Any:
    """A document without the history that a replicator adds: an entry has one revision."""
    if isinstance(doc, dict) and "_revisions" in doc:
        return {name: value for name, value in doc.items() if name != "_revisions"}
    return doc


def _header(request: Request, name: str, form: TypeAdapter[str]) -> str | None:
    value = request.headers.get(name)
    if value is None:
        return None
    try:
        return form.validate_python(value)
    except ValidationError:
        raise Refusal("bad_request", f"The header {name} is malformed; leave it out.") from None


def _offset(request: Request, site: Site) -> int | None:
    """Server time less device time, as this request shows it, in milliseconds; None for none."""
    said = _header(request, "Tidemark-Device-Time", _MOMENT)
    if said is None:
        return None
    try:
        return site.clock.now_ms() - to_ms(said)
    except (ValueError, OverflowError):
        raise Refusal(
            "bad_request", "The header Tidemark-Device-Time names no such day; leave it out."
        ) from None


async def sync(request: Request) -> Response:
    """``POST /db/{school}/_sync``: receipts, and whether there is news; waits for it if asked."""
    site = site_of(request)
    async with entered(request) as scoped:
        asked = await read_model(request, SyncRequest, site.settings.max_body_bytes)
        account = scoped.visitor.account
        contact = scoped.school.contacts.hear(
            account.person,
            account.name,
            scoped.device(asked.device),
            asked.waiting,
            **_said(site, asked),
        )
        look = await _look(scoped, asked, asked.token)
        contacts = scoped.school.contacts
        mend = holdings.Mend()
        if asked.holds is not None:
            view = _view(scoped, look.feed)
            mend = await holdings.take(contacts, contact, view, asked.holds, site.clock)
        if mend.anew:
            look = replace(look, place=Place(0, reset=True), news=True)
    if look.is_quiet and not mend.drop and asked.wait_s > 0:
        began = site.clock.now_ms()
        wait_s = min(float(asked.wait_s), scoped.changes_in_s(began) or FOREVER_S)
        version = scoped.school.grants.version
        registry, session = site.devices.registry, scoped.visitor.session
        waiting = partial(look.feed.wait, look.place, wait_s)
        with site.limits.held(account.person):
            told = registry.until_revoked(session.device, waiting)
            news = await site.waits.hold(request.receive, told, session.digest)
        note(request.scope, held_ms=site.clock.now_ms() - began)
        same = still(site, scoped.visitor) and version == scoped.school.grants.version
        if news and same:
            look = replace(look, news=True)
        elif news or not same or wait_s < asked.wait_s:
            # Signed out by now, or somebody who sees more or less than before.
            async with entered(request) as scoped:
                look = await _look(scoped, asked, look.feed.token(look.place.seq))
    note(request.scope, receipts=len(look.receipts))
    return model_answer(
        SyncAnswer(
            server_time=instant(site.clock.now_ms()),
            nonce=site.nonces.give(),
            token=look.feed.token(look.place.seq),
            news=look.news,
            reset=look.place.reset,
            receipts=look.receipts,
            drop=mend.drop,
            grants=look.grants,
            prove=holdings.ask(contacts, contact, look.feed, look.place, site.clock),
        )
    )


def _view(scoped: Scoped, feed: Feed) -> holdings.View:
    calendar = scoped.school.roster.calendar
    today, _ = local(instant(scoped.now_ms), calendar.time_zone)
    return holdings.View(feed, scoped.channels_at, scoped.access.edges, calendar, today)


def _said(site: Site, asked: SyncRequest) -> dict[str, Any]:
    """What a tablet tells of itself, for the office's pages."""
    return {
        "oldest_waiting": asked.oldest_waiting,
        "storage": asked.storage,
        "app": asked.app,
        "clock_offset_ms": site.clock.now_ms() - to_ms(asked.device_time),
    }


@dataclass(frozen=True)
class _Look:
    """What there is to tell a tablet at one moment."""

    feed: Feed
    place: Place
    news: bool
    receipts: tuple[Receipt, ...]
    only_backups: bool
    """Whether the receipts say nothing new but that more is backed up."""
    grants: str
    knows_grants: bool
    """Whether the tablet knows the grants as they are now, or says nothing of them."""

    @property
    def is_quiet(self) -> bool:
        told = self.news or self.place.reset or not self.knows_grants
        return not told and self.only_backups


async def _look(scoped: Scoped, asked: SyncRequest, token: str | None) -> _Look:
    speaker = scoped.speaker(asked.device)
    receipts = await scoped.school.intake.receipts(asked.logs, speaker)
    feed = await scoped.feed()
    news, place = await feed.news(await feed.locate(token))
    heads = {head.log: head for head in asked.logs}
    only_backups = not any(is_news(receipt, heads[receipt.log]) for receipt in receipts)
    grants = scoped.access.digest(scoped.now_ms)
    knows = asked.grants in (None, grants)
    return _Look(feed, place, news or place.reset, tuple(receipts), only_backups, grants, knows)


class Held:
    """An endpoint whose requests may be held: called without the framework's own wrapping.

    Errors are answered by the application's handlers all the same; a tablet that waits costs a
    tenth less.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        answer = await sync(Request(scope, receive, send))
        await answer(scope, receive, send)


ROUTES = [
    Route("/db/{school}/_bulk_docs", push, methods=["POST"]),
    Route("/db/{school}/_sync", Held(), methods=["POST"]),
]
