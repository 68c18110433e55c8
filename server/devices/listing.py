"""The list of a school's devices, as a coordinator sees it: what is kept of each, and was heard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from schemas.devices import DevicePerson, DeviceRow, DeviceState
from server.contacts import Contact
from server.devices.device import Device

__all__ = ["listed"]


def listed(
    devices: Iterable[Device], contacts: Iterable[Contact], names: Mapping[str, str]
) -> tuple[DeviceRow, ...]:
    """Every device, the latest heard first, those never heard last. ``names``: of people, by id."""
    heard: dict[str, list[Contact]] = defaultdict(list)
    for contact in contacts:
        heard[contact.device].append(contact)
    rows = [_enrolled(one, heard.pop(one.device, []), names) for one in devices]
    rows += [_row(name, said, {}) for name, said in heard.items()]
    return tuple(sorted(rows, key=lambda row: (row.last_contact or "", row.device), reverse=True))


def _enrolled(device: Device, heard: list[Contact], names: Mapping[str, str]) -> DeviceRow:
    kept = {
        "state": _state(device),
        "label": device.label,
        "shared": device.shared,
        "owner": device.owner,
        "owner_name": names.get(device.owner) if device.owner is not None else None,
        "enrolled_at": device.enrolled_at,
        "enrolled_by_name": device.enrolled_by_name,
        "replaces": device.replaces,
        "storage": device.storage,
        "app": device.app,
        "revoked": device.revoked,
        "farewell": device.farewell,
        "wiped_at": device.wiped_at,
    }
    return _row(device.device, heard, kept)


def _state(device: Device) -> DeviceState:
    if device.revoked is None:
        return "enrolled"
    return "revoked" if device.wiped_at is None else "gone"


def _row(device: str, heard: list[Contact], kept: Mapping[str, object]) -> DeviceRow:
    """A device's row; what its latest contact said comes before what its enrolment did."""
    said: dict[str, object] = {}
    if heard:
        latest = max(heard, key=lambda one: one.last_contact)
        oldest = [one.oldest_waiting for one in heard if one.oldest_waiting is not None]
        said = {
            "last_contact": latest.last_contact,
            "waiting": sum(one.waiting for one in heard),
            "oldest_waiting": min(oldest, default=None),
            "storage": latest.storage,
            "app": latest.app or kept.get("app"),
            "clock_offset_ms": latest.clock_offset_ms,
            "people": tuple(_person(one) for one in heard),
        }
    fields = {"device": device, "state": "unenrolled", **kept, **said}
    return DeviceRow.model_validate(fields)


def _person(contact: Contact) -> DevicePerson:
    return DevicePerson(
        person=contact.person,
        name=contact.name,
        last_contact=contact.last_contact,
        waiting=contact.waiting,
        oldest_waiting=contact.oldest_waiting,
        holding=contact.holding,
    )
