"""Who works on a case: whoever holds a grant over it by name; and until when that stays so."""

from __future__ import annotations

from schemas.access import Grant
from schemas.family.cases import CaseWorker
from server.family.desk import Desk
from sync.grants import begins_ms, ends_ms

__all__ = ["workers"]


async def workers(desk: Desk, case: str, now_ms: int) -> tuple[tuple[CaseWorker, ...], int | None]:
    """The workers of a case, by name, and the next moment at which they are others."""
    roster, found = desk.roster(), list[CaseWorker]()
    edges: set[int] = set()
    await desk.grants.refresh()
    for person in desk.grants.people():
        every = desk.grants.access(person).grants
        if not any(case in one.cases for one in every):
            continue
        access = desk.grants.access(person, await desk.posts(person))
        edges |= {at for one in access.grants for at in _edges(one) if at > now_ms}
        held = access.at(now_ms).grants
        mine = [one for one in held if case in one.cases and not _is_glass(one)]
        if mine:
            member = roster.staff.get(person)
            found.append(
                CaseWorker(
                    person=person,
                    name=roster.name_of(person),
                    role=mine[0].role,
                    agency=member.agency if member is not None else None,
                )
            )
    return tuple(sorted(found, key=_by_name)), min(edges, default=None)


def _is_glass(grant: Grant) -> bool:
    """Whether somebody only opened the case, for some hours and with a reason."""
    return grant.follows and grant.ends is not None


def _by_name(worker: CaseWorker) -> tuple[str, str]:
    return worker.name, worker.person


def _edges(grant: Grant) -> list[int]:
    return [at for at in (begins_ms(grant), ends_ms(grant)) if at is not None]
