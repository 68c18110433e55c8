"""SMS: a message to the webhook of whoever sends text messages, signed.

``POST`` of JSON ``{"id", "to", "text"}``. ``Tidemark-Timestamp`` is the seconds since 1970, and
``Tidemark-Signature`` is ``v1=`` and the HMAC-SHA256, in hex, of the timestamp, a full stop and the
body, with the shared secret. The id is the same whenever a message has to be sent again. A 2xx says
that it was taken; a refusal (4xx) is not repeated at once, since it would be refused again.
"""

from __future__ import annotations

import asyncio
import functools
import hmac
import ssl

import httpx2
import orjson
from typing_extensions import override

from server.alarms.message import Message
from server.alarms.transport import NotSent, Transport
from server.settings import Settings
from sync.clock import Clock

__all__ = ["Sms", "signature"]

TIMEOUT_S = 10.0
TRIES = 3
PAUSE_S = 0.5
"""After the first try; twice as long after each further one."""


class Sms(Transport):
    """Sends by the webhook of the settings, which name one."""

    name = "sms"

    def __init__(self, settings: Settings, clock: Clock, *, pause_s: float = PAUSE_S) -> None:
        self._url = settings.sms_webhook_url
        secret = settings.sms_webhook_secret
        self._secret = secret.get_secret_value().encode() if secret is not None else b""
        self._clock = clock
        self._pause_s = pause_s

    @override
    async def send(self, to: str, message: Message) -> None:
        text = f"{message.subject}. {message.text}"
        body = orjson.dumps({"id": message.id, "to": to, "text": text})
        async with httpx2.AsyncClient(
            timeout=TIMEOUT_S, verify=_trust(), follow_redirects=False
        ) as client:
            told = await self._post(client, body)
            for attempt in range(1, TRIES):
                if told is None or (told.startswith("HTTP 4") and told != "HTTP 429"):
                    break
                await asyncio.sleep(self._pause_s * 2 ** (attempt - 1))
                told = await self._post(client, body)
        if told is not None:
            raise NotSent(told)

    async def _post(self, client: httpx2.AsyncClient, body: bytes) -> str | None:
        """What kind of failure it was; None for none."""
        stamp = str(self._clock.now_ms() // 1000)
        headers = {
            "Content-Type": "application/json",
            "Tidemark-Timestamp": stamp,
            "Tidemark-Signature": signature(self._secret, stamp, body),
        }
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await client.post(self._url, content=body, headers=headers)
        except (httpx2.HTTPError, OSError, TimeoutError) as error:
            return type(error).__name__
        return None if 200 <= answer.status_code < 300 else f"HTTP {answer.status_code}"


def signature(secret: bytes, stamp: str, body: bytes) -> str:
    """What the webhook's owner computes as well, and compares."""
    return f"v1={hmac.new(secret, stamp.encode() + b'.' + body, 'sha256').hexdigest()}"


@functools.cache
def _trust() -> ssl.SSLContext:
    """Whom https is believed to be: made once, since reading the certificates takes a while."""
    return httpx2.create_ssl_context()
