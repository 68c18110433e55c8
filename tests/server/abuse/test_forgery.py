"""Forged authors, roles and logs, and squatting on ids. Guards: sync/intake.py, sync/rights.py."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from schemas.canonical import entry_id
from sync.pushed import Speaker
from tests.factory import COVER, MONDAY, OFFICER, TUTOR, Tablet, claim
from tests.server.town import SCHOOL, Town, ask, push

LOG = "c" * 32


def head(tablet: Tablet) -> dict[str, Any]:
    return {"log": tablet.log, "n": tablet.n, "digest": tablet.prev, "receipt": None}


async def receipt(place: Town, username: str, tablet: Tablet) -> dict[str, Any] | None:
    """What a person is told of a log."""
    async with place.visit(username) as browser:
        found = (await ask(browser, logs=[head(tablet)]))["receipts"]
    return found[0] if found else None


async def kept(place: Town, id_: str) -> tuple[str, Any] | None:
    """A document as it lies in the store: its revision and body."""
    database = await place.store.open(SCHOOL)
    (found,) = await database.read([id_])
    return None if found is None else (found.rev, dict(found.body))


async def held(place: Town) -> list[dict[str, Any]]:
    database = await place.store.open(SCHOOL)
    return [dict(one.body) for one in await database.range("held:", "held:~")]


@pytest.mark.parametrize(
    "change", [{"author": OFFICER.person}, {"role": "head"}, {"author": "nobody-here"}]
)
async def test_an_author_or_a_role_that_is_not_ones_own_is_held(
    place: Town, change: dict[str, str]
) -> None:
    tablet = Tablet(TUTOR)
    own = tablet.register(claim(2))
    fields = {"group": "form-1", "date": MONDAY, "session": "AM", "claims": [claim(2, "N")]}
    forged = tablet.write("register.taken", **fields, **change)
    async with place.visit() as browser:
        rows = (await push(browser, own, forged)).json()
    assert [row["verdict"] for row in rows] == ["stored", "held"]
    (one,) = await held(place)
    assert (one["reason_code"], one["sender"]) == ("forged_author", TUTOR.person)


async def test_an_entry_under_anothers_log_takes_no_number_in_it(place: Town) -> None:
    tess = Tablet(TUTOR, log=LOG)
    first = tess.register(claim(2))
    async with place.visit() as browser, place.visit("cal") as thief:
        await push(browser, first)
        forged = Tablet(COVER, log=LOG, n=1, prev=tess.prev).register(claim(4, "I"))
        (row,) = (await push(thief, forged)).json()
        assert row["verdict"] == "held"
        second = tess.register(claim(4))
        (row,) = (await push(browser, second)).json()
        assert row["verdict"] == "stored"
    told = await receipt(place, "tess", tess)
    assert told is not None
    assert (told["through"], told["forked"], told["held"]) == (2, False, [])
    assert await receipt(place, "cal", tess) is None, "a log's receipts are its writer's"


async def test_nobody_begins_a_log_with_anothers_entry(place: Town) -> None:
    """Whoever gets hold of an entry before it is sent does not own the log that it begins."""
    tess = Tablet(TUTOR, log=LOG)
    stolen = copy.deepcopy(tess.register(claim(2)))
    async with place.visit("cal") as thief, place.visit() as browser:
        (row,) = (await push(thief, stolen)).json()
        assert row["verdict"] == "held"
        (row,) = (await push(browser, tess.entries[0])).json()
        assert row["verdict"] == "stored"
    told = await receipt(place, "tess", tess)
    assert told is not None
    assert (told["through"], told["held"]) == (1, [])


async def test_an_id_that_anothers_entry_will_have_cannot_be_taken(place: Town) -> None:
    """An entry's id follows from its content; another content under it is held elsewhere."""
    tess = Tablet(TUTOR, log=LOG)
    entry = tess.register(claim(2))
    squat = copy.deepcopy(Tablet(COVER, log="d" * 32).register(claim(2, "I")))
    async with place.visit("cal") as thief, place.visit() as browser:
        for place_of in ({"_id": entry["_id"]}, {"_id": entry["_id"], "_rev": entry["_rev"]}):
            (row,) = (await push(thief, squat | place_of)).json()
            assert row["verdict"] == "held"
        (row,) = (await push(browser, entry)).json()
        assert (row["verdict"], row["id"]) == ("stored", entry["_id"])
    found = await kept(place, entry["_id"])
    assert found is not None
    rev, body = found
    assert (rev, body["body"]["author"]) == (entry["_rev"], TUTOR.person)


@pytest.mark.parametrize(
    "id_",
    [
        "school",
        "pupil:pup-2",
        "group:form-1",
        f"sheet:{MONDAY}:AM:form-1",
        "card:pup-2",
        "held:" + "0" * 32,
        "arrival:0000000000000:x",
        "_design/all",
        "_local/checkpoint",
        "accounts",
        entry_id(LOG, 1, "0" * 64),
    ],
)
async def test_an_id_of_the_servers_own_cannot_be_taken(place: Town, id_: str) -> None:
    before = await kept(place, id_)
    entry = Tablet(OFFICER).register(claim(2))
    async with place.visit("olu") as office:
        for sent in ({"_id": id_, "type": "sheet"}, entry | {"_id": id_}, {"_id": id_}):
            (row,) = (await push(office, sent)).json()
            assert row["verdict"] == "held"
    assert await kept(place, id_) == before
    for one in await held(place):
        assert one["sender"] == OFFICER.person


async def test_what_is_held_cannot_be_replaced_by_pushing_its_id(place: Town) -> None:
    async with place.visit() as browser, place.visit("cal") as thief:
        await push(browser, {"not": "an entry"})
        database = await place.store.open(SCHOOL)
        (before,) = await database.range("held:", "held:~")
        again = {"_id": before.id, "_rev": before.rev, "type": "held", "reason": "nothing"}
        await push(thief, again)
        assert await kept(place, before.id) == (before.rev, dict(before.body))


@pytest.mark.parametrize("who", [TUTOR, COVER], ids=["author", "another"])
async def test_the_same_push_again_and_by_somebody_else_changes_nothing(
    place: Town, who: Speaker
) -> None:
    tess = Tablet(TUTOR, log=LOG)
    entry = tess.register(claim(2))
    username = {TUTOR: "tess", COVER: "cal"}[who]
    async with place.visit() as browser, place.visit(username) as other:
        await push(browser, entry)
        before = await kept(place, entry["_id"])
        told = await receipt(place, "tess", tess)
        (row,) = (await push(other, entry)).json()
        assert row["verdict"] == ("stored" if who is TUTOR else "held")
        assert await kept(place, entry["_id"]) == before
    assert await receipt(place, "tess", tess) == told


async def test_local_documents_are_nobody_elses_whatever_their_name(place: Town) -> None:
    path = f"/db/{SCHOOL}/_local"
    async with place.visit() as tess, place.visit("cal") as cal:
        await tess.put(f"{path}/mine", json={"a": 1})
        names = ("mine", f"person:{TUTOR.person}:mine", f"../person:{TUTOR.person}:mine")
        for name in (*names, f"%2e%2e%2fperson:{TUTOR.person}:mine", "contacts", "roster"):
            assert (await cal.get(f"{path}/{name}")).status_code == 404, name
            put = await cal.put(f"{path}/{name}", json={"b": 2})
            assert put.status_code in {201, 400, 404, 405}, name
        assert (await tess.get(f"{path}/mine")).json()["a"] == 1
        database = await place.store.open(SCHOOL)
        contacts = await database.read_local("contacts")
        assert contacts is None or "b" not in contacts
