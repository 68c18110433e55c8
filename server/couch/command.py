"""``tidemark couch``: the administrator's name and password, the server's uuid, and serving."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from starlette.types import ASGIApp

from schemas.errors import TidemarkError
from server.couch.app import create_couch_app
from server.couch.cors import Cors
from server.routes.health import version
from server.serve import serve
from server.settings import Settings
from server.stores import store_folder
from server.waits import Waits
from sync.clock import Clock
from sync.store import Store
from sync.stores.records import Rules

__all__ = ["BadAdmin", "admin_of", "serve_couch", "uuid_of"]

UUID_FILE = "couch.uuid"
VARIABLE = "TIDEMARK_COUCH_ADMIN"
_UUID = re.compile(r"[0-9a-f]{32}")


class BadAdmin(TidemarkError):
    """Nobody was named who may sign in; there is no password that is ours by default."""

    code = "bad_argument"


def admin_of(text: str | None) -> tuple[str, str]:
    """Name and password out of ``NAME:PASSWORD``. Raises ``BadAdmin``."""
    name, _, password = (text or "").partition(":")
    if not name or not password:
        raise BadAdmin(
            "Name the administrator, who may do everything: --admin NAME:PASSWORD, or the same in "
            f"{VARIABLE}, where no list of processes shows it. There is no default password."
        )
    return name, password


def uuid_of(folder: Path | None) -> str:
    """The server's uuid, kept in the data folder from the first time on.

    Replicators know a server by it: with another they begin again. Raises ``OSError``.
    """
    made = secrets.token_hex(16)
    if folder is None:
        return made
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / UUID_FILE
    if file.is_file():
        kept = file.read_text("ascii", "replace").strip()
        if _UUID.fullmatch(kept):
            return kept
    file.write_text(made + "\n", "ascii")
    return made


async def serve_couch(
    settings: Settings,
    admin: tuple[str, str],
    origins: Sequence[str] = (),
    started: Callable[[str], None] | None = None,
) -> None:
    """Serve the store bare until told to stop.

    Raises ``BadOrigin``, and what :func:`server.serve.serve` raises.
    """
    Cors(origins)  # before the store is opened: a bad one is the caller's mistake

    def build(store: Store, clock: Clock, waits: Waits) -> ASGIApp:
        return create_couch_app(
            store,
            *admin,
            uuid=uuid_of(settings.data if store_folder(settings) else None),
            version=version(),
            origins=origins,
            clock=clock,
            waits=waits,
        )

    await serve(settings, started=started, build=build, rules=Rules(keep_superseded=True))
