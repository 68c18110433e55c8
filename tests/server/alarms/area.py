"""An area with a worker, a buddy, a lead and somebody it escalates to; and whom messages reach."""

from __future__ import annotations

import contextlib
import email
import email.policy
import hmac
import itertools
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.applications import Starlette

from schemas.family.watches import LoneWorking
from schemas.policy import Role
from schemas.school import StaffMember
from server.accounts import Account, Post
from server.app import create_app
from server.settings import Settings
from server.site import Site
from sync.clock import to_ms
from sync.store import Store
from sync.stores.memory import MemoryStore
from tests import factory
from tests.factory import MONDAY, SetClock, Tablet, speaker
from tests.server.town import CHEAP, PASSWORD

AREA = "area-1"
SECRET = "a fictional webhook secret"
ORIGIN = "https://tidemark.example.gov.uk"
WORKER = speaker("staff-fay", "Fay Field", Role.FAMILY_WORKER, "tablet-f", "team-1")
BUDDY = speaker("staff-bo", "Bo Buddy", Role.FAMILY_WORKER, "tablet-b", "team-1")
LEAD = speaker("staff-lee", "Lee Lead", Role.TEAM_LEAD, "desk-l", "team-1")
OTHER_LEAD = speaker("staff-ott", "Ott Other", Role.TEAM_LEAD, "desk-o", "team-2")
BOSS = speaker("staff-bea", "Bea Boss", Role.AUTHORITY_COORDINATOR, "desk-b")
EVERYBODY = (WORKER, BUDDY, LEAD, OTHER_LEAD, BOSS)
MAILS = {one.person: f"{one.person}@example.gov.uk" for one in EVERYBODY}
PHONES = {LEAD.person: "01632960001", BOSS.person: "01632960002", WORKER.person: "01632960009"}
LONE = LoneWorking(lead_minutes=15, escalate_minutes=30, repeat_minutes=10, escalate=(BOSS.person,))


def iso(time: str, date: str = MONDAY) -> str:
    return f"{date}T{time}:00.000Z"


def roster(**changes: Any) -> factory.Roster:
    staff = tuple(
        StaffMember(
            person=one.person,
            name=one.name,
            role=one.role,
            email=MAILS[one.person],
            phone=PHONES.get(one.person),
        )
        for one in EVERYBODY
    )
    fields = {"school": AREA, "name": "Saltmarsh Area", "phase": "area", "staff": staff}
    document = factory.school(**(fields | {"lone_working": LONE} | changes))
    teams = [
        factory.group(name, (), kind="team", teacher=lead.person, teacher_name=lead.name, meets=())
        for name, lead in (("team-1", LEAD), ("team-2", OTHER_LEAD))
    ]
    return factory.Roster.build(document, teams, [])


def accounts(hashed: str | None) -> list[Account]:
    return [
        Account(
            person=one.person,
            username=one.person.removeprefix("staff-"),
            name=one.name,
            role=one.role,
            schools=(Post(school=AREA, groups=one.posts[0].groups),),
            hash=hashed,
        )
        for one in EVERYBODY
    ]


async def make_area(store: Store, **changes: Any) -> None:
    database = await store.create(AREA)
    await database.write(factory.roster_batch(roster(**changes)))


class Webhook:
    """Sends text messages, as far as anybody can tell; while ``failing``, it does not."""

    def __init__(self) -> None:
        self.texts: list[dict[str, str]] = []
        self.status = 202
        self.asked = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked += 1
                stamp = self.headers["Tidemark-Timestamp"]
                made = hmac.new(SECRET.encode(), stamp.encode() + b"." + body, "sha256").hexdigest()
                good = hmac.compare_digest(self.headers["Tidemark-Signature"], f"v1={made}")
                if outer.status < 300 and good:
                    outer.texts.append(json.loads(body))
                self.send_response(outer.status if good else 401)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/texts"

    def to(self, person: str) -> list[str]:
        return [one["text"] for one in self.texts if one["to"] == PHONES[person]]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


class MailServer:
    """A real mail server on this machine. ``refuses``: it takes nothing."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuses = False
        with socket.create_server(("127.0.0.1", 0)) as free:  # it cannot find one by itself
            self.port: int = free.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    async def handle_DATA(  # noqa: N802  # the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.refuses:
            return "451 Later"
        content = envelope.content
        assert isinstance(content, bytes)
        mail = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    def to(self, person: str) -> list[EmailMessage]:
        return [one for one in self.mails if one["To"] == MAILS[person]]

    def subjects(self, person: str) -> list[str]:
        return [one["Subject"] for one in self.to(person)]

    def close(self) -> None:
        self.controller.stop()


@contextlib.contextmanager
def messages() -> Iterator[tuple[MailServer, Webhook]]:
    mail, webhook = MailServer(), Webhook()
    try:
        yield mail, webhook
    finally:
        mail.close()
        webhook.close()


def ways(mail: MailServer | None, webhook: Webhook | None) -> dict[str, Any]:
    """The settings that lead there."""
    found: dict[str, Any] = {"public_origin": ORIGIN}
    if mail is not None:
        found |= {"smtp_host": "127.0.0.1", "smtp_port": mail.port, "smtp_security": "none"}
        found |= {"smtp_from": "alarms@example.gov.uk"}
    if webhook is not None:
        found |= {"sms_webhook_url": webhook.url, "sms_webhook_secret": SECRET}
    return found


@dataclass
class Clocks:
    """A wall clock that is set, and time that passes whatever it is set to."""

    wall: SetClock = field(default_factory=SetClock)
    passed_s: float = 0.0

    def elapsed(self) -> float:
        return self.passed_s

    def pass_minutes(self, minutes: float) -> None:
        self.passed_s += minutes * 60
        self.wall.ms += int(minutes * 60_000)

    def until(self, text: str) -> None:
        self.pass_minutes((to_ms(text) - self.wall.ms) / 60_000)


@dataclass
class Area:
    """A server with the area, of which the test moves the clock and says when it looks."""

    app: Starlette
    store: Store
    clocks: Clocks
    tablets: dict[str, Tablet] = field(default_factory=dict)

    @property
    def site(self) -> Site:
        site: Site = self.app.state.site
        return site

    async def say(self, kind: str, who: factory.Speaker = WORKER, **fields: Any) -> dict[str, Any]:
        """An entry about ``w-1``, pushed as its author now."""
        logs = {one.person: f"{number}" * 32 for number, one in enumerate(EVERYBODY, 1)}
        tablet = self.tablets.setdefault(who.person, Tablet(who, log=logs[who.person]))
        about = {"watch": "w-1", "written_at": self.clocks.wall.now} | fields
        entry = tablet.write(kind, **{one: it for one, it in about.items() if it is not None})
        async with self.site.schools.use(AREA) as opened:
            taken = await opened.intake.take(who, [factory.wire(entry)])
        assert [row.verdict for row in taken.rows] == ["stored"], taken.rows
        return entry

    async def leaves(self, back: str, **more: Any) -> dict[str, Any]:
        fields = {"where": "Harbour Road", "expected_back": back, "buddy": BUDDY.person}
        return await self.say("watch.started", **(fields | more))

    async def look(self) -> None:
        """Have the engine look, until there is nothing more to do at this moment."""
        for _ in range(8):
            await self.site.alarms.tick()
            await self.site.alarms.settle()

    async def at(self, text: str) -> None:
        self.clocks.until(text)
        await self.look()

    async def watch(self) -> dict[str, Any]:
        """The published document."""
        (found,) = await (await self.store.open(AREA)).read(["watch:w-1"])
        assert found is not None
        return dict(found.body)


@contextlib.asynccontextmanager
async def area(
    store: Store | None = None,
    clocks: Clocks | None = None,
    *,
    made: bool = False,
    lone: LoneWorking = LONE,
    **settings: Any,
) -> AsyncIterator[Area]:
    """A running server; its own loop is stopped, so that the test decides when it looks."""
    kept, told = store or MemoryStore(), clocks or Clocks()
    ids = (f"{next(_IDS):026d}" for _ in itertools.count())
    app = create_app(
        Settings(**(CHEAP | settings)), kept, told.wall, ids=ids.__next__, elapsed=told.elapsed
    )
    if not made:
        await make_area(kept, lone_working=lone)
    async with app.router.lifespan_context(app):
        found = Area(app, kept, told)
        await found.site.alarms.close()
        if not made:
            hashed = await found.site.accounts.hash(PASSWORD)
            await found.site.accounts.put(accounts(hashed))
        yield found


_IDS = itertools.count()
