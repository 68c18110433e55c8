"""A provider that is down, slow or wrong: a sentence on the sign-in page, never a fault of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.oidc import provider as speaking
from server.oidc.provider import FAILED_MS, METADATA_MS
from tests.peers.openid import OpenId
from tests.server.oidc.visits import Visit, problem, provider, town_with

DISCOVERY = "/.well-known/openid-configuration"
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "cut": ({"kind": "cut"}, "provider_unreachable"),
    "silent": ({"kind": "silent"}, "provider_unreachable"),
    "endless": ({"kind": "endless"}, "provider_wrong"),
    "not well": ({"kind": "answer", "status": 503, "body": "{}"}, "provider_unreachable"),
    "refusing": ({"kind": "answer", "status": 403, "body": "{}"}, "provider_wrong"),
    "elsewhere": ({"kind": "answer", "status": 302, "body": ""}, "provider_wrong"),
    "no JSON": ({"kind": "answer", "status": 200, "body": "<html>"}, "provider_wrong"),
    "a list": ({"kind": "answer", "status": 200, "body": "[]"}, "provider_wrong"),
    "deep": ({"kind": "answer", "status": 200, "body": "[" * 100_000}, "provider_wrong"),
    "empty": ({"kind": "answer", "status": 200, "body": "{}"}, "provider_wrong"),
    "keys": ({"kind": "answer", "status": 200, "body": '{"keys": [{"kty": 1}]}'}, "provider_wrong"),
}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, "PATIENCE_S", 0.5)


# A token endpoint is bounded by time alone; userinfo may be any object, with the right sub.
BOUNDED = [one for one in FAULTS if one != "endless"]
OBJECTS = [one for one in FAULTS if one not in {"empty", "keys"}]
ASKED = [
    *((path, fault) for path in (DISCOVERY, "/jwks") for fault in FAULTS),
    *(("/token", fault) for fault in BOUNDED),
    *(("/me", fault) for fault in OBJECTS),
]


@pytest.mark.parametrize(("path", "fault"), ASKED)
async def test_what_fails_is_said_and_works_again_when_it_is_mended(
    trust: OpenId, path: str, fault: str
) -> None:
    what, said = FAULTS[fault]
    async with town_with(provider(trust, userinfo=True)) as place, Visit(place) as visit:
        trust.turn(fault={"path": path, **what})
        if path == DISCOVERY:
            answer = await visit.home.get("/sign-in/trust")
            assert problem(answer.headers["location"]) == said
        else:
            url = await visit.set_out()
            assert problem(await visit.sign_in_at(url)) == said
        assert await visit.me() is None
        trust.turn(fault=None)
        place.clock.ms += FAILED_MS
        assert await visit.sign_in() == "/sign-in?done"


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
        {"userinfo_endpoint": None},
    ],
)
async def test_a_discovery_document_that_cannot_be_trusted(
    trust: OpenId, changed: dict[str, Any]
) -> None:
    async with town_with(provider(trust, userinfo=True)) as place, Visit(place) as visit:
        found = place.site.providers.get("trust")
        assert found is not None
        good = dict(await found._get(f"{trust.issuer}{DISCOVERY}"))
        body = json.dumps({k: v for k, v in (good | changed).items() if v is not None})
        trust.turn(fault={"path": DISCOVERY, "kind": "answer", "status": 200, "body": body})
        answer = await visit.home.get("/sign-in/trust")
        if changed == {"userinfo_endpoint": None}:
            where = await visit.sign_in_at(answer.headers["location"])
            assert problem(where) == "provider_wrong"
        else:
            assert problem(answer.headers["location"]) == "provider_wrong"


async def test_a_provider_that_fails_is_not_asked_again_at_once(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        trust.turn(fault={"path": DISCOVERY, "kind": "cut"})
        for _ in range(3):
            answer = await visit.home.get("/sign-in/trust")
            assert problem(answer.headers["location"]) == "provider_unreachable"
        trust.turn(fault=None)
        answer = await visit.home.get("/sign-in/trust")
        assert problem(answer.headers["location"]) == "provider_unreachable"
        place.clock.ms += FAILED_MS
        assert await visit.sign_in() == "/sign-in?done"


async def test_what_it_said_of_itself_is_read_again_and_kept_while_it_is_down(
    trust: OpenId,
) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        await visit.set_out()
        before = trust.turn()["asked"][DISCOVERY]
        await visit.set_out()
        assert trust.turn()["asked"][DISCOVERY] == before
        place.clock.ms += METADATA_MS + 1
        await visit.set_out()
        assert trust.turn()["asked"][DISCOVERY] == before + 1
        trust.turn(fault={"path": DISCOVERY, "kind": "cut"})
        place.clock.ms += METADATA_MS + 1
        assert (await visit.set_out()).startswith(trust.issuer)


async def test_userinfo_of_somebody_else_signs_nobody_in(trust: OpenId) -> None:
    async with town_with(provider(trust, userinfo=True)) as place, Visit(place) as visit:
        url = await visit.set_out()
        body = '{"sub": "u-olu", "preferred_username": "olu"}'
        trust.turn(fault={"path": "/me", "kind": "answer", "status": 200, "body": body})
        assert problem(await visit.sign_in_at(url)) == "provider_wrong"


async def test_nobody_listening_is_a_sentence_too(trust: OpenId) -> None:
    gone = OpenId("http://127.0.0.1:9")
    async with town_with(provider(gone)) as place, Visit(place) as visit:
        answer = await visit.home.get("/sign-in/trust")
        assert problem(answer.headers["location"]) == "provider_unreachable"
        assert (await visit.home.get("/sign-in")).json()["providers"] != []
