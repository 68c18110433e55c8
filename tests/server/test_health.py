"""Alive, ready, version, figures."""

from __future__ import annotations

from importlib import metadata

import pytest

from sync.errors import StoreFull
from tests.factory import TUTOR, Tablet, claim
from tests.server.town import SCHOOL, Town, credentials, push, town


async def test_alive_is_told_whatever_else_is_wrong(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(place, monkeypatch)
    async with place.browser() as browser:
        assert (await browser.get("/healthz")).json() == {"status": "alive"}


def broken(place: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(_: object) -> None:
        raise StoreFull("full")

    monkeypatch.setattr(place.site.accounts.database, "write", full)


async def test_ready_means_that_the_store_takes_a_write(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with place.browser() as browser:
        assert (await browser.get("/readyz")).json()["status"] == "ready"
        kept = await place.site.accounts.database.read_local("ready")
        assert kept == {"checked_ms": place.clock.ms}
        broken(place, monkeypatch)
        assert (await browser.get("/readyz")).status_code == 200, "checked a moment ago"
        place.clock.ms += 1000
        answer = await browser.get("/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")


async def test_ready_means_that_publishing_works_for_most_schools(place: Town) -> None:
    async with place.browser() as browser, place.site.schools.use(SCHOOL) as school:
        school.meter.failed("sheet")
        assert (await browser.get("/readyz")).status_code == 503
        async with place.site.schools.use("sch-other"):
            answer = await browser.get("/readyz")
            assert answer.json() == {
                "status": "ready",
                "schools_open": 2,
                "schools_failing": 1,
                "backup": {"state": "off", "taken_at": None},
            }
        school.meter.published(1, 0.1)
        assert (await browser.get("/readyz")).json()["schools_failing"] == 0


async def test_a_server_that_stops_is_not_ready(place: Town) -> None:
    place.site.waits.close()
    async with place.browser() as browser:
        assert (await browser.get("/readyz")).status_code == 503


async def test_version(place: Town) -> None:
    async with place.browser() as browser:
        answer = await browser.get("/version")
    assert answer.json() == {"name": "tidemark", "version": metadata.version("tidemark")}


async def test_figures_count_what_was_done_and_name_nobody(place: Town) -> None:
    async with place.visit() as browser:
        await browser.post("/session", json=credentials("tess", "wrong"))
        await push(browser, Tablet(TUTOR).register(claim(2)), {"odd": 1})
        await place.settle()
        text = (await browser.get("/metrics")).text
    assert 'tidemark_entries_total{verdict="stored"} 1.0' in text
    assert 'tidemark_entries_total{verdict="held"} 1.0' in text
    assert 'tidemark_sign_ins_total{outcome="wrong"} 1.0' in text
    assert "tidemark_open_schools 1.0" in text
    assert 'route="/db/{school}/_bulk_docs",status="201"' in text
    assert not [word for word in ("tess", TUTOR.person, "pup-", SCHOOL) if word in text]


async def test_figures_can_be_kept_behind_a_token() -> None:
    async with town(metrics_token="a-token") as place, place.browser() as browser:
        for given in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "é"}):
            raw = [(k.encode(), v.encode("latin-1")) for k, v in given.items()]
            answer = await browser.get("/metrics", headers=raw)
            assert answer.status_code == 401
        right = await browser.get("/metrics", headers={"Authorization": "Bearer a-token"})
    assert right.status_code == 200
