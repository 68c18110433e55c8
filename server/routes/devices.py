"""Devices: enrolled, listed and revoked by a school, and bound to sessions."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.devices import (
    Devices,
    Enrolled,
    Enrolment,
    EnrolmentCode,
    EnrolmentWish,
    Revocation,
    RevocationWish,
)
from schemas.policy import Power
from server.answers import model_answer
from server.bodies import read_model
from server.contacts import Contact
from server.devices.binding import admit
from server.devices.codes import shown_code
from server.devices.device import Device
from server.devices.enrolment import drawn, enrol
from server.devices.holdings import owing
from server.devices.listing import listed
from server.devices.proving import check_live, proof_of, proven
from server.devices.revocation import revoke
from server.problems import Refusal
from server.routes.scope import Scoped, entered
from server.schools import OpenSchool
from server.site import Site, site_of
from server.visitor import visitor
from sync.clock import instant
from sync.feed import grants_digest

__all__ = ["ROUTES"]

MAX_BYTES = 8192
_NO_PROOF = "Send a proof (`DPoP`) of the tablet's key; one made by the tablet's own browser."


async def make_code(request: Request) -> Response:
    """``POST /db/{school}/_devices/codes``: a code that enrols one tablet."""
    site = site_of(request)
    async with _overseen(request) as scoped:
        school = scoped.school.database.name
        wish = await read_model(request, EnrolmentWish, MAX_BYTES)
        await _check_wish(site, school, wish)
        account = scoped.visitor.account
        code, expires_ms = await site.devices.codes.make(school, wish, account.person, account.name)
    url = f"{_origin(site, request)}/enrol#{shown_code(code)}"
    answer = EnrolmentCode(
        code=shown_code(code), url=url, svg=drawn(url), expires_at=instant(expires_ms)
    )
    return model_answer(answer, 201)


async def enrol_device(request: Request) -> Response:
    """``POST /devices``: a tablet enrols with a code, and a proof of its key."""
    site = site_of(request)
    proof = proof_of(request, site.devices)
    if proof is None:
        raise Refusal("proof_needed", _NO_PROOF)
    check_live(await proven(request, site.devices))
    wish = await read_model(request, Enrolment, MAX_BYTES)
    address = request.client.host if request.client is not None else ""
    device = await enrol(site.devices, site.sessions, proof, wish, address)
    answer = Enrolled(
        device=device.device,
        label=device.label,
        shared=device.shared,
        school=device.school,
        school_name=await site.schools.name(device.school),
    )
    return model_answer(answer, 201)


async def bind(request: Request) -> Response:
    """``PUT /session/device``: binds the session to the tablet that the request proves to be."""
    site = site_of(request)
    who = await visitor(request)
    if who.device is None:
        raise Refusal("proof_needed", _NO_PROOF)
    await admit(site.devices, who.device, who.account.person)
    await site.sessions.bind(who.session, who.device.device)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


async def revoke_device(request: Request) -> Response:
    """``POST /db/{school}/_devices/{device}/revoke``: from now on it gets nothing."""
    site = site_of(request)
    async with _overseen(request) as scoped:
        device = await _own(site, scoped.school.database.name, request.path_params["device"])
        wish = await read_model(request, RevocationWish, MAX_BYTES)
        account = scoped.visitor.account
        why = Revocation(
            at=instant(site.clock.now_ms()),
            by=account.person,
            by_name=account.name,
            reason=wish.reason,
            note=wish.note,
        )
        done = await revoke(site.devices, site.sessions, device.device, why)
    assert done.revoked is not None  # noqa: S101  # it was just now
    return model_answer(done.revoked)


async def list_devices(request: Request) -> Response:
    """``GET /db/{school}/_devices``: every tablet known to the school, and what is known of it."""
    site = site_of(request)
    async with _overseen(request) as scoped:
        school = scoped.school.database.name
        devices = await site.devices.registry.of_school(school)
        contacts = await _contacts(site, scoped.school)
        names = {member.person: member.name for member in scoped.school.roster.school.staff}
        for person in {one.owner for one in devices if one.owner is not None} - names.keys():
            account = await site.accounts.kept(person)
            if account is not None:
                names[person] = account.name
    rows = listed(devices, contacts, names)
    return model_answer(Devices(devices=rows, as_at=instant(site.clock.now_ms())))


async def _contacts(site: Site, school: OpenSchool) -> list[Contact]:
    """The school's contacts; a tablet whose person may see other things by now owes a drop."""
    now_ms = site.clock.now_ms()
    for contact in school.contacts.all():
        grants = await _grants(site, school, contact.person)
        heard = school.contacts.of(contact)  # perhaps once more, meanwhile
        noted = owing(heard, grants, now_ms)
        if noted != heard:
            school.contacts.put(noted)
    return school.contacts.all()


async def _grants(site: Site, school: OpenSchool, person: str) -> str:
    """The digest of what a person may see in a school now."""
    account = await site.accounts.of(person)
    if account is None:
        return grants_digest(frozenset())
    access = school.grants.access(person, account.grants(school.database.name))
    return grants_digest(access.channels(site.clock.now_ms(), school.roster.calendar))


@contextlib.asynccontextmanager
async def _overseen(request: Request) -> AsyncIterator[Scoped]:
    """Let in who oversees access in the school that the path names.

    Where only enrolled devices come in, the first of a school is enrolled from a session on none.
    """
    site = site_of(request)
    async with entered(request, unenrolled=True) as scoped:
        scoped.demand(Power.ACCESS)
        if scoped.visitor.session.device is None and site.settings.enrolment == "required":
            devices = await site.devices.registry.of_school(scoped.school.database.name)
            if any(device.revoked is None for device in devices):
                raise Refusal(
                    "not_enrolled",
                    "Only a session on an enrolled tablet does this; sign in on one.",
                )
        yield scoped


async def _check_wish(site: Site, school: str, wish: EnrolmentWish) -> None:
    if wish.shared and wish.owner is not None:
        raise Refusal("bad_request", "A shared tablet has no owner; send one of the two.")
    if wish.owner is not None:
        account = await site.accounts.of(wish.owner)
        if account is None or account.post(school) is None:
            raise Refusal(
                "bad_request", "The owner does not work in this school; choose one of its staff."
            )
    if wish.replaces is not None:
        await _own(site, school, wish.replaces)


async def _own(site: Site, school: str, name: str) -> Device:
    """A device enrolled in the school. Raises ``Refusal`` (``not_found``)."""
    device = await site.devices.registry.of(name)
    if device is None or device.school != school:
        raise Refusal(
            "not_found",
            "No such tablet was enrolled in this school. One that was only heard of has no key to "
            "revoke; end its people's sessions instead.",
        )
    return device


def _origin(site: Site, request: Request) -> str:
    """Where the page that asks was served: as the settings say, or else as the browser does."""
    said = request.headers.get("origin", "")
    if site.settings.public_origin or said.lower().startswith(("http://", "https://")):
        return (site.settings.public_origin or said).rstrip("/")
    return f"{request.url.scheme}://{request.headers.get('host', 'localhost')}"


ROUTES = [
    Route("/devices", enrol_device, methods=["POST"]),
    Route("/session/device", bind, methods=["PUT"]),
    Route("/db/{school}/_devices", list_devices, methods=["GET"]),
    Route("/db/{school}/_devices/codes", make_code, methods=["POST"]),
    Route("/db/{school}/_devices/{device}/revoke", revoke_device, methods=["POST"]),
]
