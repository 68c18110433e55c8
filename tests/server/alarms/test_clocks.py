"""Clocks that are wrong: set back, put forward, asleep, and the nights on which they change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.alarms.timers import Fired, Timers
from sync.clock import to_ms
from sync.stores.memory import MemoryStore
from tests.server.alarms.area import (
    BUDDY,
    LEAD,
    Clocks,
    MailServer,
    Webhook,
    area,
    iso,
    messages,
    ways,
)

HOUR_MS = 3_600_000


@pytest.fixture
def sent() -> Iterator[tuple[MailServer, Webhook]]:
    with messages() as both:
        yield both


async def test_a_clock_that_is_set_back_by_an_hour_delays_nothing(sent):
    mail, texts = sent
    async with area(**ways(*sent)) as place:
        await place.leaves(iso("10:00"))
        await place.at(iso("09:50"))
        place.clocks.wall.ms -= HOUR_MS
        place.clocks.pass_minutes(9)
        await place.look()
        assert not mail.mails
        place.clocks.pass_minutes(1)
        await place.look()
        assert mail.subjects(BUDDY.person) == ["ALARM: Fay Field is not back"]
        watch = await place.watch()
        assert watch["state"] == "overdue"
        assert not watch["alarms"][0]["clock_jumped"]
        place.clocks.pass_minutes(15)
        await place.look()
        assert len(texts.to(LEAD.person)) == 1


async def test_a_clock_that_is_put_forward_fires_early_and_says_so(sent):
    mail, _ = sent
    async with area(**ways(*sent)) as place:
        await place.leaves(iso("10:00"))
        await place.look()
        place.clocks.wall.ms += HOUR_MS
        await place.look()
        assert len(mail.to(BUDDY.person)) == 1
        assert (await place.watch())["alarms"][0]["clock_jumped"]


async def test_a_jump_that_was_corrected_makes_no_later_alarm_early(sent):
    mail, _ = sent
    async with area(**ways(*sent)) as place:
        await place.leaves(iso("12:00"))
        await place.look()
        place.clocks.wall.ms += HOUR_MS
        await place.look()
        place.clocks.wall.ms -= HOUR_MS
        await place.at(iso("11:59"))
        assert not mail.mails
        await place.at(iso("12:00"))
        assert not (await place.watch())["alarms"][0]["clock_jumped"]


async def test_a_machine_that_was_asleep_catches_up_at_once_and_not_with_all_that_it_missed(sent):
    mail, _ = sent
    async with area(**ways(*sent)) as place:
        await place.leaves(iso("10:00"))
        await place.look()
        await place.at(iso("16:00"))
        assert len(mail.to(BUDDY.person)) == len(mail.to(LEAD.person)) == 1


async def test_a_server_started_with_its_clock_set_back_knows_how_late_it_is(sent):
    mail, _ = sent
    store, clocks = MemoryStore(), Clocks()
    async with area(store, clocks, **ways(*sent)) as place:
        await place.leaves(iso("10:30"))
        await place.at(iso("10:00"))
    clocks.wall.ms -= HOUR_MS
    clocks.pass_minutes(1)
    async with area(store, clocks, made=True, **ways(*sent)) as place:
        await place.look()
        place.clocks.pass_minutes(28)
        await place.look()
        assert not mail.mails
        place.clocks.pass_minutes(2)
        await place.look()
        assert len(mail.to(BUDDY.person)) == 1


async def test_a_server_that_lost_the_time_knows_it_from_what_it_last_saw(sent):
    mail, _ = sent
    store, clocks = MemoryStore(), Clocks()
    async with area(store, clocks, **ways(*sent)) as place:
        await place.leaves(iso("10:30"))
        await place.at(iso("10:00"))
    clocks.wall.ms = 0
    async with area(store, clocks, made=True, **ways(*sent)) as place:
        await place.look()
        place.clocks.pass_minutes(29)
        await place.look()
        assert not mail.mails
        place.clocks.pass_minutes(2)
        await place.look()
        assert len(mail.to(BUDDY.person)) == 1


@pytest.mark.parametrize(
    ("leaves", "back", "said"),
    [
        ("2026-10-24T23:30:00.000Z", "2026-10-25T01:30:00.000Z", "01:30 GMT on 25 October 2026"),
        ("2027-03-28T00:30:00.000Z", "2027-03-28T01:30:00.000Z", "02:30 on 28 March 2027"),
    ],
)
async def test_on_the_nights_on_which_clocks_change_an_hour_is_an_hour(sent, leaves, back, said):
    mail, _ = sent
    clocks = Clocks()
    clocks.wall.set(leaves)
    async with area(clocks=clocks, **ways(*sent)) as place:
        await place.leaves(back)
        clocks.until(back)
        clocks.pass_minutes(-1 / 60)
        await place.look()
        assert not mail.mails
        await place.at(back)
        (one,) = mail.to(BUDDY.person)
        assert said in one.get_content().replace("\n", " ")


def test_a_timer_fires_by_whichever_clock_says_so_first() -> None:
    clocks = Clocks()
    timers = Timers(clocks.wall, clocks.elapsed)
    at = clocks.wall.ms + 60_000
    assert timers.fired("one", at) is None
    clocks.wall.ms -= HOUR_MS
    clocks.passed_s += 61
    assert timers.fired("one", at) == Fired(at)
    assert timers.fired("one", at + HOUR_MS) is None, "another moment is another timer"


def test_a_moment_that_is_known_to_have_been_moves_the_time_on() -> None:
    clocks = Clocks()
    timers = Timers(clocks.wall, clocks.elapsed)
    timers.not_before(clocks.wall.ms + HOUR_MS)
    assert timers.now_ms() == clocks.wall.ms + HOUR_MS
    clocks.pass_minutes(1)
    assert timers.now_ms() == to_ms(iso("10:31"))
    timers.fired("one", timers.now_ms() + 1)
    timers.keep(["other"])
    assert timers.fired("one", timers.now_ms()) == Fired(timers.now_ms())
