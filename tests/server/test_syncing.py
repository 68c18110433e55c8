"""Pushing, receipts, pulling and waiting, over HTTP."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator

import orjson
import pytest

from server import following, publisher
from server.drafts import Draft, draft
from server.publication import Books, Window
from sync.store import Write, WriteBatch
from tests.factory import COVER, MONDAY, OFFICER, TUTOR, Tablet, claim
from tests.server.town import SCHOOL, Town, ask, pull, push, question, town

SHEET = f"sheet:{MONDAY}:AM:form-1"


def head(tablet: Tablet, **more: str) -> dict[str, object]:
    return {"log": tablet.log, "n": tablet.n, "digest": tablet.prev, **more}


async def test_a_register_is_stored_published_and_pulled(place: Town) -> None:
    tablet = Tablet(TUTOR)
    entry = tablet.register(claim(2), claim(4, "N"))
    async with place.visit() as browser:
        answer = await push(browser, entry)
        assert answer.status_code == 201
        assert answer.json() == [
            {"ok": True, "id": entry["_id"], "rev": entry["_rev"], "verdict": "stored"}
        ]
        await place.settle()
        found = await pull(browser)
    docs = {row["id"]: row["doc"] for row in found["results"]}
    codes = {row["pupil"]: row["cell"].get("code") for row in docs[SHEET]["rows"]}
    assert codes == {"pup-2": "/", "pup-4": "N", "pup-6": None}
    assert found["pending"] == 0
    assert "reset" not in found
    assert docs[SHEET]["_id"] == SHEET
    assert docs[SHEET]["_rev"] == next(
        row["changes"][0]["rev"] for row in found["results"] if row["id"] == SHEET
    )


async def test_a_document_that_cannot_be_published_keeps_no_mark_waiting(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(target: str, books: Books, window: Window, as_at: str) -> Draft | None:
        if target == SHEET:
            raise ZeroDivisionError
        return await draft(target, books, window, as_at)

    tablet, other = Tablet(TUTOR), f"sheet:{MONDAY}:AM:form-2"
    async with place.visit() as browser, place.site.schools.use(SCHOOL) as school:
        await place.settle()
        monkeypatch.setattr(publisher, "draft", broken)
        monkeypatch.setattr(following, "FIRST_RETRY_S", 60)
        await push(browser, tablet.register(claim(2)))
        await asyncio.sleep(0.2)
        assert not school.publisher.healthy
        await push(browser, tablet.register(claim(1), group="form-2"))
        await asyncio.sleep(0.2)
        found = await school.database.read([other])
    assert [len(one.body["takings"]) for one in found if one is not None] == [1]


async def test_pushed_again_it_is_answered_the_same_and_stored_once(place: Town) -> None:
    entry = Tablet(TUTOR).register(claim(2))
    async with place.visit() as browser:
        first, again = await push(browser, entry), await push(browser, entry)
    assert first.json() == again.json()
    database = await place.store.open(SCHOOL)
    assert len(await database.range("entry:", "entry;")) == 1


async def test_what_cannot_stand_is_answered_as_taken_and_said_to_be_held(place: Town) -> None:
    forged = Tablet(COVER).register(claim(2))
    async with place.visit() as browser:
        answer = await push(browser, forged, {"nonsense": True}, None, 7)
        rows = answer.json()
        tablet = Tablet(TUTOR)
        receipts = (await ask(browser, logs=[head(tablet)]))["receipts"]
    assert answer.status_code == 201
    assert [row["verdict"] for row in rows] == ["held"] * 4
    assert all(row["reason"] for row in rows)
    assert [receipt["log"] for receipt in receipts] == [tablet.log]


async def test_a_gzipped_push_is_taken(place: Town) -> None:
    entry = Tablet(TUTOR).register(claim(2))
    body = gzip.compress(orjson.dumps({"docs": [entry], "new_edits": False}))
    async with place.visit() as browser:
        answer = await browser.post(
            f"/db/{SCHOOL}/_bulk_docs",
            content=body,
            headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
        )
    assert answer.status_code == 201


async def test_the_device_and_its_clock_are_noted(place: Town) -> None:
    tablet = Tablet(TUTOR)
    entry = tablet.write(
        "register.taken",
        group="form-1",
        date=MONDAY,
        session="AM",
        claims=[claim(2)],
        clock={"offset_ms": None, "contact": None},
    )
    headers = {"Tidemark-Device": "tablet-1", "Tidemark-Device-Time": "2026-11-23T09:20:00.000Z"}
    async with place.visit() as browser:
        assert (await push(browser, entry, **headers)).status_code == 201
    database = await place.store.open(SCHOOL)
    arrival, *_ = await database.range("arrival:", "arrival;")
    assert arrival.body["device"] == "tablet-1"
    assert arrival.body["items"][0]["offset_ms"] == 10 * 60 * 1000


async def test_one_entry_too_large_is_named_and_nothing_is_taken(place: Town) -> None:
    tablet = Tablet(TUTOR)
    good = tablet.register(claim(2))
    big = tablet.register(*(claim(4, remark="x" * 4000) for _ in range(80)))
    async with place.visit() as browser:
        answer = await push(browser, good, big)
    assert answer.status_code == 413
    assert answer.json()["error"] == "too_large"
    assert big["_id"] in answer.json()["reason"]
    assert not await (await place.store.open(SCHOOL)).range("entry:", "entry;")


async def test_a_receipt_comes_once_and_again_when_it_changed(place: Town) -> None:
    tablet = Tablet(TUTOR)
    async with place.visit() as browser:
        await push(browser, tablet.register(claim(2)))
        receipt, *_ = (await ask(browser, logs=[head(tablet)]))["receipts"]
        assert (receipt["log"], receipt["through"]) == (tablet.log, 1)
        known = head(tablet, receipt=receipt["tag"])
        assert (await ask(browser, logs=[known]))["receipts"] == []
        await push(browser, tablet.register(claim(2, "N")))
        changed, *_ = (await ask(browser, logs=[known]))["receipts"]
    assert changed["through"] == 2


async def test_nobody_gets_receipts_for_anothers_log(place: Town) -> None:
    tablet = Tablet(TUTOR)
    async with place.visit() as browser:
        await push(browser, tablet.register(claim(2)))
    async with place.visit("cal") as browser:
        assert (await ask(browser, logs=[head(tablet)]))["receipts"] == []


async def test_sync_says_there_is_news_until_it_was_pulled(place: Town) -> None:
    async with place.visit() as browser:
        await place.settle()
        first = await ask(browser)
        assert first["news"]
        assert not first["reset"]
        pulled = await pull(browser, first["token"])
        quiet = await ask(browser, token=pulled["last_seq"])
        assert not quiet["news"]
        assert quiet["server_time"] == place.clock.now
        assert place.site.nonces.contact_ms(quiet["nonce"]) == place.clock.ms


async def test_a_sync_that_finds_nothing_takes_less_than_a_kibibyte_in_all(place: Town) -> None:
    tablet = Tablet(TUTOR)
    async with place.visit() as browser:
        await push(browser, tablet.register(claim(2)))
        await place.settle()
        receipt, *_ = (await ask(browser, logs=[head(tablet)]))["receipts"]
        token = (await pull(browser))["last_seq"]
        logs = [head(tablet, receipt=receipt["tag"])]
        answer = await browser.post(f"/db/{SCHOOL}/_sync", json=question(token=token, logs=logs))
        assert not answer.json()["news"]
        wire = len(answer.content) + sum(len(k) + len(v) + 4 for k, v in answer.headers.raw)
    assert wire + len("HTTP/1.1 200 OK\r\n\r\ndate: Mon, 23 Nov 2026 09:30:00 GMT\r\n") <= 1024


async def test_a_token_of_another_history_starts_again_into_a_new_replica(place: Town) -> None:
    async with place.visit() as browser:
        await place.settle()
        token = (await pull(browser))["last_seq"]
        assert (await ask(browser, token=token))["reset"] is False
        other = token.replace(token.split(".")[0], "another-epoch")
        said = await ask(browser, token=other)
        assert (said["news"], said["reset"]) == (True, True)
        again = await pull(browser, other)
    assert again["reset"] is True
    assert again["results"]


async def test_new_grants_are_a_reset(place: Town) -> None:
    async with place.visit() as browser:
        await place.settle()
        token = (await pull(browser))["last_seq"]
        account = await place.site.accounts.of(TUTOR.person)
        assert account is not None
        post = account.schools[0].model_copy(update={"groups": ("form-2",)})
        await place.site.accounts.put([account.model_copy(update={"schools": (post,)})])
        assert (await ask(browser, token=token))["reset"]
        ids = {row["id"] for row in (await pull(browser, token))["results"]}
    assert f"sheet:{MONDAY}:AM:form-2" in ids
    assert SHEET not in ids


async def test_a_tablet_that_does_not_know_its_grants_is_told_at_once(place: Town) -> None:
    async with place.visit() as browser:
        await place.settle()
        token = (await pull(browser))["last_seq"]
        grants = (await browser.get("/session")).json()["schools"][0]["digest"]
        stale = asyncio.create_task(ask(browser, token=token, wait_s=30, grants="others"))
        assert (await asyncio.wait_for(stale, 5))["grants"] == grants
        waiting = asyncio.create_task(ask(browser, token=token, wait_s=30, grants=grants))
        await asyncio.sleep(0.05)
        assert len(place.site.waits) == 1
        waiting.cancel()


async def test_waiting_ends_when_a_colleague_has_said_something(place: Town) -> None:
    async with place.visit() as browser, place.visit("olu") as office:
        await place.settle()
        token = (await pull(browser))["last_seq"]
        waiting = asyncio.create_task(ask(browser, token=token, wait_s=30))
        await asyncio.sleep(0.05)
        assert len(place.site.waits) == 1
        arrival = Tablet(OFFICER).say("arrival.recorded", claim(2, "L", arrived="09:05"))
        await push(office, arrival)
        answer = await asyncio.wait_for(waiting, 5)
        assert answer["news"]
        changed = {row["id"] for row in (await pull(browser, answer["token"]))["results"]}
    assert SHEET in changed
    assert len(place.site.waits) == 0


async def test_a_stop_answers_those_who_wait(place: Town) -> None:
    async with place.visit() as browser:
        await place.settle()
        token = (await pull(browser))["last_seq"]
        waiting = asyncio.create_task(ask(browser, token=token, wait_s=30))
        poll = asyncio.create_task(
            pull(browser, token, feed="longpoll", timeout="30000"),
        )
        await asyncio.sleep(0.05)
        place.site.waits.close()
        assert not (await asyncio.wait_for(waiting, 2))["news"]
        assert (await asyncio.wait_for(poll, 2))["results"] == []
        assert not (await asyncio.wait_for(ask(browser, token=token, wait_s=30), 2))["news"]


async def test_signed_out_while_waiting_nobody_is_told_the_news(place: Town) -> None:
    async with place.visit() as browser, place.visit("olu") as office:
        await place.settle()
        token = (await pull(browser))["last_seq"]
        waiting = asyncio.create_task(
            browser.post(f"/db/{SCHOOL}/_sync", json=question(token=token, wait_s=30))
        )
        await asyncio.sleep(0.05)
        await place.site.sessions.end_all(TUTOR.person)
        await push(office, Tablet(OFFICER).say("arrival.recorded", claim(2, "L", arrived="09:05")))
        assert (await asyncio.wait_for(waiting, 5)).status_code == 401


async def test_signed_out_while_waiting_a_tablet_hears_of_it_at_once(place: Town) -> None:
    async with place.visit() as browser, place.visit() as same_person:
        await place.settle()
        token = (await pull(browser))["last_seq"]
        waits = [
            asyncio.create_task(one.post(f"/db/{SCHOOL}/_sync", json=question(**asked)))
            for one in (browser, same_person)
            for asked in [{"token": token, "wait_s": 30}]
        ]
        await asyncio.sleep(0.05)
        await browser.delete("/session")
        assert (await asyncio.wait_for(waits[0], 5)).status_code == 401
        assert not waits[1].done()
        place.site.waits.close()
        assert (await asyncio.wait_for(waits[1], 5)).status_code == 200


async def test_a_longpoll_of_changes_ends_with_news_or_with_time(place: Town) -> None:
    async with place.visit() as browser:
        await place.settle()
        token = (await pull(browser))["last_seq"]
        assert (await pull(browser, token, feed="longpoll", timeout="10"))["results"] == []
        waiting = asyncio.create_task(pull(browser, token, feed="longpoll", timeout="30000"))
        await asyncio.sleep(0.05)
        await push(browser, Tablet(TUTOR).register(claim(2)))
        assert (await asyncio.wait_for(waiting, 5))["results"]


async def test_contacts_are_for_the_desk_and_outlive_the_server(place: Town) -> None:
    async with place.visit() as browser:
        await ask(browser, waiting=3)
        assert (await browser.get(f"/db/{SCHOOL}/_contacts")).status_code == 403
    async with place.visit("olu") as office:
        found = (await office.get(f"/db/{SCHOOL}/_contacts")).json()
    expected = {
        "person": TUTOR.person,
        "name": TUTOR.name,
        "device": "tablet-1",
        "last_contact": place.clock.now,
        "waiting": 3,
        "settled_at": None,
    }
    assert found == {"contacts": [expected]}
    await place.site.schools.close()
    async with place.site.schools.use(SCHOOL) as school:
        assert school.contacts.rows() == [expected]


async def test_a_changed_roster_counts_for_the_next_push(place: Town) -> None:
    tablet = Tablet(TUTOR)
    async with place.visit() as browser:
        before = (await push(browser, tablet.register(claim("pup-new")))).json()
        assert before[0]["verdict"] == "held"
        database = await place.store.open(SCHOOL)
        one, *_ = await database.read(["pupil:pup-1"])
        assert one is not None
        body = {**one.body, "pupil": "pup-new"}
        await database.write(
            WriteBatch([Write("pupil:pup-new", body, frozenset({"roster"}), force=True)])
        )
        after = (await push(browser, tablet.register(claim("pup-new")))).json()
    assert after[0]["verdict"] == "stored"


async def test_a_broken_import_leaves_the_last_roster_in_force(place: Town) -> None:
    tablet = Tablet(TUTOR)
    database = await place.store.open(SCHOOL)
    async with place.visit() as browser:
        for name, body in (("pupil:odd", {"type": "pupil"}), ("school", {})):
            write = Write(name, body, frozenset({"roster"}), force=True)
            await database.write(WriteBatch([write]))
            taken = await push(browser, tablet.register(claim(2)))
            assert taken.json()[0]["verdict"] == "stored"


async def test_idle_schools_are_let_go_and_come_back() -> None:
    async with town(open_schools=1) as place:
        async with place.visit() as browser:
            await push(browser, Tablet(TUTOR).register(claim(2)))
            await ask(browser, waiting=1)
        async with place.visit("far"):
            assert len(place.site.schools) == 1
        async with place.site.schools.use(SCHOOL) as school:
            assert school.contacts.rows()
            sheet, *_ = await school.database.read([SHEET])
    assert sheet is not None
    assert sheet.body["takings"]


@pytest.mark.parametrize("waiting", [True, False])
async def test_many_pages_are_streamed_whole(place: Town, *, waiting: bool) -> None:
    database = await place.store.open(SCHOOL)
    many = [
        Write(f"card:made-{n:04d}", {"n": n}, frozenset({"group:form-1"}), force=True)
        for n in range(1000)
    ]
    async with place.visit() as browser:
        await place.settle()
        token = (await pull(browser))["last_seq"]
        await database.write(WriteBatch(many))
        query = {"feed": "longpoll"} if waiting else {}
        found = await pull(browser, token, **query)
        assert len(found["results"]) == 1000
        assert found["pending"] == 0
        part = await pull(browser, token, limit="450")
        assert len(part["results"]) == 450
        assert part["pending"] > 0
        rest = await pull(browser, part["last_seq"])
    ids = [row["id"] for row in part["results"] + rest["results"]]
    assert ids == [row["id"] for row in found["results"]]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "_changes"),
        ("GET", "_all_docs"),
        ("GET", "school"),
        ("GET", "_local/checkpoint"),
        ("POST", "_sync"),
        ("POST", "_bulk_get"),
        ("GET", "_contacts"),
    ],
)
async def test_nothing_is_shown_to_a_tab_whose_person_is_not_the_one_signed_in(
    place: Town, method: str, path: str
) -> None:
    body = question() if method == "POST" else None
    async with place.visit() as browser:
        for whose, wrong in ((OFFICER.person, True), ("é", True), (TUTOR.person, False)):
            headers = {b"Tidemark-Author": whose.encode()}
            where = f"/db/{SCHOOL}/{path}"
            answer = await browser.request(method, where, headers=headers, json=body)
            assert (answer.status_code == 401) is wrong, answer.text


async def test_a_session_that_ends_while_entries_stream_in_takes_none_of_them(place: Town) -> None:
    """Ended between a request's head and its last byte: who sends is looked at again then."""
    entry = Tablet(TUTOR).register(claim(2))
    body = orjson.dumps({"docs": [entry], "new_edits": False})

    async def slowly() -> AsyncIterator[bytes]:
        yield body[:20]
        await place.site.sessions.end_all(TUTOR.person)
        yield body[20:]

    async with place.visit() as browser:
        answer = await browser.post(
            f"/db/{SCHOOL}/_bulk_docs",
            content=slowly(),
            headers={"Content-Type": "application/json"},
        )
        assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized")
    async with place.visit() as browser:
        heads = [{"log": entry["log"], "n": 1, "digest": entry["digest"]}]
        (receipt,) = (await ask(browser, logs=heads))["receipts"]
        assert (receipt["through"], receipt["highest"]) == (0, 0)
        assert (await push(browser, entry)).json()[0]["verdict"] == "stored"


async def test_nothing_is_taken_under_the_name_of_whoever_else_is_signed_in(place: Town) -> None:
    entry = Tablet(TUTOR).register(claim(2))
    async with place.visit() as browser:
        other = await push(browser, entry, **{"Tidemark-Author": OFFICER.person})
        assert (other.status_code, other.json()["error"]) == (401, "unauthorized")
        own = await push(browser, entry, **{"Tidemark-Author": TUTOR.person})
        assert (own.status_code, own.json()[0]["verdict"]) == (201, "stored")
