"""Sending: what a record still owes is handed over, each message by itself, again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping

from server.alarms.health import Health
from server.alarms.mail import Mail
from server.alarms.message import Message
from server.alarms.record import AlarmRecord, Delivery
from server.alarms.sms import Sms
from server.alarms.transport import By, NotSent, Transport
from server.logs import log
from server.metrics import Metrics
from server.settings import Settings
from sync.clock import Clock, instant, to_ms

__all__ = ["Sending", "transports_of"]

FIRST_RETRY_MS = 5_000
LAST_RETRY_MS = 60_000
LONGEST_S = 60.0
"""For one message, with all that a transport tries by itself."""


def transports_of(settings: Settings, clock: Clock) -> dict[By, Transport]:
    """The ways that the settings configure."""
    found: dict[By, Transport] = {}
    if settings.smtp_host:
        found["mail"] = Mail(settings)
    if settings.sms_webhook_url:
        found["sms"] = Sms(settings, clock)
    return found


class Sending:
    """Hands messages over, and notes how that goes."""

    def __init__(
        self, transports: Mapping[By, Transport], health: Health, metrics: Metrics
    ) -> None:
        self._transports = transports
        self._health = health
        self._metrics = metrics
        health.transports.update(dict.fromkeys(transports, "untried"))

    @property
    def ways(self) -> frozenset[By]:
        """Those configured."""
        return frozenset(self._transports)

    def due(self, record: AlarmRecord, now_ms: int) -> bool:
        """Whether something of a record is to be tried now: later after each failure."""
        return any(self._is_due(one, now_ms) for one in record.deliveries)

    def _is_due(self, one: Delivery, now_ms: int) -> bool:
        if not one.waits or one.by not in self._transports:
            return False
        if one.tried_at is None:
            return True
        pause = min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** min(one.attempts - 1, 10))
        passed = now_ms - to_ms(one.tried_at)
        return passed >= pause or passed < 0  # the clock was put back

    async def send(self, record: AlarmRecord, now_ms: int) -> AlarmRecord:
        """Try what is due; the record as it is then."""
        tried = await asyncio.gather(
            *(
                self._try(one, record.message, now_ms) if self._is_due(one, now_ms) else _same(one)
                for one in record.deliveries
            )
        )
        return record.model_copy(update={"deliveries": tuple(tried)})

    async def _try(self, one: Delivery, message: Message, now_ms: int) -> Delivery:
        assert one.by is not None  # noqa: S101  # it waits
        assert one.address is not None  # noqa: S101
        trouble = await self.hand_over(one.by, one.address, message)
        attempts = one.attempts + 1
        told = {"attempts": attempts, "tried_at": instant(now_ms), "trouble": trouble}
        if trouble is None:
            told["sent_at"] = instant(now_ms)
        return one.model_copy(update=told)

    async def hand_over(self, by: By, address: str, message: Message) -> str | None:
        """Send one message; the kind of trouble it met, or None."""
        trouble = await _trouble(self._transports[by].send(address, message))
        self._note(by, trouble)
        return trouble

    async def probe(self) -> None:
        """Try every way, as far as it can be tried without a message."""
        for by, transport in self._transports.items():
            if transport.probes:
                self._note(by, await _trouble(transport.probe()))

    def _note(self, by: By, trouble: str | None) -> None:
        self._health.sent(by, worked=trouble is None)
        self._metrics.alarm_sent(by, "sent" if trouble is None else "failed")
        if trouble is not None:
            log().error("an alarm message could not be sent", code=by, error=trouble)


async def _trouble(trying: Awaitable[None]) -> str | None:
    """The kind of trouble that a transport met; None for none."""
    try:
        async with asyncio.timeout(LONGEST_S):
            await trying
    except NotSent as error:
        return error.sentence
    except Exception as error:  # noqa: BLE001  # whatever it was, it is tried again
        return type(error).__name__
    return None


async def _same(one: Delivery) -> Delivery:
    return one
