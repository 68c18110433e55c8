"""The quarantine: what is held, whole and with its reason, seen by its sender and the office."""

from __future__ import annotations

import hashlib

from schemas.entry import ClaimBody
from schemas.published import Held, HeldClaim
from sync.arrivals import ArrivalItem
from sync.pushed import Pushed, Speaker
from sync.verdicts import Reason

__all__ = ["hold_entry", "hold_whole"]

_FOREIGN = Reason(
    "forged_author", "It is numbered in another person's log; the office looks into it."
)


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
    )


def hold_entry(one: Pushed, item: ArrivalItem, speaker: Speaker, received_at: str) -> Held:
    """Hold a stored entry, or the claims of it that were set aside; the entry keeps the rest."""
    body = one.entry.body if one.entry is not None else None
    claims = body.claims if isinstance(body, ClaimBody) else ()
    ids = one.entry.claim_ids() if one.entry is not None else ()
    aside = item.set_aside
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
        claims=tuple(
            HeldClaim(
                claim=ids[one_aside.index],
                pupil=claims[one_aside.index].pupil,
                code=claims[one_aside.index].code,
                remark=claims[one_aside.index].remark,
                reason_code=one_aside.reason_code,
                reason=one_aside.reason,
            )
            for one_aside in aside
        ),
        received_at=received_at,
    )
