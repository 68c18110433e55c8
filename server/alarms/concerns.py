"""Concerns: whoever one goes to is told by message; unacknowledged in time, so is the next.

When it does so, and to whom, the rule of concerns says (:mod:`sync.family.concerns`), in the
published document. Here it is looked after that the place is open at that moment, so that it is
published, whether or not anybody is there; and that whoever it goes to is told.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from typing_extensions import override

from schemas.family.concerns import Concern, Step
from schemas.school import School
from server.alarms.kind import Deadlines
from server.alarms.message import concern_message
from server.alarms.people import People, Reachable
from server.alarms.place import Place, load_staff
from server.alarms.published import Published
from server.alarms.record import AlarmRecord, mark_of, record_id
from server.problems import Refusal
from server.schools import Schools
from sync.clock import instant, to_ms
from sync.document import Document
from sync.errors import BadName, DatabaseMissing
from sync.family.concern_routes import Whom
from sync.family.concerns import concerned
from sync.family.relayed import heard_in
from sync.store import Store

__all__ = ["Concerns"]

LATEST_MS = 7 * 86_400_000
"""Of what was passed on longer ago nobody is told any more."""
AGAIN_MS = 60_000
"""A place whose publisher has not got to a concern that is due is woken again after this."""


class Concerns(Deadlines):
    """The concerns that are answered for in one place."""

    def __init__(self, place: Place, store: Store, schools: Schools) -> None:
        super().__init__(place)
        self._store = store
        self._schools = schools
        self._concerns = Published(place.database, "concern", _read)
        self._records: dict[str, AlarmRecord] = {}
        self._raised: set[str] = set()
        """Ids of records that were made here, and may have been written by another server."""
        self._woken_ms = 0

    @override
    async def refresh(self) -> None:
        await self._concerns.refresh()

    @override
    async def ready(self) -> list[AlarmRecord]:
        await self._open_in_time()
        now_ms = self.place.timers.now_ms()
        wanted: dict[str, tuple[Concern, Step]] = {}
        for concern in self._concerns.found.values():
            last = max((concern.received_at, *concern.escalated))
            late = now_ms - to_ms(last) >= LATEST_MS
            if concern.state != "new" or late or not await self._is_ours(concern):
                continue
            for step in concern.answering:
                name = record_id("concern", concern.concern, step, 1)
                if name not in self._records:
                    wanted[name] = (concern, step)
        if not wanted:
            return []
        self._raised = set(wanted)
        there = await self._concerns.records(list(wanted))
        self._records |= there
        missing = sorted(wanted.keys() - there.keys())
        people = await self.place.people() if missing else None
        whom = await self._whom()
        return [
            self._record(name, *wanted[name], await self._to_tell(*wanted[name], whom, people))
            for name in missing
            if people is not None
        ]

    async def _open_in_time(self) -> None:
        """Have the place open, and so published, when a concern is due."""
        now_ms = self.place.timers.now_ms()
        due = [
            one.due_at
            for one in self._concerns.found.values()
            if one.due_at is not None and to_ms(one.due_at) <= now_ms
        ]
        if not due or abs(now_ms - self._woken_ms) < AGAIN_MS:
            return
        self._woken_ms = now_ms
        try:
            async with self._schools.use(self.place.name):
                return  # opening it has its publishers look at what is due
        except Refusal:
            return

    async def _is_ours(self, concern: Concern) -> bool:
        """Whether this place answers for it: the child's school, or the area where that is not
        here.
        """
        if concern.school is None or concern.school == self.place.name:
            return self.place.name in {concern.school, concern.place}
        there = concern.school in await self._store.names()
        return not there and self.place.name == concern.place

    async def _whom(self) -> Whom:
        school = self.place.roster.school
        area: School | None = None
        if school.area is not None:
            try:
                area = (await load_staff(await self._store.open(school.area))).school
            except (BadName, DatabaseMissing, LookupError):
                area = None
        return Whom.of(school, area)

    async def _to_tell(
        self, concern: Concern, step: Step, whom: Whom, people: People
    ) -> list[Reachable]:
        """Who is told at a step: never whom it concerns, in the word of anybody who raised it."""
        heard = await heard_in(self.place.database, concern.concern, str)
        kept = concerned(heard).people
        named = [one for one in whom.to_ring(step) if one.person not in kept]
        known = {one.person for one in named}
        others = sorted(whom.people(step) - known - kept)
        return [*map(Reachable.of, named), *map(people.reachable, others)]

    def _record(
        self, name: str, concern: Concern, step: Step, told: Sequence[Reachable]
    ) -> AlarmRecord:
        mark = mark_of(self.place.name, name)
        place = self.place.roster.school.name
        first = step in concern.route.to
        message = concern_message(concern, self.place.wording, mark=mark, place=place, first=first)
        return AlarmRecord(
            id=name,
            kind="concern",
            subject=concern.concern,
            step=step,
            cause="received" if first else "unacknowledged",
            at=instant(self.place.timers.now_ms()),
            mark=mark,
            title=message.subject,
            text=message.text,
            deliveries=tuple(
                delivery for one in told for delivery in one.deliveries(self.place.ways)
            ),
        )

    @override
    def waiting(self) -> list[AlarmRecord]:
        new = {one.concern for one in self._concerns.found.values() if one.state == "new"}
        return [one for one in self._records.values() if one.waits and one.subject in new]

    @override
    async def reread(self, subject: str) -> None:
        there = await self._concerns.records([*self._raised])
        self._records |= there

    @override
    def took(self, record: AlarmRecord) -> None:
        self._records[record.id] = record


def _read(document: Document) -> Concern:
    return Concern.model_validate_json(orjson.dumps({"_id": document.id, **document.body}))
