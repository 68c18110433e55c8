"""Accounts: who may sign in, in which role, and in which schools. The database ``accounts``.

``account:<person>`` holds the account; ``login:<keyed digest of the username>`` leads to it, and
``identity:<keyed digest of issuer and subject>``, so that neither stands in an id. The server's
secret is a local document, which no replica gets.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import orjson
from pydantic import Field

from schemas.access import Grant
from schemas.base import Instant, Model, OpaqueId, Sentence
from schemas.policy import Role
from server.passwords import MAX_PASSWORD, Passwords
from sync.errors import DatabaseExists, DatabaseMissing, StoreError
from sync.reading import each
from sync.store import Database, Document, Store, Write, WriteBatch

__all__ = [
    "DATABASE",
    "Account",
    "Accounts",
    "Identity",
    "Post",
    "normal_username",
    "posts_in",
    "read_account",
]

DATABASE = "accounts"
SECRET = "secret"  # noqa: S105  # the name of a local document
MAX_USERNAME = 100
MAX_CACHED = 50_000
_ACCOUNT = "account:"
MINTING_S = 20.0
MINTING_TRIES = 40


class Post(Model):
    """A school somebody works in, or an area: a standing grant there, over groups, pupils or cases.

    In an area the groups are teams.

    ``role`` None: that of the account. ``starts`` and ``ends`` None: as long as the account.
    ``given_by`` None: whoever keeps the accounts.
    """

    school: OpaqueId
    groups: tuple[OpaqueId, ...] = ()
    pupils: tuple[OpaqueId, ...] = ()
    cases: tuple[OpaqueId, ...] = ()
    role: Role | None = None
    starts: Instant | None = None
    ends: Instant | None = None
    purpose: Sentence = "Works in this school."
    given_by: OpaqueId | None = None


class Identity(Model):
    """Who somebody is to a sign-in provider: the two never change, and are never given again."""

    issuer: Annotated[str, Field(min_length=1, max_length=500)]
    subject: Annotated[str, Field(min_length=1, max_length=255)]


class Account(Model):
    """One person's account. ``hash`` None: no password here, so no sign-in by one."""

    person: OpaqueId
    username: Annotated[str, Field(min_length=1, max_length=MAX_USERNAME)]
    name: Sentence
    role: Role
    schools: tuple[Post, ...] = ()
    hash: str | None = None
    closed: bool = False
    identities: tuple[Identity, ...] = ()
    """One a provider at most."""

    def post(self, school: str) -> Post | None:
        """The person's work in ``school``; None for a school that is not theirs."""
        return next((post for post in self.schools if post.school == school), None)

    def grants(self, school: str) -> tuple[Grant, ...]:
        """What the account itself grants in ``school``."""
        return tuple(
            Grant(
                person=self.person,
                role=post.role or self.role,
                groups=post.groups,
                pupils=post.pupils,
                cases=post.cases,
                starts=post.starts,
                ends=post.ends,
                purpose=post.purpose,
                given_by=post.given_by,
            )
            for post in self.schools
            if post.school == school
        )


def normal_username(typed: str) -> str:
    """A username as it is stored and compared: no case, no spaces around, one way to write é."""
    return unicodedata.normalize("NFKC", typed.strip()).casefold()


class Accounts:
    """Reads, writes and checks accounts; remembers those in use."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        secret: bytes,
        earlier: tuple[bytes, ...] = (),
    ) -> None:
        self._database = database
        self._passwords = passwords
        self.secret = secret
        """Thirty-two bytes, the server's own: keys digests and nonces."""
        self.earlier = earlier
        """Secrets of stores whose schools moved here."""
        self._known: OrderedDict[str, Account] = OrderedDict()
        self._schools: dict[str, tuple[str, ...]] | None = None
        """In which schools each person has a post; None until somebody asks."""
        self._looked = False
        self._looking = asyncio.Lock()
        self._seen = 0

    @classmethod
    async def open(cls, store: Store, passwords: Passwords) -> Accounts:
        """Open the accounts of a store, making the database and the secret if there are none."""
        database = await _opened(store)
        kept = await _secrets(database)
        secret, *earlier = map(bytes.fromhex, (kept["secret"], *kept.get("earlier", ())))
        return cls(database, passwords, secret, tuple(earlier))

    @property
    def database(self) -> Database:
        """Where they are kept; sessions live there as well."""
        return self._database

    async def put(self, accounts: Iterable[Account]) -> None:
        """Write accounts, new or changed, in one durable batch."""
        writes: list[Write] = []
        for account in accounts:
            body = account.model_dump(mode="json") | {"type": "account"}
            login = {"type": "login", "person": account.person}
            writes.append(Write(f"account:{account.person}", body, force=True))
            writes.append(Write(self._login(account.username), login, force=True))
            identity = {"type": "identity", "person": account.person}
            ids = map(self._identity, account.identities)
            writes += [Write(one, identity, force=True) for one in ids]
            self._known.pop(account.person, None)
        await self._database.write(WriteBatch(writes))

    async def hash(self, password: str) -> str:
        """The hash of a password, for :meth:`put`."""
        return await self._passwords.hash(password)

    async def of(self, person: str) -> Account | None:
        """The account of a person; None if there is none or it was closed."""
        await self._forget_changed()
        account = self._known.get(person)
        if account is None:
            account = await self.kept(person)
            if account is None:
                return None
            self._remember(account)
        return None if account.closed else account

    async def kept(self, person: str) -> Account | None:
        """The account of a person as it is stored, closed or not."""
        document, *_ = await self._database.read([f"account:{person}"])
        return None if document is None or document.deleted else read_account(document)

    async def staff(self, school: str) -> list[Account]:
        """Everybody with a post in ``school``, closed or not.

        An authority's server has tens of thousands of accounts: they are looked through once, and
        from then on only those that change.
        """
        await self._forget_changed()
        known = await self._look_through()
        ids = [f"account:{person}" for person, schools in known.items() if school in schools]
        found = await self._database.read(ids)
        accounts = [read_account(one) for one in found if one is not None and not one.deleted]
        return [one for one in accounts if one.post(school) is not None]

    async def everybody(self) -> list[Account]:
        """Every account, closed or not."""
        return [read_account(one) for one in await self._database.range("account:", "account;")]

    async def identified(self, identity: Identity) -> Account | None:
        """The account that is linked to somebody at a provider, closed or not."""
        account = await self._led(self._identity(identity))
        return account if account is not None and identity in account.identities else None

    async def called(self, typed: str) -> Account | None:
        """The account of a username as it is stored, closed or not."""
        username = normal_username(typed[: MAX_USERNAME + 1])
        account = await self._led(self._login(username))
        return account if account is not None and account.username == username else None

    async def holder(self, username: str) -> str | None:
        """The person whose username it is; None for nobody's."""
        account = await self._named(username)
        return None if account is None else account.person

    def is_current(self, account: Account) -> bool:
        """Whether an account read a moment ago has not been written since."""
        return self._known.get(account.person) is account

    async def sign_in(self, username: str, password: str) -> Account | None:
        """The account that username and password belong to; None if they do not, as slowly."""
        account = await self._named(username)
        stored = account.hash if account is not None else None
        fitting = len(password) <= MAX_PASSWORD
        right = await self._passwords.verify(stored if fitting else None, password[:MAX_PASSWORD])
        if account is None or stored is None or not right:
            return None
        if self._passwords.outdated(stored):
            fresh = account.model_copy(update={"hash": await self._passwords.hash(password)})
            await self.put([fresh])
        return account

    async def is_empty(self) -> bool:
        """Whether nobody has an account yet."""
        return await _is_empty(self._database)

    async def hand_on(self, store: Store) -> None:
        """Let the accounts of another store know what was given under this one's secret.

        A store without accounts takes the secret over, unless a server may be using its own.
        """
        database = await _opened(store)
        kept = await database.read_local(SECRET)
        known = [one.hex() for one in (self.secret, *self.earlier)]
        if kept is None or (not store.shared and await _is_empty(database)):
            secret, *earlier = known
        else:
            secret = kept["secret"]
            earlier = [*kept.get("earlier", ()), *known]
        earlier = [one for one in dict.fromkeys(earlier) if one != secret]
        body = {"secret": secret, "earlier": earlier}
        await database.write(WriteBatch(local={SECRET: body}))

    async def _named(self, typed: str) -> Account | None:
        username = normal_username(typed[: MAX_USERNAME + 1])
        login, *_ = await self._database.read([self._login(username)])
        account = await self.of(login.body["person"]) if login is not None else None
        # A login that led to somebody since renamed leads nowhere.
        return account if account is not None and account.username == username else None

    async def _led(self, id: str) -> Account | None:  # noqa: A002
        """The account that a login or an identity leads to, closed or not."""
        leading, *_ = await self._database.read([id])
        return None if leading is None else await self.kept(leading.body["person"])

    async def _forget_changed(self) -> None:
        """Forget accounts that were written since the last look, by whichever server."""
        newest = (await self._database.info()).update_seq
        while self._seen < newest:
            page = await self._database.changes(self._seen, bodies=False)
            ids = [change.document.id for change in page.changes]
            for name in ids:
                self._known.pop(name.removeprefix(_ACCOUNT), None)
            if self._schools is not None:
                self._note_schools(await self._database.read([*filter(_is_account, ids)]))
            self._seen = page.last_seq

    async def _look_through(self) -> dict[str, tuple[str, ...]]:
        """The schools of everybody. What changes meanwhile is noted beside, and is the newer."""
        async with self._looking:
            if self._schools is None or not self._looked:
                known = self._schools = {}
                async for one in each(self._database, _ACCOUNT, "account;"):
                    known.setdefault(one.id.removeprefix(_ACCOUNT), _schools_of(one))
                self._looked = True
            return self._schools

    def _note_schools(self, documents: Iterable[Document | None]) -> None:
        known = self._schools
        assert known is not None  # noqa: S101  # its caller looked
        for one in documents:
            if one is not None:
                known[one.id.removeprefix(_ACCOUNT)] = () if one.deleted else _schools_of(one)

    def _remember(self, account: Account) -> None:
        self._known[account.person] = account
        while len(self._known) > MAX_CACHED:
            self._known.popitem(last=False)

    def keyed(self, kind: str, text: str) -> str:
        """A digest of something that must not be read from an id; only this server makes it."""
        made = hmac.new(self.secret, f"{kind}\n{text}".encode(), hashlib.sha256)
        return f"{kind}:{made.hexdigest()[:32]}"

    def _login(self, username: str) -> str:
        return self.keyed("login", username)

    def _identity(self, identity: Identity) -> str:
        return self.keyed("identity", f"{identity.issuer}\n{identity.subject}")


def _is_account(name: str) -> bool:
    return name.startswith(_ACCOUNT)


def _schools_of(document: Document) -> tuple[str, ...]:
    """Where an account has a post, without reading the rest of it."""
    return tuple(dict.fromkeys(post["school"] for post in document.body.get("schools", ())))


def read_account(document: Document) -> Account:
    """Read a stored account."""
    body = {key: value for key, value in document.body.items() if key != "type"}
    return Account.model_validate_json(orjson.dumps(body))


async def posts_in(accounts: Database, school: str, person: str) -> tuple[Grant, ...]:
    """What a person's account grants in ``school``, whether or not it is closed."""
    document, *_ = await accounts.read([f"account:{person}"])
    gone = document is None or document.deleted
    return () if gone or document is None else read_account(document).grants(school)


async def _is_empty(database: Database) -> bool:
    return not await database.range("account:", "account;", limit=1)


async def _opened(store: Store) -> Database:
    """The database for accounts: there, new, or made by another server just now."""
    try:
        return await store.open(DATABASE)
    except DatabaseMissing:
        try:
            return await store.create(DATABASE)
        except DatabaseExists:
            return await store.open(DATABASE)


async def _secrets(database: Database) -> Mapping[str, Any]:
    """The secrets of the store, in hex: minted by the first server to open it, read by the others.

    Raises ``StoreError`` when the server that was minting it has not done so in time.
    """
    for _ in range(MINTING_TRIES):
        kept = await database.read_local(SECRET)
        if kept is not None:
            return kept
        if await database.claim(SECRET, MINTING_S):
            fresh = secrets.token_hex(32)
            await database.write(WriteBatch(local={SECRET: {"secret": fresh}}))
        else:
            await asyncio.sleep(MINTING_S / MINTING_TRIES)
    raise StoreError(
        "Another server is setting up this store's accounts and has not finished; start this one "
        "again in a minute."
    )
