"""The site: everything one running server has, made once and handed to every route."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from starlette.requests import Request

from server.accounts import Accounts
from server.alarms.engine import Engine
from server.assets import Assets
from server.backups.keeper import Keeper
from server.devices.parts import Parts
from server.limits import RateLimits
from server.metrics import Metrics
from server.nonces import Nonces
from server.oidc.attempt import Attempts
from server.oidc.people import People
from server.oidc.providers import Providers
from server.once import Once
from server.schools import Schools
from server.sessions import Sessions
from server.settings import Settings
from server.throttle import Throttle
from server.turns import Turns
from server.waits import Waits
from sync.clock import Clock
from sync.store import Store

__all__ = ["Site", "site_of"]


@dataclass(frozen=True)
class Site:
    """The parts; none of them knows of the others but through its arguments."""

    settings: Settings
    store: Store
    clock: Clock
    accounts: Accounts
    sessions: Sessions
    throttle: Throttle
    devices: Parts
    limits: RateLimits
    person_turns: Turns
    school_turns: Turns
    local_turns: Turns
    nonces: Nonces
    schools: Schools
    backups: Keeper
    waits: Waits
    metrics: Metrics
    assets: Assets
    providers: Providers
    attempts: Attempts
    people: People
    once: Once
    alarms: Engine
    checked: dict[str, int] = field(default_factory=dict)
    """When a part was last found working, in milliseconds since 1970."""


def site_of(request: Request) -> Site:
    """The site that serves ``request``."""
    return cast("Site", request.app.state.site)
