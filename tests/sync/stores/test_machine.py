"""Whatever is done to both, the SQLite store answers what the memory store answers."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sync.store import Database, Write, WriteBatch
from sync.stores.memory import MemoryStore
from sync.stores.records import Rules
from sync.stores.sqlite import SqliteSettings, SqliteStore

IDS = ["a", "b", "c/é"]
CHANNELS = ["red", "green", "blue"]

MEMORY_DISK = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - for speed

ids = st.sampled_from(IDS)
channel_sets = st.frozensets(st.sampled_from(CHANNELS))
bodies = st.fixed_dictionaries({"n": st.integers(0, 2)})


@st.composite
def grafts(draw: st.DrawFn) -> Write:
    generation = draw(st.integers(1, 4))
    length = draw(st.integers(1, generation))
    hashes = [draw(st.sampled_from("xy")) for _ in range(length)]
    history = tuple(f"{generation - back}-{one}" for back, one in enumerate(hashes))
    return Write(
        draw(ids), draw(bodies), draw(channel_sets), history=history, deleted=draw(st.booleans())
    )


publications = st.builds(
    Write, ids, bodies, channel_sets, deleted=st.booleans(), force=st.just(value=True)
)
creations = st.builds(Write, ids, bodies, channel_sets, deleted=st.booleans())
writes = st.lists(st.one_of(grafts(), publications, creations), min_size=1, max_size=4)


class TwoStores(RuleBasedStateMachine):
    """A database in memory and one on disk, written to alike."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="tidemark-test-", dir=MEMORY_DISK))

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(doing)

    @initialize(limit=st.integers(2, 5), keep=st.booleans())
    def make(self, limit: int, keep: bool) -> None:
        self.kept = Rules(revs_limit=limit, keep_superseded=keep)
        memory = MemoryStore(self.kept, epochs=lambda: "epoch")
        self.memory: Database = self.run(memory.create("school"))
        self.open_sqlite()
        self.run(self.store.create("school"))
        self.sqlite: Database = self.run(self.store.open("school"))
        self.revs: set[str] = {"1-x"}

    def open_sqlite(self) -> None:
        settings = SqliteSettings(rules=self.kept, handles=1, writers=1, readers=1)
        self.store = SqliteStore(self.folder, settings, epochs=lambda: "epoch")

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.run(self.store.close())
        self.runner.close()
        shutil.rmtree(self.folder)

    @rule(batch=writes)
    def write(self, batch: list[Write]) -> None:
        expected = self.run(self.memory.write(WriteBatch(batch)))
        assert self.run(self.sqlite.write(WriteBatch(batch))) == expected
        self.revs |= {result.rev for result in expected if result.rev}

    @rule(name=ids, body=bodies, to=channel_sets, deleted=st.booleans(), data=st.data())
    def edit(
        self,
        name: str,
        body: dict[str, int],
        to: frozenset[str],
        deleted: bool,
        data: st.DataObject,
    ) -> None:
        parent = data.draw(st.sampled_from(sorted(self.revs)))
        self.write([Write(name, body, to, parent=parent, deleted=deleted)])

    @rule(batches=st.lists(writes, min_size=2, max_size=5))
    def write_at_once(self, batches: list[list[Write]]) -> None:
        async def gathered() -> list[Any]:
            return await asyncio.gather(*(self.sqlite.write(WriteBatch(one)) for one in batches))

        expected = [self.run(self.memory.write(WriteBatch(batch))) for batch in batches]
        assert self.run(gathered()) == expected

    @rule(name=ids, body=st.one_of(st.none(), bodies))
    def write_local(self, name: str, body: dict[str, int] | None) -> None:
        for database in (self.memory, self.sqlite):
            self.run(database.write(WriteBatch(local={name: body})))

    @rule()
    def reopen(self) -> None:
        self.run(self.store.close())
        self.open_sqlite()
        self.sqlite = self.run(self.store.open("school"))

    @rule(since=st.integers(0, 30), channels=channel_sets, limit=st.integers(0, 4))
    def page(self, since: int, channels: frozenset[str], limit: int) -> None:
        self.same("changes", since, channels=channels, limit=limit)
        self.same("changes", since, limit=limit)

    @rule(start=ids, end=ids, limit=st.sampled_from([None, 0, 1, 2]), descending=st.booleans())
    def range(self, start: str, end: str, limit: int | None, descending: bool) -> None:
        self.same("range", start, end, limit=limit, descending=descending)

    @rule(since=st.integers(0, 30), channels=channel_sets)
    def look_for_news(self, since: int, channels: frozenset[str]) -> None:
        self.same("wait", since, channels, 0)
        self.same("wait", since, None, 0)

    @invariant()
    def all_is_the_same(self) -> None:
        if not hasattr(self, "store"):
            return
        self.same_info()
        self.same("changes", 0)
        self.same("read", [*IDS, "none"])
        for channel in CHANNELS:
            self.same("changes", 0, channels=frozenset({channel}))
        for name in IDS:
            self.same("record", name)
            self.same("read_local", name)
        self.same("missing", dict.fromkeys(IDS, sorted(self.revs)))

    def same(self, method: str, *args: Any, **options: Any) -> None:
        expected = self.run(getattr(self.memory, method)(*args, **options))
        assert self.run(getattr(self.sqlite, method)(*args, **options)) == expected

    def same_info(self) -> None:
        infos = [self.run(database.info()) for database in (self.memory, self.sqlite)]
        memory, sqlite = (replace(info, file_bytes=0, data_bytes=0) for info in infos)
        assert sqlite == memory


TestTwoStores = TwoStores.TestCase
TestTwoStores.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
