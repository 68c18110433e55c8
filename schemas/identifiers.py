"""Numbers that England's school system gives: UPN, LAESTAB, URN, UKPRN.

UPN: 13 characters, a check letter, then LA (3), establishment (4), year (2), serial (3); a
temporary UPN ends in a letter. The check letter is the letter whose index is the sum over
positions 2 to 13 of position times value, modulo 23 (DfE, Unique pupil numbers guide).
A UPN is never a login, a document id or part of a URL.
"""

from __future__ import annotations

import re
from operator import mul

from schemas.errors import IdentifierError

__all__ = [
    "UPN_ALPHABET",
    "check_laestab",
    "check_ukprn",
    "check_upn",
    "check_urn",
    "upn_check_letter",
]

UPN_ALPHABET = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""Letters a UPN may hold, in the order of their values 0 to 22: no I, O or S."""

_VALUE = {
    char: value for digits in ("0123456789", UPN_ALPHABET) for value, char in enumerate(digits)
}
_UPN = re.compile(rf"^[{UPN_ALPHABET}][0-9]{{11}}[0-9{UPN_ALPHABET}]$")


def upn_check_letter(tail: str) -> str:
    """The check letter for the twelve characters that follow it."""
    total = sum(map(mul, range(2, 14), map(_VALUE.__getitem__, tail)))
    return UPN_ALPHABET[total % 23]


def check_upn(upn: str) -> str:
    """Return ``upn`` if it is well formed; raise :class:`IdentifierError` saying what is wrong.

    The LA number inside is not judged: authorities were abolished, their numbers live on.
    """
    if not _UPN.fullmatch(upn):
        raise IdentifierError(
            f"The UPN {upn!r} is not a letter (not I, O or S), eleven digits, and a digit or "
            "letter; check it against the admission register."
        )
    wanted = upn_check_letter(upn[1:])
    if upn[0] != wanted:
        raise IdentifierError(
            f"The UPN {upn!r} starts with {upn[0]}, but its digits call for {wanted}; "
            "one of its characters was mistyped."
        )
    return upn


def _digits(name: str, value: str, length: int) -> str:
    if not re.fullmatch(rf"[0-9]{{{length}}}", value):
        raise IdentifierError(
            f"The {name} {value!r} is not {length} digits; write it without spaces or slashes."
        )
    return value


def check_laestab(value: str) -> str:
    """LA number (3) and establishment number (4)."""
    return _digits("LAESTAB", value, 7)


def check_urn(value: str) -> str:
    """The unique reference number of an establishment."""
    return _digits("URN", value, 6)


def check_ukprn(value: str) -> str:
    """The UK provider reference number; it always starts with 1."""
    _digits("UKPRN", value, 8)
    if value[0] != "1":
        raise IdentifierError(
            f"The UKPRN {value!r} does not start with 1; check it on the "
            "UK register of learning providers."
        )
    return value
