"""Moving a database: nothing is lost, wherever it is cut, and tokens of the old home lead on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import moving
from sync.errors import MoveRefused
from sync.feed import Feed
from sync.moving import MOVING, Difference, Move, Step, difference
from sync.record import Departure, Record, Spare
from sync.revisions import RevisionTree
from sync.store import Database, Store, Upload, Write, WriteBatch, WriteResult
from sync.stores.memory import MemoryDatabase, MemoryStore
from sync.stores.records import Rules
from sync.stores.sqlite import SqliteStore
from tests.sync.stores.suite.helpers import channels, edit, graft, publish, read, write, write_one

IDS = ["a", "b", "c/é", "d"]
CHANNELS = ["red", "green"]
RED = frozenset({"red"})
SCOPES = [RED, frozenset({"green"}), frozenset(CHANNELS)]


class Cut(Exception):
    """The process was killed."""


class Fragile(MemoryDatabase):
    """A database whose writes are cut, one by one, before or after they happened, or between
    documents and local documents."""

    cuts: list[str]

    async def write(self, batch: WriteBatch) -> list[WriteResult]:
        cut = self.cuts.pop() if self.cuts else ""
        if cut == "before":
            raise Cut
        if cut == "between":
            await super().write(WriteBatch(batch.writes))
            raise Cut
        results = await super().write(batch)
        if cut == "after":
            raise Cut
        return results


class Busy(MemoryDatabase):
    """A database that people write to and pull from while it is copied."""

    meanwhile: list[Callable[[], Coroutine[Any, Any, None]]]

    async def record(self, id: str) -> Record | None:  # noqa: A002
        if self.meanwhile:
            await self.meanwhile.pop()()
        return await super().record(id)


class Tablet:
    """What somebody holds who pulled from a database through some channels."""

    def __init__(self, scope: frozenset[str]) -> None:
        self.scope = scope
        self.held: dict[str, str] = {}
        self.token = "0"

    async def pull(self, database: Database, limit: int = 1000) -> None:
        """Pull one page."""
        feed = await Feed.open(database, self.scope)
        place = await feed.locate(self.token)
        assert not place.reset
        page = await feed.page(place, limit)
        for change in page.changes:
            if change.removed or change.document.deleted:
                self.held.pop(change.document.id, None)
            else:
                self.held[change.document.id] = change.document.rev
        self.token = feed.token(page.place.seq)

    def copy(self) -> Tablet:
        other = Tablet(self.scope)
        other.held, other.token = dict(self.held), self.token
        return other


async def whole(database: Database, scope: frozenset[str]) -> dict[str, str]:
    """What a new tablet holds."""
    tablet = Tablet(scope)
    await tablet.pull(database)
    return tablet.held


uploads = st.dictionaries(
    st.sampled_from(["f", "g"]),
    st.builds(Upload, st.just("text/plain"), st.binary(max_size=3)),
    max_size=2,
)
ids = st.sampled_from(IDS)
scopes = st.frozensets(st.sampled_from(CHANNELS))
bodies = st.fixed_dictionaries({"n": st.integers(0, 3)})


@st.composite
def grafts(draw: st.DrawFn) -> Write:
    generation = draw(st.integers(1, 4))
    hashes = [draw(st.sampled_from("xy")) for _ in range(draw(st.integers(1, generation)))]
    history = tuple(f"{generation - back}-{one}" for back, one in enumerate(hashes))
    return Write(
        draw(ids),
        draw(bodies),
        draw(scopes),
        history=history,
        deleted=draw(st.booleans()),
        attachments=draw(uploads),
    )


publications = st.builds(
    Write,
    ids,
    bodies,
    scopes,
    deleted=st.booleans(),
    force=st.just(value=True),
    attachments=uploads,
)
Deed = tuple[str, Any]
deeds = st.one_of(
    st.tuples(st.just("write"), st.one_of(grafts(), publications, publications)),
    st.tuples(st.just("pull"), st.tuples(st.integers(0, 2), st.integers(1, 3))),
    st.tuples(st.just("purge"), ids),
    st.tuples(st.just("cut"), st.sampled_from(["before", "between", "after"])),
    st.tuples(st.just("copy"), st.lists(st.one_of(publications, grafts()), max_size=4)),
)


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "BATCH_DOCUMENTS", 2)
    monkeypatch.setattr(moving, "PAGE", 3)


@settings(deadline=None, max_examples=200)
@given(st.lists(deeds, max_size=40), st.integers(2, 5))
def test_every_tablet_reads_on_wherever_the_move_was_cut(doing: list[Deed], limit: int) -> None:
    asyncio.run(_reads_on(doing, limit))


async def _reads_on(doing: list[Deed], limit: int) -> None:
    source = Busy("school", "old", Rules(revs_limit=limit))
    source.meanwhile = []
    target = Fragile("school", "new", Rules())
    target.cuts = []
    tablets = [Tablet(scope) for scope in SCOPES]
    then: list[Tablet] = []
    purged: set[str] = set()
    for kind, what in doing:
        if kind == "write":
            await source.write(WriteBatch([what]))
        elif kind == "pull":
            await tablets[what[0]].pull(source, what[1])
            then.append(tablets[what[0]].copy())
        elif kind == "purge":
            record = await source.record(what)
            if record is not None:
                await source.purge({what: [record.rev]})
                purged |= {what} if await source.record(what) is None else set()
        elif kind == "cut":
            target.cuts.append(what)
        else:
            source.meanwhile = [_wrote(source, one, tablets, then) for one in what]
            await _until_cut(source, target)
            source.meanwhile = []
    while target.cuts:
        await _until_cut(source, target)
    move = Move(source, target)
    await move.begin()
    await move.copy()
    await move.repair(await move.verify())
    assert await move.verify() == []
    await move.finish({"contacts": {"kept": 1}})
    assert await target.read_local(MOVING) is None
    assert await target.read_local("contacts") == {"kept": 1}
    assert (await target.settings()).revs_limit == limit
    for tablet in (*tablets, *then):
        await _assert_up_to_date(tablet, target, purged)
    await write_one(target, publish("a", to="red", n=9))
    for tablet in tablets:
        await _assert_up_to_date(tablet, target, purged)


async def _assert_up_to_date(tablet: Tablet, target: Database, purged: set[str]) -> None:
    """Pull; then it holds what a new one does. Nobody is ever told of what was purged."""
    await tablet.pull(target)
    now = await whole(target, tablet.scope)
    held = {name: rev for name, rev in tablet.held.items() if name not in purged}
    assert held == {name: rev for name, rev in now.items() if name not in purged}


def _wrote(
    source: Database, one: Write, tablets: list[Tablet], then: list[Tablet]
) -> Callable[[], Coroutine[Any, Any, None]]:
    async def doing() -> None:
        await source.write(WriteBatch([one]))
        for tablet in tablets:
            await tablet.pull(source, 1)
            then.append(tablet.copy())

    return doing


async def _until_cut(source: Database, target: Fragile) -> None:
    move = Move(source, target)
    try:
        await move.begin()
        await move.copy()
    except Cut:
        pass


@pytest.fixture(params=["memory>sqlite", "sqlite>memory", "sqlite>sqlite"])
async def homes(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[Store, Store]]:
    """An old home and a new one."""
    old, new = (
        MemoryStore() if kind == "memory" else SqliteStore(tmp_path / str(place))
        for place, kind in enumerate(request.param.split(">"))
    )
    yield old, new
    await old.close()
    await new.close()


async def filled(store: Store, *, configured: bool = True) -> Database:
    """A database with whatever a document may have, and with settings of its own."""
    database = await store.create("school")
    await write(
        database,
        graft("conflict", "2-b", "1-a", to="red", n=1),
        graft("conflict", "2-c", "1-a", to="green", n=2),
        graft("conflict", "3-d", "2-b", "1-a", deleted=True),
        edit("left", to="red"),
        edit("gone", to="red"),
        graft("deep", *(f"{n}-x{n}" for n in range(30, 0, -1)), to="green"),
        graft("_design/x", "1-d"),
        Write("files", {}, channels("red"), attachments={"f": Upload("text/plain", b"a" * 9)}),
        *(edit(f"many:{n:03}", to="red", n=n) for n in range(40)),
    )
    await write(database, publish("left", to="green", n=1), publish("gone", to="red", deleted=True))
    if configured:
        await database.configure(revs_limit=20, security={"members": {"names": ["x"]}})
    return database


async def moved(source: Database, target: Database) -> list[Step]:
    """Move a database, all at once."""
    steps: list[Step] = []
    move = Move(source, target, steps.append)
    await move.begin()
    await move.copy()
    assert await move.verify() == []
    await move.finish({})
    return steps


async def test_everything_comes_along(homes: tuple[Store, Store]) -> None:
    source, target = await filled(homes[0]), await homes[1].create("school")
    steps = await moved(source, target)
    assert await target.settings() == await source.settings()
    conflict, left, deep = [await target.record(name) for name in ("conflict", "left", "deep")]
    assert conflict is not None
    assert left is not None
    assert deep is not None
    assert [leaf.rev for leaf in conflict.leaves()] == ["2-c", "3-d"]
    assert left.left.keys() == {"red"}
    assert deep.history("30-x30") == tuple(f"{n}-x{n}" for n in range(30, 10, -1))
    (files,) = await target.read(["files"])
    assert files is not None
    assert await target.attachment(files.attachments[0].key) == b"a" * 9
    assert {step.doing for step in steps} == {"copying", "verifying"}
    assert all(0 <= step.seen <= step.of for step in steps)
    here, there = await source.info(), await target.info()
    assert (here.doc_count, here.deleted_count) == (there.doc_count, there.deleted_count)


async def test_a_database_without_security_does_not_open_one_that_has_some() -> None:
    source, target = [await MemoryStore().create("school") for _ in range(2)]
    shut = {"members": {"roles": ["_admin"]}}
    await target.configure(security=shut)
    await moved(source, target)
    assert (await target.settings()).security == shut


async def test_a_token_leads_on_through_two_moves(tmp_path: Path) -> None:
    first, second, third = MemoryStore(), SqliteStore(tmp_path / "2"), MemoryStore()
    one = await filled(first)
    early, late = Tablet(frozenset({"red"})), Tablet(frozenset({"red"}))
    await early.pull(one, 7)
    await late.pull(one)
    two, three = await second.create("school"), await third.create("school")
    await moved(one, two)
    await write_one(two, publish("many:001", to="", n=7))
    await moved(two, three)
    await write_one(three, publish("many:002", to="red", n=8))
    now = await whole(three, frozenset({"red"}))
    feed = await Feed.open(three, late.scope)
    page = await feed.page(await feed.locate(late.token), 100)
    assert {change.document.id for change in page.changes} == {"many:001", "many:002"}
    for tablet in (early, late):
        await tablet.pull(three)
        assert tablet.held == now
    await second.close()


async def test_what_may_have_been_written_unnoted_is_told_again() -> None:
    source = await MemoryStore().create("school")
    await write(source, *(edit(f"{n}", to="red") for n in range(9)))
    tablet = Tablet(RED)
    await tablet.pull(source, 4)
    target = Fragile("school", "new", Rules())
    target.cuts = ["between", "", "", ""]
    await _until_cut(source, target)
    await moved(source, target)
    assert await target.locate(source.mark(4)) == 2, "noted before the cut; 3 and 4 were not"
    assert await target.locate(source.mark(9)) == 9
    await tablet.pull(target)
    assert tablet.held == await whole(target, RED)


async def test_what_is_there_from_elsewhere_is_left_alone(homes: tuple[Store, Store]) -> None:
    source, target = await filled(homes[0]), await homes[1].create("school")
    with pytest.raises(MoveRefused, match="already"):
        await Move(source, source).begin()
    await write(target, edit("mine"))
    with pytest.raises(MoveRefused, match="'school' at the new home already"):
        await Move(source, target).begin()
    other = await homes[1].create("other")
    await Move(source, other).begin()
    with pytest.raises(MoveRefused, match="begun by the move of another"):
        await Move(target, other).begin()


async def test_what_differs_is_named_and_mended(homes: tuple[Store, Store]) -> None:
    source, target = await filled(homes[0]), await homes[1].create("school")
    move = Move(source, target)
    await move.begin()
    assert await move.copy() == 46
    await write(target, edit("new"), publish("many:003", to="red", n=1), edit("new2"))
    conflict = await target.record("conflict")
    assert conflict is not None
    await target.purge({"many:001": [(await read(target, "many:001")).rev], "conflict": ["3-d"]})
    assert await move.verify() == [
        Difference("conflict", "revisions"),
        Difference("many:001", "missing"),
        Difference("many:003", "revisions"),
        Difference("new", "not in the old home"),
        Difference("new2", "not in the old home"),
    ]
    await move.repair(await move.verify())
    assert await move.verify() == []
    assert move.documents > 46


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("body", {"body": b'{"n":2}'}),
        ("channels", {"channels": frozenset({"blue"})}),
        ("channels that it left", {"left": {}}),
        ("attachments", {"attachments": ()}),
        ("history", {"tree": RevisionTree().merge(("2-b", "1-z"))}),
        ("revisions", {"tree": RevisionTree().merge(("2-b", "1-a"), deleted=True)}),
        ("revisions", {"rev": "2-z", "tree": RevisionTree().merge(("2-z", "1-a"))}),
    ],
)
def test_differences(what: str, change: dict[str, Any]) -> None:
    record = Record("a", 1, "2-b", False, b'{"n":1}', frozenset({"red"}))
    record.tree = RevisionTree().merge(("2-b", "1-a"))
    record.left = {"green": Departure(1, "2-b")}
    record.attachments = (Upload("text/plain", b"a").attachment("f", 1),)
    same = replace(record, seq=9, body=b'{ "n": 1 }', left={"green": Departure(9, "2-b")})
    assert difference(record, same, 10) is None
    assert difference(record, replace(record, **change), 10) == what
    assert difference(record, replace(record, **change), 1) == (what if what != "history" else None)
    assert difference(record, None, 10) == difference(None, record, 10) == "missing"
    assert difference(None, None, 10) is None


def test_a_leaf_without_its_content_is_a_difference() -> None:
    record = Record("a", 1, "2-b", False, b"{}", frozenset())
    record.tree = RevisionTree().merge(("2-b", "1-a")).merge(("2-a", "1-a"))
    record.spares = {"2-a": Spare(False, b"{}", frozenset())}
    assert difference(record, replace(record, spares={}), 10) == "content"
    assert difference(replace(record, spares={}), record, 10) == "content"


class Rotten(MemoryDatabase):
    """A database whose disk has lost or garbled an attachment."""

    rot: bytes | None = None

    async def attachment(self, key: str) -> bytes | None:
        return self.rot


@pytest.mark.parametrize("rot", [None, b"b" * 9])
async def test_attachments_are_compared_byte_by_byte(rot: bytes | None) -> None:
    source = await filled(MemoryStore())
    target = Rotten("school", "new", Rules())
    target.rot = rot
    move = Move(source, target)
    await move.begin()
    await move.copy()
    assert await move.verify() == [Difference("files", "attachments")]


async def test_an_attachment_that_the_old_home_has_lost_is_named() -> None:
    source = Rotten("school", "old", Rules())
    upload = Upload("text/plain", b"a")
    await write(source, Write("files", {}, attachments={"f": upload, "g": upload}))
    target = await MemoryStore().create("school")
    move = Move(source, target)
    await move.begin()
    await move.copy()
    assert await move.verify() == [Difference("files", "attachments")]
    await move.repair(await move.verify())
    assert await move.verify() == [Difference("files", "attachments")]


async def test_two_files_of_the_same_bytes_are_read_once(homes: tuple[Store, Store]) -> None:
    source, target = await homes[0].create("school"), await homes[1].create("school")
    upload = Upload("text/plain", b"a")
    await write(source, Write("files", {}, attachments={"f": upload, "g": upload}))
    await moved(source, target)


async def test_large_documents_are_written_in_smaller_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(moving, "BATCH_DOCUMENTS", 1000)
    monkeypatch.setattr(moving, "BATCH_BYTES", 100)
    monkeypatch.setattr(moving, "PAGE", 1000)
    source = await MemoryStore().create("school")
    await write(source, *(edit(f"{n}", text="x" * 60) for n in range(10)))
    steps = await moved(source, await MemoryStore().create("school"))
    assert [step.seen for step in steps if step.doing == "copying"] == [2, 4, 6, 8, 10, 10, 10]
