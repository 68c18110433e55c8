"""Enrolling a tablet: codes, who makes them, and what they are good for."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

import pytest

from schemas.devices import Enrolled, EnrolmentCode
from server.accounts import Post
from server.devices.attempts import MAX_ADDRESS, MAX_ALL
from server.devices.codes import ALPHABET, LIFE_MS, PREFIX
from sync.store import Document
from sync.stores.memory import MemoryDatabase
from tests.factory import COVER, HEAD, OFFICER, TUTOR
from tests.server.devices.signer import Signing, enrol, enrolled, make_code, signer
from tests.server.town import OTHER, SCHOOL, Town, town

CODES = f"/db/{SCHOOL}/_devices/codes"


async def test_a_code_is_shown_as_text_and_as_a_picture(place: Town) -> None:
    async with place.visit("olu") as office:
        answer = await office.post(CODES, json={"label": "Trolley 3", "shared": True})
    assert answer.status_code == 201
    code = EnrolmentCode.model_validate_json(answer.content)
    assert len(code.code) == 9
    assert set(code.code) <= set(ALPHABET + "-")
    assert code.url == f"http://tidemark.test/enrol#{code.code}"
    assert ET.fromstring(code.svg).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314
    assert code.expires_at == "2026-11-23T09:45:00.000Z"


async def test_the_address_of_a_code_is_that_of_the_page_that_asked(place: Town) -> None:
    async with place.visit("olu") as office:
        headers = {"Origin": "https://tidemark.test"}
        answer = await office.post(CODES, json={"label": "One"}, headers=headers)
    assert answer.json()["url"].startswith("https://tidemark.test/enrol#")


async def test_a_tablet_enrols_with_a_code_and_its_key(place: Town) -> None:
    device = signer(place)
    async with place.visit("olu") as office:
        code = await make_code(place, office, label="Trolley 3")
    answer = await enrol(place, device, code)
    assert answer.status_code == 201
    told = Enrolled.model_validate_json(answer.content)
    assert told == Enrolled(
        device=device.device,
        label="Trolley 3",
        shared=True,
        school=SCHOOL,
        school_name=f"School {SCHOOL}",
    )
    kept = await place.site.devices.registry.of(device.device)
    assert kept is not None
    assert (kept.enrolled_by, kept.app, kept.storage) == (OFFICER.person, "1.0", "persistent")


@pytest.mark.parametrize("typed", [str.lower, lambda code: f"  {code.replace('-', ' ')} "])
async def test_a_code_may_be_typed_as_one_likes(place: Town, typed: Any) -> None:
    async with place.visit("olu") as office:
        code = await make_code(place, office)
    assert (await enrol(place, signer(place), typed(code))).status_code == 201


async def test_a_code_enrols_one_tablet_and_that_one_again(place: Town) -> None:
    """An answer that got lost is asked for again."""
    device = signer(place)
    async with place.visit("olu") as office:
        code = await make_code(place, office)
    first = await enrol(place, device, code)
    again = await enrol(place, device, code)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = await enrol(place, signer(place), code)
    assert (other.status_code, other.json()["code"]) == (403, "bad_code")


async def test_of_two_tablets_at_the_same_time_one_gets_the_code(place: Town) -> None:
    async with place.visit("olu") as office:
        code = await make_code(place, office)
    tries = [enrol(place, signer(place), code) for _ in range(6)]
    statuses = [answer.status_code for answer in await asyncio.gather(*tries)]
    assert sorted(statuses) == [201] + [403] * 5
    assert len(await place.site.devices.registry.of_school(SCHOOL)) == 1


async def test_two_that_read_a_code_unused_do_not_both_get_it(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = MemoryDatabase.read

    async def slowly(database: MemoryDatabase, ids: Sequence[str]) -> list[Document | None]:
        found = await read(database, ids)
        await asyncio.sleep(0)
        return found

    async with place.visit("olu") as office:
        code = await make_code(place, office)
    monkeypatch.setattr(MemoryDatabase, "read", slowly)
    codes = place.site.devices.codes
    found = await asyncio.gather(codes.take(code, "dev-1"), codes.take(code, "dev-2"))
    assert sorted(one is None for one in found) == [False, True]


async def test_a_code_expires(place: Town) -> None:
    async with place.visit("olu") as office:
        code = await make_code(place, office)
    place.clock.ms += LIFE_MS
    assert (await enrol(place, signer(place), code)).json()["code"] == "bad_code"


async def test_codes_are_kept_as_digests_and_not_for_long(place: Town) -> None:
    database = place.site.accounts.database
    async with place.visit("olu") as office:
        code = await make_code(place, office)
        kept = await database.range(PREFIX, PREFIX + "~")
        assert len(kept) == 1
        assert code.replace("-", "") not in str(kept)
        place.clock.ms += 2 * 86_400_000
    async with place.visit("olu") as office:
        await make_code(place, office)
    assert len(await database.range(PREFIX, PREFIX + "~")) == 1


@pytest.mark.parametrize(
    "code", ["AAAA-AAAA", "", "x" * 41, "é" * 8, "\x00", "'; --", "\ud83d", 7, None]
)
async def test_a_wrong_code_enrols_nothing(place: Town, code: Any) -> None:
    async with place.browser() as browser:
        body = b'{"code":"\\ud83d"}' if code == "\ud83d" else None
        sent: dict[str, Any] = {"json": {"code": code}}
        if body is not None:
            sent = {"content": body, "headers": {"Content-Type": "application/json"}}
        answer = await browser.post("/devices", auth=Signing(signer(place)), **sent)
    assert answer.status_code in {400, 403}
    assert await place.site.devices.registry.of_school(SCHOOL) == []


async def test_who_guesses_codes_is_stopped(place: Town) -> None:
    async with place.visit("olu") as office:
        good = await make_code(place, office)
    for _ in range(MAX_ADDRESS):
        assert (await enrol(place, signer(place), "AAAA-AAAA")).status_code == 403
    stopped = await enrol(place, signer(place), good)
    assert stopped.status_code == 429
    assert stopped.headers["retry-after"] == "15"
    place.clock.ms += 15_000
    assert (await enrol(place, signer(place), good)).status_code == 201


async def test_guessing_from_many_addresses_is_stopped_too(place: Town) -> None:
    attempts = place.site.devices.attempts
    for number in range(MAX_ALL):
        attempts.begin(f"10.0.{number // 256}.{number % 256}")
    assert (await enrol(place, signer(place), "AAAA-AAAA")).status_code == 429


async def test_only_who_oversees_access_makes_codes(place: Town) -> None:
    async with place.visit("tess") as teacher:
        answer = await teacher.post(CODES, json={"label": "Mine"})
        assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
        assert (await teacher.post(f"/db/{OTHER}/_devices/codes", json={})).status_code == 403
    async with place.browser() as nobody:
        assert (await nobody.post(CODES, json={"label": "Mine"})).status_code == 401


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"label": ""},
        {"label": "x" * 81},
        {"label": "A", "shared": "yes"},
        {"label": "A", "shared": True, "owner": TUTOR.person},
        {"label": "A", "owner": "staff-far"},
        {"label": "A", "owner": "nobody"},
        {"label": "A", "owner": "../x"},
        {"label": "A", "more": 1},
    ],
)
async def test_a_wish_that_cannot_be_met(place: Town, wish: dict[str, Any]) -> None:
    async with place.visit("olu") as office:
        answer = await office.post(CODES, json=wish)
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


async def test_a_tablet_needs_a_proof_to_enrol(place: Town) -> None:
    async with place.visit("olu") as office:
        code = await make_code(place, office)
    async with place.browser() as browser:
        bare = await browser.post("/devices", json={"code": code})
        assert (bare.status_code, bare.json()["code"]) == (401, "proof_needed")
        auth = Signing(signer(place), htu="http://tidemark.test/session")
        other = await browser.post("/devices", json={"code": code}, auth=auth)
        assert other.json()["code"] == "proof_needed"
        late = Signing(signer(place), iat=1)
        stale = await browser.post("/devices", json={"code": code}, auth=late)
        assert (stale.status_code, stale.json()["code"]) == (401, "stale_proof")
        assert stale.json()["server_time"] == place.clock.now
    assert (await enrol(place, signer(place), code)).status_code == 201


async def test_a_tablet_may_be_enrolled_again_by_another_code(place: Town) -> None:
    device = signer(place)
    async with enrolled(place, "tess", device=None, label="First") as (browser, found):
        device = found
        async with place.visit("olu") as office:
            code = await make_code(place, office, label="Second")
        assert (await enrol(place, device, code)).json()["label"] == "Second"
        assert (await browser.get("/session")).status_code == 200
    kept = await place.site.devices.registry.of(device.device)
    assert kept is not None
    assert kept.people == (TUTOR.person,)


async def test_another_school_cannot_take_a_tablet_over(place: Town) -> None:
    """Or else whoever oversees tablets there could keep one from being revoked here."""
    async with enrolled(place) as (_, device), place.visit("hana") as head:
        account = await place.site.accounts.kept(HEAD.person)
        assert account is not None
        both = (*account.schools, Post(school=OTHER))
        await place.site.accounts.put([account.model_copy(update={"schools": both})])
        code = await make_code(place, head, OTHER)
        answer = await enrol(place, device, code)
        assert (answer.status_code, answer.json()["code"]) == (403, "bad_code")
        assert "another school" in answer.json()["detail"]
        path = f"/db/{SCHOOL}/_devices/{device.device}/revoke"
        assert (await head.post(path, json={"reason": "lost"})).status_code == 200


async def test_enrolled_anew_for_one_person_it_ends_the_sessions_of_others(place: Town) -> None:
    async with enrolled(place) as (tess, device), place.visit("olu") as office:
        code = await make_code(place, office, shared=False, owner=COVER.person)
        assert (await enrol(place, device, code)).status_code == 201
        assert (await tess.get("/session")).status_code == 401


async def test_a_new_tablet_replaces_the_old_one_once_it_is_in(place: Town) -> None:
    async with enrolled(place, "tess") as (browser, old), place.visit("olu") as office:
        code = await make_code(place, office, label="New", replaces=old.device)
        assert (await browser.get("/session")).status_code == 200
        assert (await enrol(place, signer(place), code)).status_code == 201
        gone = await browser.get("/session")
        assert (gone.status_code, gone.json()["code"]) == (401, "device_revoked")
    kept = await place.site.devices.registry.of(old.device)
    assert kept is not None
    assert kept.revoked is not None
    assert (kept.revoked.reason, kept.revoked.by) == ("replaced", OFFICER.person)


async def test_only_a_tablet_of_the_school_is_replaced(place: Town) -> None:
    async with place.visit("olu") as office:
        for name in ("tablet-1", "dev-unknown"):
            answer = await office.post(CODES, json={"label": "New", "replaces": name})
            assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


async def test_where_only_enrolled_tablets_come_in_the_first_code_is_made_outside() -> None:
    async with town(enrolment="required") as place:
        async with place.visit("olu") as office:
            refused = await office.get(f"/db/{SCHOOL}/_all_docs")
            assert (refused.status_code, refused.json()["error"]) == (403, "not_enrolled")
            first = signer(place)
            assert (await enrol(place, first, await make_code(place, office))).status_code == 201
            second = await office.post(CODES, json={"label": "Second"})
            assert (second.status_code, second.json()["error"]) == (403, "not_enrolled")
        async with enrolled(place, "olu", first) as (browser, _):
            assert (await browser.get(f"/db/{SCHOOL}/_all_docs")).status_code == 200
            assert await make_code(place, browser)
