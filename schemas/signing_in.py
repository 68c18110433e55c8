"""What the sign-in page is told: the ways in, why one did not work, where else to sign out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Model

__all__ = [
    "ProviderId",
    "SignInFailure",
    "SignInProblem",
    "SignInProvider",
    "SignInWays",
    "SignedOut",
]

ProviderId = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,31}$",
        description="A provider's short name in addresses: a-z, 0-9 and -.",
    ),
]

SignInProblem = Literal[
    "account_closed",
    "another_identity",
    "claim_missing",
    "interrupted",
    "no_role",
    "no_such_provider",
    "not_admitted",
    "provider_refused",
    "provider_unreachable",
    "provider_wrong",
    "too_many_groups",
    "unknown_person",
]
"""Why a sign-in through a provider came to nothing; the page has a sentence for each."""


class SignInProvider(Model):
    """A way in through somebody else's accounts: a button with ``name`` on it."""

    id: ProviderId
    name: str


class SignInWays(Model):
    """Every way in (``GET /sign-in``). ``local``: by a username and password of this server."""

    providers: tuple[SignInProvider, ...] = ()
    local: bool = True


class SignInFailure(Model):
    """The query of ``/sign-in`` after a sign-in that failed."""

    problem: SignInProblem
    provider: ProviderId | None = None


class SignedOut(Model):
    """Signed out here. ``provider``: an address at which the browser signs out there as well."""

    provider: str
