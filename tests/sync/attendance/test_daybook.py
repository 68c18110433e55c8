import pytest

from schemas.act import MAX_OFFSET_MS
from schemas.canonical import entry_id
from sync import channels
from sync.roster import load_roster
from sync.store import Write, WriteBatch
from tests.factory import (
    FRIDAY,
    MONDAY,
    claim,
    claim_ids,
    pupil,
    roster_batch,
)
from tests.factory import (
    school as school_document,
)


async def test_two_registers_and_a_late_desk(school):
    """The morning of the first walk: agreed, joined, contested, and settled."""
    tutor, cover, officer = school.tutor, school.cover, school.officer
    first = tutor.register(claim(1), claim(2, "N"), claim(3, "N"), claim(4))
    second = cover.register(claim(1), claim(2), claim(3, "N"), claim(4))
    late = officer.say("arrival.recorded", claim(3, "L", arrived="09:05"))
    await school.push(first, second, late)
    day = await school.day()
    cells = {number: day.cell("AM", f"pup-{number}") for number in (1, 2, 3, 4)}
    assert [cells[n].state for n in (1, 2, 3, 4)] == ["agreed", "contested", "agreed", "agreed"]
    assert cells[2].code is None
    assert set(cells[2].live) == {claim_ids(first)[1], claim_ids(second)[1]}
    assert (cells[3].code, cells[3].arrived) == ("L", "09:05")
    assert set(cells[3].joined) == {claim_ids(first)[2], claim_ids(second)[2]}
    told = {c.author_name: (c.code, c.role, c.kind, c.group) for c in day.claims("AM", "pup-2")}
    assert told == {
        "Tess Tutor": ("N", "class_teacher", "register.taken", "form-1"),
        "Cal Cover": ("/", "cover_teacher", "register.taken", "form-1"),
    }
    settled = officer.say(
        "contest.settled", claim(2, replaces=list(cells[2].live)), reason="Seen in room 4"
    )
    await school.push(settled)
    assert await day.refresh() == {("AM", "pup-2")}
    cell = day.cell("AM", "pup-2")
    assert (cell.state, cell.code, cell.live) == ("agreed", "/", (claim_ids(settled)[0],))
    reasons = [c.reason for c in day.claims("AM", "pup-2")]
    assert sorted(reasons, key=str) == [None, None, "Seen in room 4"]


async def test_a_pupil_seen_absent_after_arriving_is_looked_for(school):
    register = school.tutor.register(claim(1, "N", observed_at=f"{MONDAY}T09:20:00.000Z"))
    late = school.officer.say("arrival.recorded", claim(1, "L", arrived="09:05"))
    await school.push(register, late)
    cell = (await school.day()).cell("AM", "pup-1")
    assert (cell.state, cell.code, cell.recheck) == ("agreed", "L", True)


async def test_a_mark_made_another_day_says_nothing_of_when_it_was_seen(school):
    school.clock.set("2026-11-24T09:00:00.000Z")
    register = school.tutor.register(claim(1, "N", observed_at="2026-11-24T09:20:00.000Z"))
    late = school.officer.say("arrival.recorded", claim(1, "L", arrived="09:05"))
    await school.push(register, late)
    assert not (await school.day()).cell("AM", "pup-1").recheck


async def test_times_are_corrected_and_never_after_receipt(school):
    ahead = school.tutor.register(
        claim(1, observed_at=f"{MONDAY}T11:00:00.000Z"),
        clock={"offset_ms": -7_200_000, "contact": None},
        written_at=f"{MONDAY}T15:00:00.000Z",
    )
    await school.push(ahead)
    (told,) = (await school.day()).claims("AM", "pup-1")
    assert told.observed_at == f"{MONDAY}T09:00:00.000Z"
    assert told.written_at == school.clock.now == told.received_at
    assert told.flags == ("clock_skewed", "clock_ahead")


async def test_set_aside_and_held_claims_stay_with_their_reasons(school):
    await school.push(
        school.tutor.register(claim(1), claim(2, "I")),
        school.tutor.register(claim(3, "I")),
    )
    day = await school.day()
    assert day.cell("AM", "pup-2").state == "unmarked"
    (aside,), (held,) = day.claims("AM", "pup-2"), day.claims("AM", "pup-3")
    assert (aside.verdict, held.verdict) == ("set_aside", "held")
    assert "may not use the code I" in aside.verdict_reason
    assert "may not use the code I" in held.verdict_reason
    assert [t.claims for t in day.takings("AM", "form-1")] == [1, 0]


async def test_a_voided_register_no_longer_speaks_and_stays_to_be_read(school):
    entry = school.tutor.register(claim(1))
    void = school.tutor.write(
        "register.voided", entry=entry["_id"], date=MONDAY, session="AM", reason="Wrong class"
    )
    await school.push(entry)
    day = await school.day()
    await school.push(void)
    assert await day.refresh() == {("AM", "pup-1")}
    assert day.cell("AM", "pup-1").state == "unmarked"
    (told,) = day.claims("AM", "pup-1")
    assert (told.verdict, told.verdict_reason) == ("voided", "Wrong class")
    assert day.takings("AM", "form-1")[0].voided == "Wrong class"


async def test_a_void_that_came_before_its_register_still_counts(school):
    entry = school.tutor.register(claim(1))
    void = school.tutor.write(
        "register.voided", entry=entry["_id"], date=MONDAY, session="AM", reason="Wrong class"
    )
    await school.push(void, entry)
    assert (await school.day()).cell("AM", "pup-1").state == "unmarked"


async def test_a_void_by_somebody_else_counts_for_nothing(school):
    entry = school.tutor.register(claim(1))
    void = school.cover.write(
        "register.voided", entry=entry["_id"], date=MONDAY, session="AM", reason="Mine now"
    )
    await school.push(void, entry)
    assert (await school.day()).cell("AM", "pup-1").state == "agreed"


async def test_a_departure_and_its_void(school):
    left = {"pupil": "pup-1", "date": MONDAY, "session": "AM", "reason": "Dentist"}
    early = school.officer.write("departure.recorded", left="10:30", **left)
    later = school.officer.write(
        "departure.recorded", left="11:00", left_with="Her mother", shape=2, **left
    )
    await school.push(early, later)
    day = await school.day()
    assert (day.left("AM", "pup-1"), day.left("PM", "pup-1")) == ("11:00", None)
    told = day.departure("AM", "pup-1")
    assert (told.entry, told.reason, told.by_name) == (later["_id"], "Dentist", "Olu Officer")
    assert told.left_with == "Her mother"
    undo = school.officer.write(
        "register.voided", entry=later["_id"], date=MONDAY, session="AM", reason="Stayed"
    )
    await school.push(undo)
    assert await day.refresh() == {("AM", "pup-1")}
    assert day.left("AM", "pup-1") == "10:30"
    told = day.departure("AM", "pup-1")
    assert (told.reason, told.left_with) == ("Dentist", None)


async def test_a_reassignment_can_be_voided(school):
    move = school.officer.write(
        "register.reassigned",
        group="form-1",
        date=MONDAY,
        session="AM",
        to="staff-cover",
        reason="Off sick",
    )
    void = school.officer.write(
        "register.voided", entry=move["_id"], date=MONDAY, session="AM", reason="Came in"
    )
    await school.push(move)
    day = await school.day()
    assert day.taker("AM", "form-1") == "staff-cover"
    await school.push(void)
    assert await day.refresh() == day.members("AM", "form-1")
    assert day.taker("AM", "form-1") is None


async def test_a_register_is_reassigned_to_the_last_named(school):
    def move(to, group="form-1"):
        return school.officer.write(
            "register.reassigned", group=group, date=MONDAY, session="AM", to=to, reason="Off sick"
        )

    day = await school.day()
    assert day.taker("AM", "form-1") is None
    await school.push(move("staff-cover"))
    school.clock.set(f"{MONDAY}T09:31:00.000Z")
    await school.push(move("staff-head"), move("staff-head", group="no-such"))
    assert await day.refresh() == {("AM", f"pup-{n}") for n in (1, 2, 3, 4)}
    assert day.taker("AM", "form-1") == "staff-head"


async def test_held_acts_without_claims_change_nothing(school):
    left = school.cover.write(
        "departure.recorded", pupil="pup-1", date=MONDAY, session="AM", left="10:30", reason="x"
    )
    await school.push(left)
    assert (await school.day()).left("AM", "pup-1") is None


async def test_an_entry_of_a_kind_nobody_knows_is_passed_over(school):
    school.tampered = True
    odd = school.tutor.register(claim(1), kind="visit.logged")
    await school.push(odd, school.tutor.register(claim(2)))
    await school.database.write(
        WriteBatch(
            [
                Write(
                    odd["_id"], {"type": "entry"}, frozenset({channels.entries(MONDAY)}), force=True
                )
            ]
        )
    )
    day = await school.day()
    assert day.cell("AM", "pup-2").state == "agreed"
    assert day.cell("AM", "pup-1").state == "unmarked"


async def test_an_entry_speaks_only_when_its_arrival_has_come(school):
    entry = school.tutor.register(claim(1))
    body = {k: v for k, v in entry.items() if k not in {"_id", "_rev"}}
    await school.database.write(
        WriteBatch(
            [
                Write(
                    entry_id(entry["log"], 1, entry["digest"]),
                    body,
                    frozenset({channels.entries(MONDAY)}),
                    history=(entry["_rev"],),
                )
            ]
        )
    )
    day = await school.day()
    assert day.cell("AM", "pup-1").state == "unmarked"
    await school.push(entry)
    assert await day.refresh() == {("AM", "pup-1")}
    assert day.cell("AM", "pup-1").state == "agreed"


async def test_an_arrival_of_two_days_gives_each_day_its_own(school):
    await school.intake.take(
        school.tutor.speaker,
        [school.tutor.register(claim(1), date=FRIDAY), school.tutor.register(claim(1, "N"))],
    )
    assert (await school.day(FRIDAY)).cell("AM", "pup-1").code == "/"
    assert (await school.day(MONDAY)).cell("AM", "pup-1").code == "N"


async def test_somebody_who_has_left_the_staff_list_reads_as_such(school):
    await school.push(school.tutor.register(claim(1)))
    school.roster = type(school.roster).build(
        school_document(staff=()), school.roster.groups.values(), school.roster.pupils.values()
    )
    (told,) = (await school.day()).claims("AM", "pup-1")
    assert told.author_name == "Somebody no longer on the staff list"


async def test_the_roster_is_read_from_its_documents(school):
    with pytest.raises(LookupError, match="sch-test"):
        await load_roster(school.database)
    await school.database.write(roster_batch(school.roster))
    found = await load_roster(school.database)
    assert found == school.roster
    assert found.groups_of("pup-1") == ("form-1",)
    assert found.groups_of("pup-99") == ()
    assert [g.group for g in found.registering(MONDAY, "AM")] == ["form-1"]
    assert found.registering("2026-11-22", "AM") == []
    assert not found.on_roll("pup-99", MONDAY)
    assert pupil(1).pupil in found.pupils


async def test_a_clock_as_wrong_as_any_can_be_is_corrected(school):
    for offset_ms, written_at in [
        (-MAX_OFFSET_MS, "1970-01-01T00:00:00.000Z"),
        (MAX_OFFSET_MS, "2999-12-31T23:59:59.999Z"),
    ]:
        clock = {"offset_ms": offset_ms, "contact": None}
        await school.push(
            school.tutor.register(
                claim(1, observed_at=written_at), clock=clock, written_at=written_at
            )
        )
    told = (await school.day()).claims("AM", "pup-1")
    assert [one.observed_at[:4] for one in told] == ["1970", "2026"]
