"""Signing in through a provider: ``/sign-in``, there and back, and its word that a session is over.

The way back always leads to a page of this server: nothing in a request says where to. What goes
wrong is said on the sign-in page, which has a sentence for each ``problem``.
"""

from __future__ import annotations

import re
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.signing_in import SignInFailure
from server.accounts import Identity
from server.answers import model_answer
from server.bodies import read_form
from server.headers import send_cookie
from server.logs import log
from server.oidc.attempt import COOKIE as ATTEMPT
from server.oidc.attempt import LIFE_S
from server.oidc.failure import SignInFailed
from server.oidc.provider import Provider
from server.oidc.tokens import FAREWELL_S, LEEWAY_S, identified, said_farewell
from server.problems import Refusal
from server.routes.app import page
from server.sessions import Through
from server.site import Site, site_of
from server.visitor import COOKIE, cookie, is_secure

__all__ = ["ROUTES"]

SIGNED_IN = "/sign-in?done"
MAX_FORM = 64 * 1024
_CODE = re.compile(r"[a-z_ ]{1,40}")
_NEVER_KEPT = {"Cache-Control": "no-store"}


async def ways(request: Request) -> Response:
    """``GET /sign-in``: the ways in, for the page; for a browser that opens it, the page."""
    if "text/html" in request.headers.get("accept", ""):
        return page(request)
    return model_answer(site_of(request).providers.ways, headers={"Vary": "Accept"})


async def begin(request: Request) -> Response:
    """``GET /sign-in/{provider}``: on to the provider."""
    site, name = site_of(request), request.path_params["provider"]
    try:
        provider = _provider(site, name)
        attempt, sealed = site.attempts.begin(name, request.cookies.get(COOKIE, "")[:200])
        url = await provider.authorization_url(
            state=attempt.state, nonce=attempt.nonce, verifier=attempt.verifier
        )
    except SignInFailed as failed:
        return _back(site, name, failed)
    send_cookie(request.scope, _attempt_cookie(site, request, sealed))
    return _lead(url)


async def callback(request: Request) -> Response:
    """``GET /sign-in/{provider}/callback``: back from the provider, with a code."""
    site, name = site_of(request), request.path_params["provider"]
    send_cookie(request.scope, _attempt_cookie(site, request, ""))
    try:
        value = await _signed_in(request, site, _provider(site, name))
    except SignInFailed as failed:
        if failed.person is not None:
            await site.sessions.end_through(failed.person, name)
        return _back(site, name, failed)
    site.metrics.signed_in("right")
    send_cookie(request.scope, cookie(site, request, value))
    return _lead(SIGNED_IN)


async def _signed_in(request: Request, site: Site, provider: Provider) -> str:
    """The cookie of a new session. Raises ``SignInFailed``."""
    query = request.query_params
    name = provider.settings.id
    attempt = site.attempts.take(request.cookies.get(ATTEMPT, ""), name, query.get("state", ""))
    await _check_issuer(provider, query.get("iss"))
    code = query.get("code", "")
    if "error" in query or not code:
        said = query.get("error", "no code")
        raise SignInFailed("provider_refused", said if _CODE.fullmatch(said) else "")
    id_token, access_token, userinfo = await provider.exchange(code, attempt.verifier)
    claims = await identified(
        provider, id_token, nonce=attempt.nonce, access_token=access_token, clock=site.clock
    )
    if userinfo and userinfo.get("sub") != claims["sub"]:
        raise SignInFailed("provider_wrong", "userinfo of somebody else")
    account = await site.people.signed_in(provider.settings, userinfo | claims)
    await _end(site, attempt.before)
    sid = claims.get("sid")
    through = Through(name, _sid(site, provider, sid) if isinstance(sid, str) else "", id_token)
    value, _ = await site.sessions.start(account.person, through=through)
    return value


async def _check_issuer(provider: Provider, said: str | None) -> None:
    """An answer of one provider is not taken for another's (RFC 9207). Raises ``SignInFailed``."""
    metadata = await provider.metadata()
    promised = metadata.authorization_response_iss_parameter_supported
    if said != metadata.issuer and (promised or said is not None):
        raise SignInFailed("provider_wrong", "the answer of another issuer")


async def _end(site: Site, before: str) -> None:
    """End the session that a browser had before it signed in anew."""
    found = await site.sessions.find(before)
    if found is not None:
        await site.sessions.end(found[0])


async def logout(request: Request) -> Response:
    """``POST /sign-in/{provider}/logout``: a provider says that a session of its own is over.

    OpenID Connect Back-Channel Logout 1.0. Nobody's session is no error: it has ended already.
    """
    site, name = site_of(request), request.path_params["provider"]
    provider = site.providers.get(name)
    if provider is None:
        raise Refusal("not_found", "There is no sign-in provider of this name.")
    form = await read_form(request, MAX_FORM)
    try:
        said = await said_farewell(provider, form.get("logout_token", ""), site.clock)
    except SignInFailed as failed:
        _note(name, failed)
        if failed.problem == "provider_unreachable":
            raise Refusal(
                "provider_unreachable", "The provider does not answer, so its keys are not known."
            ) from None
        raise Refusal("bad_request", "This is no logout token of this provider's.") from None
    lasts_ms = (FAREWELL_S + 2 * LEEWAY_S) * 1000
    if not site.once.is_first(f"{name}\n{said.id}", lasts_ms):
        raise Refusal("bad_request", "This logout token was used before.")
    sid = _sid(site, provider, said.sid) if said.sid is not None else ""
    if said.subject is not None:
        identity = Identity(issuer=provider.settings.issuer, subject=said.subject[:255])
        account = await site.accounts.identified(identity)
        person = account.person if account is not None else None
    else:
        person = await site.sessions.whose(sid)
    if person is not None:
        await site.sessions.end_through(person, name, sid)
    return Response(headers=_NEVER_KEPT)


def _sid(site: Site, provider: Provider, sid: str) -> str:
    return site.accounts.keyed("sid", f"{provider.settings.issuer}\n{sid}")


def _provider(site: Site, name: str) -> Provider:
    provider = site.providers.get(name)
    if provider is None:
        raise SignInFailed("no_such_provider")
    return provider


def _back(site: Site, name: str, failed: SignInFailed) -> Response:
    """To the sign-in page, which says what went wrong."""
    known = name if site.providers.get(name) is not None else None
    site.metrics.signed_in("wrong")
    _note(known, failed)
    failure = SignInFailure(problem=failed.problem, provider=known)
    return _lead(f"/sign-in?{urlencode(failure.model_dump(exclude_none=True))}")


def _note(name: str | None, failed: SignInFailed) -> None:
    log().warning(
        "a sign-in through a provider failed", provider=name, code=failed.problem, at=failed.detail
    )


def _lead(url: str) -> Response:
    """On to another address, not by way of a page that somebody could go back to."""
    return Response(status_code=303, headers={**_NEVER_KEPT, "Location": url})


def _attempt_cookie(site: Site, request: Request, value: str) -> str:
    flags = "; Secure" if is_secure(site, request) else ""
    age = LIFE_S if value else 0
    return f"{ATTEMPT}={value}; Max-Age={age}; Path=/sign-in; HttpOnly; SameSite=Lax{flags}"


ROUTES = [
    Route("/sign-in", ways, methods=["GET"]),
    Route("/sign-in/{provider}", begin, methods=["GET"]),
    Route("/sign-in/{provider}/callback", callback, methods=["GET"]),
    Route("/sign-in/{provider}/logout", logout, methods=["POST"]),
]
