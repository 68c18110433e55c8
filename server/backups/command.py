"""``tidemark backup`` and ``tidemark restore``: what they ask, and what they say."""

from __future__ import annotations

import asyncio
import contextlib
import re
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from server import logs
from server.backups.errors import BackupError
from server.backups.folder import BackupFolder, Manifest
from server.backups.restoring import Restored, Restoring, begin_anew, restore
from server.backups.taking import Taking, take
from server.erasure.ledger import ledger_file
from server.moving.homes import is_couch
from server.settings import Settings
from server.settings_file import load
from server.stores import open_store, store_folder
from sync.backed import LOCAL, MARGIN_MS, reporting
from sync.clock import SystemClock, instant, to_ms
from sync.errors import StoreBusy, StoreError
from sync.store import WriteBatch
from sync.stores.memory import new_epoch
from sync.stores.sqlite.backup import check_copy

__all__ = ["backup_app", "restore_command"]

MIB = 1024 * 1024
FEW = 12
"""So many names are said; of more, how many."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
OWN_MEANS = (
    "Tidemark backs up its SQLite store only. Back a CouchDB up by its own means, then say so for "
    "each school with `tidemark backup mark`."
)

backup_app = typer.Typer(
    help="Take a backup now; list them; report one taken by other means.",
    invoke_without_command=True,
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Data = Annotated[Path | None, typer.Option(help="The folder that holds everything.")]
To = Annotated[Path | None, typer.Option("--to", help="The folder of backups, if not backup_to.")]


@backup_app.callback()
def backup(context: typer.Context, data: Data = None, to: To = None) -> None:
    """Take a backup now, whether or not a server runs, which counts it within a minute."""
    if context.invoked_subcommand is not None:
        return
    settings = _settings(data, to)
    folder, backups = _folder(settings), _backups(settings)
    backups.check()
    running = asyncio.run(_finish_journal(settings))
    taking = Taking(
        folder,
        backups,
        settings.backups_kept,
        SystemClock(),
        rest=running,
        ledger=ledger_file(settings),
    )
    manifest = take(taking)
    size = sum(kept.bytes for kept in manifest.databases.values()) / MIB
    out.print(
        f"Backup {manifest.id}: {len(manifest.databases)} databases, {size:.1f} MiB.", markup=False
    )
    for name, why in sorted(manifest.failed.items()):
        had = manifest.databases.get(name)
        kept = f"; its copy of {had.taken_at} is kept" if had is not None else ""
        err.print(f"tidemark: {name} could not be copied{kept}: {why}", markup=False)
    if manifest.failed:
        raise typer.Exit(1)


@backup_app.command("list")
def list_backups(
    data: Data = None,
    to: To = None,
    school: Annotated[str | None, typer.Option(help="What each has of one school.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Read every file, and compare it with its digest.")
    ] = False,
) -> None:
    """Show the backups there are, oldest first."""
    backups = _backups(_settings(data, to))
    wrong = 0
    table = Table("backup", "begun at", "databases", "MiB", "lacking", box=None, pad_edge=False)
    if school is not None:
        table = Table("backup", "begun at", "copied at", "sequence", "MiB", box=None)
    for name in backups.ids():
        try:
            manifest = backups.read(name)
        except BackupError as error:
            err.print(f"tidemark: {error.sentence}", markup=False)
            wrong += 1
            continue
        row = _row(manifest) if school is None else _row_of(manifest, school)
        if row:
            table.add_row(manifest.id, manifest.taken_at, *row)
        wrong += _check(backups, manifest) if check else 0
    out.print(table)
    if check and not wrong:
        out.print("Every file is whole.")
    if wrong:
        raise typer.Exit(1)


@backup_app.command("mark")
def mark(
    school: Annotated[str, typer.Argument(help="The school's id.")],
    at: Annotated[
        str, typer.Option(help="When the backup began, as 2026-11-23T02:00:00Z (in UTC).")
    ],
    data: Data = None,
) -> None:
    """Report a backup taken by other means: what was received before it began is backed up.

    For a school in CouchDB. Of a SQLite store the server must be stopped.
    """
    clock = SystemClock()
    moment = _moment(at, clock.now_ms())
    asyncio.run(_mark(load({"data": data}).settings, school, moment, clock))
    out.print(
        f"{school}: what was received before {instant(to_ms(moment) - MARGIN_MS)} counts as backed "
        "up (five minutes less than said, because clocks differ); tablets are told.",
        markup=False,
    )


def restore_command(  # noqa: PLR0917  # each is an option of the command
    school: Annotated[
        str | None, typer.Option(help="Only this school; without it, everything.")
    ] = None,
    backup_id: Annotated[
        str | None, typer.Option("--backup", help="Which backup; without it, the newest.")
    ] = None,
    sign_out: Annotated[
        bool, typer.Option("--sign-out", help="With everything: end all sessions as well.")
    ] = False,
    snapshot: Annotated[
        bool,
        typer.Option(
            "--snapshot",
            help="The folder was put back by other means, say a snapshot: let it begin anew.",
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before.")] = False,
    data: Data = None,
    to: To = None,
) -> None:
    """Put a backup back, with the server stopped; what it replaces is moved aside."""
    settings = _settings(data, to)
    if snapshot:
        names = begin_anew(_folder(settings), SystemClock(), new_epoch)
        out.print(f"Another history begins in: {_named(names)}. Start the server.", markup=False)
        return
    folder, backups = _folder(settings), _backups(settings)
    what = "everything" if school is None else f"the school {school}"
    which = backup_id or "the newest backup"
    if not yes:
        typer.confirm(f"Put {what} back as in {which}?", abort=True)
    asked = Restoring(
        folder,
        backups,
        SystemClock(),
        new_epoch,
        backup_id,
        school,
        sign_out=sign_out,
        ledger=ledger_file(settings),
    )
    _say(restore(asked))


def _say(restored: Restored) -> None:
    manifest = restored.manifest
    say = out.print
    say(
        f"Put back from the backup begun at {manifest.taken_at}: {_named(restored.names)}.",
        markup=False,
    )
    for loss in restored.losses:
        for sentence in loss.sentences:
            say(f"- {sentence}", markup=False)
    for name in restored.old:
        kept = manifest.databases[name]
        say(f"- {name}: the backup has it as of {kept.taken_at} only.", markup=False)
    if restored.stayed:
        say(f"- Not in the backup, left as they are: {', '.join(restored.stayed)}.", markup=False)
    say(
        f"What was there before is in {restored.aside}. Start the server: tablets offer again, by "
        "themselves, what they wrote after the backup.",
        markup=False,
    )


def _settings(data: Path | None, to: Path | None) -> Settings:
    settings = load({"data": data, "backup_to": to}).settings
    logs.configure(settings.model_copy(update={"log_level": "error"}))
    return settings


def _folder(settings: Settings) -> Path:
    folder = store_folder(settings)
    if folder is None:
        raise BackupError(OWN_MEANS)
    return folder


def _backups(settings: Settings) -> BackupFolder:
    if settings.backup_to is None:
        raise BackupError(
            "No folder for backups is named: set backup_to (see `tidemark config`), or say --to."
        )
    return BackupFolder(settings.backup_to)


async def _finish_journal(settings: Settings) -> bool:
    """With the server stopped, bring to the files what the journal has; whether one is running.

    A running one has done so for all that it answered.
    """
    try:
        store = open_store(settings, SystemClock(), "nowhere; it is taking a backup")
    except StoreBusy:
        return True
    await store.close()
    return False


async def _mark(settings: Settings, school: str, at: str, clock: SystemClock) -> None:
    with contextlib.ExitStack() as stack:
        if is_couch(settings):  # servers go on beside it, each with mirrors of its own
            mirrors = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tidemark-")))
            settings = settings.model_copy(update={"data": mirrors})
        store = open_store(settings, clock, "nowhere; it is noting a backup")
        try:
            database = await store.open(school)
            body: dict[str, Any] = reporting(at, now=instant(clock.now_ms()))
            await database.write(WriteBatch(local={LOCAL: body}))
        finally:
            await store.close()


def _moment(text: str, now_ms: int) -> str:
    if _MOMENT.fullmatch(text) is None:
        raise BackupError(f"{text} is not a moment; write it as 2026-11-23T02:00:00Z, in UTC.")
    try:
        ms = to_ms(text)
    except ValueError:
        raise BackupError(f"{text} names no such day, or no such time of it.") from None
    if ms > now_ms:
        raise BackupError(f"{text} is yet to come; say when the backup began.")
    return instant(ms)


def _row(manifest: Manifest) -> tuple[str, ...]:
    size = sum(kept.bytes for kept in manifest.databases.values()) / MIB
    lacking = ", ".join(sorted(manifest.failed)) or "nothing"
    return str(len(manifest.databases)), f"{size:.1f}", lacking


def _row_of(manifest: Manifest, school: str) -> tuple[str, ...]:
    kept = manifest.databases.get(school)
    if kept is None:
        return ()
    return kept.taken_at, str(kept.sequence), f"{kept.bytes / MIB:.1f}"


def _check(backups: BackupFolder, manifest: Manifest) -> int:
    """How many files are not whole; each is named."""
    wrong = 0
    for kept in manifest.databases.values():
        try:
            check_copy(backups.at(manifest.id) / kept.file, kept.digest)
        except StoreError as error:
            err.print(f"tidemark: {error}", markup=False)
            wrong += 1
    return wrong


def _named(names: tuple[str, ...]) -> str:
    return ", ".join(names) if len(names) <= FEW else f"{len(names)} databases"
