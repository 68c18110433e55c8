"""Who may ask about grants, what is explained, and figures that name nobody."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import Any

import httpx2
import pytest

from schemas.policy import POLICY, Power, Role
from server.accounts import Account, Accounts, Post
from server.passwords import Passwords
from sync.attendance.daybook import Daybook
from tests.factory import COVER, HEAD, MONDAY, OFFICER, TUTOR, Tablet, claim
from tests.server.town import PASSWORD, SCHOOL, Town, ask, pull, push

CLOSED = {"_access": Power.ACCESS, "_explain": Power.EXPLAIN, "_figures": Power.FIGURES}


async def join(place: Town, role: Role, **post: Any) -> str:
    """Somebody new in a role; their username."""
    hashed = await place.site.accounts.hash(PASSWORD)
    person = f"staff-{role.value}"
    one = Account(
        person=person,
        username=role.value,
        name=f"Somebody {role.value}",
        role=role,
        schools=(Post(school=SCHOOL, **post),),
        hash=hashed,
    )
    await place.site.accounts.put([one])
    return role.value


async def get(browser: httpx2.AsyncClient, name: str, **query: str) -> httpx2.Response:
    return await browser.get(f"/db/{SCHOOL}/{name}", params=query)


@pytest.mark.parametrize("role", list(Role))
async def test_only_whom_the_policy_lets_asks(place: Town, role: Role) -> None:
    username = await join(place, role)
    async with place.visit(username) as browser:
        for name, power in CLOSED.items():
            answer = await get(browser, name, person=TUTOR.person, document="school")
            allowed = power in POLICY[role].may
            assert answer.status_code == (200 if allowed else 403), (name, answer.text)
            if not allowed:
                assert "not for your role" in answer.json()["reason"]


async def test_everybodys_grants_are_listed_with_who_gave_them(place: Town) -> None:
    head = Tablet(HEAD)
    given = head.write(
        "grant.given",
        person=COVER.person,
        grants="cover_teacher",
        groups=["form-2"],
        starts=f"{MONDAY}T09:00:00.000Z",
        ends=f"{MONDAY}T15:30:00.000Z",
        purpose="Tess is on a course",
    )
    async with place.visit("hana") as browser:
        await push(browser, given)
        people = {one["person"]: one for one in (await get(browser, "_access")).json()["people"]}
    assert people.keys() == {TUTOR.person, COVER.person, OFFICER.person, HEAD.person}
    post, cover = people[COVER.person]["grants"]
    assert (post["grant"]["id"], post["given_by_name"]) == ("post", None)
    assert (cover["grant"]["id"], cover["given_by_name"]) == (given["_id"], HEAD.name)
    assert (cover["state"], cover["grant"]["purpose"]) == ("in_force", "Tess is on a course")
    place.clock.set(f"{MONDAY}T15:30:00.000Z")
    async with place.visit("hana") as browser:
        people = {one["person"]: one for one in (await get(browser, "_access")).json()["people"]}
    assert people[COVER.person]["grants"][1]["state"] == "over"
    assert people[COVER.person]["grants"][1]["group_names"] == ["FORM-2"]


async def test_a_person_is_told_for_a_day_what_is_over(place: Town) -> None:
    head = Tablet(HEAD)
    given = head.write(
        "grant.given",
        person=COVER.person,
        grants="cover_teacher",
        groups=["form-2"],
        starts=f"{MONDAY}T09:00:00.000Z",
        ends=f"{MONDAY}T15:30:00.000Z",
        purpose="Tess is on a course",
    )

    async def mine() -> dict[str, Any]:
        async with place.visit("cal") as browser:
            school: dict[str, Any] = (await browser.get("/session")).json()["schools"][0]
            return school

    before = await mine()
    async with place.visit("hana") as browser:
        await push(browser, given)
    running = await mine()
    assert [one["id"] for one in running["grants"]] == ["post", given["_id"]]
    assert (running["over"], running["digest"] != before["digest"]) == ([], True)
    place.clock.set(f"{MONDAY}T15:30:00.000Z")
    (line,) = (after := await mine())["over"]
    assert (line["grant"]["id"], line["group_names"]) == (given["_id"], ["FORM-2"])
    assert line["given_by_name"] == HEAD.name
    assert after["digest"] == before["digest"]
    place.clock.set("2026-11-24T15:29:59.000Z")
    assert len((await mine())["over"]) == 1
    place.clock.set("2026-11-24T15:30:00.000Z")
    assert (await mine())["over"] == []


async def test_what_is_explained_is_what_happens(place: Town) -> None:
    async with place.visit() as browser:
        await push(browser, Tablet(TUTOR).register(claim(2)))
    await place.settle()
    documents = await (await place.store.open(SCHOOL)).range("", "~")
    seen = {}
    for username, who in (("tess", TUTOR), ("cal", COVER), ("olu", OFFICER)):
        async with place.visit(username) as browser:
            seen[who.person] = {row["id"] for row in (await pull(browser))["results"]}
    async with place.visit("olu") as browser:
        for person, ids in seen.items():
            for document in [one.id for one in documents]:
                said = (await get(browser, "_explain", person=person, document=document)).json()
                assert said["sees"] is (document in ids), (person, document, said)
                assert said["because"]
        nobody = await get(browser, "_explain", person="somebody-else", document="school")
        assert nobody.json()["name"] == "Somebody without an account here"
        assert nobody.json()["because"].endswith("was never granted anything in this school.")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"person": "p"},
        {"document": "d"},
        {"person": "p", "document": "x" * 301},
        {"person": "no such/person", "document": "school"},
    ],
)
async def test_an_explanation_needs_a_person_and_a_document(
    place: Town, query: dict[str, str]
) -> None:
    async with place.visit("olu") as browser:
        answer = await get(browser, "_explain", **query)
        assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


async def test_a_governor_sees_figures_and_no_document(place: Town) -> None:
    username = await join(place, Role.GOVERNOR, groups=("form-1",))
    async with place.visit() as browser:
        await push(browser, Tablet(TUTOR).register(claim(2), claim(4, "N")))
    await place.settle()
    async with place.visit(username) as browser:
        assert (await pull(browser))["results"] == []
        figures = (await get(browser, "_figures")).json()
        assert figures["marks"]["attended"] == 1
        assert figures["sessions"][0]["registers_in"] == 1
        text = (await get(browser, "_figures", **{"from": "2026-11-16"})).text
        assert "pup-" not in text
        assert "Known" not in text
        me = (await browser.get("/session")).json()
        assert me["schools"][0]["role"] == "governor"
        assert (await ask(browser))["receipts"] == []


@pytest.mark.parametrize(
    "query",
    [
        {"from": "yesterday"},
        {"from": "2026-13-01"},
        {"to": "2026-11-2"},
        {"from": "2026-11-24", "to": "2026-11-23"},
        {"from": "2026-01-01", "to": "2026-11-23"},
        {"from": "٢٠٢٦-11-23"},
        {"from": "0001-01-01"},
        {"from": "2026-W47"},
    ],
)
async def test_figures_of_days_that_make_no_sense(place: Town, query: dict[str, str]) -> None:
    async with place.visit("olu") as browser:
        answer = await get(browser, "_figures", **query)
        assert (answer.status_code, answer.json()["error"]) == (400, "bad_request"), answer.text


async def test_a_cover_teachers_grant_ends_by_itself_while_the_tablet_waits(place: Town) -> None:
    """It asks just before the end, is held until then, and is told to begin anew."""
    username = await join(
        place, Role.COVER_TEACHER, groups=("form-1",), ends=f"{MONDAY}T09:30:00.200Z"
    )
    await place.settle()
    async with place.visit(username) as browser:
        first = await pull(browser)
        assert any(row["id"].startswith("sheet:") for row in first["results"])
        before = await ask(browser, token=first["last_seq"])
        assert not before["reset"]
        place.clock.set(f"{MONDAY}T09:30:00.150Z")
        answer = browser.post(
            f"/db/{SCHOOL}/_sync",
            json={
                "device": "tablet-1",
                "device_time": f"{MONDAY}T09:30:00.150Z",
                "token": before["token"],
                "wait_s": 30,
            },
            timeout=10,
        )
        place.clock.set(f"{MONDAY}T09:30:00.150Z")

        async def pass_time() -> None:
            await asyncio.sleep(0.03)
            place.clock.set(f"{MONDAY}T09:30:00.250Z")

        told, _ = await asyncio.gather(answer, pass_time())
        after = told.json()
        assert after["reset"] is True
        assert after["grants"] != before["grants"]
        left = await pull(browser, after["token"])
        assert left["results"] == []
        me = (await browser.get("/session")).json()
        assert (me["schools"][0]["role"], me["schools"][0]["grants"]) == (None, [])


async def test_a_new_grant_wakes_the_tablet_of_its_person(place: Town) -> None:
    async with place.visit("cal") as cover, place.visit("hana") as head:
        await place.settle()
        token = (await pull(cover))["last_seq"]
        token = (await ask(cover, token=token))["token"]
        waiting = asyncio.create_task(ask(cover, token=token, wait_s=30))
        await asyncio.sleep(0.05)
        given = Tablet(HEAD).write(
            "grant.given",
            person=COVER.person,
            grants="cover_teacher",
            groups=["form-2"],
            starts=f"{MONDAY}T09:00:00.000Z",
            ends=f"{MONDAY}T15:30:00.000Z",
            purpose="Tess is on a course",
        )
        assert (await push(head, given)).json()[0]["verdict"] == "stored"
        woken = await asyncio.wait_for(waiting, 5)
        assert woken["reset"] or woken["news"]
        answer = await ask(cover, token=token)
        assert answer["reset"]
        seen = {row["id"] for row in (await pull(cover))["results"]}
        assert f"sheet:{MONDAY}:AM:form-2" in seen


async def test_nobody_ends_a_post_whose_role_they_may_not_give(place: Town) -> None:
    """By the school's list she is a teacher; by her account, the head by now."""
    accounts = place.site.accounts
    tutor = await accounts.kept(TUTOR.person)
    assert tutor is not None
    await accounts.put([tutor.model_copy(update={"role": Role.HEAD})])
    officer, head = Tablet(OFFICER, log="5" * 32), Tablet(HEAD, log="6" * 32)
    for username, tablet in (("olu", officer), ("hana", head)):
        end = tablet.write("grant.ended", grant="post", person=TUTOR.person, reason="Over")
        async with place.visit(username) as browser:
            row, *_ = (await push(browser, end)).json()
            assert row["verdict"] == "held", username
            assert "head teacher" in row["reason"]


async def test_all_accounts_are_looked_through_once_and_then_those_that_change(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = place.site.accounts
    before = {one.person for one in await accounts.staff(SCHOOL)}
    assert TUTOR.person in before
    database = accounts.database
    elsewhere = await Accounts.open(place.store, Passwords(place.site.settings))

    def fail(*_: Any, **__: Any) -> None:
        raise AssertionError("looked through all of them again")

    tutor = await accounts.kept(TUTOR.person)
    assert tutor is not None
    monkeypatch.setattr(type(database), "range", fail)
    new = tutor.model_copy(update={"person": "staff-new", "username": "new"})
    await elsewhere.put([new, tutor.model_copy(update={"schools": ()})])
    after = {one.person for one in await accounts.staff(SCHOOL)}
    assert after == before - {TUTOR.person} | {"staff-new"}


async def test_figures_of_many_days_hold_one_day_at_a_time(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A half-term of a large school, all in memory, would be hundreds of megabytes."""
    days: list[weakref.ref[Daybook]] = []
    load, most = Daybook.load, 0

    async def loaded(*given: Any) -> Daybook:
        nonlocal most
        gc.collect()
        most = max(most, sum(day() is not None for day in days))
        days.append(weakref.ref(day := await load(*given)))
        return day

    async with place.visit("hana") as browser:
        await get(browser, "_access")
        await place.settle()
        monkeypatch.setattr(Daybook, "load", loaded)
        answer = await get(browser, "_figures", **{"from": "2026-11-09"})
    assert len(answer.json()["sessions"]) > 10
    assert len(days) > 5
    assert most == 1
