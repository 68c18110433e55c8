"""Other deadlines that the same engine carries: notes that are not written, concerns unread."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from schemas.family.concerns import Concern, Route, Safeguarding, ToRing
from schemas.family.visits import Visit
from server.alarms.concerns import Concerns
from sync.store import Write, WriteBatch
from tests import factory
from tests.server.alarms.area import (
    AREA,
    LEAD,
    ORIGIN,
    WORKER,
    Area,
    MailServer,
    Webhook,
    area,
    iso,
    messages,
    roster,
    ways,
)

TUESDAY, WEDNESDAY = "2026-11-24", "2026-11-25"


@pytest.fixture
def sent() -> Iterator[tuple[MailServer, Webhook]]:
    with messages() as both:
        yield both


def visit(**changes: Any) -> Visit:
    fields: dict[str, Any] = {
        "id": "visit:v-1",
        "visit": "v-1",
        "case": "c-1",
        "cells": (),
        "ended_at": iso("10:00"),
        "note_due_at": iso("10:00", TUESDAY),
        "note_overdue_at": iso("10:00", WEDNESDAY),
        "owed_by": (WORKER.person,),
        "as_at": iso("10:00"),
    }
    return Visit(**(fields | changes))


async def publish(place: Area, document: Visit | Concern) -> None:
    body = document.model_dump(mode="json", by_alias=True, exclude={"id"})
    database = await place.store.open(AREA)
    await database.write(WriteBatch([Write(document.id, body, force=True)]))


async def test_a_note_reminds_its_worker_once_after_a_day_and_tells_the_lead_after_two(sent):
    mail, _ = sent
    async with area(**ways(*sent)) as place:
        await publish(place, visit())
        await place.at(iso("09:59", TUESDAY))
        assert not mail.mails
        await place.at(iso("10:00", TUESDAY))
        (one,) = mail.to(WORKER.person)
        assert one["Subject"] == "A visit's note is missing"
        assert f"{ORIGIN}/visits/v-1" in one.get_content()
        await place.at(iso("20:00", TUESDAY))
        await place.at(iso("10:00", WEDNESDAY))
        (told,) = mail.to(LEAD.person)
        assert "Fay Field has not written" in told.get_content()
        await place.at(iso("20:00", WEDNESDAY))
        assert len(mail.mails) == 2


async def test_a_note_that_was_written_reminds_nobody(sent):
    mail, _ = sent
    async with area(**ways(*sent)) as place:
        await publish(place, visit())
        await place.look()
        await publish(place, visit(owed_by=()))
        await place.at(iso("10:00", WEDNESDAY))
        assert not mail.mails


async def test_a_note_that_has_been_missing_for_long_is_left_to_the_lists(sent):
    mail, _ = sent
    async with area(**ways(*sent)) as place:
        await publish(place, visit(note_due_at="2026-10-01T10:00:00.000Z", note_overdue_at=None))
        await place.look()
        assert not mail.mails


async def test_reminders_are_not_sent_again_after_a_restart(sent):
    mail, _ = sent
    async with area(**ways(*sent)) as place:
        await publish(place, visit())
        await place.at(iso("10:00", TUESDAY))
        store, clocks = place.store, place.clocks
    async with area(store, clocks, made=True, **ways(*sent)) as place:
        await place.look()
        assert len(mail.mails) == 1


def concern(**changes: Any) -> Concern:
    fields: dict[str, Any] = {
        "id": "concern:k-1",
        "concern": "k-1",
        "place": AREA,
        "place_name": "Saltmarsh Area",
        "entry": "entry:1",
        "text": "Rosa Brook has a bruise",
        "author": WORKER.person,
        "author_name": WORKER.name,
        "role": WORKER.role,
        "observed_at": iso("09:00"),
        "written_at": iso("09:00"),
        "received_at": iso("09:00"),
        "route": Route(to=("lead",), because="It goes to the safeguarding lead."),
        "answering": ("lead",),
        "state": "new",
        "due_at": iso("10:00"),
    }
    return Concern(**(fields | changes))


SAFEGUARDING = Safeguarding(
    leads=(ToRing(name="Dee Lead", role="Safeguarding lead", email="dee@example.gov.uk"),),
    duty=ToRing(
        name="Duty desk", role="Duty team", phone="01632960077", email="duty@example.gov.uk"
    ),
)


async def test_a_concern_that_goes_on_unacknowledged_tells_the_next_and_says_nothing_of_it(sent):
    mail, texts = sent
    async with area(**ways(*sent)) as place:
        database = await place.store.open(AREA)
        document = roster(safeguarding=SAFEGUARDING)
        await database.write(factory.roster_batch(document))
        await publish(place, concern())
        await place.look()
        (first,) = mail.mails
        assert first["To"] == "dee@example.gov.uk"
        assert "nobody has acknowledged" not in first.get_content()
        await place.at(iso("10:00"))
        assert len(mail.mails) == 1
        passed_on = concern(answering=("lead", "duty"), escalated=(iso("10:00"),), due_at=None)
        await publish(place, passed_on)
        await place.look()
        _, one = mail.mails
        assert one["To"] == "duty@example.gov.uk"
        assert "nobody has acknowledged it" in one.get_content()
        assert [text["to"] for text in texts.texts] == ["01632960077"]
        content = one.get_content()
        assert f"{ORIGIN}/concerns/k-1" in content
        assert "Rosa" not in content + one["Subject"]
        assert "bruise" not in content
        await publish(place, passed_on.model_copy(update={"child_name": "Rosa Brook"}))
        await place.at(iso("11:00"))
        assert len(mail.mails) == 2


async def test_whom_a_concern_concerns_is_told_nothing_of_it(sent):
    mail, texts = sent
    duty = ToRing(name="Dot", role="Duty", phone="01632960078", person="dot")
    async with area(**ways(*sent)) as place:
        database = await place.store.open(AREA)
        named = SAFEGUARDING.model_copy(update={"duty": duty})
        await database.write(factory.roster_batch(roster(safeguarding=named)))
        await place.say(
            "concern.raised",
            watch=None,
            concern="k-1",
            text="Rosa Brook has a bruise",
            about=["dot"],
            immediate=True,
            observed_at=iso("09:00"),
        )
        await settle(place)
        await place.look()
        assert [one["To"] for one in mail.mails] == ["dee@example.gov.uk"]
        assert "in danger" in mail.mails[0].get_content()
        assert not texts.texts


async def test_an_acknowledged_concern_tells_nobody(sent):
    mail, _ = sent
    async with area(**ways(*sent)) as place:
        read = {"state": "acknowledged", "answering": ("lead", "duty")}
        await publish(place, concern(**read, escalated=(iso("10:00"),), due_at=None))
        await place.at(iso("10:01"))
        assert not mail.mails


async def test_a_concern_that_was_raised_goes_on_by_itself_when_nobody_acknowledges_it(sent):
    mail, _ = sent
    async with area(**ways(*sent)) as place:
        database = await place.store.open(AREA)
        await database.write(factory.roster_batch(roster(safeguarding=SAFEGUARDING)))
        await place.say(
            "concern.raised",
            watch=None,
            concern="k-1",
            text="Rosa Brook has a bruise",
            observed_at=iso("09:00"),
        )
        await settle(place)
        place.clocks.until(iso("10:29"))
        await place.look()
        assert [one["To"] for one in mail.mails] == ["dee@example.gov.uk"]
        place.clocks.until(iso("10:31"))
        for _ in range(50):
            await place.look()
            if len(mail.mails) > 1:
                break
            await asyncio.sleep(0.05)
        assert [one["To"] for one in mail.mails[1:]] == ["duty@example.gov.uk"]


async def settle(place: Area) -> None:
    async with place.site.schools.use(AREA) as opened:
        await opened.publisher.settle()


async def test_where_a_concern_is_answered_for_it_is_told_of_and_nowhere_else(sent):
    async with area(**ways(*sent)) as place:
        await place.look()
        looked = place.site.alarms._places[AREA]
        kind = next(one for one in looked.kinds if isinstance(one, Concerns))
        assert await kind._is_ours(concern())
        assert await kind._is_ours(concern(school=AREA, place="sch-x"))
        assert not await kind._is_ours(concern(place="sch-x"))
        assert await kind._is_ours(concern(school="sch-gone"))
        await place.store.create("sch-here")
        assert not await kind._is_ours(concern(school="sch-here"))
