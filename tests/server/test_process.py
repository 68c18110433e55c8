"""The server as a process: what a kill may cost, a second server, a stop, a port that is taken."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from server.accounts import Accounts
from server.passwords import Passwords
from server.settings import Settings
from server.stores import FOLDER as FOLDER_NAME
from sync.stores.sqlite import SqliteStore
from tests.factory import MONDAY, TUTOR, Tablet, claim
from tests.server.process import Process, run
from tests.server.town import CHEAP, PASSWORD, SCHOOL, accounts, credentials, make_schools, question


async def found(data: Path) -> None:
    """A data folder with two schools and their people."""
    store = SqliteStore(data / FOLDER_NAME)
    passwords = Passwords(Settings(**CHEAP))
    try:
        await make_schools(store)
        opened = await Accounts.open(store, passwords)
        await opened.put(accounts(await opened.hash(PASSWORD)))
    finally:
        passwords.close()
        await store.close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    asyncio.run(found(tmp_path))
    return tmp_path


@contextlib.contextmanager
def signed_in(server: Process) -> Iterator[httpx2.Client]:
    with server.browser() as browser:
        assert browser.post("/session", json=credentials("tess")).status_code == 200
        yield browser


def push(browser: httpx2.Client, *entries: Any) -> httpx2.Response:
    body = {"docs": list(entries), "new_edits": False}
    return browser.post(f"/db/{SCHOOL}/_bulk_docs", json=body)


def quiet(browser: httpx2.Client) -> str:
    """A token with nothing after it: the day's own documents are all out."""
    token = "0"
    for _ in range(100):
        query = {"since": token, "feed": "longpoll", "timeout": "500"}
        page = browser.get(f"/db/{SCHOOL}/_changes", params=query).json()
        token = page["last_seq"]
        if not page["results"]:
            break
    return str(token)


def wait_for(browser: httpx2.Client, figure: str) -> None:
    """Until the server's figures say so."""
    for _ in range(100):
        if figure in browser.get("/metrics").text:
            return
        time.sleep(0.05)
    raise AssertionError(browser.get("/metrics").text)


def head(tablet: Tablet) -> dict[str, Any]:
    return {"log": tablet.log, "n": tablet.n, "digest": tablet.prev}


def past(tablet: Tablet, *claims: dict[str, Any]) -> dict[str, Any]:
    """A register of a day that has been, whenever the test is run."""
    return tablet.register(*claims, date=MONDAY)


def test_what_was_acknowledged_is_there_after_a_kill(data: Path) -> None:
    tablet = Tablet(TUTOR)
    acknowledged: list[dict[str, Any]] = []
    for _ in range(3):
        with Process(data) as server, signed_in(server) as browser:
            stopped = threading.Timer(0.4, server.kill)
            stopped.start()
            try:
                while True:
                    rows = push(browser, past(tablet, claim(2))).json()
                    acknowledged += rows
            except httpx2.TransportError:
                pass
            stopped.join()
    kept = asyncio.run(entries(data))
    assert len(acknowledged) > 3
    assert {row["id"] for row in acknowledged} <= kept
    with Process(data) as server, signed_in(server) as browser:
        answer = browser.post(f"/db/{SCHOOL}/_sync", json=question(logs=[head(tablet)])).json()
        receipt, *_ = answer["receipts"]
        missing = {n for first, last in receipt["missing"] for n in range(first, last + 1)}
        assert not missing & {int(row["id"].split(":")[2]) for row in acknowledged}
        again = push(browser, *tablet.entries).json()
        healed = browser.post(f"/db/{SCHOOL}/_sync", json=question(logs=[head(tablet)])).json()
    answers = {row["id"]: row for row in again}
    assert all(answers[row["id"]] == row for row in acknowledged)
    assert healed["receipts"][0]["through"] == tablet.n


async def entries(data: Path) -> set[str]:
    """Ids of the entries that are on disk."""
    store = SqliteStore(data / FOLDER_NAME)
    try:
        found = await (await store.open(SCHOOL)).range("entry:", "entry;")
    finally:
        await store.close()
    return {one.id for one in found}


def test_a_session_outlives_a_kill(data: Path) -> None:
    with Process(data) as server, signed_in(server) as browser:
        cookies = dict(browser.cookies)
        server.kill()
    with Process(data) as server, server.browser() as browser:
        browser.cookies.update(cookies)
        assert browser.get("/session").status_code == 200


def test_a_second_server_on_the_same_data_is_refused_and_told_of_the_first(data: Path) -> None:
    with Process(data) as server:
        second = run("serve", "--data", str(data))
        assert second.returncode == 1
        assert second.stdout == ""
        sentence = second.stderr.strip()
        assert str(server.process.pid) in sentence
        assert server.address in sentence
        assert "\n" not in sentence
        assert httpx2.get(f"{server.address}/readyz").status_code == 200


def test_a_stop_answers_those_who_wait_and_takes_a_moment(data: Path) -> None:
    with Process(data) as server, signed_in(server) as browser:
        waiting = question(token=quiet(browser), wait_s=50)
        answers: list[int] = []

        def wait() -> None:
            with server.browser() as one:
                one.cookies.update(dict(browser.cookies))
                answers.append(one.post(f"/db/{SCHOOL}/_sync", json=waiting).status_code)

        threads = [threading.Thread(target=wait) for _ in range(5)]
        for thread in threads:
            thread.start()
        wait_for(browser, "tidemark_waiting 5.0")
        seconds = server.stop()
        for thread in threads:
            thread.join(5)
    assert answers == [200] * 5, server.lines
    assert seconds < 3
    assert server.process.returncode == 0
    assert server.events()[-1]["event"] == "stopped"


def test_a_client_that_goes_away_is_waited_for_no_longer(data: Path) -> None:
    with Process(data) as server, signed_in(server) as browser:
        token = quiet(browser)
        with server.browser() as gone:
            gone.cookies.update(dict(browser.cookies))
            query = {"since": token, "feed": "longpoll"}
            with pytest.raises(httpx2.ReadTimeout):
                gone.get(f"/db/{SCHOOL}/_changes", params=query, timeout=0.5)
        wait_for(browser, "tidemark_waiting 0.0")
