"""Notes: a visit's note that is not written reminds its worker after a day, once, and after two
days tells the lead, once. Read from the visits as they are published.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from typing_extensions import override

from schemas.family.visits import Visit
from server.alarms.kind import Deadlines
from server.alarms.message import note_message
from server.alarms.place import Place
from server.alarms.published import Published
from server.alarms.record import AlarmRecord, mark_of, record_id
from sync.clock import instant, to_ms
from sync.document import Document

__all__ = ["Notes"]

LATEST_MS = 7 * 86_400_000
"""What has been due for longer is told to nobody any more: the lists show it."""


class Notes(Deadlines):
    """The notes that are owed in an area."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._visits = Published(place.database, "visit", _read)
        self._records: dict[str, AlarmRecord] = {}
        self._raised: set[str] = set()
        """Ids of records that were made here, and may have been written by another server."""

    @override
    async def refresh(self) -> None:
        await self._visits.refresh()

    @override
    async def ready(self) -> list[AlarmRecord]:
        wanted = {
            name: (visit, person, step, at_ms)
            for visit in self._visits.found.values()
            for person, step, at_ms in _owed(visit)
            if (name := record_id("note", visit.visit, f"{step}-{person}", 1)) not in self._records
            and at_ms <= self.place.timers.now_ms() < at_ms + LATEST_MS
        }
        if not wanted:
            return []
        self._raised = set(wanted)
        there = await self._visits.records(list(wanted))
        self._records |= there
        people = await self.place.people() if wanted.keys() - there.keys() else None
        found: list[AlarmRecord] = []
        for name in sorted(wanted.keys() - there.keys()):
            visit, person, step, at_ms = wanted[name]
            assert people is not None  # noqa: S101  # something is wanted
            if step == "remind":
                whom, of = [person], None
            else:
                teams, _ = await self.place.teams_of(visit.case)
                whom = people.leads(teams | people.teams_of(person))
                of = people.reachable(person).name
            mark = mark_of(self.place.name, name)
            message = note_message(visit.visit, self.place.wording, mark=mark, name=of)
            found.append(
                AlarmRecord(
                    id=name,
                    kind="note",
                    subject=visit.visit,
                    step=f"{step}-{person}",
                    cause="note",
                    at=instant(at_ms),
                    mark=mark,
                    title=message.subject,
                    text=message.text,
                    deliveries=tuple(
                        delivery
                        for one in whom
                        for delivery in people.reachable(one).deliveries(self.place.ways)
                    ),
                )
            )
        return found

    @override
    def waiting(self) -> list[AlarmRecord]:
        owed = {one.visit: frozenset(one.owed_by) for one in self._visits.found.values()}
        return [
            one
            for one in self._records.values()
            if one.waits and one.step.partition("-")[2] in owed.get(one.subject, ())
        ]

    @override
    async def reread(self, subject: str) -> None:
        there = await self._visits.records([*self._raised])
        self._records |= there

    @override
    def took(self, record: AlarmRecord) -> None:
        self._records[record.id] = record


def _owed(visit: Visit) -> Iterator[tuple[str, str, int]]:
    """Who owes a note, the step, and when it is due."""
    for person in visit.owed_by:
        for step, at in (("remind", visit.note_due_at), ("overdue", visit.note_overdue_at)):
            if at is not None:
                yield person, step, to_ms(at)


def _read(document: Document) -> Visit:
    return Visit.model_validate_json(orjson.dumps({"_id": document.id, **document.body}))
