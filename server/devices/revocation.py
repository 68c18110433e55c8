"""Revocation: from one moment on a device gets nothing, whoever is signed in on it."""

from __future__ import annotations

from schemas.devices import Revocation
from server.devices.device import Device
from server.devices.parts import Parts
from server.problems import Refusal
from server.sessions import Sessions

__all__ = ["revoke"]


async def revoke(parts: Parts, sessions: Sessions, device: str, why: Revocation) -> Device:
    """Revoke a device, wake what it holds open, and end the sessions of everybody on it.

    One revoked before stays as it is: the first reason is the one that counts. Other servers of
    the store notice within :data:`server.sessions.TRUST_MS`.
    """

    def revoked(before: Device | None) -> Device:
        if before is None:
            raise Refusal("not_found", "No such tablet was enrolled in this school.")
        return before if before.revoked is not None else before.model_copy(update={"revoked": why})

    done = await parts.registry.change(device, revoked)
    for person in done.everybody:
        await sessions.end_on(device, person)
    return done
