"""Broken glass: that somebody opened a restricted case which was not theirs, told to those who
answer for it: the case's workers, and the area's safeguarding lead.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.entry import GlassBroken
from schemas.family.glass import Glass
from server.drafts import Draft
from sync import channels
from sync.clock import instant, to_ms
from sync.erasure import is_erased
from sync.grants import GLASS_MS
from sync.roster import Roster
from sync.spoken import Pairing, Spoken, read_feed
from sync.store import Database
from sync.topics import GRANTS

__all__ = ["GlassBook"]

_WANTED = frozenset({channels.entries(GRANTS), channels.arrivals(GRANTS)})


@dataclass
class GlassBook:
    """Each time that it happened in a database, by case."""

    database: Database
    _since: int = 0
    _broken: dict[str, dict[str, Spoken]] = field(default_factory=dict)
    _pairing: Pairing = field(default_factory=Pairing)

    async def alerts(self, case: str, roster: Roster) -> list[Draft]:
        """What is published of it, for one case."""
        documents, self._since = await read_feed(self.database, self._since, _WANTED)
        erased = [one.id for one in documents if is_erased(one)]
        for of_case in self._broken.values():
            for entry in erased:
                of_case.pop(entry, None)
        for spoken in self._pairing.add(documents):
            body = spoken.entry.body
            if isinstance(body, GlassBroken) and spoken.item.verdict == "stored":
                self._broken.setdefault(body.case, {})[spoken.entry.id] = spoken
        return [_alert(one, roster) for one in self._broken.get(case, {}).values()]


def _alert(spoken: Spoken, roster: Roster) -> Draft:
    entry, body = spoken.entry, spoken.entry.body
    assert isinstance(body, GlassBroken)  # noqa: S101  # nothing else is noted
    model = Glass(
        id=f"glass:{entry.digest[:32]}",
        case=body.case,
        entry=entry.id,
        person=body.author,
        person_name=roster.name_of(body.author),
        role=body.role,
        reason=body.reason,
        at=spoken.corrected(body.written_at),
        received_at=spoken.received_at,
        until=instant(to_ms(spoken.received_at) + GLASS_MS),
    )
    return Draft.of(model.id, model, frozenset({channels.case(body.case)}) | channels.SAFEGUARDING)
