"""Proving what a tablet holds: asked when, compared how, and what a coordinator sees of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx2
import pytest

from schemas.canonical import holding_digest
from schemas.devices import DeviceHolding, DeviceRow
from schemas.devices import Devices as Listed
from server.accounts import Account
from server.contacts import Contact, ContactBook
from sync.store import Write, WriteBatch
from tests.factory import OFFICER, TUTOR, SetClock
from tests.server.devices.signer import enrolled
from tests.server.town import SCHOOL, Town, ask, pull, question

DAY = 24 * 3_600_000


class Replica:
    """What a tablet holds, as one that pulls does."""

    def __init__(self, browser: httpx2.AsyncClient) -> None:
        self.browser = browser
        self.held: dict[str, str] = {}
        self.token = "0"

    async def pull(self) -> None:
        answer = await pull(self.browser, self.token)
        if answer.get("reset"):
            self.held.clear()
        for row in answer["results"]:
            if row.get("removed") or row.get("deleted"):
                self.held.pop(row["id"], None)
            else:
                self.held[row["id"]] = row["changes"][0]["rev"]
        self.token = answer["last_seq"]

    @property
    def holds(self) -> dict[str, Any]:
        digest = holding_digest(self.held.items())
        return {"documents": len(self.held), "digest": digest, "token": self.token}

    async def ask(self, **fields: Any) -> dict[str, Any]:
        return await ask(self.browser, **({"token": self.token} | fields))


async def row(place: Town, device: str = "tablet-1") -> DeviceRow:
    async with place.visit("olu") as office:
        answer = await office.get(f"/db/{SCHOOL}/_devices")
        assert answer.status_code == 200, answer.text
    found = Listed.model_validate_json(answer.content)
    return next(one for one in found.devices if one.device == device)


async def holding(place: Town) -> DeviceHolding:
    return (await row(place)).people[0].holding


async def test_a_tablet_proves_that_it_holds_what_it_should(place: Town) -> None:
    await place.settle()
    async with place.visit() as browser:
        tablet = Replica(browser)
        assert (await tablet.ask(token=None))["prove"]
        await tablet.pull()
        assert len(tablet.held) > 5
        answer = await tablet.ask(holds=tablet.holds)
        assert not answer["prove"]
        for _ in range(23):
            place.clock.ms += DAY // 24
            assert not (await tablet.ask())["prove"]
        place.clock.ms += DAY // 24
        assert (await tablet.ask())["prove"]
    shown = await holding(place)
    assert (shown.documents, shown.proven_at) == (len(tablet.held), "2026-11-23T09:30:00.000Z")
    assert (shown.differs, shown.owes_since) == (None, None)


@pytest.mark.parametrize(
    ("wrong", "by"), [("too many", 1), ("too few", -1), ("another revision", 0)]
)
async def test_a_tablet_that_holds_something_else_is_found_out(
    place: Town, wrong: str, by: int
) -> None:
    await place.settle()
    async with place.visit() as browser:
        tablet = Replica(browser)
        await tablet.pull()
        some = next(iter(tablet.held))
        if wrong == "too many":
            tablet.held["pupil:stolen"] = "1-abc"
        elif wrong == "too few":
            del tablet.held[some]
        else:
            tablet.held[some] = "9-other"
        answer = await tablet.ask(holds=tablet.holds)
        assert answer["prove"]
        shown = await holding(place)
        assert (shown.differs, shown.proven_at) == (by, None)
        tablet.held.clear()
        tablet.token = "0"
        await tablet.pull()
        await tablet.ask(holds=tablet.holds)
    shown = await holding(place)
    assert (shown.differs, shown.proven_at) == (None, place.clock.now)


async def test_it_is_compared_at_the_token_or_asked_again(place: Town) -> None:
    """Something changed since: what the tablet should have held at its token cannot be said."""
    await place.settle()
    async with place.visit() as browser:
        tablet = Replica(browser)
        await tablet.pull()
        database = await place.store.open(SCHOOL)
        write = Write("group:new", {"type": "group"}, frozenset({"staff"}))
        await database.write(WriteBatch([write]))
        assert (await tablet.ask(holds=tablet.holds))["prove"]
        shown = await holding(place)
        assert (shown.differs, shown.proven_at) == (None, None)
        await tablet.pull()
        await tablet.ask(holds=tablet.holds)
    assert (await holding(place)).proven_at is not None


async def test_what_others_see_changes_nothing(place: Town) -> None:
    await place.settle()
    async with place.visit() as browser:
        tablet = Replica(browser)
        await tablet.pull()
        database = await place.store.open(SCHOOL)
        await database.write(WriteBatch([Write("x", {"type": "x"}, frozenset({"office"}))]))
        await tablet.ask(holds=tablet.holds)
    assert (await holding(place)).proven_at is not None


@pytest.mark.parametrize("token", ["", "0", "now", "nonsense", "1.000000000000", "x" * 2000])
async def test_a_token_that_says_nothing_proves_nothing(place: Town, token: str) -> None:
    async with place.visit() as browser:
        tablet = Replica(browser)
        await tablet.pull()
        await tablet.ask(holds=tablet.holds | {"token": token})
    shown = await holding(place)
    assert (shown.proven_at, shown.differs) == (None, None)


@pytest.mark.parametrize(
    "holds",
    [
        {},
        [],
        {"documents": -1, "digest": "0" * 64, "token": "0"},
        {"documents": 1, "digest": "x", "token": "0"},
        {"documents": 1, "digest": "0" * 64, "token": "x" * 2001},
        {"documents": 2**70, "digest": "0" * 64, "token": "0"},
    ],
)
async def test_a_holding_that_is_none(place: Town, holds: Any) -> None:
    async with place.visit() as browser:
        answer = await browser.post(f"/db/{SCHOOL}/_sync", json=question(holds=holds))
    assert answer.status_code in {200, 400}


async def test_a_tablet_whose_grants_changed_owes_a_drop_until_it_has_proven(place: Town) -> None:
    await place.settle()
    async with place.visit() as browser:
        tablet = Replica(browser)
        await tablet.pull()
        await tablet.ask(holds=tablet.holds)
        account = await place.site.accounts.of(TUTOR.person)
        assert account is not None
        posts = tuple(post.model_copy(update={"groups": ()}) for post in account.schools)
        await place.site.accounts.put([account.model_copy(update={"schools": posts})])
        place.clock.ms += 3_600_000
        owed = await holding(place)
        assert owed.owes_since == "2026-11-23T10:30:00.000Z"
        place.clock.ms += 3_600_000
        before = dict(tablet.held)
        answer = await tablet.ask()
        assert answer["reset"]
        assert answer["prove"]
        assert (await holding(place)).owes_since == owed.owes_since
        await tablet.pull()
        assert len(tablet.held) < len(before)
        await tablet.ask(holds=tablet.holds)
    shown = await holding(place)
    assert shown.owes_since is None
    assert shown.dropped_at == shown.proven_at == place.clock.now


async def test_what_left_the_window_by_itself_is_named_to_a_tablet_that_kept_it(
    place: Town,
) -> None:
    """A day goes by, and no feed tells the desk that the oldest of its days has left it."""
    await place.settle()
    async with place.visit("olu") as browser:
        tablet = Replica(browser)
        await tablet.pull()
        await tablet.ask(holds=tablet.holds)
        assert (await row(place)).people[0].holding.proven_at is not None
    old = {name for name in tablet.held if name.startswith(("sheet:", "roll:"))}
    place.clock.set("2026-12-09T09:30:00.000Z")
    await place.settle()
    async with place.visit("olu") as browser:
        tablet.browser = browser
        await tablet.ask()
        await tablet.pull()
        assert old & tablet.held.keys()
        answer = await tablet.ask(holds=tablet.holds)
        assert set(answer["drop"]) >= old & tablet.held.keys()
        assert not set(answer["drop"]) & {"school", "group:form-1"}
        for name in answer["drop"]:
            tablet.held.pop(name, None)
        again = await tablet.ask(holds=tablet.holds)
        assert again["drop"] == []
    shown = await holding(place)
    assert (shown.differs, shown.proven_at) == (None, place.clock.now)


async def test_a_tablet_may_let_go_of_what_was_decided_long_ago(place: Town) -> None:
    """As tablets do, with the half-term in which it was decided."""
    await place.settle()
    database = await place.store.open(SCHOOL)
    decided = {"type": "held", "outcome": {"what": "declined", "at": "2026-01-09T10:00:00.000Z"}}
    contested = {"type": "held", "outcome": {"what": "contested", "at": "2026-01-09T10:00:00.000Z"}}
    lately = {"type": "held", "outcome": {"what": "released", "at": "2026-11-20T10:00:00.000Z"}}
    mine = frozenset({f"person:{TUTOR.person}"})
    bodies: dict[str, dict[str, Any]] = {
        "held:1": decided,
        "held:2": contested,
        "held:3": lately,
        "held:4": {"type": "held"},
    }
    await database.write(WriteBatch([Write(name, body, mine) for name, body in bodies.items()]))
    async with place.visit() as browser:
        tablet = Replica(browser)
        await tablet.pull()
        assert bodies.keys() <= tablet.held.keys()
        del tablet.held["held:1"]
        await tablet.ask(holds=tablet.holds)
    assert (await holding(place)).proven_at is not None


async def test_somebody_who_left_the_school_owes_all_of_it(place: Town) -> None:
    async with place.visit() as browser:
        await Replica(browser).ask()
        account = await place.site.accounts.of(TUTOR.person)
        assert account is not None
        await place.site.accounts.put([account.model_copy(update={"closed": True})])
    assert (await holding(place)).owes_since == place.clock.now


async def test_a_tablet_that_does_not_answer_is_asked_less_and_less(place: Town) -> None:
    """A replicator, or an older app, that knows nothing of this."""
    await place.settle()
    asked = 0
    async with place.visit() as browser:
        for _ in range(6 * 60):
            asked += (await ask(browser, token="now"))["prove"]
            place.clock.ms += 60_000
    assert 5 < asked < 14


async def test_the_list_shows_what_a_tablet_says_of_itself(place: Town) -> None:
    async with enrolled(place, label="Trolley 3") as (browser, device):
        await ask(
            browser,
            device=device.device,
            device_time="2026-11-23T09:29:58.500Z",
            waiting=3,
            oldest_waiting="2026-11-20T15:00:00.000Z",
            storage="best-effort",
            app="2.1",
        )
        shown = await row(place, device.device)
    assert (shown.state, shown.label, shown.shared) == ("enrolled", "Trolley 3", True)
    assert (shown.waiting, shown.oldest_waiting) == (3, "2026-11-20T15:00:00.000Z")
    assert (shown.storage, shown.app, shown.clock_offset_ms) == ("best-effort", "2.1", 1500)
    assert (shown.enrolled_by_name, shown.last_contact) == (OFFICER.name, place.clock.now)
    assert [one.person for one in shown.people] == [TUTOR.person]


async def test_the_list_shows_who_owns_a_tablet_and_what_was_only_heard_of(place: Town) -> None:
    async with place.visit() as browser:
        await ask(browser)
    async with enrolled(place, shared=False, owner=TUTOR.person, label="Tess") as (_, device):
        owned = await row(place, device.device)
        heard = await row(place)
    assert (owned.owner, owned.owner_name) == (TUTOR.person, TUTOR.name)
    assert (owned.last_contact, owned.people, owned.app) == (None, (), "1.0")
    assert (heard.state, heard.label) == ("unenrolled", None)


async def test_only_who_oversees_access_sees_the_list(place: Town) -> None:
    async with place.visit("tess") as teacher:
        assert (await teacher.get(f"/db/{SCHOOL}/_devices")).status_code == 403


async def test_whoever_names_ever_more_tablets_pushes_out_nobody_elses(place: Town) -> None:
    async with place.site.schools.use(SCHOOL) as school:
        book = school.contacts
        book.hear("staff-cover", "Cal Cover", "tablet-2", 0)
        for number in range(500):
            book.hear("staff-tutor", "Tess Tutor", f"made-up-{number}", 0)
        assert book.settled_ms("staff-cover", "tablet-2") is not None
        assert book.settled_ms("staff-tutor", "made-up-499") is not None
        assert len(book.all()) < 100


async def test_a_tablet_heard_of_while_the_list_is_made_is_not_forgotten(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with place.visit("tess") as browser, place.visit("olu") as office:
        await ask(browser, waiting=3)
        async with place.site.schools.use(SCHOOL) as school:
            (contact,) = school.contacts.all()
            school.contacts.put(replace(contact, grants="another"))
            of = place.site.accounts.of

            async def asked(person: str) -> Account | None:
                school.contacts.hear(TUTOR.person, TUTOR.name, contact.device, 0)
                return await of(person)

            monkeypatch.setattr(place.site.accounts, "of", asked)
            await office.get(f"/db/{SCHOOL}/_devices")
            assert [one.waiting for one in school.contacts.all()] == [0]


async def test_contacts_of_two_servers_keep_the_later_proof(place: Town) -> None:
    database, clock = await place.store.open(SCHOOL), SetClock()
    here, there = ContactBook(database, clock), ContactBook(database, clock)
    proven = here.hear("p", "Ann", "t", 0, proven_at=clock.now, documents=7)
    await here.write()
    clock.ms += 60_000
    there.hear("p", "Ann", "t", 2)
    await there.write()
    found, *_ = (await ContactBook.open(database, clock)).all()
    assert (found.proven_at, found.documents) == (proven.proven_at, 7)
    assert (found.waiting, found.last_contact) == (2, clock.now)


async def test_contacts_written_by_an_older_or_a_newer_server_are_read(place: Town) -> None:
    database, clock = await place.store.open(SCHOOL), SetClock()
    old = {"person": "p", "name": "Ann", "device": "t", "last_contact": clock.now, "waiting": 1}
    new = old | {"device": "u", "unheard_of": True}
    await database.write(WriteBatch(local={"contacts": {"contacts": [old, new]}}))
    found = (await ContactBook.open(database, clock)).all()
    assert {one.device for one in found} == {"t", "u"}
    assert all(isinstance(one, Contact) for one in found)
