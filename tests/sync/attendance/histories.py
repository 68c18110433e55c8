"""Random histories of one cell, as they come about: people choose while they see a part of it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from schemas.calendar import Span
from schemas.published import Verdict
from sync.attendance.fold import FoldClaim, screen

SPANS = (
    Span(opens="08:50", closes="09:20", ends="12:00"),
    Span(opens="13:05", closes="13:35", ends="15:20"),
)
CODES = ("/", "\\", "N", "L", "U", "O", "I", "M", "C", "G", "V", "B", "X", "Y1", "D", "H", "Z", "?")
DATES = ("2026-11-23", "2024-07-01", "2021-01-15")
SILENT: tuple[Verdict, ...] = ("set_aside", "voided", "held", "declined", "erased")
TIMES = ("08:40", "08:49", "08:50", "09:05", "09:20", "09:21", "10:15", "13:05", "13:36", "14:00")


def history(source: random.Random) -> tuple[list[FoldClaim], Span]:
    """Up to nine claims and their session's times.

    Each author saw some of those before, and replaces what that screen showed; now and then one
    names too little, too much, or what nobody has.
    """
    span, date = source.choice(SPANS), source.choice(DATES)
    claims: list[FoldClaim] = []
    for number in range(source.randrange(10)):
        seen = [claim for claim in claims if source.random() < 0.7]
        claim = FoldClaim(
            id=f"{source.randrange(16**6):06x}.{number}",
            code=source.choice(CODES),
            date=date,
            arrived=source.choice((None, *TIMES)),
            replaces=_replaces(source, seen, span),
            seen_at=source.choice((None, *TIMES)),
        )
        claims.append(claim)
    judged = [
        replace(claim, verdict=source.choice(SILENT)) if source.random() < 0.2 else claim
        for claim in claims
    ]
    source.shuffle(judged)
    return judged, span


def _replaces(source: random.Random, seen: Sequence[FoldClaim], span: Span) -> tuple[str, ...]:
    shown = list(screen(seen, span)) if source.random() < 0.6 else []
    if source.random() < 0.1:
        shown.append(f"{source.randrange(16**6):06x}.9")
    if shown and source.random() < 0.1:
        shown.pop(source.randrange(len(shown)))
    return tuple(shown)
