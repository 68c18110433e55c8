"""Pages of other sites: those named may call, others may not."""

import pytest

from server.couch.cors import BadOrigin, Cors
from sync.store import Store
from tests.server.couch.caller import Caller, caller

SITE = "https://app.example.org"


async def test_a_named_site_may_ask_and_read(store: Store) -> None:
    async for couch in caller(store, origins=(SITE,)):
        leave = {"Origin": SITE, "Access-Control-Request-Method": "PUT"}
        answer = await couch.ask("OPTIONS", "/db/doc", headers=leave)
        assert (answer.status, answer.raw) == (204, b"")
        assert "PUT" in answer.headers["access-control-allow-methods"]
        assert "authorization" in answer.headers["access-control-allow-headers"]
        answer = await couch.get("/", Origin=SITE)
        assert answer.status == 200
        assert answer.headers["access-control-allow-origin"] == SITE
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert "etag" in answer.headers["access-control-expose-headers"]
        assert answer.headers["vary"] == "Origin"
        refused = await couch.get("/none", Origin=SITE)
        assert (refused.status, refused.headers["access-control-allow-origin"]) == (404, SITE)


@pytest.mark.parametrize("origins", [(), (SITE,)])
async def test_others_may_not(store: Store, origins: tuple[str, ...]) -> None:
    async for couch in caller(store, origins=origins):
        for origin in ("https://other.example.org", "null", "http://app.example.org"):
            asked = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
            answer = await couch.ask("OPTIONS", "/db", headers=asked)
            assert "access-control-allow-origin" not in answer.headers
            assert (
                "access-control-allow-origin" not in (await couch.get("/", Origin=origin)).headers
            )


async def test_a_plain_options_is_no_preflight(store: Store) -> None:
    async for couch in caller(store, origins=(SITE,)):
        couch.headers.clear()
        assert (await couch.ask("OPTIONS", "/db", headers={"Origin": SITE})).status == 401


@pytest.mark.parametrize("origin", ["*", "app.example.org", "ftp://x", "https://x/", "https://é"])
def test_names_that_no_browser_sends(origin: str) -> None:
    with pytest.raises(BadOrigin, match="cannot be let in"):
        Cors([origin])


async def test_without_sites_nothing_is_said(couch: Caller) -> None:
    assert "vary" not in (await couch.get("/", Origin=SITE)).headers
