"""Concerns as the server publishes them: who finds them in their feed, and who never does."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.factory import COVER, HEAD, MONDAY, Tablet
from tests.server.concerns.safe import ADMIN, AREA, DUTY, LEAD, WORKER, raise_it, safe_town
from tests.server.town import SCHOOL, Town, pull, push

STAFF = {
    "tess": SCHOOL,
    "cal": SCHOOL,
    "olu": SCHOOL,
    "hana": SCHOOL,
    "lena": SCHOOL,
    "dev": SCHOOL,
    "chi": SCHOOL,
    "wren": AREA,
    "dee": AREA,
}


@pytest.fixture
async def place() -> AsyncIterator[Town]:
    async with safe_town() as one:
        yield one


async def settle(place: Town) -> None:
    """Publish, and carry across, until both databases have it."""
    for name in (SCHOOL, AREA, SCHOOL, AREA):
        await place.settle(name)


async def found(place: Town, id_: str) -> dict[str, dict[str, object]]:
    """Whoever has a document in their feed, and what it says."""
    seen: dict[str, dict[str, object]] = {}
    for username, database in STAFF.items():
        async with place.visit(username) as browser:
            rows = (await pull(browser, school=database))["results"]
        there = [row["doc"] for row in rows if row["id"] == id_ and "type" in row.get("doc", {})]
        seen |= dict.fromkeys([username] if there else [], there[-1] if there else {})
    return seen


async def test_the_leads_have_it_and_its_author_sees_who_does(place: Town) -> None:
    await raise_it(place)
    await settle(place)
    assert set(await found(place, "concern:c1")) == {"lena", "dev"}
    status = await found(place, "concern_status:c1")
    assert set(status) == {"tess"}
    assert status["tess"]["goes_to"] == "the safeguarding lead of Saltmarsh Primary School"
    async with place.visit("lena") as lead:
        await push(lead, Tablet(LEAD, log="9" * 32).write("concern.acknowledged", concern="c1"))
    await settle(place)
    status = await found(place, "concern_status:c1")
    assert status["tess"]["acknowledged_by"] == LEAD.name


async def test_unacknowledged_it_goes_on_by_itself_and_to_the_area_at_last(place: Town) -> None:
    await raise_it(place)
    await settle(place)
    place.clock.ms += 61 * 60_000
    await settle(place)
    assert set(await found(place, "concern:c1")) == {"lena", "dev", "hana"}
    place.clock.ms += 60 * 60_000
    await settle(place)
    seen = await found(place, "concern:c1")
    assert set(seen) == {"lena", "dev", "hana", "dee"}
    assert seen["dee"]["place_name"] == "Saltmarsh Primary School"
    duty = Tablet(DUTY, log="8" * 32)
    async with place.visit("dee") as browser:
        answer = await push(browser, duty.write("concern.acknowledged", concern="c1"), school=AREA)
        assert answer.json()[0]["verdict"] == "stored", answer.text
    await settle(place)
    status = await found(place, "concern_status:c1")
    assert status["tess"]["acknowledged_by"] == DUTY.name


def stands_in(tablet: Tablet, person: str, role: str) -> dict[str, object]:
    """A grant for today."""
    return tablet.write(
        "grant.given",
        person=person,
        grants=role,
        starts=f"{MONDAY}T08:00:00.000Z",
        ends=f"{MONDAY}T23:00:00.000Z",
        purpose="Stands in",
    )


async def test_about_a_lead_it_is_the_heads_alone_also_after_a_new_grant(place: Town) -> None:
    await raise_it(place, about=[LEAD.person])
    await settle(place)
    assert set(await found(place, "concern:c1")) == {"hana"}
    give = Tablet(ADMIN, log="7" * 32)
    async with place.visit("ada") as admin:
        for role in ("chair_of_governors", "head", "safeguarding_lead"):
            answer = await push(admin, stands_in(give, LEAD.person, role))
            assert answer.json()[0]["verdict"] == "stored"
    await settle(place)
    assert set(await found(place, "concern:c1")) == {"hana"}


async def test_about_the_head_whoever_stands_in_for_the_chair_has_it_once_granted(
    place: Town,
) -> None:
    """But not by a grant of the head's own: they do not say who hears of them."""
    await raise_it(place, about_head=True)
    await settle(place)
    assert set(await found(place, "concern:c1")) == {"chi"}
    async with place.visit("hana") as head:
        own = stands_in(Tablet(HEAD, log="7" * 32), COVER.person, "chair_of_governors")
        assert (await push(head, own)).json()[0]["verdict"] == "held"
    async with place.visit("ada") as admin:
        given = stands_in(Tablet(ADMIN, log="5" * 32), COVER.person, "chair_of_governors")
        assert (await push(admin, given)).json()[0]["verdict"] == "stored"
    await settle(place)
    assert set(await found(place, "concern:c1")) == {"chi", "cal"}


async def test_one_without_a_word_is_held_and_answered_for_all_the_same(place: Town) -> None:
    await raise_it(place, text="")
    await settle(place)
    seen = await found(place, "concern:c1")
    assert set(seen) == {"lena", "dev"}
    assert seen["lena"]["held"]
    (held,) = await (await place.store.open(SCHOOL)).range("held:", "held;")
    assert set(await found(place, held.id)) == {"tess"}  # and not the office


async def test_raised_in_the_area_it_is_the_childs_schools(place: Town) -> None:
    tablet = Tablet(WORKER, log="6" * 32)
    async with place.visit("wren") as browser:
        concern = tablet.write(
            "concern.raised",
            concern="c1",
            school=SCHOOL,
            pupil="pup-1",
            child_name="Known1 Surname1",
            text="A bruise.",
            observed_at=f"{MONDAY}T09:10:00.000Z",
        )
        answer = await push(browser, concern, school=AREA)
        assert answer.json()[0]["verdict"] == "stored", answer.text
    await settle(place)
    assert set(await found(place, "concern:c1")) == {"lena", "dev"}
    status = await found(place, "concern_status:c1")
    assert set(status) == {"wren"}
    async with place.visit("lena") as lead:
        await push(lead, Tablet(LEAD, log="9" * 32).write("concern.acknowledged", concern="c1"))
    await settle(place)
    status = await found(place, "concern_status:c1")
    assert status["wren"]["acknowledged_by"] == LEAD.name
