"""A stolen tablet's credentials: its cookie, its key, its proofs. Guards: server/devices/."""

from __future__ import annotations

import httpx2
import pytest

from tests.factory import TUTOR, Tablet, claim
from tests.server.devices.signer import Signing, enrolled, signer
from tests.server.town import SCHOOL, Town, credentials, push, town

COOKIE = "tidemark_session"
PATHS = ("/session", f"/db/{SCHOOL}/", f"/db/{SCHOOL}/_changes", f"/db/{SCHOOL}/school")


def thief(place: Town, browser: httpx2.AsyncClient) -> httpx2.AsyncClient:
    """Another browser with the same cookie."""
    other = place.browser()
    other.cookies.set(COOKIE, browser.cookies[COOKIE])
    return other


def code(answer: httpx2.Response) -> tuple[int, str]:
    body = answer.json()
    return answer.status_code, body.get("error") or body.get("code")


async def test_a_thief_of_a_cookie_pays_and_its_tablet_does_not() -> None:
    async with (
        town(limit_address=0.2, limit_device=0.5) as place,
        enrolled(place) as (tablet, _),
        thief(place, tablet) as other,
    ):
        place.clock.ms += 60_000
        answers = [code(await other.get("/session")) for _ in range(40)]
        assert answers == [(401, "proof_needed")] * 12 + [(429, "too_many_requests")] * 28
        for _ in range(20):
            assert (await tablet.get("/session")).status_code == 200


@pytest.mark.parametrize("path", PATHS)
async def test_a_proof_that_was_overheard_is_good_for_nothing(place: Town, path: str) -> None:
    """Neither again, nor for another address, nor with another body."""
    async with enrolled(place) as (tablet, _), thief(place, tablet) as other:
        request = tablet.build_request("GET", path)
        answer = await tablet.send(request)
        assert answer.status_code == 200
        proof = answer.request.headers["dpop"]
        for where in PATHS:
            again = await other.get(where, headers={"DPoP": proof})
            assert code(again) == (401, "proof_needed"), where
        pushed = await push(other, Tablet(TUTOR).register(claim(2)), DPoP=proof)
        assert code(pushed) == (401, "proof_needed")


async def test_all_that_a_thief_could_have_is_worth_nothing_once_it_is_revoked(place: Town) -> None:
    """The cookie, the unlocked browser with its key, and its person's password on it."""
    async with enrolled(place) as (tablet, device), place.visit("olu") as office:
        path = f"/db/{SCHOOL}/_devices/{device.device}/revoke"
        revoked = await office.post(path, json={"reason": "stolen", "note": ""})
        assert revoked.status_code == 200, revoked.text
        for where in PATHS:
            assert code(await tablet.get(where)) == (401, "device_revoked")
        entry = Tablet(TUTOR).register(claim(2))
        assert code(await push(tablet, entry)) == (401, "device_revoked")
        again = await tablet.post("/session", json=credentials("tess"))
        assert code(again) == (401, "device_revoked")
        async with thief(place, tablet) as other:
            other.auth = Signing(signer(place))
            assert code(await other.get("/session"))[0] == 401
        async with thief(place, tablet) as other:
            assert code(await other.get("/session")) == (401, "unauthorized")
