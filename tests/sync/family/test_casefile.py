"""The file of a case is read from the feed, in whatever order entries and arrivals come."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sync import channels
from sync.arrivals import JUDGED_AGAIN, Arrival, ArrivalItem
from sync.erasure import Order, erasure_of
from sync.family.casefile import CaseFile, FoldedCase
from sync.family.cases import Surroundings
from sync.store import Database, Write, WriteBatch
from sync.stores.memory import MemoryStore
from tests.sync.family.telling import CASE, TEN, VISIT, Desk, claims_of, name_of

TOPIC = channels.case(CASE)
LEFT: dict[str, Any] = {"fact": "left", "at": TEN}
PLACED: dict[str, Any] = {"fact": "placing", "team": "team-1"}
NOTHING = f"entry:{'d' * 32}:00000001:{'d' * 16}"
_NUMBERS = itertools.count()


@pytest.fixture
async def area() -> AsyncIterator[Database]:
    store = MemoryStore()
    yield await store.create("area-test")
    await store.close()


def of_entry(entry: dict[str, Any]) -> Write:
    """An entry as it lies in the feed."""
    body = {key: value for key, value in entry.items() if key not in {"_id", "_rev"}}
    on = frozenset({channels.entries(TOPIC)})
    return Write(entry["_id"], body, on, history=(entry["_rev"],))


def of_arrival(*entries: dict[str, Any], held: str | None = None, code: str | None = None) -> Write:
    """That entries came in with one push."""
    items = tuple(
        ArrivalItem(
            n=entry["n"],
            entry=entry["_id"],
            digest=entry["digest"],
            verdict="stored" if held is None else "held",
            reason_code=code,
            reason=held,
        )
        for entry in entries
    )
    arrival = Arrival(
        id=f"arrival:{next(_NUMBERS)}",
        log=entries[0]["log"],
        person=entries[0]["body"]["author"],
        device=None,
        received_at=TEN,
        items=items,
    )
    body = arrival.model_dump(mode="json", exclude={"id"})
    return Write(arrival.id, body, frozenset({channels.arrivals(TOPIC)}))


async def write(area: Database, *writes: Write) -> None:
    await area.write(WriteBatch(list(writes)))


def folded(file: CaseFile) -> FoldedCase:
    """The case, of which something is known."""
    found = file.fold(name_of, Surroundings(time_zone="Europe/London"), TEN)
    assert found is not None
    return found


async def test_of_nothing_there_is_nothing(area: Database) -> None:
    file = await CaseFile.load(area, CASE)
    assert file.fold(name_of, Surroundings(time_zone="Europe/London"), TEN) is None
    assert not await file.refresh()


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_halves_may_come_in_any_order(area: Database, order: tuple[int, ...]) -> None:
    desk = Desk()
    opened = desk.write("ann", "case.opened", facts=[PLACED])
    note = desk.write("bo", "visit.submitted", contribution={"analysis": "Tired."}, facts=[LEFT])
    halves = [of_entry(opened), of_arrival(opened), of_entry(note), of_arrival(note)]
    file = await CaseFile.load(area, CASE)
    for index in order:
        await write(area, halves[index])
        await file.refresh()
    whole = folded(file)
    assert [cell.cell for cell in whole.case.cells] == ["placing"]
    assert [visit.visit for visit in whole.visits] == [VISIT]
    assert whole.visits[0].contributions[0].author_name == "Bo Birk"
    assert not whole.visits[0].restricted
    assert folded(await CaseFile.load(area, CASE)) == whole


async def test_an_addendum_waits_for_its_note_and_is_kept(area: Database) -> None:
    desk = Desk()
    note = desk.write("ann", "visit.submitted", contribution={"analysis": "Tired."})
    more = desk.write("ann", "visit.addendum", to=note["_id"], text="And hungry.")
    await write(area, of_entry(more), of_arrival(more))
    file = await CaseFile.load(area, CASE)
    assert [one.text for one in folded(file).visits[0].addenda] == ["And hungry."]
    await write(area, of_entry(note), of_arrival(note))
    assert await file.refresh()
    (visit,) = folded(file).visits
    assert visit.addenda == ()
    assert [one.text for one in visit.contributions[0].addenda] == ["And hungry."]
    assert visit.restricted, "nobody has said where the case lies"


async def test_what_was_held_stands_once_it_is_released(area: Database) -> None:
    desk = Desk()
    note = desk.write("bo", "visit.noted", facts=[LEFT])
    await write(area, of_entry(note), of_arrival(note, held="Not your case."))
    file = await CaseFile.load(area, CASE)
    (cell,) = folded(file).visits[0].cells
    assert (cell.live, cell.claims[0].verdict_reason) == ((), "Not your case.")
    held = f"held:{note['digest'][:32]}"
    fields = {"held": held, "entry": note["_id"], "reason": "It is theirs."}
    decision = desk.write("lea", "quarantine.released", **fields)
    del decision["body"]["case"]
    await write(area, of_entry(decision), of_arrival(decision))
    assert await file.refresh()
    (cell,) = folded(file).visits[0].cells
    assert list(cell.live) == claims_of(note)
    assert cell.claims[0].verdict == "stands"


async def test_what_waited_stands_once_it_was_judged_again(area: Database) -> None:
    more = Desk().write("ann", "visit.addendum", to=NOTHING, text="And hungry.")
    waits = of_arrival(more, held="Its note has not come.", code="nothing_to_add_to")
    await write(area, of_entry(more), waits)
    file = await CaseFile.load(area, CASE)
    assert folded(file).visits[0].addenda == ()
    item = ArrivalItem(n=1, entry=more["_id"], digest=more["digest"], verdict="stored")
    body = {"type": JUDGED_AGAIN, "item": item.model_dump(mode="json")}
    on = frozenset({channels.arrivals(TOPIC)})
    await write(area, Write("waiting:1", body, on))
    assert await file.refresh()
    assert [one.text for one in folded(file).visits[0].addenda] == ["And hungry."]


async def test_what_was_erased_is_forgotten_and_what_it_replaced_is_back(area: Database) -> None:
    desk = Desk()
    first = desk.write("ann", "visit.noted", facts=[LEFT])
    again = {"says": LEFT | {"at": "2026-11-23T09:50:00.000Z"}, "replaces": claims_of(first)}
    second = desk.write("ann", "visit.noted", facts=[again])
    await write(area, of_entry(first), of_entry(second), of_arrival(first, second))
    file = await CaseFile.load(area, CASE)
    assert list(folded(file).visits[0].cells[0].live) == claims_of(second)
    (found,) = await area.read([second["_id"]])
    assert found is not None
    order = Order(at=TEN, by="The DPO", reason="Asked for.", reference="sar-1")
    erasure = erasure_of(found, order)
    stub = Write(erasure.entry, erasure.stub(), found.channels, force=True)
    await write(area, stub)
    assert await file.refresh()
    assert list(folded(file).visits[0].cells[0].live) == claims_of(first)
