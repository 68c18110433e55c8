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

from sync.store import Database, Kept, Upload, Write, WriteBatch
from sync.stores.memory import MemoryStore
from sync.stores.records import Rules
from sync.stores.sqlite import SqliteSettings, SqliteStore

IDS = ["a", "b", "c/é"]
CHANNELS = ["red", "green", "blue"]

MEMORY_DISK = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - for speed

UPLOADS = [Upload("x/y", b"one"), Upload("x/y", b"two"), Upload("x/z", b"two", revpos=1)]

ids = st.sampled_from(IDS)
channel_sets = st.frozensets(st.sampled_from(CHANNELS))
bodies = st.fixed_dictionaries({"n": st.integers(0, 2)})
kept = st.builds(Kept, st.sampled_from([None, UPLOADS[0].digest]), st.sampled_from([None, 1]))
files: st.SearchStrategy[dict[str, Upload | Kept]] = st.one_of(
    st.just({}),
    st.dictionaries(st.sampled_from("fg"), st.one_of(st.sampled_from(UPLOADS), kept)),
)


@st.composite
def grafts(draw: st.DrawFn) -> Write:
    generation = draw(st.integers(1, 4))
    length = draw(st.integers(1, generation))
    hashes = [draw(st.sampled_from("xy")) for _ in range(length)]
    history = tuple(f"{generation - back}-{one}" for back, one in enumerate(hashes))
    return Write(
        draw(ids),
        draw(bodies),
        draw(channel_sets),
        history=history,
        deleted=draw(st.booleans()),
        attachments=draw(files),
    )


publications = st.builds(
    Write,
    ids,
    bodies,
    channel_sets,
    deleted=st.booleans(),
    force=st.just(value=True),
    attachments=files,
)
creations = st.builds(Write, ids, bodies, channel_sets, deleted=st.booleans(), attachments=files)
writes = st.lists(st.one_of(grafts(), publications, creations), min_size=1, max_size=4)


def uploads_only(write: Write) -> dict[str, Upload | Kept]:
    given = write.attachments.items()
    return {name: upload for name, upload in given if isinstance(upload, Upload)}


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

    @rule(write=creations, data=st.data())
    def edit(self, write: Write, data: st.DataObject) -> None:
        leaves = self.leaves_of(write.id) or ["1-x"]
        parents = st.one_of(st.sampled_from(leaves), st.sampled_from(sorted(self.revs)))
        self.write([replace(write, parent=data.draw(parents))])

    def leaves_of(self, name: str) -> list[str]:
        record = self.run(self.memory.record(name))
        return [leaf.rev for leaf in record.leaves()] if record else []

    @rule(names=st.lists(ids, unique=True), all_of=st.booleans(), data=st.data())
    def purge(self, names: list[str], all_of: bool, data: st.DataObject) -> None:
        asked: dict[str, list[str]] = {}
        for name in names:
            leaves = self.leaves_of(name)
            some = st.lists(st.sampled_from([*leaves, *sorted(self.revs)]), max_size=2)
            asked[name] = leaves if all_of else data.draw(some)
        expected = self.run(self.memory.purge(asked))
        assert self.run(self.sqlite.purge(asked)) == expected

    @rule()
    def compact(self) -> None:
        for database in (self.memory, self.sqlite):
            self.run(database.compact())

    @rule(batch=writes)
    def compact_while_writing(self, batch: list[Write]) -> None:
        # Whether a superseded attachment can be kept still depends on who comes first.
        batch = [replace(write, attachments=uploads_only(write)) for write in batch]

        async def both() -> Any:
            return await asyncio.gather(
                self.sqlite.compact(), self.sqlite.write(WriteBatch(seal=batch))
            )

        expected = self.run(self.memory.write(WriteBatch(batch)))
        assert self.run(both())[1] == expected
        self.compact()

    @rule(limit=st.integers(1, 5), security=st.sampled_from([None, {"a": 1}]))
    def configure(self, limit: int, security: dict[str, int] | None) -> None:
        for database in (self.memory, self.sqlite):
            self.run(database.configure(revs_limit=limit, security=security))

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
        self.same("changes", since, limit=limit, descending=True)
        self.same("changes", since, channels=channels, limit=limit, bodies=False)

    @rule(
        start=ids,
        end=ids,
        limit=st.sampled_from([None, 0, 1, 2]),
        skip=st.integers(0, 2),
        descending=st.booleans(),
    )
    def range(self, start: str, end: str, limit: int | None, skip: int, descending: bool) -> None:
        self.same("range", start, end, limit=limit, skip=skip, descending=descending)
        self.same("count", start, end)

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
        self.same("settings")
        for upload in UPLOADS:
            self.same("attachment", upload.key)

    def same(self, method: str, *args: Any, **options: Any) -> None:
        expected = self.run(getattr(self.memory, method)(*args, **options))
        assert self.run(getattr(self.sqlite, method)(*args, **options)) == expected

    def same_info(self) -> None:
        infos = [self.run(database.info()) for database in (self.memory, self.sqlite)]
        memory, sqlite = (replace(info, file_bytes=0, data_bytes=0) for info in infos)
        assert sqlite == memory


TestTwoStores = TwoStores.TestCase
TestTwoStores.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
