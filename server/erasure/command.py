"""``tidemark erase``: what it shows, and what it does when told to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from server.erasure.applying import carry_out, remember
from server.erasure.ledger import Ledger, ledger_file
from server.erasure.plan import NothingToErase, Plan, plan_of_entries, plan_of_pupil
from server.moving.homes import home_of, is_couch
from server.settings import Settings
from server.stores import open_store
from sync.clock import SystemClock, instant
from sync.document import Document
from sync.erasure import Order, erasure_of
from sync.errors import BadName, DatabaseMissing
from sync.roster import load_roster
from sync.store import Database, Store

__all__ = ["Asked", "erase"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants erased, on whose order. ``yes``: do it, and do not only show it."""

    school: str
    entries: Sequence[str]
    pupil: str | None
    by: str
    reason: str
    reference: str
    yes: bool


async def erase(settings: Settings, asked: Asked, out: Console) -> None:
    """Show what would go; with ``yes``, erase it. Raises ``StoreBusy`` beside a running server."""
    ledger = Ledger(ledger_file(settings))
    with TemporaryDirectory(prefix="tidemark-erase-") as folder:
        if is_couch(settings):  # a server may be using the data folder
            settings = settings.model_copy(update={"data": Path(folder)})
        store = open_store(settings, SystemClock(), "no address; it is erasing entries")
        try:
            database = await _school(store, asked.school, home_of(settings))
            plan = await _plan(database, asked)
            _show(plan, out)
            if not plan.going:
                out.print("There is nothing to erase.")
            elif asked.yes:
                await _carry_out(store, database, plan, asked, ledger)
                out.print(_DONE.format(len(plan.going), ledger_file(settings)), markup=False)
            else:
                out.print("Nothing was erased: this was a rehearsal. Add --yes to do it.")
        finally:
            await store.close()


_DONE = (
    "{} entries were erased: their content is in no file of this store any more, their places in "
    "the chain are. Tablets that hold them are told at their next contact. Backups made before "
    "hold the content until they are deleted; it is erased again when one is restored, as long as "
    "{} is kept."
)


async def _school(store: Store, school: str, home: str) -> Database:
    try:
        return await store.open(school)
    except (BadName, DatabaseMissing):
        raise NothingToErase(f"There is no school {school} in {home}. Check its id.") from None


async def _plan(database: Database, asked: Asked) -> Plan:
    if asked.pupil is not None:
        return await plan_of_pupil(database, asked.pupil)
    return await plan_of_entries(database, asked.entries)


async def _carry_out(
    store: Store, database: Database, plan: Plan, asked: Asked, ledger: Ledger
) -> None:
    clock = SystemClock()
    order = Order(
        at=instant(clock.now_ms()),
        by=asked.by,
        reason=asked.reason,
        reference=asked.reference,
    )
    erasures = [erasure_of(one, order) for one in plan.going]
    ledger.add(asked.school, erasures)
    erased = await remember(database, ledger.of(asked.school))
    await carry_out(store, database, await load_roster(database), erased, clock)


def _show(plan: Plan, out: Console) -> None:
    for document in plan.going:
        out.print(f"goes    {_described(document)}", markup=False)
    for document, why in plan.staying:
        out.print(f"stays   {_described(document)}: {why}", markup=False)


def _described(document: Document) -> str:
    """An entry in a few words, none of them its own."""
    body = document.body["body"]
    said = body if isinstance(body, dict) else {}
    words = [said.get("kind"), said.get("date"), f"by {said.get('author')}"]
    return f"{document.id} ({', '.join(str(one) for one in words if one is not None)})"
