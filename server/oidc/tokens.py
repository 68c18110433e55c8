"""Tokens that a provider signed: verified before anything in them is believed.

An id_token (OpenID Connect Core 1.0, 3.1.3.7) says who signed in; a logout token (Back-Channel
Logout 1.0, 2.6) that somebody's session is over. Only signatures that need the provider's private
key count: no ``none``, and no HMAC, whose key a client knows too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry, extract_compact

from server.oidc.failure import SignInFailed
from server.oidc.provider import Provider
from sync.clock import Clock

__all__ = ["ALGORITHMS", "LEEWAY_S", "Farewell", "identified", "said_farewell"]

ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
LEEWAY_S = 120
"""How far the provider's clock may be from ours."""
FAREWELL_S = 300
"""How old a logout token may be."""
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_REGISTRY = JWSRegistry(algorithms=list(ALGORITHMS))


@dataclass(frozen=True, slots=True)
class Farewell:
    """A logout token's word. One of ``subject`` and ``sid`` is there. ``id``: it is said once."""

    subject: str | None
    sid: str | None
    id: str


async def identified(
    provider: Provider, token: str, *, nonce: str, access_token: str, clock: Clock
) -> dict[str, Any]:
    """The claims of an id_token that was asked for with ``nonce``. Raises ``SignInFailed``."""
    header, claims = await _verified(provider, token)
    known = CodeIDToken(
        claims,
        header,
        _whose(provider),
        {"nonce": nonce, "client_id": provider.settings.client_id, "access_token": access_token},
    )
    try:
        known.validate(clock.now_ms() // 1000, LEEWAY_S)
    except JoseError as error:
        raise SignInFailed("provider_wrong", f"id_token: {error}"[:80]) from None
    except (TypeError, ValueError, AttributeError) as error:
        raise SignInFailed("provider_wrong", f"id_token: {type(error).__name__}") from None
    if not claims["sub"] or len(claims["sub"]) > 255:
        raise SignInFailed("provider_wrong", "id_token: sub")
    return claims


async def said_farewell(provider: Provider, token: str, clock: Clock) -> Farewell:
    """What a logout token says. Raises ``SignInFailed``."""
    header, claims = await _verified(provider, token)
    now = clock.now_ms() // 1000
    registry = jwt.JWTClaimsRegistry(now, LEEWAY_S, iat={"essential": True}, **_whose(provider))
    try:
        registry.validate(claims)
    except JoseError as error:
        raise SignInFailed("provider_wrong", f"logout token: {error}"[:80]) from None
    events, subject, sid, name = (claims.get(one) for one in ("events", "sub", "sid", "jti"))
    said = [one for one in (subject, sid) if one is not None]
    whole = (
        str(header.get("typ", "")).lower() in {"", "jwt", "logout+jwt", "application/logout+jwt"}
        and isinstance(events, Mapping)
        and isinstance(events.get(LOGOUT_EVENT), Mapping)
        and "nonce" not in claims
        and bool(said)
        and all(isinstance(one, str) and one for one in [*said, name])
        and claims["iat"] > now - FAREWELL_S - LEEWAY_S
    )
    if not whole:
        raise SignInFailed("provider_wrong", "logout token: not one")
    return Farewell(subject, sid, str(name))


def _whose(provider: Provider) -> dict[str, Any]:
    return {
        "iss": {"essential": True, "value": provider.settings.issuer},
        "aud": {"essential": True, "value": provider.settings.client_id},
    }


async def _verified(provider: Provider, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token with the provider's signature. Raises ``SignInFailed``."""
    try:
        kid = extract_compact(token.encode()).headers().get("kid")
        keys = await provider.keys(kid if isinstance(kid, str) else None)
        return _decoded(token, keys)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise SignInFailed("provider_wrong", f"token: {type(error).__name__}") from None


def _decoded(token: str, keys: KeySet) -> tuple[dict[str, Any], dict[str, Any]]:
    read = jwt.decode(token, keys, algorithms=list(ALGORITHMS), registry=_REGISTRY)
    return dict(read.header), dict(read.claims)
