"""Python and the tablet's TypeScript agree on random input, not only on the vectors.

One question file, one run of Node over the bundled TypeScript, one file of answers.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

from schemas.calendar import SchoolCalendar
from schemas.canonical import canonical_bytes
from schemas.entry import make_entry
from schemas.errors import CanonicalError
from schemas.measures import tally
from sync.attendance.fold import FoldClaim, fold, roll_mark, screen
from sync.clock import instant, local
from tests.sync.attendance.histories import CODES, DATES, TIMES, history
from tests.sync.twin import ask_the_tablet

HISTORIES = 2_500
CLOSURES = ("holiday", "holiday", "inset", "bank_holiday", "unplanned")
VALUES = 1_000
SEED = int(os.environ.get("TIDEMARK_TEST_SEED", "20261123"))
TEXTS = ("", "a", "Zoë", "漢字", "😀", "\\", '"', "/", "\x00", "\x1f", "\x7f", "\u2028", "e\u0308")


def wire(claim: FoldClaim) -> dict[str, Any]:
    """A claim as the tablet's fold takes it."""
    return {
        "id": claim.id,
        "code": claim.code,
        "date": claim.date,
        "arrived": claim.arrived,
        "replaces": list(claim.replaces),
        "verdict": claim.verdict,
        "seenAt": claim.seen_at,
    }


def value(source: random.Random, depth: int = 0) -> Any:
    """JSON of any kind, now and then of one that has no canonical form."""
    kind = source.random()
    if depth < 4 and kind < 0.25:
        return [value(source, depth + 1) for _ in range(source.randrange(5))]
    if depth < 4 and kind < 0.55:
        members = range(source.randrange(6))
        return {key(source): value(source, depth + 1) for _ in members}
    if kind < 0.7:
        return "".join(source.choice(TEXTS) for _ in range(source.randrange(4)))
    if kind < 0.9:
        return source.choice(
            (0, 1, -1, 2**31, 2**53 - 1, 1 - 2**53, source.randrange(-(10**6), 10**6))
        )
    if kind < 0.98:
        return source.choice((None, True, False))
    return source.choice((0.5, 2**53, -(2**53), 1e300, "\ud83d", "a\ude00b"))


def key(source: random.Random) -> str:
    """A member's name, now and then one beyond ASCII."""
    if source.random() < 0.01:
        return "Zoë"
    return "".join(source.choice('abAB01_-!"\\\n ') for _ in range(source.randrange(5)))


def digest(json_text: str) -> str | None:
    """SHA-256 of the canonical form, None where there is none."""
    try:
        return hashlib.sha256(canonical_bytes(json.loads(json_text))).hexdigest()
    except CanonicalError:
        return None


def body(source: random.Random) -> dict[str, Any]:
    """A body of texts and numbers, whatever its kind."""
    texts = ("".join(source.choice(TEXTS) for _ in range(3)) for _ in range(4))
    return {"kind": "register.taken", "n": source.randrange(2**53), "claims": [*texts]}


def mark(source: random.Random) -> tuple[str, str | None]:
    """A code on a date, or none."""
    return source.choice(DATES), source.choice((None, *CODES))


def calendar(source: random.Random) -> dict[str, Any]:
    """Terms and closures anywhere in a year, in any order."""

    def span(longest: int) -> dict[str, str]:
        first = dt.date(2026, 9, 1) + dt.timedelta(days=source.randrange(330))
        last = first + dt.timedelta(days=source.randrange(longest))
        return {"first": first.isoformat(), "last": last.isoformat()}

    times = {"opens": "08:50", "closes": "09:20", "ends": "12:00"}
    return {
        "weekdays": sorted(source.sample(range(7), source.randrange(1, 7))),
        "terms": [{"name": "Term", **span(90)} for _ in range(source.randrange(1, 4))],
        "closures": [
            {"kind": source.choice(CLOSURES), **span(14)} for _ in range(source.randrange(7))
        ],
        "extra_days": [span(1)["first"] for _ in range(source.randrange(3))],
        "times": [{"valid_from": "2026-09-01", "am": times, "pm": times}],
    }


@pytest.mark.slow
def test_python_and_typescript_agree(tmp_path: Path) -> None:
    source = random.Random(SEED)
    cells = [(*history(source), source.choice((None, *TIMES))) for _ in range(HISTORIES)]
    values = [json.dumps(value(source)) for _ in range(VALUES)]
    entries: list[dict[str, Any]] = [
        {
            "log": f"{source.randrange(16**32):032x}",
            "n": source.randrange(1, 10**8),
            "prev": f"{source.randrange(16**64):064x}",
            "salt": f"{source.randrange(16**32):032x}",
            "body": body(source),
        }
        for _ in range(200)
    ]
    days = [(dt.date(2026, 8, 20) + dt.timedelta(days=7 * n)).isoformat() for n in range(52)]
    calendars = [calendar(source) for _ in range(40)]
    zones = ("Europe/London", "UTC", "Atlantic/Stanley", "Indian/Chagos")
    instants = [
        {"instant": instant(source.randrange(1_700_000_000_000, 1_900_000_000_000)), "zone": zone}
        for zone in zones
        for _ in range(200)
    ]
    marks = [[mark(source) for _ in range(30)] for _ in range(50)]
    answers = ask_the_tablet(
        tmp_path,
        "twin.ts",
        {
            "histories": [
                {"claims": [wire(one) for one in claims], "span": span.model_dump(), "left": left}
                for claims, span, left in cells
            ],
            "values": values,
            "entries": entries,
            "calendars": [{"calendar": one, "dates": days} for one in calendars],
            "instants": instants,
            "marks": marks,
        },
    )

    for (claims, span, left), answer in zip(cells, answers["histories"], strict=True):
        cell = fold(claims, span)
        date = claims[0].date if claims else "2026-11-23"
        assert answer == {
            "cell": cell.model_dump(mode="json"),
            "screen": list(screen(claims, span)),
            "roll": roll_mark(cell, date, left=left).model_dump(mode="json"),
        }, claims
    digests = [digest(text) for text in values]
    assert answers["values"] == digests
    assert 20 < digests.count(None) < VALUES / 2
    for asked, answer in zip(entries, answers["entries"], strict=True):
        made = make_entry(**asked)
        assert answer == {name: made[name] for name in ("_id", "_rev", "digest")}
    for terms, answer in zip(calendars, answers["calendars"], strict=True):
        school = SchoolCalendar.model_validate_json(json.dumps(terms))
        assert answer["half_terms"] == [half.model_dump() for half in school.half_terms]
        assert answer["days"] == [
            [school.is_school_day(day), school.n_due(day), school.school_days_before(day, 5)]
            for day in days
        ]
    assert answers["instants"] == [list(local(one["instant"], one["zone"])) for one in instants]
    assert answers["marks"] == [tally(found).model_dump() for found in marks]
