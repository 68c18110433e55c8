"""Enrolment: a code and a key become a device; one that it replaces is revoked once it is in."""

from __future__ import annotations

import io

import segno

from schemas.devices import Enrolment, Revocation
from server.devices.codes import Code
from server.devices.device import Device
from server.devices.parts import Parts
from server.devices.proofs import Proof
from server.devices.proving import check_live
from server.devices.revocation import revoke
from server.problems import Refusal
from server.sessions import Sessions
from sync.clock import instant

__all__ = ["drawn", "enrol"]


def drawn(url: str) -> str:
    """An address as a QR code: SVG, dark on nothing, with the quiet zone that readers need."""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        out, kind="svg", scale=8, border=4, xmldecl=False, light="#fff"
    )
    return out.getvalue().decode().strip()


async def enrol(
    parts: Parts, sessions: Sessions, proof: Proof, wish: Enrolment, address: str
) -> Device:
    """Enrol the key that ``proof`` is of, by a code; again by the same code: the same device.

    Raises ``Refusal``: ``bad_code``, ``too_many_attempts``, ``device_revoked``.
    """
    parts.attempts.begin(address)
    code = await parts.codes.take(wish.code, proof.device)
    if code is None:
        raise Refusal(
            "bad_code",
            "This code enrols nothing: it is mistyped, was used, or is older than 15 minutes. Ask "
            "your office for a new one.",
        )
    parts.attempts.succeeded(address)

    def enrolled(before: Device | None) -> Device:
        check_live(before)
        _check_school(before, code)
        return _device(parts, proof, wish, code, before)

    device = await parts.registry.change(proof.device, enrolled)
    for person in device.people:
        if not device.takes(person):
            await sessions.end_on(device.device, person)
    await _replace(parts, sessions, device, code)
    return device


def _check_school(before: Device | None, code: Code) -> None:
    """A tablet leaves a school by being revoked there, or else that school could no longer."""
    if before is not None and before.school != code.school:
        raise Refusal(
            "bad_code",
            "This tablet is enrolled in another school, which must revoke it first. Then ask for "
            "a new code.",
        )


def _device(
    parts: Parts, proof: Proof, wish: Enrolment, code: Code, before: Device | None
) -> Device:
    return Device(
        device=proof.device,
        school=code.school,
        label=code.label,
        shared=code.shared,
        owner=code.owner,
        enrolled_at=instant(parts.clock.now_ms()),
        enrolled_by=code.by,
        enrolled_by_name=code.by_name,
        replaces=code.replaces,
        app=wish.app,
        storage=wish.storage,
        people=before.people if before is not None else (),
    )


async def _replace(parts: Parts, sessions: Sessions, device: Device, code: Code) -> None:
    old = None if code.replaces is None else await parts.registry.of(code.replaces)
    if old is None or old.school != device.school or old.device == device.device:
        return
    why = Revocation(
        at=instant(parts.clock.now_ms()),
        by=code.by,
        by_name=code.by_name,
        reason="replaced",
    )
    await revoke(parts, sessions, old.device, why)
