"""What may be said of a concern, and of somebody who is out alone."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.family.watches import LoneWorking
from sync.arrivals import ArrivalItem
from sync.family.concerns import Heard
from sync.family.relayed import relay
from sync.spoken import Pairing
from sync.store import WriteBatch
from sync.stores.memory import MemoryStore
from tests.sync.family.area import (
    CASE,
    DSL,
    FAR,
    LEAD,
    MATE,
    SOUTH_LEAD,
    WORKER,
    Area,
    area_roster,
    at,
)

CONCERN, WATCH = "concern-1", "watch-1"


async def raised(area: Area, who: Any = WORKER, **more: Any) -> ArrivalItem:
    fields = {"concern": CONCERN, "text": "A bruise", "observed_at": at("09:00"), **more}
    return await area.say(who, "concern.raised", **fields)


async def follow(area: Area, who: Any, what: str, **more: Any) -> str | None:
    fields: dict[str, Any] = {"concern": CONCERN, **more}
    if what == "noted":
        fields = {"text": "Rang the social worker", **fields}
    if what == "exported":
        fields = {"system": "The school's system", "reference": "R-1", **fields}
    return (await area.say(who, f"concern.{what}", **fields)).reason_code


async def test_whoever_is_worried_is_heard_but_not_without_a_word(area: Area):
    assert (await raised(area)).verdict == "stored"
    item = await raised(area, MATE, concern="concern-2", text=" \n")
    assert item.reason_code == "no_text"
    assert await follow(area, DSL, "acknowledged", concern="concern-2") is None, "it is known"


@pytest.mark.parametrize("text", ["", "\0", "\u200b\u202e \ufeff"])
async def test_signs_that_nobody_sees_are_not_a_word(area: Area, text: str):
    assert (await raised(area, text=text)).reason_code == "no_text"
    assert (await raised(area, MATE, text=f"{text}😢")).verdict == "stored"


async def test_nobody_acknowledges_their_own_concern(area: Area):
    await raised(area, DSL)
    assert await follow(area, DSL, "acknowledged") == "own_concern"
    assert await follow(area, DSL, "noted") is None


async def test_what_is_done_about_a_concern_is_not_for_whom_it_concerns(area: Area):
    await raised(area, about=[DSL.person])
    for what in ("acknowledged", "noted", "exported"):
        assert await follow(area, DSL, what) == "concerns_you"


async def test_a_concern_is_exported_once(area: Area):
    await raised(area)
    assert await follow(area, DSL, "exported") is None
    item = await area.say(DSL, "concern.exported", concern=CONCERN, system="Other", reference="R-2")
    assert item.reason_code == "exported_already"
    assert "R-2 in Other" in str(item.reason)


async def test_what_came_by_the_relay_is_known(area: Area):
    """The area raises it, and the school's safeguarding lead answers."""
    entry = area.write(
        WORKER,
        "concern.raised",
        concern=CONCERN,
        text="A bruise",
        observed_at=at("09:00"),
        about=[DSL.person],
    )
    await area.send(entry)
    (document,) = await area.database.read([entry["_id"]])
    assert document is not None
    arrivals = await area.database.range("arrival:", "arrival;")
    (spoken,) = Pairing().add([document, *arrivals])
    other = Area(await MemoryStore().create("sch-other"))
    assert await follow(other, DSL, "noted") == "no_such_concern"
    await other.database.write(WriteBatch([relay(document, spoken, "area-test", "Fay")]))
    assert await follow(other, DSL, "noted") == "concerns_you"
    assert Heard.of(spoken, "area-test", "Fay").held is None


async def start(area: Area, **more: Any) -> ArrivalItem:
    fields = {"watch": WATCH, "where": "1 Shore Road", "expected_back": at("11:00"), **more}
    return await area.say(WORKER, "watch.started", **fields)


async def watched(area: Area, who: Any, what: str, **more: Any) -> str | None:
    fields: dict[str, Any] = {"watch": WATCH, **more}
    if what == "extended":
        fields["expected_back"] = at("12:00")
    if what == "help":
        fields["where"] = "The back yard"
    if what == "confirmed":
        fields["how"] = "Rang her"
    return (await area.say(who, f"watch.{what}", **fields)).reason_code


async def test_a_watch_is_its_workers(area: Area):
    await start(area)
    assert await watched(area, WORKER, "extended") is None
    assert await watched(area, MATE, "extended") == "not_your_watch"
    assert await watched(area, MATE, "ended") == "not_your_watch"
    assert await watched(area, WORKER, "ended") is None


async def test_a_call_for_help_is_never_held_for_what_it_speaks_of(area: Area):
    assert await watched(area, WORKER, "help") is None
    await start(area)
    assert await watched(area, MATE, "help") is None


async def test_somebody_else_confirms_who_looks_after_them(area: Area):
    await area.open()
    await start(area, buddy=FAR.person, case=CASE)
    assert await watched(area, WORKER, "confirmed") == "own_watch"
    assert await watched(area, SOUTH_LEAD, "confirmed") == "not_your_watch"
    assert await watched(area, FAR, "confirmed") is None, "the buddy"
    assert await watched(area, LEAD, "confirmed") is None, "whose case it is"


async def test_those_of_their_team_and_those_told_at_last_may_confirm(area: Area):
    async def posts(person: str) -> Any:
        return area.people[person].posts

    area.intake._around = type(area.intake._around)(posts=posts)
    await start(area)
    assert await watched(area, LEAD, "confirmed") is None
    assert await watched(area, SOUTH_LEAD, "confirmed") == "not_your_watch"
    area.roster = area_roster(lone_working=LoneWorking(escalate=(SOUTH_LEAD.person,)))
    assert await watched(area, SOUTH_LEAD, "confirmed") is None


@pytest.mark.parametrize(
    ("back", "flags"),
    [
        ("2026-11-23T11:00:00.000Z", ()),
        ("2026-11-24T09:00:00.000Z", ()),
        ("2026-11-24T09:00:00.001Z", ("back_unlikely",)),
        ("2026-11-23T09:00:00.000Z", ("back_unlikely",)),
        ("1999-11-23T09:00:00.000Z", ("back_unlikely",)),
    ],
)
async def test_an_unlikely_time_is_flagged_and_never_refused(area: Area, back: str, flags: Any):
    item = await start(area, expected_back=back)
    assert (item.verdict, item.flags) == ("stored", flags)


async def test_nobody_leaves_by_the_watch_of_another(area: Area):
    left = {"watch": WATCH, "where": "1 Shore Road", "expected_back": at("12:00")}
    assert (await area.say(WORKER, "watch.started", **left)).verdict == "stored"
    item = await area.say(MATE, "watch.started", **left)
    assert (item.verdict, item.reason_code) == ("held", "watch_taken")
    assert "nobody watches over you" in str(item.reason)
    assert (await area.say(WORKER, "watch.started", **left)).verdict == "stored", "it is theirs"
