"""``tidemark audit`` as it is typed, over a folder whose server is stopped, or runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import apsw
import orjson
import pytest

from server.audit.anchors import anchors_of, note_anchor
from server.audit.records import NoSchool, opened
from server.audit.verify import Verified, verify
from server.moving.mover import Moving, move_school
from server.settings import Settings
from server.stores import FOLDER
from sync.anchors import fingerprint
from sync.clock import SystemClock
from sync.store import Store
from sync.stores.names import file_name
from sync.stores.sqlite import SqliteStore
from tests.factory import TUTOR, Tablet, claim
from tests.server.moving.test_command import tidemark
from tests.server.town import SCHOOL, Town, push, town


async def written(store: Store) -> None:
    """A school that three entries came in for, one after another."""
    async with town(store) as found, found.visit() as browser:
        tablet = found.tablets["tess"] = Tablet(TUTOR)
        for n in (2, 4, 6):
            found.clock.ms += 60_000
            await push(browser, tablet.register(claim(n)))
    await store.close()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "200")

    async def fill() -> None:
        await written(SqliteStore(tmp_path / FOLDER))

    asyncio.run(fill())
    return tmp_path


def change(data: Path, sql: str) -> None:
    """Do to a school's file what somebody with access to the disk can do."""
    with apsw.Connection(str(data / FOLDER / file_name(SCHOOL))) as file:
        file.execute(sql)


def audit(monkeypatch: pytest.MonkeyPatch, data: Path, *words: str) -> int:
    return tidemark(monkeypatch, "audit", *words, SCHOOL, "--data", str(data))


def test_a_school_as_it_was_written_is_clean(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit(monkeypatch, data, "verify") == 0
    told = capsys.readouterr().out
    assert "3 entries (0 erased by law) and 3 arrivals in 1 logs" in told
    assert "Nothing was altered, removed, inserted or re-dated." in told


def test_what_was_done_to_a_file_is_named_and_has_a_code_of_its_own(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    change(
        data,
        """UPDATE docs SET body = CAST(replace(body, '"code":"/"', '"code":"N"') AS BLOB)
           WHERE id LIKE 'entry:%:00000002:%'""",
    )
    assert audit(monkeypatch, data, "verify") == 3
    told = capsys.readouterr().err
    assert "Entry 2 was altered: its content is not what its author sealed." in told
    assert f"log {'a' * 32}, entry 2, by {TUTOR.person}, entry:" in told


def test_findings_come_as_json(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    change(data, "DELETE FROM docs WHERE id LIKE 'entry:%:00000003:%'")
    assert audit(monkeypatch, data, "verify", "--json") == 3
    told = orjson.loads(capsys.readouterr().out)
    assert (told["school"], told["clean"], told["entries"], told["arrivals"]) == (
        SCHOOL,
        False,
        2,
        3,
    )
    (finding,) = told["findings"]
    assert (finding["what"], finding["n"], finding["author"]) == ("removed", 3, TUTOR.person)


def test_an_anchor_that_was_written_down_vouches_for_what_had_come_in(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit(monkeypatch, data, "anchor") == 0
    line = capsys.readouterr().out.strip()
    assert line.startswith(f"{SCHOOL} ")
    said = line.split()[-1]
    assert audit(monkeypatch, data, "verify", "--anchor", said) == 0
    assert audit(monkeypatch, data, "anchor") == 0
    assert capsys.readouterr().out.strip().endswith(line)  # nothing came in: the same
    change(data, "DELETE FROM docs WHERE id LIKE 'entry:%:00000003:%'")
    change(
        data,
        """DELETE FROM docs WHERE id = (SELECT max(id) FROM docs WHERE id LIKE 'arrival:%')""",
    )
    assert audit(monkeypatch, data, "verify", "--anchor", said) == 3
    assert "this log had 3 arrivals" in capsys.readouterr().err
    assert audit(monkeypatch, data, "verify", "--anchor", "0000-0000-0000-0000-0000") == 3
    assert "is none of this school's" in capsys.readouterr().err


def test_an_anchor_that_was_changed_is_named(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    audit(monkeypatch, data, "anchor")
    with apsw.Connection(str(data / FOLDER / file_name("accounts"))) as file:
        file.execute(
            """UPDATE docs SET body = CAST(replace(body, '"k":3', '"k":2') AS BLOB)
               WHERE id LIKE 'anchor:%'"""
        )
    assert audit(monkeypatch, data, "verify") == 3
    assert "Anchor 1 cannot be relied on: it was changed" in capsys.readouterr().err


def test_a_school_that_is_not_there_is_named(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("verify", "anchor"):
        for school in ("sch-none", "accounts", "../x"):
            assert tidemark(monkeypatch, "audit", command, school, "--data", str(data)) == 1
            assert f"There is no school {school} in sqlite:" in capsys.readouterr().err


def test_a_school_without_entries_has_no_anchor(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tidemark(monkeypatch, "audit", "anchor", "sch-other", "--data", str(data)) == 0
    assert "There is no anchor of the school sch-other so far" in capsys.readouterr().out


async def beside(data: Path) -> Verified:
    async with opened(Settings(data=data), SystemClock()) as records:
        assert records.store is None
        return await verify(records, SCHOOL, None, lambda *_: None)


async def test_a_school_is_verified_beside_its_running_server(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / FOLDER)
    async with town(store) as found, found.visit() as browser:
        tablet = Tablet(TUTOR)
        await push(browser, tablet.register(claim(2)))
        first = await beside(tmp_path)
        assert (first.clean, first.report.entries, first.anchors) == (True, 1, 0)
        await anchor(found)
        await push(browser, tablet.register(claim(4)))
        second = await beside(tmp_path)
        assert (second.clean, second.report.entries, second.anchors) == (True, 2, 1)
        async with opened(Settings(data=tmp_path), SystemClock()) as records:
            with pytest.raises(NoSchool):
                await records.school("sch-none")
            assert await records.writable(SCHOOL) is None
    await store.close()


async def anchor(found: Town) -> None:
    async with found.site.schools.use(SCHOOL) as school:
        assert school.anchoring is not None
        await school.anchoring.daily()


async def kept(found: Town) -> list[int]:
    anchors = await anchors_of(found.site.accounts.database, SCHOOL)
    return [len(one.heads) for one in anchors]


@pytest.fixture
async def running() -> AsyncIterator[Town]:
    async with town() as found:
        yield found


async def test_an_open_school_is_anchored_once_a_day(running: Town) -> None:
    tablet = Tablet(TUTOR)
    async with running.visit() as browser:
        await push(browser, tablet.register(claim(2)))
        for _ in range(2):
            await anchor(running)
        assert await kept(running) == [1]
        await push(browser, tablet.register(claim(4)))
        await anchor(running)
        assert await kept(running) == [1]
        running.clock.ms += 24 * 3_600_000
        await anchor(running)
        assert await kept(running) == [1, 1]
        running.clock.ms += 24 * 3_600_000
        await anchor(running)  # nothing came in
        assert await kept(running) == [1, 1]


async def test_a_school_that_is_let_go_is_anchored() -> None:
    async with town(open_schools=1) as found, found.visit() as browser:
        await push(browser, Tablet(TUTOR).register(claim(2)))
        async with found.site.schools.use("sch-other"):
            pass
        async with found.site.schools.use(SCHOOL):  # waits until it was closed
            assert await kept(found) == [1]


async def test_two_servers_that_anchor_at_once_leave_one_anchor(running: Town) -> None:
    async with running.visit() as browser:
        await push(browser, Tablet(TUTOR).register(claim(2)))
    accounts = running.site.accounts.database
    database = await running.store.open(SCHOOL)
    at = running.clock.now
    both = await asyncio.gather(*(note_anchor(accounts, database, at) for _ in range(2)))
    assert both[0] == both[1]
    assert await kept(running) == [1]


async def test_a_memory_store_keeps_nothing_that_could_be_read() -> None:
    with pytest.raises(Exception, match="memory:"):
        async with opened(Settings(store="memory:"), SystemClock()):
            pass


async def test_a_school_that_moves_takes_its_anchors_along(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    await written(SqliteStore(old / FOLDER))
    store = SqliteStore(old / FOLDER)
    accounts = await store.open("accounts")
    anchor = await note_anchor(accounts, await store.open(SCHOOL), "2026-11-23T16:00:00.000Z")
    await store.close()
    assert anchor is not None
    settings = Settings(data=old, argon2_memory_kib=64)
    await move_school(SCHOOL, f"sqlite:{new / FOLDER}", Moving(settings, SystemClock()))
    async with opened(Settings(data=new), SystemClock()) as records:
        verified = await verify(records, SCHOOL, fingerprint(anchor.digest), lambda *_: None)
    assert (verified.clean, verified.anchors, verified.newest) == (True, 1, anchor)
