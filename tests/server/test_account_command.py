"""``tidemark account``: with the server stopped, and through a running one."""

from __future__ import annotations

import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx2
import orjson
import pytest

from server.control import FILE
from tests.server.process import Process, run

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


def told(data: Path, *words: str) -> str:
    """What the command says, having done what was asked."""
    done = run("account", *words, "--data", str(data))
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def refused(data: Path, *words: str) -> str:
    done = run("account", *words, "--data", str(data))
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


def test_an_accounts_life(data: Path) -> None:
    made = told(data, "add", " Ada ", *NAMED, "--role", "head", "--generate-password")
    assert made.startswith("Made the account ada (head teacher).\nIts password, shown this once: ")
    assert "an account ada already" in refused(data, "add", "ADA", *NAMED, "--no-password")
    told(data, "add", "tess", "--name", "Tess", "--no-password", "--group", "form-1", *NAMED[2:])
    rows = told(data, "list").splitlines()
    assert [line.split()[0] for line in rows] == ["username", "ada", "tess"]
    assert "head teacher" in rows[1]
    assert "password" in rows[1]
    assert "nothing yet" in rows[2]
    assert told(data, "close", "ada") == "Closed the account ada. 0 sessions ended.\n"
    assert "closed" in told(data, "list").splitlines()[1]
    assert "open again" in told(data, "reopen", "ada")
    assert "linked to nobody" in told(data, "unlink", "ada")
    assert "new password" in told(data, "password", "ada", "--generate-password")
    assert "There is no account 'nobody'" in refused(data, "sign-out", "nobody")
    assert "not both" in refused(data, "add", "x", *NAMED, "--generate-password", "--no-password")
    assert "not a group's id" in refused(data, "add", "x", *NAMED, "--group", "a b")
    assert "1 to 100 characters" in refused(data, "add", " ", *NAMED, "--no-password")


def test_what_takes_something_away_ends_sessions_at_once(tmp_path: Path) -> None:
    with Process(tmp_path) as server:
        assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
        for act, live in (("sign-out", True), ("close", False)):
            name = f"ada-{act}"
            made = told(tmp_path, "add", name, "--name", "Ada", "--generate-password")
            password = made.strip().rsplit(" ", 1)[-1]
            with server.browser() as browser:
                body = {"username": name, "password": password}
                assert browser.post("/session", json=body).status_code == 200
                assert "1 session ended" in told(tmp_path, act, name)
                assert browser.get("/session").status_code == 401
                again = browser.post("/session", json=body).status_code
                assert again == (200 if live else 401)
        server.stop()
    assert not (tmp_path / FILE).exists()


def test_a_new_password_is_the_only_one(tmp_path: Path) -> None:
    with Process(tmp_path) as server, httpx2.Client(base_url=server.address) as browser:
        first = told(tmp_path, "add", "ada", "--name", "Ada", "--generate-password")
        second = told(tmp_path, "password", "ada", "--generate-password")
        tries = [one.strip().rsplit(" ", 1)[-1] for one in (first, second)]
        answers = [
            browser.post("/session", json={"username": "ada", "password": one}).status_code
            for one in tries
        ]
        assert answers == [401, 200]


def test_rubbish_on_the_socket_is_refused_and_the_server_goes_on(tmp_path: Path) -> None:
    with Process(tmp_path) as server:
        for sent in (b"\n", b"{\n", b"[]\n", b'{"what": "fly"}\n', b"half", b""):
            with socket.socket(socket.AF_UNIX) as speaker:
                speaker.connect(str(tmp_path / FILE))
                speaker.sendall(sent)
                speaker.shutdown(socket.SHUT_WR)
                said = speaker.makefile("rb").read()
            assert not said or "refused" in orjson.loads(said)
        assert told(tmp_path, "list")
        assert not [one for one in server.events() if one["level"] == "error"]


def test_a_dead_servers_socket_is_in_nobodys_way(tmp_path: Path) -> None:
    with Process(tmp_path) as server:
        server.kill()
    assert (tmp_path / FILE).exists()
    told(tmp_path, "add", "ada", *NAMED, "--no-password")
    with Process(tmp_path):
        assert "ada" in told(tmp_path, "list")


def test_a_server_that_takes_no_commands_is_named(tmp_path: Path) -> None:
    with Process(tmp_path) as server:
        (tmp_path / FILE).unlink()
        said = refused(tmp_path, "list")
        assert server.address in said
        assert "stop it, and try again" in said
