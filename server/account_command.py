"""``tidemark account``: accounts of this server, whether or not it runs."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
import typer
import uvloop
from rich.console import Console
from rich.table import Table

from schemas.policy import ROLE_NAMES, Role
from server import control, logs
from server.account_acts import Act, ActRefused, Done, new_person, perform
from server.accounts import Accounts
from server.passwords import Passwords
from server.sessions import Sessions
from server.settings import Settings
from server.settings_file import load
from server.stores import open_store
from sync.clock import SystemClock
from sync.errors import StoreBusy

__all__ = ["account_app", "ask_password", "check_schools"]

MIN_PASSWORD = 10
T = TypeVar("T")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

account_app = typer.Typer(
    help="Add, close and list accounts; set passwords; sign people out. With the server running "
    "or not.",
    no_args_is_help=True,
)
out = Console(highlight=False, soft_wrap=True)

Username = Annotated[str, typer.Argument(help="The account's username.")]
Data = Annotated[Path | None, typer.Option(help="The folder that holds everything.")]
Generate = Annotated[
    bool, typer.Option("--generate-password", help="Make a password up, and show it once.")
]


@account_app.command("add")
def add(  # noqa: PLR0913  # one for each thing that can be said of an account
    username: Username,
    *,
    name: Annotated[str | None, typer.Option(help="The name of the account's person.")] = None,
    role: Annotated[Role, typer.Option(help="The role of the account.")] = Role.CLASS_TEACHER,
    school: Annotated[
        list[str] | None, typer.Option(help="A school's id, or an area's; repeatable.")
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(help="A group whose registers are theirs, or in an area a team; repeatable."),
    ] = None,
    case: Annotated[
        list[str] | None, typer.Option(help="In an area, a case they work on; repeatable.")
    ] = None,
    generate: Generate = False,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="For people who come by a sign-in provider.")
    ] = False,
    data: Data = None,
) -> None:
    """Add an account."""
    schools, groups = check_schools(school or []), check_schools(group or [], "group")
    cases = check_schools(case or [], "case")
    if generate and no_password:
        raise ActRefused("Say --generate-password or --no-password, not both.")
    shown = name or typer.prompt("Name, as colleagues know it")
    settings = _settings(data)
    password = None if no_password else _password(generate=generate)
    act = Act(
        what="add",
        username=username,
        name=shown,
        role=role,
        schools=schools,
        groups=groups,
        cases=cases,
        hash=None if password is None else _run(_hashed(settings, password)),
    )
    _tell(_run(_done(settings, act)), password if generate else None)


@account_app.command("password")
def password_command(username: Username, generate: Generate = False, data: Data = None) -> None:
    """Set an account's password, and end its sessions."""
    settings = _settings(data)
    password = _password(generate=generate)
    hashed = _run(_hashed(settings, password))
    act = Act(what="password", username=username, hash=hashed)
    _tell(_run(_done(settings, act)), password if generate else None)


@account_app.command("close")
def close(username: Username, data: Data = None) -> None:
    """Close an account: nobody signs in by it, and its sessions end at once."""
    _tell(_run(_done(_settings(data), Act(what="close", username=username))))


@account_app.command("reopen")
def reopen(username: Username, data: Data = None) -> None:
    """Open a closed account again."""
    _tell(_run(_done(_settings(data), Act(what="reopen", username=username))))


@account_app.command("sign-out")
def sign_out(username: Username, data: Data = None) -> None:
    """End all sessions of an account, at once."""
    _tell(_run(_done(_settings(data), Act(what="sign-out", username=username))))


@account_app.command("unlink")
def unlink(username: Username, data: Data = None) -> None:
    """Forget who an account's person is at sign-in providers, and end its sessions."""
    _tell(_run(_done(_settings(data), Act(what="unlink", username=username))))


@account_app.command("list")
def list_command(data: Data = None) -> None:
    """List accounts: who, as what, where, how they sign in, and how many sessions they have."""
    done = _run(_done(_settings(data), Act(what="list")))
    table = Table(
        "username", "name", "role", "schools", "signs in by", "sessions", box=None, pad_edge=False
    )
    for row in done.rows:
        ways = "closed" if row.closed else ", ".join(row.ways) or "nothing yet"
        schools = ", ".join(row.schools)
        table.add_row(
            row.username, row.name, ROLE_NAMES[row.role], schools, ways, f"{row.sessions}"
        )
    out.print(table)


def check_schools(names: list[str], what: str = "school") -> tuple[str, ...]:
    """Ids of schools, groups or cases, as typed. Raises ``ActRefused``."""
    for one in names:
        if not _ID.fullmatch(one):
            raise ActRefused(
                f"{one} is not a {what}'s id: letters, digits, - and _, as in its data."
            )
    return tuple(names)


def ask_password() -> str:
    """A password, typed twice. Raises ``ActRefused`` for one that is too short."""
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(password) < MIN_PASSWORD:
        raise ActRefused(
            f"A password needs at least {MIN_PASSWORD} characters; choose a longer one."
        )
    return password


def _password(*, generate: bool) -> str:
    return secrets.token_urlsafe(12) if generate else ask_password()


async def _hashed(settings: Settings, password: str) -> str:
    passwords = Passwords(settings)
    try:
        return await passwords.hash(password)
    finally:
        passwords.close()


async def _done(settings: Settings, act: Act) -> Done:
    """Do it here, or have the server that holds the folder do it."""
    clock = SystemClock()
    try:
        store = open_store(settings, clock, "nowhere; it is changing accounts")
    except StoreBusy as busy:
        return await _asked(settings, act, busy)
    passwords = Passwords(settings)
    try:
        accounts = await Accounts.open(store, passwords)
        sessions = Sessions(accounts.database, settings, clock, new_person)
        return await perform(act, accounts, sessions, new_person)
    finally:
        passwords.close()
        await store.close()


async def _asked(settings: Settings, act: Act, busy: StoreBusy) -> Done:
    said = await control.ask(settings.data, act.model_dump(mode="json"))
    if said is None:
        raise ActRefused(f"{busy.sentence} It takes no commands; stop it, and try again.")
    if "refused" in said:
        raise ActRefused(str(said["refused"]))
    return Done.model_validate_json(orjson.dumps(said["done"]))


def _tell(done: Done, password: str | None = None) -> None:
    out.print(done.sentence, markup=False)
    if password is not None:
        out.print(f"Its password, shown this once: {password}", markup=False)


def _settings(data: Path | None) -> Settings:
    settings = load({"data": data}).settings
    logs.configure(settings.model_copy(update={"log_level": "error"}))
    return settings


def _run(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
