"""What is published of a case: the case, its visits, and what a coordinator may know of it.

It goes to its workers, and to the people of the team it lies with; a restricted one to its workers
alone, without any trace for others.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence

from schemas.family.cases import CaseAttendance, CaseEvent, CaseSchool
from schemas.family.facts import Member
from schemas.family.photos import PhotoAdded
from server.drafts import Draft
from server.family.attended import Attended, attended
from server.family.desk import Desk
from server.family.folders import Contents
from server.family.glass import GlassBook
from server.family.workers import workers
from server.photos.uploads import photo_id
from sync import channels
from sync.clock import at_local, in_words, instant
from sync.family.casefile import CaseFile, FoldedCase
from sync.family.cases import Child, Surroundings, case_cells, children, summary, teams
from sync.family.facts import items
from sync.family.spells import Spell
from sync.family.visits import PhotoFate
from sync.spoken import read_feed

__all__ = ["CaseFolder"]

CACHED = 128
"""Cases whose entries stay in memory: those that are worked on."""


class CaseFolder:
    """The cases of one area."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._glass = GlassBook(desk.database)
        self._files: OrderedDict[str, CaseFile] = OrderedDict()

    async def contents(self, name: str, now_ms: int) -> Contents:
        """A case's documents as of now."""
        file, roster, as_at = await self._file(name), self._desk.roster(), instant(now_ms)
        working, again_ms = await workers(self._desk, name, now_ms)
        zone = roster.calendar.time_zone
        cells = case_cells(file.told(roster.name_of))
        pupils = children(cells)
        names = {one.item: one.values[0].name for one in items(cells, Member)}
        said = await attended(self._desk.database, name)
        around = Surroundings(
            zone,
            workers=working,
            schools=await self._schools(pupils),
            attendance=tuple(_attendance(pupils, said)),
            events=tuple(_absences(pupils, said, names, zone)),
        )
        folded = file.fold(roster.name_of, around, as_at, await self._photos(file))
        drafts = [] if folded is None else await self._own(_drafts(folded, zone, as_at), name)
        drafts += await self._glass.alerts(name, roster)
        gone = (await self._there(name)) | {f"summary:{name}"}
        return Contents(tuple(drafts), gone.difference(one.id for one in drafts), again_ms)

    async def _file(self, name: str) -> CaseFile:
        file = self._files.pop(name, None) or CaseFile(self._desk.database, name)
        await file.refresh()
        self._files[name] = file
        while len(self._files) > CACHED:
            self._files.popitem(last=False)
        return file

    async def _own(self, drafts: list[Draft], name: str) -> list[Draft]:
        """Without visits that lie in another case: what is said of one here takes it nowhere."""
        ids = [one.id for one in drafts if one.id.startswith("visit:")]
        there = await self._desk.database.read(ids)
        others = {
            one.id
            for one in there
            if one is not None and not one.deleted and one.body["case"] != name
        }
        return [one for one in drafts if one.id not in others]

    async def _there(self, name: str) -> frozenset[str]:
        """The case, each of its visits and what was told of broken glass, as published now."""
        documents, _ = await read_feed(self._desk.database, 0, frozenset({channels.case(name)}))
        ids = (one.id for one in documents)
        return frozenset(one for one in ids if one.partition(":")[0] in {"case", "visit", "glass"})

    async def _schools(self, pupils: Sequence[Child]) -> tuple[CaseSchool, ...]:
        """The schools of the family's children, and whom each wants told of a concern."""
        found: list[CaseSchool] = []
        for school in sorted({child.school for child in pupils}):
            area = self._desk.database.name
            place = await self._desk.places.school_of(area, school)
            if place is None:
                name = "A school that is not on this server, or lies in another area"
                found.append(CaseSchool(school=school, name=name, here=False))
            else:
                says = place.school
                found.append(
                    CaseSchool(school=school, name=says.name, safeguarding=says.safeguarding)
                )
        return tuple(found)

    async def _photos(self, file: CaseFile) -> Mapping[str, PhotoFate]:
        """What became of the bytes of each photo."""
        bodies = (one.entry.body for one in file.spoken.values())
        photos = sorted({body.photo for body in bodies if isinstance(body, PhotoAdded)})
        documents = await self._desk.database.read([photo_id(one) for one in photos])
        return {
            photo: PhotoFate(one.body["state"], one.body["reason"])
            for photo, one in zip(photos, documents, strict=True)
            if one is not None and not one.deleted
        }


Said = Mapping[tuple[str, str], Attended]


def _attendance(pupils: Sequence[Child], said: Said) -> Iterator[CaseAttendance]:
    """Each child's attendance, under the member that the child is in this household."""
    for child, one in _of_children(pupils, said):
        for half in one.says.halves:
            yield CaseAttendance(
                member=min(child.members),
                school=child.school,
                half=half.half,
                tally=half.tally,
                as_at=one.as_at,
            )


def _absences(
    pupils: Sequence[Child], said: Said, names: Mapping[str, str], zone: str
) -> Iterator[CaseEvent]:
    """Each child's spells of absence, as lines of the chronology."""
    for child, one in _of_children(pupils, said):
        name = names.get(min(child.members), "A child")
        for spell in one.says.spells:
            at = at_local(spell.first, "00:00", zone)
            yield CaseEvent(at=at, recorded_at=at, what="absence", text=_in_words(name, spell))


def _in_words(name: str, spell: Spell) -> str:
    last = in_words(spell.last)
    when = f"on {last}" if spell.first == spell.last else f"{in_words(spell.first)} to {last}"
    sessions = "1 session" if spell.sessions == 1 else f"{spell.sessions} sessions"
    without = f", {spell.unauthorised} of them without leave" if spell.unauthorised else ""
    return f"{name} missed {sessions}, {when}{without}."


def _of_children(pupils: Sequence[Child], said: Said) -> Iterator[tuple[Child, Attended]]:
    for child in pupils:
        one = said.get((child.school, child.pupil))
        if one is not None:
            yield child, one


def _drafts(folded: FoldedCase, zone: str, as_at: str) -> list[Draft]:
    case = folded.case
    to = {channels.case(case.case)}
    if not case.restricted:
        to |= {channels.team(one) for one in teams(case.cells)}
    drafts = [Draft.of(case.id, case, frozenset(to))]
    drafts += [Draft.of(one.id, one, frozenset(to)) for one in folded.visits]
    short = summary(case, folded.visits, zone, as_at)
    if short is not None:
        drafts.append(Draft.of(short.id, short, channels.SUMMARIES))
    return drafts
