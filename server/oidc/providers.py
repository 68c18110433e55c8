"""The providers of the settings, side by side."""

from __future__ import annotations

import asyncio
import functools
import ssl

import httpx2

from schemas.signing_in import SignInProvider, SignInWays
from server.oidc.failure import SignInFailed
from server.oidc.provider import Provider
from server.sessions import Session, Sessions
from server.settings import Settings
from sync.clock import Clock

__all__ = ["Providers"]

FAREWELL_S = 3.0
"""How long somebody who signs out waits for a provider that does not answer."""


class Providers:
    """Every way in that is not this server's own."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.ways = SignInWays(
            providers=tuple(SignInProvider(id=one.id, name=one.name) for one in settings.providers),
            local=settings.local_sign_in,
        )
        """What the sign-in page is told."""
        self._by_id = {
            one.id: Provider(one, settings.public_origin, clock, _trust)
            for one in settings.providers
        }

    def get(self, name: str) -> Provider | None:
        """A provider by its id."""
        return self._by_id.get(name)

    async def sign_out_url(self, sessions: Sessions, session: Session) -> str | None:
        """Where a session's person signs out at its provider too; None where that is nowhere."""
        provider = self.get(session.provider)
        hint = await sessions.hint(session) if provider is not None else None
        if provider is None or hint is None:
            return None
        try:
            async with asyncio.timeout(FAREWELL_S):
                return await provider.end_session_url(hint)
        except (SignInFailed, TimeoutError):
            return None


@functools.cache
def _trust() -> ssl.SSLContext:
    """Whom https is believed to be: made once, since reading the certificates takes a while."""
    return httpx2.create_ssl_context()
