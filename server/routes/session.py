"""Signing in and out: ``/session``."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.signing_in import SignedOut
from schemas.syncing import Me, MySchool
from server.accounts import Account, normal_username
from server.answers import model_answer
from server.bodies import read_object
from server.devices.binding import admit
from server.devices.proving import check_live, proven
from server.headers import send_cookie
from server.problems import Refusal
from server.site import Site, site_of
from server.visitor import COOKIE, Visitor, cookie, visitor
from sync.clock import instant
from sync.explain import grant_line
from sync.roster import Roster

__all__ = ["ROUTES"]

MAX_BYTES = 4096


async def sign_in(request: Request) -> Response:
    """``POST /session``: a username and a password for a session, on the device that proves it."""
    site = site_of(request)
    if not site.settings.local_sign_in:
        raise Refusal(
            "no_local_sign_in",
            "Usernames and passwords of this server are not used. Sign in with one of the buttons "
            "on the sign-in page.",
        )
    device = await proven(request, site.devices)
    check_live(device)
    body = await read_object(request, MAX_BYTES)
    username, password = (_text(body, name) for name in ("username", "password"))
    address = request.client.host if request.client is not None else ""
    account = await _check(site, username, password, address)
    if account is None:
        raise Refusal(
            "wrong_sign_in",
            "That username and password do not belong together here. Check both and try again; "
            "your school's office can set a new password.",
        )
    if device is not None:
        await admit(site.devices, device, account.person)
    bound = None if device is None else device.device
    await _end_earlier(request, site)
    value, session = await site.sessions.start(account.person, bound)
    send_cookie(request.scope, cookie(site, request, value))
    return model_answer(await _me(site, Visitor(account, session, device)))


async def who(request: Request) -> Response:
    """``GET /session``: who is signed in."""
    return model_answer(await _me(site_of(request), await visitor(request)))


async def sign_out(request: Request) -> Response:
    """``DELETE /session``: ends it at once; the same for somebody not signed in.

    Where a provider vouched for the session, the answer says where to sign out there too.
    """
    site = site_of(request)
    elsewhere = None
    found = await site.sessions.find(request.cookies.get(COOKIE, ""))
    # No proof is asked for: whoever has the cookie may end what it is good for.
    if found is not None:
        elsewhere = await site.providers.sign_out_url(site.sessions, found[0])
        await site.sessions.end(found[0])
    send_cookie(request.scope, cookie(site, request, ""))
    if elsewhere is not None:
        return model_answer(SignedOut(provider=elsewhere))
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


async def _end_earlier(request: Request, site: Site) -> None:
    """A browser has one session: the one before ends when another begins."""
    found = await site.sessions.find(request.cookies.get(COOKIE, ""))
    if found is not None:
        await site.sessions.end(found[0])


def _text(body: dict[str, object], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise Refusal("bad_request", f"The field {name} is missing or is no text; send both.")
    return value


async def _check(site: Site, username: str, password: str, address: str) -> Account | None:
    key = normal_username(username)
    try:
        site.throttle.begin(key, address)
    except Refusal:
        site.metrics.signed_in("refused")
        raise
    try:
        account = await site.accounts.sign_in(username, password)
    except Refusal:
        site.throttle.unheard(key, address)
        site.metrics.signed_in("refused")
        raise
    if account is None:
        site.throttle.failed(address)
        site.metrics.signed_in("wrong")
    else:
        site.throttle.succeeded(key, address)
        site.metrics.signed_in("right")
    return account


async def _me(site: Site, visitor: Visitor) -> Me:
    names = [post.school for post in visitor.account.schools]
    schools = [await _my_school(site, visitor, name) for name in dict.fromkeys(names)]
    account = visitor.account
    return Me(
        person=account.person,
        name=account.name,
        role=account.role,
        schools=tuple(one for one in schools if one is not None),
        expires_at=instant(visitor.session.expires_ms),
    )


async def _my_school(site: Site, visitor: Visitor, school: str) -> MySchool | None:
    account, now_ms = visitor.account, site.clock.now_ms()
    try:
        async with site.schools.use(school) as opened:
            access = opened.grants.access(account.person, account.grants(school))
            roster = opened.roster
            return MySchool(
                school=school,
                name=roster.school.name,
                phase=roster.school.phase,
                area=roster.school.area,
                role=access.at(now_ms).role,
                grants=access.current(now_ms),
                over=tuple(
                    grant_line(one, now_ms, partial(_name, roster), roster)
                    for one in access.lately_over(now_ms)
                ),
                digest=access.digest(now_ms),
            )
    except Refusal as refusal:
        if refusal.code != "moved":
            return None
    # Theirs all the same: the tablet goes on with what it has.
    return MySchool(school=school, name=await site.schools.name(school), role=account.role)


def _name(roster: Roster, person: str) -> str:
    member = roster.staff.get(person)
    return "somebody who is not on the staff" if member is None else member.name


ROUTES = [
    Route("/session", sign_in, methods=["POST"]),
    Route("/session", who, methods=["GET"]),
    Route("/session", sign_out, methods=["DELETE"]),
]
