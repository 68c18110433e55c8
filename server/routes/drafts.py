"""Drafts of visits' notes: kept for their author while they are written, and discarded."""

from __future__ import annotations

from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.base import OpaqueId
from schemas.drafts import MAX_DRAFT_BYTES, DraftDropping, DraftSaving
from schemas.policy import POLICY, ROLE_NAMES, may_write
from server.answers import model_answer
from server.bodies import read_model, read_object, unreadable
from server.problems import Refusal
from server.record import note
from server.routes.scope import Scoped, entered
from server.site import site_of
from server.visit_drafts.keeping import Author, digest_of, discard, keep

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


def _draft(request: Request) -> str:
    try:
        return _ID.validate_python(request.path_params["draft"])
    except ValidationError:
        raise Refusal(
            "bad_request", "A draft's name has letters, digits, _ and - alone, 64 at most."
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
    Route("/db/{school}/_drafts/{draft}", save, methods=["PUT"]),
    Route("/db/{school}/_drafts/{draft}", drop, methods=["DELETE"]),
]
