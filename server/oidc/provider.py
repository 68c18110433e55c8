"""One provider, as Tidemark speaks with it: what it says of itself, its keys, its token endpoint.

Discovery (OpenID Connect Discovery 1.0) is asked for when it is first needed and every hour; should
the provider not answer then, what it said before goes on being believed. Keys are asked for more
often, so that one that was withdrawn is soon not believed any more, and at once when something is
signed with one not known yet, though not more than once a minute: anybody can send such a thing.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import httpx2
from authlib.common.urls import add_params_to_uri
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.discovery import get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from server.oidc.failure import SignInFailed
from server.oidc.settings import ProviderSettings, is_safe
from sync.clock import Clock

__all__ = ["Metadata", "Provider"]

PATIENCE_S = 10.0
"""The longest that one question to a provider may take, from connecting to its last byte."""
MAX_BYTES = 1024 * 1024
METADATA_MS = 3_600_000
KEYS_MS = 15 * 60_000
KEYS_AGAIN_MS = 60_000
FAILED_MS = 5_000
"""For how long a provider that just failed is not asked again: many wait while it is down."""
_MAX_TOKEN = 64 * 1024
T = TypeVar("T")


class Metadata(BaseModel):
    """What a provider says of itself, as far as it matters here."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False

    @field_validator(
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
        "end_session_endpoint",
    )
    @classmethod
    def _endpoint(cls, value: str | None) -> str | None:
        if value is not None and not is_safe(value):
            raise ValueError("an endpoint is an https address")
        return value


class Provider:
    """A provider of the settings. ``origin``: the server's own, which browsers are sent back to."""

    def __init__(
        self,
        settings: ProviderSettings,
        origin: str,
        clock: Clock,
        trust: Callable[[], ssl.SSLContext],
    ) -> None:
        self.settings = settings
        self.callback = f"{origin}/sign-in/{settings.id}/callback"
        self.signed_out = f"{origin}/sign-in"
        self._secret = settings.secret()
        self._clock = clock
        self._trust = trust
        self._lock = asyncio.Lock()
        self._metadata: tuple[int, Metadata] | None = None
        self._keys: tuple[int, KeySet] | None = None
        self._failed_ms: int | None = None

    async def metadata(self) -> Metadata:
        """What the provider says of itself. Raises ``SignInFailed``."""
        async with self._lock:
            now = self._clock.now_ms()
            if self._metadata is None or now - self._metadata[0] > METADATA_MS:
                try:
                    self._metadata = (now, await self._discover())
                except SignInFailed:
                    if self._metadata is None:
                        raise
                    self._metadata = (now - METADATA_MS + FAILED_MS, self._metadata[1])
            return self._metadata[1]

    async def keys(self, kid: str | None) -> KeySet:
        """Its keys, ``kid`` among them if it has it. Raises ``SignInFailed``."""
        metadata = await self.metadata()
        async with self._lock:
            now = self._clock.now_ms()
            if self._keys is not None and now - self._keys[0] <= KEYS_MS:
                known = any(key.kid == kid for key in self._keys[1].keys)
                if known or now - self._keys[0] < KEYS_AGAIN_MS:
                    return self._keys[1]
            self._keys = (now, _key_set(await self._get(metadata.jwks_uri)))
            return self._keys[1]

    async def authorization_url(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where a browser signs in: the code flow with PKCE (S256). Raises ``SignInFailed``."""
        metadata = await self.metadata()
        wanted = {"prompt": self.settings.prompt} if self.settings.prompt else {}
        async with self._client(metadata) as client:
            url, _ = client.create_authorization_url(
                metadata.authorization_endpoint,
                state=state,
                code_verifier=verifier,
                nonce=nonce,
                **wanted,
            )
        return str(url)

    async def end_session_url(self, hint: str) -> str | None:
        """Where a browser ends the provider's session (RP-Initiated Logout 1.0); None: nowhere.

        ``hint``: the id_token of the sign-in, so that the provider need not ask whose it is.
        """
        endpoint = (await self.metadata()).end_session_endpoint
        if endpoint is None or not self.settings.end_session:
            return None
        parameters = [
            ("id_token_hint", hint),
            ("client_id", self.settings.client_id),
            ("post_logout_redirect_uri", self.signed_out),
        ]
        return str(add_params_to_uri(endpoint, parameters))

    async def exchange(self, code: str, verifier: str) -> tuple[str, str, dict[str, Any]]:
        """The id_token for a code, its access token, and the userinfo if the settings want it.

        Raises ``SignInFailed``: a code that the provider does not take is ``interrupted``.
        """
        metadata = await self.metadata()
        async with self._client(metadata) as client:
            answer = await self._asked(
                lambda: client.fetch_token(
                    metadata.token_endpoint, code=code, code_verifier=verifier
                )
            )
            id_token, access_token = answer.get("id_token"), answer.get("access_token")
            if not isinstance(id_token, str) or not isinstance(access_token, str):
                raise SignInFailed("provider_wrong", "no id_token")
            if len(id_token) > _MAX_TOKEN:
                raise SignInFailed("provider_wrong", "an id_token beyond all measure")
            return id_token, access_token, await self._userinfo(client, metadata)

    async def _userinfo(self, client: Any, metadata: Metadata) -> dict[str, Any]:
        if not self.settings.userinfo:
            return {}
        if metadata.userinfo_endpoint is None:
            raise SignInFailed("provider_wrong", "no userinfo endpoint")
        found = await self._read(client, metadata.userinfo_endpoint, {})
        return dict(found)

    async def _discover(self) -> Metadata:
        issuer = self.settings.issuer
        found = await self._get(get_well_known_url(issuer, external=True))
        try:
            metadata = Metadata.model_validate(found)
        except ValidationError:
            raise SignInFailed("provider_wrong", "its discovery document") from None
        if metadata.issuer != issuer:
            raise SignInFailed("provider_wrong", "another issuer than in the settings")
        return metadata

    async def _get(self, url: str) -> Mapping[str, Any]:
        """A JSON object from an address; not from one that failed a moment ago."""
        now = self._clock.now_ms()
        if self._failed_ms is not None and 0 <= now - self._failed_ms < FAILED_MS:
            raise SignInFailed("provider_unreachable", "it failed a moment ago")
        try:
            async with self._client() as client:
                found = await self._read(client, url, {"withhold_token": True})
        except SignInFailed:
            self._failed_ms = now
            raise
        self._failed_ms = None
        return found

    async def _read(self, client: Any, url: str, how: Mapping[str, Any]) -> Mapping[str, Any]:
        async def read() -> Any:
            body = bytearray()
            async with client.stream("GET", url, **how) as answer:
                answer.raise_for_status()
                async for part in answer.aiter_bytes():
                    body.extend(part)
                    if len(body) > MAX_BYTES:
                        raise SignInFailed("provider_wrong", "an answer beyond all measure")
            return httpx2.Response(200, content=bytes(body)).json()

        found = await self._asked(read)
        if not isinstance(found, dict):
            raise SignInFailed("provider_wrong", "an answer that is no object")
        return found

    async def _asked(self, ask: Callable[[], Any]) -> Any:
        """Ask something of the provider; whatever goes wrong is the provider's failure."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await ask()
        except OAuthError as error:
            spent = error.error == "invalid_grant"
            raise SignInFailed(
                "interrupted" if spent else "provider_wrong", str(error.error)[:60]
            ) from None
        except httpx2.HTTPStatusError as error:
            status = error.response.status_code
            raise SignInFailed(
                "provider_wrong" if status < 500 else "provider_unreachable", f"status {status}"
            ) from None
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, OSError) as error:
            raise SignInFailed("provider_unreachable", type(error).__name__) from None
        except (ValueError, RecursionError) as error:
            raise SignInFailed("provider_wrong", type(error).__name__) from None

    def _client(self, metadata: Metadata | None = None) -> Any:
        """A client for one conversation; it remembers a token, so it is nobody else's."""
        return AsyncOAuth2Client(
            client_id=self.settings.client_id,
            client_secret=self._secret,
            token_endpoint_auth_method=self._auth_method(metadata),
            scope=" ".join(self.settings.scopes),
            redirect_uri=self.callback,
            code_challenge_method="S256",
            verify=self._trust(),
            timeout=PATIENCE_S,
            follow_redirects=False,
            headers={"Accept": "application/json"},
        )

    def _auth_method(self, metadata: Metadata | None) -> str:
        if self._secret is None:
            return "none"
        offered = metadata.token_endpoint_auth_methods_supported if metadata is not None else ()
        posts = "client_secret_post" in offered and "client_secret_basic" not in offered
        return "client_secret_post" if posts else "client_secret_basic"


def _key_set(found: Mapping[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set({"keys": found["keys"]})
    except (JoseError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise SignInFailed("provider_wrong", f"its keys: {type(error).__name__}") from None
