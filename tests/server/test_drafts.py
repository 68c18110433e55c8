"""Drafts of visits' notes: kept for their author alone, until they are handed in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from schemas.canonical import claim_id
from schemas.family.drafts import MAX_DRAFT_BYTES
from schemas.policy import Role
from server.erasure.applying import carry_out
from server.visit_drafts.keeping import digest_of
from sync.clock import to_ms
from sync.erasure import Erasures, Order, erasure_of
from sync.roster import load_roster
from sync.store import Document, Write, WriteBatch
from sync.stores.memory import MemoryStore
from sync.verdicts import Reason
from tests.factory import NINE, Tablet
from tests.server.devices.signer import Signing, enrol, make_code, signer
from tests.server.families import (
    AREA,
    CASE,
    COLLEAGUE,
    LEAD,
    TEAM,
    VISIT,
    WORKER,
    employ,
    make_area,
    opened,
    settle,
)
from tests.server.town import SCHOOL, Town, credentials, make_schools, pull, push, town

DRAFT = "draft-1"
DAY_MS = 86_400_000


@pytest.fixture
async def place() -> AsyncIterator[Town]:
    store = MemoryStore()
    await make_schools(store)
    await make_area(store)
    async with town(store, made=True) as one:
        await employ(one.site.accounts)
        yield one


def saving(text: str = "The door was open.", copy: str = "a1", n: int = 1, **more: Any) -> Any:
    """A copy as a tablet sends it."""
    return {
        "draft": DRAFT,
        "copy_id": copy,
        "case": CASE,
        "visit": VISIT,
        "n": n,
        "begun_at": NINE,
        "saved_at": NINE,
        "saw": {},
        "seen": {},
        "fields": {"observation": text},
        "device": "tablet-f",
        "after": [],
    } | more


async def put(browser: httpx2.AsyncClient, said: Any, *, draft: str = DRAFT) -> httpx2.Response:
    return await browser.put(f"/db/{AREA}/_drafts/{draft}", json=said)


async def kept(browser: httpx2.AsyncClient, said: Any) -> dict[str, Any]:
    answer = await put(browser, said)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def texts(place: Town) -> dict[str, str]:
    """What the copies in the database say, by name."""
    database = await place.store.open(AREA)
    found = await database.range("draft:", "draft;")
    return {one.body["copy_id"]: one.body["fields"]["observation"] for one in found}


async def held_by(browser: httpx2.AsyncClient, kind: str = "draft:") -> list[dict[str, Any]]:
    """What of a kind a replica would hold."""
    found = await pull(browser, school=AREA)
    rows = [row for row in found["results"] if row["id"].startswith(kind)]
    return [row["doc"] for row in rows if not row.get("deleted") and not row.get("removed")]


def submitted(tablet: Tablet, covers: dict[str, int]) -> dict[str, Any]:
    return tablet.write(
        "visit.submitted",
        case=CASE,
        visit=VISIT,
        contribution={"observation": "The door was open."},
        draft=DRAFT,
        covers=covers,
    )


async def hand_in(place: Town, browser: httpx2.AsyncClient, covers: dict[str, int]) -> str:
    tablet = Tablet(WORKER)
    answer = await push(browser, opened(tablet), school=AREA)
    assert [row["verdict"] for row in answer.json()] == ["stored"], answer.text
    entry = submitted(tablet, covers)
    answer = await push(browser, entry, school=AREA)
    assert [row["verdict"] for row in answer.json()] == ["stored"], answer.text
    await settle(place)
    name: str = entry["_id"]
    return name


async def test_a_draft_reaches_its_authors_other_devices_and_nobody_else(place: Town) -> None:
    async with place.visit("fay") as one, place.visit("fay") as other, place.visit("lee") as lead:
        answer = await kept(one, saving())
        assert answer == {
            "copy_id": "a1",
            "n": 1,
            "digest": digest_of(saving()),
            "received_at": place.clock.now,
            "ended": False,
        }
        (found,) = await held_by(other)
        assert found["fields"] == {"observation": "The door was open."}
        assert (found["author"], found["author_name"]) == (WORKER.person, WORKER.name)
        assert await held_by(lead) == []


async def test_a_copy_goes_in_the_place_of_the_one_it_follows(place: Town) -> None:
    async with place.visit("fay") as one:
        first = await kept(one, saving())
        again = await kept(one, saving())
        assert again == first
        await kept(one, saving("The door was shut.", n=2, after=[first["digest"]]))
    assert await texts(place) == {"a1": "The door was shut."}


async def test_an_answer_that_was_lost_makes_no_second_copy(place: Town) -> None:
    async with place.visit("fay") as one:
        lost = digest_of(saving("first"))
        await kept(one, saving("first"))
        later = saving("second", n=2, after=[lost])
        await kept(one, later)
        await kept(one, saving("third", n=3, after=[lost, digest_of(later)]))
    assert await texts(place) == {"a1": "third"}


async def test_a_cloned_store_overwrites_nothing_and_goes_on_beside(place: Town) -> None:
    async with place.visit("fay") as one:
        first = await kept(one, saving("first"))
        await kept(one, saving("mine", n=7, after=[first["digest"]]))
        cloned = saving("the clone's", n=5, after=[first["digest"]])
        beside = await kept(one, cloned)
        assert beside["copy_id"] != "a1"
        assert await kept(one, cloned) == beside
        # It had not heard the answer, and sent on under the old name.
        on = saving("the clone's, on", n=9, after=[first["digest"], beside["digest"]])
        assert (await kept(one, on))["copy_id"] == beside["copy_id"]
    assert await texts(place) == {"a1": "mine", beside["copy_id"]: "the clone's, on"}


async def test_an_older_number_under_the_same_name_is_kept_beside(place: Town) -> None:
    async with place.visit("fay") as one:
        first = await kept(one, saving("of today", n=4))
        await kept(one, saving("of a backup", n=3, after=[first["digest"]]))
    assert sorted((await texts(place)).values()) == ["of a backup", "of today"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"n": 0}, "n"),
        ({"n": "1"}, "n"),
        ({"case": "a name with spaces"}, "case"),
        ({"fields": {"observation": 1}}, "fields.observation"),
        ({"fields": {"no name!": "x"}}, "fields"),
        ({"fields": {"observation": "x" * 40_001}}, "fields.observation"),
        ({"saved_at": "yesterday"}, "saved_at"),
        ({"saw": {"b1": -1}}, "saw.b1"),
        ({"seen": {"b1": {"n": 1}}}, "seen.b1.fields"),
        ({"after": ["x"]}, "after.0"),
        ({"author": "staff-gus"}, "author"),
    ],
)
async def test_what_is_wrong_is_refused_by_its_field(
    place: Town, wrong: dict[str, Any], field: str
) -> None:
    async with place.visit("fay") as one:
        answer = await put(one, saving(**wrong))
    assert answer.status_code == 400
    assert f"cannot be read: {field}" in answer.json()["reason"]
    assert await texts(place) == {}


async def test_a_draft_has_its_limits(place: Town) -> None:
    async with place.visit("fay") as one:
        full = {f"f{number}": "x" * 40_000 for number in range(7)}
        assert sum(map(len, full.values())) > MAX_DRAFT_BYTES
        assert (await put(one, saving(fields=full))).status_code == 413
        assert (await put(one, saving(), draft="another")).status_code == 400
        assert (await put(one, saving(), draft="no%20name")).status_code == 400
        for number in range(32):
            await kept(one, saving(copy=f"copy-{number}"))
        answer = await put(one, saving(copy="one-more"))
    assert answer.status_code == 413
    assert "32 copies" in answer.json()["reason"]


async def test_who_writes_no_notes_keeps_no_drafts(place: Town) -> None:
    async with place.visit("tess") as tutor, place.visit("fay") as one:
        answer = await tutor.put(f"/db/{SCHOOL}/_drafts/{DRAFT}", json=saving())
        assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
        assert "family worker" in answer.json()["reason"]
        assert (await tutor.put(f"/db/{AREA}/_drafts/{DRAFT}", json=saving())).status_code == 403
        assert (await put(one, [])).status_code == 400


async def test_two_people_may_name_their_drafts_alike(place: Town) -> None:
    async with place.visit("fay") as fay, place.visit("gus") as gus:
        await kept(fay, saving("fay's"))
        await kept(gus, saving("gus's"))
        assert [one["fields"]["observation"] for one in await held_by(fay)] == ["fay's"]
        assert [one["fields"]["observation"] for one in await held_by(gus)] == ["gus's"]
        dropping = {"case": CASE, "visit": VISIT, "covers": {"a1": 9}}
        answer = await gus.request("DELETE", f"/db/{AREA}/_drafts/{DRAFT}", json=dropping)
        assert answer.status_code == 204
        assert [one["fields"]["observation"] for one in await held_by(fay)] == ["fay's"]
        assert await held_by(gus) == []


async def test_handing_it_in_ends_it_on_every_device(place: Town) -> None:
    async with place.visit("fay") as one:
        await kept(one, saving("mine"))
        await kept(one, saving("mine too", copy="b1", n=3))
        entry = await hand_in(place, one, {"a1": 1, "b1": 3})
        assert await held_by(one) == []
        (over,) = await held_by(one, "draft_end:")
        assert (over["entry"], over["covers"]) == (entry, {"a1": 1, "b1": 3})
        late = await kept(one, saving("mine too", copy="b1", n=2))
        assert late["ended"]
    assert await texts(place) == {}


async def test_what_a_submission_had_not_seen_stays(place: Town) -> None:
    async with place.visit("fay") as one:
        await kept(one, saving("mine"))
        first = await kept(one, saving("on the other", copy="b1"))
        await kept(one, saving("more on the other", copy="b1", n=2, after=[first["digest"]]))
        await hand_in(place, one, {"a1": 1, "b1": 1})
        assert await texts(place) == {"b1": "more on the other"}
        assert not (await kept(one, saving("and a third", copy="c1")))["ended"]
        dropping = {"case": CASE, "visit": VISIT, "covers": {"b1": 2, "c1": 1}}
        answer = await one.request("DELETE", f"/db/{AREA}/_drafts/{DRAFT}", json=dropping)
        assert answer.status_code == 204
        (over,) = await held_by(one, "draft_end:")
    assert over["covers"] == {"a1": 1, "b1": 2, "c1": 1}
    assert over["entry"] is not None
    assert await texts(place) == {}


async def test_a_server_that_was_killed_in_between_catches_up(place: Town) -> None:
    async with place.visit("fay") as one:
        await kept(one, saving())
        await hand_in(place, one, {"a1": 1})
        # As if the process had died after it noted the end, before it removed the copies.
        database = await place.store.open(AREA)
        over, *_ = await database.read([f"draft_end:{WORKER.person}:{DRAFT}"])
        assert isinstance(over, Document)
        await database.purge({over.id: [over.rev]})
        await kept(one, saving())
    async with town(place.store, made=True) as again:
        await settle(again)
        assert await texts(again) == {}


async def test_a_note_that_is_held_leaves_the_draft_until_it_is_released(place: Town) -> None:
    async with place.visit("fay") as one, place.visit("lee") as lead:
        tablet = Tablet(WORKER)
        await push(one, opened(tablet), school=AREA)
        await kept(one, saving())
        entry = submitted(tablet, {"a1": 1})
        why = Reason("device_revoked", "The tablet it was on was revoked before it was sent.")
        async with place.site.schools.use(AREA) as area:
            await area.intake.take(WORKER, [entry], hold=why)
        await settle(place)
        assert await texts(place) == {"a1": "The door was open."}
        database = await place.store.open(AREA)
        (held,) = await database.range("held:", "held;")
        desk = Tablet(LEAD, log="b" * 32)
        released = desk.write(
            "quarantine.released", held=held.id, entry=entry["_id"], reason="It is hers."
        )
        rows = (await push(lead, released, school=AREA)).json()
        assert [row["verdict"] for row in rows] == ["stored"], rows
        await settle(place)
    assert await texts(place) == {}


def opening(desk: Tablet, **more: Any) -> dict[str, Any]:
    fields = {"draft": DRAFT, "of": WORKER.person, "case": CASE, "reason": "Fay is ill."} | more
    return desk.write("draft.opened", **fields)


async def test_a_lead_opens_an_absent_authors_draft_with_a_reason(place: Town) -> None:
    async with place.visit("fay") as one, place.visit("lee") as lead, place.visit("gus") as gus:
        await push(one, opened(Tablet(WORKER)), school=AREA)
        first = await kept(one, saving())
        desk = Tablet(LEAD, log="b" * 32)
        rows = (await push(lead, opening(desk), school=AREA)).json()
        assert [row["verdict"] for row in rows] == ["stored"], rows
        await settle(place)
        (found,) = await held_by(lead)
        assert found["fields"] == {"observation": "The door was open."}
        assert await held_by(gus) == []
        for browser in (one, lead):
            (told,) = await held_by(browser, "draft_opening:")
            assert (told["by_name"], told["reason"]) == (LEAD.name, "Fay is ill.")
        # What its author goes on to write is read as well, until the days are over.
        await kept(one, saving("The door was shut.", n=2, after=[first["digest"]]))
        (found,) = await held_by(lead)
        assert found["fields"] == {"observation": "The door was shut."}
        place.clock.ms = to_ms(told["until"])
        await settle(place)
    async with place.visit("fay") as one, place.visit("lee") as lead:
        assert await held_by(lead) == []
        assert len(await held_by(one)) == 1
        assert len(await held_by(one, "draft_opening:")) == 1


async def test_a_draft_that_was_opened_is_read_as_long_as_its_reader_leads(place: Town) -> None:
    async with place.visit("fay") as one, place.visit("lee") as lead:
        await push(one, opened(Tablet(WORKER)), school=AREA)
        await kept(one, saving())
        await push(lead, opening(Tablet(LEAD, log="b" * 32)), school=AREA)
        await settle(place)
        assert len(await held_by(lead)) == 1
        query = {"person": LEAD.person, "document": (await held_by(lead))[0]["_id"]}
        told = (await lead.get(f"/db/{AREA}/_explain", params=query)).json()
        assert told["sees"] is True
        assert "Lee Lead, who opened it with a reason, while they lead" in told["goes_to"]
        account = await place.site.accounts.of(LEAD.person)
        assert account is not None
        works = account.schools[0].model_copy(update={"role": Role.FAMILY_WORKER})
        await place.site.accounts.put([account.model_copy(update={"schools": (works,)})])
    async with place.visit("lee") as lead, place.visit("fay") as one:
        assert await held_by(lead) == []
        assert len(await held_by(one)) == 1


async def test_a_draft_that_was_opened_is_closed_with_its_case(place: Town) -> None:
    """It was restricted to others since: nothing of it is left with whoever opened the draft."""
    worker = Tablet(WORKER)
    case = opened(worker)
    async with place.visit("fay") as one, place.visit("lee") as lead:
        await push(one, case, school=AREA)
        first = await kept(one, saving())
        await push(lead, opening(Tablet(LEAD, log="b" * 32)), school=AREA)
        await settle(place)
        assert len(await held_by(lead)) == 1
        placing = {"fact": "placing", "team": TEAM, "restricted": True}
        claim = {"says": placing, "observed_at": NINE, "replaces": [claim_id(case["digest"], 0)]}
        entry = worker.write("case.noted", case=CASE, facts=[claim])
        (row,) = (await push(one, entry, school=AREA)).json()
        assert row["verdict"] == "stored", row
        await settle(place)
        assert await held_by(lead) == []
        (told,) = await held_by(lead, "draft_opening:")
        assert told["until"] == place.clock.now
        await kept(one, saving("The door was shut.", n=2, after=[first["digest"]]))
        assert await held_by(lead) == []
        assert len(await held_by(one)) == 1


async def test_that_a_draft_was_opened_is_explained_to_those_who_were_told(place: Town) -> None:
    async with place.visit("fay") as one, place.visit("lee") as lead:
        await push(one, opened(Tablet(WORKER)), school=AREA)
        await kept(one, saving())
        await push(lead, opening(Tablet(LEAD, log="b" * 32)), school=AREA)
        await settle(place)
        (told,) = await held_by(lead, "draft_opening:")
    account = await place.site.accounts.of(COLLEAGUE.person)
    assert account is not None
    post = account.schools[0].model_copy(update={"role": Role.ADMINISTRATOR})
    await place.site.accounts.put([account.model_copy(update={"schools": (post,)})])
    async with place.visit("gus") as browser:
        query = {"person": LEAD.person, "document": told["_id"]}
        answer = (await browser.get(f"/db/{AREA}/_explain", params=query)).json()
        assert answer["because"] == "There is no such document, so nobody sees it."


async def test_tablets_are_not_told_for_ever_of_what_is_over(place: Town) -> None:
    async with place.visit("fay") as one:
        await kept(one, saving())
        await hand_in(place, one, {"a1": 1})
        place.clock.ms += 121 * DAY_MS
        await settle(place)
    async with place.visit("fay") as one:
        assert await held_by(one, "draft_end:") == []
        assert (await kept(one, saving()))["ended"]


async def visit_document(place: Town, *to: str) -> None:
    database = await place.store.open(AREA)
    visit = Write(f"visit:{VISIT}", {"type": "visit"}, frozenset(to), force=True)
    await database.write(WriteBatch([visit]))


async def test_a_lead_is_told_whose_drafts_there_are_and_no_word_of_them(place: Town) -> None:
    address = f"/db/{AREA}/_drafts"
    async with place.visit("fay") as one, place.visit("lee") as lead:
        await kept(one, saving(begun_at="2026-11-23T08:00:00.000Z"))
        await kept(one, saving(copy="b1", saved_at="2026-11-23T10:00:00.000Z"))
        await kept(one, saving(copy="c1", visit="visit-2"))
        assert (await lead.get(address, params={"visit": VISIT})).status_code == 404
        await visit_document(place, f"team:{TEAM}")
        answer = await lead.get(address, params={"visit": VISIT})
        assert answer.json() == {
            "drafts": [
                {
                    "draft": DRAFT,
                    "author": WORKER.person,
                    "author_name": WORKER.name,
                    "begun_at": "2026-11-23T08:00:00.000Z",
                    "saved_at": "2026-11-23T10:00:00.000Z",
                }
            ]
        }
        await visit_document(place, "case:another")
        assert (await lead.get(address, params={"visit": VISIT})).status_code == 404
        assert (await lead.get(address)).status_code == 400
        assert (await one.get(address, params={"visit": VISIT})).status_code == 403


async def test_a_revoked_tablet_hands_its_drafts_over_to_their_author(place: Town) -> None:
    device = signer(place)
    async with place.visit("lee") as lead, place.browser() as tablet:
        code = await make_code(place, lead, school=AREA)
        assert (await enrol(place, device, code)).status_code == 201
        tablet.auth = Signing(device)
        assert (await tablet.post("/session", json=credentials("fay"))).status_code == 200
        address = f"/db/{AREA}/_devices/{device.device}/revoke"
        assert (await lead.post(address, json={"reason": "lost"})).status_code == 200
    async with place.visit("fay") as one:
        saved = {"school": AREA, "person": WORKER.person, "saving": saving("On the lost tablet.")}
        body = {"entries": [], "drafts": [saved], "last": True}
        for _ in range(2):
            async with place.browser() as browser:
                answer = await browser.post("/devices/farewell", json=body, auth=Signing(device))
            assert answer.status_code == 200, answer.text
        (found,) = await held_by(one)
        assert found["fields"] == {"observation": "On the lost tablet."}
        assert (found["author"], found["device"]) == (WORKER.person, device.device)
        broken = body | {"drafts": [saved | {"saving": {"draft": DRAFT}}]}
        async with place.browser() as browser:
            answer = await browser.post("/devices/farewell", json=broken, auth=Signing(device))
        assert answer.status_code == 400


async def test_what_is_erased_takes_its_drafts_along(place: Town) -> None:
    async with place.visit("fay") as one:
        await kept(one, saving("mine"))
        await kept(one, saving("more than was handed in", copy="b1"))
        entry = await hand_in(place, one, {"a1": 1})
        elsewhere = {"draft": "another", "copy_id": "c1", "visit": "visit-2"}
        answer = await put(one, saving("of the same case") | elsewhere, draft="another")
        assert answer.status_code == 200
        assert (await texts(place)).keys() == {"b1", "c1"}
        note, first = await erasures_of(place, entry), await erasures_of(place, opening_of(entry))
        await erase(place, note)
        assert (await texts(place)).keys() == {"c1"}
        await erase(place, first)
        assert await texts(place) == {}
        ends = {one["draft"]: one["covers"] for one in await held_by(one, "draft_end:")}
    assert ends == {DRAFT: {"a1": 1, "b1": 1}, "another": {"c1": 1}}


def opening_of(entry: str) -> str:
    """The entry before: it opened the case."""
    tablet = Tablet(WORKER)
    first: str = opened(tablet)["_id"]
    assert entry.split(":")[1] == first.split(":")[1]
    return first


async def erasures_of(place: Town, entry: str) -> Erasures:
    database = await place.store.open(AREA)
    document, *_ = await database.read([entry])
    assert document is not None
    order = Order(at=place.clock.now, by="Lee Lead", reason="Article 17", reference="DSAR 1")
    return Erasures([erasure_of(document, order)])


async def erase(place: Town, erasures: Erasures) -> None:
    database = await place.store.open(AREA)
    roster = await load_roster(database)
    assert await carry_out(place.store, database, roster, erasures, place.clock)
    assert not await carry_out(place.store, database, roster, erasures, place.clock)
