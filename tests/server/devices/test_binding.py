"""Sessions bound to a device: a cookie alone, a key alone, and every proof that is not good."""

from __future__ import annotations

import gzip

import httpx2
import pytest

from server.sessions import Sessions
from tests.factory import COVER, TUTOR, Tablet, claim
from tests.server.devices.signer import Signer, Signing, enrol, enrolled, make_code, signer
from tests.server.town import SCHOOL, Town, ask, credentials, push, question, town

SYNC = f"/db/{SCHOOL}/_sync"
COOKIE = "tidemark_session"


def says(answer: httpx2.Response) -> tuple[int, str]:
    body = answer.json()
    return answer.status_code, body.get("code") or body["error"]


def thief(place: Town, browser: httpx2.AsyncClient) -> httpx2.AsyncClient:
    """Another browser, with the cookie."""
    other = place.browser()
    other.cookies.set(COOKIE, browser.cookies[COOKIE])
    return other


async def test_a_bound_session_works_on_its_tablet(place: Town) -> None:
    async with enrolled(place) as (browser, _):
        assert (await browser.get("/session")).json()["person"] == TUTOR.person
        await ask(browser)
        entry = Tablet(TUTOR).register(claim(1))
        assert (await push(browser, entry)).status_code == 201
        assert (await browser.get(f"/db/{SCHOOL}/_changes?since=0")).status_code == 200
        assert (await browser.get(f"/db/{SCHOOL}/_all_docs")).status_code == 200
        assert (await browser.put(f"/db/{SCHOOL}/_local/x", json={"a": 1})).status_code == 201
        assert (await browser.post(f"/db/{SCHOOL}/_revs_diff", json={})).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/session",
        f"/db/{SCHOOL}/",
        f"/db/{SCHOOL}/_all_docs",
        f"/db/{SCHOOL}/_changes",
        f"/db/{SCHOOL}/school",
    ],
)
async def test_a_stolen_cookie_alone_is_worth_nothing(place: Town, path: str) -> None:
    async with enrolled(place) as (browser, _), thief(place, browser) as other:
        assert says(await other.get(path)) == (401, "proof_needed")
        assert (await browser.get(path)).status_code == 200


async def test_a_bound_session_speaks_from_its_tablet_whatever_it_says(place: Town) -> None:
    """Else what is written too late would only have to name a tablet nobody has heard of."""
    async with enrolled(place) as (browser, device):
        await ask(browser, device="tablet-of-nobody")
        await push(browser, Tablet(TUTOR).register(claim(1)))
        async with place.site.schools.use(SCHOOL) as school:
            assert [one.device for one in school.contacts.all()] == [device.device]
            arrivals = await school.database.range("arrival:", "arrival;")
        assert [one.body["device"] for one in arrivals] == [device.device]


async def test_a_key_alone_is_nobodys_session(place: Town) -> None:
    async with enrolled(place) as (_, device), place.browser() as other:
        answer = await other.get("/session", auth=Signing(device))
    assert says(answer) == (401, "unauthorized")


async def test_another_key_does_not_do(place: Town) -> None:
    """Neither one that nobody enrolled, nor that of another enrolled tablet, nor the right name."""
    async with (
        enrolled(place) as (browser, device),
        enrolled(place, "cal") as (_, second),
        thief(place, browser) as other,
    ):
        forged = Signing(signer(place), header={"jwk": device.jwk})
        for wrong in (Signing(signer(place)), Signing(second), forged):
            answer = await other.get("/session", auth=wrong)
            assert says(answer) == (401, "proof_needed")


async def test_a_proof_is_good_once(place: Town) -> None:
    async with enrolled(place) as (browser, device):
        proof = {"DPoP": device.proof("GET", "http://tidemark.test/session")}
        first = await browser.get("/session", headers=proof, auth=None)
        again = await browser.get("/session", headers=proof, auth=None)
    assert (first.status_code, says(again)) == (200, (401, "proof_needed"))


async def test_a_proof_is_for_one_path_one_method_and_one_body(place: Town) -> None:
    async with enrolled(place) as (browser, _):
        elsewhere = {"htu": "http://tidemark.test/db/sch-test/_changes"}
        for changes in (elsewhere, {"htm": "PUT"}, {"bth": "A" * 43}, {"bth": None}):
            signing = browser.auth
            assert isinstance(signing, Signing)
            wrong = Signing(signing.signer, **changes)
            answer = await browser.post(SYNC, json=question(), auth=wrong)
            assert says(answer) == (401, "proof_needed"), changes


@pytest.mark.parametrize("bth", ["A" * 43, None])
async def test_nothing_of_another_body_is_taken(place: Town, bth: str | None) -> None:
    tablet = Tablet(TUTOR)
    entry = tablet.register(claim(1))
    async with enrolled(place) as (browser, device):
        browser.auth = Signing(device, bth=bth)
        assert says(await push(browser, entry)) == (401, "proof_needed")
        local = f"/db/{SCHOOL}/_local/x"
        assert says(await browser.put(local, json={"a": 1})) == (401, "proof_needed")
        browser.auth = Signing(device)
        assert (await browser.get(local)).status_code == 404
        found = await place.store.open(SCHOOL)
        assert (await found.read([entry["_id"]])) == [None]
        assert (await push(browser, entry)).json()[0]["verdict"] == "stored"


async def test_the_digest_is_of_the_body_as_it_was_sent(place: Town) -> None:
    async with enrolled(place) as (browser, _):
        packed = gzip.compress(b'{"docs":[],"new_edits":false}')
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        answer = await browser.post(f"/db/{SCHOOL}/_bulk_docs", content=packed, headers=headers)
        assert answer.status_code == 201


async def test_a_body_in_parts_is_one_body(place: Town) -> None:
    async with enrolled(place) as (browser, device):
        body = b'{"docs":[],"new_edits":false}'
        path = f"/db/{SCHOOL}/_bulk_docs"

        async def parts():
            for at in range(0, len(body), 5):
                yield body[at : at + 5]

        proof = device.proof("POST", f"http://tidemark.test{path}", body)
        headers = {"Content-Type": "application/json", "DPoP": proof}
        async with thief(place, browser) as plain:
            answer = await plain.post(path, content=parts(), headers=headers)
        assert answer.status_code == 201


async def test_a_tablet_whose_clock_is_off_is_told_the_time(place: Town) -> None:
    async with enrolled(place) as (browser, device):
        device.now_s = lambda: place.clock.ms / 1000 - 3600
        for path in ("/session", f"/db/{SCHOOL}/"):
            answer = await browser.get(path)
            assert says(answer) == (401, "stale_proof")
            assert answer.json()["server_time"] == place.clock.now
        device.now_s = lambda: place.clock.ms / 1000 + 299
        assert (await browser.get("/session")).status_code == 200


async def test_several_proofs_are_none(place: Town) -> None:
    async with enrolled(place) as (browser, device):
        proofs = [device.proof("GET", "http://tidemark.test/session") for _ in range(2)]
        headers = [("DPoP", proof) for proof in proofs]
        assert says(await browser.get("/session", headers=headers, auth=None)) == (
            401,
            "proof_needed",
        )


async def test_a_session_that_is_there_is_bound_from_its_next_request_on(place: Town) -> None:
    """As after signing in elsewhere: the sign-in itself could not be signed."""
    device = signer(place)
    async with place.visit("olu") as office:
        await enrol(place, device, await make_code(place, office))
    async with place.visit("tess") as browser:
        assert says(await browser.put("/session/device")) == (401, "proof_needed")
        unknown = Signing(signer(place))
        assert says(await browser.put("/session/device", auth=unknown)) == (401, "proof_needed")
        assert (await browser.put("/session/device", auth=Signing(device))).status_code == 204
        assert says(await browser.get("/session")) == (401, "proof_needed")
        browser.auth = Signing(device)
        assert (await browser.put("/session/device")).status_code == 204
        assert (await browser.get("/session")).status_code == 200
        again = Sessions(place.site.accounts.database, place.site.settings, place.clock, str)
        found = await again.find(browser.cookies[COOKIE])
        assert found is not None
        assert found[0].device == device.device


async def test_a_bound_session_is_not_bound_to_another_tablet(place: Town) -> None:
    async with enrolled(place) as (browser, _), enrolled(place, "cal") as (_, second):
        answer = await browser.put("/session/device", auth=Signing(second))
    assert says(answer) == (401, "proof_needed")


async def test_a_shared_tablet_takes_anybody_and_an_owned_one_its_owner(place: Town) -> None:
    async with (
        enrolled(place, "tess", shared=True) as (_, shared),
        enrolled(place, "cal", shared) as (browser, _),
    ):
        assert (await browser.get("/session")).json()["person"] == COVER.person
    async with enrolled(place, "tess", shared=False, owner=TUTOR.person) as (_, own):
        async with place.browser() as browser:
            answer = await browser.post("/session", json=credentials("cal"), auth=Signing(own))
            assert says(answer) == (403, "not_your_device")
            assert COOKIE not in browser.cookies
        async with place.visit("cal") as browser:
            bound = await browser.put("/session/device", auth=Signing(own))
            assert says(bound) == (403, "not_your_device")
            assert (await browser.get("/session")).status_code == 200


async def test_a_tablet_without_an_owner_is_that_of_whoever_comes_first(place: Town) -> None:
    async with enrolled(place, "tess", shared=False) as (_, device), place.browser() as browser:
        answer = await browser.post("/session", json=credentials("cal"), auth=Signing(device))
        assert says(answer) == (403, "not_your_device")


async def test_a_wrong_password_is_wrong_on_an_enrolled_tablet_too(place: Town) -> None:
    async with enrolled(place) as (_, device), place.browser() as browser:
        wrong = credentials("tess", "wrong")
        assert says(await browser.post("/session", json=wrong, auth=Signing(device))) == (
            401,
            "wrong_sign_in",
        )


async def test_signing_out_needs_no_proof_and_ends_the_session(place: Town) -> None:
    async with enrolled(place) as (browser, _), thief(place, browser) as other:
        assert (await other.delete("/session")).status_code == 204
        assert says(await browser.get("/session")) == (401, "unauthorized")


async def test_an_unenrolled_browser_goes_on_as_before(place: Town) -> None:
    async with place.visit("tess") as browser:
        assert (await browser.get(f"/db/{SCHOOL}/")).status_code == 200
        unknown: Signer = signer(place)
        assert (await browser.get("/session", auth=Signing(unknown))).status_code == 200


async def test_where_enrolment_is_required_a_bare_session_sees_no_school() -> None:
    async with town(enrolment="required") as place, place.visit("tess") as browser:
        assert (await browser.get("/session")).status_code == 200
        for path in ("", "_changes", "_all_docs", "school", "_contacts"):
            answer = await browser.get(f"/db/{SCHOOL}/{path}")
            assert says(answer) == (403, "not_enrolled")
        assert says(await browser.post(SYNC, json=question())) == (403, "not_enrolled")
        assert says(await push(browser)) == (403, "not_enrolled")


async def test_a_session_renewed_while_it_is_bound_stays_bound(place: Town) -> None:
    """A request that found it unbound, and is late to write down that it was used."""
    sessions = place.site.sessions
    cookie, found = await sessions.start(TUTOR.person)
    place.clock.ms += 2 * 3_600_000
    await sessions.bind(found, "dev-1")
    renewed, due = await sessions._renew(found, place.clock.now_ms())
    assert (renewed.device, due) == ("dev-1", True)
    sessions._live.clear()
    again = await sessions.find(cookie)
    assert again is not None
    assert again[0].device == "dev-1"


async def test_a_session_ended_while_it_is_bound_stays_ended(place: Town) -> None:
    sessions = place.site.sessions
    cookie, found = await sessions.start(TUTOR.person)
    await sessions.end(found)
    await sessions.bind(found, "dev-1")
    assert await sessions.find(cookie) is None
