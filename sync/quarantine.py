"""The quarantine: what is held, whole and with its reason (:mod:`sync.audience` says for whom)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from schemas.codes import Session
from schemas.entry import Body, ClaimBody, Entry, FactBody, GlassBroken, GrantEnded, GrantGiven
from schemas.published import Held, HeldClaim
from sync.arrivals import ArrivalItem, SetAside
from sync.decisions import Deciding, decided, fold_decisions
from sync.family.fact_words import in_a_line
from sync.pushed import Pushed, Speaker
from sync.topics import is_family_topic, topics_of
from sync.verdicts import RELEASABLE, Reason

__all__ = ["decide", "hold_entry", "hold_whole", "topics_of_family"]

_FOREIGN = Reason(
    "forged_author", "It is numbered in another person's log; the office looks into it."
)

_OWN_WORD = GrantGiven | GrantEnded | GlassBroken | Deciding
"""What somebody else's release would lend a right to: it is done anew by who has the right."""


def hold_whole(one: Pushed, speaker: Speaker, received_at: str) -> Held:
    """Hold a document that cannot be an entry of this person's log: kept as it came."""
    reason = one.reason or _FOREIGN
    digest = hashlib.sha256(f"{speaker.person}\n{one.text}".encode()).hexdigest()
    return Held(
        id=f"held:{digest[:32]}",
        what="held",
        entry=one.name,
        kind=one.kind,
        sender=speaker.person,
        sender_name=speaker.name,
        device=speaker.device,
        reason_code=reason.code,
        reason=reason.sentence,
        received_at=received_at,
        original=one.text,
        date=_date(one.entry.body) if one.entry is not None else None,
        session=_session(one.entry.body) if one.entry is not None else None,
        author=one.entry.body.author if one.entry is not None else None,
    )


def _date(body: Body) -> str | None:
    return getattr(body, "date", None)


def _session(body: Body) -> Session | None:
    return getattr(body, "session", None)


def topics_of_family(body: Body | None) -> tuple[str, ...]:
    """Where an entry of family support lies; nothing for any other."""
    found = topics_of(body)
    return tuple(sorted(found)) if any(map(is_family_topic, found)) else ()


def decide(held: Held, entry: str, body: Deciding, name: Callable[[str], str]) -> Held:
    """What is held, with one more decision on it. ``name``: what a person is called."""
    others = tuple(one for one in held.decisions if one.entry != entry)
    decisions = (*others, decided(entry, body))
    outcome = fold_decisions(decisions, name)
    return held.model_copy(update={"decisions": decisions, "outcome": outcome})


def hold_entry(one: Pushed, item: ArrivalItem, speaker: Speaker, received_at: str) -> Held:
    """Hold a stored entry, or the claims of it that were set aside; the entry keeps the rest."""
    body = one.entry.body if one.entry is not None else None
    aside = item.set_aside
    codes = {one_aside.reason_code for one_aside in aside} | {item.reason_code or ""} - {""}
    return Held(
        id=f"held:{item.digest[:32]}",
        what="held" if item.verdict == "held" else "set_aside",
        entry=item.entry,
        kind=one.kind,
        sender=speaker.person,
        sender_name=speaker.name,
        device=speaker.device,
        log=one.log,
        n=one.n,
        reason_code=item.reason_code or aside[0].reason_code,
        reason=item.reason or aside[0].reason,
        claims=() if one.entry is None else tuple(_shown(one.entry, item)),
        received_at=received_at,
        original=one.text if item.verdict == "held" else None,
        date=_date(body) if body is not None else None,
        session=_session(body) if body is not None else None,
        topics=topics_of_family(body),
        author=body.author if body is not None else None,
        releasable=body is not None and not isinstance(body, _OWN_WORD) and codes <= RELEASABLE,
    )


def _shown(entry: Entry, item: ArrivalItem) -> Iterator[HeldClaim]:
    """What was set aside; of facts that are held as a whole, every one."""
    aside = {one.index: one for one in item.set_aside}
    for index in range(len(entry.body.facts) if isinstance(entry.body, FactBody) else 0):
        if item.verdict == "held" and index not in aside:
            code, reason = item.reason_code or "held", item.reason or ""
            aside[index] = SetAside(index=index, reason_code=code, reason=reason)
    for _, one in sorted(aside.items()):
        yield _aside(entry, one)


def _aside(entry: Entry, aside: SetAside) -> HeldClaim:
    """A claim that was set aside, as whoever decides on it reads it."""
    body, index = entry.body, aside.index
    shown = HeldClaim(
        claim=entry.claim_ids()[index], reason_code=aside.reason_code, reason=aside.reason
    )
    if isinstance(body, FactBody):
        return shown.model_copy(update={"what": in_a_line(body.facts[index].says)})
    assert isinstance(body, ClaimBody)  # noqa: S101  # nothing else has claims
    mark = body.claims[index]
    said = {"pupil": mark.pupil, "code": mark.code, "remark": mark.remark}
    return shown.model_copy(update=said)
