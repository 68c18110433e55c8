"""What an area publishes of its cases: to whom, when it changes, and what a kill costs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from schemas.canonical import claim_id
from server.family.folders import Contents
from server.family.news import CHECKPOINT
from server.family.publishing import FamilyPublisher
from sync.store import WriteBatch
from tests.server.family.authority import (
    AREA,
    CASE,
    DUTY,
    LEAD,
    SECOND,
    TEAM,
    WORKER,
    Authority,
    Cut,
    Knife,
    fact,
    placing,
)

KINDS = ("case", "visit", "summary", "glass")
OF_TEAM = frozenset({f"case:{CASE}", f"team:{TEAM}"})
OF_CASE = frozenset({f"case:{CASE}"})


@pytest.fixture
async def authority() -> AsyncIterator[Authority]:
    one = await Authority.make()
    yield one
    await one.store.close()


async def revisions(authority: Authority) -> dict[str, str]:
    return {key: one.rev for key, one in (await authority.documents(AREA, *KINDS)).items()}


async def changed_by(authority: Authority) -> set[str]:
    """Documents that publishing gives a new revision, or takes away."""
    before = await revisions(authority)
    await authority.publish(AREA, rounds=1)
    after = await revisions(authority)
    return {key for key in before | after if before.get(key) != after.get(key)}


async def planned(authority: Authority) -> None:
    plan = fact(
        fact="plan",
        purpose="Talk",
        type="welfare",
        announced=True,
        starts="2026-11-24T09:00:00.000Z",
        ends="2026-11-24T10:00:00.000Z",
        address="1 Quay",
        workers=[WORKER.person],
    )
    entry = authority.tablet(WORKER).write(
        "visit.planned", case=CASE, visit="visit-1", facts=[plan]
    )
    await authority.push(entry)


async def test_a_case_goes_to_its_workers_and_its_team_and_a_summary_to_coordinators(
    authority: Authority,
) -> None:
    await authority.open_case()
    await planned(authority)
    assert await changed_by(authority) == {f"case:{CASE}", "visit:visit-1", f"summary:{CASE}"}
    found = await authority.documents(AREA, *KINDS)
    assert found[f"case:{CASE}"].channels == found["visit:visit-1"].channels == OF_TEAM
    assert found[f"summary:{CASE}"].channels == {"summaries"}
    body = found[f"case:{CASE}"].body
    people = [(one["name"], one["role"]) for one in body["workers"]]
    assert people == [("Fay Field", "family_worker"), ("Lee Lead", "team_lead")]
    assert [one["name"] for one in body["schools"]] == ["Place sch-one", "Place sch-two"]
    assert "Child" not in str(found[f"summary:{CASE}"].body)


async def test_a_case_that_becomes_restricted_leaves_its_team_and_has_no_summary(
    authority: Authority,
) -> None:
    opened = await authority.open_case()
    await planned(authority)
    await authority.publish(AREA)
    replaced = (claim_id(opened["digest"], 0),)
    await authority.note(placing(replaced, restricted=True), who=LEAD)
    assert await changed_by(authority) == {f"case:{CASE}", "visit:visit-1", f"summary:{CASE}"}
    found = await authority.documents(AREA, *KINDS)
    assert found.keys() == {f"case:{CASE}", "visit:visit-1"}
    assert {one.channels for one in found.values()} == {OF_CASE}


async def test_a_case_that_moves_goes_to_the_other_team(authority: Authority) -> None:
    opened = await authority.open_case()
    await authority.publish(AREA)
    replaced = (claim_id(opened["digest"], 0),)
    await authority.note(placing(replaced, team=SECOND), who=LEAD)
    await authority.publish(AREA)
    found = await authority.documents(AREA, *KINDS)
    assert found[f"case:{CASE}"].channels == {f"case:{CASE}", f"team:{SECOND}"}
    database = await authority.store.open(AREA)
    page = await database.changes(0, channels=frozenset({f"team:{TEAM}"}))
    assert [(one.document.id, one.removed) for one in page.changes] == [(f"case:{CASE}", True)]


async def test_where_people_differ_it_is_nobodys_but_its_workers(authority: Authority) -> None:
    await authority.open_case()
    await authority.note(placing(team=SECOND), who=LEAD)
    await authority.publish(AREA)
    found = await authority.documents(AREA, *KINDS)
    assert found.keys() == {f"case:{CASE}"}
    assert found[f"case:{CASE}"].channels == OF_CASE


async def test_what_says_the_same_keeps_its_revision(authority: Authority) -> None:
    await authority.open_case()
    await authority.publish(AREA)
    before = await revisions(authority)
    authority.clock.set("2026-11-23T11:00:00.000Z")
    database = await authority.store.open(AREA)
    await database.write(WriteBatch(local={CHECKPOINT: None}))
    await authority.publish(AREA)
    assert await revisions(authority) == before


async def test_a_worker_comes_and_goes_with_the_grant(authority: Authority) -> None:
    await authority.open_case()
    await authority.publish(AREA)
    family, *_ = await authority.followers(AREA)
    await family.settle()
    before = family.due
    authority.clock.set("2026-11-30T09:00:00.000Z")  # the moment at which it ends
    assert (before, family.due) == (False, True)
    await family.settle()
    found = await authority.documents(AREA, *KINDS)
    assert [one["name"] for one in found[f"case:{CASE}"].body["workers"]] == ["Lee Lead"]
    await family.close()


async def test_a_grant_that_is_ended_is_news_of_its_case(authority: Authority) -> None:
    await authority.open_case()
    await authority.publish(AREA)
    grant = next(one for one in authority.tablet(LEAD).entries if "cases" in one["body"])
    ended = authority.tablet(LEAD).write(
        "grant.ended", grant=grant["_id"], person=WORKER.person, reason="Moved on."
    )
    await authority.push(ended)
    assert await changed_by(authority) == {f"case:{CASE}"}


async def test_whoever_answers_for_a_restricted_case_is_told_that_the_glass_was_broken(
    authority: Authority,
) -> None:
    await authority.open_case(restricted=True)
    await authority.publish(AREA)
    broken = authority.tablet(DUTY).write("glass.broken", case=CASE, reason="Police asked.")
    await authority.push(broken)
    await authority.publish(AREA)
    found = await authority.documents(AREA, *KINDS)
    (alert,) = [one for key, one in found.items() if key.startswith("glass:")]
    assert alert.channels == {f"case:{CASE}", "safeguarding"}
    assert (alert.body["person_name"], alert.body["reason"]) == ("Dee Duty", "Police asked.")
    # Looking is not working on it.
    assert [one["name"] for one in found[f"case:{CASE}"].body["workers"]] == [
        "Fay Field",
        "Lee Lead",
    ]


async def test_a_killed_publisher_loses_nothing(authority: Authority) -> None:
    await authority.open_case()
    family, *others = await authority.followers(AREA)
    knife = Knife(1, after=False)
    await knife.hold(authority.store)
    with pytest.raises(Cut):
        await family.settle()
    await knife.drop(authority.store)
    await authority.publish(AREA)
    assert (await revisions(authority)).keys() == {f"case:{CASE}", f"summary:{CASE}"}
    for one in (family, *others):
        await one.close()


class Moody:
    """A folder that cannot be computed at first."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.broken = {"case-bad"}

    async def contents(self, name: str, now_ms: int) -> Contents:
        assert now_ms
        self.asked.append(name)
        if name in self.broken:
            raise ValueError
        return Contents()


async def test_what_cannot_be_computed_stops_nothing_else_and_is_tried_again(
    authority: Authority,
) -> None:
    moody = Moody()
    family = FamilyPublisher(await authority.desk(AREA), {"case": moody}, authority.clock)
    lead = authority.tablet(LEAD)
    entries = [
        lead.write("case.opened", case=f"case-{name}", facts=[placing()])
        for name in ("bad", "good")
    ]
    await authority.push(*entries)
    await family.settle()
    assert (moody.asked, family.healthy) == (["case-bad", "case-good"], False)
    moody.broken.clear()
    await family.settle()
    assert (moody.asked[2:], family.healthy) == (["case-bad"], True)
    await family.settle()
    assert len(moody.asked) == 3
    await family.close()


async def test_of_two_servers_one_publishes_at_a_time(authority: Authority) -> None:
    await authority.open_case()
    first, second = (await authority.followers(AREA))[0], (await authority.followers(AREA))[0]
    await asyncio.gather(first.settle(), second.settle())
    before = await revisions(authority)
    assert before.keys() == {f"case:{CASE}", f"summary:{CASE}"}
    await authority.note(fact(fact="strength", item="s-1", what="Kind."))
    await asyncio.gather(second.settle(), first.settle())
    after = await revisions(authority)
    assert after[f"case:{CASE}"].startswith("2-")
    await first.close()
    await second.close()


async def test_it_holds_the_moment_at_which_a_grant_begins_across_a_restart(
    authority: Authority,
) -> None:
    await authority.open_case()
    given = authority.tablet(LEAD).write(
        "grant.given",
        person="staff-new",
        grants="family_worker",
        cases=[CASE],
        starts="2026-11-25T09:00:00.000Z",
        ends="2026-11-26T09:00:00.000Z",
        purpose="Covers.",
    )
    await authority.push(given)
    await authority.publish(AREA)
    authority.clock.set("2026-11-25T09:00:00.000Z")
    assert await changed_by(authority) == {f"case:{CASE}"}
    authority.clock.set("2026-11-26T09:00:00.000Z")
    assert await changed_by(authority) == {f"case:{CASE}"}
