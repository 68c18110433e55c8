"""Faults: every error that CouchDB's API answers with, and its status, in one table.

A fault is answered as ``{"error": …, "reason": …}``. The names and the reasons that clients look
at are the protocol's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from schemas.errors import TidemarkError

__all__ = ["STATUSES", "Fault", "conflict", "not_allowed", "not_implemented", "of_error"]

STATUSES: Mapping[str, int] = {
    "bad_request": 400,
    "query_parse_error": 400,
    "doc_validation": 400,
    "illegal_docid": 400,
    "illegal_database_name": 400,
    "database_name_too_long": 400,
    "content_md5_mismatch": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "not_acceptable": 406,
    "conflict": 409,
    "gone": 410,
    "file_exists": 412,
    "missing_stub": 412,
    "too_large": 413,
    "document_too_large": 413,
    "attachment_too_large": 413,
    "too_long": 414,
    "bad_content_type": 415,
    "requested_range_not_satisfiable": 416,
    "expectation_failed": 417,
    "internal_server_error": 500,
    "not_implemented": 501,
    "service unavailable": 503,
    "insufficient_storage": 507,
}
_OF_STATUS = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    412: "file_exists",
    413: "too_large",
    503: "service unavailable",
    507: "insufficient_storage",
}

CONFLICT = "Document update conflict."
NO_DATABASE = "Database does not exist."


class Fault(TidemarkError):
    """Raised to refuse a request, or a part of it. ``error`` is a name of :data:`STATUSES`."""

    def __init__(
        self, error: str, reason: str, headers: Sequence[tuple[bytes, bytes]] = ()
    ) -> None:
        super().__init__(reason.encode("utf-8", "replace").decode())  # it may quote half a letter
        self.code = error
        self.status = STATUSES[error]
        self.headers = headers

    @property
    def body(self) -> bytes:
        """What is answered."""
        return orjson.dumps({"error": self.code, "reason": self.sentence}) + b"\n"


def conflict() -> Fault:
    """Somebody else was first."""
    return Fault("conflict", CONFLICT)


def not_allowed(methods: str) -> Fault:
    """Another method is wanted; ``methods`` as in ``GET,HEAD``."""
    allow = ((b"allow", methods.encode()),)
    return Fault("method_not_allowed", f"Only {methods} allowed", allow)


def not_implemented(what: str) -> Fault:
    """Something of CouchDB's that is not offered here; ``what`` begins the sentence."""
    return Fault("not_implemented", f"{what} not offered here; see docs/couchdb.md.")


def of_error(error: TidemarkError) -> Fault:
    """The fault for an error of any layer."""
    if isinstance(error, Fault):
        return error
    if error.code in STATUSES and STATUSES[error.code] == error.status:
        name = error.code
    else:
        name = _OF_STATUS.get(error.status, "internal_server_error")
    if STATUSES[name] == 500:
        return Fault(name, "The server could not do this; it was recorded. Try again later.")
    return Fault(name, error.sentence)
