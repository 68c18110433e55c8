"""Logs: one line a request, and nobody's name, username, id or words in any line."""

from __future__ import annotations

import io
import logging
import sys
from typing import Any

import orjson
import pytest

from server import logs
from server.settings import Settings
from tests import factory
from tests.factory import MONDAY, OFFICER, TUTOR, Tablet, claim
from tests.server.town import PASSWORD, SCHOOL, USERNAMES, Town, ask, credentials, pull, push


@pytest.fixture
def lines() -> io.StringIO:
    stream = io.StringIO()
    logs.configure(Settings(log_level="debug", log_format="json"), stream)
    return stream


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in stream.getvalue().splitlines()]


async def test_a_line_tells_the_route_and_counts(lines: io.StringIO, place: Town) -> None:
    logs.configure(Settings(log_level="info", log_format="json"), lines)
    async with place.visit() as browser:
        answer = await push(browser, Tablet(TUTOR).register(claim(2)), {"odd": 1})
    line = read(lines)[-1]
    assert line["request_id"] == answer.headers["request-id"]
    assert {k: v for k, v in line.items() if k not in {"request_id", "timestamp", "ms"}} == {
        "event": "request",
        "level": "info",
        "method": "POST",
        "route": "/db/{school}/_bulk_docs",
        "status": 201,
        "school": SCHOOL,
        "documents": 2,
        "quarantined": 1,
        "bytes": len(answer.content),
    }


async def test_nobody_is_in_the_logs(
    lines: io.StringIO, place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs.configure(Settings(log_level="debug", log_format="json"), lines)
    remark = "Mother rang and wept"
    async with place.visit() as browser, place.visit("olu") as office:
        await browser.post("/session", json=credentials("tess", "not the password"))
        await browser.post("/session", json=credentials("Robert'); DROP"))
        await push(browser, Tablet(TUTOR).register(claim(2, remark=remark), claim("pup-99")))
        await push(browser, {"remark": remark}, Tablet(OFFICER).register(claim(2)))
        await place.settle()
        await pull(browser)
        await ask(browser, logs=[])
        await browser.get(f"/db/{SCHOOL}/card:pup-2")
        await browser.get(f"/db/{SCHOOL}/card:pup-2?rev=Surname2")
        await browser.get(f"/office/pupil/pup-2/{remark}", headers={"Accept": "text/html"})
        await office.get(f"/db/{SCHOOL}/_contacts")
        async with place.site.schools.use(SCHOOL) as school:

            async def broken(*_: object, **__: object) -> None:
                raise RuntimeError(f"{remark} pup-2 tess")

            monkeypatch.setattr(school.intake, "take", broken)
            await push(browser, Tablet(TUTOR).register(claim(2)))
    text = lines.getvalue()
    assert any(line.get("error") == "RuntimeError" and line["at"] for line in read(lines))
    private = [
        *USERNAMES.values(),
        *(word for who in USERNAMES for word in (who.person, who.name, *who.name.split())),
        *(factory.upn(n) for n in range(7)),
        *("Forename", "Surname", "Known", "pup-", remark, "DROP", PASSWORD, "not the password"),
        *("entry:", "arrival:", f"sheet:{MONDAY}"),
    ]
    assert not [word for word in private if word in text]


def test_fields_nobody_knows_and_words_are_redacted() -> None:
    event = {"event": "x", "surname": "Surname2", "at": ["Mrs O’Neil"], "code": "Known é", "ms": 3}
    assert logs.redact(None, "info", event) == {
        "event": "x",
        "surname": "[redacted]",
        "at": "[redacted]",
        "code": "[redacted]",
        "ms": 3,
    }
    for said in ("pupil:pup-2", "person:x", "see card:pup-2", "entry:0:1", "x" * 400, {"a": 1}):
        assert logs.redact(None, "info", {"event": said}) == {"event": "[redacted]"}


def test_a_librarys_words_are_left_out(lines: io.StringIO) -> None:
    try:
        int("Surname2")
    except ValueError:
        logging.getLogger("library.part").exception("could not read %s", "Surname2")
    line, *_ = read(lines)
    assert (line["logger"], line["level"], line["error"]) == ("library.part", "error", "ValueError")
    assert "Surname2" not in lines.getvalue()
    assert line["at"][-1].endswith("test_a_librarys_words_are_left_out")


def test_the_last_words_of_the_process_are_a_type_and_a_place(lines: io.StringIO) -> None:
    try:
        int("Surname2")
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    line, *_ = read(lines)
    assert (line["level"], line["error"]) == ("critical", "ValueError")
    assert "Surname2" not in lines.getvalue()


def test_text_for_a_person_and_less_of_it_when_asked() -> None:
    stream = io.StringIO()
    logs.configure(Settings(log_level="warning", log_format="text"), stream)
    logs.log().info("not shown")
    logs.log().warning("shown", code="x")
    assert "not shown" not in stream.getvalue()
    assert "shown" in stream.getvalue()
