import asyncio
import itertools

import orjson
import pytest

from schemas.canonical import GENESIS
from schemas.entry import MAX_ENTRY_BYTES, make_entry
from schemas.syncing import LogHead
from sync import channels
from sync.arrivals import read_arrival
from sync.errors import EntryTooLarge
from sync.intake import Intake
from sync.logbook import MAX_CACHED_LOGS
from sync.pushed import parse
from sync.spoken import read_feed
from sync.store import WriteBatch
from sync.stores.memory import MemoryStore
from sync.topics import PLANNED
from tests.factory import (
    COVER,
    MONDAY,
    OFFICER,
    TUTOR,
    NoContacts,
    SetClock,
    Tablet,
    claim,
    claim_ids,
    roster,
    wire,
)
from tests.sync.auditing import audited


class School:
    """A database with an intake over it."""

    def __init__(self, database):
        self.database = database
        self.clock = SetClock()
        self.roster = roster()
        self.intake = self.another()

    def another(self):
        ids = (f"id{number}" for number in itertools.count())
        return Intake(self.database, lambda: self.roster, self.clock, ids.__next__, NoContacts())

    async def push(self, speaker, *docs, **more):
        taken = await self.intake.take(speaker, wire(list(docs)), **more)
        return [(row.verdict, row.reason) for row in taken.rows]

    async def receipt(self, speaker, tablet, tag=None):
        head = LogHead(log=tablet.log, n=tablet.n, digest=tablet.prev, receipt=tag)
        found = await self.intake.receipts([head], speaker)
        return found[0] if found else None

    async def documents(self, *names):
        found, _ = await read_feed(self.database, 0, frozenset(names))
        return found

    async def held(self):
        return [d.body for d in await self.documents("quarantine") if d.id.startswith("held:")]


@pytest.fixture
async def school():
    store = MemoryStore()
    yield School(await store.create("sch-test"))
    found = await audited(await store.open("sch-test"))
    await store.close()
    assert found.findings == ()


async def test_an_entry_and_its_arrival_are_stored_together(school):
    tablet = Tablet(TUTOR)
    entry = tablet.register(claim(1), claim(2, "N"))
    taken = await school.intake.take(TUTOR, wire([entry]))
    assert taken.dates == {MONDAY}
    assert [(r.id, r.rev, r.verdict) for r in taken.rows] == [
        (entry["_id"], entry["_rev"], "stored")
    ]
    stored, *_ = await school.database.read([entry["_id"]])
    assert {"_id": stored.id, "_rev": stored.rev, **stored.body} == entry
    arrivals = await school.documents(channels.arrivals(MONDAY))
    assert len(arrivals) == 1
    arrival = read_arrival(arrivals[0])
    assert (arrival.person, arrival.device, arrival.received_at) == (
        TUTOR.person,
        TUTOR.device,
        school.clock.now,
    )
    assert [(item.n, item.digest) for item in arrival.items] == [(1, entry["digest"])]


async def test_the_same_push_twice_changes_nothing(school):
    tablet = Tablet(TUTOR)
    entry = tablet.register(claim(1))
    await school.push(TUTOR, entry)
    before = (await school.database.info()).update_seq
    assert await school.push(TUTOR, entry, entry) == [("stored", None)] * 2
    assert (await school.database.info()).update_seq == before


async def test_one_push_may_hold_an_entry_twice(school):
    entry = Tablet(TUTOR).register(claim(1))
    assert await school.push(TUTOR, entry, entry) == [("stored", None)] * 2
    (arrival,) = await school.documents(channels.arrivals(MONDAY))
    assert len(read_arrival(arrival).items) == 1


async def test_a_receipt_says_what_is_missing_and_an_unchanged_one_is_not_sent_again(school):
    tablet = Tablet(TUTOR)
    first, second, third = (tablet.register(claim(n)) for n in (1, 2, 3))
    await school.push(TUTOR, first)
    await school.push(TUTOR, third)
    receipt = await school.receipt(TUTOR, tablet)
    assert (receipt.through, receipt.missing) == (1, ((2, 2),))
    assert await school.receipt(TUTOR, tablet, receipt.tag) is None
    await school.push(TUTOR, second)
    receipt = await school.receipt(TUTOR, tablet, receipt.tag)
    assert (receipt.through, receipt.missing) == (3, ())


async def test_an_unknown_log_is_asked_for_whole(school):
    receipt = await school.receipt(TUTOR, Tablet(TUTOR))
    assert (receipt.through, receipt.backed_up_through) == (0, 0)


async def test_nobody_reads_the_receipts_of_anothers_log(school):
    tablet = Tablet(TUTOR)
    await school.push(TUTOR, tablet.register(claim(1)))
    assert await school.receipt(COVER, tablet) is None


async def test_a_log_is_its_first_writers(school):
    tablet = Tablet(TUTOR)
    assert await school.intake.owner(tablet.log) is None
    await school.push(TUTOR, tablet.register(claim(2)))
    assert await school.intake.owner(tablet.log) == TUTOR.person
    assert await school.another().owner(tablet.log) == TUTOR.person
    await school.push(COVER, Tablet(COVER, log=tablet.log).register(claim(4)))
    assert await school.intake.owner(tablet.log) == TUTOR.person


async def test_another_intake_over_the_same_database_knows_the_same(school):
    tablet = Tablet(TUTOR)
    await school.push(TUTOR, tablet.register(claim(1)), tablet.register(claim(2)))
    tag = (await school.receipt(TUTOR, tablet)).tag
    school.intake = school.another()
    assert await school.receipt(TUTOR, tablet, tag) is None


async def test_one_unknown_pupil_is_set_aside_and_the_rest_stand(school):
    tablet = Tablet(TUTOR)
    bad = claim("pup-99", remark="New today?")
    entry = tablet.register(claim(1), bad, claim(3))
    assert await school.push(TUTOR, entry) == [("stored", None)]
    receipt = await school.receipt(TUTOR, tablet)
    assert [(s.n, s.claim, s.reason_code) for s in receipt.set_aside] == [
        (1, claim_ids(entry)[1], "not_on_roll")
    ]
    (held,) = await school.held()
    assert (held["what"], held["sender_name"], held["kind"]) == (
        "set_aside",
        "Tess Tutor",
        "register.taken",
    )
    assert held["claims"][0]["remark"] == "New today?"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"author": "staff-cover"}, "forged_author"),
        ({"role": "head"}, "forged_author"),
        ({"kind": "weather.logged"}, "unknown_kind"),
        ({"date": "yesterday"}, "broken_schema"),
        ({"shape": 99}, "unknown_shape"),
        ({"shape": 0}, "broken_schema"),
        ({"kind": 7}, "broken_schema"),
        ({"surprise": 1}, "broken_schema"),
        ({"date": "2026-02-31"}, "broken_schema"),
        ({"clock": {"offset_ms": -(2**53 - 1), "contact": None}}, "broken_schema"),
        ({"written_at": "0001-01-01T00:00:00.000Z"}, "broken_schema"),
        ({"written_at": "2026-02-31T09:00:00.000Z"}, "broken_schema"),
        ({"claims": [claim(1, observed_at="2026-11-31T09:00:00.000Z")]}, "broken_schema"),
    ],
)
async def test_what_cannot_speak_is_held_with_a_reason_and_blocks_nothing(school, change, code):
    tablet = Tablet(TUTOR)
    whole = {"group": "form-1", "date": MONDAY, "session": "AM", "claims": [claim(1)]}
    held = tablet.write("register.taken", **(whole | change))
    after = tablet.register(claim(2))
    rows = await school.push(TUTOR, held, after)
    assert [verdict for verdict, _ in rows] == ["held", "stored"]
    assert rows[0][1].endswith(".")
    receipt = await school.receipt(TUTOR, tablet)
    assert receipt.through == 2
    assert [(one.n, one.reason_code) for one in receipt.held] == [(1, code)]
    (document,) = await school.held()
    assert (document["what"], document["reason_code"]) == ("held", code)
    mine = await school.documents(channels.person(TUTOR.person))
    assert [d.id for d in mine] == [f"held:{held['digest'][:32]}"]
    stored, *_ = await school.database.read([held["_id"]])
    assert stored.body["digest"] == held["digest"]


async def test_what_was_changed_after_it_was_written_is_held_and_the_entry_itself_still_comes(
    school,
):
    tablet = Tablet(TUTOR)
    entry = tablet.register(claim(1, "N"))
    changed = wire(entry)
    changed["body"]["claims"][0]["code"] = "/"
    assert (await school.push(TUTOR, changed))[0][0] == "held"
    assert (await school.push(TUTOR, changed))[0][0] == "held"
    receipt = await school.receipt(TUTOR, tablet)
    assert [(one.n, one.reason_code) for one in receipt.held] == [(1, "broken_digest")]
    (held,) = await school.held()
    assert orjson.loads(held["original"]) == changed
    assert await school.push(TUTOR, entry) == [("stored", None)]
    receipt = await school.receipt(TUTOR, tablet)
    assert (receipt.held, receipt.forked) == ((), False)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"salt": 1}, "broken_schema"),
        ({"body": None}, "broken_schema"),
        ({"body": {"x": 0.5}}, "not_canonical"),
        ({"v": 2}, "broken_schema"),
        ({"extra": True}, "broken_schema"),
        ({"_rev": "1-0"}, "broken_digest"),
    ],
)
async def test_a_broken_header_in_its_own_log_is_held_under_its_number(school, change, code):
    tablet = Tablet(TUTOR)
    entry = tablet.register(claim(1)) | change
    assert (await school.push(TUTOR, entry))[0][0] == "held"
    receipt = await school.receipt(TUTOR, tablet)
    assert [(one.n, one.reason_code) for one in receipt.held] == [(1, code)]


@pytest.mark.parametrize(
    "document",
    [
        {"_id": "sheet:2026-11-23:AM:form-1", "type": "sheet"},
        ["not", "an", "object"],
        7,
        {"type": "entry"},
        {"type": "entry", "log": "a" * 32, "n": True},
        {"type": "entry", "log": "a" * 32, "n": 0},
        {"type": "entry", "log": "A" * 32, "n": 1},
        {"type": "entry", "_id": 5, "_rev": None, "body": []},
    ],
)
async def test_what_is_no_entry_is_kept_whole(school, document):
    assert (await school.push(TUTOR, document))[0][0] == "held"
    assert (await school.push(TUTOR, document))[0][0] == "held"
    (held,) = await school.held()
    assert orjson.loads(held["original"]) == document
    assert held["sender"] == TUTOR.person


async def test_nobody_writes_into_anothers_log(school):
    mine = Tablet(TUTOR)
    await school.push(TUTOR, mine.register(claim(1)))
    theirs = Tablet(COVER, log=mine.log, n=1, prev=mine.prev)
    rows = await school.push(COVER, theirs.register(claim(1, "N")))
    assert rows[0][0] == "held"
    assert (await school.receipt(TUTOR, mine)).through == 1
    (held,) = await school.held()
    assert (held["reason_code"], held["sender"]) == ("forged_author", COVER.person)


async def test_nobody_begins_a_log_with_anothers_entry(school):
    mine = Tablet(TUTOR)
    entry = mine.register(claim(1))
    assert (await school.push(COVER, entry))[0][0] == "held"
    assert (await school.push(TUTOR, entry))[0][0] == "stored"
    assert (await school.receipt(TUTOR, mine)).through == 1
    (held,) = await school.held()
    assert (held["reason_code"], held["sender"]) == ("forged_author", COVER.person)


async def test_a_fork_keeps_both(school):
    tablet, clone = Tablet(TUTOR), Tablet(TUTOR)
    await school.push(TUTOR, tablet.register(claim(1)), clone.register(claim(1, "N")))
    receipt = await school.receipt(TUTOR, tablet)
    assert (receipt.forked, receipt.through) == (True, 1)
    assert len(await school.documents(channels.entries(MONDAY))) == 2


async def test_a_broken_chain_is_stored_and_flagged(school):
    tablet = Tablet(TUTOR)
    await school.push(TUTOR, tablet.register(claim(1)))
    stray = make_entry(tablet.log, 2, GENESIS, "0" * 32, tablet.entries[0]["body"])
    assert await school.push(TUTOR, stray) == [("stored", None)]
    arrivals = [read_arrival(d) for d in await school.documents(channels.arrivals(MONDAY))]
    assert arrivals[-1].items[0].flags == ("chain_broken",)


@pytest.mark.parametrize(
    ("clock", "seen", "flags"),
    [
        ({"offset_ms": 600_000, "contact": None}, None, ("clock_skewed",)),
        ({"offset_ms": None, "contact": None}, None, ("clock_unknown",)),
        ({"offset_ms": None, "contact": None}, 1000, ()),
        ({"offset_ms": 0, "contact": "nonce-0930"}, None, ("clock_behind",)),
        ({"offset_ms": 0, "contact": "never given"}, None, ()),
    ],
)
async def test_a_skewed_clock_is_flagged_never_refused(school, clock, seen, flags):
    entry = Tablet(TUTOR).register(claim(1), clock=clock)
    assert await school.push(TUTOR, entry, device_offset_ms=seen) == [("stored", None)]
    (arrival,) = await school.documents(channels.arrivals(MONDAY))
    assert read_arrival(arrival).items[0].flags == flags


async def test_only_its_author_or_the_desk_voids_a_register(school):
    tutor, cover, officer = (
        Tablet(TUTOR),
        Tablet(COVER, log="b" * 32),
        Tablet(OFFICER, log="c" * 32),
    )
    entry = tutor.register(claim(1))
    await school.push(TUTOR, entry)
    void = {"entry": entry["_id"], "date": MONDAY, "session": "AM", "reason": "Wrong group"}
    rows = await school.push(
        COVER, cover.write("register.voided", **void), cover.register(claim(2))
    )
    assert [verdict for verdict, _ in rows] == ["held", "stored"]
    assert (await school.receipt(COVER, cover)).held[0].reason_code == "not_yours"
    not_here = void | {"entry": f"entry:{'d' * 32}:00000001:{'e' * 16}"}
    assert await school.push(TUTOR, tutor.write("register.voided", **void)) == [("stored", None)]
    assert await school.push(TUTOR, tutor.write("register.voided", **not_here)) == [
        ("stored", None)
    ]
    assert await school.push(OFFICER, officer.write("register.voided", **void)) == [
        ("stored", None)
    ]


@pytest.mark.parametrize("body", [{"kind": "weather.seen"}, [], "a text"])
async def test_a_void_of_an_entry_that_names_no_author_stops_no_push(school, body):
    tutor = Tablet(TUTOR)
    tutor.n, broken = 1, make_entry(tutor.log, 1, GENESIS, "0" * 32, body)
    void = {"entry": broken["_id"], "date": MONDAY, "session": "AM", "reason": "Wrong group"}
    await school.push(TUTOR, broken)
    rows = await school.push(TUTOR, tutor.write("register.voided", **void))
    assert [verdict for verdict, _ in rows] == ["held"]


async def test_a_void_names_the_session_of_what_it_voids(school):
    tutor, officer = Tablet(TUTOR), Tablet(OFFICER, log="c" * 32)
    entry = tutor.register(claim(1))
    await school.push(TUTOR, entry)
    void = {"entry": entry["_id"], "date": MONDAY, "session": "PM", "reason": "Wrong group"}
    for speaker, tablet in ((TUTOR, tutor), (OFFICER, officer)):
        assert (await school.push(speaker, tablet.write("register.voided", **void)))[0][0] == "held"
        assert (await school.receipt(speaker, tablet)).held[0].reason_code == "another_session"


async def test_a_planned_code_may_be_confirmed_by_a_teacher(school):
    officer, tutor = Tablet(OFFICER, log="c" * 32), Tablet(TUTOR)
    plan = officer.write(
        "planned.recorded",
        pupil="pup-2",
        first=MONDAY,
        last=MONDAY,
        sessions=["AM"],
        code="M",
        source="Hospital letter",
    )
    taken = await school.intake.take(OFFICER, wire([plan]))
    assert taken.dates == {PLANNED}
    assert await school.push(TUTOR, tutor.register(claim(1), claim(2, "M"))) == [("stored", None)]
    await school.push(TUTOR, tutor.register(claim(1), claim(3, "M")))
    receipt = await school.receipt(TUTOR, tutor)
    assert [(s.n, s.reason_code) for s in receipt.set_aside] == [(2, "code_not_allowed")]


async def test_an_entry_too_large_is_named_and_nothing_of_the_push_is_taken(school):
    tablet = Tablet(TUTOR)
    small = tablet.register(claim(1))
    large = tablet.register(claim(2), reason="x" * MAX_ENTRY_BYTES)
    with pytest.raises(EntryTooLarge, match=large["_id"]):
        await school.push(TUTOR, small, large)
    assert await school.documents(channels.entries(MONDAY)) == []


async def test_an_empty_push_writes_nothing(school):
    assert await school.push(TUTOR) == []
    assert (await school.database.info()).update_seq == 0


async def test_a_store_that_fails_takes_nothing_and_the_next_push_brings_it(school):
    tablet = Tablet(TUTOR)
    entry = tablet.register(claim(1))
    write = school.database.write

    async def fail(batch: WriteBatch):
        raise OSError("no space")

    school.database.write = fail
    with pytest.raises(OSError, match="no space"):
        await school.push(TUTOR, entry)
    school.database.write = write
    assert (await school.receipt(TUTOR, tablet)).through == 0
    assert await school.push(TUTOR, entry) == [("stored", None)]
    assert (await school.receipt(TUTOR, tablet)).through == 1


async def test_many_tablets_push_at_once(school):
    tablets = [Tablet(TUTOR, log=f"{number:032x}") for number in range(20)]
    pushes = [school.push(TUTOR, t.register(claim(1)), t.register(claim(2))) for t in tablets]
    pushes += [school.push(TUTOR, *t.entries) for t in tablets]
    for rows in await asyncio.gather(*pushes):
        assert rows == [("stored", None)] * 2
    for tablet in tablets:
        assert (await school.receipt(TUTOR, tablet)).through == 2
    assert len(await school.documents(channels.arrivals(MONDAY))) == 20


async def test_states_of_old_logs_are_forgotten_and_read_again(school):
    first = Tablet(TUTOR, log="f" * 32)
    await school.push(TUTOR, first.register(claim(1)))
    for number in range(MAX_CACHED_LOGS + 1):
        await school.receipt(TUTOR, Tablet(TUTOR, log=f"{number:032x}"))
    assert len(school.intake._logs._logs) <= MAX_CACHED_LOGS
    assert (await school.receipt(TUTOR, first)).through == 1


async def test_a_log_that_is_being_written_is_not_forgotten(school):
    first = Tablet(TUTOR, log="f" * 32)
    await school.push(TUTOR, first.register(claim(1)))
    async with school.intake._logs.alone([first.log]):
        for number in range(MAX_CACHED_LOGS + 1):
            await school.receipt(TUTOR, Tablet(TUTOR, log=f"{number:032x}"))
        assert first.log in school.intake._logs._logs
    await school.receipt(TUTOR, Tablet(TUTOR, log="e" * 32))
    assert first.log not in school.intake._logs._logs


async def test_what_came_in_before_is_known(school):
    tablet = Tablet(TUTOR)
    entry = wire(tablet.register(claim(1)))
    assert not await school.intake.came(parse(entry))
    await school.push(TUTOR, entry)
    assert await school.intake.came(parse(entry))
    assert await school.another().came(parse(entry))
    assert not await school.intake.came(parse({"type": "entry"}))
