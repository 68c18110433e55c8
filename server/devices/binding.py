"""Binding: whose sessions a device takes, and the devices that reach a school's data at all."""

from __future__ import annotations

from server.devices.device import Device
from server.devices.parts import Parts
from server.devices.proving import check_live
from server.problems import Refusal

__all__ = ["admit"]


async def admit(parts: Parts, device: Device, person: str) -> None:
    """Note that ``person`` signs in on ``device``.

    Raises ``Refusal``: ``not_your_device``, ``device_revoked``.
    """

    def use(before: Device | None) -> Device:
        now = device if before is None else before
        check_live(now)
        if not now.takes(person):
            raise Refusal(
                "not_your_device",
                "This tablet was given to somebody else in your school. Use your own, or ask your "
                "office to enrol it as a shared one.",
            )
        return now.used_by(person)

    await parts.registry.change(device.device, use)
