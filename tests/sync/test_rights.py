"""When an act lies, and by which grants it is judged: between two contacts, or flagged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from schemas.access import Grant
from schemas.policy import Role
from sync.clock import instant, to_ms
from sync.logs import LogState
from sync.pushed import Speaker
from tests.factory import COVER, MONDAY, OFFICER, TUTOR, Tablet, claim
from tests.sync.school import School


def at(time: str) -> str:
    return f"{MONDAY}T{time}:00.000Z"


class Contacts:
    """Knows the nonce ``at-HHMM`` of every minute."""

    def contact_ms(self, nonce: str) -> int | None:
        time = nonce.removeprefix("at-")
        return to_ms(at(f"{time[:2]}:{time[2:]}"))


MORNING = Speaker(
    "staff-cover",
    "Cal Cover",
    Role.COVER_TEACHER,
    "tablet-2",
    (
        Grant(
            person="staff-cover",
            role=Role.COVER_TEACHER,
            groups=("form-1",),
            starts=at("08:00"),
            ends=at("12:00"),
        ),
    ),
)


@pytest.fixture
def known(school: School) -> School:
    school.intake._contacts = Contacts()
    school.clock.set(at("15:00"))
    return school


def said(written: str, contact: str | None) -> dict[str, object]:
    return {"written_at": at(written), "clock": {"offset_ms": 0, "contact": contact}}


async def judged(school: School, tablet: Tablet, speaker: Speaker) -> list[tuple[object, ...]]:
    await school.push(*tablet.entries, speaker=speaker)
    items = [item for one in await school.arrivals(tablet.log) for item in one.items]
    return [(item.reason_code, *item.flags) for item in items]


async def test_an_act_before_the_grant_ended_stands_although_it_comes_later(known: School):
    tablet = Tablet(MORNING)
    tablet.register(claim(1), **said("11:50", "at-0800"))
    assert await judged(known, tablet, MORNING) == [(None, "grant_ended_since")]


async def test_no_act_lies_before_the_contact_that_it_names(known: School):
    """Written at 11:50, it says; but it knows a nonce that was given at 14:00."""
    tablet = Tablet(MORNING)
    tablet.register(claim(1), **said("11:50", "at-1400"))
    assert await judged(known, tablet, MORNING) == [("grant_ended", "clock_behind")]


async def test_nor_before_a_contact_that_an_earlier_entry_of_its_log_names(known: School):
    tablet = Tablet(MORNING)
    tablet.register(claim(1), **said("11:00", "at-1400"))
    tablet.register(claim(2), **said("11:50", "at-0800"))
    tablet.register(claim(3), **said("11:55", None))
    found = await judged(known, tablet, MORNING)
    assert [one[0] for one in found] == ["grant_ended"] * 3
    later = Tablet(MORNING, tablet.log, tablet.n, tablet.prev)
    later.register(claim(4), **said("11:56", "at-0800"))
    assert (await judged(known, later, MORNING))[-1][0] == "grant_ended"


async def test_nor_of_the_same_push(known: School):
    tablet = Tablet(MORNING)
    tablet.register(claim(1), **said("11:00", "at-1400"))
    tablet.register(claim(2), **said("11:50", "at-0800"))
    other = Tablet(MORNING, log="c" * 32)
    other.register(claim(3), **said("11:50", "at-0800"))
    taken = await known.intake.take(MORNING, [*tablet.entries, *other.entries])
    assert [row.verdict for row in taken.rows] == ["held", "held", "stored"]


async def test_what_should_have_come_with_an_earlier_contact_is_judged_as_of_that(known: School):
    tablet = Tablet(MORNING)
    tablet.register(claim(1), **said("11:50", "at-0800"))
    settled = replace(MORNING, last_contact_ms=to_ms(at("13:00")))
    assert await judged(known, tablet, settled) == [("grant_ended", "outside_contacts")]


async def test_and_is_only_flagged_where_the_grant_was_in_force_then(known: School):
    tablet = Tablet(TUTOR)
    tablet.register(claim(1), **said("09:00", "at-0800"))
    settled = replace(TUTOR, last_contact_ms=to_ms(at("13:00")))
    assert await judged(known, tablet, settled) == [(None, "outside_contacts")]


async def test_a_whole_role_ends_with_its_grant_whichever_groups_it_needs(known: School):
    """An officer is of no group: only the role itself says that the grant has ended."""
    over = Grant(person=OFFICER.person, role=OFFICER.role, starts=at("08:00"), ends=at("12:00"))
    officer = replace(OFFICER, posts=(over,))
    tablet = Tablet(officer)
    tablet.register(claim(1), **said("11:50", "at-0800"))
    tablet.register(claim(2), **said("13:00", "at-0800"))
    found = await judged(known, tablet, officer)
    assert [one[0] for one in found] == [None, "grant_ended"]


async def test_a_device_that_was_settled_a_moment_before_is_in_time(known: School):
    tablet = Tablet(TUTOR)
    tablet.register(claim(1), **said("12:59", "at-0800"))
    settled = replace(TUTOR, last_contact_ms=to_ms(at("13:00")))
    assert await judged(known, tablet, settled) == [(None,)]


async def test_a_role_that_was_never_theirs_is_a_forgery(known: School):
    tablet = Tablet(TUTOR)
    tablet.register(claim(1), role="head")
    assert await judged(known, tablet, TUTOR) == [("forged_author",)]


async def test_a_mark_without_a_group_is_for_the_pupils_of_ones_groups(known: School):
    guest = replace(TUTOR, posts=(Grant(person=TUTOR.person, role=TUTOR.role, groups=("maths",)),))
    tablet = Tablet(guest)
    amended = {"reason": "Seen in the hall", "date": MONDAY, "session": "AM"}
    tablet.write("mark.amended", claims=[claim(1)], **amended)
    assert await judged(known, tablet, guest) == [("not_your_pupil",)]
    mine = Tablet(TUTOR, log="b" * 32)
    mine.write("mark.amended", claims=[claim(1), claim(2)], **amended)
    assert await judged(known, mine, TUTOR) == [(None,)]


async def test_a_register_that_was_reassigned_is_the_takers(known: School):
    nobody = replace(COVER, posts=(Grant(person=COVER.person, role=COVER.role),))
    tablet = Tablet(nobody, log="b" * 32)
    tablet.register(claim(1), group="form-1")
    assert await judged(known, tablet, nobody) == [("not_your_group",)]
    move = known.officer.write(
        "register.reassigned",
        group="form-1",
        date=MONDAY,
        session="AM",
        to=COVER.person,
        reason="Tess is ill",
    )
    await known.push(move, speaker=OFFICER)
    more = Tablet(nobody, tablet.log, tablet.n, tablet.prev)
    more.register(claim(2), group="form-1")
    more.register(claim(3), group="form-1", session="PM")
    found = await judged(known, more, nobody)
    assert found[1:] == [(None,), ("not_your_group",)]


async def test_nobody_takes_a_register_over_by_their_own_word(known: School):
    """A reassignment by somebody who may not reassign is held, and makes nobody the taker."""
    nobody = replace(COVER, posts=(Grant(person=COVER.person, role=COVER.role),))
    tablet = Tablet(nobody, log="b" * 32)
    tablet.write(
        "register.reassigned",
        group="form-1",
        date=MONDAY,
        session="AM",
        to=COVER.person,
        reason="I would like to",
    )
    tablet.register(claim(1), group="form-1")
    await known.push(tablet.entries[0], speaker=nobody)
    assert await judged(known, tablet, nobody) == [("role_may_not",), ("not_your_group",)]


async def test_a_push_can_be_held_as_a_whole_but_a_forgery_stays_one(known: School):
    from sync.verdicts import Reason

    tablet = Tablet(TUTOR)
    tablet.register(claim(1))
    tablet.register(claim(2), author="staff-head", role="head")
    why = Reason("device_revoked", "It was sent by a tablet that was revoked.")
    await known.intake.take(TUTOR, tablet.entries, hold=why)
    items = [item for one in await known.arrivals(tablet.log) for item in one.items]
    assert [item.reason_code for item in items] == ["device_revoked", "forged_author"]
    assert [one.releasable for one in await known.held()].count(True) == 1


def test_contacts_rise_with_the_numbers_in_whatever_order_they_come():
    from sync.arrivals import Arrival, ArrivalItem

    state = LogState("a" * 32)

    def come(n: int, contact_ms: int) -> None:
        item = ArrivalItem(
            n=n, entry=f"e{n}", digest=f"{n:064d}", verdict="stored", contact_ms=contact_ms
        )
        arrival = Arrival(
            id=f"arrival:{n}",
            log=state.log,
            person="p",
            device=None,
            received_at=instant(n),
            items=(item,),
        )
        state.add(arrival, n)

    for n, contact in ((5, 50), (2, 30), (3, 20), (9, 40), (7, 90), (6, 60)):
        come(n, contact)
    assert [state.contact_before(n) for n in range(1, 10)] == [0, 30, 30, 30, 50, 60, 90, 90, 90]
