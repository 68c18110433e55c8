"""Making, deleting and listing databases, with pycouchdb, each on a thread.

The session is the data path's: pycouchdb is handed its cookie, and signs in nowhere itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote

import orjson
from pycouchdb.client import Server
from pycouchdb.exceptions import ApiError, Conflict, NotFound

from sync.errors import DatabaseExists, DatabaseMissing
from sync.stores.couchdb.failures import refused, unreachable
from sync.stores.couchdb.link import COOKIE, Link

__all__ = ["Provision"]

T = TypeVar("T")


class Provision:
    """Databases of one CouchDB by their names there."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def names(self, prefix: str) -> list[str]:
        """The names that start with ``prefix``."""

        def listed(server: Server) -> list[str]:
            bounds = {"startkey": prefix, "endkey": prefix + "\ufff0"}
            params = {name: orjson.dumps(text).decode() for name, text in bounds.items()}
            _, found = server.resource.get("_all_dbs", params=params)
            return [name for name in found or () if name.startswith(prefix)]

        return await self._done(listed, "listing databases")

    async def create(self, found: str) -> None:
        """Make a database. Raises :class:`DatabaseExists`."""
        shards = {"q": str(self._link.settings.shards)}

        def create(server: Server) -> None:
            server.resource.put(quote(found, safe=""), params=shards)

        try:
            await self._done(create, "creating a database")
        except Conflict as error:
            raise DatabaseExists(f"There is a database {found!r} in CouchDB already.") from error

    async def delete(self, found: str) -> None:
        """Delete a database. Raises :class:`DatabaseMissing`."""

        def delete(server: Server) -> None:
            server.delete(quote(found, safe=""))

        try:
            await self._done(delete, "deleting a database")
        except NotFound as error:
            raise DatabaseMissing(f"There is no database {found!r} in CouchDB.") from error

    async def _done(self, doing: Callable[[Server], T], what: str) -> T:
        address = self._link.settings.address
        cookie = await self._link.cookie()
        while True:
            try:
                return await asyncio.to_thread(self._with_server, doing, cookie)
            except (Conflict, NotFound):
                raise
            except ApiError as error:
                said = error.args[0] if error.args else None
                if isinstance(said, dict) and said.get("error") == "unauthorized":
                    renewed = await self._link.cookie(refused=cookie)
                    if renewed != cookie:
                        cookie = renewed
                        continue
                raise refused(address, what, _status(said), said) from error
            except OSError as error:  # every error of its connection is one
                raise unreachable(address, what, error) from error

    def _with_server(self, doing: Callable[[Server], T], cookie: str | None) -> T:
        settings = self._link.settings
        server = Server(settings.address, verify=True, timeout=settings.timeout_s)
        session = server.resource.session
        session.trust_env = False
        if cookie is not None:
            session.headers["Cookie"] = f"{COOKIE}={cookie}"
        with session:
            return doing(server)


def _status(said: object) -> int:
    return 401 if isinstance(said, dict) and said.get("error") == "unauthorized" else 500
