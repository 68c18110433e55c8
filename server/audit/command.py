"""``tidemark audit``: what it shows on the terminal, and the codes that it ends with."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from schemas.views import Views
from server import logs
from server.accounts import DATABASE
from server.audit.anchors import anchors_of, note_anchor
from server.audit.records import opened
from server.audit.verify import Verified, verify
from server.audit.views import read_views
from server.settings import Settings
from server.settings_file import load
from sync.anchors import Anchor, fingerprint
from sync.clock import SystemClock, instant
from sync.findings import Finding
from sync.roster import load_roster

__all__ = ["FOUND", "audit"]

FOUND = 3
"""The exit code of a verification that found something."""
T = TypeVar("T")

audit = typer.Typer(
    name="audit", help="Check a school's record, and who has opened what.", no_args_is_help=True
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

School = Annotated[str, typer.Argument(help="The school's id.")]
Data = Annotated[Path | None, typer.Option(help="The folder that holds everything.")]


@audit.command("verify")
def verify_command(
    school: School,
    anchor: Annotated[
        str | None, typer.Option(help="An anchor that was written down, to check against as well.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one object of JSON.")] = False,
    data: Data = None,
) -> None:
    """Find any entry or arrival of a school that was altered, removed, inserted or re-dated.

    Works beside a running server. Ends with 0 where nothing was found, 3 where something was.
    """
    verified = _run(_verify(_settings(data), school, anchor))
    if as_json:
        print(orjson.dumps(verified.as_json(), option=orjson.OPT_INDENT_2).decode())  # noqa: T201
    else:
        _show(verified)
    if not verified.clean:
        raise typer.Exit(FOUND)


@audit.command("anchor")
def anchor_command(school: School, data: Data = None) -> None:
    """Print how far a school's record has come, as one short line to keep somewhere else."""
    anchor = _run(_anchor(_settings(data), school))
    if anchor is None:
        out.print(
            f"There is no anchor of the school {school} so far. Its server notes one a day, within "
            "a minute of the school's first use; ask again then.",
            markup=False,
        )
    else:
        out.print(_line(anchor), markup=False)


@audit.command("views")
def views_command(
    school: School,
    pupil: Annotated[str | None, typer.Option(help="A pupil's id: only that record.")] = None,
    data: Data = None,
) -> None:
    """List who opened restricted records, the latest first. Works beside a running server."""
    found = _run(_views(_settings(data), school, pupil))
    for one in found.views:
        where = f" on {one.device}" if one.device else ""
        out.print(
            f"{one.at}  {one.how:7}  {one.document}  {one.person} ({one.person_name}){where}",
            markup=False,
        )
    if not found.views:
        out.print("Nobody has opened a restricted record.", markup=False)


def _settings(data: Path | None) -> Settings:
    settings = load({"data": data}).settings
    logs.configure(settings.model_copy(update={"log_level": "error"}))
    return settings


async def _verify(settings: Settings, school: str, said: str | None) -> Verified:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("reading", total=None)
        async with opened(settings, SystemClock()) as records:
            return await verify(
                records,
                school,
                said,
                lambda seen, of: progress.update(task, completed=seen, total=of),
            )


async def _views(settings: Settings, school: str, pupil: str | None) -> Views:
    async with opened(settings, SystemClock()) as records:
        database = await records.school(school)
        return await read_views(database, await load_roster(database), pupil)


async def _anchor(settings: Settings, school: str) -> Anchor | None:
    """The newest anchor; a new one, where no server is running that makes them."""
    clock = SystemClock()
    async with opened(settings, clock) as records:
        await records.school(school)
        accounts = await records.writable(DATABASE)
        database = await records.writable(school)
        if accounts is not None and database is not None:
            return await note_anchor(accounts, database, instant(clock.now_ms()))
        reading = await records.accounts()
        kept = [] if reading is None else await anchors_of(reading, school)
        return kept[-1] if kept else None


def _line(anchor: Anchor) -> str:
    when = f"{anchor.at[:10]} {anchor.at[11:16]} UTC"
    return f"{anchor.school} {when} no. {anchor.number} {fingerprint(anchor.digest)}"


def _show(verified: Verified) -> None:
    report = verified.report
    for finding in report.findings:
        err.print(f"FOUND   {_said(finding)}", markup=False)
    for notice in report.notices:
        out.print(f"note    {_said(notice)}", markup=False)
    kept = f"{verified.anchors} anchors" if verified.anchors else "no anchor, as there is none yet"
    out.print(
        f"{report.entries} entries ({report.erased} erased by law) and {report.arrivals} arrivals "
        f"in {report.logs} logs were checked against each other and against {kept}.",
        markup=False,
    )
    if verified.clean:
        out.print("Nothing was altered, removed, inserted or re-dated.", markup=False)
    else:
        err.print(f"{len(report.findings)} things are not as they were written.", markup=False)


def _said(finding: Finding) -> str:
    """A finding in one line: the sentence, and where it is."""
    where = [
        f"log {finding.log}" if finding.log else "",
        f"entry {finding.n}" if finding.n is not None else "",
        f"arrival {finding.k}" if finding.k is not None else "",
        f"by {finding.author}" if finding.author else "",
        finding.document or "",
    ]
    placed = ", ".join(filter(None, where))
    return f"{finding.what}: {finding.sentence}{f' ({placed})' if placed else ''}"


def _run(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
