"""Grants come and go, and what they are over moves, while tablets are away: a state machine.

After each contact a tablet holds exactly what its person may see, by the words of
:mod:`tests.oracle.words`, and has proven it; no answer has named anything else. In the end every
entry is stored, or held for the reason that its author had at the time of the act.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from schemas.policy import Role
from server.accounts import Account, Post
from server.site import Site
from sync.clock import instant
from sync.stores.sqlite import SqliteStore
from tests.factory import HEAD, claim
from tests.faults.devices import Server
from tests.oracle.asking import Asker
from tests.oracle.tablets import Twin
from tests.oracle.words import OWN_GROUPS, Day, Given, sees
from tests.oracle.world import (
    HALVES,
    Person,
    World,
    _make_school,
    ended_entry,
    given_entry,
    write_roster,
)
from tests.server.town import PASSWORD, SCHOOL, Town, accounts

EXAMPLES = int(os.environ.get("TIDEMARK_TEST_MACHINES", "12"))
"""How many machines are tried; name more in TIDEMARK_TEST_MACHINES for a long run."""
STEPS = 40
MINUTE = 60_000
PEOPLE = {
    "per-1": ("class_teacher", ("form-1",)),
    "per-2": ("cover_teacher", ()),
    "per-3": ("cover_teacher", ()),
    "per-4": ("family_worker", ()),
    "per-5": ("attendance_officer", ()),
}
who = st.sampled_from(sorted(PEOPLE))
groups = st.frozensets(st.sampled_from(["form-1", "form-2", "maths"]), max_size=2)
pupils = st.frozensets(st.sampled_from([f"pup-{n}" for n in range(1, 9)]), max_size=2)


class Machine(RuleBasedStateMachine):
    """A school on disk, five tablets, and a head who is always at the desk."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.server = Server(Path(self.folder.name) / "data")
        self.world = World(None, Random(0))  # type: ignore[arg-type]
        self.twins: dict[str, Twin] = {}
        self.askers: dict[str, Asker] = {}
        self.ever_handed: set[tuple[str, str, str, str]] = set()
        self.acts: dict[str, tuple[str, str, str]] = {}
        """What was written when, by entry: author, group and time."""
        self.grants: dict[str, tuple[str, int]] = {}
        """The grants that were given by entries: whose, and which of theirs."""

    @initialize()
    def begin(self) -> None:
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        store = SqliteStore(Path(self.folder.name) / "data")
        await _make_school(self.world, store)
        await store.close()
        await self.server.start()
        self._town()
        site: Site = self.server.site
        hashed = await site.accounts.hash(PASSWORD)
        await site.accounts.put(accounts(hashed))
        for number, (name, (role, over)) in enumerate(PEOPLE.items(), 1):
            lasting = role not in {"cover_teacher", "family_worker"}
            given = [Given(role, frozenset(over))] if lasting else []
            person = Person(name, role, "", given, f"{number:032x}")
            self.world.people[name] = person
            self.twins[name] = Twin(person)
            ends = None if lasting else "2026-06-01T00:00:00.000Z"
            post = Post(school=SCHOOL, groups=over, role=Role(role), ends=ends)
            account = Account(
                person=name,
                username=name,
                name=name,
                role=Role(role),
                schools=(post,),
                hash=hashed,
            )
            await site.accounts.put([account])
        await self.world.settle()
        await self._copied()  # so that there is always something to go back to

    def _town(self) -> None:
        self.world.place = Town(
            self.server.app, self.server.app.state.site.store, self.server.clock
        )

    @rule(
        person=who,
        groups=groups,
        pupils=pupils,
        after=st.sampled_from([0, 0, 1]),
        hours=st.sampled_from([1, 4, 40]),
    )
    def give(
        self, person: str, groups: frozenset[str], pupils: frozenset[str], after: int, hours: int
    ) -> None:
        """A grant begins within two hours, and ends by itself."""
        clock = self.server.clock
        role = PEOPLE[person][0]
        if role not in {"cover_teacher", "family_worker"}:
            role = "cover_teacher"
        start = clock.ms + after * 60 * MINUTE
        ends = instant(start + hours * 60 * MINUTE)
        given = Given(role, groups, pupils, instant(start), ends)
        self.world.people[person].givens.append(given)
        entry = given_entry(self.world, self.world.people[person], given)
        self.grants[entry["_id"]] = (person, len(self.world.people[person].givens) - 1)
        self.runner.run(self._head())

    @rule(which=st.integers(0, 9))
    def end(self, which: int) -> None:
        """A grant is ended by an entry."""
        live = [
            (name, person, at)
            for name, (person, at) in self.grants.items()
            if self.world.people[person].givens[at].ended is None
        ]
        if not live:
            return
        name, person, at = live[which % len(live)]
        givens, now = self.world.people[person].givens, self.server.clock.now
        before = givens[at]
        givens[at] = Given(
            before.role, before.groups, before.pupils, before.starts, before.ends, now
        )
        ended_entry(self.world, self.world.people[person], name, now)
        self.runner.run(self._head())

    @rule(
        person=who,
        session=st.sampled_from(["AM", "PM"]),
        group=st.sampled_from(["form-1", "form-2"]),
    )
    def hand_over(self, person: str, session: str, group: str) -> None:
        """A register of today is handed to somebody."""
        now = self.server.clock.now
        self.world.head.write(
            "register.reassigned",
            group=group,
            date=now[:10],
            session=session,
            to=person,
            reason="Ill",
            written_at=now,
        )
        self.world.handed[now[:10], session, group] = person
        self.ever_handed.add((now[:10], session, group, person))
        self.runner.run(self._head())

    @rule(number=st.integers(1, 8))
    def change_form(self, number: int) -> None:
        """A pupil goes from one form to the other."""
        name, members = f"pup-{number}", self.world.members
        there = "form-1" if name in members["form-2"] else "form-2"
        for form in ("form-1", "form-2"):
            members[form] = tuple(one for one in members[form] if one != name)
        members[there] = (*members[there], name)
        self.runner.run(self._roster())

    @rule(person=who, group=st.sampled_from(["form-1", "form-2"]), number=st.integers(1, 8))
    def write(self, person: str, group: str, number: int) -> None:
        """Somebody takes a register on a tablet that may be away."""
        twin, now = self.twins[person], self.server.clock.now
        if PEOPLE[person][0] not in {"cover_teacher", "class_teacher"}:
            return
        entry = twin.tablet.register(
            claim(number, "N", observed_at=now),
            group=group,
            date=now[:10],
            written_at=now,
            clock={"offset_ms": 0, "contact": twin.nonce},
        )
        self.acts[entry["_id"]] = (person, group, now)

    @rule(minutes=st.sampled_from([1, 20, 60, 240]))
    def wait(self, minutes: int) -> None:
        self.server.clock.ms += minutes * MINUTE

    @rule()
    def sleep(self) -> None:
        """To half past nine of the next school day, when publishing has opened it."""
        now = self.server.clock.now[:10]
        later = [day for day in SCHOOL_DAYS if day > now]
        if not later:  # the holidays have begun
            return
        self.server.clock.set(f"{later[0]}T09:30:00.000Z")
        self.runner.run(self.world.settle())

    @rule(person=who, answers=st.integers(0, 3))
    def contact(self, person: str, answers: int) -> None:
        """A tablet comes back; the line dies after some answers."""
        self.runner.run(self._contact(person, answers))

    @rule(person=who)
    def come_back(self, person: str) -> None:
        """A tablet comes back, and nothing goes wrong."""
        self.runner.run(self._contact(person, None))

    @rule()
    def restart(self) -> None:
        self.runner.run(self._restart())

    @rule()
    def copy(self) -> None:
        self.runner.run(self._copied())

    @rule()
    def restore(self) -> None:
        """The server goes back to a copy, and says so; the head's desk offers what that lacks."""
        self.runner.run(self._restore(anew=True))

    async def _restart(self) -> None:
        await self.server.stop()
        await self.server.start()
        self._town()

    async def _copied(self) -> None:
        await self.server.keep_copy()
        self._town()

    async def _restore(self, *, anew: bool) -> None:
        await self.server.roll_back(anew=anew)
        self._town()
        self.askers.clear()
        await self._head()
        await self._roster()

    async def _head(self) -> None:
        """All that the head ever wrote: what is there already stays as it is."""
        await self.world.take(HEAD, *self.world.head.entries)
        await self.world.settle()

    async def _roster(self) -> None:
        await write_roster(self.world, await self.world.database(), self.world.pupils())
        async with self.world.site.schools.use(SCHOOL) as opened:
            await opened.current()
        await self.world.settle()

    async def _contact(self, person: str, answers: int | None) -> None:
        twin = self.twins[person]
        asker = self.askers.get(person)
        if asker is None or not await self._signed_in(asker):
            asker = self.askers[person] = Asker(self.server.app, SCHOOL)
            await asker.sign_in(person, PASSWORD)
        asker.app = self.server.app
        before = set(twin.known)
        await twin.contact(asker, self.server.clock.now, answers)
        await self.world.settle()
        if answers is None:
            await twin.contact(asker, self.server.clock.now)  # what the first push published
            await self._exactly(twin)
        await self._nothing_else(twin, twin.known - before)

    async def _signed_in(self, asker: Asker) -> bool:
        asker.app = self.server.app
        return (await asker.ask("GET", "_changes", "since=now")).status == 200

    def _day(self) -> Day:
        now = self.server.clock.now
        earlier = [day for day in SCHOOL_DAYS if day < now[:10]]
        return Day(now, (now[:10], *reversed(earlier[-5:])), HALVES)

    async def _due(self, person: Person) -> dict[str, str]:
        day = self._day()
        papers = await self.world.papers()
        return {
            one.id: one.rev
            for one in papers
            if not one.gone and sees(person.person, person.givens, one, day)
        }

    async def _exactly(self, twin: Twin) -> None:
        due = await self._due(twin.person)
        assert twin.held == due, (
            twin.person.person,
            sorted(twin.held.items() - due.items()),
            sorted(due.items() - twin.held.items()),
        )
        assert twin.proven
        assert twin.lacking() == []

    async def _nothing_else(self, twin: Twin, named: set[str]) -> None:
        """Whatever was named now is to be seen now, or was so in the words of some earlier day."""
        due = await self._due(twin.person)
        for name in named - due.keys():
            kind = name.partition(":")[0]
            assert kind in {"sheet", "roll", "card", "history", "held"}, name
            may = {right for given in twin.person.givens for right in (given.groups | given.pupils)}
            whole = twin.person.role == "attendance_officer"
            assert whole or may or kind == "held", name

    def teardown(self) -> None:
        try:
            if self.twins:
                self.runner.run(self._end())
        finally:
            self.runner.run(self.server.stop())
            self.runner.close()
            self.folder.cleanup()

    async def _end(self) -> None:
        """Everybody comes back: every entry is stored, or held for what its author had then."""
        for person in PEOPLE:
            await self._contact(person, None)
            receipt = self.twins[person].receipt
            entries = self.twins[person].tablet.entries
            if not entries:
                continue
            assert receipt is not None
            assert receipt["through"] == len(entries)
            held: dict[str, Any] = {one["entry"]: one["reason_code"] for one in receipt["held"]}
            for entry in entries:
                name = entry["_id"]
                assert (name in held) is not self._had_the_right(*self.acts[name]), (name, held)
                assert all(one["reason"] for one in receipt["held"])

    def _had_the_right(self, person: str, group: str, now: str) -> bool:
        holding = [one for one in self.world.people[person].givens if one.holds(now)]
        teaching = [one for one in holding if one.role == PEOPLE[person][0]]
        mine = {name for one in holding if one.role in OWN_GROUPS for name in one.groups}
        # What somebody marked stands although the register went to another since.
        handed = (now[:10], "AM", group, person) in self.ever_handed
        return bool(teaching) and (group in mine or handed)


SCHOOL_DAYS = (
    *("2026-11-12", "2026-11-13", "2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19"),
    *("2026-11-20", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-30"),
    *("2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04", "2026-12-07", "2026-12-08"),
    *("2026-12-09", "2026-12-10", "2026-12-11", "2026-12-14", "2026-12-15", "2026-12-16"),
    *("2026-12-17", "2026-12-18"),
)

Machine.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=EXAMPLES <= 12,
)
test_grants_come_and_go = Machine.TestCase


def test_a_grant_that_was_ended_stays_ended_after_a_restore() -> None:
    """The head's desk offers the grant and its end again, at once."""
    machine = Machine()
    try:
        machine.begin()
        machine.give("per-2", frozenset({"form-1"}), frozenset(), 0, 40)
        machine.come_back("per-2")
        assert machine.twins["per-2"].held
        machine.end(0)
        machine.restore()
        machine.come_back("per-2")
        assert not machine.twins["per-2"].held
    finally:
        machine.teardown()


def test_a_server_that_was_rolled_back_in_silence_is_found_out_by_what_a_tablet_holds() -> None:
    """Its history goes on past a token of the lost one, so that no token tells."""
    machine = Machine()
    try:
        machine.begin()
        machine.write("per-1", "form-1", 1)
        machine.change_form(1)
        machine.runner.run(machine._restore(anew=False))
        machine.come_back("per-1")
        machine.runner.run(machine._restore(anew=False))
        machine.sleep()
        machine.sleep()  # a day and more: what it holds is asked for
        machine.come_back("per-1")
    finally:
        machine.teardown()


def test_a_tablet_that_was_away_through_a_loss_and_a_return_holds_what_it_may() -> None:
    """The same groups as before, and in between a pupil left and two days went by."""
    machine = Machine()
    try:
        machine.begin()
        machine.give("per-3", frozenset({"form-1"}), frozenset(), 0, 4)
        machine.come_back("per-3")
        machine.write("per-3", "form-1", 1)
        machine.sleep()
        machine.change_form(1)
        machine.sleep()
        machine.write("per-3", "form-1", 3)
        machine.wait(20)
        machine.give("per-3", frozenset({"form-1"}), frozenset(), 0, 4)
        machine.come_back("per-3")
        receipt = machine.twins["per-3"].receipt
        assert receipt is not None
        assert [one["reason_code"] for one in receipt["held"]] == ["grant_ended"]
    finally:
        machine.teardown()
