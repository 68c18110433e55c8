"""The farewell of a revoked device: what it had not sent, and that it holds nothing any more."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.devices import Farewell, FarewellTaken
from server.answers import model_answer
from server.bodies import read_bare, read_object, unreadable
from server.devices.device import Device
from server.devices.farewell import take
from server.devices.proving import proven
from server.problems import Refusal
from server.record import note
from server.site import site_of
from sync.clock import instant

__all__ = ["ROUTES"]

MAX_BYTES = 8192


async def say_farewell(request: Request) -> Response:
    """``POST /devices/farewell``: a revoked tablet hands over what it has not sent."""
    site = site_of(request)
    device = await _revoked(request)
    farewell = _read(await read_object(request, site.settings.max_body_bytes))
    count = sum(len(part.docs) for part in farewell.entries)
    if count > site.settings.max_documents:
        limit = site.settings.max_documents
        raise Refusal("too_large", f"{count} documents are too many; send {limit} at a time.")
    taken = await take(site.devices, site.accounts, site.schools, device, farewell)
    note(request.scope, documents=taken)
    return model_answer(FarewellTaken(taken=taken))


async def say_wiped(request: Request) -> Response:
    """``POST /devices/wiped``: a revoked tablet has removed everything; again, nothing changes."""
    site = site_of(request)
    device = await _revoked(request)
    await read_bare(request, MAX_BYTES)
    now = instant(site.clock.now_ms())

    def wiped(before: Device | None) -> Device:
        found = before or device
        return found.model_copy(update={"wiped_at": found.wiped_at or now})

    await site.devices.registry.change(device.device, wiped)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


async def _revoked(request: Request) -> Device:
    """The revoked device that a request proves to come from. Raises ``Refusal``."""
    site = site_of(request)
    device = await proven(request, site.devices)
    if device is None:
        raise Refusal("proof_needed", "Send a proof (`DPoP`) of the tablet's key.")
    if device.revoked is None:
        raise Refusal("forbidden", "This tablet is not revoked; it has nobody to take leave of.")
    return device


def _read(value: dict[str, Any]) -> Farewell:
    """Read with the server's own JSON: its numbers are those that are written down later."""
    try:
        return Farewell.model_validate(value, strict=False)
    except ValidationError as error:
        raise unreadable(error) from None


ROUTES = [
    Route("/devices/farewell", say_farewell, methods=["POST"]),
    Route("/devices/wiped", say_wiped, methods=["POST"]),
]
