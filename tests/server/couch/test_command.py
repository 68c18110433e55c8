"""``tidemark couch``: a server as an administrator starts it."""

import os
import signal
from pathlib import Path

import httpx2
import pytest

from server.couch.command import BadAdmin, admin_of, uuid_of
from tests.server.couch.caller import BASIC, NAME, PASSWORD
from tests.server.process import Process, run

ADMIN = f"{NAME}:{PASSWORD}"
SENTENCE = "There is no default password."


def browser(process: Process) -> httpx2.Client:
    return httpx2.Client(base_url=process.address, timeout=30, headers={"Authorization": BASIC})


def started(data: Path, *words: str, **more: str) -> Process:
    return Process(data, "couch", *words, **more)


def test_what_is_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    with started(tmp_path, "--admin", ADMIN) as process, browser(process) as http:
        uuid = http.get("/").json()["uuid"]
        assert http.put("/db").status_code == 201
        assert http.put("/db/a", json={"v": 1}).status_code == 201
        docs = [{"_id": f"d{count}"} for count in range(300)]
        assert http.post("/db/_bulk_docs", json={"docs": docs}).status_code == 201
        process.kill()
    with started(tmp_path, TIDEMARK_COUCH_ADMIN=ADMIN) as process, browser(process) as http:
        assert http.get("/").json()["uuid"] == uuid
        assert http.get("/db").json()["doc_count"] == 301
        assert http.get("/db/a").json()["v"] == 1
        assert httpx2.get(f"{process.address}/db").status_code == 401
        # Over a real wire: a path whose slash is encoded, a body in chunks, a HEAD, many at once.
        assert http.put("/db/a%2Fb", content=iter([b'{"v"', b":2}"])).status_code == 201
        assert http.get("/db/a%2Fb").json()["_id"] == "a/b"
        head = http.head("/db/a")
        assert (head.status_code, head.content) == (200, b"")


def test_a_stop_lets_go_of_held_requests(tmp_path: Path) -> None:
    with started(tmp_path, "--admin", ADMIN) as process, browser(process) as http:
        http.put("/db")
        with http.stream("GET", "/db/_changes?feed=continuous&heartbeat=100") as held:
            assert held.status_code == 200
            process.process.send_signal(signal.SIGTERM)
            assert process.process.wait(10) == 0


def test_logs_hold_no_ids(tmp_path: Path) -> None:
    with started(tmp_path, "--admin", ADMIN) as process, browser(process) as http:
        http.put("/private-db")
        http.put("/private-db/private-doc", json={})
        http.get("/private-db/%zz")
        process.process.send_signal(signal.SIGTERM)
        process.process.wait(10)
        said = "\n".join(process.lines)
    assert "serving" in said
    assert "private" not in said
    assert PASSWORD not in said


@pytest.mark.parametrize("admin", [None, "name:"])
def test_nobody_is_let_in_by_default(tmp_path: Path, admin: str | None) -> None:
    words = [] if admin is None else ["--admin", admin]
    refused = run("couch", "--data", str(tmp_path), *words)
    assert refused.returncode == 1
    assert SENTENCE in refused.stderr
    assert not list(tmp_path.iterdir())


def test_a_site_that_is_none(tmp_path: Path) -> None:
    refused = run("couch", "--data", str(tmp_path), "--admin", ADMIN, "--cors", "*")
    assert refused.returncode == 1
    assert "cannot be let in" in refused.stderr


def test_one_server_a_folder(tmp_path: Path) -> None:
    with started(tmp_path, "--admin", ADMIN):
        refused = run("couch", "--data", str(tmp_path), "--admin", ADMIN, "--port", "0")
        assert refused.returncode == 1
        assert str(tmp_path) in refused.stderr.replace("\n", "")


def test_the_password_may_hold_colons() -> None:
    assert admin_of("name:pass:word") == ("name", "pass:word")
    for bad in (None, "", "x", ":", "x:", ":x"):
        with pytest.raises(BadAdmin, match=SENTENCE):
            admin_of(bad)


def test_the_uuid_stays(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    uuid = uuid_of(folder)
    assert len(uuid) == 32
    assert uuid_of(folder) == uuid
    (folder / "couch.uuid").write_bytes(b"\xffbroken")
    mended = uuid_of(folder)
    assert mended != uuid
    assert uuid_of(folder) == mended
    assert uuid_of(None) != uuid_of(None)
    assert not os.path.lexists(tmp_path / "couch.uuid")
