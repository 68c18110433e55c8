"""Every way the server says no: one table of codes, and the two shapes they are told in.

Under ``/db`` the answer is CouchDB's ``{"error", "reason"}``; elsewhere it is a problem document
(RFC 9457). ``docs/api.md`` holds this table; a test keeps the two the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from schemas.errors import TidemarkError
from server.answers import json_bytes

__all__ = ["PROBLEMS", "Problem", "Refusal", "answer", "markdown", "of_error", "of_status"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of refusal: its code (stable, for programs), status, title, and when it is given."""

    code: str
    status: int
    title: str
    when: str


_ROWS = (
    Problem(
        "bad_request",
        400,
        "The request cannot be read",
        "Not JSON, a field missing or of the wrong type, a header or parameter that is malformed.",
    ),
    Problem(
        "unauthorized", 401, "Sign in first", "No session, or one that has ended or was revoked."
    ),
    Problem(
        "wrong_sign_in",
        401,
        "That did not sign you in",
        "The username or the password is wrong, or the account is closed.",
    ),
    Problem(
        "proof_needed",
        401,
        "This tablet must say who it is",
        "The session is bound to an enrolled tablet, and the request carries no proof (`DPoP`) of "
        "its key, or one that is not good: of another key, address, method or body, or a used one.",
    ),
    Problem(
        "stale_proof",
        401,
        "The tablet's clock is off",
        "A proof that is good but for its time. `server_time` in the body says what time it is.",
    ),
    Problem(
        "device_revoked",
        401,
        "This tablet was revoked",
        "The proof is of a tablet that the school revoked: it hands over what it has not sent, and "
        "removes everything. `revoked_at` in the body says since when.",
    ),
    Problem(
        "no_local_sign_in",
        403,
        "Sign in another way",
        "Usernames and passwords let nobody in here; the sign-in page shows what does.",
    ),
    Problem("forbidden", 403, "Not yours to see", "A school or a list outside the person's work."),
    Problem(
        "cross_site",
        403,
        "The request came from another site",
        "A change asked for by a page that this server did not serve.",
    ),
    Problem(
        "bad_code",
        403,
        "That code enrols nothing",
        "An enrolment code that is wrong, was used or has expired.",
    ),
    Problem(
        "not_your_device",
        403,
        "Somebody else's tablet",
        "A session cannot be bound to this tablet: it has another owner, or the session is bound "
        "to another.",
    ),
    Problem(
        "not_enrolled",
        403,
        "Only enrolled tablets come in",
        "The setting `enrolment` is `required`, and the session is bound to no tablet.",
    ),
    Problem(
        "not_found",
        404,
        "Not found",
        "No such address, or a document that does not exist or that the person may not see.",
    ),
    Problem(
        "method_not_allowed",
        405,
        "Not done that way",
        "The address is known, the method is not one it takes. `Allow` names those it does.",
    ),
    Problem(
        "upload_held",
        409,
        "The photo's entry is held",
        "The entry that adds the photo is held: its bytes are taken once it is released.",
    ),
    Problem(
        "upload_offset",
        409,
        "Not where the upload stands",
        "A portion that does not follow what has come. `offset` in the body says from where to go "
        "on.",
    ),
    Problem(
        "upload_differs",
        409,
        "Not what was announced",
        "A photo whose length or digest is not that of the entry that adds it. Where all of it had "
        "come, `offset` in the body is 0: it begins anew.",
    ),
    Problem(
        "too_slow",
        408,
        "Too slow",
        "A body that did not come within `body_s` seconds. Nothing of the request was stored: "
        "send less at a time, or the same again.",
    ),
    Problem(
        "too_large",
        413,
        "Too large",
        "A body over the limit, before or after inflating; too many documents; one entry over "
        "256 KiB (named). Nothing of the request was stored: send less at a time.",
    ),
    Problem(
        "bad_content_type",
        415,
        "The wrong type of content",
        "A body that is not `application/json`, or packed other than with gzip.",
    ),
    Problem(
        "too_many_attempts",
        429,
        "Too many attempts",
        "Failed sign-ins for one username, or from one address. `Retry-After`: seconds to wait.",
    ),
    Problem(
        "busy",
        429,
        "Busy for a moment",
        "More people are signing in than can be checked at once, or very many requests of one "
        "school wait. `Retry-After`: seconds to wait.",
    ),
    Problem(
        "too_many_requests",
        429,
        "Too many requests",
        "A device, a person, a school or an address has asked for more than it is given, or a "
        "person holds too many requests open. Nothing of the request was read. `Retry-After`: "
        "seconds to wait.",
    ),
    Problem(
        "internal_server_error",
        500,
        "Something went wrong here",
        "A fault of the server's own; the log has it under the answer's `Request-Id`.",
    ),
    Problem(
        "provider_unreachable",
        502,
        "The sign-in provider does not answer",
        "What it sent cannot be verified while its keys cannot be had; it sends it again.",
    ),
    Problem(
        "app_not_built",
        503,
        "The tablet app is missing",
        "The server was started from a checkout in which the app was never built.",
    ),
    Problem(
        "not_ready",
        503,
        "Not ready",
        "The store cannot be written, or publishing has stopped; or the server is closing.",
    ),
    Problem(
        "store_busy",
        503,
        "The data is in use",
        "Another server holds the same data folder.",
    ),
    Problem(
        "moved",
        503,
        "The school is elsewhere",
        "It is being moved to another store, or has been. Nothing of the request was stored; the "
        "tablet keeps it and tries again. `Retry-After`: seconds to wait.",
    ),
    Problem(
        "insufficient_storage",
        507,
        "No space left",
        "The disk is full. Nothing of the request was stored; the tablet keeps it and tries again.",
    ),
)
PROBLEMS: Mapping[str, Problem] = {row.code: row for row in _ROWS}
_BY_STATUS = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "bad_content_type",
    503: "not_ready",
    507: "insufficient_storage",
}


class Refusal(TidemarkError):
    """Raised to refuse a request: a code of the table and a sentence for this case."""

    def __init__(
        self,
        code: str,
        sentence: str,
        headers: Mapping[str, str] | None = None,
        *,
        members: Mapping[str, str | int] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.members = members or {}
        """What the body says besides, for programs."""
        self.code = code
        self.status = PROBLEMS[code].status
        self.headers = headers or {}


def of_status(status: int) -> str:
    """The code that a bare status, the framework's or another layer's, is answered with."""
    return _BY_STATUS.get(status, "bad_request" if status < 500 else "internal_server_error")


def of_error(error: TidemarkError) -> Refusal:
    """The refusal for an error of any layer; a code unknown to the table goes by its status."""
    if isinstance(error, Refusal):
        return error
    code = error.code if error.code in PROBLEMS else of_status(error.status)
    if PROBLEMS[code].status == 500:
        return Refusal(code, "The server could not do this; it was recorded. Try again later.")
    return Refusal(code, error.sentence)


def answer(path: str, refusal: Refusal) -> Response:
    """Write a refusal in the shape that ``path`` calls for."""
    problem = PROBLEMS[refusal.code]
    headers = {"Cache-Control": "no-store", **refusal.headers}
    if path.startswith("/db/"):
        body = json_bytes({"error": problem.code, "reason": refusal.sentence, **refusal.members})
        return Response(body, problem.status, headers, "application/json")
    document = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": refusal.sentence,
        "code": problem.code,
        **refusal.members,
    }
    return Response(json_bytes(document), problem.status, headers, "application/problem+json")


def markdown() -> str:
    """The table for ``docs/api.md``."""
    rows = [f"| {row.status} | `{row.code}` | {row.title} | {row.when} |" for row in _ROWS]
    return "\n".join(["| status | code | title | when |", "|---|---|---|---|", *rows])
