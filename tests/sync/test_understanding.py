"""What a newer app wrote is held, and can be released once the server is as new."""

import pytest

from schemas.entry import Entry
from schemas.policy import Role
from sync import channels, pushed
from sync.spoken import read_feed
from sync.stores.memory import MemoryStore
from sync.understanding import understand
from tests.factory import MONDAY, OFFICER, TUTOR, Tablet, claim, roster
from tests.sync.school import School

LEFT = {"pupil": "pup-1", "date": MONDAY, "session": "AM", "left": "11:00", "reason": "Dentist"}


@pytest.fixture
async def school():
    store = MemoryStore()
    yield School(await store.create("sch-1"), roster())
    await store.close()


@pytest.fixture
def older(monkeypatch):
    """Push as to a server that does not know today's shape yet."""

    def unknown(_raw):
        return Entry.model_validate({})

    async def push(school, *entries, speaker=None):
        with monkeypatch.context() as patched:
            patched.setattr(pushed, "read_entry", unknown)
            patched.setattr(pushed, "is_newer_shape", lambda body: "shape" in body)
            await school.push(*entries, speaker=speaker)

    return push


async def held(school):
    documents, _ = await read_feed(school.database, 0, frozenset({channels.QUARANTINE}))
    return [one for one in documents if one.id.startswith("held:")]


async def understood(school):
    await school.intake.grants.refresh()
    return await understand(school.database, school.roster, school.intake.grants)


def release(school, document):
    return school.officer.write(
        "quarantine.released",
        held=document.id,
        entry=document.body["entry"],
        reason="Right",
        date=document.body["date"],
    )


async def test_a_register_of_a_newer_shape_is_kept_and_released_after_the_update(school, older):
    entry = school.tutor.register(claim(1), claim(2, "N"), shape=2)
    await older(school, entry)
    (before,) = await held(school)
    assert (before.body["reason_code"], before.body["releasable"]) == ("unknown_shape", False)
    assert (await school.day()).claims("AM", "pup-1") == ()

    assert await understood(school) == 1
    (after,) = await held(school)
    assert after.body["releasable"]
    assert (after.body["date"], after.body["author"]) == (MONDAY, TUTOR.person)
    assert "known now" in after.body["reason"]
    day = await school.day()
    assert day.cell("AM", "pup-1").state == "unmarked"
    assert [one.verdict for one in day.claims("AM", "pup-1")] == ["held"]

    await school.push(release(school, after))
    assert (await school.day()).cell("AM", "pup-1").code == "/"
    assert await day.refresh()
    assert day.cell("AM", "pup-2").code == "N"
    (stored,) = await school.database.read([entry["_id"]])
    assert stored.body["digest"] == entry["digest"]


async def test_opening_again_changes_nothing_more(school, older):
    await older(school, school.tutor.register(claim(1), shape=2))
    assert await understood(school) == 1
    before = (await school.database.info()).update_seq
    assert await understood(school) == 0
    assert (await school.database.info()).update_seq == before


async def test_a_planned_code_lies_on_its_own_topic(school, older):
    plan = school.officer.write(
        "planned.recorded",
        shape=2,
        pupil="pup-1",
        first=MONDAY,
        last=MONDAY,
        sessions=["AM"],
        code="M",
        source="Letter",
    )
    await older(school, plan)
    assert await understood(school) == 1
    planned = await school.planned()
    assert planned.on("pup-1", MONDAY, "AM") == ()


async def test_what_is_not_known_yet_stays_as_it_is(school):
    await school.push(school.tutor.register(claim(1), shape=99))
    await school.push(school.tutor.write("weather.logged", pupil="pup-1"))
    assert await understood(school) == 0
    assert [one.body["releasable"] for one in await held(school)] == [False, False]


async def test_what_was_held_for_another_reason_is_none_of_its_business(school):
    await school.push(school.tutor.write("departure.recorded", **LEFT))
    (before,) = await held(school)
    assert before.body["reason_code"] == "role_may_not"
    assert await understood(school) == 0


@pytest.mark.parametrize(
    "change",
    [{"author": OFFICER.person}, {"role": Role.HEAD.value}],
    ids=["another author", "another role"],
)
async def test_a_forgery_is_not_offered(school, older, change):
    await older(school, school.tutor.register(claim(1), shape=2, **change), speaker=TUTOR)
    assert await understood(school) == 0


async def test_grants_and_decisions_are_given_anew(school, older):
    grant = school.officer.write(
        "grant.given",
        shape=2,
        person="staff-cover",
        grants=Role.CLASS_TEACHER.value,
        starts=f"{MONDAY}T08:00:00.000Z",
        ends=f"{MONDAY}T18:00:00.000Z",
        purpose="Cover",
    )
    decision = school.officer.say(
        "quarantine.corrected", claim(1), shape=2, held=f"held:{'a' * 32}", entry="x", reason="x"
    )
    await older(school, grant, decision)
    assert await understood(school) == 0


async def test_somebody_who_has_left_is_known_by_their_grants_alone(school, older):
    stranger = Tablet(TUTOR, log="9" * 32)
    entry = stranger.register(claim(1), shape=2)
    await older(school, entry)
    school.roster = roster(staff=())
    assert await understood(school) == 0


async def test_what_never_had_a_place_in_a_log_has_none_now(school, older):
    await school.push(school.tutor.register(claim(1)))
    foreign = Tablet(OFFICER, log=school.tutor.log)
    await older(school, foreign.register(claim(2), shape=2), speaker=OFFICER)
    (document,) = await held(school)
    assert document.body["log"] is None
    assert await understood(school) == 0


async def test_a_copy_that_somebody_else_sent_is_not_the_entry(school, older):
    entry = school.tutor.register(claim(1), shape=2)
    await older(school, entry)
    await older(school, entry, speaker=OFFICER)
    assert await understood(school) == 1
    assert {one.body["sender"]: one.body["releasable"] for one in await held(school)} == {
        TUTOR.person: True,
        OFFICER.person: False,
    }


async def test_an_entry_in_somebody_elses_log_is_not_found_there_by_its_author(school, older):
    officers = school.officer
    await school.push(officers.say("arrival.recorded", claim(1, "L", arrived="09:05")))
    foreign = Tablet(TUTOR, officers.log, officers.n, officers.prev)
    entry = foreign.register(claim(1), shape=2)
    await older(school, entry, speaker=OFFICER)
    await older(school, entry, speaker=TUTOR)
    assert [one.body["log"] for one in await held(school)] == [officers.log, None]
    assert await understood(school) == 0


async def test_what_is_unknown_still_is_not_looked_for_in_its_log(school, older, monkeypatch):
    """However much of it a newer app sent, and however often the school is opened."""
    for number in range(5):
        await older(school, school.tutor.register(claim(1), shape=2, later=number))
    looked = []
    read = type(school.database).changes

    async def changes(self, *args, **more):
        looked.append(more.get("channels"))
        return await read(self, *args, **more)

    monkeypatch.setattr(type(school.database), "changes", changes)
    assert await understood(school) == 0
    assert len(looked) < 5


async def test_an_entry_that_is_gone_is_passed_by(school, older):
    await older(school, school.tutor.register(claim(1), shape=2))
    (document,) = await held(school)
    (entry,) = await school.database.read([document.body["entry"]])
    await school.database.purge({entry.id: [entry.rev]})
    assert await understood(school) == 0
