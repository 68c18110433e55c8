"""The people of a school that moves: their accounts, their sessions, and the school's tablets.

The anchors of its record (:mod:`sync.anchors`) come along with them. A session's cookie means the
same at every server. Logins and nonces are keyed by a store's secret,
which the new home takes over where it has no accounts yet, and otherwise learns of.
"""

from __future__ import annotations

from server.accounts import Account, Accounts
from server.audit.anchors import copy_anchors
from server.devices.registry import Registry
from server.passwords import Passwords
from server.sessions import Sessions
from server.settings import Settings
from sync.clock import Clock
from sync.errors import MoveRefused
from sync.store import Store

__all__ = ["take_along"]


async def take_along(
    source: Store, target: Store, school: str, settings: Settings, clock: Clock
) -> int:
    """Give everybody who works in ``school`` an account at the new home, or a post in theirs.

    Somebody's other schools stay where they are. Returns how many people came along; done again,
    it changes nothing. Raises :class:`MoveRefused` where a username is somebody else's there.
    """
    passwords = Passwords(settings)
    try:
        here = await Accounts.open(source, passwords)
        await here.hand_on(target)
        there = await Accounts.open(target, passwords)
        people = await here.staff(school)
        joined = [await _joined(account, there, school) for account in people]
        await there.put(joined)
        await copy_anchors(here.database, there.database, school)
    finally:
        passwords.close()
    before, after = (Sessions(one.database, settings, clock, _no_secret) for one in (here, there))
    for account in people:
        await after.admit(account.person, await before.of(account.person))
    await _bring_devices(here, there, school, clock)
    return len(people)


async def _bring_devices(here: Accounts, there: Accounts, school: str, clock: Clock) -> None:
    """Let enrolled tablets go on at the new home, and revoked ones be revoked there."""
    before, after = (Registry(one.database, clock) for one in (here, there))
    for device in await before.of_school(school):
        known = await after.of(device.device)
        if known is None or (known.revoked is None and device.revoked is not None):
            await after.put(device)


async def _joined(account: Account, there: Accounts, school: str) -> Account:
    """The account at the new home, with the post in the school."""
    posts = tuple(post for post in account.schools if post.school == school)
    known = await there.kept(account.person)
    if known is not None:
        others = tuple(post for post in known.schools if post.school != school)
        linked = {one.issuer for one in known.identities}
        identities = (one for one in account.identities if one.issuer not in linked)
        return known.model_copy(
            update={
                "schools": others + (() if account.closed else posts),
                "identities": (*known.identities, *identities),
            }
        )
    holder = await there.holder(account.username)
    if holder is not None:
        raise MoveRefused(
            f"The username of {account.person} is that of somebody else ({holder}) at the new "
            "home. Change one of the two, and move again; the school is where it was."
        )
    return account.model_copy(update={"schools": posts})


def _no_secret() -> str:
    raise AssertionError("sessions are not started here")
