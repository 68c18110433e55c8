"""The visitor: who a request comes from, found by its cookie, checked on every request."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from schemas.access import Grant
from server.accounts import Account, Post
from server.devices.device import Device
from server.devices.proving import check_live, proven
from server.headers import send_cookie
from server.problems import Refusal
from server.sessions import Session
from server.site import Site, site_of

__all__ = ["COOKIE", "Visitor", "cookie", "is_secure", "still", "visitor"]

COOKIE = "tidemark_session"
ASKER = "tidemark-author"
"""The header by which an app says whose session it believes this is."""


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in."""

    account: Account
    session: Session
    device: Device | None = None
    """The device that this request proves to come from; where the session is bound, that one."""

    def post(self, school: str) -> Post:
        """Their work in a school. Raises ``Refusal`` (``forbidden``), whether or not it exists."""
        post = self.account.post(school)
        if post is None:
            raise Refusal(
                "forbidden",
                "You do not work in this school, so its registers are not yours to see. "
                "If you do, ask its office to add you.",
            )
        return post

    def grants(self, school: str) -> tuple[Grant, ...]:
        """The grants of their account in a school. Raises ``Refusal`` (``forbidden``)."""
        self.post(school)
        return self.account.grants(school)


async def visitor(request: Request) -> Visitor:
    """Who is signed in.

    Raises ``Refusal``: ``unauthorized``, also where the request says that it is for somebody else;
    ``device_revoked`` to whoever holds the key of a revoked
    device, session or not; ``proof_needed`` or ``stale_proof`` where the session is bound to a
    device and the request does not prove to come from there.
    """
    site = site_of(request)
    sent = request.cookies.get(COOKIE, "")
    known = site.sessions.remembers(sent)
    if not known:
        site.limits.admit_stranger(request.scope)
    try:
        found, due = await _known(request, site, sent)
    except Refusal:
        if known:  # a copied cookie costs its thief, and not the tablet it was copied from
            site.limits.admit_stranger(request.scope)
        raise
    site.limits.admit(
        request.scope, ("device", found.session.digest), ("person", found.account.person)
    )
    if due:
        send_cookie(request.scope, cookie(site, request, sent))
    return found


async def _known(request: Request, site: Site, sent: str) -> tuple[Visitor, bool]:
    """Who a cookie is of, and whether it is due to be sent anew. Raises ``Refusal``."""
    device = await proven(request, site.devices)
    check_live(device)
    found = await site.sessions.find(sent)
    account = await site.accounts.of(found[0].person) if found is not None else None
    if found is None or account is None:
        raise Refusal("unauthorized", "Sign in first: you are not signed in, or no longer.")
    if request.headers.get(ASKER, account.person) != account.person:
        # A tab may wake up after somebody else has signed in: it gets nothing that is theirs, and
        # nothing of its own person's is taken under their name. It keeps all, and asks who is in.
        raise Refusal(
            "unauthorized", "Sign in first: somebody else is signed in than whom this is for."
        )
    session, due = found
    if session.device is not None and (device is None or device.device != session.device):
        raise Refusal(
            "proof_needed",
            "This session is good only on the tablet it was started on; sign in on this one.",
        )
    return Visitor(account, session, device), due


def still(site: Site, visitor: Visitor) -> bool:
    """Whether somebody who has waited is signed in as before, with the same account as before.

    On the same device, if the session is bound to one: revoked by now, it gets nothing.
    """
    device = visitor.session.device
    live = device is None or site.devices.registry.is_live(device)
    return (
        live and site.sessions.holds(visitor.session) and site.accounts.is_current(visitor.account)
    )


def cookie(site: Site, request: Request, value: str) -> str:
    """The ``Set-Cookie`` for a session; an empty ``value`` takes it away."""
    age = site.sessions.length_s if value else 0
    flags = "; Secure" if is_secure(site, request) else ""
    return f"{COOKIE}={value}; Max-Age={age}; Path=/; HttpOnly; SameSite=Strict{flags}"


def is_secure(site: Site, request: Request) -> bool:
    """Whether the cookies of this answer are for https only."""
    wanted = site.settings.secure_cookies
    return wanted == "always" or (wanted == "auto" and request.url.scheme == "https")
