"""Farewell: what a revoked device had not sent is kept whole in its school's quarantine.

An entry that is sealed and stands in the log of the author it names, who works in the school, comes
in by the intake as if it had been sent, but held (``device_revoked``): the desk can release it. All
else is held as it came, under the author it names if there is one, or under the device itself.
Handed over twice it is kept once; what is stored already is not kept again. Drafts are kept for
their authors (:mod:`server.visit_drafts.handed_over`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from schemas.devices import Farewell, FarewellDraft, HandedOver
from schemas.entry import MAX_ENTRY_BYTES
from schemas.policy import Role
from server.accounts import Accounts
from server.devices.device import Device
from server.devices.parts import Parts
from server.problems import Refusal
from server.schools import OpenSchool, Schools
from server.visit_drafts.handed_over import keep_over
from sync import channels
from sync.clock import instant
from sync.errors import EntryTooLarge
from sync.pushed import Pushed, Speaker, parse
from sync.quarantine import hold_whole
from sync.store import Write, WriteBatch
from sync.verdicts import Reason

__all__ = ["MAX_BYTES", "MAX_DOCUMENT", "MAX_ENTRIES", "take"]

MAX_ENTRIES = 20_000
"""Of one device in all: more than a tablet comes to in years without a contact."""
MAX_BYTES = 128 * 1024 * 1024
MAX_DOCUMENT = 4 * MAX_ENTRY_BYTES
"""No tablet writes anything larger than an entry may be; whatever it is, up to this it is kept."""
_REVOKED = "The tablet it was on was revoked before it was sent."
_WHOLE = Reason("device_revoked", f"{_REVOKED} It is whole, and numbered in its author's own log.")
_STRANGE = Reason(
    "device_revoked",
    f"{_REVOKED} It is whole, but the person it names never signed in on the tablet since that was "
    "enrolled: ask them whether they wrote it.",
)


@dataclass
class _Sorted:
    """What is handed over to one school: by author, what comes in as an entry; and the rest."""

    entries: dict[str, list[Any]] = field(default_factory=dict)
    authors: dict[str, Speaker] = field(default_factory=dict)
    held: list[Write] = field(default_factory=list)
    fresh: int = 0


async def take(
    parts: Parts, accounts: Accounts, schools: Schools, device: Device, farewell: Farewell
) -> int:
    """Keep all that is handed over; how many entries that was.

    Raises ``Refusal`` (``forbidden``) for more than any tablet holds, and ``EntryTooLarge``.
    """
    docs = [doc for part in farewell.entries for doc in part.docs]
    size = sum(map(_size, docs)) + sum(_size(one.saving) for one in farewell.drafts)
    _check(device, docs, size)
    await _keep_drafts(parts, accounts, schools, device, farewell.drafts)
    fresh = 0
    for part in farewell.entries:
        if part.docs:
            known = await _works_in(accounts, device, part.school)
            async with schools.use(part.school if known else device.school) as opened:
                elsewhere = None if known else part.school
                fresh += await _keep(parts, accounts, device, opened, part.docs, elsewhere)
    await _note(parts, device, fresh, size if fresh else 0, last=farewell.last)
    return len(docs)


async def _keep_drafts(
    parts: Parts,
    accounts: Accounts,
    schools: Schools,
    device: Device,
    drafts: Sequence[FarewellDraft],
) -> None:
    for one in drafts:
        known = await _works_in(accounts, device, one.school)
        async with schools.use(one.school if known else device.school) as opened:
            await keep_over(accounts, opened, device.device, one, parts.clock.now_ms())


def _size(doc: Any) -> int:
    return len(orjson.dumps(doc))


def _check(device: Device, docs: Sequence[Any], size: int) -> None:
    for doc in docs:
        if _size(doc) > MAX_DOCUMENT:
            raise EntryTooLarge("something handed over", _size(doc), MAX_DOCUMENT)
    before = device.farewell.entries if device.farewell is not None else 0
    if before + len(docs) > MAX_ENTRIES or device.farewell_bytes + size > MAX_BYTES:
        raise Refusal(
            "forbidden",
            "This tablet has handed over more than a tablet can hold; the rest is not taken.",
        )


async def _works_in(accounts: Accounts, device: Device, school: str) -> bool:
    """Whether the device is of the school, or anybody on it works there."""
    if school == device.school:
        return True
    found = [await accounts.kept(person) for person in sorted(device.everybody)]
    return any(account is not None and account.post(school) is not None for account in found)


async def _keep(
    parts: Parts,
    accounts: Accounts,
    device: Device,
    opened: OpenSchool,
    docs: Sequence[Any],
    elsewhere: str | None,
) -> int:
    """Keep documents in a school; how many were not there yet. ``elsewhere``: the one they name."""
    batch = _Sorted()
    received_at = instant(parts.clock.now_ms())
    for doc in docs:
        one = _parsed(doc)
        if elsewhere is None and one.sealed and await opened.intake.came(one):
            continue
        author = await _author(accounts, device, opened, one)
        owner = None if one.log is None else await opened.intake.owner(one.log)
        fault = _fault(one, author, owner, elsewhere)
        if fault is None and author is not None:
            batch.authors[author.person] = author
            batch.entries.setdefault(author.person, []).append(doc)
        else:
            speaker = author or _itself(device)
            reason = Reason("device_revoked", f"{_REVOKED} {fault}")
            held = hold_whole(replace(one, reason=reason), speaker, received_at)
            body = held.model_dump(mode="json", by_alias=True, exclude={"id"})
            audience = await opened.intake.audience([one])
            to = channels.held(speaker.person, to=audience.of(one))
            batch.held.append(Write(held.id, body, to))
    return await _store(device, opened, batch)


async def _store(device: Device, opened: OpenSchool, batch: _Sorted) -> int:
    fresh = 0
    for person, docs in batch.entries.items():
        why = _WHOLE if person in device.everybody else _STRANGE
        taken = await opened.intake.take(batch.authors[person], docs, hold=why)
        fresh += len({row.id for row in taken.rows})
    if batch.held:
        results = await opened.database.write(WriteBatch(batch.held))
        fresh += sum(result.fresh and not result.conflict for result in results)
    return fresh


def _parsed(doc: Any) -> Pushed:
    try:
        return parse(doc)
    except EntryTooLarge as error:
        return Pushed(doc, None, Reason(error.code, error.sentence))


async def _author(
    accounts: Accounts, device: Device, opened: OpenSchool, one: Pushed
) -> Speaker | None:
    """Whom something names as its author, if that person works, or worked, in the school."""
    body: object = one.raw.get("body") if isinstance(one.raw, dict) else None
    named = body.get("author") if isinstance(body, Mapping) else None
    if not isinstance(named, str):
        return None
    school, member = opened.database.name, opened.roster.staff.get(named)
    account = await accounts.kept(named)
    if account is not None and account.post(school) is not None:
        last_ms = opened.contacts.settled_ms(named, device.device)
        posts = account.grants(school)
        return Speaker(named, account.name, account.role, device.device, posts, last_ms)
    return None if member is None else Speaker(named, member.name, member.role, device.device)


def _itself(device: Device) -> Speaker:
    """The device, as the sender of what names nobody."""
    return Speaker(device.device, device.label, Role.CLASS_TEACHER, device.device)


def _fault(
    one: Pushed, author: Speaker | None, owner: str | None, elsewhere: str | None
) -> str | None:
    """Why something cannot come in as an entry of its author's log; None if it can."""
    if elsewhere is not None:
        return f"It says it is of another school ({elsewhere}), where nobody on the tablet works."
    if author is None:
        return "It names no author who works in this school."
    if one.reason is not None:
        return one.reason.sentence
    return None if owner in (None, author.person) else "It is numbered in another person's log."


async def _note(parts: Parts, device: Device, fresh: int, size: int, *, last: bool) -> None:
    def noted(before: Device | None) -> Device:
        now = before or device
        earlier = now.farewell
        farewell = HandedOver(
            entries=fresh + (earlier.entries if earlier is not None else 0),
            at=instant(parts.clock.now_ms()),
            complete=last or (earlier is not None and earlier.complete),
        )
        update = {"farewell": farewell, "farewell_bytes": now.farewell_bytes + size}
        return now.model_copy(update=update)

    await parts.registry.change(device.device, noted)
