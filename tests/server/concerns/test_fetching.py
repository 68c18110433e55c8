"""Who may fetch a concern whole: whoever reads it, and it is noted; for others it is not there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.factory import MONDAY
from tests.server.concerns.reading import text_of
from tests.server.concerns.safe import LEAD, publish, raise_it, safe_town
from tests.server.town import SCHOOL, Town

PDF = f"/db/{SCHOOL}/_concerns/c1/pdf"
EVERYBODY = ("tess", "cal", "olu", "hana", "lena", "dev", "chi")


@pytest.fixture
async def place() -> AsyncIterator[Town]:
    async with safe_town() as one:
        yield one


async def answers(place: Town) -> dict[str, int]:
    """What everybody is answered who asks for it."""
    found = {}
    for username in EVERYBODY:
        async with place.visit(username) as browser:
            found[username] = (await browser.get(PDF)).status_code
    return found


def who(found: dict[str, int]) -> set[str]:
    assert set(found.values()) <= {200, 404}
    return {name for name, status in found.items() if status == 200}


async def test_the_leads_fetch_it_and_it_says_everything(place: Town) -> None:
    await raise_it(place)
    await publish(place)
    async with place.visit("lena") as browser:
        answer = await browser.get(PDF)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'attachment; filename="concern-c1.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    text = text_of(answer.content)
    (entry,) = await (await place.store.open(SCHOOL)).range("entry:", "entry;")
    for one in ("A bruise on the arm.", "Known1 Surname1", "Tess Tutor", entry.body["digest"]):
        assert one in text, one
    assert who(await answers(place)) == {"lena", "dev"}


@pytest.mark.parametrize(
    ("changes", "readers"),
    [
        ({"about_staff": True}, {"hana"}),
        ({"about_head": True}, {"chi"}),
        ({"about": [LEAD.person]}, {"hana"}),
        ({"immediate": True}, {"lena", "dev", "hana"}),
        ({"text": ""}, {"lena", "dev"}),
    ],
)
async def test_nobody_else_does(place: Town, changes: dict[str, object], readers: set[str]) -> None:
    await raise_it(place, **changes)
    await publish(place)
    assert who(await answers(place)) == readers


async def test_it_is_noted_and_told_to_whoever_may_see_it_alone(place: Town) -> None:
    await raise_it(place)
    await publish(place)
    async with place.visit("lena") as browser:
        await browser.get(PDF)
        await browser.get(PDF)
        (view,) = (await browser.get(f"/db/{SCHOOL}/_views")).json()["views"]
        assert (view["document"], view["person"], view["how"]) == (
            "concern:c1",
            LEAD.person,
            "fetched",
        )
        assert view["at"].startswith(MONDAY)
    async with place.visit("hana") as head:  # it may be about the head, for all they know
        assert (await head.get(f"/db/{SCHOOL}/_views")).json()["views"] == []


async def test_without_one_there_is_none(place: Town) -> None:
    assert who(await answers(place)) == set()
    async with place.browser() as nobody:
        assert (await nobody.get(PDF)).status_code == 401
