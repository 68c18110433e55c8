"""Signing in, staying signed in, being signed out; and who may ask from where."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import pytest
from argon2 import PasswordHasher

from schemas.syncing import Me
from server.accounts import Account, Accounts, Post, normal_username
from server.sessions import MAX_SESSIONS
from tests.factory import HEAD, TUTOR
from tests.server.town import OTHER, PASSWORD, SCHOOL, Town, credentials, town

HOUR = 3_600_000


async def test_signing_in_says_who_one_is_and_sets_a_strict_cookie(place: Town) -> None:
    async with place.browser() as browser:
        answer = await browser.post("/session", json=credentials(" TESS "))
        me = Me.model_validate_json(answer.content)
        assert (me.person, me.name, me.role) == (TUTOR.person, TUTOR.name, TUTOR.role)
        assert [(one.school, one.name, one.phase, one.area) for one in me.schools] == [
            (SCHOOL, f"School {SCHOOL}", "primary", None)
        ]
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly; SameSite=Strict" in cookie
        assert "Path=/" in cookie
        assert "Secure" not in cookie
        assert (await browser.get("/session")).json() == answer.json()


async def test_https_makes_the_cookie_secure_and_says_so_for_good(place: Town) -> None:
    async with place.browser() as browser:
        answer = await browser.post("https://tidemark.test/session", json=credentials("tess"))
    assert answer.headers["set-cookie"].endswith("; Secure")
    assert "max-age" in answer.headers["strict-transport-security"]


@pytest.mark.parametrize(("wanted", "secure"), [("always", True), ("never", False)])
async def test_secure_cookies_can_be_had_or_not(wanted: str, *, secure: bool) -> None:
    async with town(secure_cookies=wanted) as place, place.browser() as browser:
        scheme = "http" if secure else "https"
        answer = await browser.post(f"{scheme}://tidemark.test/session", json=credentials("tess"))
    assert ("Secure" in answer.headers["set-cookie"]) is secure


@pytest.mark.parametrize(
    ("username", "password"), [("tess", "wrong"), ("nobody", PASSWORD), ("tess", "x" * 5000)]
)
async def test_a_wrong_sign_in_is_told_one_way(place: Town, username: str, password: str) -> None:
    async with place.browser() as browser:
        if len(password) > 4000:
            password = password[:3000]
        answer = await browser.post("/session", json=credentials(username, password))
    assert answer.status_code == 401
    assert answer.json()["code"] == "wrong_sign_in"
    assert answer.headers["content-type"] == "application/problem+json"
    assert "set-cookie" not in answer.headers


async def test_an_unknown_username_is_checked_as_slowly_as_a_known_one(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str | None] = []
    passwords = place.site.accounts._passwords
    check = passwords._check

    def watched(stored: str | None, password: str) -> bool:
        checked.append(stored)
        return check(stored, password)

    monkeypatch.setattr(passwords, "_check", watched)
    async with place.browser() as browser:
        await browser.post("/session", json=credentials("nobody"))
        await browser.post("/session", json=credentials("tess", "wrong"))
    assert [stored is None for stored in checked] == [True, False]
    assert passwords._nobody is not None


async def test_after_some_failures_one_waits_and_then_may_try_again(place: Town) -> None:
    async with place.browser() as browser:
        for _ in range(5):
            wrong = await browser.post("/session", json=credentials("tess", "wrong"))
            assert wrong.status_code == 401
        refused = await browser.post("/session", json=credentials("tess"))
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "60"
        assert (await browser.post("/session", json=credentials("cal"))).status_code == 200
        place.clock.ms += 60_000
        assert (await browser.post("/session", json=credentials("tess"))).status_code == 200


async def test_guesses_made_all_at_once_are_no_way_round(place: Town) -> None:
    async with place.browser() as browser:
        guesses = [browser.post("/session", json=credentials("tess", f"{n}")) for n in range(30)]
        statuses = [answer.status_code for answer in await asyncio.gather(*guesses)]
    assert (statuses.count(401), statuses.count(429)) == (5, 25)


async def test_success_forgets_failures(place: Town) -> None:
    async with place.browser() as browser:
        for _ in range(3):
            for _ in range(4):
                await browser.post("/session", json=credentials("tess", "wrong"))
            assert (await browser.post("/session", json=credentials("tess"))).status_code == 200


async def test_an_address_that_guesses_usernames_is_stopped_too() -> None:
    async with town(sign_in_failures_address=3) as place, place.browser() as browser:
        for n in range(3):
            await browser.post("/session", json=credentials(f"guess-{n}"))
        assert (await browser.post("/session", json=credentials("guess-x"))).status_code == 429


async def test_too_many_at_once_are_told_to_come_back() -> None:
    async with town(sign_in_queue=1, sign_in_concurrency=1) as place, place.browser() as browser:
        tries = [browser.post("/session", json=credentials("tess")) for _ in range(8)]
        answers = await asyncio.gather(*tries)
        statuses = {answer.status_code for answer in answers}
        assert statuses == {200, 429}
        busy = next(answer for answer in answers if answer.status_code == 429)
        assert busy.json()["code"] == "busy"
        assert int(busy.headers["retry-after"]) > 0
        assert (await browser.post("/session", json=credentials("tess"))).status_code == 200


async def test_signing_out_ends_the_session_at_once_and_is_always_allowed(place: Town) -> None:
    async with place.visit() as browser:
        cookie = browser.cookies["tidemark_session"]
        answer = await browser.delete("/session")
        assert answer.status_code == 204
        assert "Max-Age=0" in answer.headers["set-cookie"]
        assert (await browser.get("/session")).status_code == 401
        browser.cookies.set("tidemark_session", cookie)
        assert (await browser.get("/session")).status_code == 401
        assert (await browser.delete("/session")).status_code == 204


async def test_a_session_is_renewed_by_use_and_ends_unused(place: Town) -> None:
    async with place.visit() as browser:
        first = (await browser.get("/session")).json()["expires_at"]
        for _ in range(4):
            place.clock.ms += 11 * HOUR
            answer = await browser.get("/session")
            assert answer.status_code == 200
            assert answer.json()["expires_at"] > first
            assert "tidemark_session" in answer.headers["set-cookie"]
        place.clock.ms += 12 * HOUR
        assert (await browser.get("/session")).status_code == 401


async def test_a_session_that_was_just_looked_at_ends_in_time() -> None:
    async with town(session_hours=8 / 3600) as place, place.visit() as browser:
        assert (await browser.get("/session")).status_code == 200
        place.clock.ms += 9000
        assert (await browser.get("/session")).status_code == 401


async def test_using_a_session_does_not_write_each_time(place: Town) -> None:
    async with place.visit() as browser:
        name = f"sessions:{TUTOR.person}"
        before = await place.site.accounts.database.read_local(name)
        for _ in range(5):
            place.clock.ms += 60_000
            assert "set-cookie" not in (await browser.get("/session")).headers
        assert await place.site.accounts.database.read_local(name) == before


async def test_a_session_ends_some_day_however_much_it_is_used() -> None:
    async with town(session_days=2) as place, place.visit() as browser:
        for _ in range(4):
            place.clock.ms += 10 * HOUR
            assert (await browser.get("/session")).status_code == 200
        place.clock.ms += 9 * HOUR
        assert (await browser.get("/session")).status_code == 401


async def test_sessions_outlive_the_server_and_only_digests_are_kept(place: Town) -> None:
    async with place.visit() as browser:
        secret = browser.cookies["tidemark_session"].partition(".")[2]
        kept = await place.site.accounts.database.read_local(f"sessions:{TUTOR.person}")
        assert secret not in str(kept)
        assert hashlib.sha256(secret.encode()).hexdigest() in str(kept)
        place.site.sessions._live.clear()
        assert (await browser.get("/session")).status_code == 200


async def test_the_oldest_of_many_sessions_makes_room(place: Town) -> None:
    async with place.visit() as first:
        for _ in range(MAX_SESSIONS):
            await place.site.sessions.start(TUTOR.person)
        assert (await first.get("/session")).status_code == 401


async def test_a_closed_account_is_out_at_once(place: Town) -> None:
    async with place.visit() as browser:
        account = await place.site.accounts.of(TUTOR.person)
        assert account is not None
        await place.site.accounts.put([account.model_copy(update={"closed": True})])
        assert (await browser.get("/session")).status_code == 401
        assert (await browser.post("/session", json=credentials("tess"))).status_code == 401


async def test_a_renamed_account_no_longer_answers_to_its_old_username(place: Town) -> None:
    account = await place.site.accounts.of(TUTOR.person)
    assert account is not None
    await place.site.accounts.put([account.model_copy(update={"username": "theresa"})])
    async with place.browser() as browser:
        assert (await browser.post("/session", json=credentials("tess"))).status_code == 401
        assert (await browser.post("/session", json=credentials("theresa"))).status_code == 200


async def test_an_old_hash_is_made_anew_when_its_owner_signs_in(place: Town) -> None:
    passwords = place.site.accounts._passwords
    account = await place.site.accounts.of(TUTOR.person)
    assert account is not None
    assert account.hash is not None
    old = account.hash
    passwords._hasher = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1)
    assert passwords.outdated(old)
    async with place.browser() as browser:
        assert (await browser.post("/session", json=credentials("tess"))).status_code == 200
    renewed = await place.site.accounts.of(TUTOR.person)
    assert renewed is not None
    assert renewed.hash != old


@pytest.mark.parametrize(
    "cookie", ["", ".", "x", "staff-tutor.", ".x", "staff-tutor.wrong", "a" * 5000, "é.é"]
)
async def test_a_made_up_cookie_is_nobodys(place: Town, cookie: str) -> None:
    async with place.browser() as browser:
        raw = b"tidemark_session=" + cookie.encode()
        answer = await browser.get("/session", headers=[(b"Cookie", raw)])
    assert answer.status_code == 401


async def test_anothers_secret_under_ones_own_name_is_nobodys(place: Town) -> None:
    async with place.visit() as browser:
        secret = browser.cookies["tidemark_session"].partition(".")[2]
    assert await place.site.sessions.find(f"{HEAD.person}.{secret}") is None


async def test_a_school_that_is_not_there_is_left_out(place: Town) -> None:
    account = await place.site.accounts.of(TUTOR.person)
    assert account is not None
    posts = (*account.schools, Post(school="sch-gone"), Post(school=OTHER))
    await place.site.accounts.put([account.model_copy(update={"schools": posts})])
    async with place.visit() as browser:
        found = (await browser.get("/session")).json()["schools"]
        assert (await browser.get("/db/sch-gone/")).status_code == 404
    assert [school["school"] for school in found] == [SCHOOL, OTHER]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.test"},
        {"Origin": "null"},
        {"Origin": "http://tidemark.test:8000"},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/session", f"/db/{SCHOOL}/_bulk_docs", f"/db/{SCHOOL}/_sync"])
async def test_a_change_asked_for_by_another_site_is_refused(
    place: Town, path: str, headers: dict[str, str]
) -> None:
    async with place.visit() as browser:
        answer = await browser.post(path, json={}, headers=headers)
    assert answer.status_code == 403
    assert "cross_site" in {answer.json().get("code"), answer.json().get("error")}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://tidemark.test"},
        {"Origin": "https://tidemark.test", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
)
async def test_our_own_page_may_ask(place: Town, headers: dict[str, str]) -> None:
    async with place.browser() as browser:
        answer = await browser.post("/session", json=credentials("tess"), headers=headers)
    assert answer.status_code == 200


async def test_a_form_of_another_site_cannot_be_mistaken_for_json(place: Town) -> None:
    async with place.browser() as browser:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""):
            answer = await browser.post("/session", content=b"{}", headers={"Content-Type": kind})
            assert answer.status_code == 415, kind


@pytest.mark.parametrize(
    "body", [[], {}, {"username": "tess"}, {"username": 1, "password": "x"}, "text"]
)
async def test_a_sign_in_that_is_none(place: Town, body: Any) -> None:
    async with place.browser() as browser:
        answer = await browser.post("/session", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_usernames_compare_without_case_and_spaces() -> None:
    assert normal_username(" Zoë ") == normal_username("zoe\u0308")
    assert normal_username("TESS") == "tess"


async def test_accounts_survive_and_keep_their_secret(place: Town) -> None:
    again = await Accounts.open(place.store, place.site.accounts._passwords)
    assert again.secret == place.site.accounts.secret
    assert not await again.is_empty()
    account = await again.of(TUTOR.person)
    assert isinstance(account, Account)
    ids = [document.id for document in await again.database.range("", "~")]
    assert not [one for one in ids if "tess" in one]
