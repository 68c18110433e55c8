"""How the CouchDB store works, and the address that a setting gives it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

from sync.errors import StoreError

__all__ = ["SCHEMES", "CouchSettings", "without_password"]

SCHEMES = ("couchdb+http", "couchdb+https")
_SECRET = re.compile(r"(?<=://)[^/@]*(?::[^/]*)?@")
_PREFIX = re.compile(r"[a-z][a-z0-9_+-]*")


@dataclass(frozen=True, slots=True)
class CouchSettings:
    """``address``: ``http://host:port``, without the user's name and password.

    ``prefix``: what the names of this store's databases start with in CouchDB; every other
    database there is left alone.
    """

    address: str
    user: str = ""
    password: str = field(default="", repr=False)
    prefix: str = "tidemark-"
    shards: int = 1
    """Of a new database: a school's is small, and each shard is a file on each of its nodes."""
    connections: int = 100
    timeout_s: float = 30.0
    """How long CouchDB may take to answer one request."""
    tries: int = 6
    """How often a request is sent before it counts as failed; all may be repeated."""
    pause_s: float = 0.2
    """Before the second try; twice as long before each next one."""
    page: int = 500
    """Lines of the feed, documents and writes in one request."""
    gathered: int = 1000
    """After how many documents no more batches are gathered into one request."""
    follow_s: float = 120.0
    """How long a database is followed after it was last used."""
    seats: int = 200
    """Databases followed by a request that is held open; more are asked now and then."""
    longpoll_s: float = 50.0
    poll_s: float = 5.0
    settle_s: float = 0.05
    """After news, before asking for more: a busy school is asked for twenty times a second."""
    vouch_s: float = 60.0
    """How often it is looked whether the database is still the same, and what was purged."""
    lag_s: float = 600.0
    """How far one copy of a database may lag behind another (only where there are several)."""

    @classmethod
    def of(cls, url: str) -> Self:
        """Read ``couchdb+http://user:password@host:5984``. Raises :class:`StoreError`."""
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES or not _host(parts) or parts.query or parts.fragment:
            raise StoreError(
                f"The store {without_password(url)!r} is no address of a CouchDB; it looks like "
                "couchdb+http://user:password@host:5984, or couchdb+https://…"
            )
        scheme = parts.scheme.removeprefix("couchdb+")
        place = parts.netloc.rpartition("@")[2]
        return cls(
            f"{scheme}://{place}{parts.path.rstrip('/')}",
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )

    def with_prefix(self, prefix: str) -> Self:
        """The same with another prefix. Raises :class:`StoreError`."""
        if _PREFIX.fullmatch(prefix) is None:
            raise StoreError(
                f"The prefix {prefix!r} cannot start the name of a CouchDB database: it starts "
                "with a lower-case letter and goes on with a-z, 0-9 and _+-."
            )
        return replace(self, prefix=prefix)


def _host(parts: SplitResult) -> str | None:
    try:
        return parts.hostname if parts.port is None or parts.port > 0 else None
    except ValueError:  # the port is no number
        return None


def without_password(url: str) -> str:
    """An address as it may be shown: what stands between ``//`` and ``@`` is left out."""
    return _SECRET.sub("…@", url)
