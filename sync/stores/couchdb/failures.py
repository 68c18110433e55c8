"""What CouchDB's answers, and the lack of one, mean to those who asked.

No sentence holds a name, a password or a cookie; CouchDB's own reasons are passed on.
"""

from __future__ import annotations

from typing import Any

from sync.errors import StoreError, StoreFull, StoreUnreachable

__all__ = ["refused", "too_few", "unreachable"]

FULL = ("enospc", "no space left", "insufficient_storage")
SIGNED_OUT = (401, 403)
BUSY = (408, 429, 502, 503, 504)


def unreachable(address: str, doing: str, error: Exception) -> StoreError:
    """No answer came: no connection, or not in time."""
    return StoreUnreachable(
        f"CouchDB at {address} does not answer ({doing}: {type(error).__name__}). Look whether it "
        "runs and can be reached from here, and try again."
    )


def refused(address: str, doing: str, status: int, body: Any) -> StoreError:
    """An answer came, and it is no."""
    said = body if isinstance(body, dict) else {}
    reason = f"{said.get('error', '')}: {said.get('reason', '')}".strip(": ")
    told = f"{status} {reason}".strip()
    if status == 507 or any(sign in reason.lower() for sign in FULL):
        return StoreFull(
            f"CouchDB at {address} has no space left ({doing}: {told}). Free some there, and try "
            "again."
        )
    if status in SIGNED_OUT:
        return StoreError(
            f"CouchDB at {address} does not let this server in ({doing}: {told}). Check the user "
            "and the password in the setting store; the user must be an administrator there."
        )
    if status in BUSY:
        return StoreUnreachable(
            f"CouchDB at {address} cannot answer now ({doing}: {told}). Try again later."
        )
    return StoreError(
        f"CouchDB at {address} refused a request ({doing}: {told}). Look into its log, and try "
        "again."
    )


def too_few(address: str, doing: str) -> StoreError:
    """CouchDB kept a write on too few nodes for it to be safe (202 Accepted)."""
    return StoreUnreachable(
        f"Too few nodes of CouchDB at {address} took what was written ({doing}: 202 Accepted). "
        "It counts as not stored; look whether all nodes run, and try again."
    )
