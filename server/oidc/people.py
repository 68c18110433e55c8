"""People: the account that somebody's identity at a provider opens, and what their claims give.

An identity is issuer and subject, and nothing else: whoever has been here is known by those alone.
Only at a first sign-in does a claim count, and only where the settings say which: it names the
account that is there, or one is made. An account that is somebody else's already is never taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from schemas.policy import POLICY, Role
from server.accounts import MAX_USERNAME, Account, Accounts, Identity, Post, normal_username
from server.oidc.failure import SignInFailed
from server.oidc.settings import ProviderSettings, RoleRule
from sync.clock import Clock, instant

__all__ = ["People", "values_of", "work_of"]

Claims = Mapping[str, Any]
_RANK = {role: rank for rank, role in enumerate(POLICY)}
MAX_NAME = 500
MAX_PAST = 50
"""Ended posts that an account keeps, the latest."""


class People:
    """Finds, links and makes accounts. ``ids`` names new people."""

    def __init__(self, accounts: Accounts, clock: Clock, ids: Callable[[], str]) -> None:
        self._accounts = accounts
        self._clock = clock
        self._ids = ids
        self._lock = asyncio.Lock()
        """Two first sign-ins of one person at once make one account."""

    async def signed_in(self, settings: ProviderSettings, claims: Claims) -> Account:
        """The account that claims open, as it is from now on. Raises ``SignInFailed``."""
        _admit(settings, claims)
        async with self._lock:
            identity = Identity(issuer=settings.issuer, subject=claims["sub"])
            known = await self._accounts.identified(identity)
            if known is not None and known.closed:
                raise SignInFailed("account_closed")
            account = known or await self._first(settings, claims, identity)
            if settings.roles and (known is None or settings.apply_roles == "every sign-in"):
                account = await self._employed(settings, claims, account)
            if account != known:
                await self._accounts.put([account])
            return account

    async def _first(self, settings: ProviderSettings, claims: Claims, by: Identity) -> Account:
        """The account that somebody's first sign-in links, or makes; not written yet."""
        username = _username(settings, claims)
        there = await self._accounts.called(username) if username else None
        if there is None:
            if not settings.provision:
                raise SignInFailed("unknown_person")
            person = f"per-{self._ids()}"
            work = _work(settings, claims)
            return Account(
                person=person,
                username=username or person,
                name=_name(claims),
                role=_highest(work),
                schools=work,
                identities=(by,),
            )
        if settings.schools and settings.schools.isdisjoint(one.school for one in there.schools):
            # Whoever keeps one school's accounts elsewhere vouches for nobody of another school.
            raise SignInFailed("unknown_person", "works in no school of this provider's roles")
        if any(one.issuer == by.issuer for one in there.identities):
            raise SignInFailed("another_identity")
        if there.closed:
            raise SignInFailed("account_closed")
        return there.model_copy(update={"identities": (*there.identities, by)})

    async def _employed(
        self, settings: ProviderSettings, claims: Claims, before: Account
    ) -> Account:
        """The account with what the claims give now. Raises ``SignInFailed`` when that is nothing.

        Then the account has no work left either in the schools that the provider's roles are
        about, by whichever door its person comes.
        """
        now = instant(self._clock.now_ms())
        try:
            work = _work(settings, claims)
        except SignInFailed as failed:
            if failed.problem == "no_role":
                await self._accounts.put([_with_posts(before, (), now, settings.schools)])
                raise SignInFailed("no_role", person=before.person) from None
            raise
        return _with_posts(before, work, now, settings.schools)


def work_of(rules: tuple[RoleRule, ...], claims: Claims) -> tuple[Post, ...]:
    """What the claims give by the rules: a post for each school and role, groups joined."""
    groups: dict[tuple[str, Role], dict[str, None]] = {}
    for rule in rules:
        if rule.value in values_of(claims, rule.claim):
            for school in rule.schools:
                groups.setdefault((school, rule.role), {}).update(dict.fromkeys(rule.groups))
    return tuple(
        Post(school=school, role=role, groups=tuple(named))
        for (school, role), named in groups.items()
    )


def values_of(claims: Claims, name: str) -> frozenset[str]:
    """A claim's values as text; a name with dots leads into claims within a claim."""
    found: Any = claims.get(name)
    if found is None and "." in name:
        outer, _, inner = name.partition(".")
        within = claims.get(outer)
        return values_of(within, inner) if isinstance(within, Mapping) else frozenset()
    values = found if isinstance(found, list) else [found]
    return frozenset(
        str(one).lower() if isinstance(one, bool) else str(one)
        for one in values
        if isinstance(one, str | int)
    )


def _admit(settings: ProviderSettings, claims: Claims) -> None:
    for name, wanted in settings.require.items():
        if wanted not in values_of(claims, name):
            raise SignInFailed("not_admitted", f"claim {name}")


def _username(settings: ProviderSettings, claims: Claims) -> str | None:
    """The username that a first sign-in names; None where no claim does so by the settings."""
    if not settings.link:
        return None
    values = values_of(claims, settings.link)
    username = normal_username(next(iter(values))) if len(values) == 1 else ""
    unverified = settings.link == "email" and "true" not in values_of(claims, "email_verified")
    if not username or len(username) > MAX_USERNAME or unverified:
        raise SignInFailed("claim_missing", f"claim {settings.link}")
    return username


def _work(settings: ProviderSettings, claims: Claims) -> tuple[Post, ...]:
    work = work_of(settings.roles, claims)
    if work:
        return work
    # More groups than fit into a token: a provider then says where to ask for them instead
    # (OpenID Connect Core 1.0, 5.6.2), which is not the same as that there are none.
    elsewhere = claims.get("_claim_names")
    named = elsewhere if isinstance(elsewhere, Mapping) else {}
    left_out = any(rule.claim in named or "hasgroups" in claims for rule in settings.roles)
    raise SignInFailed("too_many_groups" if left_out else "no_role")


def _highest(posts: Iterable[Post]) -> Role:
    """The role that an account goes by: of several, the one that the policy lists last."""
    return max((post.role for post in posts if post.role is not None), key=_RANK.__getitem__)


def _name(claims: Claims) -> str:
    """What colleagues read beside what somebody writes. Raises ``SignInFailed`` without one."""
    parts = (claims.get(one) for one in ("given_name", "family_name"))
    joined = " ".join(one for one in parts if isinstance(one, str))
    said = claims.get("name")
    name = " ".join((said if isinstance(said, str) else joined).split())[:MAX_NAME]
    if not name:
        raise SignInFailed("claim_missing", "claim name")
    return name


def _with_posts(
    before: Account, work: tuple[Post, ...], now: str, schools: frozenset[str]
) -> Account:
    """An account whose posts in ``schools`` are ``work`` from now on; those elsewhere stay.

    What was held until now stays on record as ended: entries made under it may still be on their
    way. Where no rule names groups, those that were given here stay.
    """
    every = [post.model_copy(update={"role": post.role or before.role}) for post in before.schools]
    elsewhere = [post for post in every if post.school not in schools]
    held = [post for post in every if post.school in schools]
    live = {(post.school, post.role): post for post in held if _is_live(post, now)}
    kept: list[Post] = []
    for post in work:
        same = live.get((post.school, post.role))
        groups = post.groups or _groups_in(live.values(), post.school)
        if same is not None and same.groups == groups:
            kept.append(same)
        else:
            kept.append(post.model_copy(update={"groups": groups, "starts": now}))
    ended = [post if not _is_live(post, now) else _ended(post, now) for post in held]
    past = [post for post, was in zip(ended, held, strict=True) if was not in kept]
    working = [*kept, *(post for post in elsewhere if _is_live(post, now))]
    role = _highest(working) if working else before.role
    posts = (*kept, *elsewhere, *past[-MAX_PAST:])
    return before.model_copy(update={"role": role, "schools": posts})


def _is_live(post: Post, now: str) -> bool:
    return post.ends is None or post.ends > now


def _ended(post: Post, now: str) -> Post:
    """A post that ends now; one that had not begun never does."""
    return post.model_copy(update={"ends": max(now, post.starts or now)})


def _groups_in(posts: Iterable[Post], school: str) -> tuple[str, ...]:
    groups = (group for post in posts if post.school == school for group in post.groups)
    return tuple(dict.fromkeys(groups))
