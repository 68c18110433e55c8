"""A school moves from one server's store to another's, and its tablets go on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest

from server.stores import FOLDER
from sync.store import DatabaseInfo
from sync.stores.sqlite import SqliteStore
from tests.factory import MONDAY, TUTOR, Tablet, claim
from tests.server.process import Process, run
from tests.server.test_process import found, push, quiet, signed_in
from tests.server.town import OTHER, SCHOOL, question


@pytest.fixture
def old(tmp_path: Path) -> Path:
    asyncio.run(found(tmp_path / "old"))
    return tmp_path / "old"


async def info(data: Path) -> DatabaseInfo:
    store = SqliteStore(data / FOLDER)
    try:
        return await (await store.open(SCHOOL)).info()
    finally:
        await store.close()


def pull(browser: httpx2.Client, since: str) -> dict[str, Any]:
    query = {"since": since, "include_docs": "true"}
    answer = browser.get(f"/db/{SCHOOL}/_changes", params=query)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def ask(browser: httpx2.Client, token: str, tablet: Tablet) -> dict[str, Any]:
    head = {"log": tablet.log, "n": tablet.n, "digest": tablet.prev}
    answer = browser.post(f"/db/{SCHOOL}/_sync", json=question(token=token, logs=[head]))
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def register(tablet: Tablet, *claims: dict[str, Any]) -> dict[str, Any]:
    return tablet.register(*claims, date=MONDAY)


def test_a_tablet_goes_on_at_the_new_home_as_if_nothing_had_happened(
    old: Path, tmp_path: Path
) -> None:
    new = tmp_path / "new"
    tablet = Tablet(TUTOR)
    with Process(old) as server, signed_in(server) as browser:
        assert push(browser, register(tablet, claim(2))).json()[0]["verdict"] == "stored"
        early = pull(browser, "0")["last_seq"]
        assert push(browser, register(tablet, claim(4))).json()[0]["verdict"] == "stored"
        late = quiet(browser)
        cookies = dict(browser.cookies)
        held = {row["id"] for row in pull(browser, "0")["results"]}
        refused = run("move", SCHOOL, "--data", str(old), "--to", f"sqlite:{new / FOLDER}")
        assert refused.returncode == 1
        assert server.address in refused.stderr
        server.stop()

    before = asyncio.run(info(old))
    done = run("move", SCHOOL, "--data", str(old), "--to", f"sqlite:{new / FOLDER}")
    assert done.returncode == 0, done.stderr
    assert f"{before.doc_count} documents" in " ".join(done.stdout.split())
    assert "4 people" in done.stdout
    again = run("move", SCHOOL, "--data", str(old), "--to", f"sqlite:{new / FOLDER}")
    assert (again.returncode, "before" in again.stdout) == (0, True), again.stderr
    moved = asyncio.run(info(new))
    assert (moved.doc_count, moved.deleted_count) == (before.doc_count, before.deleted_count)

    with Process(new) as server, server.browser() as browser:
        browser.cookies.update(cookies)
        mine = browser.get("/session").json()["schools"]
        assert [(one["school"], one["name"], one["role"]) for one in mine] == [
            (SCHOOL, f"School {SCHOOL}", "class_teacher")
        ]
        said = ask(browser, late, tablet)
        assert (said["news"], said["reset"]) == (False, False)
        assert said["receipts"][0]["through"] == 2
        quiet(browser)
        page = pull(browser, late)
        assert "reset" not in page
        assert page["results"] == []
        page = pull(browser, early)
        assert "reset" not in page
        assert page["results"]
        assert {row["id"] for row in page["results"]} <= held
        assert {row["id"] for row in pull(browser, "0")["results"]} == held
        assert push(browser, register(tablet, claim(6))).json()[0]["verdict"] == "stored"
        assert ask(browser, late, tablet)["receipts"][0]["through"] == 3

    with Process(old) as server, server.browser() as browser:
        browser.cookies.update(cookies)
        for answer in (
            browser.get(f"/db/{SCHOOL}/_changes"),
            browser.post(f"/db/{SCHOOL}/_sync", json=question()),
            push(browser, register(tablet, claim(2))),
        ):
            assert answer.status_code == 503
            assert answer.json()["error"] == "moved"
            assert "Nothing is lost" in answer.json()["reason"]
            assert answer.headers["Retry-After"] == "30"
        me = browser.get("/session").json()
        assert [(one["school"], one["name"]) for one in me["schools"]] == [
            (SCHOOL, f"School {SCHOOL}")
        ]
        assert browser.get("/readyz").status_code == 200


def test_the_publisher_of_the_new_home_finds_everything_published(
    old: Path, tmp_path: Path
) -> None:
    with Process(old) as server, signed_in(server) as browser:
        push(browser, register(Tablet(TUTOR), claim(2)))
        quiet(browser)
        cookies = dict(browser.cookies)
        server.stop()
    run("move", SCHOOL, "--data", str(old), "--to", f"sqlite:{tmp_path / 'new' / FOLDER}")
    before = asyncio.run(info(tmp_path / "new"))
    with Process(tmp_path / "new") as server, server.browser() as browser:
        browser.cookies.update(cookies)
        quiet(browser)
        server.stop()
    assert asyncio.run(info(tmp_path / "new")).update_seq == before.update_seq


def test_two_schools_of_one_server_move_one_after_the_other(old: Path, tmp_path: Path) -> None:
    to = f"sqlite:{tmp_path / 'new' / FOLDER}"
    for school in (SCHOOL, OTHER):
        assert run("move", school, "--data", str(old), "--to", to).returncode == 0
    with Process(tmp_path / "new") as server, signed_in(server) as browser:
        assert browser.get(f"/db/{SCHOOL}/").status_code == 200
