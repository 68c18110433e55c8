"""Access: who holds which grant, why somebody sees something, and figures that name nobody."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.access import AccessList, PersonAccess
from schemas.base import Date, OpaqueId
from schemas.figures import SessionFigures
from schemas.policy import Power
from server.access.directory import Directory
from server.answers import model_answer
from server.problems import Refusal
from server.routes.scope import Scoped, entered
from server.site import site_of
from sync import channels
from sync.attendance.daybook import Daybook
from sync.attendance.figures import begun, figures, of_session
from sync.clock import instant, local
from sync.explain import Explainer
from sync.roster import Roster
from sync.store import Database, Document

__all__ = ["ROUTES"]

MAX_DAYS = 66
"""Days of one report: a half-term, holidays included."""
MAX_ID = 300
_OF_SOME = (
    *("case:", "visit:", "watch:", "glass:", "concern:", "concern_status:"),
    *("draft:", "draft_opening:", "draft_end:", "shared:", "support:", "summary:", "photo:"),
    *("alarm:", "note_reminder:", "concern_reminder:"),
)
_ON_SOME = tuple(
    channels.entries(one("")) for one in (channels.case, channels.concern, channels.watch)
)
"""Documents of which who asks about others' access need not know."""
_PERSON: TypeAdapter[str] = TypeAdapter(OpaqueId)
_DATE: TypeAdapter[str] = TypeAdapter(Date)


async def who(request: Request) -> Response:
    """``GET /db/{school}/_access``: everybody's grants; for whoever looks after them."""
    site = site_of(request)
    async with entered(request) as scoped:
        scoped.demand(Power.ACCESS)
        directory = await Directory.read(site.accounts, scoped.school)
        await scoped.school.intake.cases.refresh()
        people = [directory.lines(one, scoped.now_ms, scoped.knows) for one in directory.people()]
    ordered: list[PersonAccess] = sorted(people, key=lambda one: (one.name, one.person))
    return model_answer(AccessList(as_at=instant(scoped.now_ms), people=tuple(ordered)))


async def why(request: Request) -> Response:
    """``GET /db/{school}/_explain?person=&document=``: why somebody sees it, or does not."""
    site = site_of(request)
    async with entered(request) as scoped:
        scoped.demand(Power.EXPLAIN)
        person, document = _person(request), _asked(request, "document")
        directory = await Directory.read(site.accounts, scoped.school)
        await scoped.school.intake.cases.refresh()
        found, *_ = await scoped.school.database.read([document])
        if found is not None and _is_of_some(found) and not await _seen(scoped, found):
            found = None  # that it is there at all is not theirs to know
        explainer = Explainer(scoped.school.roster, directory.name, scoped.now_ms, scoped.knows)
        return model_answer(explainer.explain(directory.access(person), document, found))


def _is_of_some(found: Document) -> bool:
    """Whether a document is of a case or a concern, or of what is held of one."""
    held = found.id.startswith("held:")
    return (
        found.id.startswith(_OF_SOME)
        or any(one.startswith(_ON_SOME) for one in found.channels)
        or (held and channels.QUARANTINE not in channels.lasting(found.channels))
    )


async def _seen(scoped: Scoped, found: Document) -> bool:
    """Whether the visitor may know that something of a case or a concern is there."""
    to = found.channels
    if found.id.startswith("photo:"):
        visit, *_ = await scoped.school.database.read([f"visit:{found.body.get('visit')}"])
        to = frozenset() if visit is None else visit.channels
    return not scoped.channels.isdisjoint(to)


async def report(request: Request) -> Response:
    """``GET /db/{school}/_figures?from=&to=``: counts of the whole school; today unless said."""
    site = site_of(request)
    async with entered(request) as scoped:
        scoped.demand(Power.FIGURES)
        roster, database = scoped.school.roster, scoped.school.database
        today, _ = local(instant(scoped.now_ms), roster.calendar.time_zone)
        first = _day(request, "from", today)
        last = _day(request, "to", max(first, today))
        if first > last:
            raise Refusal("bad_request", f"The days run from {first} to {last}; turn them round.")
        if (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days >= MAX_DAYS:
            raise Refusal("bad_request", f"Ask for {MAX_DAYS} days at a time at most.")
        dates = roster.calendar.school_days(first, min(last, today))
        found = await site.waits.together(
            ("figures", database.name, first, last),
            lambda: _counted(database, roster, dates, scoped.now_ms),
        )
        return model_answer(figures(roster, found, first, last, scoped.now_ms))


async def _counted(
    database: Database, roster: Roster, dates: Iterable[str], now_ms: int
) -> list[SessionFigures]:
    """Every session's figures. One day is in memory at a time, and others have their turn."""
    found: list[SessionFigures] = []
    for date in dates:
        day = await Daybook.load(database, roster, date)
        for session in begun(roster.calendar, date, now_ms):
            found.append(of_session(day, session))
            await asyncio.sleep(0)
    return found


def _asked(request: Request, name: str) -> str:
    said = request.query_params.get(name, "")
    if not 0 < len(said) <= MAX_ID or "\0" in said:
        raise Refusal("bad_request", f"Say which {name}: ?{name}=<its id>.")
    return said


def _person(request: Request) -> str:
    try:
        return _PERSON.validate_python(_asked(request, "person"))
    except ValidationError:
        raise Refusal("bad_request", "Say which person: ?person=<their id>.") from None


def _day(request: Request, name: str, default: str) -> str:
    try:
        return _DATE.validate_python(request.query_params.get(name, default))
    except ValidationError:
        raise Refusal("bad_request", f"{name} is no date; write it as 2026-11-23.") from None


ROUTES = [
    Route("/db/{school}/_access", who, methods=["GET"]),
    Route("/db/{school}/_explain", why, methods=["GET"]),
    Route("/db/{school}/_figures", report, methods=["GET"]),
]
