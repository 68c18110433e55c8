"""``tidemark erase``: what it shows, and what it does when told to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from server.erasure.applying import remember, take_out
from server.erasure.ledger import Ledger, ledger_file
from server.erasure.plan import NothingToErase, Plan, body_of, plan_of_entries, plan_of_pupil
from server.erasure.plan_of_case import plan_of_case
from server.erasure.publishing import publish_anew
from server.family.places import Places
from server.moving.homes import home_of, is_couch
from server.settings import Settings
from server.stores import open_store
from sync.clock import SystemClock, instant
from sync.document import Document
from sync.erasure import Erasure, Order, erasure_of
from sync.errors import BadName, DatabaseMissing
from sync.roster import load_roster
from sync.store import Database, Store

__all__ = ["Asked", "erase"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants erased, on whose order: entries, a pupil's, or a case.

    ``yes``: do it, and do not only show it.
    """

    school: str
    entries: Sequence[str]
    pupil: str | None
    case: str | None
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
            plans = await _plans(store, database, asked)
            for name, plan in plans.items():
                _show(plan, out, None if name == asked.school else name)
            count = sum(len(plan.going) for plan in plans.values())
            if not count:
                out.print("There is nothing to erase.")
            elif asked.yes:
                await _carry_out(store, plans, asked, ledger)
                out.print(_DONE.format(count, ledger_file(settings)), markup=False)
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


async def _plans(store: Store, database: Database, asked: Asked) -> dict[str, Plan]:
    """What goes and stays, by database."""
    if asked.case is not None:
        places = Places(store)
        area = await places.find(asked.school)
        if area is None:
            raise NothingToErase(f"{asked.school} has moved away from here, or is not set up.")
        return await plan_of_case(places, area, asked.case)
    if asked.pupil is not None:
        return {asked.school: await plan_of_pupil(database, asked.pupil)}
    return {asked.school: await plan_of_entries(database, asked.entries)}


async def _carry_out(store: Store, plans: dict[str, Plan], asked: Asked, ledger: Ledger) -> None:
    """Write down all that goes, wherever it lies; take it out; then what was published of it."""
    clock = SystemClock()
    order = Order(
        at=instant(clock.now_ms()),
        by=asked.by,
        reason=asked.reason,
        reference=asked.reference,
    )
    for name, plan in plans.items():
        ledger.add(name, [_erasure(one, order, asked.case) for one in plan.going])
    opened = {name: await store.open(name) for name in plans}
    for name, database in opened.items():
        await take_out(database, await remember(database, ledger.of(name)), clock)
    for database in opened.values():
        await publish_anew(store, database, await load_roster(database), clock)


def _erasure(document: Document, order: Order, case: str | None) -> Erasure:
    """The erasure of an entry; of one of a case that is erased whole, it names that."""
    erasure = erasure_of(document, order)
    return erasure if case is None else erasure.model_copy(update={"case": case})


def _show(plan: Plan, out: Console, place: str | None) -> None:
    """``place``: another database than the one that was named."""
    where = "" if place is None else f" in {place}"
    for document in plan.going:
        out.print(f"goes    {_described(document)}{where}", markup=False)
    for document, why in plan.staying:
        out.print(f"stays   {_described(document)}{where}: {why}", markup=False)


def _described(document: Document) -> str:
    """An entry in a few words, none of them its own; of a part that was carried here, its id."""
    if "body" not in document.body:
        return document.id
    said = body_of(document)
    words = [said.get("kind"), said.get("date"), f"by {said.get('author')}"]
    return f"{document.id} ({', '.join(str(one) for one in words if one is not None)})"
