"""``tidemark explain``: why somebody may or may not see a document."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import orjson
import typer
import uvloop
from rich.console import Console

from schemas.access import Explanation
from schemas.errors import TidemarkError
from server import logs
from server.access.directory import Directory
from server.accounts import Account, normal_username, read_account
from server.audit.records import Records, opened
from server.settings import Settings
from server.settings_file import load
from sync.clock import SystemClock, to_ms
from sync.explain import Explainer
from sync.grants import GrantBook
from sync.roster import load_roster

__all__ = ["explain_command"]

out = Console(highlight=False, soft_wrap=True)
STATES = {"to_begin": "to begin", "in_force": "in force", "over": "over"}


class _Unclear(TidemarkError):
    """What was typed names nobody, or more than one thing."""

    code = "bad_argument"


def explain_command(
    person: Annotated[str, typer.Argument(help="A person's id, or their username.")],
    document: Annotated[str, typer.Argument(help="A document's id, as card:pup-1a2b.")],
    school: Annotated[
        str | None, typer.Option(help="The school's id; their own where they have one.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(help="Another moment than now, in UTC: 2026-11-23T09:30:00.000Z."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one object of JSON.")] = False,
    data: Annotated[Path | None, typer.Option(help="The folder that holds everything.")] = None,
) -> None:
    """Say why somebody may or may not see a document. Works beside a running server."""
    settings = load({"data": data}).settings
    logs.configure(settings.model_copy(update={"log_level": "error"}))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        said = runner.run(_explain(settings, person, document, school, at))
    if as_json:
        text = orjson.dumps(said.model_dump(mode="json"), option=orjson.OPT_INDENT_2)
        print(text.decode())  # noqa: T201
    else:
        _show(said)


async def _explain(
    settings: Settings, person: str, document: str, school: str | None, at: str | None
) -> Explanation:
    clock = SystemClock()
    ms = clock.now_ms() if at is None else _moment(at)
    async with opened(settings, clock) as records:
        accounts = await _accounts(records)
        who = _person(accounts, person)
        name = school or _only_school(accounts.get(who), person)
        database = await records.school(name)
        book = await GrantBook.read(database)
        roster = await load_roster(database)
        there = {one.person: one for one in accounts.values() if one.post(name) is not None}
        directory = Directory(name, roster, book, there)
        found, *_ = await database.read([document])
        return Explainer(roster, directory.name, ms).explain(directory.access(who), document, found)


async def _accounts(records: Records) -> dict[str, Account]:
    reading = await records.accounts()
    if reading is None:
        return {}
    documents = await reading.range("account:", "account;")
    return {one.person: one for one in map(read_account, documents)}


def _person(accounts: dict[str, Account], said: str) -> str:
    """The id of a person who was named by it, or by a username."""
    if said in accounts:
        return said
    username = normal_username(said)
    named = [one.person for one in accounts.values() if one.username == username]
    return named[0] if named else said


def _only_school(account: Account | None, said: str) -> str:
    schools = {post.school for post in account.schools} if account is not None else set()
    if len(schools) != 1:
        which = ", ".join(sorted(schools)) or "no school that is known here"
        raise _Unclear(f"{said} has a post in {which}: say in which school with --school.")
    return schools.pop()


def _moment(said: str) -> int:
    try:
        return to_ms(said)
    except (ValueError, OverflowError):
        raise _Unclear(f"{said} is no moment; write it as 2026-11-23T09:30:00.000Z.") from None


def _show(said: Explanation) -> None:
    verdict = "sees" if said.sees else "does not see"
    out.print(f"{said.name} ({said.person}) {verdict} {said.document} at {said.as_at}.")
    out.print(said.because, markup=False)
    if said.restricted:
        out.print("It is restricted: whoever opens it is noted.")
    for audience in said.goes_to:
        out.print(f"  goes to {audience}", markup=False)
    for line in said.grants:
        grant = line.grant
        by = f", given by {line.given_by_name}" if line.given_by_name else ""
        out.print(
            f"  {grant.role.value} ({grant.id}), {STATES[line.state]}{by}: "
            f"{grant.purpose} {line.why}",
            markup=False,
        )
