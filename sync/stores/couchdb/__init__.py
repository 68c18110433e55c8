"""The store in Apache CouchDB 3, for any number of gateways; each keeps what it can rebuild."""

from sync.stores.couchdb.settings import CouchSettings
from sync.stores.couchdb.store import CouchStore

__all__ = ["CouchSettings", "CouchStore"]
