"""``tidemark audit verify`` of an area, and of a school that holds what was carried into it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import apsw
import pytest

from server.stores import FOLDER
from sync.stores.names import file_name
from tests.server.family.authority import AREA, OTHER, SCHOOL
from tests.server.family.worked import Worked
from tests.server.moving.test_command import tidemark


@pytest.fixture
def worked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Worked:
    monkeypatch.setenv("COLUMNS", "200")
    found = Worked(tmp_path / "data")
    asyncio.run(found.fill())
    return found


def verify(monkeypatch: pytest.MonkeyPatch, worked: Worked, place: str) -> int:
    return tidemark(monkeypatch, "audit", "verify", place, "--data", str(worked.data))


def change(worked: Worked, place: str, sql: str, said: str) -> None:
    """Do to a file what somebody with access to the disk can do."""
    with apsw.Connection(str(worked.data / FOLDER / file_name(place))) as file:
        file.execute(sql, (said,))


def test_an_area_and_its_schools_are_clean_as_they_were_written(
    worked: Worked, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kinds = {(place, name.partition(":")[0]) for place, name in worked.look(AREA, SCHOOL)}
    assert {(AREA, "judged"), (AREA, "photo"), (AREA, "relayed"), (SCHOOL, "relayed")} <= kinds
    for place in (AREA, SCHOOL, OTHER):
        assert verify(monkeypatch, worked, place) == 0
        told = capsys.readouterr().out
        assert "Nothing was altered, removed, inserted or re-dated." in told
    assert verify(monkeypatch, worked, SCHOOL) == 0
    assert "1 entries (0 erased by law)" in capsys.readouterr().out  # copies are not its own


@pytest.mark.parametrize("kind", ["visit.submitted", "case.noted", "concern.raised"])
def test_what_was_done_to_an_entry_of_an_area_is_named(
    worked: Worked,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: str,
) -> None:
    change(
        worked,
        AREA,
        """UPDATE docs SET body = CAST(replace(body, 'Words about', 'Lies about') AS BLOB)
           WHERE id LIKE 'entry:%' AND instr(body, ?)""",
        kind,
    )
    assert verify(monkeypatch, worked, AREA) == 3
    assert "was altered: its content is not what its author sealed" in capsys.readouterr().err


def test_an_entry_that_was_taken_out_of_an_area_is_missed(
    worked: Worked, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = worked.entries["note"]["_id"]
    change(worked, AREA, "DELETE FROM docs WHERE id = ?", entry)
    assert verify(monkeypatch, worked, AREA) == 3
    assert entry in capsys.readouterr().err
