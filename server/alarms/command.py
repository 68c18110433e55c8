"""``tidemark alarm test``: a message that says it is a test, and what became of it."""

from __future__ import annotations

import asyncio
import re
import secrets
from pathlib import Path
from typing import Annotated

import orjson
import typer
import uvloop
from rich.console import Console

from schemas.errors import TidemarkError
from schemas.school import School
from server import logs
from server.accounts import Account, normal_username, read_account
from server.alarms.health import Health
from server.alarms.message import test_message
from server.alarms.people import NO_ADDRESS, Reachable
from server.alarms.record import Delivery
from server.alarms.sending import Sending, transports_of
from server.alarms.timers import elapsed_s
from server.audit.records import Records, opened
from server.metrics import Metrics
from server.settings import Settings
from server.settings_file import load
from sync.clock import SystemClock

__all__ = ["alarm_app"]

out = Console(highlight=False, soft_wrap=True)
alarm_app = typer.Typer(help="Alarms for people who are out alone.", no_args_is_help=True)
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{3,30}")


class _NoWay(TidemarkError):
    """Nobody can be sent anything: what is missing, and what to do."""

    code = "no_way"


@alarm_app.callback()
def _alarm() -> None:
    """Alarms for people who are out alone."""


@alarm_app.command("test")
def try_command(
    to: Annotated[
        str,
        typer.Argument(
            help="Whom: a person's id or username, an e-mail address, or a telephone number."
        ),
    ],
    data: Annotated[Path | None, typer.Option(help="The folder that holds everything.")] = None,
) -> None:
    """Send a test message by every way that leads to somebody. Works beside a running server."""
    settings = load({"data": data}).settings
    logs.configure(settings.model_copy(update={"log_level": "critical"}))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        tried = runner.run(_test(settings, to))
    for one in tried:
        said = "handed over" if one.trouble is None else f"NOT sent: {one.trouble}"
        out.print(f"{one.by} to {one.name} ({one.address}): {said}", markup=False)
    if all(one.trouble is not None for one in tried):
        raise typer.Exit(1)
    out.print("Ask them whether it came: that it was handed over is all that is known here.")


async def _test(settings: Settings, to: str) -> list[Delivery]:
    clock = SystemClock()
    transports = transports_of(settings, clock)
    if not transports:
        raise _NoWay(
            "Neither a mail server (smtp_host) nor an SMS webhook (sms_webhook_url) is set, so "
            "nobody can be told anything. docs/alarms.md shows how."
        )
    sending = Sending(transports, Health(elapsed_s), Metrics())
    wanted = [
        one
        for someone in await _named(settings, to)
        for one in someone.deliveries(sending.ways)
        if one.by is not None
    ]
    if not wanted:
        ways = ", ".join(sorted(sending.ways))
        raise _NoWay(f"Nothing can be sent to {to}: {NO_ADDRESS}, or none for {ways}.")
    message = test_message(secrets.token_hex(5))
    found: list[Delivery] = []
    for one in wanted:
        assert one.by is not None  # noqa: S101  # the others were left out
        assert one.address is not None  # noqa: S101
        trouble = await sending.hand_over(one.by, one.address, message)
        found.append(one.model_copy(update={"trouble": trouble}))
    return found


async def _named(settings: Settings, to: str) -> list[Reachable]:
    """Whom was meant: an address itself, or a person as the lists of their places have them."""
    if "@" in to:
        return [Reachable(to, email=to)]
    if _PHONE.fullmatch(to):
        return [Reachable(to, phone=to)]
    async with opened(settings, SystemClock()) as records:
        account = await _account(records, to)
        if account is None:
            raise _NoWay(f"{to} is nobody's id or username here, and no address or number.")
        places = [post.school for post in account.schools]
        found = [await _member(records, place, account) for place in dict.fromkeys(places)]
    return list(dict.fromkeys(found))


async def _account(records: Records, said: str) -> Account | None:
    reading = await records.accounts()
    found = [] if reading is None else await reading.range("account:", "account;")
    username = normal_username(said)
    every = map(read_account, found)
    return next((one for one in every if said == one.person or one.username == username), None)


async def _member(records: Records, place: str, account: Account) -> Reachable:
    (document,) = await (await records.school(place)).read(["school"])
    if document is None:
        return Reachable(account.name, account.person)
    school = School.model_validate_json(orjson.dumps({"_id": document.id, **document.body}))
    member = next((one for one in school.staff if one.person == account.person), None)
    if member is None:
        return Reachable(account.name, account.person)
    return Reachable(member.name, account.person, member.phone, member.email)
