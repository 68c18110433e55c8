"""``tidemark account``: with the server stopped, and through a running one."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import orjson
import pytest

from server.cli import main
from server.control import FILE
from tests.server.process import CHEAP, Process

NAMED = ("--name", "Ada Admin", "--school", "sch-1")


@pytest.fixture(params=["stopped", "running"])
def data(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A data folder: nobody's, or a running server's."""
    folder = tmp_path / ("a-folder-of-a-very-long-name-" * 4) / "data"
    folder.mkdir(parents=True)
    if request.param == "stopped":
        yield folder
        return
    with Process(folder):
        yield folder


@dataclass
class Command:
    """The command, run to its end in this process: what it says, or how it refuses."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def told(self, data: Path, *words: str) -> str:
        code, out, err = self._run(data, words)
        assert (code, err) == (0, "")
        return out

    def refused(self, data: Path, *words: str) -> str:
        code, out, err = self._run(data, words)
        assert (code, out) == (1, "")
        return err

    def _run(self, data: Path, words: tuple[str, ...]) -> tuple[int, str, str]:
        argv = ["tidemark", "account", *words, "--data", str(data)]
        self.monkeypatch.setattr("sys.argv", argv)
        with pytest.raises(SystemExit) as ended:
            main()
        said = self.capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    for name in [one for one in os.environ if one.startswith("TIDEMARK_")]:
        monkeypatch.delenv(name)
    for name, value in {**CHEAP, "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, value)
    return Command(monkeypatch, capsys)


def test_an_accounts_life(command: Command, data: Path) -> None:
    made = command.told(data, "add", " Ada ", *NAMED, "--role", "head", "--generate-password")
    assert made.startswith("Made the account ada (head teacher).\nIts password, shown this once: ")
    assert "an account ada already" in command.refused(data, "add", "ADA", *NAMED, "--no-password")
    command.told(
        data, "add", "tess", "--name", "Tess", "--no-password", "--group", "form-1", *NAMED[2:]
    )
    rows = command.told(data, "list").splitlines()
    assert [line.split()[0] for line in rows] == ["username", "ada", "tess"]
    assert "head teacher" in rows[1]
    assert "password" in rows[1]
    assert "nothing yet" in rows[2]
    assert command.told(data, "close", "ada") == "Closed the account ada. 0 sessions ended.\n"
    assert "closed" in command.told(data, "list").splitlines()[1]
    assert "open again" in command.told(data, "reopen", "ada")
    assert "linked to nobody" in command.told(data, "unlink", "ada")
    assert "new password" in command.told(data, "password", "ada", "--generate-password")
    assert "There is no account 'nobody'" in command.refused(data, "sign-out", "nobody")
    assert "not both" in command.refused(
        data, "add", "x", *NAMED, "--generate-password", "--no-password"
    )
    assert "not a group's id" in command.refused(data, "add", "x", *NAMED, "--group", "a b")
    assert "1 to 100 characters" in command.refused(data, "add", " ", *NAMED, "--no-password")


def test_what_takes_something_away_ends_sessions_at_once(command: Command, tmp_path: Path) -> None:
    with Process(tmp_path) as server:
        assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
        for act, live in (("sign-out", True), ("close", False)):
            name = f"ada-{act}"
            made = command.told(tmp_path, "add", name, "--name", "Ada", "--generate-password")
            password = made.strip().rsplit(" ", 1)[-1]
            with server.browser() as browser:
                body = {"username": name, "password": password}
                assert browser.post("/session", json=body).status_code == 200
                assert "1 session ended" in command.told(tmp_path, act, name)
                assert browser.get("/session").status_code == 401
                again = browser.post("/session", json=body).status_code
                assert again == (200 if live else 401)
        server.stop()
    assert not (tmp_path / FILE).exists()


def test_a_new_password_is_the_only_one(command: Command, tmp_path: Path) -> None:
    with Process(tmp_path) as server, httpx2.Client(base_url=server.address) as browser:
        first = command.told(tmp_path, "add", "ada", "--name", "Ada", "--generate-password")
        second = command.told(tmp_path, "password", "ada", "--generate-password")
        tries = [one.strip().rsplit(" ", 1)[-1] for one in (first, second)]
        answers = [
            browser.post("/session", json={"username": "ada", "password": one}).status_code
            for one in tries
        ]
        assert answers == [401, 200]


def test_rubbish_on_the_socket_is_refused_and_the_server_goes_on(
    command: Command, tmp_path: Path
) -> None:
    with Process(tmp_path) as server:
        for sent in (b"\n", b"{\n", b"[]\n", b'{"what": "fly"}\n', b"half", b""):
            with socket.socket(socket.AF_UNIX) as speaker:
                speaker.connect(str(tmp_path / FILE))
                speaker.sendall(sent)
                speaker.shutdown(socket.SHUT_WR)
                said = speaker.makefile("rb").read()
            assert not said or "refused" in orjson.loads(said)
        assert command.told(tmp_path, "list")
        assert not [one for one in server.events() if one["level"] == "error"]


def test_a_dead_servers_socket_is_in_nobodys_way(command: Command, tmp_path: Path) -> None:
    with Process(tmp_path) as server:
        server.kill()
    assert (tmp_path / FILE).exists()
    command.told(tmp_path, "add", "ada", *NAMED, "--no-password")
    with Process(tmp_path):
        assert "ada" in command.told(tmp_path, "list")


def test_a_server_that_takes_no_commands_is_named(command: Command, tmp_path: Path) -> None:
    with Process(tmp_path) as server:
        (tmp_path / FILE).unlink()
        said = command.refused(tmp_path, "list")
        assert server.address in said
        assert "stop it, and try again" in said
