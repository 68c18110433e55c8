"""The command ``tidemark``, run to its end in this process."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.accounts import Accounts
from server.cli import main
from server.passwords import Passwords
from server.settings import Settings
from server.stores import FOLDER, open_store, store_folder
from sync.clock import SystemClock
from sync.stores.memory import MemoryStore
from sync.stores.sqlite import SqliteStore
from tests.server.town import CHEAP


@dataclass
class Ran:
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command as somebody who is in an empty folder, with nothing set."""
    for name in list(os.environ):
        if name.startswith("TIDEMARK_") or name in {"PORT", "DATA"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("TIDEMARK_ARGON2_MEMORY_KIB", "64")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def ran(*words: str) -> Ran:
        monkeypatch.setattr("sys.argv", ["tidemark", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return Ran(int(ended.value.code or 0), told.out, told.err)

    return ran


def test_version_and_help(run: Run) -> None:
    assert run("version").out.startswith("tidemark ")
    helped = run("--help")
    assert helped.code == 0
    for command in ("serve", "demo", "config", "init", "version"):
        assert command in helped.out


def test_config_shows_values_and_where_they_come_from(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDEMARK_METRICS_TOKEN", "a-secret")
    monkeypatch.setenv("TIDEMARK_PROT", "1")
    monkeypatch.setenv("PORT", "8123")
    shown = run("config", "--host", "192.0.2.1")
    rows = {line.split()[0]: line.split()[1:] for line in shown.out.splitlines() if line.split()}
    assert rows["port"] == ["8123", "PORT"]
    assert rows["host"] == ["192.0.2.1", "command", "line"]
    assert rows["gzip_level"][1:] == ["default"]
    assert "a-secret" not in shown.out
    assert "none there" in shown.out
    assert "TIDEMARK_PROT is set but is no setting" in shown.err
    assert "without https" in shown.err


def test_a_bad_setting_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEMARK_GZIP_LEVEL", "10")
    answer = run("config")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("tidemark: The setting gzip_level (from TIDEMARK_GZIP_LEVEL)")


def test_init_writes_a_file_once_and_opens_no_store(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "new"
    assert run("init", "--data", str(data)).code == 0
    file = data / "tidemark.toml"
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not (data / FOLDER).exists()
    file.write_text('host = "127.0.0.2"\n')
    again = run("init", "--data", str(data))
    assert "left as it is" in again.out
    assert file.read_text() == 'host = "127.0.0.2"\n'


async def signs_in(data: Path, username: str, password: str) -> str | None:
    store = SqliteStore(data / FOLDER)
    passwords = Passwords(Settings(**CHEAP))
    try:
        account = await (await Accounts.open(store, passwords)).sign_in(username, password)
    finally:
        passwords.close()
        await store.close()
    return account.name if account is not None else None


def test_a_first_account_with_a_password_made_up(run: Run, tmp_path: Path) -> None:
    words = ("init", "--data", "d", "--account", " Admin ", "--name", "Ada Admin")
    first = run(*words, "--school", "sch-1", "--generate-password")
    password = first.out.strip().rsplit(" ", 1)[-1]
    assert asyncio.run(signs_in(tmp_path / "d", "admin", password)) == "Ada Admin"
    second = run(*words, "--generate-password")
    assert second.code == 1
    assert "accounts here already" in second.err


def test_a_first_account_with_a_password_typed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = {"Name, as colleagues know it": "Ada Admin", "Password": "a long enough one"}
    monkeypatch.setattr("typer.prompt", lambda asked, **_: typed[asked])
    assert run("init", "--data", "d", "--account", "admin").code == 0
    assert asyncio.run(signs_in(tmp_path / "d", "admin", "a long enough one")) == "Ada Admin"
    typed["Password"] = "short"
    answer = run("init", "--data", "e", "--account", "admin")
    assert (answer.code, "at least 10 characters" in answer.err) == (1, True)


@pytest.mark.parametrize(
    "words", [("--account", " "), ("--account", "x" * 101), ("--account", "a", "--school", "../x")]
)
def test_an_account_that_cannot_be(run: Run, words: tuple[str, ...]) -> None:
    answer = run("init", "--data", "d", *words, "--name", "A", "--generate-password")
    assert answer.code == 1
    assert "choose another" in answer.err or "not a school's id" in answer.err


def test_a_port_that_is_taken_is_said_plainly(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for command in ("serve", "demo"):
            answer = run(command, "--data", "d", "--port", port)
            assert answer.code == 1
            assert answer.err.startswith(f"tidemark: Port {port} on 127.0.0.1 is taken")
    answer = run("serve", "--data", "d", "--host", "no.such.host.invalid")
    assert answer.code == 1
    assert "cannot be listened on" in answer.err


def test_a_folder_in_use_is_said_plainly(run: Run, tmp_path: Path) -> None:
    async def held() -> Ran:
        store = SqliteStore(tmp_path / "d" / FOLDER, address="http://127.0.0.1:1")
        try:
            return await asyncio.to_thread(run, "serve", "--data", "d", "--port", "0")
        finally:
            await store.close()

    answer = asyncio.run(held())
    assert answer.code == 1
    assert "http://127.0.0.1:1" in answer.err


def test_an_interrupt_is_no_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("server.cli.app", interrupted)
    assert run().code == 130


def test_stores_that_can_be_named(run: Run, tmp_path: Path) -> None:
    def folder(store: str) -> Path | None:
        return store_folder(Settings(data=tmp_path, store=store))

    assert folder("") == tmp_path / FOLDER
    assert folder("sqlite:/x/y") == folder("sqlite:///x/y") == Path("/x/y")
    assert folder("memory:") is None
    memory = open_store(Settings(store="memory:"), SystemClock(), "")
    assert isinstance(memory, MemoryStore)
    answer = run("init", "--data", "d", "--account", "a", "--name", "A", "--generate-password")
    assert answer.code == 0
    (tmp_path / "d" / "tidemark.toml").write_text('store = "postgres:x"')
    answer = run("serve", "--data", "d")
    assert (answer.code, "postgres:x" in answer.err) == (1, True)
