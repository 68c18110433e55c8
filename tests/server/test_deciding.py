"""Two gateways whose people decide on one thing at once: both decisions are kept."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from server import deciding
from server.deciding import alone
from sync.errors import StoreError
from sync.intake import Around, Intake
from sync.lookups import read_held
from sync.stores.couchdb import CouchSettings, CouchStore
from sync.stores.memory import MemoryStore
from tests.factory import HEAD, OFFICER, TUTOR, NoContacts, SetClock, Tablet, claim, roster, wire
from tests.peers.couch import new_prefix, pouchdb_server
from tests.sync.stores.conftest import remove_all


@pytest.fixture(scope="module")
def pouchdb_url() -> Iterator[str]:
    """The address of a pouchdb-server."""
    with pouchdb_server() as url:
        yield url


async def test_decisions_at_two_gateways_are_both_kept(pouchdb_url: str, tmp_path: Path) -> None:
    settings = CouchSettings.of(pouchdb_url).with_prefix(new_prefix())
    one, other = (
        CouchStore(tmp_path / str(number), settings, now_s=time.time) for number in range(2)
    )
    try:
        here, there = await one.create("sch-1"), await other.open("sch-1")
        known, clock, ids = roster(), SetClock(), (f"id{n}" for n in itertools.count())
        gateways = [
            Intake(
                database,
                lambda: known,
                clock,
                ids.__next__,
                NoContacts(),
                around=Around(partial(alone, database)),
            )
            for database in (here, there)
        ]
        await gateways[0].take(TUTOR, wire([Tablet(TUTOR).register(claim(2, "I"))]))
        (document,) = await here.range("held:", "held;")
        await there.catch_up()
        said = {"held": document.id, "entry": document.body["entry"], "reason": "I asked"}
        said["date"] = document.body["date"]
        desks = (OFFICER, "c" * 32, "released"), (HEAD, "b" * 32, "declined")
        await asyncio.gather(
            *(
                gateway.take(who, wire([Tablet(who, log=log).write(f"quarantine.{what}", **said)]))
                for gateway, (who, log, what) in zip(gateways, desks, strict=True)
            )
        )
        await here.catch_up()
        (after,) = await here.read([document.id])
        assert after is not None
        held = read_held(after.id, after.body)
        assert {one.what for one in held.decisions} == {"released", "declined"}
        assert held.outcome is not None
        assert held.outcome.what == "contested"
    finally:
        await one.close()
        await other.close()
        await remove_all(settings)


async def test_whoever_may_not_decide_yet_waits_and_some_time_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MemoryStore()
    database = await store.create("sch-1")
    answers = [False, False, True]

    async def claimed(*_: Any) -> bool:
        return answers.pop(0) if answers else False

    monkeypatch.setattr(type(database), "claim", claimed)
    monkeypatch.setattr(deciding, "PAUSE_S", 0.0)
    await alone(database)
    assert answers == []
    with pytest.raises(StoreError, match="Another server"):
        await alone(database)
    await store.close()
