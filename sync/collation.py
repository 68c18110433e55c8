"""Collation: the order in which CouchDB sorts JSON values.

null, false, true, numbers, texts, arrays, objects. Texts stand as people sort them, not by code
point: spaces, punctuation, symbols, digits, letters; accents count only between texts that are the
same without them, and case only after that, small letters first. This is the root order of the
Unicode collation algorithm, exactly for ASCII and for Latin letters with accents; other characters
follow those of their kind by code point. Members of an object are compared in the order of their
names.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

__all__ = ["Key", "collation_key", "id_key"]

Key = Callable[[Any], tuple[Any, ...]]

_SPACES = "\t\n\v\f\r "
_PUNCTUATION = "_-,;:!?.'\"()[]{}@*/\\&#%"
_SYMBOLS = "`^+<=>|~"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ACCENTS = "\u0301\u0300\u0306\u0302\u030c\u030a\u0308\u030b\u0303\u0307\u0328\u0327\u0304"
"""Acute, grave, breve, circumflex, caron, ring, diaeresis, double acute, tilde, dot, ogonek …"""
_GROUPS = (("Z", _SPACES), ("P", _PUNCTUATION), ("S", _SYMBOLS), ("Sc", "$"), ("N", "0123456789"))


def _weights() -> tuple[bytes, dict[str, int]]:
    """The weight of each ASCII character, and that which opens what else is of a category.

    Weight 0 is a character without one: controls do not count.
    """
    table = bytearray(256)
    openers: dict[str, int] = {}
    weight = 1
    for category, characters in _GROUPS:
        for character in characters:
            table[ord(character)] = weight
            weight += 1
        openers[category] = weight
        weight += 1
    for character in _LETTERS:
        table[ord(character)] = table[ord(character.upper())] = weight
        weight += 1
    openers["L"] = weight
    return bytes(table), openers


_TABLE, _OPENERS = _weights()
_CONTROLS = bytes(code for code in range(128) if not _TABLE[code])
_CASES = bytes(int(chr(code).isupper()) if code < 128 else 0 for code in range(256))


def collation_key(value: Any) -> tuple[Any, ...]:
    """A key by which JSON values sort; values that compare as equal have the same one."""
    if isinstance(value, str):
        return (4, *_text_key(value))
    if value is None or isinstance(value, bool):
        return ((None, False, True).index(value),)
    if isinstance(value, int | float):
        return (3, value)
    if isinstance(value, list):
        return (5, tuple(map(collation_key, value)))
    members = sorted((_text_key(name), collation_key(one)) for name, one in value.items())
    return (6, tuple(members))


def id_key(value: Any) -> tuple[Any, ...]:
    """A key by which CouchDB compares ids: texts byte by byte, and everything else before them.

    Numbers come first, then null, true and false, then objects, then arrays.
    """
    if isinstance(value, str):
        return (4, value.encode())
    place = 2 if isinstance(value, dict) else 3 if isinstance(value, list) else 1
    if place == 1 and not isinstance(value, bool) and value is not None:
        place = 0
    return (place, *collation_key(value))


def _text_key(text: str) -> tuple[bytes, tuple[int, ...], bytes]:
    """The weights of a text: characters, then accents, then case."""
    if text.isascii():
        raw = text.encode().translate(None, _CONTROLS)
        return raw.translate(_TABLE), (), raw.translate(_CASES)
    characters, cases = bytearray(), bytearray()
    accents: list[int] = []
    for character in unicodedata.normalize("NFKD", text):
        if unicodedata.category(character) == "Mn":
            accents.append(_ACCENTS.find(character) + 1 or ord(character))
            continue
        weight = _weight(character)
        if weight:
            characters += weight
            cases.append(character.isupper())
            accents.append(0)
    while accents and not accents[-1]:
        del accents[-1]
    return bytes(characters), tuple(accents), bytes(cases)


def _weight(character: str) -> bytes:
    if character.isascii():
        weight = _TABLE[ord(character)]
        return bytes((weight,)) if weight else b""
    category = unicodedata.category(character)
    if category.startswith("C"):
        return b""
    opener = _OPENERS.get(category) or _OPENERS.get(category[0], _OPENERS["L"])
    return bytes((opener,)) + ord(character.lower()[0]).to_bytes(4, "big")
