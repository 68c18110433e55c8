"""A school moves into CouchDB under a running server's tablets, and out of it again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from server.moving.homes import VARIABLE
from server.moving.mover import Moving, move_school
from server.settings import Settings
from server.stores import FOLDER
from sync.clock import SystemClock
from tests.factory import TUTOR, Tablet, claim
from tests.peers.couch import PASSWORD, USER, new_prefix, pouchdb_server
from tests.server.moving.test_process import ask, pull, register
from tests.server.process import Process, run
from tests.server.test_process import found, push, quiet, signed_in
from tests.server.town import SCHOOL


@pytest.mark.slow
def test_into_couchdb_and_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new, prefix = tmp_path / "old", tmp_path / "new", new_prefix()
    asyncio.run(found(old))
    tablet = Tablet(TUTOR)
    with Process(old) as server, signed_in(server) as browser:
        assert push(browser, register(tablet, claim(2))).json()[0]["verdict"] == "stored"
        token = quiet(browser)
        cookies = dict(browser.cookies)
        server.stop()
    with pouchdb_server() as url:
        to = f"couchdb+http://{USER}@{url.rpartition('@')[2]}"
        more = {VARIABLE: PASSWORD, "TIDEMARK_COUCHDB_PREFIX": prefix}
        wrong = {**more, VARIABLE: "wrong"}
        refused = run("move", SCHOOL, "--data", str(old), "--to", to, **wrong)
        assert refused.returncode == 1
        assert "does not let this server in" in refused.stderr
        done = run("move", SCHOOL, "--data", str(old), "--to", to, **more)
        assert done.returncode == 0, done.stderr
        assert PASSWORD not in done.stdout + done.stderr
        gateway = {"TIDEMARK_STORE": url, "TIDEMARK_COUCHDB_PREFIX": prefix}
        with Process(tmp_path / "gateway", **gateway) as server, server.browser() as browser:
            browser.cookies.update(cookies)
            said = ask(browser, token, tablet)
            assert (said["news"], said["reset"]) == (False, False)
            assert push(browser, register(tablet, claim(4))).json()[0]["verdict"] == "stored"
            later = quiet(browser)
            held = {row["id"] for row in pull(browser, "0")["results"]}
            settings = Settings(store=url, couchdb_prefix=prefix, argon2_memory_kib=64)
            back = f"sqlite:{new / FOLDER}"
            moving = Moving(settings, SystemClock(), grace_s=6)
            moved = asyncio.run(move_school(SCHOOL, back, moving))
            assert moved.people == 4
            answer = push(browser, register(tablet, claim(6)))
            assert (answer.status_code, answer.json()["error"]) == (503, "moved")
    with Process(new) as server, server.browser() as browser:
        browser.cookies.update(cookies)
        for one in (token, later):
            page = pull(browser, one)
            assert "reset" not in page
            assert {row["id"] for row in page["results"]} <= held
        assert push(browser, *tablet.entries).json()[-1]["verdict"] == "stored"
        said = ask(browser, later, tablet)
        assert (said["reset"], said["receipts"][0]["through"]) == (False, 3)


def test_a_couchdb_that_does_not_answer_is_named(tmp_path: Path) -> None:
    asyncio.run(found(tmp_path))
    to = "couchdb+http://user:secret@127.0.0.1:1"
    refused = run("move", SCHOOL, "--data", str(tmp_path), "--to", to)
    assert refused.returncode == 1
    assert "CouchDB at http://127.0.0.1:1 does not answer" in refused.stderr
    assert "secret" not in refused.stderr
