"""Comparing the server with the words on family support: each paper, and each marked word.

Through every door: feeds, listings, single documents and their attachments, photos, PDFs, lists of
access and of views, explanations, questions about restricted cases, and answers that were waited
for. A word that comes out anywhere but to whom it is for is a leak; one that does not come out with
whole documents, to whom it is for, is wrongly hidden.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import orjson

from tests.oracle.asking import Asker, Reply
from tests.oracle.checking import Tally
from tests.oracle.families.words import (
    Moment,
    Part,
    knows_family,
    looks_after_access,
    may,
    oversees_views,
    roles,
)
from tests.oracle.families.world import AREA, SCHOOLS, TEAMS, FamilyWorld, Somebody
from tests.oracle.forms import MANY, NOBODYS, ONE, Many, Question, WrongAnswer, told_of
from tests.oracle.words import Paper

__all__ = ["FamilyChecker"]

MARK = re.compile(rb"marked[0-9a-f]{12}")
FAMILY = frozenset(
    {
        "case",
        "visit",
        "summary",
        "support",
        "shared",
        "concern",
        "concern_status",
        "glass",
        "draft",
        "draft_opening",
        "watch",
    }
)
"""Kinds of papers that are of family support."""
NOBODYS_KINDS = frozenset(
    {
        *("entry", "arrival", "relayed", "attended", "photo", "pupil", "asking", "delivery"),
        *("alarm", "concern_reminder", "note_reminder", "waiting", "erased", "understood"),
    }
)
"""Kinds of papers that are the server's own."""
ROSTER = frozenset({"school", "group", "roll", "sheet", "card", "history", "unexplained"})
"""Kinds that :mod:`tests.oracle.checking` looks after."""
WHOLE = frozenset(one.name for one in MANY if "bodies" in one.name or "_bulk_get" in one.name)
WHOLE |= {"_changes since=0", "_changes conflicts", "_all_docs conflicts", "_changes POST"}
"""Forms that tell whole documents."""
NOBODY = "nobody-at-all"


class _Overhearing(Asker):
    """Asks, and keeps every marked word that is answered."""

    def __init__(self, asker: Asker) -> None:
        super().__init__(asker.app, asker.school, asker.cookie)
        self.heard: set[str] = set()

    async def ask(self, *args: Any, **more: Any) -> Reply:
        reply = await super().ask(*args, **more)
        self.heard |= {one.decode() for one in MARK.findall(reply.body)}
        return reply


@dataclass
class FamilyChecker:
    """Checks one world."""

    world: FamilyWorld
    tally: Tally
    chance: Random
    papers: dict[str, list[Paper]] = field(default_factory=dict)
    whose: dict[tuple[str, str], Part | None] = field(default_factory=dict)
    """Of each paper by place and id; None: the roster's, or nobody's."""
    before: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """What somebody might read in a place in an earlier act: papers and words."""
    replicas: dict[tuple[str, str], tuple[dict[str, str], str]] = field(default_factory=dict)

    async def look(self) -> None:
        """List the papers of every place as they are now; fails on one nobody thought of."""
        for place in (AREA, *SCHOOLS):
            page = await (await self.world.store.open(place)).changes(0, limit=100_000)
            self.papers[place] = []
            for change in page.changes:
                one = change.document
                self.papers[place].append(Paper(one.id, "", one.rev, gone=one.deleted))
                self.whose[place, one.id] = self._whose(place, one.id, deleted=one.deleted)

    def _whose(self, place: str, name: str, *, deleted: bool) -> Part | None:
        kind = name.partition(":")[0]
        if deleted or kind in NOBODYS_KINDS | ROSTER:
            return None
        found = self.world.papers.get((place, name))
        if found is None:
            start = name[:21] if kind == "held" else ":".join(name.split(":")[:2]) + ":"
            found = self.world.papers.get((place, start))
        assert found is not None, f"{place}: {name}"
        assert kind in FAMILY | {"held"}, name
        return found

    # What is due.

    def sees(self, person: Somebody, part: Part, place: str, when: Moment) -> bool:
        """Whether somebody may read a paper, or a word in a paper, in a place."""
        if part.kind == "status":
            return person.person == part.person
        if part.kind == "summary":
            family = when.families[part.family]
            coordinates = "authority_coordinator" in roles(person.posts, place, when.now)
            return coordinates and not family.restricted
        return may(person.person, person.posts, part, place, when)

    def due(self, person: Somebody, place: str) -> dict[str, bool]:
        """Which papers of family support somebody is to see; the server's own, nobody."""
        when, found = self.world.moment, {}
        for paper in self.papers[place]:
            part = self.whose[place, paper.id]
            kind = paper.id.partition(":")[0]
            if kind in ROSTER:
                continue
            found[paper.id] = part is not None and self.sees(person, part, place, when)
        return found

    def words(self, person: Somebody, place: str) -> frozenset[str]:
        """The marked words that somebody is to find in papers of a place."""
        when, gone = self.world.moment, {one.id for one in self.papers[place] if one.gone}
        kept = (one for one in self.world.parts if one.paper not in gone)
        return frozenset(one.mark for one in kept if self.sees(person, one, place, when))

    def listed(self, person: Somebody, place: str) -> frozenset[str]:
        """The marked words that stand in lists alone, which somebody may find there."""
        when = self.world.moment
        found: set[str] = set()
        for one in self.world.parts:
            family = when.families.get(one.family)
            works = family is not None and knows_family(person.posts, family, when)
            if one.kind == "purpose of a case":
                able = looks_after_access(person.posts, place, when) and works
            elif one.kind == "purpose":
                able = looks_after_access(person.posts, place, when) and one.other == place
            elif one.kind == "glass":
                over = looks_after_access(person.posts, place, when)
                able = works and (over or oversees_views(person.posts, place, when))
            elif one.kind == "asked":
                able = oversees_views(person.posts, place, when) and place == one.other
            else:
                continue
            found |= {one.mark} if able else set()
        return frozenset(found)

    def _could(self, person: Somebody, place: str, name: str) -> bool:
        """Whether somebody who holds what they hold now may have seen a paper before."""
        part, now = self._whose(place, name, deleted=False), self.world.moment
        families = {one: family.once(TEAMS) for one, family in now.families.items()}
        return part is not None and self.sees(person, part, place, replace(now, families=families))

    # Checking.

    async def everybody(self, people: Iterable[Somebody], many: Sequence[Many], ones: int) -> None:
        """Check people, each in the place they have to do with."""
        for person in people:
            await self.person(person, many, ones)

    async def person(self, person: Somebody, many: Sequence[Many], ones: int) -> None:
        """Check everything about one person."""
        place = person.place
        asker = _Overhearing(await self.world.asker(person.person, place))
        due, words = self.due(person, place), self.words(person, place)
        question = Question(asker, [one for one in self.papers[place] if one.id in due])
        for form in many:
            await self._many(person, form, question, due, words)
        for paper in self._some(place, due, ones):
            for one in self.chance.sample(ONE, 3):
                await self._one(person, one, asker, paper, due[paper.id], words)
        await self._since(person, asker, due)
        await self._photos(person, asker)
        await self._pdfs(person, asker, due)
        await self._lists(person, asker, words)
        await self._elsewhere(person)

    def _what(self, person: Somebody, name: str) -> str:
        return f"{person.named()}: {name} at {self.world.clock.now}"

    def _some(self, place: str, due: dict[str, bool], most: int) -> list[Paper]:
        found: list[Paper] = []
        for able in (True, False):
            kind = [one for one in self.papers[place] if due.get(one.id) is able]
            found += self.chance.sample(kind, min(most // 2, len(kind)))
        return found

    async def _many(
        self,
        person: Somebody,
        form: Many,
        question: Question,
        due: dict[str, bool],
        words: frozenset[str],
    ) -> None:
        asker = question.asker
        assert isinstance(asker, _Overhearing)
        asker.heard.clear()
        try:
            told = await form.ask(question)
        except WrongAnswer as error:
            self.tally.leaks.append(f"{self._what(person, str(error))} ({form.name})")
            return
        place = person.place
        for name in told.keys() - due.keys():
            if name.partition(":")[0] not in ROSTER:
                self.tally.leaks.append(f"{self._what(person, name)} ({form.name})")
        for paper in question.papers:
            verdict = told.get(paper.id)
            if self._own(person, paper.id, form.name):
                continue
            if verdict == "left" and not due[paper.id]:
                able = self._could(person, place, paper.id)
                what = self._what(person, paper.id)
                self.tally.note(f"{form.name}: left", told=not able, due=False, what=what)
                continue
            gone = paper.gone and verdict in {"gone", None}
            self.tally.note(
                form.name,
                told=verdict is not None and not gone,
                due=due[paper.id],
                what=self._what(person, paper.id),
            )
            if gone and verdict == "gone" and paper.id not in self._once(person, place):
                self.tally.leaks.append(f"{self._what(person, paper.id)} is gone ({form.name})")
        whole = form.name in WHOLE
        self._heard(person, form.name, asker.heard, words, whole=whole)

    def _own(self, person: Somebody, name: str, form: str) -> bool:
        """An entry of their own log: they may know that it came in."""
        logs = {one.log for one in person.tablets.values()}
        differs = form in {"_revs_diff", "_missing_revs"}
        return differs and name.startswith("entry:") and name.split(":")[1] in logs

    def _once(self, person: Somebody, place: str) -> frozenset[str]:
        return self.before.get((person.person, place), frozenset())

    def _heard(
        self, person: Somebody, form: str, heard: set[str], words: frozenset[str], *, whole: bool
    ) -> None:
        """Note every marked word: heard, and for them; or not, and not. ``whole``: all is told."""
        marks = {one.mark: one for one in self.world.parts}
        name, missed = f"{form}: words", words - heard if whole else frozenset[str]()
        self.tally.checks += len(marks)
        self.tally.forms[name] += len(marks)
        self.tally.shown += len(words) if whole else len(words & heard)
        for found, into in ((heard - words, self.tally.leaks), (missed, self.tally.hidden)):
            for mark in found:
                one = marks[mark]
                what = f"{one.where} of {one.family or one.concern or one.person}"
                into.append(f"{self._what(person, what)} ({name})")

    async def _one(  # of one question
        self,
        person: Somebody,
        form: Any,
        asker: _Overhearing,
        paper: Paper,
        expected: bool,
        words: frozenset[str],
    ) -> None:
        asker.heard.clear()
        reply = await form.ask(asker, paper.id, paper.rev)
        nothing = await form.ask(asker, NOBODYS, paper.rev)
        same = (reply.status, reply.headers, reply.body) == (
            nothing.status,
            nothing.headers,
            nothing.body,
        )
        if form.writes:
            expected = False
        if form.of_files:  # which there are none of: that it is not there is said otherwise
            expected = expected and not same
        if not paper.gone:
            what = self._what(person, paper.id)
            self.tally.note(form.name, told=not same, due=expected, what=what)
        self._heard(person, form.name, asker.heard, words, whole=False)

    async def _since(self, person: Somebody, asker: Asker, due: dict[str, bool]) -> None:
        """A replica that goes on from where it was holds exactly what it should."""
        key = (person.person, person.place)
        held, token = self.replicas.get(key, ({}, "0"))
        reply = (await asker.ask("GET", "_changes", f"since={token}&include_docs=true")).json
        held = {} if reply.get("reset") else dict(held)
        told = told_of(reply["results"])
        for row in reply["results"]:
            name = row["id"]
            if told[name] == "seen":
                held[name] = row["changes"][0]["rev"]
            elif held.pop(name, None) is None and name not in self._once(person, person.place):
                what = f"{self._what(person, name)} leaves (_changes since)"
                self.tally.leaks += [] if self._could(person, person.place, name) else [what]
        self.replicas[key] = (held, reply["last_seq"])
        for paper in self.papers[person.place]:
            if paper.id in due:
                self.tally.note(
                    "_changes since one's own",
                    told=paper.id in held,
                    due=due[paper.id],
                    what=self._what(person, paper.id),
                )
                if due[paper.id] and held.get(paper.id) not in {None, paper.rev}:
                    self.tally.hidden.append(f"{self._what(person, paper.id)} is stale")
        seen = frozenset(name for name, able in due.items() if able)
        self.before[key] = self._once(person, person.place) | seen

    async def _photos(self, person: Somebody, asker: Asker) -> None:
        """The bytes of photos: for whoever may see the visit, and not a trace for others."""
        if person.place != AREA:
            return
        when = self.world.moment
        for photo, family in self.world.photos.items():
            able = knows_family(person.posts, when.families[family], when)
            for part in ("photo", "thumbnail"):
                reply = await asker.ask("GET", f"_photos/{photo}/{part}")
                nothing = await asker.ask("GET", f"_photos/{NOBODY}/{part}")
                told = (reply.status, reply.body) != (nothing.status, nothing.body)
                what = self._what(person, f"{part} of {family}")
                self.tally.note(f"_photos {part}", told=told, due=able, what=what)

    async def _pdfs(self, person: Somebody, asker: Asker, due: dict[str, bool]) -> None:
        nothing = await asker.ask("GET", f"_concerns/{NOBODY}/pdf")
        for name in self.world.concerns:
            reply = await asker.ask("GET", f"_concerns/{name}/pdf")
            told = (reply.status, reply.body) != (nothing.status, nothing.body)
            what = self._what(person, f"the PDF of {name}")
            able = due.get(f"concern:{name}", False)
            self.tally.note("_concerns pdf", told=told, due=able, what=what)

    async def _lists(self, person: Somebody, asker: _Overhearing, words: frozenset[str]) -> None:
        """Lists of people, of views and of figures; explanations; what is asked of the glass."""
        place, when = person.place, self.world.moment
        words |= self.listed(person, place)
        for path in ("_access", "_views", "_figures", "_contacts", "_devices", "_local_docs"):
            asker.heard.clear()
            reply = await asker.ask("GET", path)
            self._heard(person, path, asker.heard, words, whole=False)
            if path == "_views":
                self._viewed(person, reply)
            if path == "_access" and reply.status == 200:
                self._cases(person, path, reply.body, when)
        await self._explained(person, asker, words)
        await self._asked(person, asker, words)

    def _viewed(self, person: Somebody, reply: Reply) -> None:
        """Looks are told of what one may see oneself, and of nothing else."""
        if reply.status != 200:
            return
        due = self.due(person, person.place)
        for line in reply.json["views"]:
            name = line["document"]
            if line["how"] == "asked" or name.partition(":")[0] in ROSTER:
                continue
            self.tally.note(
                "_views: of what",
                told=True,
                due=due.get(name, False),
                what=self._what(person, name),
            )

    def _cases(self, person: Somebody, form: str, body: bytes, when: Moment) -> None:
        """No list names a case that its reader may not know of."""
        for name, family in when.families.items():
            told = re.search(rb'"%b"' % name.encode(), body) is not None
            able = knows_family(person.posts, family, when)
            what = self._what(person, f"that there is {name}")
            self.tally.note(f"{form}: cases", told=told, due=told and able, what=what)

    async def _explained(
        self, person: Somebody, asker: _Overhearing, words: frozenset[str]
    ) -> None:
        """Why somebody sees something: nothing of what its reader may not know of is there."""
        place, when = person.place, self.world.moment
        mine = self.due(person, place)
        some = [one for one in self.papers[place] if one.id in mine and not one.gone]
        some = [one for one in some if one.id.partition(":")[0] in FAMILY | {"held"}]
        others = [one for one in self.world.people.values() if one.place == place]
        for paper in self.chance.sample(some, min(8, len(some))):
            other = self.chance.choice(others)
            asker.heard.clear()
            ask = f"person={other.person}&document="
            reply = await asker.ask("GET", "_explain", ask + paper.id)
            kind = paper.id.partition(":")[0]
            nothing = await asker.ask("GET", "_explain", f"{ask}{kind}:{NOBODY}")
            self._heard(person, "_explain", asker.heard, words, whole=False)
            if reply.status != 200:
                continue
            same = reply.body.replace(paper.id.encode(), b"") == nothing.body.replace(
                f"{kind}:{NOBODY}".encode(), b""
            )
            plain = {"support", "summary"}
            able = mine[paper.id] or kind in plain
            what = self._what(person, f"why {other.person} sees {paper.id}")
            self.tally.note("_explain", told=not same, due=able and not same, what=what)
            if able:
                part = self.whose[place, paper.id]
                assert part is not None
                sees = self.sees(other, part, place, when)
                self.tally.note("_explain: sees", told=reply.json["sees"], due=sees, what=what)
            self._cases(person, "_explain", reply.body.replace(paper.id.encode(), b""), when)

    async def _asked(self, person: Somebody, asker: _Overhearing, words: frozenset[str]) -> None:
        """Whether there is a restricted case: to whom it is not for, one answer always."""
        when = self.world.moment
        able = bool(
            roles(person.posts, person.place, when.now)
            & {"team_lead", "safeguarding_lead", "authority_coordinator"}
        )
        answers: list[Reply] = []
        for name in self.chance.sample(sorted(when.families), 2):
            family = when.families[name]
            surname = self._surname(name)
            reason = self.world.mark("asked", "asking.reason", other=person.place)
            said = {"surname": surname, "born": "2016-05-01", "reason": reason}
            reply = await asker.ask("POST", "_glass", "", said)
            if reply.status == 429:
                return
            answers.append(reply)
            found = reply.status == 200 and reply.json["case"] == name
            due = able and family.restricted and person.place == AREA
            what = self._what(person, f"whether {name} is restricted")
            self.tally.note("_glass", told=found, due=due, what=what)
        one = able or len({(each.status, each.body) for each in answers}) == 1
        what = self._what(person, "that they are told apart")
        self.tally.note("_glass: alike", told=not one, due=False, what=what)

    def _surname(self, family: str) -> str:
        return next(
            one.mark
            for one in self.world.parts
            if one.where == "member.name" and one.family == family
        )

    async def _elsewhere(self, person: Somebody) -> None:
        """In a place that is not theirs, there is one answer, whatever is there."""
        for place in (AREA, *SCHOOLS):
            if any(one.place == place for one in person.posts):
                continue
            asker = _Overhearing(await self.world.asker(person.person, place))
            answers = {
                (reply.status, reply.body)
                for path in ("_changes", "_all_docs", "case:c1", f"case:{NOBODY}", "_access")
                for reply in [await asker.ask("GET", path)]
            }
            one = len(answers) == 1 and not asker.heard
            what = self._what(person, f"something of {place}")
            self.tally.note("another place", told=not one, due=False, what=what)

    # Waiting.

    async def waited(self, people: Sequence[Somebody], act: Any) -> None:
        """Let an act happen while people wait for news: they are told what is for them alone."""
        waits: list[tuple[Somebody, str, frozenset[str], _Overhearing, asyncio.Task[Reply]]] = []
        for person in people:
            for form in ("longpoll", "continuous", "_sync"):
                asker = _Overhearing(await self.world.asker(person.person, person.place))
                seen = self.words(person, person.place)
                waits.append((person, form, seen, asker, await self._wait(asker, form)))
        await asyncio.sleep(0)
        await act(self.world)
        await self.world.settle()
        await self.look()
        for person, form, seen, asker, task in waits:
            reply = await task
            due = self.due(person, person.place)
            words = self.words(person, person.place) | seen
            self._heard(person, f"{form}, waited", asker.heard, words, whole=False)
            for name in _named(reply, form):
                kind = name.partition(":")[0]
                able = kind in ROSTER or due.get(name, False)
                able = able or name in self._once(person, person.place)
                self.tally.note(
                    f"{form}, waited", told=True, due=able, what=self._what(person, name)
                )

    async def _wait(self, asker: Asker, form: str) -> asyncio.Task[Reply]:
        token = (await asker.ask("GET", "_changes", "since=now")).json["last_seq"]
        if form == "_sync":
            body: dict[str, Any] = {
                "device": "tab-o",
                "device_time": self.world.clock.now,
                "logs": [],
            }
            body |= {"token": token, "wait_s": 1}
            return asyncio.ensure_future(asker.ask("POST", "_sync", "", body))
        query = f"feed={form}&since={token}&include_docs=true&timeout=700"
        return asyncio.ensure_future(asker.ask("GET", "_changes", query))


def _named(reply: Reply, form: str) -> list[str]:
    if form == "_sync":
        return [*reply.json["drop"]]
    if form == "longpoll":
        return [row["id"] for row in reply.json["results"]]
    lines = (orjson.loads(line) for line in reply.body.splitlines() if line)
    return [row["id"] for row in lines if "id" in row]
