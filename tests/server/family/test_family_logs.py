"""Nobody of a family, and not a word of a case, is in a log line, an address or a label."""

from __future__ import annotations

import io
from typing import Any

import httpx2
import orjson
import pytest

from server import logs
from server.settings import Settings
from sync.stores.memory import MemoryStore
from tests.factory import NINE, Tablet
from tests.server.families import (
    AREA,
    CASE,
    DUTY,
    LEAD,
    TEAM,
    USERNAMES,
    VISIT,
    WORKER,
    employ,
    fact,
    make_area,
    settle,
)
from tests.server.photos.pictures import picture
from tests.server.photos.test_photos import added, send
from tests.server.town import Town, make_schools, pull, push, town

PRIVATE = (
    *("Rosamund", "Brookfield", "2016-05-01", "Gullwing Lane", "07700 900123", "ma@example.org"),
    *("hit me with a belt", "smells of drink", "police were there", "The letter box", "limping"),
    *("barks at midnight", "gone to Leeds", "belted", "Dr Quince"),
)
PHOTO = picture(size=(200, 150))


def _case(tablet: Tablet) -> list[dict[str, Any]]:
    """A day's work, with something private wherever words go."""
    first, last, born, address, phone, mail, words, seen, risk, *_ = PRIVATE
    kid = {"name": f"{first} {last}", "relation": "daughter", "child": True, "born": born}
    plan = {
        "purpose": seen,
        "type": "welfare",
        "announced": True,
        "starts": NINE,
        "ends": "2026-11-23T10:00:00.000Z",
        "address": address,
        "risks": risk,
        "workers": [WORKER.person],
    }
    at = {"case": CASE, "visit": VISIT}
    return [
        tablet.write(
            "case.opened",
            case=CASE,
            facts=[
                fact(fact="placing", team=TEAM, restricted=True, reason=risk),
                fact(fact="member", item="kid-1", **kid),
                fact(fact="phone", item="p-1", name=last, relation="mother", number=phone),
                fact(
                    fact="partner", item="q-1", name="Dr Quince", role=seen, agency=seen, email=mail
                ),
            ],
        ),
        tablet.write("visit.planned", facts=[fact(fact="plan", **plan)], **at),
        tablet.write(
            "visit.submitted",
            contribution={"observation": seen, "words": [{"child": "kid-1", "words": words}]},
            **at,
        ),
        tablet.write("visit.addendum", to=f"entry:{'d' * 32}:00000001:{'d' * 16}", text=seen, **at),
        tablet.write("case.noted", case=CASE, facts=[fact(fact="seen", item=last, seen=True)]),
        tablet.write("case.noted", case=CASE, facts=[fact(fact=words)]),
        tablet.write("case.noted", case=f"{first} {last}", facts=[], **{words: risk}),
        tablet.write(
            "concern.raised", concern="con-1", text=words, child_name=first, observed_at=NINE
        ),
        tablet.write(
            "concern.raised", concern="con-2", text=" ", child_name=first, observed_at=NINE
        ),
        tablet.write(
            "watch.started",
            watch="watch-1",
            case=CASE,
            where=address,
            phone=phone,
            note=risk,
            expected_back="2026-11-23T09:10:00.000Z",
        ),
        tablet.write("watch.help", watch="watch-1", where=address, note="limping"),
        added(tablet, PHOTO),
    ]


async def _look(browser: httpx2.AsyncClient, asked: list[str]) -> None:
    """Everything that has an address of its own, and some that are none."""
    first, last, born, *_ = PRIVATE
    rows = (await pull(browser, school=AREA))["results"]
    for row in rows:
        await browser.get(f"/db/{AREA}/{row['id']}")
    await browser.post(f"/db/{AREA}/_glass", json={"surname": last, "born": born, "reason": first})
    await browser.post(f"/db/{AREA}/_pupils", json={"surname": last, "born": born})
    await browser.get(f"/db/{AREA}/_concerns/con-1/pdf")
    await browser.get(f"/db/{AREA}/_concerns/{last}/pdf")
    await browser.get(f"/db/{AREA}/_drafts?visit={first} {last}")
    await browser.put(f"/db/{AREA}/_drafts/{last}", json={"draft": last, "fields": {first: last}})
    await browser.get(f"/db/{AREA}/_photos/{last}/photo")
    asked += [row["id"] for row in rows]


async def test_nobody_of_a_family_is_in_a_line_an_address_or_a_label(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines, asked = io.StringIO(), list[str]()
    logs.configure(Settings(log_level="debug", log_format="json"), lines)
    store = MemoryStore()
    await make_schools(store)
    await make_area(store, photo_bytes=2_000_000)
    async with town(store, made=True) as place:
        logs.configure(Settings(log_level="debug", log_format="json"), lines)
        await employ(place.site.accounts)
        await _day(place, asked)
        await _poisoned(place, monkeypatch)
        async with place.browser() as monitor:
            answer = await monitor.get("/metrics")
            metrics = answer.text if answer.status_code == 200 else ""
            heartbeat = (await monitor.get("/alarms/heartbeat")).text
    assert "tidemark" in metrics
    told = [orjson.loads(line) for line in lines.getvalue().splitlines()]
    assert any(line.get("route") == "/db/{school}/_glass" for line in told)
    assert any(line.get("error") == "ValueError" and line["code"] == "case" for line in told)
    names = [word for who in USERNAMES for word in (who.person, *who.name.split())]
    ids = [CASE, VISIT, "con-1", "watch-1", "photo-1", "kid-1"]
    for text in (lines.getvalue(), metrics, heartbeat):
        assert not [word for word in (*PRIVATE, *names, *ids) if word in text]
    assert not [one for one in asked for word in (*PRIVATE, *names) if word in one]


async def _day(place: Town, asked: list[str]) -> None:
    async with place.visit("fay") as fay:
        answer = await push(fay, *_case(Tablet(WORKER, log="f" * 32)), school=AREA)
        assert {row["verdict"] for row in answer.json()} == {"stored", "held"}
        await send(fay, "photo", 0, PHOTO, len(PHOTO))
    lead = Tablet(LEAD, log="e" * 32)
    async with place.visit("lee") as lee:
        broken = lead.write("glass.broken", case=CASE, reason="belted")
        await push(lee, broken, school=AREA)
    await settle(place)
    await place.site.alarms.tick()
    for who in (WORKER, LEAD, DUTY):
        async with place.visit(USERNAMES[who]) as browser:
            await _look(browser, asked)


async def _poisoned(place: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fold of a case raises, and says what it stumbled over."""

    async def broken(*_: object) -> None:
        raise ValueError(*PRIVATE, CASE)

    monkeypatch.setattr("server.family.cases.CaseFolder.contents", broken)
    note = Tablet(LEAD, log="c" * 32).write("case.opened", case="case-2", facts=[_placing()])
    async with place.visit("lee") as lee:
        assert (await push(lee, note, school=AREA)).json()[0]["verdict"] == "stored"
    await settle(place)


def _placing() -> dict[str, Any]:
    return fact(fact="placing", team=TEAM)
