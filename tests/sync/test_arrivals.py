from schemas.canonical import GENESIS
from sync import channels
from sync.arrivals import Arrival, ArrivalItem, arrival_digest, chained, read_arrival
from sync.intake import Intake
from sync.logs import LogState
from tests.factory import TUTOR, NoContacts, Tablet, claim, wire

LOG = "a" * 32


def arrival(name, *numbers):
    items = tuple(
        ArrivalItem(n=n, entry=f"entry:{LOG}:{n:08d}:{n:016d}", digest=f"{n:064d}", verdict="held")
        for n in numbers
    )
    return Arrival(
        id=f"arrival:{name}",
        log=LOG,
        person="staff-tutor",
        device=None,
        received_at="2026-11-23T09:00:00.000Z",
        items=items,
    )


async def stored(school, log):
    page = await school.database.changes(0, channels=frozenset({channels.log(log)}))
    return [change.document for change in page.changes]


def is_chained(document):
    return document.body["digest"] == arrival_digest(document.id, document.body)


async def test_each_arrival_of_a_log_follows_the_one_before(school):
    for n in (1, 2, 3):
        await school.push(school.tutor.register(claim(n)))
    await school.push(school.cover.register(claim(1)))
    first, second, third = await stored(school, school.tutor.log)
    assert [one.body["k"] for one in (first, second, third)] == [1, 2, 3]
    assert [one.body["prev"] for one in (first, second, third)] == [
        GENESIS,
        first.body["digest"],
        second.body["digest"],
    ]
    assert all(map(is_chained, (first, second, third)))
    (other,) = await stored(school, school.cover.log)
    assert (other.body["k"], other.body["prev"]) == (1, GENESIS)


async def test_a_server_started_anew_goes_on_with_the_chain(school):
    await school.push(school.tutor.register(claim(1)))
    again = Intake(school.database, lambda: school.roster, school.clock, lambda: "x", NoContacts())
    await again.take(TUTOR, wire([school.tutor.register(claim(2))]))
    first, second = await stored(school, school.tutor.log)
    assert (second.body["k"], second.body["prev"]) == (2, first.body["digest"])


async def test_whatever_is_changed_in_a_stored_arrival_changes_its_digest(school):
    await school.push(school.tutor.register(claim(1)))
    (document,) = await stored(school, school.tutor.log)
    body = dict(document.body)
    assert is_chained(document)
    for field in body.keys() - {"digest"}:
        without = {key: value for key, value in body.items() if key != field}
        assert arrival_digest(document.id, without) != body["digest"], field
        assert arrival_digest(document.id, {**body, field: "another"}) != body["digest"], field
    assert arrival_digest("arrival:another", body) != body["digest"]
    assert arrival_digest(document.id, {**body, "more": 1}) != body["digest"]


async def test_an_arrival_from_before_the_chain_is_read_and_the_chain_begins_after_it(school):
    tablet = Tablet(TUTOR, log=LOG)
    await school.push(tablet.register(claim(1)))
    (document,) = await stored(school, LOG)
    old = {key: value for key, value in document.body.items() if key not in {"k", "prev", "digest"}}
    read = read_arrival(type(document)(document.id, document.rev, old))
    assert (read.k, read.prev, read.digest) == (0, "", "")
    state = LogState(LOG)
    state.add(read)
    assert (state.arrivals, state.last_arrival, state.through) == (0, GENESIS, 1)


def test_of_two_with_one_number_the_next_follows_the_same_whichever_was_read_first():
    first = chained(arrival("first", 1), 1, GENESIS)
    here, there = (chained(arrival(name, 2), 2, first.digest) for name in ("here", "there"))
    states = [LogState(LOG), LogState(LOG)]
    for state, order in zip(states, ((first, here, there), (there, here, first)), strict=True):
        for one in order:
            state.add(one)
    assert {(state.arrivals, state.last_arrival) for state in states} == {
        (2, max(here.digest, there.digest))
    }
