"""What a provider signs is verified: whose, for whom, when, for which question, with which key."""

from __future__ import annotations

import time
from typing import Any

import pytest

from server.oidc.provider import KEYS_AGAIN_MS, KEYS_MS
from tests.peers.openid import CLIENT, OpenId
from tests.server.oidc.visits import Visit, problem, provider, town_with

NOW = int(time.time())
WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"set": {"iss": "https://evil.example"}},
    "another audience": {"set": {"aud": "somebody-else"}},
    "another audience, by way of us": {"set": {"aud": "somebody-else", "azp": CLIENT}},
    "several audiences and no party": {"set": {"aud": [CLIENT, "somebody-else"]}},
    "another party": {"set": {"azp": "somebody-else"}},
    "no audience": {"drop": ["aud"]},
    "expired": {"set": {"exp": NOW - 3600}},
    "never expiring": {"drop": ["exp"]},
    "of the future": {"set": {"iat": NOW + 3600}},
    "not valid yet": {"set": {"nbf": NOW + 3600}},
    "an expiry that is no number": {"set": {"exp": "tomorrow"}},
    "another nonce": {"set": {"nonce": "x"}},
    "no nonce": {"drop": ["nonce"]},
    "a nonce that is no text": {"set": {"nonce": ["x"]}},
    "another access token": {"set": {"at_hash": "xxxx"}},
    "an at_hash that is no text": {"set": {"at_hash": 1}},
    "nobody": {"drop": ["sub"]},
    "nobody at all": {"set": {"sub": ""}},
    "somebody beyond measure": {"set": {"sub": "x" * 256}},
    "somebody who is no text": {"set": {"sub": 7}},
    "no signature": {"how": "none"},
    "the client's own secret as key": {"how": "hmac"},
    "another key": {"how": "another key"},
    "half a signature": {"how": "half a signature"},
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_token_that_cannot_be_trusted_signs_nobody_in(trust: OpenId, wrong: str) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        trust.turn(tamper=WRONG[wrong])
        assert problem(await visit.sign_in()) == "provider_wrong"
        assert await visit.me() is None
        trust.turn(tamper={"set": {"azp": CLIENT}})
        assert await visit.sign_in() == "/sign-in?done"


async def test_a_key_that_is_new_is_fetched_once_and_an_old_one_forgotten(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        assert await visit.sign_in() == "/sign-in?done"
        (old,) = trust.turn()["tokens"]
        trust.turn(rotate=True)
        place.clock.ms += KEYS_AGAIN_MS
        before = trust.turn()["asked"]["/jwks"]
        assert await visit.sign_in() == "/sign-in?done"
        assert await visit.sign_in() == "/sign-in?done"
        assert trust.turn()["asked"]["/jwks"] == before + 1
        found = place.site.providers.get("trust")
        assert found is not None
        kids = {key.kid for key in (await found.keys("none such")).keys}
        assert len(kids) == 1, "the key that was withdrawn is still believed"
        assert old


async def test_made_up_keys_do_not_make_the_server_ask_and_ask(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        assert await visit.sign_in() == "/sign-in?done"
        found = place.site.providers.get("trust")
        assert found is not None
        before = trust.turn()["asked"]["/jwks"]
        for name in range(20):
            await found.keys(f"made-up-{name}")
        assert trust.turn()["asked"]["/jwks"] == before
        place.clock.ms += KEYS_AGAIN_MS
        for name in range(20):
            await found.keys(f"made-up-{name}")
        assert trust.turn()["asked"]["/jwks"] == before + 1
        place.clock.ms += KEYS_MS + 1
        await found.keys(None)
        assert trust.turn()["asked"]["/jwks"] == before + 2
