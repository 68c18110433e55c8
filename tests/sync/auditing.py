"""Auditing what a test has left in a school's database."""

from __future__ import annotations

from sync.audit import Audit, Report
from sync.reading import Reading, each

__all__ = ["audited"]


async def audited(database: Reading, *, concurrent: bool = False) -> Report:
    """The report on everything that is there."""
    audit = Audit(concurrent=concurrent)
    for kind in ("arrival", "held", "entry"):
        async for document in each(database, f"{kind}:", f"{kind};"):
            audit.add(document)
    return audit.report()
