"""Filling a store: through the real intake and publisher, once, and again after a cut."""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from schemas.policy import Role
from server.accounts import Accounts
from server.demo import DemoAuthority, fill
from server.demo.family.area import AREA_NAME
from server.demo.keeping import FILE_NAME, Kept, keep, kept
from server.demo.plans import PRIMARY, SECONDARY
from server.demo.sign_ins import SignIn
from server.passwords import Passwords
from server.publisher import Publisher
from server.settings import Settings
from sync import channels
from sync.grants import Access, GrantBook
from sync.roster import load_roster
from sync.store import Database, Store
from sync.stores.memory import MemoryStore
from tests.factory import MONDAY, SetClock

HAMLET = (
    replace(PRIMARY, pupils=40, forms=("Wren", "Kestrel")),
    replace(
        SECONDARY,
        pupils=50,
        years=range(7, 9),
        forms=("7A", "7B", "8C", "8D"),
        sets=2,
    ),
)
"""The same kinds of school, a few pupils each."""
SIGNING_IN = (
    "class teacher",
    "cover teacher",
    "attendance officer",
    "head teacher",
    "designated safeguarding lead",
    "governor",
    "chair of governors",
)
IN_THE_AREA = (
    "team lead",
    "family worker",
    "family worker",
    "family worker",
    "family worker",
    "authority coordinator",
    "designated safeguarding lead",
)
SHOWN_DAYS = 1 + channels.OFFICE_DAYS


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    one = MemoryStore()
    yield one
    await one.close()


class Told:
    """Hears of the progress; can cut the work at a share of it."""

    def __init__(self, cut_at: float = 2.0) -> None:
        self.shares: list[float] = []
        self._cut_at = cut_at

    def __call__(self, what: str, share: float) -> None:
        assert what
        self.shares.append(share)
        if share >= self._cut_at:
            raise InterruptedError


async def fill_hamlet(
    store: Store, folder: Path, told: Told | None = None, clock: SetClock | None = None
) -> DemoAuthority:
    told, clock = told or Told(), clock or SetClock()
    return await fill(store, clock, told, seed=7, folder=folder, plans=HAMLET)


async def fill_primary(store: Store, folder: Path, now: str) -> tuple[DemoAuthority, SetClock]:
    clock = SetClock()
    clock.set(now)
    authority = await fill(store, clock, Told(), seed=7, folder=folder, plans=HAMLET[:1])
    return authority, clock


async def contents(database: Database) -> dict[str, tuple[str, frozenset[str]]]:
    """Revisions and channels of everything in a database."""
    return {one.id: (one.rev, one.channels) for one in await database.range("", "~")}


async def published(database: Database, kind: str) -> list[dict[str, Any]]:
    return [dict(one.body) for one in await database.range(f"{kind}:", f"{kind};")]


async def test_a_filled_school_is_ready_to_take_registers(store: Store, tmp_path: Path) -> None:
    told = Told()
    authority = await fill_hamlet(store, tmp_path, told)
    assert told.shares[-1] == 1.0
    assert len(told.shares) > 100
    for school in {one.school for one in authority.sign_ins}:
        database = await store.open(school)
        assert await published(database, "held") == []
        if (await load_roster(database)).school.phase == "area":
            continue
        sheets = await published(database, "sheet")
        dates = sorted({one["date"] for one in sheets})
        assert (len(dates), dates[-1]) == (SHOWN_DAYS, MONDAY)
        states = Counter(
            (one["date"] == MONDAY, row["cell"]["state"]) for one in sheets for row in one["rows"]
        )
        assert states[True, "agreed"] == states[True, "contested"] == 0
        assert states[False, "contested"] == 1
        assert states[False, "unmarked"] == 0
        assert any(row["planned"] for one in sheets if one["date"] == MONDAY for row in one["rows"])
        for card in await published(database, "card"):
            assert card["as_of"] == MONDAY
            new = card["enrolled_from"] > dates[0]
            assert new or len(card["last"]) == 10
        received = {
            taking["received_at"][:10] == one["date"] for one in sheets for taking in one["takings"]
        }
        assert received == {True}
        unexplained, *_ = await database.read(["unexplained"])
        assert unexplained is not None
        due = [row["due"] for row in unexplained.body["rows"]]
        assert min(due) < MONDAY < max(due)


async def test_filling_again_changes_nothing_and_prints_the_same(
    store: Store, tmp_path: Path
) -> None:
    first = await fill_hamlet(store, tmp_path)
    before = {name: await contents(await store.open(name)) for name in await store.names()}
    told = Told()
    assert await fill_hamlet(store, tmp_path, told) == first
    assert told.shares == []
    after = {name: await contents(await store.open(name)) for name in await store.names()}
    assert after == before


async def test_a_fill_that_was_cut_begins_anew_with_the_same_passwords(
    store: Store, tmp_path: Path
) -> None:
    with pytest.raises(InterruptedError):
        await fill_hamlet(store, tmp_path, Told(cut_at=0.5))
    cut = kept(tmp_path)
    assert cut is not None
    assert cut.state == "filling"
    authority = await fill_hamlet(store, tmp_path)
    assert authority.sign_ins == cut.sign_ins
    other = MemoryStore()
    whole = await fill_hamlet(other, tmp_path)
    assert whole == authority
    for name in {one.school for one in whole.sign_ins}:
        mended = await contents(await store.open(name))
        assert mended == await contents(await other.open(name))
    await other.close()


async def test_each_school_has_somebody_of_each_kind_who_can_sign_in(
    store: Store, tmp_path: Path
) -> None:
    authority = await fill_hamlet(store, tmp_path)
    told = [(one.school_name, one.role_name) for one in authority.sign_ins]
    in_schools = [(plan.name, role) for plan in HAMLET for role in SIGNING_IN]
    assert told == [*in_schools, *((AREA_NAME, role) for role in IN_THE_AREA)]
    passwords = Passwords(Settings())
    accounts = await Accounts.open(store, passwords)
    for one in authority.sign_ins:
        account = await accounts.sign_in(one.username, one.password)
        assert account is not None
        assert (account.person, account.role) == (one.person, one.role)
        assert account.schools[0].school == one.school
        assert account.schools[0].groups == one.groups
    passwords.close()
    teacher, cover, *desk = authority.sign_ins[: len(SIGNING_IN)]
    lead = next(one for one in authority.sign_ins if one.role is Role.TEAM_LEAD)
    assert len(lead.groups) == 1
    assert set(teacher.groups) < set(cover.covers)
    assert not any((cover.groups, *(one.groups or one.covers for one in desk)))
    assert len({one.username for one in authority.sign_ins}) == len(authority.sign_ins)


async def test_the_file_with_the_passwords_is_its_owner_s_alone(
    store: Store, tmp_path: Path
) -> None:
    await fill_hamlet(store, tmp_path)
    assert modes(tmp_path) == {FILE_NAME: 0o600}


def modes(folder: Path) -> dict[str, int]:
    """Files of a folder, and what their owner and others may do with them."""
    return {one.name: stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()}


@pytest.mark.parametrize("later", ["2026-11-24", "2026-11-28", "2027-08-10"])
async def test_a_later_start_finds_today_a_school_day(
    store: Store, tmp_path: Path, later: str
) -> None:
    first, _ = await fill_primary(store, tmp_path, f"{MONDAY}T09:30:00.000Z")
    again, clock = await fill_primary(store, tmp_path, f"{later}T08:00:00.000Z")
    assert again == first
    database = await store.open(first.sign_ins[0].school)
    roster = await load_roster(database)
    assert roster.calendar.is_school_day(later)
    await Publisher(database, lambda: roster, clock).settle()
    assert later in {one["date"] for one in await published(database, "sheet")}


async def test_a_weekend_is_a_school_day_in_the_demonstration(store: Store, tmp_path: Path) -> None:
    authority, _ = await fill_primary(store, tmp_path, "2026-11-28T10:00:00.000Z")
    database = await store.open(authority.sign_ins[0].school)
    assert "2026-11-28" in {one["date"] for one in await published(database, "sheet")}


async def cover_of(store: Store, authority: DemoAuthority) -> tuple[SignIn, Access]:
    """The cover teacher of the first school, and what entries grant them there."""
    cover = next(one for one in authority.sign_ins if one.role is Role.COVER_TEACHER)
    book = GrantBook(await store.open(cover.school))
    await book.refresh()
    return cover, book.access(cover.person)


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        (f"{MONDAY}T09:30:00.000Z", f"{MONDAY}T15:20:00.000Z"),
        (f"{MONDAY}T20:00:00.000Z", f"{MONDAY}T22:00:00.000Z"),
    ],
)
async def test_the_head_grants_cover_until_the_end_of_school_or_for_a_while(
    store: Store, tmp_path: Path, now: str, ends: str
) -> None:
    authority, _ = await fill_primary(store, tmp_path, now)
    cover, access = await cover_of(store, authority)
    head = next(one for one in authority.sign_ins if one.role is Role.HEAD)
    (given,) = access.grants
    assert (given.groups, given.given_by) == (cover.covers, head.person)
    assert (given.starts, given.ends) == (now, ends)


async def test_cover_is_given_anew_at_a_start_once_it_has_ended(
    store: Store, tmp_path: Path
) -> None:
    await fill_primary(store, tmp_path, f"{MONDAY}T09:30:00.000Z")
    again, _ = await fill_primary(store, tmp_path, f"{MONDAY}T14:30:00.000Z")
    assert len((await cover_of(store, again))[1].grants) == 1
    later, clock = await fill_primary(store, tmp_path, "2026-11-24T08:00:00.000Z")
    cover, access = await cover_of(store, later)
    assert access.at(clock.now_ms()).groups == set(cover.covers)
    assert len(access.grants) == 2


async def test_a_demonstration_of_an_earlier_version_begins_anew_with_its_passwords(
    store: Store, tmp_path: Path
) -> None:
    first, _ = await fill_primary(store, tmp_path, f"{MONDAY}T09:30:00.000Z")
    old = Kept(v=1, state="full", seed=7, sign_ins=first.sign_ins[:3])
    keep(tmp_path, old)
    again, _ = await fill_primary(store, tmp_path, f"{MONDAY}T10:30:00.000Z")
    assert again.sign_ins[:3] == first.sign_ins[:3]
    assert len(again.sign_ins) == len(SIGNING_IN) + len(IN_THE_AREA)
