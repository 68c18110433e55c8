"""What a database is called in CouchDB: a prefix, and its name without slashes.

CouchDB allows a slash in a name, but it then has to be sent as ``%2F``, which many a proxy turns
into a slash again. So ``/`` is spelt ``$-`` and ``$`` itself ``$$``.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from sync.errors import BadName
from sync.stores.names import check_name

__all__ = ["LEASES", "couch_name", "document_path", "name_of_couch", "path_of"]

LEASES = "$leases"
"""The database in which gateways claim tasks; no name is spelt like that."""
MAX_LENGTH = 238
"""CouchDB's limit."""

_ESCAPED = re.compile(r"\$[$-]")
_ODD = re.compile(r"\$(?![$-])")


def couch_name(prefix: str, name: str) -> str:
    """The name in CouchDB of the database ``name``. Raises :class:`BadName`."""
    found = prefix + check_name(name).replace("$", "$$").replace("/", "$-")
    if len(found) > MAX_LENGTH:
        raise BadName(
            f"A database cannot be named {name!r}: in CouchDB that would be {len(found)} "
            f"characters, of {MAX_LENGTH} allowed ($ and / count twice)."
        )
    return found


def name_of_couch(prefix: str, found: str) -> str | None:
    """The name of a CouchDB database; None if it is none of this store's."""
    spelt = found.removeprefix(prefix)
    if not found.startswith(prefix) or _ODD.search(_ESCAPED.sub("", spelt)):
        return None
    name = _ESCAPED.sub(lambda match: "$" if match[0] == "$$" else "/", spelt)
    try:
        return check_name(name)
    except BadName:
        return None


def path_of(found: str) -> str:
    """The path of a CouchDB database; all that might be read otherwise is escaped."""
    return "/" + quote(found, safe="")


def document_path(database: str, id: str) -> str:  # noqa: A002
    """The path of a document in the database at the path ``database``."""
    for special in ("_design/", "_local/"):
        if id.startswith(special):
            return f"{database}/{special}{quote(id.removeprefix(special), safe='')}"
    return f"{database}/{quote(id, safe='')}"
