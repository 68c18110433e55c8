"""What people say of somebody out alone, as words for the fold and as entries for the intake."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from schemas.family.watches import (
    HelpCalled,
    WatchConfirmed,
    WatchEnded,
    WatchExtended,
    WatchStarted,
)
from schemas.policy import Role
from sync.clock import instant, to_ms
from sync.family.watches import WatchBody, WatchFold, WatchWord, fold_watch
from tests.factory import MONDAY, speaker

WORKER = speaker("staff-fay", "Fay Field", Role.FAMILY_WORKER, "tablet-f", "team-1")
LEAD = speaker("staff-lee", "Lee Lead", Role.TEAM_LEAD, "desk-l", "team-1")
MINUTE = 60_000
BODY: TypeAdapter[WatchBody] = TypeAdapter(WatchBody)


def at(time: str) -> int:
    """A time on Monday, in milliseconds."""
    return to_ms(f"{MONDAY}T{time}:00.000Z")


def iso(time: str) -> str:
    return instant(at(time))


def word(
    body: WatchBody,
    *,
    log: str = "a",
    n: int = 1,
    received: int | None = None,
    **more: Any,
) -> WatchWord:
    """A word that was received as it was said, on a device with the right time."""
    said = more.pop("said", to_ms(body.written_at))
    return WatchWord(
        entry=more.pop("entry", f"entry:{log}:{n}"),
        log=log,
        n=n,
        body=body,
        said_ms=said,
        received_ms=said if received is None else received,
        **more,
    )


def act(written: str, author: str = WORKER.person) -> dict[str, Any]:
    return {
        "author": author,
        "role": Role.FAMILY_WORKER,
        "device": "tablet-f",
        "written_at": iso(written),
        "watch": "w-1",
    }


def started(written: str = "14:00", back: str = "15:00", **more: Any) -> WatchStarted:
    fields = act(written, more.pop("author", WORKER.person))
    return WatchStarted(**fields, where="Harbour Road", expected_back=iso(back), **more)


def extended(written: str, back: str, author: str = WORKER.person) -> WatchExtended:
    return WatchExtended(**act(written, author), expected_back=iso(back))


def ended(written: str, author: str = WORKER.person) -> WatchEnded:
    return WatchEnded(**act(written, author))


def confirmed(written: str, author: str = LEAD.person) -> WatchConfirmed:
    return WatchConfirmed(**act(written, author), how="Rang her")


def called(written: str, author: str = WORKER.person, **more: Any) -> HelpCalled:
    return HelpCalled(**act(written, author), where="The stairs", **more)


def fold(*words: WatchWord) -> WatchFold:
    found = fold_watch("w-1", words)
    assert found is not None
    return found
