"""Homes: what the two ends of a move are called, without passwords, and their settings."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from server.settings import Settings, SettingsError
from server.stores import store_folder
from sync.errors import MoveRefused, StoreError
from sync.stores.couchdb import CouchSettings
from sync.stores.couchdb.settings import SCHEMES, without_password

__all__ = ["VARIABLE", "home_of", "is_couch", "settings_at"]

VARIABLE = "TIDEMARK_MOVE_PASSWORD"
"""The environment variable for the password of a CouchDB that ``--to`` names."""


def settings_at(settings: Settings, url: str, mirrors: Path) -> Settings:
    """The settings of a server whose store is ``url``; a password may come from :data:`VARIABLE`.

    ``mirrors``: a folder for what can be read again. Raises :class:`MoveRefused`.
    """
    kind, _, where = url.partition(":")
    if kind in SCHEMES:
        url = _with_password(url)
    elif kind != "sqlite" or not where.removeprefix("//"):
        raise MoveRefused(
            f"--to is {without_password(url)!r}, which names no store to move to. Write "
            "sqlite:FOLDER, or couchdb+http://user@host:5984 with the password in the variable "
            f"{VARIABLE}."
        )
    return settings.model_copy(update={"store": url, "data": mirrors})


def is_couch(settings: Settings) -> bool:
    """Whether the store is in a CouchDB, and the data folder holds nothing of it."""
    return settings.store.partition(":")[0] in SCHEMES


def home_of(settings: Settings) -> str:
    """What to call the store of ``settings``: never with a password; the same for the same place.

    Raises :class:`MoveRefused` for one that keeps nothing, or an address that is none.
    """
    try:
        if is_couch(settings):
            return f"couchdb+{CouchSettings.of(settings.store).address}"
        folder = store_folder(settings)
    except (SettingsError, StoreError) as error:
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
