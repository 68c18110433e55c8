"""Cover: what the head of a demonstration's school grants its cover teacher for the day."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.access import Grant
from schemas.canonical import GENESIS
from schemas.entry import make_entry
from schemas.policy import Role
from server.demo.chance import hex_id, opaque_id, stream
from server.demo.sign_ins import SignIn
from server.demo.writing import local_ms
from sync.clock import Clock, instant, local
from sync.grants import GrantBook
from sync.intake import Intake
from sync.pushed import Speaker
from sync.roster import load_roster
from sync.store import Database

__all__ = ["give_cover"]

LEAST_MS = 2 * 3_600_000
"""Until the end of school, and for so long at least: a demonstration may begin in the evening."""
PURPOSE = "Covers for colleagues who are on a course today."


class _NoContacts:
    """The head's device was never heard of."""

    def contact_ms(self, nonce: str) -> int | None:  # noqa: ARG002  # it knows none
        """None: no nonce was given."""
        return None


async def give_cover(database: Database, clock: Clock, people: Sequence[SignIn]) -> None:
    """Have the head of a school grant its cover teacher their registers, unless they have them.

    By an entry, as from the head's own screen. ``people``: who can sign in at that school.
    """
    of = {one.role: one for one in people}
    head, cover, now_ms = of[Role.HEAD], of[Role.COVER_TEACHER], clock.now_ms()
    book = GrantBook(database)
    await book.refresh()
    if book.access(cover.person).at(now_ms).groups.issuperset(cover.covers):
        return
    roster = await load_roster(database)
    zone = roster.calendar.time_zone
    today, _ = local(instant(now_ms), zone)
    school_ends = local_ms(today, roster.calendar.times_on(today).pm.ends, zone)
    chance = stream(now_ms, head.school, "cover")
    device, log, salt = opaque_id(chance, "dev"), hex_id(chance), hex_id(chance)
    body = {
        "kind": "grant.given",
        "author": head.person,
        "role": head.role.value,
        "device": device,
        "written_at": instant(now_ms),
        "clock": {"offset_ms": 0, "contact": None},
        "person": cover.person,
        "grants": cover.role.value,
        "groups": list(cover.covers),
        "starts": instant(now_ms),
        "ends": instant(max(school_ends, now_ms + LEAST_MS)),
        "purpose": PURPOSE,
    }
    post = Grant(person=head.person, role=head.role)
    speaker = Speaker(head.person, head.name, head.role, device, (post,))
    intake = Intake(database, lambda: roster, clock, lambda: hex_id(chance), _NoContacts())
    entry = make_entry(log, 1, GENESIS, salt, body)
    await intake.take(speaker, [entry], device_offset_ms=0)
