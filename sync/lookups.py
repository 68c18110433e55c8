"""Lookups: what intake reads before it judges a push, because an entry speaks of another.

A void names the entry it voids, a decision what is held, and a register may have been reassigned to
somebody whose group it is not. All of it is read at once, and only for entries that ask for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from schemas.access import POST, Grant
from schemas.codes import Session
from schemas.entry import ClaimBody, GrantEnded, RegisterVoided
from schemas.policy import GROUP_ROLES, Role
from schemas.published import Held
from sync.attendance.daybook import Daybook
from sync.decisions import Deciding
from sync.document import Document
from sync.erasure import is_erased
from sync.family.casebook import CaseBook
from sync.family.known import Known, know
from sync.pushed import Pushed
from sync.roster import Roster
from sync.store import Database

__all__ = ["Lookups", "Posts", "look_up", "no_posts", "read_held"]

Register = tuple[str, Session, str]
"""Date, session and group."""
Posts = Callable[[str], Awaitable[tuple[Grant, ...]]]
"""The posts of a person's account in the school, ended or not."""


@dataclass(frozen=True, slots=True)
class Lookups:
    """``voided``: bodies by entry. ``held``: by id, and ``goes_to`` its channels. ``takers``: to
    whom a register was reassigned. ``posts``: the roles of a person's posts, by whose end an entry
    asks for. ``known``: what there is of family support.

    What has not come in is missing from them.
    """

    voided: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    held: Mapping[str, Held] = field(default_factory=dict)
    goes_to: Mapping[str, frozenset[str]] = field(default_factory=dict)
    takers: Mapping[Register, frozenset[str]] = field(default_factory=dict)
    posts: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    known: Known = field(default_factory=Known)


async def no_posts(_: str) -> tuple[Grant, ...]:
    """Nobody has an account here."""
    return ()


async def look_up(
    database: Database,
    roster: Roster,
    pushed: Sequence[Pushed],
    groups: frozenset[str],
    posts: Posts = no_posts,
    *,
    cases: CaseBook | None = None,
) -> Lookups:
    """Read what these documents speak of. ``groups``: those that their sender was ever granted.

    ``cases``: refreshed.
    """
    bodies = [one.entry.body for one in pushed if one.entry is not None]
    voided = {body.entry for body in bodies if isinstance(body, RegisterVoided)}
    held = {body.held for body in bodies if isinstance(body, Deciding)}
    registers: set[Register] = {
        (body.date, body.session, group)
        for body in bodies
        if isinstance(body, ClaimBody) and body.role in GROUP_ROLES
        if (group := getattr(body, "group", None)) is not None and group not in groups
    }
    ending = {body.person for body in bodies if isinstance(body, GrantEnded) and body.grant == POST}
    known = Known() if cases is None else await know(database, cases, bodies)
    if not (voided or held or registers or ending):
        return Lookups(known=known)
    found = await _held(database, held)
    return Lookups(
        voided=await _bodies(database, voided),
        held={one.id: read_held(one.id, one.body) for one in found},
        goes_to={one.id: one.channels for one in found},
        takers=await _takers(database, roster, registers),
        posts={person: await _posts(posts, roster, person) for person in sorted(ending)},
        known=known,
    )


async def _posts(posts: Posts, roster: Roster, person: str) -> frozenset[Role]:
    """By their account and by the school's own list, which need not say the same."""
    member = roster.staff.get(person)
    listed = frozenset[Role]() if member is None else frozenset({member.role})
    return listed | {one.role for one in await posts(person)}


async def _bodies(database: Database, ids: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    documents = await database.read(sorted(ids))
    there = [one for one in documents if one is not None and not is_erased(one)]
    found = {one.id: one.body.get("body") for one in there}
    return {name: body if isinstance(body, dict) else {} for name, body in found.items()}


async def _held(database: Database, ids: Iterable[str]) -> list[Document]:
    documents = await database.read(sorted(ids))
    return [one for one in documents if one is not None and not one.deleted]


def read_held(name: str, body: Mapping[str, Any]) -> Held:
    """Read a stored document of something held."""
    return Held.model_validate_json(orjson.dumps({"_id": name, **body}))


async def _takers(
    database: Database, roster: Roster, registers: Iterable[Register]
) -> dict[Register, frozenset[str]]:
    dates = {date for date, _, _ in registers}
    days = {date: await Daybook.load(database, roster, date) for date in sorted(dates)}
    return {
        (date, session, group): days[date].takers(session, group)
        for date, session, group in registers
    }
