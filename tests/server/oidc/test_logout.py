"""Signing out at the provider too; and the provider's own word that a session is over."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from server.oidc import provider as speaking
from server.oidc.tokens import LOGOUT_EVENT
from server.visitor import COOKIE
from tests.factory import TUTOR
from tests.peers.openid import CLIENT, OpenId
from tests.server.oidc.visits import ORIGIN, Visit, problem, provider, town_with
from tests.server.town import Town, credentials, pull, question


async def say(place: Town, token: str, name: str = "trust") -> int:
    """Post a logout token as a provider does."""
    async with place.browser() as somebody:
        answer = await somebody.post(f"/sign-in/{name}/logout", data={"logout_token": token})
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code


def farewell(at: OpenId, *without: str, header: dict[str, str] | None = None, **more: Any) -> str:
    """A logout token, signed by the provider."""
    now = int(time.time())
    claims = {
        "iss": at.issuer,
        "aud": CLIENT,
        "iat": now,
        "exp": now + 120,
        "jti": f"jti-{time.monotonic_ns()}",
        "sub": "u-tess",
        "events": {LOGOUT_EVENT: {}},
    } | more
    kept = {name: value for name, value in claims.items() if name not in without}
    made: str = at.turn(farewell={"claims": kept, **(header or {})})["made"]
    return made


async def test_signing_out_leads_to_the_providers_own_sign_out_and_back(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        await visit.sign_in()
        answer = await visit.home.delete("/session")
        assert answer.status_code == 200
        url = answer.json()["provider"]
        assert await visit.me() is None
        said = parse_qs(urlsplit(url).query)
        assert said["post_logout_redirect_uri"] == [f"{ORIGIN}/sign-in"]
        assert said["id_token_hint"] == trust.turn()["tokens"]
        page = await visit.abroad.get(url)
        assert page.status_code == 200, page.text
        xsrf = page.text.partition('name="xsrf" value="')[2].partition('"')[0]
        ended = await visit.abroad.post(
            f"{trust.issuer}/session/end/confirm", data={"xsrf": xsrf, "logout": "yes"}
        )
        assert ended.headers["location"] == f"{ORIGIN}/sign-in"
        # Whoever comes next at this browser is asked who they are.
        url = await visit.set_out()
        there = await visit.abroad.get(url, follow_redirects=True)
        assert "Who are you?" in there.text


async def test_signing_out_leads_nowhere_else_where_there_is_nowhere(trust: OpenId) -> None:
    async with town_with(provider(trust, end_session=False)) as place, Visit(place) as visit:
        await visit.sign_in()
        assert (await visit.home.delete("/session")).status_code == 204
        await visit.home.post("/session", json=credentials("tess"))
        assert (await visit.home.delete("/session")).status_code == 204
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        await visit.sign_in()
        found = place.site.providers.get("trust")
        assert found is not None
        found._metadata = None
        trust.turn(fault={"path": "/.well-known", "kind": "cut"})
        assert (await visit.home.delete("/session")).status_code == 204
        assert await visit.me() is None


async def test_a_session_of_a_provider_that_was_taken_out_of_the_settings_ends_here(
    trust: OpenId,
) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        await visit.sign_in()
        place.site.providers._by_id.clear()
        assert (await visit.home.delete("/session")).status_code == 204
        assert await visit.me() is None


async def test_what_the_provider_ends_is_ended_here_at_once(trust: OpenId) -> None:
    """The provider's own logout token, by its own sign-out: that browser, and no other."""
    async with town_with(provider(trust)) as place, Visit(place) as one, Visit(place) as other:
        await one.sign_in()
        await other.sign_in()
        await place.settle()
        token = (await pull(one.home))["last_seq"]
        waiting = asyncio.create_task(
            one.home.post("/db/sch-test/_sync", json=question(token=token, wait_s=50))
        )
        end = await one.abroad.get(f"{trust.issuer}/session/end")
        xsrf = end.text.partition('name="xsrf" value="')[2].partition('"')[0]
        await one.abroad.post(
            f"{trust.issuer}/session/end/confirm", data={"xsrf": xsrf, "logout": "yes"}
        )
        (token,) = trust.turn()["farewells"]
        assert await say(place, token) == 200
        assert await one.me() is None
        assert await other.me() is not None
        assert (await asyncio.wait_for(waiting, 5)).status_code == 401
        # Said a second time it is refused, and does nothing to whoever signed in since.
        await one.sign_in()
        assert await say(place, token) == 400
        assert await one.me() is not None


async def test_a_whole_person_is_signed_out_but_not_of_what_the_provider_did_not_open(
    trust: OpenId,
) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as one, Visit(place) as two:
        await one.sign_in()
        await two.sign_in()
        async with place.visit("tess") as by_password:
            assert await say(place, farewell(trust)) == 200
            assert (await one.me(), await two.me()) == (None, None)
            assert (await by_password.get("/session")).status_code == 200


async def test_a_session_is_found_by_its_sid_alone(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        await visit.sign_in()
        session = await visit.session()
        sid = (await place.site.sessions.whose(session.sid)) or ""
        assert sid == TUTOR.person
        assert await say(place, farewell(trust, "sub", sid="another")) == 200
        assert await visit.me() is not None
        token = trust.turn()["tokens"][0]
        own = _claims(token)["sid"]
        assert await say(place, farewell(trust, "sub", sid=own)) == 200
        assert await visit.me() is None
        # Nothing of an ended session is left behind.
        database = place.site.accounts.database
        assert await database.read_local(session.sid) is None
        assert await database.read_local(f"id-token:{session.digest}") is None


async def test_nobodys_session_is_over_already(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place:
        assert await say(place, farewell(trust, sub="u-never-here")) == 200


WRONG: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "another issuer": ((), {"iss": "https://evil.example"}),
    "another audience": ((), {"aud": "somebody-else"}),
    "no event": (("events",), {}),
    "another event": ((), {"events": {"urn:another": {}}}),
    "an event that is no object": ((), {"events": {LOGOUT_EVENT: True}}),
    "a nonce, as an id_token has": ((), {"nonce": "x"}),
    "nobody": (("sub",), {}),
    "a subject that is no text": ((), {"sub": 7}),
    "a sid that is no text": ((), {"sid": ["x"]}),
    "no name of its own": (("jti",), {}),
    "expired": ((), {"exp": int(time.time()) - 3600}),
    "old": (("exp",), {"iat": int(time.time()) - 3600}),
    "of no time": (("iat",), {}),
    "another type": ((), {"header": {"typ": "at+jwt"}}),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_token_that_is_no_logout_token_ends_nothing(trust: OpenId, wrong: str) -> None:
    without, more = WRONG[wrong]
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        await visit.sign_in()
        assert await say(place, farewell(trust, *without, **more)) == 400
        assert await visit.me() is not None


async def test_an_id_token_is_no_logout_token_and_the_other_way_round(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        await visit.sign_in()
        (token,) = trust.turn()["tokens"]
        assert await say(place, token) == 400
        assert await visit.me() is not None


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "..", "é.é.é", "x" * 70_000])
async def test_rubbish_ends_nothing(trust: OpenId, token: str) -> None:
    async with town_with(provider(trust)) as place:
        assert await say(place, token) in {400, 413}


async def test_what_is_not_a_form_or_not_a_provider_is_refused(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, place.browser() as somebody:
        answer = await somebody.post("/sign-in/trust/logout", json={"logout_token": "x"})
        assert answer.status_code == 415
        assert await say(place, "x", "nobody") == 404
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        for body in (b"\xff", b"&".join([b"a=1"] * 30)):
            answer = await somebody.post("/sign-in/trust/logout", content=body, headers=form)
            assert answer.status_code == 400


async def test_a_provider_whose_keys_cannot_be_had_may_say_it_again(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place:
        token = farewell(trust)
        trust.turn(fault={"path": "/jwks", "kind": "cut"})
        assert await say(place, token) == 502
        trust.turn(fault=None)
        place.clock.ms += speaking.FAILED_MS
        assert await say(place, token) == 200


async def test_a_page_of_another_site_cannot_send_a_farewell(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        await visit.sign_in()
        answer = await visit.home.post(
            "/sign-in/trust/logout",
            data={"logout_token": farewell(trust)},
            headers={"Origin": "https://evil.example"},
        )
        assert answer.status_code == 403
        assert visit.home.cookies[COOKIE]
        assert await visit.me() is not None


async def test_a_provider_signs_out_whom_it_refuses_next(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        await visit.sign_in()
        assert await say(place, farewell(trust)) == 200
        async with Visit(place) as fresh:
            assert problem(await fresh.sign_in("refuse")) == "provider_refused"


def _claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found
