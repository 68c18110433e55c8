"""Verifying a school: reading its whole record, and having it judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from server.audit.anchors import anchors_of
from server.audit.records import Records
from sync import lineage
from sync.anchors import Anchor, broken_anchors, is_said
from sync.audit import Audit, Report
from sync.erasure import load_erasures
from sync.findings import Finding
from sync.reading import Reading, each

__all__ = ["SPANS", "Verified", "verify"]

SPANS = (("arrival:", "arrival;"), ("held:", "held;"), ("entry:", "entry;"))
"""Arrivals first: what they speak of was written before them, also while servers write on."""
TELL_EVERY = 1000
Told = Callable[[int, int], None]
"""Hears how many documents were read, of how many."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of a school's verification. ``anchors``: how many it was held against."""

    school: str
    report: Report
    anchors: int
    newest: Anchor | None

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.report.findings

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "school": self.school,
            "clean": self.clean,
            "entries": self.report.entries,
            "arrivals": self.report.arrivals,
            "logs": self.report.logs,
            "erased": self.report.erased,
            "before_the_chain": self.report.before_the_chain,
            "anchors": self.anchors,
            "findings": [asdict(one) for one in self.report.findings],
            "notices": [asdict(one) for one in self.report.notices],
        }


async def verify(records: Records, school: str, said: str | None, told: Told) -> Verified:
    """Verify a school against its own chains, the anchors kept, and one that somebody kept.

    ``said``: an anchor as it was written down. Raises ``NoSchool``.
    """
    accounts = await records.accounts()
    anchors = [] if accounts is None else await anchors_of(accounts, school)
    database = await records.school(school)  # read later: anchors may not be ahead of it
    erased = (await load_erasures(database)).entries
    audit = Audit(concurrent=await _was_shared(records, database), erased=erased)
    total = sum([await database.count(*span) for span in SPANS])
    seen = 0
    for span in SPANS:
        async for document in each(database, *span):
            audit.add(document)
            seen += 1
            if seen % TELL_EVERY == 0:
                told(seen, total)
    told(seen, total)
    report = audit.report(anchors)
    doubts = _doubts(anchors, said)
    if doubts:
        report = Report(**{**_fields(report), "findings": (*report.findings, *doubts)})
    return Verified(school, report, len(anchors), anchors[-1] if anchors else None)


def _fields(report: Report) -> Mapping[str, Any]:
    return {name: getattr(report, name) for name in Report.__dataclass_fields__}


async def _was_shared(records: Records, database: Reading) -> bool:
    """Whether several servers may have served it at once: from a CouchDB, now or formerly."""
    if records.store is not None and records.store.shared:
        return True
    homes = await database.read_local(lineage.NAME)
    return homes is not None and b"~" in orjson.dumps(homes)  # as only a CouchDB's marks have


def _doubts(anchors: list[Anchor], said: str | None) -> list[Finding]:
    """What is wrong with the anchors themselves."""
    doubts = [
        Finding("anchor", f"Anchor {number} cannot be relied on: {why}.", f"anchor {number}")
        for number, why in broken_anchors(anchors).items()
    ]
    if said is not None and not any(is_said(said, one) for one in anchors):
        sentence = (
            "The anchor given with --anchor is none of this school's. If it was copied right, the "
            "anchors, and perhaps the record, were put in the place of others; or it is another "
            "school's."
        )
        doubts.append(Finding("anchor", sentence, said))
    return doubts
