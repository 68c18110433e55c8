"""CouchDB's HTTP API over a store: bare for an administrator, or within one person's scope."""
