"""Whom something held goes to: never to anybody who could not see the thing itself."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.policy import Role
from schemas.school import StaffMember
from sync.pushed import parse
from sync.stores.memory import MemoryStore
from tests.factory import HEAD, NINE, Tablet, roster
from tests.sync.family.area import (
    ADMIN,
    CASE,
    COORDINATOR,
    DSL,
    FAR,
    LEAD,
    MATE,
    NORTH,
    SOUTH,
    VISIT,
    WORKER,
    Area,
    area_roster,
    at,
    fact,
    placing,
)
from tests.sync.school import School

STRENGTH = fact("strength", item="s-1", what="Gets up early")


def mine(who: Any) -> str:
    return f"person:{who.person}"


def of_case(*teams: str) -> set[str]:
    return {"held:cases", f"case:{CASE}", *(f"team:{one}" for one in teams)}


async def test_what_is_held_of_a_case_goes_where_the_case_goes(area: Area):
    await area.open()
    entry = area.write(FAR, "case.noted", case=CASE, facts=[STRENGTH])
    await area.send(entry)
    assert await area.goes_to(entry) == of_case(NORTH) | {mine(FAR)}


async def test_of_a_restricted_case_to_its_workers_alone(area: Area):
    await area.restrict(await area.open())
    entry = area.write(LEAD, "case.noted", case=CASE, facts=[STRENGTH])
    await area.send(entry)
    assert await area.goes_to(entry) == of_case() | {mine(LEAD)}


async def test_what_is_held_leaves_the_team_with_its_case(area: Area):
    opened = await area.open()
    entry = area.write(FAR, "case.noted", case=CASE, facts=[STRENGTH])
    await area.send(entry)
    declined = area.write(FAR, "case.noted", case=CASE, facts=[STRENGTH])
    await area.send(declined)
    name = f"held:{declined['digest'][:32]}"
    decline = {"held": name, "entry": declined["_id"], "reason": "Not ours"}
    await area.say(LEAD, "quarantine.declined", **decline)
    half = "half:2026-11-02:"
    gone = {"held:cases", f"{half}case:{CASE}", f"{half}{mine(FAR)}"}
    assert await area.goes_to(declined) == gone | {f"{half}team:{NORTH}"}
    await area.restrict(opened)
    assert await area.goes_to(entry) == of_case() | {mine(FAR)}
    assert await area.goes_to(declined) == gone


async def test_what_is_set_aside_goes_there_too(area: Area):
    await area.restrict(await area.open())
    facts = [STRENGTH, fact("seen", item="kid-9", seen=True)]
    entry = area.write(WORKER, "visit.noted", case=CASE, visit=VISIT, facts=facts)
    await area.send(entry)
    assert await area.goes_to(entry) == of_case() | {mine(WORKER)}


async def test_an_opening_that_is_held_goes_to_the_team_it_names(area: Area):
    entry = area.write(FAR, "case.opened", case=CASE, facts=[placing(NORTH)])
    await area.send(entry)
    assert await area.goes_to(entry) == of_case(NORTH) | {mine(FAR)}
    await area.intake.settle()
    assert await area.goes_to(entry) == of_case(NORTH) | {mine(FAR)}
    secret = area.write(FAR, "case.opened", case="c", facts=[placing(NORTH, restricted=True)])
    await area.send(secret)
    assert await area.goes_to(secret) == {"held:cases", "case:c", mine(FAR)}
    await area.open()
    again = area.write(MATE, "case.opened", case=CASE, facts=[placing(SOUTH)])
    await area.send(again)
    assert await area.goes_to(again) == of_case(NORTH) | {mine(MATE)}


@pytest.mark.parametrize(
    ("change", "to"),
    [
        ({"surprise": 1}, of_case()),
        ({"kind": "visit.imagined"}, of_case()),
        ({"case": 7}, set()),
        ({"case": ""}, set()),
        *(({"case": one}, set()) for one in ("\0", "x" * 65, "a b", f"{CASE}\n", f"../{CASE}")),
        ({"kind": "weather.seen"}, of_case()),
        ({"kind": "weather.seen", "case": None}, set()),
        ({"kind": None, "case": None}, set()),
    ],
)
async def test_a_broken_form_opens_nothing(area: Area, change: dict[str, Any], to: set[str]):
    await area.restrict(await area.open())
    body = {"case": CASE, "visit": VISIT, "facts": [STRENGTH]} | change
    entry = area.write(MATE, "visit.noted", **body)
    assert (await area.send(entry)).verdict == "held"
    assert await area.goes_to(entry) == to | {mine(MATE)}


@pytest.mark.parametrize("document", [["a", "list"], {"type": "draft", "fields": {"x": "y"}}])
async def test_what_is_no_entry_stays_its_senders(area: Area, document: Any):
    await area.push_all(document, speaker=WORKER)
    (held,) = await area.held()
    (stored,) = await area.database.read([held.id])
    assert stored is not None
    assert stored.channels == {mine(WORKER)}


async def test_what_is_about_the_people_of_an_area_goes_to_who_leads_there(area: Area):
    given = area.write(
        MATE,
        "grant.given",
        person=FAR.person,
        grants="family_worker",
        starts=at("08:00"),
        ends=at("18:00"),
        purpose="Help",
    )
    out = area.write(
        COORDINATOR, "watch.started", watch="w-1", where="Town", expected_back=at("11:00")
    )
    for entry, who in ((given, MATE), (out, COORDINATOR)):
        assert (await area.send(entry)).reason_code == "role_may_not"
        assert await area.goes_to(entry) == {"quarantine", mine(who)}
    broken = area.write(MATE, "watch.help", watch="w-1")
    await area.send(broken)
    assert await area.goes_to(broken) == {mine(MATE)}


async def test_what_names_cases_goes_where_they_go(area: Area):
    await area.restrict(await area.open())
    fields = {
        "person": FAR.person,
        "grants": "family_worker",
        "starts": at("08:00"),
        "ends": at("18:00"),
        "purpose": "Joint visits",
    }
    one = area.write(LEAD, "grant.given", cases=[CASE], **fields)
    two = area.write(LEAD, "grant.given", cases=[CASE, "case-2"], **fields)
    for entry, to in ((one, of_case()), (two, set())):
        assert (await area.send(entry)).verdict == "held"
        assert await area.goes_to(entry) == to | {mine(LEAD)}
    viewed = area.write(ADMIN, "record.viewed", document=f"case:{CASE}")
    other = area.write(ADMIN, "record.viewed", document="visit:v-1")
    for entry, to in ((viewed, of_case()), (other, set())):
        assert (await area.send(entry)).verdict == "held"
        assert await area.goes_to(entry) == to | {mine(ADMIN)}
    glass = area.write(MATE, "glass.broken", case=CASE, reason="Curious")
    await area.send(glass)
    assert await area.goes_to(glass) == of_case() | {mine(MATE)}


async def test_a_watch_on_a_case_is_as_secret_as_the_case(area: Area):
    await area.restrict(await area.open())
    started = {"watch": "w-1", "where": "1 Shore Road", "expected_back": at("11:00"), "case": CASE}
    await area.say(WORKER, "watch.started", **started)
    entry = area.write(MATE, "watch.ended", watch="w-1")
    assert (await area.send(entry)).reason_code == "not_your_watch"
    assert await area.goes_to(entry) == of_case() | {mine(MATE)}


async def test_a_concern_that_is_held_is_shown_with_the_concern(area: Area):
    entry = area.write(WORKER, "concern.raised", concern="c-1", text=" ", observed_at=at("09:00"))
    await area.send(entry)
    assert await area.goes_to(entry) == {mine(WORKER)}


@pytest.mark.parametrize(
    ("said", "to"),
    [
        ({}, {"safeguarding"}),
        ({"about_staff": True}, {"allegations"}),
        ({"about_head": True}, {"chair"}),
        ({"about": ["parent-1"]}, {f"safeguarding:{DSL.person}"}),
        ({"about": [MATE.person]}, {"allegations:staff-head"}),
        ({"about": [DSL.person, 7]}, {"allegations:staff-head"}),
        ({"about": ["staff-head"]}, {"chair:staff-chair"}),
        ({"about": ["staff-head", "staff-chair"]}, set()),
    ],
)
async def test_one_that_cannot_be_read_goes_to_whoever_answers(
    area: Area, said: dict[str, Any], to: set[str]
):
    chair = StaffMember(person="staff-chair", name="Cy Chair", role=Role.CHAIR_OF_GOVERNORS)
    head = StaffMember(person=HEAD.person, name=HEAD.name, role=Role.HEAD)
    area.roster = area_roster(staff=(*area.roster.school.staff, chair, head))
    body = {"concern": "c-1", "text": "x", "observed_at": NINE, "surprise": 1, **said}
    entry = area.write(WORKER, "concern.raised", **body)
    assert (await area.send(entry)).reason_code == "broken_schema"
    assert await area.goes_to(entry) == to | {mine(WORKER)}


async def test_one_under_anothers_number_goes_there_too_and_knows_whom_it_concerns(area: Area):
    """What is in no log of its author's lies on no topic: no concern shows it."""
    known = {"concern": "c-1", "text": "x", "observed_at": NINE, "about": [DSL.person]}
    await area.say(WORKER, "concern.raised", **known)
    told = {"name": "Dee", "how": "phone", "at": NINE}
    theirs = Tablet(MATE, log=area.tablets[WORKER.person].log, n=7)
    entry = theirs.write("concern.told", concern="c-1", told=told)
    await area.push_all(entry, speaker=MATE)
    (held,) = [one for one in await area.held() if one.reason_code == "forged_author"]
    (stored,) = await area.database.read([held.id])
    assert stored is not None
    assert stored.channels == {mine(MATE)}, "nobody else here answers for concerns"


async def test_a_granted_reach_counts_as_well(area: Area):
    area.roster = area_roster(staff=())
    given = {
        "person": "staff-new",
        "grants": "safeguarding_lead",
        "starts": at("08:00"),
        "ends": at("18:00"),
        "purpose": "Cover",
    }
    await area.say(ADMIN, "grant.given", **given)
    body = {"concern": "c-1", "text": "x", "observed_at": NINE, "about": ["parent-1"]}
    entry = area.write(WORKER, "concern.raised", surprise=1, **body)
    await area.send(entry)
    assert await area.goes_to(entry) == {"safeguarding:staff-new", mine(WORKER)}


async def test_in_a_school_the_quarantine_is_the_offices_but_for_concerns():
    store = MemoryStore()
    place = School(await store.create("sch-test"), roster())
    person = place.tutor.speaker.person
    broken = place.tutor.write("weather.seen")
    worry = place.tutor.write("concern.raised", concern="c-1", surprise=1)
    await place.push(broken, worry)
    documents = await place.database.range("held:", "held;")
    found = {one.body["kind"]: one.channels for one in documents}
    assert found == {
        "weather.seen": {"quarantine", f"person:{person}"},
        "concern.raised": {"safeguarding", f"person:{person}"},
    }
    await store.close()


async def test_nobody_decides_on_what_they_may_not_see(area: Area):
    await area.restrict(await area.open())
    entry = area.write(MATE, "case.noted", case=CASE, facts=[STRENGTH])
    await area.send(entry)
    name = f"held:{entry['digest'][:32]}"
    release = {"held": name, "entry": entry["_id"], "reason": "It is fine"}
    assert (await area.say(LEAD, "quarantine.released", **release)).reason_code == "nothing_held"
    await area.say(LEAD, "glass.broken", case=CASE, reason="Somebody must decide")
    item = await area.say(LEAD, "quarantine.released", written_at=at("09:30"), **release)
    assert item.verdict == "stored"


async def test_what_a_revoked_tablet_hands_over_goes_by_the_same_rule(area: Area):
    """Held by somebody else's word than intake's: the server asks whom it may go to."""
    await area.restrict(await area.open())
    one = parse(area.write(MATE, "case.noted", case=CASE, facts=[STRENGTH]))
    assert (await area.intake.audience([one])).of(one) == of_case()
    assert (await area.intake.audience([])).of(parse(["a", "list"])) == set()
