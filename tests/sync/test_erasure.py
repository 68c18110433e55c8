import pytest

from schemas.syncing import LogHead
from sync import channels
from sync.audit import Audit
from sync.document import Document
from sync.erasure import Erasures, Order, erasure_of, is_erased, load_erasures, pupils_named
from sync.intake import Intake
from sync.store import Write, WriteBatch
from sync.stores.memory import MemoryStore
from tests.factory import (
    COVER,
    MONDAY,
    OFFICER,
    TUTOR,
    NoContacts,
    Tablet,
    claim,
    roster,
    wire,
)
from tests.sync.school import School

ORDER = Order(
    at="2026-11-24T09:00:00.000Z", by="Hana Head", reason="Article 17", reference="2026/14"
)


@pytest.fixture
async def school():
    store = MemoryStore()
    yield School(await store.create("sch-test"), roster())
    await store.close()


async def erasure(school, entry):
    document, *_ = await school.database.read([entry["_id"]])
    return erasure_of(document, ORDER)


async def erase(school, *entries):
    """Put stubs in the place of entries, as another server does."""
    for entry in entries:
        one = await erasure(school, entry)
        await school.database.purge({one.entry: [one.rev]})
        stub = Write(one.entry, one.stub(), frozenset(one.channels), history=(one.rev,))
        note = {"type": "erasure", **one.model_dump(mode="json")}
        noted = Write(one.id, note, channels.ERASURES)
        await school.database.write(WriteBatch([stub, noted]))
    return await load_erasures(school.database)


def knowing(school, erasures):
    ids = iter(map(str, range(1000)))
    return Intake(
        school.database,
        lambda: school.roster,
        school.clock,
        ids.__next__,
        NoContacts(),
        erasures=lambda: erasures,
    )


async def test_a_stub_keeps_the_place_in_the_chain_and_nothing_of_the_content(school):
    entry = school.tutor.register(claim(1, remark="Words"))
    await school.push(entry)
    erasures = await erase(school, entry)
    stub, *_ = await school.database.read([entry["_id"]])
    assert is_erased(stub)
    assert stub.rev == entry["_rev"]
    kept = {"type", "v", "log", "n", "prev", "body_digest", "digest"}
    assert {key: stub.body[key] for key in kept} == {key: entry[key] for key in kept}
    assert stub.body.keys() - kept == {"erased"}
    assert stub.body["erased"] == {"at": ORDER.at, "by": ORDER.by, "reference": ORDER.reference}
    assert b"Words" not in stub.raw
    assert (len(erasures), erasures.entries) == (1, {entry["_id"]})
    assert erasures.all() == [erasures.of(entry["_id"])]
    assert erasures.of("entry:another") is None


async def test_numbers_are_those_of_their_own_log(school):
    entries = [school.tutor.register(claim(n)) for n in (1, 2, 3)]
    other = school.cover.register(claim(1))
    await school.push(*entries, other)
    erasures = await erase(school, entries[2], entries[0], other)
    assert erasures.numbers(school.tutor.log) == (1, 3)
    assert erasures.numbers(school.cover.log) == (1,)
    assert erasures.numbers("f" * 32) == ()


@pytest.mark.parametrize(
    ("body", "pupils"),
    [
        ({"claims": [claim(1), claim(2), "broken"]}, {"pup-1", "pup-2"}),
        ({"claims": "broken", "pupil": "pup-3"}, {"pup-3"}),
        ({"pupils": ["pup-4", 5]}, {"pup-4"}),
        ({"kind": "register.reassigned"}, set()),
        ("broken", set()),
    ],
)
def test_the_pupils_an_entry_speaks_of(body, pupils):
    assert pupils_named(Document("entry:x", "1-x", {"body": body})) == pupils


async def test_what_an_erased_entry_said_is_forgotten_by_a_daybook_that_had_read_it(school):
    first = school.tutor.register(claim(1), claim(2, "N"))
    left = school.officer.write(
        "departure.recorded", pupil="pup-3", date=MONDAY, session="AM", left="11:00", reason="Ill"
    )
    await school.push(first, left)
    book = await school.day()
    assert book.cell("AM", "pup-1").code == "/"
    await erase(school, first)
    later = school.cover.register(claim(4))
    await school.push(later)
    touched = await book.refresh()
    assert touched >= {("AM", "pup-1"), ("AM", "pup-2"), ("AM", "pup-3"), ("AM", "pup-4")}
    assert book.claims("AM", "pup-1") == ()
    assert book.cell("AM", "pup-4").code == "/"
    assert book.left("AM", "pup-3") == "11:00"


async def test_an_erased_entry_that_nobody_had_read_changes_nothing(school):
    entry = school.tutor.register(claim(1))
    await school.push(entry)
    await erase(school, entry)
    book = await school.day()
    assert book.claims("AM", "pup-1") == ()


async def test_an_erased_planned_code_is_no_longer_suggested(school):
    fields = {"pupil": "pup-1", "first": MONDAY, "last": MONDAY, "sessions": ["AM"], "code": "M"}
    planned = school.officer.write("planned.recorded", **fields, source="A letter")
    other = school.officer.write("planned.recorded", **fields, source="Another letter")
    await school.push(planned, other)
    book = await school.planned()
    assert len(book.on("pup-1", MONDAY, "AM")) == 2
    await erase(school, planned)
    (span,) = await book.refresh()
    assert (span.pupil, span.first, span.last) == ("pup-1", MONDAY, MONDAY)
    assert [one.source for one in book.on("pup-1", MONDAY, "AM")] == ["Another letter"]
    assert len((await school.planned()).on("pup-1", MONDAY, "AM")) == 1


async def test_the_receipt_says_which_numbers_were_erased(school):
    entries = [school.tutor.register(claim(n)) for n in (1, 2)]
    await school.push(*entries)
    head = LogHead(log=school.tutor.log, n=2, digest=school.tutor.prev)
    (before,) = await school.intake.receipts([head], TUTOR)
    assert before.erased == ()
    intake = knowing(school, await erase(school, entries[0]))
    (after,) = await intake.receipts([head], TUTOR)
    assert (after.erased, after.through) == ((1,), 2)
    assert after.tag != before.tag


async def test_a_number_that_has_not_come_in_is_not_said_to_be_erased(school):
    entry = school.tutor.register(claim(1))
    await school.push(entry)
    known = Erasures([(await erasure(school, entry)).model_copy(update={"n": 7})])
    head = LogHead(log=school.tutor.log, n=1, digest=school.tutor.prev)
    (receipt,) = await knowing(school, known).receipts([head], TUTOR)
    assert receipt.erased == ()


async def test_an_erased_entry_offered_to_a_school_that_never_had_it_leaves_its_stub(school):
    tablet = Tablet(TUTOR)
    entry = tablet.register(claim("pup-99", remark="Words"))
    await school.push(entry)
    known = Erasures([await erasure(school, entry)])
    store = MemoryStore()
    anew = School(await store.create("sch-test"), roster())
    intake = knowing(anew, known)
    taken = await intake.take(TUTOR, wire([entry]))
    assert [row.id for row in taken.rows] == [entry["_id"]]
    assert await anew.database.range("held:", "held;") == []
    (stub,) = await anew.database.range("entry:", "entry;")
    assert is_erased(stub)
    assert stub.channels == {channels.entries(MONDAY)}
    taken = await intake.take(COVER, wire([entry]))  # by somebody whose log it is not
    assert [row.verdict for row in taken.rows] == ["held"]
    assert await anew.database.range("held:", "held;") == []
    await store.close()


async def test_a_void_of_an_erased_register_is_judged_without_it(school):
    entry = school.tutor.register(claim(1))
    await school.push(entry)
    await erase(school, entry)
    void = school.officer.write(
        "register.voided", entry=entry["_id"], date=MONDAY, session="AM", reason="The wrong group"
    )
    taken = await school.intake.take(OFFICER, wire([void]))
    assert [row.verdict for row in taken.rows] == ["stored"]


async def test_an_erased_number_that_a_restored_school_lacks_is_not_asked_for(school):
    first, second, third = (school.tutor.register(claim(n)) for n in (1, 2, 3))
    await school.push(first, second, third)
    known = Erasures([await erasure(school, second)])
    store = MemoryStore()
    anew = School(await store.create("sch-test"), roster())
    intake = knowing(anew, known)
    await intake.take(TUTOR, wire([third]))
    head = LogHead(log=school.tutor.log, n=3, digest=school.tutor.prev)
    (receipt,) = await intake.receipts([head], TUTOR)
    assert (receipt.through, receipt.missing, receipt.erased) == (0, ((1, 1),), ())
    await intake.take(TUTOR, wire([first]))
    (receipt,) = await intake.receipts([head], TUTOR)
    assert (receipt.through, receipt.missing) == (3, ())
    audit = Audit(erased=known.entries)
    for document in await anew.database.range("", "~"):
        audit.add(document)
    report = audit.report()
    assert (report.findings, report.notices) == ((), ())
    await store.close()


@pytest.mark.parametrize(
    ("kind", "case", "ends"),
    [
        ("case.opened", "case-1", "case-1"),
        ("case.opened", "not a case", None),
        ("case.opened", 7, None),
        ("case.noted", "case-1", None),
    ],
)
def test_with_its_opening_a_case_ends_and_with_nothing_else(kind, case, ends):
    """What restricts a case lies on the same topics as its opening, and ends nothing."""
    tablet = Tablet(TUTOR)
    entry = tablet.write(kind, case=case, facts=[])
    body = {key: value for key, value in entry.items() if key not in {"_id", "_rev"}}
    one = erasure_of(Document(entry["_id"], entry["_rev"], body), ORDER)
    assert one.case == ends
    assert Erasures([one]).cases == ({ends} - {None})


def test_what_cannot_be_read_ends_no_case():
    entry = Tablet(TUTOR).write("case.opened", case="case-1", facts=[])
    body = {key: value for key, value in entry.items() if key not in {"_id", "_rev"}}
    document = Document(entry["_id"], entry["_rev"], body | {"body": "?"})
    assert erasure_of(document, ORDER).case is None


def test_facts_name_the_pupils_that_they_speak_of():
    says = [{"fact": "member", "pupil": "pup-1"}, {"fact": "status"}]
    facts = [*({"says": one} for one in says), {"says": "?"}, 7]
    document = Document("entry:1", "1-a", {"body": {"kind": "case.noted", "facts": facts}})
    assert pupils_named(document) == {"pup-1"}
