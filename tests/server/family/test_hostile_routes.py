"""The addresses of family support under fire: a clear refusal, and never a fault."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from sync.stores.memory import MemoryStore
from tests.factory import Tablet
from tests.server.families import AREA, WORKER, employ, make_area, opened
from tests.server.photos.test_photos import added, planned
from tests.server.test_hostile import MALFORMED, clear
from tests.server.town import make_schools, push, town

AT = f"/db/{AREA}"
ROUTES = {
    "a draft": ("PUT", f"{AT}/_drafts/draft-1"),
    "a draft's end": ("DELETE", f"{AT}/_drafts/draft-1"),
    "drafts": ("GET", f"{AT}/_drafts?visit=visit-1"),
    "an offset": ("GET", f"{AT}/_photos/photo-1/photo/offset"),
    "a portion": ("PATCH", f"{AT}/_photos/photo-1/photo"),
    "a photo": ("GET", f"{AT}/_photos/photo-1/photo"),
    "glass": ("POST", f"{AT}/_glass"),
    "a pupil": ("POST", f"{AT}/_pupils"),
    "a concern": ("GET", f"{AT}/_concerns/con-1/pdf"),
    "the heartbeat": ("GET", "/alarms/heartbeat"),
}
JSON = {"Content-Type": "application/json"}
NAMES = (
    *(
        "%2e%2e",
        "..%2f..%2fetc",
        "a%2fb",
        "%00",
        "%ff",
        "x" * 65,
        "x" * 5000,
        "a%20b",
        "%F0%9F%98%A2",
    ),
    *("9" * 400, "a:b", "_design", "%5C", "a;b", "%0d%0aX: y", "%E2%80%AE"),
)
NUMBERS = ("", "-1", "1.5", "1e9", "٣", "9" * 12, "9" * 400, "0x10", " 1", "NaN", "²")


@pytest.fixture
async def lee() -> AsyncIterator[httpx2.AsyncClient]:
    """A lead, and a worker's case with a photo that was announced."""
    store = MemoryStore()
    await make_schools(store)
    await make_area(store, photo_bytes=2_000_000)
    async with town(store, made=True) as place:
        await employ(place.site.accounts)
        tablet = Tablet(WORKER, log="f" * 32)
        async with place.visit("fay") as fay:
            await push(fay, opened(tablet), planned(tablet), added(tablet), school=AREA)
        async with place.visit("lee") as one:
            yield one


@pytest.fixture
async def fay(lee: httpx2.AsyncClient) -> httpx2.AsyncClient:
    """The worker herself, in the same browser."""
    answer = await lee.post(
        "/session", json={"username": "fay", "password": "a fictional password"}
    )
    assert answer.status_code == 200
    return lee


@pytest.mark.parametrize("route", ROUTES)
async def test_no_other_method_is_taken(lee: httpx2.AsyncClient, route: str) -> None:
    taken = {method for method, at in ROUTES.values() if at == ROUTES[route][1]} | {"GET", "HEAD"}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"} - taken:
        answer = await lee.request(method, ROUTES[route][1], content=b"{}", headers=JSON)
        clear(answer)
        assert answer.status_code in {400, 404, 405}, (method, answer.text)


@pytest.mark.parametrize("route", ["a draft", "a draft's end", "glass", "a pupil"])
@pytest.mark.parametrize("name", sorted(MALFORMED))
async def test_what_is_not_json(fay: httpx2.AsyncClient, route: str, name: str) -> None:
    method, at = ROUTES[route]
    clear(answer := await fay.request(method, at, content=MALFORMED[name], headers=JSON))
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize("route", ["a draft", "a draft's end", "glass", "a pupil"])
@pytest.mark.parametrize(
    "body", [b"[]", b"null", b"{}", b'{"draft":1}', b'{"x":"' + b"x" * 400_000]
)
@pytest.mark.parametrize("headers", [JSON, {}, {"Content-Type": "text/plain"}])
async def test_other_bodies(
    lee: httpx2.AsyncClient, route: str, body: bytes, headers: dict[str, str]
) -> None:
    method, at = ROUTES[route]
    clear(answer := await lee.request(method, at, content=body, headers=headers))
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize("name", NAMES)
async def test_other_names(fay: httpx2.AsyncClient, name: str) -> None:
    for method, at in (
        ("PUT", f"{AT}/_drafts/{name}"),
        ("DELETE", f"{AT}/_drafts/{name}"),
        ("GET", f"{AT}/_drafts?visit={name}"),
        ("GET", f"{AT}/_photos/{name}/photo"),
        ("GET", f"{AT}/_photos/photo-1/{name}"),
        ("GET", f"{AT}/_photos/{name}/photo/offset"),
        ("PATCH", f"{AT}/_photos/{name}/photo"),
        ("GET", f"{AT}/_concerns/{name}/pdf"),
        ("POST", f"/db/{name}/_glass"),
        ("GET", f"/alarms/heartbeat?since={name}"),
    ):
        headers = {**JSON, "Upload-Offset": "0", "Upload-Length": "9"}
        answer = await fay.request(method, at, content=b"{}", headers=headers)
        if "heartbeat" not in at:
            clear(answer)
            assert 400 <= answer.status_code < 500, (method, at)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("name", ["Upload-Offset", "Upload-Length"])
async def test_odd_numbers_of_bytes(fay: httpx2.AsyncClient, name: str, number: str) -> None:
    headers: Any = {"Upload-Offset": "0", "Upload-Length": "9"} | {name: number}
    raw = [(key.encode(), value.encode()) for key, value in headers.items()]
    clear(answer := await fay.patch(f"{AT}/_photos/photo-1/photo", content=b"x", headers=raw))
    assert 400 <= answer.status_code < 500


async def test_the_heartbeat_tells_anybody_the_same_whatever_is_asked(
    lee: httpx2.AsyncClient,
) -> None:
    plain = await lee.get("/alarms/heartbeat")
    odd = await lee.get(
        "/alarms/heartbeat?x=%00", headers={"Content-Type": "x", "Accept": "image/png"}
    )
    assert (odd.status_code, odd.json().keys()) == (plain.status_code, plain.json().keys())
    assert WORKER.person not in plain.text
