"""Decisions on what is held, over HTTP: from the push that is held to the author's receipt."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.entry import Entry
from sync import pushed
from tests.factory import MONDAY, OFFICER, TUTOR, Tablet, claim
from tests.server.town import SCHOOL, Town, ask, pull, push

SHEET = f"sheet:{MONDAY}:AM:form-1"


def documents(found: dict[str, Any]) -> dict[str, Any]:
    return {row["id"]: row["doc"] for row in found["results"] if "doc" in row}


async def receipt(place: Town, tablet: Tablet) -> dict[str, Any]:
    head = {"log": tablet.log, "n": tablet.n, "digest": tablet.prev}
    async with place.visit() as browser:
        (found,) = (await ask(browser, logs=[head]))["receipts"]
    told: dict[str, Any] = found
    return told


async def held(place: Town) -> dict[str, Any]:
    """The one thing that the desk sees held."""
    async with place.visit("olu") as browser:
        found = documents(await pull(browser))
    (one,) = [doc for name, doc in found.items() if name.startswith("held:")]
    told: dict[str, Any] = one
    return told


async def test_what_is_released_is_on_the_sheet_and_in_the_authors_receipt(place: Town) -> None:
    tablet, desk = Tablet(TUTOR), Tablet(OFFICER, log="b" * 32)
    async with place.visit() as browser:
        (row,) = (await push(browser, tablet.register(claim(2, "I")))).json()
    assert row["verdict"] == "held"
    before = await receipt(place, tablet)
    one = await held(place)
    decision = desk.write(
        "quarantine.released",
        held=one["_id"],
        entry=one["entry"],
        reason="Her mother rang",
        date=one["date"],
    )
    async with place.visit("olu") as browser:
        assert (await push(browser, decision)).json()[0]["verdict"] == "stored"
        await place.settle()
        sheet = documents(await pull(browser))[SHEET]
    codes = {line["pupil"]: line["cell"].get("code") for line in sheet["rows"]}
    assert codes["pup-2"] == "I"
    after = await receipt(place, tablet)
    assert after["tag"] != before["tag"]
    outcome = after["held"][0]["outcome"]
    assert (outcome["what"], outcome["by_name"], outcome["reason"]) == (
        "released",
        OFFICER.name,
        "Her mother rang",
    )


async def test_what_a_newer_app_wrote_can_be_released_once_the_school_is_opened_by_a_newer_server(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(_raw: object) -> Entry:
        return Entry.model_validate({})

    with pytest.raises(ValidationError):
        unknown(None)
    tablet = Tablet(TUTOR)
    with monkeypatch.context() as older:
        older.setattr(pushed, "read_entry", unknown)
        older.setattr(pushed, "is_newer_shape", lambda _body: True)
        async with place.visit() as browser:
            await push(browser, tablet.register(claim(2), shape=2))
    assert (await held(place))["releasable"] is False
    await place.site.schools.close()
    one = await held(place)
    assert (one["reason_code"], one["releasable"], one["date"], one["session"]) == (
        "unknown_shape",
        True,
        MONDAY,
        "AM",
    )
    async with place.site.schools.use(SCHOOL) as school:
        (entry,) = await school.database.read([one["entry"]])
    assert entry is not None
    assert entry.body["body"]["shape"] == 2
