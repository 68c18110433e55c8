"""Homes: what the two ends of a move are called, without passwords, and their settings."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from server.settings import Settings, SettingsError
from server.stores import store_folder
from sync.errors import MoveRefused

__all__ = ["VARIABLE", "home_of", "settings_at"]

VARIABLE = "TIDEMARK_MOVE_PASSWORD"
"""The environment variable for the password of a CouchDB that ``--to`` names."""


def settings_at(settings: Settings, url: str, mirrors: Path) -> Settings:
    """The settings of a server whose store is ``url``; a password may come from :data:`VARIABLE`.

    ``mirrors``: a folder for what can be read again. Raises :class:`MoveRefused`.
    """
    kind = url.partition(":")[0]
    if kind.startswith("couchdb+"):
        url = _with_password(url)
    elif kind != "sqlite" or not url.partition(":")[2].removeprefix("//"):
        raise MoveRefused(
            f"--to is {url!r}, which names no store to move to. Write sqlite:FOLDER, or "
            f"couchdb+http://user@host:5984 with the password in the variable {VARIABLE}."
        )
    return settings.model_copy(update={"store": url, "data": mirrors})


def home_of(settings: Settings) -> str:
    """What to call the store of ``settings``: never with a password; the same for the same place.

    Raises :class:`MoveRefused` for one that keeps nothing.
    """
    if settings.store.startswith("couchdb+"):
        parts = urlsplit(settings.store)
        place = parts.netloc.rpartition("@")[2]
        return f"{parts.scheme}://{place}{parts.path.rstrip('/')}"
    try:
        folder = store_folder(settings)
    except SettingsError as error:
        raise MoveRefused(error.sentence) from None
    if folder is None:
        raise MoveRefused(
            "The setting store is memory:, which keeps nothing that could be moved. Set "
            "TIDEMARK_STORE, or --data, to where the school is."
        )
    return f"sqlite:{folder.resolve()}"


def _with_password(url: str) -> str:
    password = os.environ.get(VARIABLE, "")
    parts = urlsplit(url)
    user, at, place = parts.netloc.rpartition("@")
    if not password or not at or ":" in user:
        return url
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{place}"))
