"""What goes between an area and its schools, what comes back out, and what a kill costs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from schemas.canonical import claim_id
from schemas.roster import Pupil
from sync.family.relayed import relayed_id
from sync.store import Write, WriteBatch
from tests import factory
from tests.factory import claim
from tests.server.family.authority import (
    AREA,
    CASE,
    DSL,
    DUTY,
    LEAD,
    OTHER,
    SCHOOL,
    STRANGER,
    TUTOR,
    WORKER,
    Authority,
    Cut,
    Knife,
    fact,
    member,
    placing,
    roster_of,
)

PARTS = ("support", "shared")
CONCERNS = ("concern", "concern_status", "relayed")
MINE, THEIRS = f"support:{CASE}:pup-1", f"support:{CASE}:pup-2"
HALF = "2026-11-02"
TOLD = f"shared:{CASE}:pup-1"


@pytest.fixture
async def authority() -> AsyncIterator[Authority]:
    one = await Authority.make()
    yield one
    await one.store.close()


async def helped(authority: Authority) -> dict[str, object]:
    """A case with an action for all, one for the other school's child, and a word to the school."""
    opened = await authority.open_case()
    await authority.note(
        fact(fact="action", item="act-1", what="Ring home", owner="School"),
        fact(fact="action", item="act-2", what="Bus pass", owner="Fay", child="kid-2"),
        fact(fact="barrier", item="bar-1", category="health", what="A secret illness"),
        fact(fact="shared", item="shr-1", child="kid-1", text="Be kind.", basis="consent"),
    )
    return opened


async def parts(authority: Authority, place: str) -> set[str]:
    return set(await authority.documents(place, *PARTS))


async def test_each_school_gets_its_own_pupils_part_split_by_who_may_read_it(
    authority: Authority,
) -> None:
    await helped(authority)
    await authority.publish()
    mine = await authority.documents(SCHOOL, *PARTS)
    theirs = await authority.documents(OTHER, *PARTS)
    assert (set(mine), set(theirs)) == ({MINE, TOLD}, {THEIRS})
    assert mine[MINE].channels == {"support"}
    assert mine[TOLD].channels == {"safeguarding"}
    assert [one["what"] for one in mine[MINE].body["actions"]] == ["Ring home"]
    assert [one["what"] for one in theirs[THEIRS].body["actions"]] == ["Ring home", "Bus pass"]
    assert [one["text"] for one in mine[TOLD].body["lines"]] == ["Be kind."]
    assert "secret" not in str([one.body for one in (*mine.values(), *theirs.values())])


async def test_a_restricted_case_is_withdrawn_from_its_schools(authority: Authority) -> None:
    opened = await helped(authority)
    await authority.publish()
    replaced = (claim_id(str(opened["digest"]), 0),)
    await authority.note(placing(replaced, restricted=True), who=LEAD)
    await authority.publish()
    assert await parts(authority, SCHOOL) == await parts(authority, OTHER) == set()
    # Its children's attendance is its workers' to know all the same.
    assert len(await authority.documents(AREA, "attended")) == 2


async def leave(authority: Authority, place: str, pupil: int, until: str) -> None:
    """A pupil's last day at a school."""
    gone: Pupil = factory.pupil(pupil, enrolled_to=until)
    body = gone.model_dump(mode="json", by_alias=True, exclude={"id"})
    database = await authority.store.open(place)
    await database.write(WriteBatch([Write(gone.id, body, frozenset({"roster"}), force=True)]))


async def test_a_child_who_left_the_school_takes_its_part_along(authority: Authority) -> None:
    await helped(authority)
    await authority.publish()
    await leave(authority, SCHOOL, 1, "2026-11-24")
    await authority.publish()
    assert await parts(authority, SCHOOL) == {MINE, TOLD}
    authority.clock.set("2026-11-25T08:00:00.000Z")  # the day after the last: nobody wrote anything
    await authority.publish()
    assert await parts(authority, SCHOOL) == set()
    assert await parts(authority, OTHER) == {THEIRS}


async def test_a_member_said_to_be_at_another_school_is_withdrawn_from_the_first(
    authority: Authority,
) -> None:
    opened = await helped(authority)
    await authority.publish()
    moved = member("kid-1", OTHER, "pup-1")
    moved["replaces"] = [claim_id(str(opened["digest"]), 1)]
    await authority.note(moved)
    await authority.publish()
    assert await parts(authority, SCHOOL) == set()
    assert await parts(authority, OTHER) == {THEIRS, MINE, TOLD}
    attended = set(await authority.documents(AREA, "attended"))
    assert attended == {f"attended:{CASE}:{OTHER}:pup-1", f"attended:{CASE}:{OTHER}:pup-2"}


async def test_nothing_goes_to_a_school_that_lies_in_another_area(authority: Authority) -> None:
    await authority.open_case()
    await authority.note(member("kid-3", STRANGER, "pup-1"), member("kid-4", "sch-none", "pup-1"))
    await authority.publish()
    assert await parts(authority, STRANGER) == set()
    case = (await authority.documents(AREA, "case"))[f"case:{CASE}"]
    here = {one["school"]: one["here"] for one in case.body["schools"]}
    assert here == {SCHOOL: True, OTHER: True, STRANGER: False, "sch-none": False}


async def test_a_school_that_leaves_the_area_keeps_no_part(authority: Authority) -> None:
    await helped(authority)
    await authority.publish()
    database = await authority.store.open(SCHOOL)
    await database.write(factory.roster_batch(roster_of(SCHOOL, area="area-far")))
    await authority.publish(SCHOOL)
    assert await parts(authority, SCHOOL) == set()


async def test_the_registers_of_its_school_show_in_a_childs_case(authority: Authority) -> None:
    await authority.open_case()
    await authority.publish()
    tutor = authority.tablet(TUTOR, SCHOOL)
    await authority.push(tutor.register(claim(1), claim(2, "N")), place=SCHOOL)
    authority.clock.set("2026-11-24T08:00:00.000Z")
    await authority.publish()
    case = (await authority.documents(AREA, "case"))[f"case:{CASE}"]
    tallies = {
        (one["member"], one["half"]): one["tally"]["attended"] for one in case.body["attendance"]
    }
    assert [key for key, attended in tallies.items() if attended] == [("kid-1", HALF)]
    assert tallies["kid-1", HALF] == 1


async def test_days_of_absence_are_lines_of_the_chronology(authority: Authority) -> None:
    await authority.open_case()
    await authority.publish()
    tutor = authority.tablet(TUTOR, SCHOOL)
    await authority.push(tutor.register(claim(1, "N"), claim(2)), place=SCHOOL)
    authority.clock.set("2026-11-24T08:00:00.000Z")
    await authority.publish()
    case = (await authority.documents(AREA, "case"))[f"case:{CASE}"]
    absences = [one for one in case.body["chronology"] if one["what"] == "absence"]
    assert [(one["at"], one["text"]) for one in absences] == [
        (
            "2026-11-23T00:00:00.000Z",
            "Child kid-1 missed 1 session, on 23 November 2026, 1 of them without leave.",
        )
    ]


async def test_a_school_that_wants_others_told_says_so_in_the_cases_of_its_children(
    authority: Authority,
) -> None:
    await authority.open_case()
    await authority.publish()
    database = await authority.store.open(SCHOOL)
    await database.write(factory.roster_batch(roster_of(SCHOOL, name="Saltmarsh Academy")))
    await authority.publish()
    case = (await authority.documents(AREA, "case"))[f"case:{CASE}"]
    assert [one["name"] for one in case.body["schools"]] == ["Saltmarsh Academy", "Place sch-two"]


async def test_a_concern_from_the_area_is_answered_in_the_school(authority: Authority) -> None:
    await authority.open_case()
    raised = await authority.raise_concern(
        WORKER, AREA, case=CASE, child="kid-1", school=SCHOOL, pupil="pup-1"
    )
    await authority.publish()
    there = await authority.documents(SCHOOL, *CONCERNS)
    assert set(there) == {"concern:con-1", relayed_id(raised["_id"])}
    assert there["concern:con-1"].channels == {"safeguarding"}
    assert await parts(authority, OTHER) == {THEIRS}
    assert not await authority.documents(OTHER, *CONCERNS)
    read = authority.tablet(DSL, SCHOOL).write("concern.acknowledged", concern="con-1")
    await authority.push(read, place=SCHOOL)
    await authority.publish()
    here = await authority.documents(AREA, *CONCERNS)
    assert here["concern_status:con-1"].body["state"] == "acknowledged"
    assert here["concern_status:con-1"].body["acknowledged_by"] == "Sam Safe"
    there = await authority.documents(SCHOOL, *CONCERNS)
    assert here["concern:con-1"].body == there["concern:con-1"].body


async def test_a_concern_of_a_school_reaches_the_area_once_its_duty_team_has_it(
    authority: Authority,
) -> None:
    await authority.raise_concern(TUTOR, SCHOOL, pupil="pup-1")
    await authority.publish()
    assert not await authority.documents(AREA, *CONCERNS)
    authority.clock.set("2026-11-23T13:00:00.000Z")  # nobody acknowledged it for hours
    await authority.publish()
    here = await authority.documents(AREA, *CONCERNS)
    assert here["concern:con-1"].channels == {"safeguarding"}
    read = authority.tablet(DUTY).write("concern.acknowledged", concern="con-1")
    await authority.push(read)
    await authority.publish()
    there = await authority.documents(SCHOOL, *CONCERNS)
    assert there["concern:con-1"].body["state"] == "acknowledged"
    assert there["concern_status:con-1"].body["acknowledged_by"] == "Dee Duty"


async def test_carrying_again_changes_nothing(authority: Authority) -> None:
    await everything(authority)
    await authority.publish()
    before = await authority.contents()
    sequences = [
        (await (await authority.store.open(place)).info()).update_seq
        for place in (AREA, SCHOOL, OTHER)
    ]
    for place in (AREA, SCHOOL, OTHER):
        database = await authority.store.open(place)
        await database.write(WriteBatch(local={"relay": None, "family": None}))
    await authority.publish()
    assert await authority.contents() == before
    assert sequences == [
        (await (await authority.store.open(place)).info()).update_seq
        for place in (AREA, SCHOOL, OTHER)
    ]


async def everything(authority: Authority) -> None:
    """Something of each kind to carry, both ways."""
    await helped(authority)
    await authority.raise_concern(
        WORKER, AREA, case=CASE, child="kid-1", school=SCHOOL, pupil="pup-1"
    )
    read = authority.tablet(TUTOR, SCHOOL).write("concern.told", concern="con-1", told=TOLD_SAM)
    await authority.push(read, place=SCHOOL, may_wait=True)


TOLD_SAM = {"name": "Sam Safe", "how": "phone", "at": "2026-11-23T09:10:00.000Z"}


@pytest.mark.parametrize("after", [False, True])
async def test_killed_at_any_write_it_ends_with_the_same_documents(*, after: bool) -> None:
    whole = await Authority.make()
    await everything(whole)
    await whole.publish()
    wanted = await whole.contents()
    for at in range(1, 200):
        authority = await Authority.make()
        await everything(authority)
        knife = Knife(at, after)
        await knife.hold(authority.store)
        with contextlib.suppress(Cut):
            await authority.publish()
        was_cut = knife.writes >= at
        await knife.drop(authority.store)
        await authority.publish()
        assert await authority.contents() == wanted, f"cut at write {at}"
        await authority.store.close()
        if not was_cut:
            assert at > 10
            return
    raise AssertionError("it never came to an end")


async def test_a_school_that_was_set_back_is_given_everything_again(authority: Authority) -> None:
    await everything(authority)
    await authority.publish()
    wanted = await authority.contents()
    await authority.store.delete(SCHOOL)
    database = await authority.store.create(SCHOOL)
    await database.write(factory.roster_batch(roster_of(SCHOOL)))
    await authority.publish()
    tutors = authority.tablet(TUTOR, SCHOOL).entries
    await authority.push(
        *tutors, place=SCHOOL, may_wait=True
    )  # the tablet offers again what was lost
    await authority.publish()
    assert await authority.contents() == wanted


async def test_an_area_that_was_set_back_withdraws_what_it_does_not_know(
    authority: Authority,
) -> None:
    await everything(authority)
    await authority.publish()
    await authority.store.delete(AREA)
    database = await authority.store.create(AREA)
    await database.write(factory.roster_batch(roster_of(AREA)))
    await authority.publish()
    assert await parts(authority, SCHOOL) == await parts(authority, OTHER) == set()
    # A concern is evidence: the copy stays, whatever became of the other side.
    assert "concern:con-1" in await authority.documents(SCHOOL, "concern")


async def test_two_servers_carry_as_one(authority: Authority) -> None:
    await everything(authority)
    await asyncio.gather(authority.publish(), authority.publish())
    await authority.publish()
    alone = await Authority.make()
    await everything(alone)
    await alone.publish()
    assert await authority.contents() == await alone.contents()


async def test_whoever_was_written_to_is_told(authority: Authority) -> None:
    await everything(authority)
    await authority.publish()
    told = set(authority.told)
    assert (SCHOOL, frozenset({"concern:con-1"})) in told
    assert (AREA, frozenset({"concern:con-1"})) in told
    assert (AREA, frozenset({f"case:{CASE}"})) in told
