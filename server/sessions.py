"""Sessions: 256 random bits in a cookie, their digest in the store, renewed by being used.

A person's sessions are one local document, so that all of them can be ended at once and ended ones
leave nothing behind. The cookie is ``<person>.<secret>``; the secret is stored only as its digest.
Renewal is written at most once in a twelfth of a session's length: after a crash a session may end
that much early, never late. Several servers may share the store: what one of them remembers it
believes for :data:`TRUST_MS`, then it looks again, so ending a session ends it everywhere by then.

A session that a sign-in provider vouched for leaves two more local documents, for as long as it
lives: one leads from the provider's own session to the person, one holds the token that ends it
there.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from server.settings import Settings
from sync.clock import Clock
from sync.store import Database, WriteBatch

__all__ = ["MAX_SESSIONS", "Session", "Sessions", "Through"]

MAX_SESSIONS = 20
"""Sessions one person may have at a time; the oldest makes room."""
MAX_CACHED = 100_000
TRUST_MS = 15_000
"""How long a remembered session is believed without looking into the store."""
_SHARE = 12
_LOCKS = 64


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser. Times are milliseconds since 1970."""

    person: str
    digest: str
    started_ms: int
    written_ms: int
    """When the store last heard of its use."""
    expires_ms: int
    looked_ms: int = 0
    """When this server last read it in the store, or wrote it there."""
    device: str | None = None
    """The enrolled device it is bound to: then each of its requests proves to come from there."""
    provider: str = ""
    """The id of the sign-in provider that vouched; empty where a password did."""
    sid: str = ""
    """The provider's own session, as a keyed digest; empty where it has none."""


@dataclass(frozen=True, slots=True)
class Through:
    """What a sign-in provider said. ``hint``: its signed token, by which it knows whom to end."""

    provider: str
    sid: str
    hint: str


class Sessions:
    """Starts, finds, renews and ends sessions."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        clock: Clock,
        secret: Callable[[], str],
        ended: Callable[[str], None] = lambda _: None,
    ) -> None:
        """``ended`` is told the digest of each session that ends here before its time."""
        self._database = database
        self._clock = clock
        self._secret = secret
        self._ended = ended
        self._length_ms = int(settings.session_hours * 3_600_000)
        self._limit_ms = int(settings.session_days * 86_400_000)
        self._live: OrderedDict[str, Session] = OrderedDict()
        self._locks = tuple(asyncio.Lock() for _ in range(_LOCKS))

    @property
    def length_s(self) -> int:
        """Seconds that a session lasts unused."""
        return self._length_ms // 1000

    async def start(
        self, person: str, device: str | None = None, through: Through | None = None
    ) -> tuple[str, Session]:
        """Sign ``person`` in, on ``device`` if any: the cookie's value, and the session."""
        now = self._clock.now_ms()
        secret = self._secret()
        session = Session(person, _digest(secret), now, now, now + self._length_ms, now, device)
        traces: dict[str, Any] = {}
        if through is not None:
            session = replace(session, provider=through.provider, sid=through.sid)
            traces = {_hint(session.digest): {"token": through.hint}}
            if through.sid:
                traces[through.sid] = {"person": person}
        async with self._lock(person):
            kept = [*await self._read(person), session]
            for one in kept[:-MAX_SESSIONS]:
                self._end(one.digest)
            await self._write(person, kept[-MAX_SESSIONS:], traces)
            self._remember(session)
        return f"{person}.{secret}", session

    async def find(self, cookie: str) -> tuple[Session, bool] | None:
        """The live session of a cookie, renewed; and whether the cookie is due to be sent anew."""
        person, _, secret = cookie.partition(".")
        if not person or not secret or len(cookie) > 200 or not cookie.isascii():
            return None
        digest = _digest(secret)
        now = self._clock.now_ms()
        session = self._live.get(digest)
        if session is None or now - session.looked_ms > TRUST_MS:
            session = await self._recall(person, digest)
        if session is None or session.person != person or session.expires_ms <= now:
            return None
        return await self._renew(session, now)

    def remembers(self, cookie: str) -> bool:
        """Whether a cookie's session is in memory: to look at it costs no read."""
        return _digest(cookie.partition(".")[2]) in self._live

    def holds(self, session: Session) -> bool:
        """Whether a session found a moment ago has not been ended since."""
        live = self._live.get(session.digest)
        return live is not None and live.expires_ms > self._clock.now_ms()

    async def end(self, session: Session) -> None:
        """Sign one browser out, at once."""
        async with self._lock(session.person):
            self._end(session.digest)
            kept = await self._read(session.person)
            await self._write(session.person, [one for one in kept if one.digest != session.digest])

    async def bind(self, session: Session, device: str) -> Session:
        """Bind a session to a device, from its next request on."""
        async with self._lock(session.person):
            bound = replace(self._live.get(session.digest, session), device=device)
            kept = await self._read(session.person)
            rows = [
                replace(one, device=device) if one.digest == bound.digest else one for one in kept
            ]
            await self._write(session.person, rows)
            if bound.digest in {one.digest for one in kept}:  # not ended in the meantime
                self._remember(bound)
            return bound

    async def end_on(self, device: str, person: str) -> None:
        """Sign a person out of one device, at once."""
        async with self._lock(person):
            kept = await self._read(person)
            for one in [*kept, *self._live.values()]:
                if one.device == device and one.person == person:
                    self._end(one.digest)
            left = [one for one in kept if one.device != device]
            if left != kept:
                await self._write(person, left)

    async def end_all(self, person: str) -> None:
        """Sign a person out everywhere, at once."""
        async with self._lock(person):
            for digest in [key for key, one in self._live.items() if one.person == person]:
                self._end(digest)
            await self._write(person, [])

    async def end_through(self, person: str, provider: str, sid: str = "") -> None:
        """End, at once, what a provider vouched for: one of its sessions, or (no ``sid``) all."""
        async with self._lock(person):
            sessions = await self._read(person)
            kept = [one for one in sessions if one.provider != provider or sid not in {"", one.sid}]
            for one in set(sessions) - set(kept):
                self._end(one.digest)
            await self._write(person, kept)

    async def whose(self, sid: str) -> str | None:
        """Whose session a provider's session is; None for nobody's."""
        kept = await self._database.read_local(sid)
        return None if kept is None else str(kept["person"])

    async def hint(self, session: Session) -> str | None:
        """The token that a session's provider knows it by; None for one without a provider."""
        kept = await self._database.read_local(_hint(session.digest))
        return None if kept is None else str(kept["token"])

    async def of(self, person: str) -> list[Session]:
        """A person's live sessions, the oldest first."""
        return await self._read(person)

    async def admit(self, person: str, sessions: Iterable[Session]) -> None:
        """Let sessions go on here that were started where a person's school was before."""
        async with self._lock(person):
            joined = {one.digest: one for one in sessions}
            joined |= {one.digest: one for one in await self._read(person)}
            kept = sorted(joined.values(), key=lambda one: one.started_ms)
            await self._write(person, kept[-MAX_SESSIONS:])

    def _lock(self, person: str) -> asyncio.Lock:
        """One writer of a person's document at a time."""
        return self._locks[hash(person) % _LOCKS]

    async def _recall(self, person: str, digest: str) -> Session | None:
        async with self._lock(person):
            found = [kept for kept in await self._read(person) if kept.digest == digest]
            if not found:
                self._live.pop(digest, None)
                return None
            session = replace(found[0], looked_ms=self._clock.now_ms())
            known = self._live.get(digest)
            if known is not None:  # renewed by use, which is written down less often
                session = replace(session, expires_ms=max(session.expires_ms, known.expires_ms))
            self._remember(session)
            return session

    async def _renew(self, session: Session, now: int) -> tuple[Session, bool]:
        expires = min(now + self._length_ms, session.started_ms + self._limit_ms)
        due = now - session.written_ms >= self._length_ms // _SHARE
        written = now if due else session.written_ms
        known = self._live.get(session.digest)
        if known is not None and known.device is not None:  # bound since it was looked for
            session = known
        session = replace(session, expires_ms=expires, written_ms=written)
        self._remember(session)
        if due:  # only its times: it may have been bound while this waited
            async with self._lock(session.person):
                kept = await self._read(session.person)
                renewed = [
                    replace(one, expires_ms=expires, written_ms=written)
                    if one.digest == session.digest
                    else one
                    for one in kept
                ]
                await self._write(session.person, renewed)
        return session, due

    def _end(self, digest: str) -> None:
        self._live.pop(digest, None)
        self._ended(digest)

    def _remember(self, session: Session) -> None:
        self._live[session.digest] = session
        self._live.move_to_end(session.digest)
        while len(self._live) > MAX_CACHED:
            self._live.popitem(last=False)

    async def _read(self, person: str) -> list[Session]:
        now = self._clock.now_ms()
        return [one for one in await self._stored(person) if one.expires_ms > now]

    async def _stored(self, person: str) -> list[Session]:
        kept = await self._database.read_local(_name(person)) or {}
        rows: list[dict[str, Any]] = kept.get("sessions", [])
        return [Session(person, **row) for row in rows]

    async def _write(
        self, person: str, kept: list[Session], traces: Mapping[str, Any] | None = None
    ) -> None:
        """Write a person's sessions; what led to those that are gone goes with them."""
        local: dict[str, Any] = {}
        sids, digests = {one.sid for one in kept}, {one.digest for one in kept}
        for gone in await self._stored(person):
            if gone.digest not in digests and gone.provider:
                local[_hint(gone.digest)] = None
                if gone.sid and gone.sid not in sids:
                    local[gone.sid] = None
        local |= traces or {}
        local[_name(person)] = {"sessions": [_row(one) for one in kept]} if kept else None
        await self._database.write(WriteBatch(local=local))


def _row(session: Session) -> dict[str, Any]:
    """A session as it is stored: without whose it is, and without what it has not."""
    row = {name: value for name, value in asdict(session).items() if value not in {"", None}}
    return {name: value for name, value in row.items() if name not in {"person", "looked_ms"}}


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _name(person: str) -> str:
    return f"sessions:{person}"


def _hint(digest: str) -> str:
    return f"id-token:{digest}"
