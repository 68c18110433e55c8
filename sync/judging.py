"""Judging: what an arrival says of each entry of a push: stored or held, why, and by which clock.

The order of the reasons: what cannot be read, what is forged, what is held as a whole, what its
author had no right to when it was done, and then each claim by itself (:mod:`sync.verdicts`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from schemas.canonical import entry_id
from schemas.entry import Entry, FactBody, GrantGiven
from sync.arrivals import ArrivalItem
from sync.attendance.planned import PlannedBook
from sync.clock import Correction, correction, instant, local
from sync.family.fact_verdicts import judge_facts
from sync.family.guarding import flags_of_watch
from sync.logs import LogState
from sync.pushed import Pushed
from sync.rights import Act, Rights, place_act
from sync.verdicts import Judgement, Reason, judge

__all__ = ["Contacts", "Judge"]


class Contacts(Protocol):
    """Whoever gives nonces at each contact, and knows them again."""

    def contact_ms(self, nonce: str) -> int | None:
        """Server time at which the nonce was given; None for one that was not."""


class Judge:
    """Judges the entries of one push, in the order in which they came.

    ``hold``: why nothing of it may speak by itself; a forgery is one all the same.
    """

    def __init__(
        self,
        rights: Rights,
        planned: PlannedBook,
        contacts: Contacts,
        received_ms: int,
        device_offset_ms: int | None,
        hold: Reason | None,
    ) -> None:
        self.rights = rights
        self._hold = hold
        self.received_ms = received_ms
        self._roster = rights.roster
        self._planned = planned
        self._contacts = contacts
        self._device_offset_ms = device_offset_ms
        self._named: dict[str, list[tuple[int, int]]] = {}
        """By log, (number, contact) of this push, each contact later than all before it."""
        self.judged_ms: dict[str, int] = {}
        """As of when each entry was judged."""

    def item(self, one: Pushed, state: LogState) -> ArrivalItem:
        """The arrival's line for a numbered entry."""
        assert one.log is not None  # noqa: S101  # only numbered entries are judged
        if not one.sealed:
            return _unsealed_item(one)
        flags = () if state.follows(one.n, one.raw["prev"]) else ("chain_broken",)
        offset_ms = contact_ms = 0
        judgement = Judgement(held=one.reason)
        if one.entry is not None:
            contact_ms = self._contact_ms(one.entry)
            moved = self._correction(one.entry, contact_ms)
            offset_ms, flags = moved.offset_ms, (*flags, *moved.flags)
            lately = max(self._lately(one, contact_ms), state.contact_before(one.n))
            act = place_act(one.entry, moved, lately, self.rights.speaker, self.received_ms)
            self.judged_ms[one.entry.id] = act.judged_ms
            judgement = self.judge(one.entry, act)
        held = judgement.held
        item = ArrivalItem(
            n=one.n,
            entry=entry_id(one.log, one.n, one.digest),
            digest=one.digest,
            prev=one.raw["prev"],
            verdict="stored" if held is None else "held",
            reason_code=held.code if held is not None else None,
            reason=held.sentence if held is not None else None,
            set_aside=judgement.set_aside,
            offset_ms=offset_ms,
            contact_ms=contact_ms,
            flags=(*flags, *judgement.flags),
        )
        if one.entry is not None:
            self._note(one.entry, item)
        return item

    def _note(self, entry: Entry, item: ArrivalItem) -> None:
        """Let the rest of the push speak of what it brings, and end a grant that it gives."""
        body, stands = entry.body, item.verdict == "stored"
        if isinstance(body, GrantGiven) and stands:
            self.rights.just_given[body.person, entry.id] = body.grants
        self.rights.lookups.known.note(entry, item, stands=stands, fresh=True)

    def judge(self, entry: Entry, act: Act) -> Judgement:
        """Judge what an entry says, as of the time of the act."""
        body, rights = entry.body, self.rights
        held = rights.forged(body) or self._hold or rights.missing(body, act)
        if held is not None:
            return Judgement(held=held, flags=act.flags)
        groups = rights.groups(body, act)
        today = local(instant(self.received_ms), self._roster.calendar.time_zone)[0]
        found = judge(body, body.role, self._roster, self._planned.codes, today, groups)
        if found.held is None and isinstance(body, FactBody):
            found = judge_facts(body, rights.lookups.known, self._roster.calendar.time_zone)
        if found.held is not None and found.held.code == "not_your_group":
            held = rights.ended_group(body, act) or found.held
        since = () if found.held is not None else rights.since(body, act)
        flags = (*found.flags, *flags_of_watch(body), *act.flags, *since)
        return replace(found, held=held or found.held, flags=flags)

    def _lately(self, one: Pushed, contact_ms: int) -> int:
        """The latest contact that this entry, or one before it in this push, names."""
        named = self._named.setdefault(one.log or "", [])
        before = max((ms for n, ms in named if n <= one.n), default=0)
        if contact_ms > before:
            named.append((one.n, contact_ms))
        return max(before, contact_ms)

    def _contact_ms(self, entry: Entry) -> int:
        nonce = entry.body.clock.contact
        return (self._contacts.contact_ms(nonce) or 0) if nonce is not None else 0

    def _correction(self, entry: Entry, contact_ms: int) -> Correction:
        return correction(
            written_at=entry.body.written_at,
            known_offset_ms=entry.body.clock.offset_ms,
            seen_offset_ms=self._device_offset_ms,
            contact_ms=contact_ms or None,
            received_ms=self.received_ms,
        )


def _unsealed_item(one: Pushed) -> ArrivalItem:
    assert one.reason is not None  # noqa: S101  # parsing gave one
    return ArrivalItem(
        n=one.n,
        entry=one.name,
        digest=one.digest,
        sealed=False,
        verdict="held",
        reason_code=one.reason.code,
        reason=one.reason.sentence,
    )
