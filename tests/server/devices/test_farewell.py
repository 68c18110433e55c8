"""The farewell of a revoked tablet: nothing it had not sent is lost, and nothing of it speaks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx2
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.published import Held
from server.devices import farewell as farewells
from tests.factory import COVER, OFFICER, TUTOR, Tablet, claim, wire
from tests.server.devices.signer import Signer, Signing, enrolled, signer
from tests.server.devices.test_holdings import row
from tests.server.devices.test_revocation import revoke
from tests.server.town import OTHER, SCHOOL, Town, push, town

REVOKED = "device_revoked"


async def farewell(
    place: Town, device: Signer, *docs: Any, school: str = SCHOOL, last: bool = True
) -> httpx2.Response:
    async with place.browser() as browser:
        body = {"entries": [{"school": school, "docs": list(docs)}], "last": last}
        return await browser.post("/devices/farewell", json=body, auth=Signing(device))


async def wiped(place: Town, device: Signer) -> httpx2.Response:
    async with place.browser() as browser:
        return await browser.post("/devices/wiped", auth=Signing(device))


async def quarantine(place: Town, school: str = SCHOOL) -> list[Held]:
    database = await place.store.open(school)
    found = await database.range("held:", "held;")
    return [Held.model_validate_json(orjson.dumps({"_id": d.id, **d.body})) for d in found]


def tablet(device: Signer, speaker: Any = TUTOR, log: str = "a" * 32) -> Tablet:
    """A log of somebody's on the device."""
    return Tablet(replace(speaker, device=device.device), log=log)


async def test_what_was_not_sent_is_held_whole_under_its_author(place: Town) -> None:
    async with enrolled(place) as (_, device):
        await revoke(place, device.device)
        entries = [
            tablet(device).register(claim(1)),
            tablet(device, COVER, "b" * 32).register(claim(2)),
        ]
        answer = await farewell(place, device, *entries)
        assert (answer.status_code, answer.json()) == (200, {"taken": 2})
        held = {one.entry: one for one in await quarantine(place)}
        assert held.keys() == {one["_id"] for one in entries}
        for entry, author in zip(entries, (TUTOR, COVER), strict=True):
            one = held[entry["_id"]]
            assert (one.reason_code, one.device) == (REVOKED, device.device)
            assert (one.sender, one.sender_name) == (author.person, author.name)
            assert one.releasable
            # Anybody could have written under the name of somebody who never was at this tablet.
            assert ("never signed in" in one.reason) is (author is COVER)
            assert one.log == entry["log"]
            assert orjson.loads(one.original or "") == wire(entry)


async def test_nothing_of_it_speaks_until_the_desk_says_so(place: Town) -> None:
    async with enrolled(place) as (_, device):
        await revoke(place, device.device)
        await farewell(place, device, tablet(device).register(claim(1, "N")))
        await place.settle()
        database = await place.store.open(SCHOOL)
        sheets = await database.range("sheet:2026-11-23:AM", "sheet:2026-11-23:AM~")
        assert sheets
        marked = [one for sheet in sheets for one in sheet.body["rows"] if one["cell"]["code"]]
        assert marked == []


async def test_the_desk_releases_it_and_it_stands(place: Town) -> None:
    async with enrolled(place) as (_, device):
        await revoke(place, device.device)
        entry = tablet(device).register(claim(1))
        await farewell(place, device, entry)
    (held,) = await quarantine(place)
    desk = Tablet(OFFICER, log="d" * 32)
    fields = {"held": held.id, "entry": held.entry, "date": held.date, "reason": "Asked her."}
    released = desk.write("quarantine.released", **fields, replaces=[])
    async with place.visit("olu") as office:
        answer = await push(office, released)
        assert [one["verdict"] for one in answer.json()] == ["stored"], answer.text
    await place.settle()
    database = await place.store.open(SCHOOL)
    sheets = await database.range("sheet:2026-11-23:AM", "sheet:2026-11-23:AM~")
    codes = [one["cell"]["code"] for sheet in sheets for one in sheet.body["rows"]]
    assert "/" in codes


async def test_handed_over_twice_it_is_kept_once(place: Town) -> None:
    async with enrolled(place) as (_, device):
        await revoke(place, device.device)
        docs = [tablet(device).register(claim(1)), {"type": "draft", "text": "half a note"}]
        first = await farewell(place, device, *docs, last=False)
        before = await quarantine(place)
        again = await farewell(place, device, *docs)
        assert first.json() == again.json() == {"taken": 2}
        assert await quarantine(place) == before
        assert len(before) == 2
        shown = await row(place, device.device)
        assert shown.farewell is not None
        assert (shown.farewell.entries, shown.farewell.complete) == (2, True)


async def test_what_is_stored_already_is_not_held(place: Town) -> None:
    """The tablet had sent it, and not heard so."""
    async with enrolled(place) as (browser, device):
        entry = tablet(device).register(claim(1))
        await push(browser, entry)
        await revoke(place, device.device)
        assert (await farewell(place, device, entry)).json() == {"taken": 1}
    assert await quarantine(place) == []


@pytest.mark.parametrize(
    ("doc", "says"),
    [
        ("text", "not an object"),
        (7, "not an object"),
        (None, "not an object"),
        ([[]], "not an object"),
        ({}, "not an entry"),
        ({"type": "entry"}, "names no author"),
        ({"type": "entry", "body": {"author": TUTOR.person}}, "form is broken"),
        ({"type": "entry", "body": {"author": ["x"]}}, "names no author"),
        ({"type": "draft", "note": "x" * 400_000}, "not an entry"),
        ({"type": "entry", "body": {"author": TUTOR.person}, "x": "y" * 300_000}, "262144"),
        ({"type": "entry", "n": 2**63, "x": 1e308, "_id": "\u0000"}, "names no author"),
    ],
)
async def test_whatever_it_is_it_is_kept_as_it_came(place: Town, doc: Any, says: str) -> None:
    async with enrolled(place) as (_, device):
        await revoke(place, device.device)
        answer = await farewell(place, device, doc)
        assert (answer.status_code, answer.json()) == (200, {"taken": 1}), answer.text
        (held,) = await quarantine(place)
        assert orjson.loads(held.original or "") == doc
        assert held.reason_code == REVOKED
        assert says in held.reason or "names no author" in held.reason
        assert not held.releasable


async def test_an_entry_that_was_changed_or_is_anothers_is_said_to_be(place: Town) -> None:
    async with enrolled(place) as (browser, device), place.visit("cal") as cal:
        await push(cal, Tablet(COVER, log="c" * 32).register(claim(1)))
        await push(browser)
        await revoke(place, device.device)
        changed = tablet(device).register(claim(1))
        changed["body"]["claims"][0]["code"] = "N"
        squatted = tablet(device, TUTOR, "c" * 32)
        squatted.register()
        nobody = tablet(device, TUTOR, "e" * 32)
        stranger = nobody.register(author="staff-far")
        docs = [changed, squatted.register(claim(2)), stranger]
        assert (await farewell(place, device, *docs)).json() == {"taken": 3}
        reasons = {one.entry: one for one in await quarantine(place)}
    assert "changed" in reasons[changed["_id"]].reason
    assert "another person's log" in reasons[docs[1]["_id"]].reason
    assert reasons[stranger["_id"]].sender == device.device
    assert not any(one.releasable for one in reasons.values())
    assert {one.reason_code for one in reasons.values()} == {REVOKED}


@pytest.mark.parametrize("school", [OTHER, "sch-unheard-of"])
async def test_what_names_another_school_is_kept_too_and_flagged(place: Town, school: str) -> None:
    async with enrolled(place) as (_, device):
        await revoke(place, device.device)
        entry = tablet(device).register(claim(1))
        assert (await farewell(place, device, entry, school=school)).json() == {"taken": 1}
        (held,) = await quarantine(place)
        assert school in held.reason
        assert not held.releasable
        if school == OTHER:
            assert await quarantine(place, OTHER) == []


async def test_what_is_of_another_school_of_its_people_goes_there(place: Town) -> None:
    account = await place.site.accounts.of(TUTOR.person)
    assert account is not None
    posts = (*account.schools, account.schools[0].model_copy(update={"school": OTHER}))
    await place.site.accounts.put([account.model_copy(update={"schools": posts})])
    async with enrolled(place) as (_, device):
        await revoke(place, device.device)
        await farewell(place, device, tablet(device).register(claim(1)), school=OTHER)
    assert await quarantine(place) == []
    (held,) = await quarantine(place, OTHER)
    assert held.sender == TUTOR.person


async def test_only_a_revoked_tablet_takes_leave(place: Town) -> None:
    entry = Tablet(TUTOR).register()
    async with enrolled(place) as (browser, device):
        refused = await farewell(place, device, entry)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        assert (await wiped(place, device)).status_code == 403
        unknown = await farewell(place, signer(place), entry)
        assert (unknown.status_code, unknown.json()["code"]) == (401, "proof_needed")
        for path in ("/devices/farewell", "/devices/wiped"):
            async with place.browser() as bare:
                bare.cookies = browser.cookies
                answer = await bare.post(path, json={"entries": [], "last": True})
                assert answer.json()["code"] == "proof_needed"
    assert await quarantine(place) == []


async def test_a_farewell_is_bounded_and_then_sent_in_halves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with town(max_documents=3) as place, enrolled(place) as (_, device):
        await revoke(place, device.device)
        docs = [{"type": "draft", "n": number} for number in range(4)]
        refused = await farewell(place, device, *docs)
        assert (refused.status_code, refused.json()["code"]) == (413, "too_large")
        assert await quarantine(place) == []
        for half in (docs[:2], docs[2:]):
            assert (await farewell(place, device, *half, last=False)).status_code == 200
        assert len(await quarantine(place)) == 4
        huge = {"type": "draft", "x": "y" * farewells.MAX_DOCUMENT}
        assert (await farewell(place, device, huge)).status_code == 413
        monkeypatch.setattr(farewells, "MAX_ENTRIES", 5)
        flood = await farewell(place, device, *docs[:2])
        assert (flood.status_code, flood.json()["code"]) == (403, "forbidden")


async def test_a_tablet_says_that_it_holds_nothing_any_more_as_often_as_it_likes(
    place: Town,
) -> None:
    async with enrolled(place) as (_, device):
        await revoke(place, device.device)
        assert (await row(place, device.device)).state == "revoked"
        first = place.clock.now
        assert (await wiped(place, device)).status_code == 204
        place.clock.ms += 60_000
        assert (await wiped(place, device)).status_code == 204
        shown = await row(place, device.device)
        assert (shown.state, shown.wiped_at) == ("gone", first)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"{}",
        b'{"entries":7,"last":true}',
        b'{"entries":[7],"last":true}',
        b'{"entries":[{"school":"../x","docs":[]}],"last":true}',
        b'{"entries":[{"school":"sch-test"}],"last":true}',
        b'{"entries":[{"school":"sch-test","docs":{}}],"last":true}',
        b'{"entries":[],"last":"perhaps"}',
        b'{"entries":[],"last":true,"more":1}',
        b'{"entries":[{"school":"sch-test","docs":["\\ud83d"]}],"last":true}',
        b'{"entries":[{"school":"sch-test","docs":['
        + b"[" * 100
        + b"]" * 100
        + b']}],"last":true}',
    ],
)
async def test_a_farewell_that_cannot_be_read(place: Town, body: bytes) -> None:
    async with enrolled(place) as (_, device), place.browser() as browser:
        await revoke(place, device.device)
        headers = {"Content-Type": "application/json"}
        auth = Signing(device)
        answer = await browser.post("/devices/farewell", content=body, headers=headers, auth=auth)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
        half = {"entries": [{"school": SCHOOL, "docs": [1]}], "last": False}
        wrong = Signing(device, bth=None)
        unsigned = await browser.post("/devices/farewell", json=half, auth=wrong)
        assert unsigned.status_code == 401
    assert await quarantine(place) == []


ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["type", "_id", "_rev", "body", "author", "log", "n", "kind", "digest"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@pytest.fixture
async def gone(place: Town) -> tuple[Town, Signer]:
    """A device that was revoked."""
    async with enrolled(place) as (_, device):
        await revoke(place, device.device)
    return place, device


@given(docs=st.lists(ODD, max_size=4))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_nothing_handed_over_is_a_fault_of_the_servers(
    gone: tuple[Town, Signer], docs: list[Any]
) -> None:
    place, device = gone
    answer = await farewell(place, device, *docs)
    assert (answer.status_code, answer.json()) == (200, {"taken": len(docs)}), answer.text
    kept = {one.original for one in await quarantine(place)}
    assert {orjson.dumps(wire(doc), option=orjson.OPT_SORT_KEYS).decode() for doc in docs} <= kept
