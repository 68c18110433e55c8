"""The scope of a request under ``/db``: who asks, in which school, and what they may see there."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.requests import Request

from server.problems import Refusal
from server.record import note
from server.schools import OpenSchool
from server.site import site_of
from server.visitor import Visitor, visitor
from sync.feed import Feed
from sync.store import Document

__all__ = ["Scoped", "entered", "query_number"]


@dataclass(frozen=True)
class Scoped:
    """A visitor in one of their schools."""

    visitor: Visitor
    school: OpenSchool
    channels: frozenset[str]

    async def feed(self) -> Feed:
        """The school's feed through the visitor's channels."""
        return await Feed.open(self.school.database, self.channels)

    def sees(self, document: Document) -> bool:
        """Whether a document lies in any of the visitor's channels."""
        return not self.channels.isdisjoint(document.channels)

    async def revision(self, winner: Document | None, rev: str | None) -> Document | None:
        """A document as it is, or one of its revisions; None for what is not there or not theirs.

        An old revision is theirs only if the document is today, whatever it was then.
        """
        if winner is None or not self.sees(winner):
            return None
        if rev is None or rev == winner.rev:
            return winner
        found = await self.school.database.read_revision(winner.id, rev)
        return found if found is not None and self.sees(found) else None


@contextlib.asynccontextmanager
async def entered(request: Request) -> AsyncIterator[Scoped]:
    """Let the visitor into the school that the path names.

    Raises ``Refusal``: ``unauthorized``, ``forbidden`` (not their school, or no school at all).
    """
    site = site_of(request)
    who = await visitor(request)
    school = request.path_params["school"]
    who.post(school)
    note(request.scope, school=school)
    async with site.schools.use(school) as opened:
        yield Scoped(who, opened, who.channels(opened.roster, school, site.clock.now_ms()))


def query_number(request: Request, name: str, default: int, most: int) -> int:
    """A whole number from the query, no larger than ``most``."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()):
        raise Refusal("bad_request", f"The parameter {name} is not a whole number; send digits.")
    return min(int(text[:18]), most)
