"""``tidemark move`` as it is typed: what it says, and the code it ends with."""

from __future__ import annotations

import asyncio
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from server.cli import main
from server.closing import Closing, close
from server.moving import command
from server.moving.mover import Differs, Moving
from server.settings import Settings
from server.stores import FOLDER
from sync.moving import Difference, Step
from sync.stores.sqlite import SqliteStore
from tests.server.test_process import found
from tests.server.town import SCHOOL


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TIDEMARK_ARGON2_MEMORY_KIB", "64")
    asyncio.run(found(tmp_path / "data"))
    return tmp_path / "data"


def tidemark(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["tidemark", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_a_move_says_what_became_of_it(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    move = ("move", SCHOOL, "--data", str(data))
    to = ("--to", f"sqlite:{data.parent / 'new'}")
    assert tidemark(monkeypatch, *move, *to) == 0
    told = capsys.readouterr()
    assert f"The school {SCHOOL} is at sqlite:{data.parent / 'new'} now: " in told.out
    assert "4 people's accounts" in told.out
    assert tidemark(monkeypatch, *move, *to) == 0
    assert "there was nothing to do" in capsys.readouterr().out
    assert tidemark(monkeypatch, *move, "--reopen") == 1
    assert "Move it on from there" in capsys.readouterr().err


@pytest.mark.parametrize("words", [(), ("--to", "sqlite:x", "--reopen")])
def test_a_move_needs_to_know_one_thing(
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
) -> None:
    assert tidemark(monkeypatch, "move", SCHOOL, "--data", str(data), *words) == 1
    assert "--to, or give a move up with --reopen" in capsys.readouterr().err


def test_a_move_is_given_up(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def begun() -> None:
        store = SqliteStore(data / FOLDER)
        await close(await store.open(SCHOOL), Closing("sqlite:/x", "2026-11-23T09:00Z", done=False))
        await store.close()

    asyncio.run(begun())
    for said in ("is served again from where it is", "was not being moved"):
        assert tidemark(monkeypatch, "move", SCHOOL, "--data", str(data), "--reopen") == 0
        assert said in capsys.readouterr().out


async def test_differences_have_a_code_of_their_own_and_progress_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def differs(school: str, to: str, moving: Moving) -> None:
        moving.told(Step("copying", 5, 10))
        moving.told(Step("verifying", 10, 10))
        raise Differs([Difference("card:p", "body")])

    monkeypatch.setattr(command, "move_school", differs)
    out, err = (
        Console(file=StringIO()),
        Console(file=StringIO(), force_terminal=True, width=200, highlight=False),
    )
    code = await command.move(Settings(), SCHOOL, "sqlite:x", out, err)
    assert isinstance(err.file, StringIO)
    told = err.file.getvalue()
    assert code == command.DIFFERS == 3
    assert "card:p (body)" in told
    assert "copying" in told
    assert "50%" in told
