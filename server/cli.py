"""The command ``tidemark``: run a server, try a demonstration, see and write settings."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
import uvloop
from rich.console import Console
from rich.table import Table

from schemas.errors import TidemarkError
from schemas.policy import Role
from server import logs
from server.access.command import explain_command
from server.account_acts import Act, Done, new_person, perform
from server.account_command import account_app, ask_password, check_schools
from server.accounts import Accounts
from server.alarms.command import alarm_app
from server.audit.command import audit
from server.backups.command import backup_app, restore_command
from server.couch.command import admin_of, serve_couch
from server.erasure import command as erasing
from server.moving import command as moving
from server.passwords import Passwords
from server.routes.health import version as installed_version
from server.serve import serve as run_server
from server.sessions import Sessions
from server.settings import Settings
from server.settings_file import Loaded, load, template
from server.stores import open_store
from server.trial import DATA, Trial
from sync.clock import SystemClock

__all__ = ["app", "main"]

COUCH_PORT = 5984
T = TypeVar("T")

app = typer.Typer(
    name="tidemark",
    help="Tidemark: school attendance that works without a signal.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(backup_app, name="backup")
app.command("restore")(restore_command)
app.add_typer(account_app, name="account")
app.add_typer(alarm_app, name="alarm")
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Port = Annotated[int | None, typer.Option(help="The port to listen on; 0 takes a free one.")]
Host = Annotated[str | None, typer.Option(help="The address to listen on.")]
Data = Annotated[Path | None, typer.Option(help="The folder that holds everything.")]

app.add_typer(audit)
app.command("explain")(explain_command)


def main() -> None:
    """Run the command; an error that a person can mend is one sentence and exit code 1."""
    try:
        app()
    except TidemarkError as error:
        err.print(f"tidemark: {error.sentence}", markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


@app.command()
def serve(port: Port = None, host: Host = None, data: Data = None) -> None:
    """Serve the schools in the data folder."""
    loaded = load({"port": port, "host": host, "data": data})
    _warn(loaded)
    logs.configure(loaded.settings)
    _run(run_server(loaded.settings, started=lambda at: err.print(f"Tidemark is at {at}")))


@app.command()
def demo(
    port: Port = None,
    host: Host = None,
    data: Data = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the address and sign-ins as one line of JSON.")
    ] = False,
) -> None:
    """Start a demonstration with fictional schools; started again, it goes on as it was left."""
    loaded = load({"port": port, "host": host, "data": data or (None if _data_said() else DATA)})
    _warn(loaded)
    level = "warning" if loaded.origins["log_level"] == "default" else loaded.settings.log_level
    logs.configure(loaded.settings.model_copy(update={"log_level": level}))
    trial = Trial(loaded.settings.data, err, as_json=as_json)
    _run(run_server(loaded.settings, prepare=trial.prepare, started=trial.started))


@app.command()
def couch(
    port: Annotated[
        int | None, typer.Option(help="The port to listen on, 5984 unless said otherwise.")
    ] = None,
    host: Host = None,
    data: Data = None,
    admin: Annotated[
        str | None,
        typer.Option(
            envvar="TIDEMARK_COUCH_ADMIN",
            help="Who may do everything: NAME:PASSWORD. In the variable no process list shows it.",
        ),
    ] = None,
    cors: Annotated[
        list[str] | None,
        typer.Option(help="A site whose pages may call, as https://its.name; repeatable."),
    ] = None,
) -> None:
    """Serve the databases bare by CouchDB's protocol, to one administrator, without any policy."""
    who = admin_of(admin)
    loaded = load({"port": port, "host": host, "data": data})
    settings = loaded.settings
    if loaded.origins["port"] == "default":
        settings = settings.model_copy(update={"port": COUCH_PORT})
    _warn(loaded)
    logs.configure(settings)
    _run(serve_couch(settings, who, cors or (), lambda at: err.print(f"CouchDB's API is at {at}")))


@app.command()
def config(data: Data = None, port: Port = None, host: Host = None) -> None:
    """Show every setting in force, and where its value comes from."""
    loaded = load({"port": port, "host": host, "data": data})
    table = Table("setting", "value", "from", box=None, pad_edge=False)
    for name, value, origin in loaded.rows():
        table.add_row(name, value, origin)
    out.print(table)
    out.print(f"\nSettings file: {loaded.file}{'' if loaded.file.is_file() else ' (none there)'}")
    _warn(loaded)


@app.command()
def init(
    data: Data = None,
    account: Annotated[
        str | None, typer.Option(help="Also make a first account, with this username.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The name of the account's person.")] = None,
    role: Annotated[Role, typer.Option(help="The role of the account.")] = Role.HEAD,
    school: Annotated[list[str] | None, typer.Option(help="A school's id; repeatable.")] = None,
    generate: Annotated[
        bool, typer.Option("--generate-password", help="Make a password up, and show it once.")
    ] = False,
) -> None:
    """Make the data folder and a settings file with every setting explained."""
    loaded = load({"data": data})
    folder = loaded.settings.data
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with loaded.file.open("x", encoding="utf-8") as file:
            file.write(template())
    except FileExistsError:
        out.print(f"{loaded.file} is there already and was left as it is.")
    else:
        loaded.file.chmod(0o600)
        out.print(f"Wrote {loaded.file}: every setting, with what it is unless you change it.")
    if account is not None:
        _first_account(loaded.settings, account, name, role, school or [], generate=generate)


@app.command()
def move(
    school: Annotated[str, typer.Argument(help="The school's id.")],
    to: Annotated[
        str | None,
        typer.Option(
            help="The new home: sqlite:FOLDER, or couchdb+http://user:password@host:5984. The "
            "password may stand in TIDEMARK_MOVE_PASSWORD instead."
        ),
    ] = None,
    reopen: Annotated[
        bool, typer.Option("--reopen", help="Give up a move that was cut: serve the school again.")
    ] = False,
    data: Data = None,
) -> None:
    """Move a school to another store: from that of the settings to that of --to.

    Cut at any moment, the same command goes on. Tablets keep what they hold.
    """
    if reopen == (to is not None):
        raise _Mistake("Say where the school moves with --to, or give a move up with --reopen.")
    settings = load({"data": data}).settings
    logs.configure(settings.model_copy(update={"log_level": "error"}))
    if to is None:
        _run(moving.reopen(settings, school, out))
        return
    code = _run(moving.move(settings, school, to, out, err))
    if code:
        raise typer.Exit(code)


@app.command()
def erase(  # noqa: PLR0913  # each is an option of the command
    school: Annotated[str, typer.Argument(help="The school's id, or the area's.")],
    *,
    by: Annotated[str, typer.Option(help="Who ordered it.")],
    reason: Annotated[str, typer.Option(help="Why: the right it follows, not the person's story.")],
    reference: Annotated[str, typer.Option(help="Where the request is filed.")],
    entry: Annotated[list[str] | None, typer.Option(help="An entry's id; repeatable.")] = None,
    pupil: Annotated[
        str | None, typer.Option(help="A pupil's id: all entries that speak of that pupil alone.")
    ] = None,
    case: Annotated[
        str | None,
        typer.Option(help="A case's id: all of it, in the area and in its schools."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it; without this, only show what would go.")
    ] = False,
    data: Data = None,
) -> None:
    """Erase the content of entries, by law. Their places in the chain stay.

    Stop the server first (a CouchDB's may run on).
    """
    if [bool(entry), pupil is not None, case is not None].count(True) != 1:
        raise _Mistake(
            "Say what to erase: entries with --entry, or a pupil's with --pupil, or a case with "
            "--case."
        )
    settings = load({"data": data}).settings
    logs.configure(settings.model_copy(update={"log_level": "error"}))
    asked = erasing.Asked(school, entry or [], pupil, case, by, reason, reference, yes)
    _run(erasing.erase(settings, asked, out))


@app.command()
def version() -> None:
    """Show which version this is."""
    out.print(f"tidemark {installed_version()}")


def _first_account(
    settings: Settings,
    username: str,
    name: str | None,
    role: Role,
    schools: list[str],
    *,
    generate: bool,
) -> None:
    wanted = check_schools(schools)
    shown = name or typer.prompt("Name, as colleagues know it")
    password = secrets.token_urlsafe(12) if generate else ask_password()
    act = Act(what="add", username=username, name=shown, role=role, schools=wanted)
    out.print(_run(_write_account(settings, act, password)).sentence, markup=False)
    if generate:
        out.print(f"Its password, shown this once: {password}", markup=False)


def _data_said() -> bool:
    return load().origins["data"] != "default"


class _Mistake(TidemarkError):
    """Something typed on the command line cannot be used."""

    code = "bad_argument"


async def _write_account(settings: Settings, act: Act, password: str) -> Done:
    clock = SystemClock()
    store = open_store(settings, clock, "nowhere; it is making an account")
    passwords = Passwords(settings)
    try:
        accounts = await Accounts.open(store, passwords)
        if not await accounts.is_empty():
            raise _Mistake(
                "There are accounts here already, so none was made. Add one with "
                "`tidemark account add`."
            )
        hashed = act.model_copy(update={"hash": await accounts.hash(password)})
        sessions = Sessions(accounts.database, settings, clock, new_person)
        return await perform(hashed, accounts, sessions, new_person)
    finally:
        passwords.close()
        await store.close()


def _run(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def _warn(loaded: Loaded) -> None:
    for name in loaded.unknown:
        err.print(f"tidemark: {name} is set but is no setting; see `tidemark config`.")
    host = loaded.settings.host
    if host not in {"127.0.0.1", "::1", "localhost"} and not loaded.settings.trusted_proxies:
        err.print(
            f"tidemark: listening on {host} without https. Passwords cross the network as they "
            "are typed: put a proxy that speaks https in front (trusted_proxies names it)."
        )
