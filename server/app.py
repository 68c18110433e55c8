"""The application: the parts put together, started and stopped in order."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from schemas.errors import TidemarkError
from server.account_acts import answer_act
from server.accounts import Accounts
from server.alarms.engine import Engine
from server.alarms.health import Health
from server.alarms.sending import Sending, transports_of
from server.alarms.timers import Elapsed, elapsed_s
from server.assets import Assets, find_folder
from server.audit.custody import Custody
from server.backups.keeper import Keeper
from server.control import listening
from server.devices.parts import Parts
from server.devices.watched import WatchedBodies
from server.erasure.ledger import Ledger, ledger_file
from server.family.atlas import Atlas
from server.family.places import Places
from server.headers import Headers
from server.limits import RateLimits, Strangers
from server.logs import log, place
from server.metrics import Metrics
from server.nonces import Nonces
from server.oidc.attempt import Attempts
from server.oidc.people import People
from server.oidc.providers import Providers
from server.once import Once
from server.origin import SameOrigin
from server.packing import Packing
from server.passwords import Passwords
from server.patience import Patience
from server.problems import PROBLEMS, Refusal, answer, of_error, of_status
from server.record import Record
from server.routes import all_routes
from server.schools import Schools
from server.sessions import Sessions
from server.settings import Settings
from server.site import Site
from server.throttle import Throttle
from server.turns import Turns
from server.waits import Waits
from sync.clock import Clock, SystemClock
from sync.store import Store

__all__ = ["create_app", "new_id", "new_secret"]


def new_id() -> str:
    """A random id of 26 characters, for an arrival or a document."""
    return secrets.token_hex(13)


def new_secret() -> str:
    """256 random bits, for a session."""
    return secrets.token_urlsafe(32)


def create_app(
    settings: Settings,
    store: Store,
    clock: Clock | None = None,
    *,
    waits: Waits | None = None,
    control: Path | None = None,
    ids: Callable[[], str] = new_id,
    secret: Callable[[], str] = new_secret,
    elapsed: Elapsed = elapsed_s,
) -> Starlette:
    """The application over an open store, which it does not close.

    ``waits``: the held requests, for whoever has to end them before the server stops. ``control``:
    the folder in which it listens for commands; None: nowhere. ``elapsed``: seconds that pass,
    whatever the clock is set to.
    """
    metrics = Metrics()
    held = Waits() if waits is None else waits
    time = SystemClock() if clock is None else clock
    limits = RateLimits(settings, time, metrics)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        passwords = Passwords(settings)
        accounts = await Accounts.open(store, passwords)
        devices = Parts.over(accounts, time)
        nonces = Nonces(accounts.secret, time, accounts.earlier)
        backups = Keeper(settings, store, time, metrics)
        atlas = Atlas(Places(store), accounts.database)
        schools = Schools(
            store,
            time,
            ids,
            nonces,
            metrics,
            settings.open_schools,
            backups=backups.marks,
            custody=Custody(accounts.database, Ledger(ledger_file(settings)), accounts.staff),
        )
        backups.told = schools.learn_of_backups
        health = Health(elapsed)
        alarms = Engine(
            store=store,
            atlas=atlas,
            clock=time,
            settings=settings,
            accounts=accounts,
            schools=schools,
            metrics=metrics,
            sending=Sending(transports_of(settings, time), health, metrics),
            health=health,
            elapsed=elapsed,
        )
        schools.noticed = alarms.wake
        app.state.site = Site(
            settings=settings,
            store=store,
            clock=time,
            accounts=accounts,
            sessions=Sessions(accounts.database, settings, time, secret, held.end),
            throttle=Throttle(settings, time),
            devices=devices,
            limits=limits,
            person_turns=Turns(settings.limit_person_at_once, metrics),
            school_turns=Turns(settings.limit_school_at_once, metrics),
            local_turns=Turns(1, metrics),
            nonces=nonces,
            schools=schools,
            backups=backups,
            waits=held,
            metrics=metrics,
            assets=Assets(find_folder(settings.static)),
            providers=Providers(settings, time),
            attempts=Attempts(accounts.secret, time, secret),
            people=People(accounts, time, ids),
            once=Once(time),
            alarms=alarms,
        )
        metrics.watch("waiting", "Requests held open for news", lambda: len(held))
        metrics.watch("open_schools", "Schools kept in memory", lambda: len(schools))
        await backups.start()
        schools.start(atlas)
        alarms.start()
        if store.shared:
            devices.registry.follow()
        try:
            async with _commanded(control, app.state.site):
                yield
        finally:
            held.close()
            await alarms.close()
            await backups.close()
            devices.registry.close()
            await schools.close()
            passwords.close()

    app = Starlette(
        routes=all_routes(),
        middleware=_middleware(settings, metrics, limits),
        exception_handlers={HTTPException: _refuse_bare, TidemarkError: _refuse},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app


def _commanded(folder: Path | None, site: Site) -> AbstractAsyncContextManager[None]:
    """Listen for commands, while the store is this server's alone."""
    if folder is None:
        return contextlib.nullcontext()
    return listening(folder, lambda asked: answer_act(asked, site.accounts, site.sessions))


def _middleware(settings: Settings, metrics: Metrics, limits: RateLimits) -> list[Middleware]:
    layers = [
        Middleware(Headers),
        Middleware(Record, metrics=metrics, limits=limits),
        Middleware(SameOrigin),
        Middleware(Strangers, limits=limits),
        Middleware(Patience, body_s=settings.body_s),
        Middleware(WatchedBodies),
    ]
    if settings.gzip_level:
        layers.append(Middleware(Packing, level=settings.gzip_level))
    return layers


async def _refuse(request: Request, error: Exception) -> Response:
    """Answer an error of ours. Those that say the server is at fault are logged, by their place."""
    assert isinstance(error, TidemarkError)  # noqa: S101  # registered for nothing else
    refusal = of_error(error)
    if PROBLEMS[refusal.code].status >= 500 and not isinstance(error, Refusal):
        log().error("a request failed", error=type(error).__name__, at=place(error))
    return answer(request.url.path, refusal)


async def _refuse_bare(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: an unknown address, a method that is not taken."""
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for nothing else
    code = of_status(error.status_code)
    allowed = (error.headers or {}).get("Allow", "")
    sentence = {
        404: "There is nothing at this address.",
        405: f"This address does not take {request.method}; it takes {allowed}.",
    }.get(PROBLEMS[code].status, "The request cannot be read.")
    return answer(request.url.path, Refusal(code, sentence, error.headers or {}))
