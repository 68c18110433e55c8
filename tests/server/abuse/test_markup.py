"""Markup in every free text: it comes back as the same text, in JSON that no browser runs.

Guards: the content types and ``nosniff`` of server/headers.py and server/answers.py. That the app
shows it as text is tried in a browser, by tests/browser/test_hostile_text.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from schemas.entry import KINDS, Body
from tests.factory import MONDAY, NINE, OFFICER, Tablet
from tests.server.town import SCHOOL, Town, push, question, town

MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "'-alert(1)-'",
    "javascript:alert(1)",
    "{{7*7}}${7*7}",
    "\u2028<b>\u2029",
    "&lt;script&gt;",
    "=cmd|'/c calc'!A1",
    "<!-- ]]>",
)
HOSTILE = st.one_of(
    st.sampled_from(MARKUP),
    st.text(st.sampled_from("<>&\"'/=`\\ ;\n\t\u2028\u202eonscript"), min_size=1, max_size=40),
)
FREE = {500, 4000, 12_000, 20_000}
"""The lengths of a sentence, a text, a letter and a note: what a person writes freely."""
FAMILY = {"visit", "case", "photo", "draft", "glass", "concern", "watch"}
ACT = {"author", "role", "device", "written_at", "clock"}
"""What every body says, whatever it is of."""
FORMS = {
    "moment in UTC": NINE,
    "calendar date": MONDAY,
    "time of day": "10:00",
    "SHA-256": "a" * 64,
    "says nothing about a person": "x-1",
}
"""Of fields of family support: what their description says, and a sample of it."""
SAMPLES: dict[str, Any] = {
    "author": OFFICER.person,
    "role": OFFICER.role.value,
    "device": "desk-1",
    "pupil": "pup-2",
    "group": "form-1",
    "person": "staff-cover",
    "to": "staff-cover",
    "code": "C",
    "date": MONDAY,
    "first": MONDAY,
    "last": MONDAY,
    "asked_on": MONDAY,
    "session": "AM",
    "grants": "cover_teacher",
    "document": "card:pup-2",
    "entry": f"entry:{'a' * 32}:00000001:{'0' * 16}",
    "grant": "post",
    "held": f"held:{'0' * 32}",
    "left": "10:00",
    "arrived": "09:40",
    "taken_at": "08:55",
    "starts": NINE,
    "ends": "2026-11-30T09:00:00.000Z",
    "written_at": NINE,
    "observed_at": NINE,
    "clock": {"offset_ms": 0, "contact": None},
}
SCHEMA = TypeAdapter(Body).json_schema()


class Filled:
    """A body of a kind with the same hostile text, and its own mark, in each of its free texts."""

    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        self.text = text
        self.texts: list[str] = []
        name = SCHEMA["discriminator"]["mapping"][kind].rpartition("/")[2]
        self.body = self._object(SCHEMA["$defs"][name])

    def _object(self, schema: dict[str, Any]) -> dict[str, Any]:
        fields = schema["properties"].items()
        by_form = self.kind.partition(".")[0] in FAMILY
        return {
            name: self._formed(name, one) if by_form and name not in ACT else self._value(name, one)
            for name, one in fields
            if name != "replaces"
        }

    def _formed(self, name: str, schema: dict[str, Any]) -> Any:  # noqa: PLR0911  # one a form
        """A value by its form alone: the facts of family support call many things alike."""
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        if "$ref" in schema:
            return self._object(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
        if "anyOf" in schema:
            return self._formed(name, schema["anyOf"][0])
        if "oneOf" in schema:  # only an entry's facts: one of each is said (see below)
            return self._formed(name, schema["oneOf"][0])
        if schema["type"] == "array":
            return [self._formed(name, one) for one in self._each(schema["items"])]
        if schema["type"] == "object":
            return {}
        if schema["type"] in {"boolean", "integer"}:
            return False if schema["type"] == "boolean" else schema.get("minimum", 1)
        for said, sample in FORMS.items():
            if said in schema.get("description", ""):
                return sample
        if schema.get("maxLength") in FREE and "pattern" not in schema:
            self.texts.append(f"{self.text}#{self.kind}#{len(self.texts)}")
            return self.texts[-1]
        return SAMPLES["entry"] if "entry" in schema.get("pattern", "") else "en"

    def _each(self, items: dict[str, Any]) -> list[dict[str, Any]]:
        """What a list holds one of: of claims on facts, one on each fact."""
        claim = SCHEMA["$defs"][items["$ref"].rpartition("/")[2]] if "$ref" in items else {}
        says = claim.get("properties", {}).get("says")
        return [items] if says is None else [_claim_on(items, one) for one in says["oneOf"]]

    def _value(self, name: str, schema: dict[str, Any]) -> Any:  # noqa: PLR0911
        if "const" in schema:
            return schema["const"]
        if name in SAMPLES:
            return SAMPLES[name]
        if "anyOf" in schema:
            return self._value(name, schema["anyOf"][0])
        if "$ref" in schema:
            return self._object(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
        if schema.get("type") == "array":
            inner = schema["items"]
            return [self._value(name[:-1], inner)] if "$ref" in inner else self._listed(name)
        if schema.get("type") == "boolean":
            return False
        assert schema["type"] == "string", (name, schema)
        assert schema["maxLength"] in FREE, (name, schema)
        self.texts.append(f"{self.text}#{self.kind}#{len(self.texts)}")
        return self.texts[-1]

    def _listed(self, name: str) -> list[str]:
        lists = {"sessions": "AM", "groups": "form-1", "pupils": "pup-2", "cases": "case-1"}
        return [lists[name]]


def _claim_on(items: dict[str, Any], fact: dict[str, Any]) -> dict[str, Any]:
    """The schema of a claim on one kind of fact."""
    name = f"{items['$ref'].rpartition('/')[2]}:{fact['$ref'].rpartition('/')[2]}"
    claim = SCHEMA["$defs"][items["$ref"].rpartition("/")[2]]
    SCHEMA["$defs"][name] = {**claim, "properties": {**claim["properties"], "says": fact}}
    return {"$ref": f"#/$defs/{name}"}


def everything(text: str) -> list[Filled]:
    return [Filled(kind, text) for kind in KINDS]


def test_every_kind_and_every_free_text_is_tried() -> None:
    filled = {one.kind: one for one in everything("x")}
    assert filled.keys() == set(KINDS)
    assert sum(len(one.texts) for one in filled.values()) >= 40
    claim = filled["register.taken"].body["claims"][0]
    free = ("remark", "parent_message", "observed_by")
    assert [claim[name].partition("#")[0] for name in free] == ["x"] * 3
    assert claim["decision"]["authorised_by"].startswith("x#")
    tablet = Tablet(OFFICER)
    for one in filled.values():
        entry = tablet.write(one.kind, **{k: v for k, v in one.body.items() if k != "kind"})
        TypeAdapter(Body).validate_json(orjson.dumps(entry["body"]))


async def answers(browser: httpx2.AsyncClient, ids: list[str]) -> AsyncIterator[httpx2.Response]:
    """Every answer that shows documents."""
    db = f"/db/{SCHOOL}"
    wanted = {"docs": [{"id": one} for one in ids]}
    for feed in ("normal", "continuous", "eventsource"):
        asked = {"feed": feed, "include_docs": "true", "timeout": "1"}
        yield await browser.get(f"{db}/_changes", params=asked)
    yield await browser.get(f"{db}/_all_docs", params={"include_docs": "true"})
    yield await browser.post(f"{db}/_bulk_get", json=wanted)
    parts = {"Accept": "multipart/mixed"}
    yield await browser.post(f"{db}/_bulk_get", json=wanted, headers=parts)
    for one in ids:
        yield await browser.get(f"{db}/{one}")
        yield await browser.get(f"{db}/{one}", headers={"Accept": "text/html,*/*"})
    yield await browser.post(f"{db}/_sync", json=question(logs=[]))
    yield await browser.get(f"{db}/_contacts")
    yield await browser.get("/session", headers={"Accept": "text/html"})


def harmless(answer: httpx2.Response) -> None:
    """No browser takes this for a page, or runs anything in it."""
    kind = answer.headers["content-type"].partition(";")[0]
    fine = {"application/json", "application/problem+json", "text/event-stream", "multipart/mixed"}
    assert kind in fine, (answer.request.url, kind)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "script-src" not in answer.headers["content-security-policy"] or (
        "'unsafe-inline'" not in answer.headers["content-security-policy"]
    )


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


def values(body: bytes) -> list[Any]:
    """A body's JSON: one value, or one a line."""
    try:
        return [orjson.loads(body)]
    except orjson.JSONDecodeError:
        return [orjson.loads(line) for line in body.splitlines() if line.strip()]


@settings(max_examples=8, suppress_health_check=list(HealthCheck), deadline=None)
@given(HOSTILE)
async def test_hostile_text_is_kept_as_it_is_and_told_as_data(text: str) -> None:
    filled, tablet = everything(text), Tablet(OFFICER)
    async with town() as place, place.visit("olu") as office:
        entries = [
            tablet.write(one.kind, **{k: v for k, v in one.body.items() if k != "kind"})
            for one in filled
        ]
        answer = await push(office, *entries)
        harmless(answer)
        assert [row["id"] for row in answer.json()] == [one["_id"] for one in entries]
        await place.settle()
        database = await place.store.open(SCHOOL)
        ids = [one.id for one in await database.range("", "~") if one.id.startswith("held")]
        shown: set[str] = set()
        async for answer in answers(office, [*ids[:5], f"sheet:{MONDAY}:AM:form-1"]):
            harmless(answer)
            if answer.headers["content-type"] == "application/json":
                shown |= {one for value in values(answer.content) for one in strings(value)}
    told = {one for body in filled for one in body.texts}
    seen = {one for one in told if one in shown or any(one in text for text in shown)}
    assert len(seen) >= 8, "remarks, reasons, sources … come back letter by letter"


@pytest.mark.parametrize("text", MARKUP)
async def test_a_refusal_that_quotes_what_was_sent_is_data_too(place: Town, text: str) -> None:
    raw = text.encode().hex("%", 1)
    async with place.visit("olu") as browser:
        for answer in (
            await browser.get(f"/db/{SCHOOL}/%{raw}"),
            await browser.get(f"/db/%{raw}/_changes"),
            await browser.get(f"/db/{SCHOOL}/_changes", params={"since": text, "feed": text}),
            await browser.get(f"/db/{SCHOOL}/school", params={"rev": text}),
            await browser.put(f"/db/{SCHOOL}/_local/x", json={"_rev": text}),
            await browser.post(f"/db/{SCHOOL}/_sync", json={text: text}),
            await browser.post(f"/db/{SCHOOL}/_all_docs", json={"keys": [text]}),
            await push(browser, {"_id": text, "type": "entry", "body": {"kind": text}}),
            await push(browser, **{"Tidemark-Device": "<script>"}),
            await browser.post("/session", json={"username": text, "password": text}),
            await browser.get(f"/assets/%{raw}"),
        ):
            harmless(answer)
            orjson.loads(answer.content)


async def test_hostile_names_of_people_and_schools_are_data(place: Town) -> None:
    account = await place.site.accounts.of(OFFICER.person)
    assert account is not None
    await place.site.accounts.put([account.model_copy(update={"name": MARKUP[0]})])
    async with place.visit("olu") as office:
        answer = await office.get("/session", headers={"Accept": "text/html"})
        harmless(answer)
        assert answer.json()["name"] == MARKUP[0]
        made = await office.post(f"/db/{SCHOOL}/_devices/codes", json={"label": MARKUP[1]})
        harmless(made)
        assert made.status_code == 201
        assert MARKUP[1] not in made.json()["svg"]
