"""Two gateways over one CouchDB, each with a mirror of its own: who follows loses no change."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from sync.store import Write, WriteBatch
from sync.stores.couchdb import CouchSettings, CouchStore
from sync.stores.couchdb.database import CouchDatabase
from tests.peers.couch import new_prefix
from tests.sync.stores.conftest import remove_all

CHANNELS = ["red", "blue"]
IDS = ["a", "b", "c"]
HOUR_S = 3600.0
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]
"""Each step is many requests: what is found is not made smaller."""
MEMORY_DISK = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - for speed


class Tablet:
    """What somebody holds who pulls one channel, and where they stand."""

    def __init__(self, channel: str) -> None:
        self.channel = frozenset({channel})
        self.held: dict[str, tuple[str, bool]] = {}
        self.mark = ""

    async def pull(self, database: CouchDatabase) -> None:
        place = await database.locate(self.mark) if self.mark else 0
        assert place is not None, "the other gateway's mark is understood"
        more = True
        while more:
            page = await database.changes(place, channels=self.channel, limit=2)
            for change in page.changes:
                if change.removed:
                    self.held.pop(change.document.id, None)
                else:
                    self.held[change.document.id] = (change.document.rev, change.document.deleted)
            place, more = page.last_seq, page.more
        self.mark = database.mark(place)


class Gateways(RuleBasedStateMachine):
    """Writes, catching up, restarts and lost mirrors in any order."""

    url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="tidemark-test-", dir=MEMORY_DISK))

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(doing)

    @initialize()
    def make(self) -> None:
        prefix = new_prefix()
        plain = CouchSettings.of(self.url).with_prefix(prefix)
        self.settings = CouchSettings(
            plain.address, plain.user, plain.password, prefix, page=3, seats=0, poll_s=HOUR_S
        )  # nothing is followed by itself: the rules say when
        self.stores: list[CouchStore] = [self.store(0), self.store(1)]
        self.run(self.stores[0].create("school"))
        self.databases: list[CouchDatabase] = [
            self.run(store.open("school")) for store in self.stores
        ]
        self.tablets = [Tablet(channel) for channel in CHANNELS]

    def store(self, number: int) -> CouchStore:
        return CouchStore(self.folder / str(number), self.settings, now_s=time.time)

    def teardown(self) -> None:
        if hasattr(self, "databases"):
            self.settle()
            for store in self.stores:
                self.run(store.close())
            self.run(remove_all(self.settings))
        self.runner.close()
        shutil.rmtree(self.folder)

    @rule(
        at=st.integers(0, 1),
        ids=st.lists(st.sampled_from(IDS), min_size=1, max_size=3),
        to=st.frozensets(st.sampled_from(CHANNELS)),
        n=st.integers(0, 5),
        deleted=st.booleans(),
    )
    def publish(self, at: int, ids: list[str], to: frozenset[str], n: int, deleted: bool) -> None:
        writes = [Write(name, {"n": n}, to, force=True, deleted=deleted) for name in ids]
        results = self.run(self.databases[at].write(WriteBatch(writes)))
        assert not any(result.conflict for result in results)

    @rule(at=st.integers(0, 1), name=st.sampled_from(IDS), digest=st.sampled_from("xyz"))
    def graft(self, at: int, name: str, digest: str) -> None:
        """A revision has the same content wherever it comes in."""
        to = {"x": frozenset({"red"}), "y": frozenset({"blue"}), "z": frozenset(CHANNELS)}[digest]
        write = Write(name, {"by": digest}, to, history=(f"1-{digest}",))
        self.run(self.databases[at].write(WriteBatch([write])))

    @rule(at=st.integers(0, 1))
    def catch_up(self, at: int) -> None:
        self.run(self.databases[at].catch_up())

    @rule(at=st.integers(0, 1), tablet=st.integers(0, 1))
    def pull(self, at: int, tablet: int) -> None:
        self.run(self.tablets[tablet].pull(self.databases[at]))

    @rule(at=st.integers(0, 1), lose=st.booleans())
    def restart(self, at: int, lose: bool) -> None:
        self.run(self.stores[at].close())
        if lose:
            shutil.rmtree(self.folder / str(at))
        self.stores[at] = self.store(at)
        self.databases[at] = self.run(self.stores[at].open("school"))

    @rule()
    def settle(self) -> None:
        """Once both have caught up they show the same, and a pull anywhere brings all of it."""
        for database in self.databases:
            self.run(database.catch_up())
        shown = [self.run(database.read(IDS)) for database in self.databases]
        plain = [
            [one and (one.rev, one.deleted, one.body, one.channels) for one in docs]
            for docs in shown
        ]
        assert plain[0] == plain[1]
        for at, tablet in enumerate(self.tablets):
            for database in (self.databases[at], self.databases[1 - at]):
                self.run(tablet.pull(database))
                wanted = {
                    one.id: (one.rev, one.deleted)
                    for one in shown[0]
                    if one is not None and one.channels & tablet.channel
                }
                assert tablet.held == wanted


def tried(address: str) -> type[Gateways]:
    class Named(Gateways):
        url = address

    return Named


def test_nobody_who_pulls_from_either_gateway_loses_a_change(couch_url: str) -> None:
    run_state_machine_as_test(
        tried(couch_url),
        settings=settings(
            max_examples=8,
            stateful_step_count=15,
            deadline=None,
            phases=[Phase.generate],
            print_blob=False,
        ),
    )
