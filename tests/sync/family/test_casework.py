"""Who may do what on a case, a visit, a photo, a draft: as of the time of the act."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.policy import Role
from sync.grants import GLASS_MS
from sync.store import Write, WriteBatch
from sync.stores.memory import MemoryStore
from tests.factory import TUTOR, Tablet, roster
from tests.sync.family.area import (
    ADMIN,
    CASE,
    CHILD,
    COORDINATOR,
    FAR,
    LEAD,
    MATE,
    NORTH,
    SOUTH,
    SOUTH_LEAD,
    VISIT,
    WORKER,
    Area,
    area_roster,
    at,
    fact,
    fact_ids,
    later,
    member,
    ms,
    placing,
)
from tests.sync.school import School

STRENGTH = fact("strength", item="s-1", what="Gets up early")
PHOTO = {
    "case": CASE,
    "visit": VISIT,
    "photo": "photo-1",
    "digest": "a" * 64,
    "bytes": 200_000,
    "media_type": "image/jpeg",
    "taken_at": at("09:00"),
}


async def note(area: Area, who: Any, **more: Any) -> str | None:
    """A fact noted on the case; why it is held."""
    item = await area.say(who, "case.noted", **{"case": CASE, "facts": [STRENGTH], **more})
    return item.reason_code


async def grant(area: Area, giver: Any, who: Any, *cases: str, **more: Any) -> str | None:
    fields = {
        "person": who.person,
        "grants": "family_worker",
        "cases": list(cases),
        "starts": at("08:00"),
        "ends": at("18:00"),
        "purpose": "Joint visits",
        **more,
    }
    return (await area.say(giver, "grant.given", **fields)).reason_code


async def test_a_case_is_its_openers_and_its_teams(area: Area):
    await area.open()
    assert await note(area, WORKER) is None
    assert await note(area, MATE) is None
    assert await note(area, LEAD) is None
    assert await note(area, FAR) == "not_your_case"


async def test_a_restricted_case_is_its_workers_alone(area: Area):
    await area.restrict(await area.open())
    assert await note(area, WORKER) is None
    assert await note(area, MATE) == "not_your_case"
    assert await note(area, LEAD) == "not_your_case"
    assert await grant(area, LEAD, MATE, CASE) == "not_your_case"


async def test_whoever_restricts_a_case_works_on_it(area: Area):
    opened = await area.open()
    await area.restrict(opened, LEAD)
    assert await note(area, LEAD) is None
    assert await grant(area, LEAD, MATE, CASE) is None
    assert await note(area, MATE) is None


async def test_what_was_done_before_a_case_was_restricted_stands(area: Area):
    opened = await area.open()
    facts = [placing(NORTH, fact_ids(opened)[0], restricted=True)]
    await area.say(WORKER, "case.noted", case=CASE, facts=facts, written_at=at("09:20"))
    assert await note(area, MATE, written_at=at("09:10")) is None
    assert await note(area, MATE, written_at=at("09:25")) == "not_your_case"


async def test_a_case_that_a_grant_names_is_theirs_while_it_lasts(area: Area):
    await area.open()
    assert await grant(area, FAR, FAR, CASE) == "role_may_not"
    assert await grant(area, SOUTH_LEAD, FAR, CASE) == "not_your_case"
    assert await grant(area, ADMIN, FAR, CASE) == "not_your_case"
    assert await grant(area, LEAD, FAR, CASE, starts=at("09:10")) is None
    assert await note(area, FAR, written_at=at("09:20")) is None
    assert await note(area, FAR, written_at=at("09:05")) == "not_your_case"


async def test_a_lead_grants_their_own_team_and_an_administrator_any(area: Area):
    assert await grant(area, LEAD, FAR, groups=[SOUTH]) == "not_your_team"
    assert await grant(area, LEAD, FAR, groups=[NORTH]) is None
    assert await grant(area, ADMIN, MATE, groups=[SOUTH]) is None
    await area.open()
    assert await note(area, FAR) is None


async def test_cases_are_granted_to_whoever_works_on_them(area: Area):
    await area.open()
    item = await area.say(
        ADMIN,
        "grant.given",
        person=FAR.person,
        grants="governor",
        cases=[CASE],
        starts=at("08:00"),
        ends=at("18:00"),
        purpose="Figures",
    )
    assert item.reason_code == "grant_of_nothing"


async def test_whoever_loses_their_role_loses_the_cases_they_opened(area: Area):
    await area.open()
    area.people[WORKER.person] = later(WORKER, ends="09:20")
    assert await note(area, WORKER, written_at=at("09:10")) is None
    assert await note(area, WORKER, written_at=at("09:25")) == "grant_ended"
    access = area.intake.grants.access(WORKER.person, area.people[WORKER.person].posts)
    assert access.at(ms("09:10")).cases == {CASE}
    assert not access.at(ms("09:25")).cases


async def test_a_case_is_opened_for_ones_own_team_and_once(area: Area):
    opened = await area.open()
    elsewhere = await area.say(WORKER, "case.opened", case="case-2", facts=[placing(SOUTH)])
    assert elsewhere.reason_code == "not_your_team"
    assert "South team" in str(elsewhere.reason)
    nowhere = await area.say(WORKER, "case.opened", case="case-3", facts=[member()])
    assert nowhere.reason_code == "no_team"
    unknown = await area.say(WORKER, "case.opened", case="case-4", facts=[placing("team-x")])
    assert "the team team-x" in str(unknown.reason)
    again = await area.say(MATE, "case.opened", case=CASE, facts=[placing()])
    assert again.reason_code == "case_exists"
    assert opened["_id"] in {one.id for one in area.intake.grants.access(WORKER.person).grants}


async def test_one_push_opens_a_case_and_works_on_it(area: Area):
    opened = area.write(WORKER, "case.opened", case=CASE, facts=[placing(), member()])
    seen = [fact("seen", item=CHILD, seen=True)]
    noted = area.write(WORKER, "visit.noted", case=CASE, visit=VISIT, facts=seen)
    assert (await area.send(opened, noted)).verdict == "stored"
    added = area.write(WORKER, "case.noted", case=CASE, facts=[member("kid-2")])
    seen = [fact("seen", item="kid-2", seen=False)]
    noted = area.write(WORKER, "visit.noted", case=CASE, visit=VISIT, facts=seen)
    assert not (await area.send(added, noted)).set_aside


async def test_a_restricted_case_is_opened_with_a_reason_for_some_hours(area: Area):
    await area.restrict(await area.open())
    broken = area.write(LEAD, "glass.broken", case=CASE, reason="The worker is ill")
    assert (await area.send(broken)).verdict == "stored"
    (held,) = area.intake.grants.access(LEAD.person).grants
    assert (held.id, held.starts, held.cases) == (broken["_id"], at("09:30"), (CASE,))
    assert ms(str(held.ends)[11:16]) - ms("09:30") == GLASS_MS
    access = area.intake.grants.access(LEAD.person, LEAD.posts)
    assert f"case:{CASE}" in access.channels(ms("09:30"), area.roster.calendar)
    assert f"case:{CASE}" not in access.channels(ms("17:30"), area.roster.calendar)
    end = {"grant": broken["_id"], "person": LEAD.person, "reason": "Done with"}
    assert (await area.say(LEAD, "grant.ended", **end)).reason_code == "may_not_give"
    area.clock.set(at("10:00"))
    ended = await area.say(ADMIN, "grant.ended", written_at=at("10:00"), **end)
    assert ended.verdict == "stored"
    access = area.intake.grants.access(LEAD.person, LEAD.posts)
    assert f"case:{CASE}" not in access.channels(ms("10:01"), area.roster.calendar)


async def test_a_coordinator_sees_a_case_opened_so_and_writes_nothing_on_it(area: Area):
    await area.restrict(await area.open())
    await area.say(COORDINATOR, "glass.broken", case=CASE, reason="A court asks today")
    access = area.intake.grants.access(COORDINATOR.person, COORDINATOR.posts)
    assert f"case:{CASE}" in access.channels(ms("09:30"), area.roster.calendar)
    assert await note(area, COORDINATOR) == "role_may_not"


@pytest.mark.parametrize("case", [CASE, "case-none"])
async def test_what_is_not_restricted_needs_no_glass(area: Area, case: str):
    await area.open()
    item = await area.say(LEAD, "glass.broken", case=case, reason="Curious")
    assert item.reason_code == "no_glass"
    assert not area.intake.grants.access(LEAD.person).grants
    (held,) = await area.held()
    assert not held.releasable


async def test_a_visit_is_of_the_case_that_named_it_first(area: Area):
    await area.open(WORKER)
    await area.open(FAR, "case-2", SOUTH)
    body = {"type": "visit", "visit": VISIT, "case": CASE}
    await area.database.write(WriteBatch([Write(f"visit:{VISIT}", body)]))
    arrived = fact("arrived", at=at("09:00"))
    there = {"visit": VISIT, "facts": [arrived]}
    item = await area.say(FAR, "visit.noted", case="case-2", **there)
    assert item.reason_code == "not_this_cases_visit"
    assert "not one of the case case-2" in str(item.reason)
    assert (await area.say(FAR, "visit.noted", case=CASE, **there)).reason_code == "not_your_case"
    assert (await area.say(WORKER, "visit.noted", case=CASE, **there)).verdict == "stored"
    gone = Write(f"visit:{VISIT}", {}, deleted=True, force=True)
    await area.database.write(WriteBatch([gone]))
    assert (await area.say(FAR, "visit.noted", case="case-2", **there)).verdict == "stored"


async def test_photos_are_as_the_policy_says(area: Area):
    await area.open()
    item = await area.say(WORKER, "photo.added", **PHOTO)
    assert (item.reason_code, "Saltmarsh area" in str(item.reason)) == ("photos_off", True)
    area.roster = area_roster(photo_bytes=200_000)
    assert (await area.say(WORKER, "photo.added", **PHOTO)).verdict == "stored"
    large = await area.say(WORKER, "photo.added", **PHOTO | {"bytes": 200_001})
    assert large.reason_code == "photo_too_large"
    assert "196 KiB" in str(large.reason)
    assert (await area.say(FAR, "photo.added", **PHOTO)).reason_code == "not_your_case"


async def draft(area: Area, name: str, author: str, case: str) -> None:
    body = {"type": "draft", "author": author, "case": case}
    await area.database.write(WriteBatch([Write(f"draft:{name}:tablet-f", body)]))


async def test_a_lead_opens_a_draft_of_somebody_on_a_case_of_theirs(area: Area):
    await area.open()
    await draft(area, "draft-1", WORKER.person, CASE)
    fields = {"draft": "draft-1", "of": WORKER.person, "case": CASE, "reason": "Ill for weeks"}
    assert (await area.say(LEAD, "draft.opened", **fields)).verdict == "stored"
    assert (await area.say(MATE, "draft.opened", **fields)).reason_code == "role_may_not"
    assert (await area.say(SOUTH_LEAD, "draft.opened", **fields)).reason_code == "not_your_case"
    mine = fields | {"of": LEAD.person}
    assert (await area.say(LEAD, "draft.opened", **mine)).reason_code == "own_draft"
    for wrong in ({"draft": "draft-2"}, {"of": MATE.person}):
        item = await area.say(LEAD, "draft.opened", **fields | wrong)
        assert item.reason_code == "no_such_draft"


async def test_a_draft_is_of_the_case_that_it_says_itself(area: Area):
    """Nobody reaches a draft of a restricted case by naming a case of their own."""
    await area.open()
    await area.restrict(await area.open(case="case-2"))
    await draft(area, "draft-1", WORKER.person, "case-2")
    fields = {"draft": "draft-1", "of": WORKER.person, "case": CASE, "reason": "Ill"}
    assert (await area.say(LEAD, "draft.opened", **fields)).reason_code == "no_such_draft"


async def test_a_school_has_no_cases():
    store = MemoryStore()
    school = School(await store.create("sch-test"), roster())
    tablet = Tablet(TUTOR)
    entry = tablet.write("case.noted", case=CASE, facts=[STRENGTH])
    await school.push(entry)
    ((item,),) = [one.items for one in await school.arrivals(tablet.log)]
    assert item.reason_code == "role_may_not"
    await store.close()


async def test_roles_that_may_not_are_told_so(area: Area):
    item = await area.say(COORDINATOR, "case.opened", case=CASE, facts=[placing()])
    assert item.reason_code == "role_may_not"
    assert Role.FAMILY_WORKER in area.intake.grants.access(WORKER.person, WORKER.posts).roles
