"""Redo records: how a transaction is spelt in the journal, and found there again. No I/O.

A journal file is a header, records one after the other, and zeros (room kept ready for more)::

    header   "TdmkJrn1", then the file's number (8 bytes)
    record   length of the payload (4 bytes), CRC-32 (4 bytes), payload
    payload  MessagePack: [database, epoch, schema, seq, statements or nil]

Numbers are unsigned and little-endian. The checksum covers the file's number, the length and the
payload: what an earlier file left on the disk is no record of this one. The first place that holds
no whole record ends the file; there the power went, before anything from there on was acknowledged.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from zlib import crc32

import ormsgpack

from sync.stores.sqlite.statements import Statement

__all__ = ["HEADER_BYTES", "Redo", "header", "number_in", "pack", "payloads", "seal", "unpack"]

MAGIC = b"TdmkJrn1"

_NUMBER = struct.Struct("<Q")
_FRAME = struct.Struct("<II")

HEADER_BYTES = len(MAGIC) + _NUMBER.size


class Redo(NamedTuple):
    """A transaction that can be carried out again.

    It belongs after the sequence ``seq`` of that ``database`` whose file has ``epoch`` and has been
    through ``schema`` steps. Without ``statements`` it withdraws the database's record before it,
    which could not be carried out.
    """

    database: str
    epoch: str
    schema: int
    seq: int
    statements: Sequence[Statement] | None


def header(number: int) -> bytes:
    """The first bytes of file ``number`` (from 1)."""
    return MAGIC + _NUMBER.pack(number)


def number_in(data: bytes) -> int | None:
    """The number that a header says; 0 if it never came to be written, None if it is not ours."""
    found = data[:HEADER_BYTES]
    if len(found) < HEADER_BYTES or not any(found):
        return 0
    if not found.startswith(MAGIC):
        return None
    number: int = _NUMBER.unpack_from(found, len(MAGIC))[0]
    return number


def pack(redo: Redo) -> bytes:
    """The payload of a record."""
    *place, statements = redo
    if statements is None:
        return ormsgpack.packb((*place, None))
    return ormsgpack.packb((*place, [(sql, tuple(row), kept) for sql, row, kept in statements]))


def unpack(payload: bytes | memoryview) -> Redo:
    """What :func:`pack` packed."""
    *place, statements = ormsgpack.unpackb(payload)
    redone = None if statements is None else [Statement(*one) for one in statements]
    return Redo._make((*place, redone))


def seal(number: int, payload: bytes) -> bytes:
    """The record of ``payload`` in file ``number``."""
    return _FRAME.pack(len(payload), _checksum(number, payload)) + payload


def payloads(number: int, data: memoryview) -> Iterator[memoryview]:
    """The payloads of the whole records in file ``number``, of which ``data`` is everything."""
    start = HEADER_BYTES
    while (begin := start + _FRAME.size) <= len(data):
        length, checksum = _FRAME.unpack_from(data, start)
        payload = data[begin : begin + length]
        if not length or len(payload) < length or checksum != _checksum(number, payload):
            return
        yield payload
        start = begin + length


def _checksum(number: int, payload: bytes | memoryview) -> int:
    return crc32(payload, crc32(_NUMBER.pack(number) + _NUMBER.pack(len(payload))))
