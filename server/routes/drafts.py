"""Drafts of visits' notes: kept for their author while they are written, and discarded."""

from __future__ import annotations

from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.base import OpaqueId
from schemas.family.drafts import MAX_DRAFT_BYTES, DraftDropping, DraftList, DraftSaving
from schemas.policy import POLICY, ROLE_NAMES, Power, may_write
from server.answers import model_answer
from server.bodies import read_model, read_object, unreadable
from server.problems import Refusal
from server.record import note
from server.routes.scope import Scoped, entered
from server.site import site_of
from server.visit_drafts.keeping import Author, digest_of, discard, keep
from server.visit_drafts.reading import drafts_of_visit

__all__ = ["ROUTES"]

_WRITES = "visit.submitted"
_ID: TypeAdapter[str] = TypeAdapter(OpaqueId)


async def save(request: Request) -> Response:
    """``PUT /db/{school}/_drafts/{draft}``: a copy of a draft, from the device that writes it."""
    site = site_of(request)
    async with entered(request) as scoped:
        draft = _draft(request)
        _demand(scoped)
        raw = await read_object(request, MAX_DRAFT_BYTES)
        saving = _read(raw)
        if saving.draft != draft:
            raise Refusal("bad_request", "The address names another draft than `draft`.")
        account = scoped.visitor.account
        author = Author(account.person, account.name, scoped.device(saving.device))
        database = scoped.school.database
        kept = await keep(database, author, saving, digest_of(raw), site.clock.now_ms())
    note(request.scope, ended=int(kept.ended))
    return model_answer(kept)


async def drop(request: Request) -> Response:
    """``DELETE /db/{school}/_drafts/{draft}``: the author discards what they saw of a draft."""
    site = site_of(request)
    async with entered(request) as scoped:
        draft = _draft(request)
        asked = await read_model(request, DraftDropping, MAX_DRAFT_BYTES)
        person = scoped.visitor.account.person
        now_ms = site.clock.now_ms()
        await discard(scoped.school.database, person, draft, asked, now_ms)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


async def of_visit(request: Request) -> Response:
    """``GET /db/{school}/_drafts?visit=``: whose drafts there are; for who may open one."""
    async with entered(request) as scoped:
        scoped.demand(Power.DRAFTS)
        visit = _named(request.query_params.get("visit", ""), "visit")
        database = scoped.school.database
        document, *_ = await database.read([f"visit:{visit}"])
        if document is None or document.deleted or scoped.channels.isdisjoint(document.channels):
            raise Refusal("not_found", "There is no such visit here, or it is not yours to see.")
        return model_answer(DraftList(drafts=await drafts_of_visit(database, visit)))


def _draft(request: Request) -> str:
    return _named(request.path_params["draft"], "draft")


def _named(value: str, what: str) -> str:
    try:
        return _ID.validate_python(value)
    except ValidationError:
        raise Refusal(
            "bad_request", f"A {what}'s name has letters, digits, _ and - alone, 64 at most."
        ) from None


def _demand(scoped: Scoped) -> None:
    """Whoever may hand in a visit's note now may keep the draft of one."""
    roles = scoped.access.at(scoped.now_ms).roles
    if any(may_write(role, _WRITES) for role in roles):
        return
    able = ", ".join(ROLE_NAMES[one] for one in POLICY if may_write(one, _WRITES))
    raise Refusal("forbidden", f"Your role writes no notes of visits. That is for: {able}.")


def _read(raw: dict[str, Any]) -> DraftSaving:
    """Read what the digest is over: the same JSON, as strictly as any."""
    try:
        return DraftSaving.model_validate_json(orjson.dumps(raw))
    except ValidationError as error:
        raise unreadable(error) from None


ROUTES = [
    Route("/db/{school}/_drafts", of_visit, methods=["GET"]),
    Route("/db/{school}/_drafts/{draft}", save, methods=["PUT"]),
    Route("/db/{school}/_drafts/{draft}", drop, methods=["DELETE"]),
]
