"""What is done to accounts by whoever runs the server: by a command, in its process or a server's.

Whatever takes something away from somebody ends their sessions at once.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field, ValidationError

from schemas.base import Model, OpaqueId, Sentence
from schemas.errors import TidemarkError
from schemas.policy import ROLE_NAMES, Role
from server.accounts import MAX_USERNAME, Account, Accounts, Post, normal_username
from server.sessions import Sessions

__all__ = ["Act", "ActRefused", "Done", "Row", "answer_act", "new_person", "perform"]


class ActRefused(TidemarkError):
    """An act that cannot be done; the sentence says why, and what can."""

    code = "bad_argument"


class Act(Model):
    """One thing to do. ``hash``: of a password, never the password itself."""

    what: Literal["add", "close", "reopen", "password", "sign-out", "unlink", "list"]
    username: str = ""
    name: Sentence | None = None
    role: Role = Role.CLASS_TEACHER
    schools: tuple[OpaqueId, ...] = ()
    groups: tuple[OpaqueId, ...] = ()
    cases: tuple[OpaqueId, ...] = ()
    hash: str | None = None


class Row(Model):
    """One account, as a list shows it."""

    username: str
    name: str
    role: Role
    schools: tuple[str, ...]
    ways: tuple[str, ...]
    """How its person can sign in: ``password``, issuers of providers."""
    closed: bool
    sessions: Annotated[int, Field(ge=0)]


class Done(Model):
    """What was done, in a sentence; and what a list shows."""

    sentence: str
    rows: tuple[Row, ...] = ()


async def perform(
    act: Act, accounts: Accounts, sessions: Sessions, new_person: Callable[[], str]
) -> Done:
    """Do it. ``new_person`` makes up an id. Raises ``ActRefused``."""
    if act.what == "list":
        everybody = sorted(await accounts.everybody(), key=lambda one: one.username)
        return Done(sentence="", rows=tuple([await _row(one, sessions) for one in everybody]))
    if act.what == "add":
        account = await _new(act, accounts, new_person)
        await accounts.put([account])
        return Done(sentence=f"Made the account {account.username} ({ROLE_NAMES[act.role]}).")
    account = await _known(act.username, accounts)
    changed, sentence = _changed(act, account)
    if changed != account:
        await accounts.put([changed])
    if act.what != "reopen":
        ended = len(await sessions.of(account.person))
        await sessions.end_all(account.person)
        sentence += f" {ended} session{'s'[: ended != 1]} ended."
    return Done(sentence=sentence)


async def answer_act(
    asked: dict[str, Any], accounts: Accounts, sessions: Sessions
) -> dict[str, Any]:
    """Do what a command asks of a running server: ``{"done"}`` or ``{"refused"}``."""
    try:
        act = Act.model_validate_json(orjson.dumps(asked))
        done = await perform(act, accounts, sessions, new_person)
    except ActRefused as refused:
        return {"refused": refused.sentence}
    except ValidationError:
        return {"refused": "The running server is of another version; restart it, and try again."}
    return {"done": done.model_dump(mode="json")}


def new_person() -> str:
    """A random id for a person."""
    return f"per-{secrets.token_hex(8)}"


def _changed(act: Act, account: Account) -> tuple[Account, str]:
    name = account.username
    if act.what == "close":
        return account.model_copy(update={"closed": True}), f"Closed the account {name}."
    if act.what == "reopen":
        return account.model_copy(update={"closed": False}), f"The account {name} is open again."
    if act.what == "password":
        return account.model_copy(update={"hash": act.hash}), f"{name} has a new password."
    if act.what == "unlink":
        return (
            account.model_copy(update={"identities": ()}),
            f"{name} is linked to nobody at any sign-in provider.",
        )
    return account, f"{name} is signed out everywhere."


async def _new(act: Act, accounts: Accounts, new_person: Callable[[], str]) -> Account:
    username = normal_username(act.username)
    if not username or len(username) > MAX_USERNAME:
        raise ActRefused(f"A username has 1 to {MAX_USERNAME} characters; choose another.")
    if await accounts.called(username) is not None:
        raise ActRefused(f"There is an account {username} already; choose another username.")
    if act.name is None:
        raise ActRefused("An account needs its person's name.")
    return Account(
        person=new_person(),
        username=username,
        name=act.name,
        role=act.role,
        schools=tuple(Post(school=one, groups=act.groups, cases=act.cases) for one in act.schools),
        hash=act.hash,
    )


async def _known(username: str, accounts: Accounts) -> Account:
    account = await accounts.called(username)
    if account is None:
        raise ActRefused(
            f"There is no account {normal_username(username)!r}; `tidemark account list` has all."
        )
    return account


async def _row(account: Account, sessions: Sessions) -> Row:
    ways = ("password",) if account.hash is not None else ()
    return Row(
        username=account.username,
        name=account.name,
        role=account.role,
        schools=tuple(dict.fromkeys(post.school for post in account.schools)),
        ways=ways + tuple(one.issuer for one in account.identities),
        closed=account.closed,
        sessions=len(await sessions.of(account.person)),
    )
