"""There and back: the code flow with PKCE at a real provider, and everything that may not work."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from server.oidc.attempt import COOKIE as ATTEMPT
from server.oidc.attempt import LIFE_S
from server.visitor import COOKIE
from tests.factory import OFFICER, TUTOR
from tests.peers.openid import OpenId, openid
from tests.server.oidc.visits import ORIGIN, PEOPLE, Visit, problem, provider, town_with
from tests.server.town import credentials


async def test_the_page_is_told_the_ways_in(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, place.browser() as browser:
        answer = await browser.get("/sign-in", headers={"Accept": "application/json"})
        assert answer.json() == {
            "providers": [{"id": "trust", "name": "Example Trust"}],
            "local": True,
        }
        page = await browser.get("/sign-in", headers={"Accept": "text/html"})
        assert page.headers["content-type"].startswith("text/html")


async def test_somebody_signs_in_there_and_is_signed_in_here(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        url = await visit.set_out()
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["redirect_uri"] == f"{ORIGIN}/sign-in/trust/callback"
        assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
        answer = await visit.home.get(await visit.stay(url))
        assert answer.headers["location"] == "/sign-in?done"
        cookies = answer.headers.get_list("set-cookie")
        (session,) = [one for one in cookies if one.startswith(f"{COOKIE}=")]
        assert "HttpOnly; SameSite=Strict" in session
        me = await visit.me()
        assert me is not None
        assert (me["person"], me["name"]) == (TUTOR.person, TUTOR.name)


async def test_the_way_back_is_tied_to_the_browser_by_a_cookie_of_its_own(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        begun = await visit.home.get("https://tidemark.test/sign-in/trust")
        cookie = begun.headers["set-cookie"]
        assert cookie.startswith(f"{ATTEMPT}=")
        assert f"Max-Age={LIFE_S}; Path=/sign-in; HttpOnly; SameSite=Lax; Secure" in cookie
        for secret in parse_qs(urlsplit(begun.headers["location"]).query)["state"]:
            assert secret not in cookie


async def test_whoever_has_been_here_is_known_by_issuer_and_subject_alone(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place:
        async with Visit(place) as visit:
            await visit.sign_in()
        trust.turn(person={"u-tess": {**PEOPLE["u-tess"], "preferred_username": "olu"}})
        async with Visit(place) as visit:
            await visit.sign_in()
            me = await visit.me()
            assert me is not None
            assert me["person"] == TUTOR.person


@pytest.mark.parametrize("spoilt", ["state", "code", "both gone"])
async def test_a_way_back_that_was_changed_leads_nowhere(trust: OpenId, spoilt: str) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        path = await visit.stay(await visit.set_out())
        if spoilt == "both gone":
            path = path.partition("?")[0]
        else:
            path = path.replace(f"{spoilt}=", f"{spoilt}=x")
        assert problem(await visit.come_back(path)) == "interrupted"
        assert await visit.me() is None


async def test_a_code_is_of_no_use_without_its_verifier(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit, Visit(place) as thief:
        stolen = await visit.stay(await visit.set_out())
        code = parse_qs(urlsplit(stolen).query)["code"][0]
        state = parse_qs(urlsplit(await thief.set_out()).query)["state"][0]
        path = f"/sign-in/trust/callback?code={code}&state={state}&iss={trust.issuer}"
        assert problem(await thief.come_back(path)) == "interrupted"
        assert await thief.me() is None


async def test_nobody_can_be_signed_in_as_somebody_else_by_a_link(trust: OpenId) -> None:
    """Login CSRF: the attacker's own way back, opened in the victim's browser."""
    async with town_with(provider(trust)) as place, Visit(place) as rogue, Visit(place) as victim:
        link = await rogue.stay(await rogue.set_out(), "u-olu")
        assert problem(await victim.come_back(link)) == "interrupted"
        assert await victim.me() is None
        await victim.set_out()
        assert problem(await victim.come_back(link)) == "interrupted"
        assert await victim.me() is None


async def test_a_way_back_is_good_once(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        path = await visit.stay(await visit.set_out())
        sealed = visit.home.cookies[ATTEMPT]
        assert await visit.come_back(path) == "/sign-in?done"
        assert ATTEMPT not in visit.home.cookies
        asked = trust.turn()["asked"]["/token"]
        assert problem(await visit.come_back(path)) == "interrupted"
        visit.home.cookies.set(ATTEMPT, sealed, domain="tidemark.test", path="/sign-in")
        assert problem(await visit.come_back(path)) == "interrupted"
        assert trust.turn()["asked"]["/token"] == asked, "the provider was asked again"


async def test_a_code_that_was_used_opens_nothing(trust: OpenId) -> None:
    """The same code with another attempt of the same browser: the provider says it is spent."""
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        path = await visit.stay(await visit.set_out())
        assert await visit.come_back(path) == "/sign-in?done"
        code = parse_qs(urlsplit(path).query)["code"][0]
        state = parse_qs(urlsplit(await visit.set_out()).query)["state"][0]
        again = f"/sign-in/trust/callback?code={code}&state={state}&iss={trust.issuer}"
        assert problem(await visit.come_back(again)) == "interrupted"


async def test_a_way_back_is_good_for_ten_minutes(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        path = await visit.stay(await visit.set_out())
        place.clock.ms += LIFE_S * 1000
        assert problem(await visit.come_back(path)) == "interrupted"


async def test_a_cookie_that_somebody_made_up_is_none(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        path = await visit.stay(await visit.set_out())
        for cookie in ("x", "a.b.c.d.e", "." * 4, "x" * 5000):
            sent = {"Cookie": f"{ATTEMPT}={cookie}"}
            answer = await visit.home.get(path, headers=sent)
            assert problem(answer.headers["location"]) == "interrupted"


async def test_a_session_that_was_there_before_is_never_the_one_that_is_there_after(
    trust: OpenId,
) -> None:
    """Session fixation; and the one before ends, whoever may hold its cookie."""
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        await visit.home.post("/session", json=credentials("cal"))
        before = visit.home.cookies[COOKIE]
        assert await visit.sign_in("u-olu") == "/sign-in?done"
        after = visit.home.cookies[COOKIE]
        assert before.partition(".")[2] != after.partition(".")[2]
        me = await visit.me()
        assert me is not None
        assert me["person"] == OFFICER.person
        assert await place.site.sessions.find(before) is None


async def test_a_session_id_that_was_planted_stays_nobodys(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        planted = f"{TUTOR.person}.planted"
        visit.home.cookies.set(COOKIE, planted, domain="tidemark.test", path="/")
        assert await visit.sign_in() == "/sign-in?done"
        assert visit.home.cookies[COOKIE] != planted
        assert await place.site.sessions.find(planted) is None


@pytest.mark.parametrize(
    "more",
    ["?to=https://evil.example/", "?next=//evil.example", "?redirect_uri=https://evil.example/"],
)
async def test_nothing_in_a_request_says_where_it_leads(trust: OpenId, more: str) -> None:
    """Open redirect: at the start, on the way back, by the host's name, and when it fails."""
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
        url = (await visit.home.get(f"/sign-in/trust{more}", headers=headers)).headers["location"]
        assert url.startswith(f"{trust.issuer}/auth?")
        assert parse_qs(urlsplit(url).query)["redirect_uri"] == [f"{ORIGIN}/sign-in/trust/callback"]
        failing = (await visit.home.get(f"/sign-in/evil.example{more}")).headers["location"]
        assert problem(failing) == "no_such_provider"
        path = await visit.stay(await visit.set_out())
        assert await visit.come_back(f"{path}&{more[1:]}") == "/sign-in?done"


async def test_a_provider_that_says_no_is_told_as_such(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        assert problem(await visit.sign_in("refuse")) == "provider_refused"


async def test_two_providers_stand_side_by_side(trust: OpenId) -> None:
    council_people = {"u-tess": {"preferred_username": "olu", "name": "Another Tess"}}
    with openid(council_people, ORIGIN, "council") as council:
        both = (provider(trust), provider(council, "council"))
        async with town_with(*both) as place, Visit(place) as visit:
            await visit.sign_in("u-tess", "trust")
            me = await visit.me()
            assert me is not None
            assert me["person"] == TUTOR.person
            # The same subject at another issuer is somebody else.
            await visit.sign_in("u-tess", "council")
            me = await visit.me()
            assert me is not None
            assert me["person"] == OFFICER.person
            # What one provider answered is not taken at another's door.
            path = await visit.stay(await visit.set_out("trust"))
            swapped = path.replace("/trust/", "/council/")
            assert problem(await visit.come_back(swapped)) == "interrupted"


async def test_an_answer_of_another_issuer_is_not_taken(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        path = await visit.stay(await visit.set_out())
        mixed = path.replace("iss=", "iss=x")
        assert problem(await visit.come_back(mixed)) == "provider_wrong"
        bare = await visit.stay(await visit.set_out())
        assert problem(await visit.come_back(bare.partition("&iss=")[0])) == "provider_wrong"


async def test_local_accounts_may_be_left_out(trust: OpenId) -> None:
    async with town_with(provider(trust), local_sign_in=False) as place, Visit(place) as visit:
        answer = await visit.home.post("/session", json=credentials("tess"))
        assert (answer.status_code, answer.json()["code"]) == (403, "no_local_sign_in")
        ways = await visit.home.get("/sign-in")
        assert ways.json()["local"] is False
        assert await visit.sign_in() == "/sign-in?done"


async def test_a_public_client_and_one_that_posts_its_secret(trust: OpenId) -> None:
    for method in ("none", "client_secret_post"):
        more = {"token_endpoint_auth_method": method}
        with openid(dict(PEOPLE), ORIGIN, "other", **more) as other:
            how = {} if method == "client_secret_post" else {"client_secret": None}
            async with town_with(provider(other, "other", **how)) as place, Visit(place) as visit:
                if method == "client_secret_post":
                    found = place.site.providers.get("other")
                    assert found is not None
                    metadata = await found.metadata()
                    only = ("client_secret_post",)
                    changed = {"token_endpoint_auth_methods_supported": only}
                    found._metadata = (place.clock.ms, metadata.model_copy(update=changed))
                assert await visit.sign_in("u-tess", "other") == "/sign-in?done"


async def test_userinfo_is_asked_where_the_id_token_says_too_little() -> None:
    with openid(dict(PEOPLE), ORIGIN, "trust", idTokenClaims=False) as bare:
        async with town_with(provider(bare)) as place, Visit(place) as visit:
            assert problem(await visit.sign_in()) == "claim_missing"
        asking = provider(bare, userinfo=True, prompt="login")
        async with town_with(asking) as place, Visit(place) as visit:
            url = await visit.set_out()
            assert parse_qs(urlsplit(url).query)["prompt"] == ["login"]
            assert await visit.come_back(await visit.stay(url)) == "/sign-in?done"
