"""Somebody is not back: whom the server tells, when, by which ways, and when it stops."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from schemas.canonical import claim_id
from tests.factory import Tablet, wire
from tests.server.alarms.area import (
    AREA,
    BOSS,
    BUDDY,
    LEAD,
    LONE,
    OTHER_LEAD,
    WORKER,
    Area,
    MailServer,
    Webhook,
    area,
    iso,
    messages,
    ways,
)


@pytest.fixture
def sent() -> Iterator[tuple[MailServer, Webhook]]:
    with messages() as both:
        yield both


async def test_the_buddy_then_the_lead_then_the_next_are_told_and_all_again(sent):
    mail, texts = sent
    async with area(**ways(*sent)) as place:
        await place.leaves(iso("10:00"))
        await place.at(iso("09:59"))
        assert not mail.mails
        assert (await place.watch())["state"] == "running"
        await place.at(iso("10:00"))
        assert mail.subjects(BUDDY.person) == ["ALARM: Fay Field is not back"]
        assert not texts.texts
        assert (await place.watch())["state"] == "overdue"
        await place.at(iso("10:15"))
        assert len(mail.to(LEAD.person)) == len(texts.to(LEAD.person)) == 1
        assert not mail.to(BOSS.person)
        await place.at(iso("10:30"))
        assert len(mail.to(BOSS.person)) == len(texts.to(BOSS.person)) == 1
        await place.at(iso("10:40"))
        counts = [len(mail.to(one.person)) for one in (BUDDY, LEAD, BOSS, OTHER_LEAD, WORKER)]
        assert counts == [2, 2, 2, 0, 0]
        told = (await place.watch())["alarms"]
        assert [(one["step"], one["told"]) for one in told[:3]] == [
            ("buddy", ["Bo Buddy"]),
            ("lead", ["Lee Lead"]),
            ("escalate", ["Bea Boss"]),
        ]


async def test_what_a_message_says(sent):
    mail, texts = sent
    async with area(**ways(*sent)) as place:
        await place.leaves(iso("10:00"), note="The Brook family, 4 Harbour Road")
        await place.at(iso("10:15"))
        (text,) = texts.to(LEAD.person)
        assert text.startswith("ALARM: Fay Field is not back. Fay Field is out alone, was expected")
        assert "10:00 on 23 November 2026" in text
        assert "Ring them: 01632960009." in text
        assert "https://tidemark.example.gov.uk/visits/watch/w-1" in text
        assert "Brook" not in text
        assert "Harbour" not in text
        (one,) = mail.to(LEAD.person)
        assert one["From"] == "alarms@example.gov.uk"
        assert one.get_content().strip() in text
        assert len(text) < 480


async def test_marked_safe_it_is_over_and_who_was_told_is_told(sent):
    mail, _ = sent
    async with area(**ways(*sent)) as place:
        await place.leaves(iso("10:00"))
        await place.at(iso("10:05"))
        await place.say("watch.confirmed", LEAD, how="Rang her")
        await place.look()
        assert mail.subjects(BUDDY.person) == ["ALARM: Fay Field is not back", "Safe: Fay Field"]
        assert not mail.to(LEAD.person)
        told = await place.watch()
        assert (told["state"], told["safe_by_name"]) == ("safe", "Lee Lead")
        await place.at(iso("12:00"))
        assert len(mail.mails) == 2
        assert place.site.alarms.health.running == 0


async def test_back_in_time_nobody_hears_of_it(sent):
    mail, _ = sent
    async with area(**ways(*sent)) as place:
        await place.leaves(iso("10:00"))
        await place.at(iso("09:50"))
        await place.say("watch.ended")
        await place.at(iso("11:00"))
        assert not mail.mails
        assert (await place.watch())["state"] == "safe"


async def test_an_extension_pauses_the_alarm_and_it_begins_anew(sent):
    mail, _ = sent
    async with area(**ways(*sent)) as place:
        await place.leaves(iso("10:00"))
        await place.at(iso("10:02"))
        await place.say("watch.extended", expected_back=iso("11:00"))
        await place.at(iso("10:59"))
        assert len(mail.mails) == 1
        assert (await place.watch())["state"] == "running"
        await place.at(iso("11:00"))
        assert len(mail.to(BUDDY.person)) == 2


async def test_a_call_for_help_tells_everybody_at_once(sent):
    mail, texts = sent
    async with area(**ways(*sent)) as place:
        await place.leaves(iso("10:00"))
        await place.at(iso("09:40"))
        await place.say("watch.help", where="The back stairs")
        await place.look()
        assert {one["To"] for one in mail.mails} == {
            f"{one.person}@example.gov.uk" for one in (BUDDY, LEAD, BOSS)
        }
        assert all("ring 999" in text for text in texts.to(LEAD.person))
        assert (await place.watch())["state"] == "help"
        await place.at(iso("09:50"))
        assert len(mail.to(BUDDY.person)) == 2


async def test_without_a_buddy_or_with_one_who_has_no_address_the_lead_is_told_at_once(sent):
    mail, _ = sent
    async with area(**ways(*sent)) as place:
        await place.leaves(iso("10:00"), buddy="staff-nobody")
        await place.at(iso("10:00"))
        assert len(mail.to(LEAD.person)) == 1
        buddy, lead = (await place.watch())["alarms"]
        assert buddy["missed"] == [
            "Somebody without an account here: no telephone number or e-mail address is known"
        ]
        assert (buddy["reached"], lead["reached"]) == (False, True)


async def test_a_lead_out_alone_is_not_told_of_themselves_but_every_other_lead(sent):
    mail, _ = sent
    async with area(**ways(*sent)) as place:
        await place.say(
            "watch.started", LEAD, where="Quay", expected_back=iso("10:00"), buddy=LEAD.person
        )
        await place.at(iso("10:00"))
        assert not mail.to(LEAD.person)
        assert {one["To"] for one in mail.mails} == {"staff-bea@example.gov.uk"}
        (buddy, *_) = (await place.watch())["alarms"]
        assert buddy["missed"] == ["Nobody is named for this step"]


async def test_a_watch_goes_to_who_is_out_their_buddy_their_team_and_who_was_told(sent):
    async with area(**ways(*sent)) as place:
        await place.leaves(iso("10:00"))
        await place.look()
        (found,) = await (await place.store.open(AREA)).read(["watch:w-1"])
        assert found is not None
        own = {"person:staff-fay", "person:staff-bo", "team:team-1"}
        assert found.channels == own
        await place.at(iso("10:30"))
        (found,) = await (await place.store.open(AREA)).read(["watch:w-1"])
        assert found is not None
        assert found.channels == own | {"person:staff-lee", "person:staff-bea"}


async def test_what_comes_in_after_its_end_is_due_at_once(sent):
    mail, _ = sent
    async with area(**ways(*sent)) as place:
        await place.at(iso("11:00"))
        await place.leaves(iso("10:00"), written_at=iso("09:40"))
        await place.look()
        assert len(mail.to(BUDDY.person)) == 1
        assert len(mail.to(BOSS.person)) == 1


async def test_a_way_that_fails_for_a_while_is_tried_again_and_the_next_is_told(sent):
    mail, texts = sent
    async with area(**ways(*sent)) as place:
        mail.refuses = True
        await place.leaves(iso("10:00"))
        await place.at(iso("10:00"))
        assert texts.to(LEAD.person), "nobody was reached by mail, so the lead is told at once"
        (buddy, *_) = (await place.watch())["alarms"]
        assert buddy["missed"] == ["Bo Buddy: SMTP 451"]
        assert place.site.alarms.health.transports == {"mail": "failing", "sms": "working"}
        mail.refuses = False
        await place.at(iso("10:02"))
        assert mail.subjects(BUDDY.person) == ["ALARM: Fay Field is not back"]
        (buddy, *_) = (await place.watch())["alarms"]
        assert (buddy["told"], buddy["missed"]) == (["Bo Buddy"], [])


async def test_with_no_way_at_all_the_alarm_still_shows_and_the_heartbeat_says_so():
    async with area() as place:
        await place.leaves(iso("10:00"))
        await place.look()
        told = place.site.alarms.health.told()
        assert (told["status"], told["deliveries"], told["watches"]) == (
            "failing",
            "unconfigured",
            1,
        )
        await place.at(iso("10:00"))
        watch = await place.watch()
        assert watch["state"] == "overdue"
        assert not any(one["reached"] for one in watch["alarms"])
        assert LONE.escalate[0] == BOSS.person
        assert "no way to send" in watch["alarms"][0]["missed"][0]


async def test_a_word_that_came_before_the_start_counts_once_that_has_come(sent):
    mail, _ = sent
    async with area(**ways(*sent)) as place:
        tablet = Tablet(WORKER, log="7" * 32)
        start = tablet.write("watch.started", watch="w-1", where="Quay", expected_back=iso("10:00"))
        back = tablet.write("watch.ended", watch="w-1")
        async with place.site.schools.use(AREA) as opened:
            taken = await opened.intake.take(WORKER, [wire(back)])
            assert taken.rows[0].verdict == "held"
            await place.look()
            await opened.intake.take(WORKER, [wire(start)])
        await place.at(iso("11:00"))
        assert not mail.mails
        assert (await place.watch())["state"] == "safe"


@pytest.mark.parametrize("restricted", [False, True])
async def test_a_watch_of_a_case_goes_to_the_case_and_to_its_team_unless_restricted(
    sent, restricted
):
    mail, _ = sent
    async with area(**ways(*sent)) as place:
        placing = {"fact": "placing", "team": "team-2", "restricted": restricted}
        claim = {"says": placing, "observed_at": iso("09:00")}
        await place.say("case.opened", OTHER_LEAD, case="c-1", facts=[claim], watch=None)
        given = {"person": WORKER.person, "grants": "family_worker", "cases": ["c-1"]}
        until = {"starts": iso("09:00"), "ends": iso("18:00"), "purpose": "Works on it"}
        await place.say("grant.given", OTHER_LEAD, **given, **until, watch=None)
        await place.leaves(iso("10:00"), case="c-1", buddy=None)
        await place.look()
        (found,) = await (await place.store.open(AREA)).read(["watch:w-1"])
        assert found is not None
        own = {"person:staff-fay", "case:c-1"}
        assert found.channels == (own if restricted else own | {"team:team-2"})
        await place.at(iso("10:00"))
        told = {one["To"] for one in mail.mails}
        assert told == {f"{one.person}@example.gov.uk" for one in (LEAD, OTHER_LEAD)}
        (found,) = await (await place.store.open(AREA)).read(["watch:w-1"])
        assert found is not None
        assert {"person:staff-lee", "person:staff-ott"} <= found.channels


@pytest.mark.parametrize("over", [False, True])
async def test_a_watch_goes_where_its_case_goes(sent, over):
    """Also one that is over and still shown."""
    async with area(**ways(*sent)) as place:
        claim = {"says": {"fact": "placing", "team": "team-1"}, "observed_at": iso("09:00")}
        opened = await place.say("case.opened", WORKER, case="c-1", facts=[claim], watch=None)
        await place.leaves(iso("10:00"), case="c-1", buddy=None)
        if over:
            await place.say("watch.ended")
        await place.look()
        assert "team:team-1" in await _goes_to(place)
        moved = {"fact": "placing", "team": "team-2", "restricted": False}
        before = claim_id(opened["digest"], 0)
        for says, teams in ((moved, {"team:team-2"}), ({**moved, "restricted": True}, set())):
            claim = {"says": says, "observed_at": iso("09:00"), "replaces": [before]}
            noted = await place.say("case.noted", WORKER, case="c-1", facts=[claim], watch=None)
            before = claim_id(noted["digest"], 0)
            await place.look()
            found = await _goes_to(place)
            assert {one for one in found if one.startswith("team:")} == teams


async def _goes_to(place: Area) -> frozenset[str]:
    (found,) = await (await place.store.open(AREA)).read(["watch:w-1"])
    assert found is not None
    return found.channels


async def test_a_watch_that_has_been_over_for_a_week_is_taken_from_the_tablets(sent):
    async with area(**ways(*sent)) as place:
        await place.leaves(iso("10:00"))
        await place.say("watch.ended")
        await place.leaves(iso("10:00"), watch="w-2")
        await place.look()
        await place.at(iso("10:00", "2026-11-29"))
        database = await place.store.open(AREA)
        assert len(await database.range("watch:", "watch;")) == 2
        await place.at(iso("16:00", "2026-11-30"))
        assert [one.id for one in await database.range("watch:", "watch;")] == ["watch:w-2"]
        assert await database.range("alarm:w-2", "alarm:w-3")


async def test_a_message_that_could_not_go_out_is_not_sent_once_it_is_not_so_any_more(sent):
    mail, _ = sent
    async with area(**ways(mail, None)) as place:
        mail.refuses = True
        await place.leaves(iso("10:00"))
        await place.at(iso("10:00"))
        await place.say("watch.extended", expected_back=iso("11:00"))
        mail.refuses = False
        await place.at(iso("10:59"))
        assert not mail.mails
        await place.at(iso("11:00"))
        assert len(mail.to(BUDDY.person)) == 1
