"""Grants: what is in force when, who gave it, and what an entry makes of it."""

import pytest

from schemas.access import Ended, Grant
from schemas.policy import POLICY, ROLE_NAMES, Power, Reach, Role, may, may_give
from sync.clock import to_ms
from sync.grants import Access, GrantBook, begins_ms, ends_ms
from tests.factory import COVER, HEAD, MONDAY, OFFICER, TUTOR, Tablet, calendar, claim, speaker
from tests.sync.school import School

AT = "T{}:00.000Z"
ADMIN = speaker("staff-admin", "Ada Admin", Role.ADMINISTRATOR, "desk-9")
GUEST = speaker("staff-guest", "Gus Guest", Role.COVER_TEACHER, "tablet-9")


def at(time: str, day: str = MONDAY) -> str:
    return f"{day}{AT.format(time)}"


def ms(time: str, day: str = MONDAY) -> int:
    return to_ms(at(time, day))


def grant(**fields) -> Grant:
    return Grant(**({"person": "p", "role": Role.COVER_TEACHER, "groups": ("form-1",)} | fields))


def cover(**fields):
    return {
        "person": GUEST.person,
        "grants": "cover_teacher",
        "groups": ["form-1"],
        "starts": at("09:00"),
        "ends": at("15:30"),
        "purpose": "Tess is on a course",
    } | fields


def test_a_grant_is_in_force_from_its_start_up_to_its_end():
    one = Access("p", (grant(starts=at("09:00"), ends=at("15:30")),))
    inside = [ms("09:00"), ms("12:00"), ms("15:29")]
    outside = [ms("08:59"), ms("15:30"), ms("18:00")]
    assert all(one.at(moment).groups == {"form-1"} for moment in inside)
    assert all(one.at(moment).grants == () for moment in outside)
    assert [len(one.current(moment)) for moment in (ms("08:00"), ms("12:00"), ms("15:30"))] == [
        1,
        1,
        0,
    ]


def test_an_earlier_end_counts_and_a_later_one_does_not():
    ended = Ended(at=at("11:00"), by="h", reason="Back", entry="e")
    assert ends_ms(grant(ends=at("15:30"), ended=ended)) == ms("11:00")
    assert ends_ms(grant(ends=at("10:00"), ended=ended)) == ms("10:00")
    assert ends_ms(grant(ended=ended)) == ms("11:00")
    assert (begins_ms(grant()), ends_ms(grant())) == (None, None)


def test_for_a_day_a_person_is_told_of_what_is_over():
    one = Access("p", (grant(id="e", ends=at("15:30")), grant()))
    moments = (ms("15:29"), ms("15:30"), ms("15:29", "2026-11-24"), ms("15:30", "2026-11-24"))
    assert [[over.id for over in one.lately_over(moment)] for moment in moments] == [
        [],
        ["e"],
        ["e"],
        [],
    ]


def test_what_changes_next_is_the_nearest_edge():
    one = Access(
        "p", (grant(starts=at("09:00"), ends=at("15:30")), grant(starts=at("13:00")), grant())
    )
    moments = [ms("08:00"), ms("09:00"), ms("13:00"), ms("15:30")]
    assert [one.next_change_ms(moment) for moment in moments] == [
        ms("09:00"),
        ms("13:00"),
        ms("15:30"),
        None,
    ]
    assert one.edges(ms("09:00"), ms("15:30")) == (ms("13:00") - 1, ms("15:30") - 1)
    assert one.edges(ms("09:00"), ms("12:00")) == ()
    before, after = one.digest(ms("08:00")), one.digest(ms("16:00"))
    assert before == one.digest(ms("10:00")) != after


def test_of_several_roles_one_writes_in_the_one_that_may_most():
    roles = [grant(role=role) for role in (Role.CLASS_TEACHER, Role.HEAD, Role.ADMINISTRATOR)]
    assert Access("p", tuple(roles)).role is Role.HEAD
    assert Access("p", tuple(roles[:1])).role is Role.CLASS_TEACHER
    assert Access("p").role is None


def test_a_role_reaches_only_what_it_sees_of_what_it_was_granted():
    teacher = grant(role=Role.CLASS_TEACHER, pupils=("pup-1",))
    worker = grant(role=Role.FAMILY_WORKER, groups=("form-2",), pupils=("pup-2",))
    both = Access("p", (teacher, worker))
    assert both.groups == {"form-1"}
    assert both.pupils == {"pup-2"}


def test_the_policy_is_whole_and_says_what_no_role_may():
    assert set(POLICY) == set(Role) == set(ROLE_NAMES)
    assert not any(may_give(role, role) for role in Role), "nobody makes another of their own kind"
    for role, rule in POLICY.items():
        assert (Reach.OFFICE in rule.sees) <= (role is not Role.GOVERNOR)
        assert rule.gives == frozenset() or may(role, Power.ACCESS)
    sees_no_pupil = {Role.GOVERNOR, Role.ADMINISTRATOR}
    assert {r for r, rule in POLICY.items() if not rule.sees - {Reach.STAFF}} == sees_no_pupil


async def test_an_entry_gives_a_grant_and_another_ends_it(school: School):
    await school.push(Tablet(TUTOR).register(claim(1)), speaker=TUTOR)  # not of grants
    head = Tablet(HEAD, log="4" * 32)
    given = head.write("grant.given", **cover())
    await school.push(given, speaker=HEAD)
    book = school.intake.grants
    assert await book.refresh() == {GUEST.person}
    assert book.people() == {GUEST.person}
    access = book.access(GUEST.person, GUEST.posts)
    assert access.at(ms("10:00")).groups == {"form-1"}
    assert access.at(ms("16:00")).groups == frozenset()
    assert access.grants[-1].given_by == HEAD.person
    again = await GrantBook.read(school.database)
    assert again.access(GUEST.person).grants == access.grants[1:]
    version = book.version
    assert await book.refresh() == frozenset()
    end = head.write(
        "grant.ended", grant=given["_id"], person=GUEST.person, reason="Tess came back"
    )
    await school.push(end, speaker=HEAD)
    assert await book.refresh() == {GUEST.person}
    assert book.version > version
    last = book.access(GUEST.person, GUEST.posts).grants[-1]
    assert last.ended is not None
    assert (last.ended.at, last.ended.by) == (at("09:00"), HEAD.person)
    assert book.access(GUEST.person).at(ms("10:00")).grants == ()


async def test_nothing_ends_before_the_contact_that_its_end_knows_of(school: School):
    """A desk whose clock fell back to 1970 must not undo a year of somebody's registers."""
    head = Tablet(HEAD, log="4" * 32)
    clock = {"offset_ms": None, "contact": "nonce-0930"}
    said = {"written_at": "1970-01-01T00:00:00.000Z", "clock": clock}
    end = head.write("grant.ended", grant="post", person=TUTOR.person, reason="Left", **said)
    school.clock.set(at("10:00"))
    await school.push(end, speaker=HEAD)
    await school.intake.grants.refresh()
    access = school.intake.grants.access(TUTOR.person, TUTOR.posts)
    assert access.at(ms("09:29")).role is Role.CLASS_TEACHER
    assert access.at(ms("09:30")).role is None


async def test_a_post_can_be_ended_as_well(school: School):
    head = Tablet(HEAD, log="4" * 32)
    end = head.write("grant.ended", grant="post", person=TUTOR.person, reason="Left")
    await school.push(end, speaker=HEAD)
    await school.intake.grants.refresh()
    access = school.intake.grants.access(TUTOR.person, TUTOR.posts)
    assert access.at(ms("08:59")).role is Role.CLASS_TEACHER
    assert access.at(ms("09:00")).role is None
    anew = TUTOR.posts[0].model_copy(update={"starts": at("11:00")})
    later = school.intake.grants.access(TUTOR.person, (anew,))
    assert later.at(ms("10:59")).role is None
    assert later.at(ms("11:00")).role is Role.CLASS_TEACHER


@pytest.mark.parametrize(
    ("giver", "changes", "reason"),
    [
        (TUTOR, {}, "role_may_not"),
        (OFFICER, {"grants": "head"}, "may_not_give"),
        (HEAD, {"grants": "administrator"}, "may_not_give"),
        (HEAD, {"person": HEAD.person}, "grant_to_oneself"),
        (HEAD, {"ends": at("09:00")}, "grant_dates"),
        (HEAD, {"ends": at("09:00", "2028-01-01")}, "grant_dates"),
        (HEAD, {"groups": ["form-9"]}, "grant_of_nothing"),
        (HEAD, {"pupils": ["pup-99"]}, "grant_of_nothing"),
        (OFFICER, {}, None),
        (HEAD, {"grants": "governor", "groups": []}, None),
        (ADMIN, {"grants": "head", "groups": []}, None),
    ],
)
async def test_who_may_give_what(school: School, giver, changes, reason):
    entry = Tablet(giver, log="5" * 32).write("grant.given", **cover(**changes))
    taken = await school.intake.take(giver, [entry])
    held = [item.reason_code for item in (await school.arrivals(entry["log"]))[0].items]
    assert held == [reason]
    assert (taken.rows[0].verdict == "held") is (reason is not None)
    await school.intake.grants.refresh()
    given = school.intake.grants.given(entry["body"]["person"], entry["_id"])
    assert (given is None) is (reason is not None)


async def test_one_push_gives_a_grant_and_ends_it(school: School):
    """As after a restore: what a desk wrote comes again, all of it at once."""
    head, office = Tablet(HEAD, log="4" * 32), Tablet(OFFICER, log="5" * 32)
    given = head.write("grant.given", **cover())
    end = head.write("grant.ended", grant=given["_id"], person=GUEST.person, reason="Over")
    await school.push_all(given, end, speaker=HEAD)
    held = office.write("grant.given", **cover(grants="governor", groups=[]))
    other = office.write("grant.ended", grant=held["_id"], person=GUEST.person, reason="Over")
    await school.push_all(held, other, speaker=OFFICER)
    found = [
        i.reason_code for t in (head, office) for a in await school.arrivals(t.log) for i in a.items
    ]
    assert found == [None, None, "may_not_give", "no_such_grant"]
    await school.intake.grants.refresh()
    (grant,) = school.intake.grants.access(GUEST.person).grants
    assert grant.ended is not None


async def test_who_may_end_what(school: School):
    head, office = Tablet(HEAD, log="4" * 32), Tablet(OFFICER, log="5" * 32)
    given = head.write("grant.given", **cover(grants="governor", groups=[]))
    await school.push(given, speaker=HEAD)
    reasons = []
    for one, person in ((given["_id"], GUEST.person), ("post", HEAD.person), ("post", "nobody")):
        end = office.write("grant.ended", grant=one, person=person, reason="Over")
        await school.push(end, speaker=OFFICER)
    end = office.write("grant.ended", grant=given["_id"], person="someone", reason="Over")
    await school.push(end, speaker=OFFICER)
    reasons = [i.reason_code for a in await school.arrivals(office.log) for i in a.items]
    assert reasons == ["may_not_give", "may_not_give", "may_not_give", "no_such_grant"]
    for one, person in ((given["_id"], GUEST.person), ("post", COVER.person)):
        end = head.write("grant.ended", grant=one, person=person, reason="Over")
        await school.push(end, speaker=HEAD)
    assert not [i for a in await school.arrivals(head.log) for i in a.items if i.reason_code]


async def test_no_release_lends_a_right_to_give(school: School):
    """Else somebody at the desk could make a head of whoever asked for it."""
    head = Tablet(HEAD, log="4" * 32)
    given = Tablet(TUTOR, log="6" * 32).write("grant.given", **cover(grants="head"))
    await school.push(given, speaker=TUTOR)
    held, *_ = await school.held()
    assert (held.reason_code, held.releasable) == ("role_may_not", False)
    release = head.write(
        "quarantine.released", held=held.id, entry=given["_id"], reason="Right, and urgent"
    )
    await school.push(release, speaker=HEAD)
    items = [item for one in await school.arrivals(head.log) for item in one.items]
    assert [item.reason_code for item in items] == ["cannot_release"]
    await school.intake.grants.refresh()
    assert school.intake.grants.access(GUEST.person).grants == ()


async def test_a_cover_teachers_register_counts_by_the_grant_of_its_time(school: School):
    """Written while the grant was in force and sent after its end: it stands, with a flag."""
    await school.push(Tablet(HEAD, log="4" * 32).write("grant.given", **cover()), speaker=HEAD)
    tablet = Tablet(GUEST, log="7" * 32)
    early = tablet.register(claim(1), written_at=at("08:30"))
    during = tablet.register(claim(2), written_at=at("11:00"))
    late = tablet.register(claim(3), session="PM", written_at=at("15:40"))
    other = tablet.register(claim(4), group="form-2", written_at=at("11:00"))
    school.clock.set(at("16:00"))
    await school.push(early, during, late, other, speaker=GUEST)
    items = [item for one in await school.arrivals(tablet.log) for item in one.items]
    assert [item.reason_code for item in items] == [
        "grant_not_begun",
        None,
        "grant_ended",
        "not_your_group",
    ]
    assert [item.flags for item in items] == [(), ("grant_ended_since",), (), ()]
    assert "15:30 on 23 November 2026" in (items[2].reason or "")
    assert calendar().time_zone == "Europe/London"
