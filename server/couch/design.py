"""Design documents' own addresses: what runs JavaScript in CouchDB, and does not here."""

from __future__ import annotations

from server.couch.call import Call
from server.couch.door import Door
from server.couch.faults import Fault, not_implemented

__all__ = ["ACTIONS", "action"]

ACTIONS = {
    "_view": "Views are",
    "_list": "List functions are",
    "_show": "Show functions are",
    "_update": "Update functions are",
    "_rewrite": "Rewrites are",
    "_info": "Views, and what is to know of their indexes, are",
    "_search": "Search indexes are",
    "_search_info": "Search indexes are",
    "_nouveau": "Search indexes are",
    "_nouveau_info": "Search indexes are",
}
"""What each is called in the sentence that refuses it."""


async def action(door: Door, _call: Call, name: str, what: str) -> None:
    """``/{db}/_design/{name}/{what}…``: 404 without the design document, 501 with it."""
    (found,) = await door.read((f"_design/{name}",))
    if found is None:
        raise Fault("not_found", "missing")
    if found.deleted:
        raise Fault("not_found", "deleted")
    raise not_implemented(ACTIONS[what])
