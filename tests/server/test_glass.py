"""Asking for a restricted case, and opening one with a reason: noted, limited, no trace else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from server.audit.views import read_views
from server.limits import GLASS_BURST
from sync import channels
from sync.roster import load_roster
from sync.store import Write, WriteBatch
from sync.stores.memory import MemoryStore
from tests.factory import Tablet
from tests.server.families import AREA, CASE, LEAD, TEAM, WORKER, employ, fact, make_area, settle
from tests.server.town import Town, push, town

BORN = "2016-05-01"
ASKED = {"surname": "van Dyke", "born": BORN, "reason": "The police are at the door"}


@pytest.fixture
async def place() -> AsyncIterator[Town]:
    store = MemoryStore()
    await make_area(store)
    async with town(store) as found:
        await employ(found.site.accounts)
        yield found


async def open_case(place: Town, case: str = CASE, *, restricted: bool = True) -> None:
    """A case of Rosa van Dyke's family."""
    child = {"item": "kid-1", "name": "Rosa Van  Dyke", "relation": "daughter", "child": True}
    facts = [
        fact(fact="placing", team=TEAM, restricted=restricted),
        fact(fact="member", born=BORN, **child),
    ]
    tablet = place.tablets.setdefault("fay", Tablet(WORKER))
    entry = tablet.write("case.opened", case=case, facts=facts)
    async with place.visit("fay") as browser:
        (row,) = (await push(browser, entry, school=AREA)).json()
        assert row["verdict"] == "stored", row


async def ask(browser: httpx2.AsyncClient, **more: Any) -> httpx2.Response:
    return await browser.post(f"/db/{AREA}/_glass", json={**ASKED, **more})


async def views(place: Town, username: str = "lee") -> list[dict[str, Any]]:
    async with place.visit(username) as browser:
        answer = await browser.get(f"/db/{AREA}/_views")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["views"]
        return found


@pytest.mark.parametrize("surname", ["van Dyke", " VAN  dyke ", "Dyke", "Rosa Van Dyke"])
async def test_a_restricted_case_is_found_by_name_and_date_of_birth(place: Town, surname: str):
    await open_case(place)
    async with place.visit("lee") as browser:
        answer = await ask(browser, surname=surname)
        assert (answer.status_code, answer.json()) == (200, {"case": CASE})


@pytest.mark.parametrize(
    "other", [{"surname": "yke"}, {"surname": "van"}, {"born": "2016-05-02"}, {"surname": "Dik"}]
)
async def test_nothing_like_it_is_found(place: Town, other: dict[str, str]):
    await open_case(place)
    async with place.visit("lee") as browser:
        assert (await ask(browser, **other)).json() == {"case": None}


async def test_what_is_not_restricted_is_not_found_so(place: Town):
    await open_case(place, restricted=False)
    async with place.visit("lee") as browser:
        assert (await ask(browser)).json() == {"case": None}


async def test_who_asked_and_why_is_kept_found_or_not(place: Town):
    await open_case(place)
    async with place.visit("lee") as browser:
        await ask(browser)
        place.clock.ms += 1000
        await ask(browser, surname="Nobody", reason="A hunch")
    second, first = await views(place)
    for one, why in ((first, ASKED["reason"]), (second, "A hunch")):
        assert (one["how"], one["person"], one["purpose"]) == ("asked", LEAD.person, why)
        assert (one["document"], one["role"], one["pupil"]) == ("case", "team_lead", None)
    assert first.keys() == second.keys(), "nothing says which was found"
    database = await place.store.open(AREA)
    told = await read_views(database, await load_roster(database), None)
    assert [one.purpose for one in told.views] == ["A hunch", ASKED["reason"]], "by a command too"
    assert not (await read_views(database, await load_roster(database), "pup-1")).views


async def test_it_is_for_whoever_may_open_one(place: Town):
    async with place.visit("fay") as browser:
        answer = await ask(browser)
        assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
    async with place.visit("lee") as browser:
        answer = await browser.post(f"/db/{AREA}/_glass", json={"surname": "van Dyke"})
        assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")
    assert await views(place) == []


async def test_nobody_goes_through_the_names_of_a_town(place: Town):
    async with place.visit("lee") as browser:
        for number in range(GLASS_BURST):
            assert (await ask(browser, surname=f"Name{number}")).status_code == 200
        answer = await ask(browser)
        assert (answer.status_code, answer.json()["error"]) == (429, "too_many_requests")
        assert "ring the duty team" in answer.json()["reason"]
        place.clock.ms += 3_600_000 // GLASS_BURST
        assert (await ask(browser)).status_code == 200


async def test_a_case_opened_with_a_reason_is_seen_for_some_hours_and_told(place: Town):
    await open_case(place)
    await settle(place)
    tablet = Tablet(LEAD, log="c" * 32)
    async with place.visit("lee") as browser:
        assert (await browser.get(f"/db/{AREA}/case:{CASE}")).status_code == 404
        entry = tablet.write("glass.broken", case=CASE, reason="The worker is ill")
        (row,) = (await push(browser, entry, school=AREA)).json()
        assert row["verdict"] == "stored"
        await settle(place)
        assert (await browser.get(f"/db/{AREA}/case:{CASE}")).status_code == 200
        (broke,) = await views(place)
        assert (broke["how"], broke["document"]) == ("broke", f"case:{CASE}")
        people = (await browser.get(f"/db/{AREA}/_access")).json()["people"]
        (me,) = [one for one in people if one["person"] == LEAD.person]
        assert [one["grant"]["cases"] for one in me["grants"]] == [[], [CASE]]
        place.clock.ms += 8 * 3_600_000
        assert (await browser.get(f"/db/{AREA}/case:{CASE}")).status_code == 404


async def test_who_looks_after_access_learns_of_no_case_that_is_not_theirs(place: Town):
    """Neither by the list of grants nor by asking why somebody sees something."""
    await open_case(place)
    await settle(place)
    async with place.visit("lee") as browser:
        people = (await browser.get(f"/db/{AREA}/_access")).json()["people"]
        (fay,) = [one for one in people if one["person"] == WORKER.person]
        (line,) = [one for one in fay["grants"] if one["other_cases"]]
        assert (line["grant"]["cases"], line["other_cases"]) == ([], 1)
        assert "not yours to know of" in line["grant"]["purpose"]
        database = await place.store.open(AREA)
        on_it = frozenset({f"entries:case:{CASE}"})
        body = {"case": CASE, "visit": "visit-1", "type": "photo"}
        beside = ("photo:photo-1", f"judged:{CASE}")
        await database.write(WriteBatch([Write(one, body, on_it) for one in beside]))
        await database.write(WriteBatch([Write("alarm:watch-1:help:1", {}, channels.ALARMS)]))
        for document in ("alarm:watch-1:help:1", *beside, f"summary:{CASE}", f"case:{CASE}"):
            query = {"person": WORKER.person, "document": document}
            told = (await browser.get(f"/db/{AREA}/_explain", params=query)).json()
            assert told["because"] == "There is no such document, so nobody sees it.", document
        assert CASE not in str(told["grants"])
        entry = Tablet(LEAD, log="c" * 32).write("glass.broken", case=CASE, reason="A fire")
        await push(browser, entry, school=AREA)
        told = (await browser.get(f"/db/{AREA}/_explain", params=query)).json()
        assert (told["sees"], told["grants"][1]["grant"]["cases"]) == (True, [CASE])


async def test_what_is_held_of_a_case_is_explained_to_those_who_may_know(place: Town):
    await open_case(place)
    entry = Tablet(LEAD, log="c" * 32).write("case.noted", case=CASE, facts=[])
    async with place.visit("lee") as browser:
        (row,) = (await push(browser, entry, school=AREA)).json()
        assert row["verdict"] == "held"
        held = f"held:{entry['digest'][:32]}"
        mine = {"person": LEAD.person, "document": held}
        told = (await browser.get(f"/db/{AREA}/_explain", params=mine)).json()
        assert told["because"].endswith("sees it because it is their own: they sent what is held.")
    async with place.visit("fay") as browser:
        assert (await browser.get(f"/db/{AREA}/{held}")).status_code == 200
    async with place.visit("gus") as browser:
        assert (await browser.get(f"/db/{AREA}/{held}")).status_code == 404
