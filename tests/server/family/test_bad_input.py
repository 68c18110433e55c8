"""Bad input in family support, end to end: what is sent, what its author is told, where it is held,
who may decide on it, and what is published. Everything is kept; nothing is a fault of the server's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from schemas.family.concerns import Safeguarding, ToRing
from sync.pushed import Speaker
from sync.stores.memory import MemoryStore
from tests.factory import NINE, Tablet
from tests.server.families import (
    AREA,
    CASE,
    COLLEAGUE,
    DUTY,
    LEAD,
    TEAM,
    USERNAMES,
    VISIT,
    WORKER,
    employ,
    fact,
    make_area,
    settle,
)
from tests.server.photos.pictures import picture
from tests.server.photos.test_photos import added, send
from tests.server.town import Town, make_schools, pull, push, town

PHOTO_BYTES = 200_000
TEN, ELEVEN = "2026-11-23T10:00:00.000Z", "2026-11-23T11:00:00.000Z"
NOTHING = f"entry:{'d' * 32}:00000001:{'d' * 16}"
STRENGTH = fact(fact="strength", item="s-1", what="Gets up early")
PLAN = {
    "fact": "plan",
    "purpose": "See how mornings go",
    "type": "attendance",
    "announced": True,
    "starts": TEN,
    "ends": ELEVEN,
    "address": "1 Fold Lane",
    "workers": [WORKER.person],
}
CLOCKS = {"right": 0, "two hours slow": 7_200_000, "two hours fast": -7_200_000}


@dataclass
class Area:
    """An area with a case of its worker's, and everybody's tablet."""

    town: Town
    tablets: dict[str, Tablet] = field(default_factory=dict)

    def tablet(self, who: Speaker) -> Tablet:
        log = f"{len(self.tablets) + 1:032x}"
        return self.tablets.setdefault(who.person, Tablet(who, log=log))

    async def say(self, who: Speaker, kind: str, /, **fields: Any) -> dict[str, Any]:
        """Somebody writes an entry and sends it; its row of the answer."""
        return (await self.send(who, self.tablet(who).write(kind, **fields)))[-1]

    async def send(self, who: Speaker, *entries: dict[str, Any]) -> list[dict[str, Any]]:
        async with self.town.visit(USERNAMES[who]) as browser:
            answer = await push(browser, *entries, school=AREA)
        assert answer.status_code == 201, answer.text
        await settle(self.town)
        rows: list[dict[str, Any]] = answer.json()
        return rows

    async def visit(self, *facts: dict[str, Any], who: Speaker = WORKER, **more: Any) -> Any:
        fields = {"case": CASE, "visit": VISIT, "facts": list(facts), **more}
        return await self.say(who, fields.pop("kind", "visit.noted"), **fields)

    async def shown(self, who: Speaker) -> dict[str, dict[str, Any]]:
        """Every document that somebody's tablet has."""
        async with self.town.visit(USERNAMES[who]) as browser:
            rows = (await pull(browser, school=AREA))["results"]
        return {row["id"]: row["doc"] for row in rows if not row.get("deleted")}

    async def held(self, who: Speaker) -> dict[str, dict[str, Any]]:
        """What is held, as somebody sees it, by the entry."""
        shown = await self.shown(who)
        return {one["entry"]: one for key, one in shown.items() if key.startswith("held:")}

    async def cell(self, document: str, cell: str) -> dict[str, Any] | None:
        """A published cell, as the lead sees it."""
        found = (await self.shown(LEAD))[document]["cells"]
        return next((one for one in found if one["cell"] == cell), None)

    async def decide(self, entry: str, what: str = "released") -> dict[str, Any]:
        """The lead decides on it."""
        one = (await self.held(LEAD))[entry]
        fields = {"held": one["_id"], "entry": entry, "reason": "I asked.", "date": one["date"]}
        return await self.say(LEAD, f"quarantine.{what}", **fields)

    async def walk(self, row: dict[str, Any], code: str, *words: str) -> dict[str, Any]:
        """Something held or set aside of the worker's, from its sentence to the lead's decision."""
        for who in (WORKER, LEAD):
            one = (await self.held(who))[row["id"]]
            claims = [claim.get("reason_code") for claim in one["claims"]]
            assert code in {one["reason_code"], *claims}
            sentences = [one["reason"], *(str(claim.get("reason")) for claim in one["claims"])]
            assert any(all(word in said for word in words) for said in sentences), sentences
        released = await self.decide(row["id"])
        wanted = "stored" if one["releasable"] else "held"
        assert released["verdict"] == wanted, released["reason"]
        if not one["releasable"]:
            assert (await self.decide(row["id"], "declined"))["verdict"] == "stored"
        return one


@pytest.fixture
async def area() -> AsyncIterator[Area]:
    store = MemoryStore()
    await make_schools(store)
    duty = ToRing(name=DUTY.name, role="duty", phone="01632 960001", person=DUTY.person)
    told = Safeguarding(leads=(duty,), duty=duty)
    await make_area(store, photo_bytes=PHOTO_BYTES, safeguarding=told)
    async with town(store, made=True) as place:
        await employ(place.site.accounts)
        one = Area(place)
        placing = fact(fact="placing", team=TEAM)
        kid = fact(fact="member", item="kid-1", name="Rosa Brook", relation="daughter", child=True)
        row = await one.say(WORKER, "case.opened", case=CASE, facts=[placing, kid])
        assert row["verdict"] == "stored", row
        yield one


# Photos.


async def test_a_photo_larger_than_the_policy_allows(area: Area) -> None:
    photo = added(area.tablet(WORKER), bytes(PHOTO_BYTES + 1))
    (row,) = await area.send(WORKER, photo)
    await area.walk(row, "photo_too_large", "196 KiB", "made smaller")
    assert (await area.shown(LEAD)).get(f"visit:{VISIT}", {"photos": []})["photos"] == []


async def test_a_program_that_calls_itself_a_photo(area: Area) -> None:
    program = b"MZ\x90\x00" + bytes(9000)
    await area.send(WORKER, added(area.tablet(WORKER), program))
    async with area.town.visit("fay") as fay, area.town.visit("gus") as gus:
        assert (await send(fay, "photo", 0, program, len(program))).json()["state"] == "held"
        at = f"/db/{AREA}/_photos/photo-1/photo"
        assert [(await one.get(at)).status_code for one in (fay, gus)] == [404, 404]
    await settle(area.town)
    (photo,) = (await area.shown(WORKER))[f"visit:{VISIT}"]["photos"]
    assert photo["state"] == "held"
    assert "no JPEG, PNG or WebP" in photo["reason"]


async def test_a_photo_of_a_visit_that_nobody_told_of_waits_for_nothing(area: Area) -> None:
    (row,) = await area.send(WORKER, added(area.tablet(WORKER), picture(), visit="visit-none"))
    assert row["verdict"] == "stored"
    (photo,) = (await area.shown(LEAD))["visit:visit-none"]["photos"]
    assert (photo["state"], photo["author_name"]) == ("waiting", WORKER.name)


# Visits.


async def test_a_plan_that_ends_before_it_starts(area: Area) -> None:
    row = await area.visit(fact(**PLAN | {"starts": ELEVEN, "ends": TEN}), kind="visit.planned")
    assert row["verdict"] == "held"
    one = await area.walk(row, "ends_before_it_starts", "ends at 10:00", "starts at 11:00")
    assert one["releasable"] is False
    assert (await area.cell(f"visit:{VISIT}", "plan") or {"live": []})["live"] == []


@pytest.mark.parametrize("clock", CLOCKS)
async def test_who_left_before_they_arrived_whatever_the_clock(area: Area, clock: str) -> None:
    """A clock that is wrong moves both; it neither makes nor hides that."""
    offset: dict[str, Any] = {"clock": {"offset_ms": CLOCKS[clock], "contact": None}}
    arrived = fact(fact="arrived", at="2026-11-23T08:40:00.000Z")
    left = fact(fact="left", at="2026-11-23T08:30:00.000Z")
    assert (await area.visit(arrived, left, STRENGTH, **offset))["verdict"] == "stored"
    (one,) = (await area.held(WORKER)).values()
    assert one["what"] == "set_aside"
    await area.walk({"id": one["entry"]}, "ends_before_it_starts", "08:30", "08:40", "say again")
    assert (await area.cell(f"visit:{VISIT}", "arrived") or {})["state"] == "agreed"
    assert (await area.cell(f"visit:{VISIT}", "left") or {})["live"] == []
    good = fact(fact="left", at="2026-11-23T08:55:00.000Z")
    assert (await area.visit(good, **offset))["verdict"] == "stored"
    assert not [one for one in (await area.held(WORKER)).values() if not one["outcome"]]


async def test_one_person_who_arrives_twice_in_one_entry_and_in_two(area: Area) -> None:
    first, second = (fact(fact="arrived", at=f"2026-11-23T08:{m}:00.000Z") for m in (40, 41))
    row = await area.visit(first, second)
    await area.walk(row, "said_twice", "twice (arrived)", "first stands")
    await area.visit(fact(fact="arrived", at="2026-11-23T08:50:00.000Z"))
    cell = await area.cell(f"visit:{VISIT}", "arrived") or {}
    assert (cell["state"], len(cell["claims"])) == ("contested", 3)


async def test_two_people_who_arrive_at_different_times_are_both_kept(area: Area) -> None:
    await area.visit(fact(fact="arrived", at="2026-11-23T08:40:00.000Z"))
    await area.visit(fact(fact="arrived", at="2026-11-23T08:45:00.000Z"), who=COLLEAGUE)
    cell = await area.cell(f"visit:{VISIT}", "arrived") or {}
    assert (cell["state"], len(cell["live"])) == ("contested", 2)
    assert {one["author_name"] for one in cell["claims"]} == {WORKER.name, COLLEAGUE.name}
    assert not await area.held(WORKER)


async def test_an_addendum_to_nothing_waits_and_stands_once_the_note_is_there(area: Area) -> None:
    note = area.tablet(COLLEAGUE).write(
        "visit.submitted", case=CASE, visit=VISIT, contribution={"observation": "Quiet."}
    )
    more = {"case": CASE, "visit": VISIT, "to": note["_id"], "text": "She rang."}
    row = await area.say(WORKER, "visit.addendum", **more)
    assert row["verdict"] == "held"
    assert (
        "stands by itself once the note is there" in (await area.held(WORKER))[row["id"]]["reason"]
    )
    await area.send(COLLEAGUE, note)
    (shown,) = (await area.shown(LEAD))[f"visit:{VISIT}"]["contributions"]
    assert [one["text"] for one in shown["addenda"]] == ["She rang."]
    assert not await area.held(WORKER)


async def test_an_addendum_to_the_note_of_another_visit_and_to_itself(area: Area) -> None:
    row = await area.visit(kind="visit.submitted", contribution={}, visit="visit-2")
    more = {"case": CASE, "visit": VISIT, "text": "She rang."}
    wrong = await area.say(WORKER, "visit.addendum", to=row["id"], **more)
    await area.walk(wrong, "nothing_to_add_to", VISIT, row["id"])
    first = await area.say(WORKER, "visit.addendum", to=NOTHING, **more)
    second = await area.say(WORKER, "visit.addendum", to=first["id"], **more)
    assert (first["verdict"], second["verdict"]) == ("held", "held")
    assert (await area.shown(LEAD))["visit:visit-2"]["contributions"][0]["addenda"] == []


async def test_a_note_that_is_handed_in_twice_is_two_accounts(area: Area) -> None:
    note = area.tablet(WORKER).write(
        "visit.submitted", case=CASE, visit=VISIT, contribution={"observation": "Quiet."}
    )
    rows = [*await area.send(WORKER, note), *await area.send(WORKER, note)]
    assert [row["verdict"] for row in rows] == ["stored", "stored"], "the same entry again"
    assert len((await area.shown(LEAD))[f"visit:{VISIT}"]["contributions"]) == 1
    await area.visit(kind="visit.submitted", contribution={"observation": "Loud."})
    notes = (await area.shown(LEAD))[f"visit:{VISIT}"]["contributions"]
    assert [one["contribution"]["observation"] for one in notes] == ["Quiet.", "Loud."]


async def test_a_note_of_a_visit_that_was_cancelled_or_that_nobody_told_of(area: Area) -> None:
    await area.visit(fact(**PLAN | {"cancelled": "They are away"}), kind="visit.planned")
    for visit in (VISIT, "visit-none"):
        row = await area.visit(
            kind="visit.submitted", contribution={"observation": "Quiet."}, visit=visit
        )
        assert row["verdict"] == "stored"
        shown = (await area.shown(LEAD))[f"visit:{visit}"]
        assert len(shown["contributions"]) == 1
        assert shown["owed_by"] == []


async def test_a_note_of_a_case_that_is_closed_stands_and_says_so(area: Area) -> None:
    await area.say(WORKER, "case.noted", case=CASE, facts=[fact(fact="status", status="closed")])
    row = await area.visit(STRENGTH, kind="visit.submitted", contribution={})
    assert row["verdict"] == "stored"
    (claim,) = (await area.cell(f"case:{CASE}", "strength:s-1") or {})["claims"]
    assert claim["flags"] == ["case_closed"]


# Facts and cases.


@pytest.mark.parametrize("says", [{"fact": "seen", "seen": True}, {"fact": "alone", "alone": True}])
async def test_a_child_who_is_in_no_household(area: Area, says: dict[str, Any]) -> None:
    row = await area.visit(fact(item="kid-9", **says))
    await area.walk(row, "no_such_member", "kid-9", "add them to the household first")


@pytest.mark.parametrize("count", [200, 201])
async def test_two_hundred_facts_are_taken_and_one_more_is_kept_for_its_author(
    area: Area, count: int
) -> None:
    facts = [fact(fact="strength", item=f"s-{n}", what="Kind") for n in range(count)]
    row = await area.visit(*facts)
    if count == 200:
        assert row["verdict"] == "stored"
        return
    assert (row["verdict"], "200" in row["reason"]) == ("held", True)
    await area.walk(row, "broken_schema", "facts")


async def test_a_claim_that_replaces_what_does_not_exist_stands_beside_the_others(
    area: Area,
) -> None:
    await area.visit(fact(fact="arrived", at="2026-11-23T08:40:00.000Z"))
    ghost = {**fact(fact="arrived", at="2026-11-23T08:45:00.000Z"), "replaces": [f"{'0' * 24}.0"]}
    assert (await area.visit(ghost))["verdict"] == "stored"
    assert (await area.cell(f"visit:{VISIT}", "arrived") or {})["state"] == "contested"


async def test_a_case_that_two_people_open_under_one_name(area: Area) -> None:
    placing = fact(fact="placing", team=TEAM)
    row = await area.say(COLLEAGUE, "case.opened", case=CASE, facts=[placing])
    one = (await area.held(COLLEAGUE))[row["id"]]
    assert one["reason_code"] == "case_exists"
    assert "record it as news of that case, or open another" in one["reason"]
    assert (await area.decide(row["id"], "declined"))["verdict"] == "stored"
    assert "daughter" in str((await area.shown(LEAD))[f"case:{CASE}"])


@pytest.mark.parametrize(
    "day", ["2026-02-30", "2026-13-01", "0000-01-01", "0026-11-23", "23/11/26"]
)
async def test_days_that_no_calendar_has_and_years_that_nobody_meant(area: Area, day: str) -> None:
    step = fact(fact="step", item="p-1", step="early_conversation", on=day, reason="Days.")
    row = await area.say(WORKER, "case.noted", case=CASE, facts=[step])
    assert row["verdict"] == "held"
    code = "unlikely_date" if day == "0026-11-23" else "broken_schema"
    await area.walk(row, code, day, "again")
    assert (await area.cell(f"case:{CASE}", "step:p-1") or {"live": []})["live"] == []


async def test_a_case_and_grants_that_are_not_ones_own(area: Area) -> None:
    row = await area.say(WORKER, "case.noted", case="case-none", facts=[STRENGTH])
    assert (
        "send what is on the tablet that opened it"
        in (await area.held(WORKER))[row["id"]]["reason"]
    )
    row = await area.say(
        LEAD,
        "grant.given",
        person=COLLEAGUE.person,
        grants="family_worker",
        cases=["case-none"],
        starts=NINE,
        ends="2026-11-30T09:00:00.000Z",
        purpose="Covers.",
    )
    assert (row["verdict"], "case-none" in row["reason"]) == ("held", True)


async def test_glass_over_what_is_not_restricted_or_not_there_and_a_draft_that_is_not(
    area: Area,
) -> None:
    for case in (CASE, "case-none"):
        row = await area.say(DUTY, "glass.broken", case=case, reason="Police asked.")
        assert row["verdict"] == "held"
        assert f"no restricted case {case}" in row["reason"], "one answer for both"
    row = await area.say(
        LEAD, "draft.opened", draft="draft-none", of=WORKER.person, case=CASE, reason="Away."
    )
    assert (row["verdict"], "draft-none" in row["reason"]) == ("held", True)


# Concerns.


async def concern(area: Area, who: Speaker = WORKER, **more: Any) -> dict[str, Any]:
    fields = {"concern": "con-1", "text": "A bruise.", "observed_at": NINE} | more
    return await area.say(who, "concern.raised", **fields)


async def published(area: Area, who: Speaker = DUTY) -> dict[str, Any] | None:
    return (await area.shown(who)).get("concern:con-1")


@pytest.mark.parametrize("text", ["", "  \n ", "\0", "\u202e\u200b"])
async def test_a_concern_without_a_word_is_held_and_answered_for_all_the_same(
    area: Area, text: str
) -> None:
    row = await concern(area, text=text)
    assert (row["verdict"], "raise it again" in row["reason"]) == ("held", True)
    shown = await published(area)
    assert shown is not None
    assert shown["author_name"] == WORKER.name
    assert "without a word" in shown["held"]
    mine = (await area.shown(WORKER))["concern_status:con-1"]
    assert "without a word" in mine["held"]
    assert await published(area, COLLEAGUE) is None


async def test_a_concern_whose_text_is_missing_is_held_for_whoever_answers(area: Area) -> None:
    entry = area.tablet(WORKER).write("concern.raised", concern="con-1", observed_at=NINE)
    (row,) = await area.send(WORKER, entry)
    assert row["verdict"] == "held"
    assert row["id"] in await area.held(DUTY)
    assert row["id"] in await area.held(WORKER)
    assert row["id"] not in await area.held(COLLEAGUE)


@pytest.mark.parametrize("length", [20_000, 20_001])
async def test_a_concern_of_twenty_thousand_characters(area: Area, length: int) -> None:
    row = await concern(area, text="é" * length)
    if length == 20_000:
        shown = await published(area)
        assert shown is not None
        assert len(shown["text"]) == length
    else:
        assert (row["verdict"], "20000" in row["reason"]) == ("held", True)
        assert row["id"] in await area.held(DUTY)


@pytest.mark.parametrize(
    "more",
    [
        {"case": CASE, "child": "kid-9"},
        {"case": "case-none", "child": "kid-1"},
        {"school": "sch-none", "pupil": "pup-1"},
        {"school": "UPPER", "pupil": "pup-1"},
        {"school": "sch-other", "pupil": "pup-1"},
        {"visit": "visit-none"},
    ],
)
async def test_a_concern_about_somebody_unknown_is_heard_here(
    area: Area, more: dict[str, Any]
) -> None:
    """No such child, no such case, no such school, a school of another area: somebody answers."""
    assert (await concern(area, **more))["verdict"] == "stored"
    shown = await published(area)
    assert shown is not None
    assert shown["answering"]


async def test_a_concern_about_its_author_or_whoever_answers_goes_to_nobody_it_is_about(
    area: Area,
) -> None:
    assert (await concern(area, about=[WORKER.person]))["verdict"] == "stored"
    assert await published(area) is not None
    assert await published(area, WORKER) is None
    await concern(area, concern="con-2", about=[DUTY.person])
    assert "concern:con-2" not in await area.shown(DUTY)
    assert (await area.shown(WORKER))["concern_status:con-2"]["goes_to"]


# Watches.


@pytest.mark.parametrize(
    ("back", "state"),
    [
        ("1970-01-01T00:00:00.000Z", "overdue"),
        ("2026-11-23T08:00:00.000Z", "overdue"),
        (TEN, "running"),
        ("2100-01-01T00:00:00.000Z", "running"),
        ("2999-12-31T23:59:59.999Z", "running"),
    ],
)
@pytest.mark.parametrize("clock", CLOCKS)
async def test_whenever_somebody_is_expected_back_they_are_watched_over(
    area: Area, back: str, state: str, clock: str
) -> None:
    offset = {"offset_ms": CLOCKS[clock], "contact": None}
    left = {"watch": "watch-1", "where": "1 Fold Lane", "expected_back": back, "clock": offset}
    assert (await area.say(WORKER, "watch.started", **left))["verdict"] == "stored"
    await area.town.site.alarms.tick()
    shown = (await area.shown(LEAD))["watch:watch-1"]
    late = back == TEN and clock == "two hours fast"  # it showed nine at seven
    assert shown["state"] == ("overdue" if late else state)
    assert shown["expected_back"] <= "2026-11-24T09:30:00.000Z", "within a day"


async def test_a_watch_is_ended_by_nobody_else(area: Area) -> None:
    left = {"watch": "watch-1", "where": "1 Fold Lane", "expected_back": TEN}
    await area.say(WORKER, "watch.started", **left)
    row = await area.say(COLLEAGUE, "watch.ended", watch="watch-1")
    assert (row["verdict"], "confirm instead that they are safe" in row["reason"]) == ("held", True)
    row = await area.say(COLLEAGUE, "watch.started", **left)
    assert (row["verdict"], "nobody watches over you" in row["reason"]) == ("held", True)
    row = await area.say(WORKER, "watch.ended", watch="watch-none")
    assert (row["verdict"], "once it has" in row["reason"]) == ("held", True)


# Text.


@pytest.mark.parametrize(
    "text", ["😢👩‍👧", "\0", "\u202egnp.exe\u202c", "<script>x</script>", "’; --"]
)
async def test_any_text_is_published_letter_by_letter(area: Area, text: str) -> None:
    facts = [
        fact(fact="risk", item="r-1", what=text, to="visitor"),
        fact(fact="partner", item="p-1", name=text, role=text, agency=text, email=text),
    ]
    await area.visit(
        *facts,
        kind="visit.submitted",
        contribution={"observation": text, "words": [{"child": "kid-1", "words": text}]},
    )
    await concern(area, text=f"A bruise {text}", child_name=text)
    (note,) = (await area.shown(LEAD))[f"visit:{VISIT}"]["contributions"]
    assert note["contribution"]["words"] == [{"child": "kid-1", "words": text}]
    cell = await area.cell(f"case:{CASE}", "risk:r-1") or {}
    assert cell["claims"][0]["says"]["what"] == text
    shown = await published(area)
    assert shown is not None
    assert (shown["text"], shown["child_name"]) == (f"A bruise {text}", text)
    async with area.town.visit("dee") as dee:
        answer = await dee.get(f"/db/{AREA}/_concerns/con-1/pdf")
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


async def test_half_an_emoji_is_a_bad_request_and_what_is_sent_after_it_stands(area: Area) -> None:
    async with area.town.visit("fay") as fay:
        answer = await fay.post(
            f"/db/{AREA}/_bulk_docs",
            content=b'{"docs":["\\ud83d"],"new_edits":false}',
            headers={"Content-Type": "application/json"},
        )
    assert answer.status_code == 400
    assert (await area.visit(STRENGTH))["verdict"] == "stored"
