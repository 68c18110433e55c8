"""Comparing the server with the words: every answer, document by document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from schemas.canonical import GENESIS
from tests.oracle.asking import Asker, Reply
from tests.oracle.forms import NOBODYS, ONE, Many, One, Question, WrongAnswer, told_of
from tests.oracle.words import ACCESS, EXPLAINS, FIGURES, VIEWS, Given, Paper, sees
from tests.oracle.world import Person, World
from tests.server.town import PASSWORD, SCHOOL

__all__ = ["Checker", "Tally"]

SECRET = re.compile(rb"secret-[0-9a-f]{12}")
NAMED = re.compile(rb"pup-[0-9]|Forename|Surname|Known|per-[0-9]|999123426")
"""A pupil, or one of the world's people, by an id or a name."""
POWERS = {
    "_contacts": ACCESS,
    "_devices": ACCESS,
    "_access": ACCESS,
    "_views": VIEWS,
    "_figures": FIGURES,
}
"""Lists that are for some roles only."""


@dataclass
class Tally:
    """Checks made: one verdict on one document for one person, in one state, asked in one form."""

    checks: int = 0
    leaks: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    forms: Counter[str] = field(default_factory=Counter)
    shown: int = 0
    """Of the checks, those where the document is to be seen."""
    written: int = 0
    """Entries of which it was checked what becomes of them."""
    wrong: list[str] = field(default_factory=list)

    def write(self, case: object, due: object, found: object) -> None:
        """Note what became of an entry, and what should have."""
        self.written += 1
        if due != found:
            self.wrong.append(f"{case}: {found}, not {due}")

    def note(self, form: str, *, told: bool, due: bool, what: str) -> None:
        """Note one check."""
        self.checks += 1
        self.forms[form] += 1
        self.shown += due
        if told and not due:
            self.leaks.append(f"{what} ({form})")
        elif due and not told:
            self.hidden.append(f"{what} ({form})")


@dataclass
class Checker:
    """Checks one world."""

    world: World
    tally: Tally
    chance: Random
    papers: list[Paper] = field(default_factory=list)
    askers: dict[str, Asker] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, Any] = field(default_factory=dict)
    replicas: dict[str, tuple[dict[str, str], str]] = field(default_factory=dict)
    """What everybody held, and the token they held it at."""

    async def look(self) -> None:
        """List the papers as they are now."""
        for paper in self.papers:
            self.world.former.setdefault(paper.id, []).append(paper)
        self.papers = await self.world.papers()
        found = await (await self.world.database()).read([one.id for one in self.papers])
        self.bodies = {one.id: dict(one.body) for one in found if one is not None}

    def due(self, person: Person) -> dict[str, bool]:
        """What somebody may see now, in words."""
        day = self.world.now
        return {one.id: sees(person.person, person.givens, one, day) for one in self.papers}

    async def asker(self, person: Person) -> Asker:
        """Them, signed in."""
        if person.person not in self.askers:
            asker = Asker(self.world.place.app, SCHOOL)
            await asker.sign_in(person.person, PASSWORD)
            self.askers[person.person] = asker
        return self.askers[person.person]

    async def everybody(
        self, people: Iterable[Person], many: Sequence[Many], ones: int, most: int
    ) -> None:
        """Check people until ``most`` checks are made. ``ones``: documents asked for singly."""
        for person in people:
            if self.tally.checks >= most:
                return
            await self.person(person, many, ones)

    async def person(self, person: Person, many: Sequence[Many], ones: int) -> None:
        """Check everything about one person."""
        asker, due = await self.asker(person), self.due(person)
        others = self.chance.choice([*self.tokens.values(), "0"])
        question = Question(asker, self.papers, others)
        for form in many:
            await self._many(person, form, question, due)
        for paper in self._some(due, ones):
            for one in self.chance.sample(ONE, 2):
                await self._one(person, one, asker, paper, due[paper.id])
        await self._since(person, asker, due)
        await self._old(person, asker, due)
        await self._logs(person, asker)
        await self._locals(person, asker)
        await self._powers(person, asker)
        feed = await asker.ask("GET", "_changes", "since=now")
        self.tokens[person.person] = feed.json["last_seq"]

    def _some(self, due: dict[str, bool], most: int) -> list[Paper]:
        """Papers to ask for one by one: as many of those to be seen as of the others."""
        found: list[Paper] = []
        for may in (True, False):
            kind = [one for one in self.papers if due[one.id] is may]
            found += self.chance.sample(kind, min(most // 2, len(kind)))
        return found

    def _what(self, person: Person, name: str) -> str:
        return f"{person.person}, {person.role} {person.state}: {name} at {self.world.now.now}"

    async def _many(
        self, person: Person, form: Many, question: Question, due: dict[str, bool]
    ) -> None:
        try:
            told = await form.ask(question)
        except WrongAnswer as error:
            self.tally.leaks.append(f"{self._what(person, str(error))} ({form.name})")
            return
        unknown = told.keys() - due.keys()
        if unknown:
            self.tally.leaks.append(f"{self._what(person, str(unknown))} ({form.name})")
        own = form.name in {"_revs_diff", "_missing_revs"}
        for paper in self.papers:
            expected = due[paper.id] and (form.tells_gone or not paper.gone)
            if own and self._is_own(person, paper):
                expected = True
            verdict = told.get(paper.id)
            if verdict == "left" and not expected:
                self.tally.note(
                    f"{form.name}: left",
                    told=not self._could_see(person, paper),
                    due=False,
                    what=self._what(person, paper.id),
                )
                continue
            if verdict is not None and (verdict == "gone") != paper.gone:
                self.tally.leaks.append(f"{self._what(person, paper.id)} is {verdict}")
            self.tally.note(
                form.name, told=verdict is not None, due=expected, what=self._what(person, paper.id)
            )

    def _could_see(self, person: Person, paper: Paper) -> bool:
        """Whether it was, at some time, what they may see now: then its leaving is told."""
        day = self.world.now
        then = self.world.then(paper)
        return any(sees(person.person, person.givens, one, day) for one in then)

    async def _since(self, person: Person, asker: Asker, due: dict[str, bool]) -> None:
        """From where they left off: a replica that goes on holds what it should.

        What a day took out of the window stays until the tablet says what it holds.
        """
        before, token = self.replicas.get(person.person, ({}, "0"))
        query = f"since={token}&include_docs=true"
        reply = (await asker.ask("GET", "_changes", query)).json
        held = {} if reply.get("reset") else dict(before)
        revs = {one.id: one for one in self.papers}
        told = told_of(reply["results"])
        for row in reply["results"]:
            if told[row["id"]] == "seen":
                held[row["id"]] = row["changes"][0]["rev"]
            else:
                held.pop(row["id"], None)
                unseen = told[row["id"]] == "left" and not due[row["id"]]
                left = row["id"] not in before and not self._could_see(person, revs[row["id"]])
                if unseen and left:
                    self.tally.leaks.append(
                        f"{self._what(person, row['id'])} leaves (_changes since)"
                    )
        self.replicas[person.person] = (held, reply["last_seq"])
        for paper in self.papers:
            there = held.get(paper.id)
            dated = paper.kind in {"sheet", "fire list"} or paper.id.startswith(("sheet:", "roll:"))
            self.tally.note(
                "_changes since one's own",
                told=paper.id in told and told[paper.id] != "left" if dated else there is not None,
                due=due[paper.id] and not paper.gone and (not dated or paper.id in told),
                what=self._what(person, paper.id),
            )
            if there is not None and due[paper.id] and there != paper.rev:
                self.tally.hidden.append(f"{self._what(person, paper.id)} is stale")

    def _is_own(self, person: Person, paper: Paper) -> bool:
        """An entry of their own log: they may know that it came in."""
        kind, _, rest = paper.id.partition(":")
        return kind == "entry" and rest.partition(":")[0] in person.own_logs

    async def _one(self, person: Person, form: One, asker: Asker, paper: Paper, may: bool) -> None:
        if form.of_files and not paper.id.startswith("slip:file"):
            return
        reply = await form.ask(asker, paper.id, paper.rev)
        nothing = await form.ask(asker, NOBODYS, paper.rev)
        same = _alike(reply, nothing)
        what = self._what(person, paper.id)
        if form.writes:
            self.tally.note(form.name, told=not same, due=False, what=what)
            return
        if same and paper.gone and form.method == "HEAD":
            may = False  # an answer without a body: 404, as for what there never was
        self.tally.note(form.name, told=not same, due=may, what=what)
        if not same:
            self._no_secrets(person, form.name, reply, may=may)
            self._whole(person, form, paper, reply)

    def _whole(self, person: Person, form: One, paper: Paper, reply: Reply) -> None:
        """What is seen is the document as it is."""
        good = {200, 206, 304, 404} if paper.gone else {200, 206, 304}
        if reply.status not in good:
            self.tally.hidden.append(
                f"{self._what(person, paper.id)}: {reply.status} ({form.name})"
            )
        if form.name == "GET" and reply.status == 200:
            doc = reply.json
            body = {
                key: value
                for key, value in doc.items()
                if key not in {"_id", "_rev", "_attachments"}
            }
            if (doc["_rev"], body) != (paper.rev, self.bodies[paper.id]):
                self.tally.leaks.append(f"{self._what(person, paper.id)} says something else")

    def _no_secrets(self, person: Person, form: str, reply: Reply, *, may: bool) -> None:
        for secret in SECRET.findall(reply.body) if not may else ():
            self.tally.leaks.append(f"{self._what(person, secret.decode())} ({form})")

    async def _old(self, person: Person, asker: Asker, due: dict[str, bool]) -> None:
        """Earlier and other revisions: seen while the document is, where they were theirs then."""
        day = self.world.now
        for name, revs in self.world.old.items():
            for rev, then in revs:
                if name not in due or rev == next(p.rev for p in self.papers if p.id == name):
                    continue
                may = due[name] and sees(person.person, person.givens, then, day)
                await self._revision(person, asker, name, rev, may=may)

    async def _revision(
        self, person: Person, asker: Asker, name: str, rev: str, *, may: bool
    ) -> None:
        what = self._what(person, f"{name} at {rev}")
        reply = await asker.ask("GET", name, f"rev={rev}")
        kept = reply.status == 200
        self.tally.note("GET an old rev", told=kept, due=may and kept, what=what)
        for query in (f'open_revs=["{rev}"]', f'open_revs=["{rev}"]&revs=true', "open_revs=all"):
            reply = await asker.ask("GET", name, query)
            told = b'"_rev":"%b"' % rev.encode() in reply.body
            self.tally.note("GET open_revs of old", told=told, due=may and told, what=what)
        body = {"docs": [{"id": name, "rev": rev}]}
        reply = await asker.ask("POST", "_bulk_get", "revs=true", body)
        told = "ok" in reply.json["results"][0]["docs"][0]
        self.tally.note("_bulk_get an old rev", told=told, due=may and told, what=what)
        reply = await asker.ask("GET", name + "/file", f"rev={rev}")
        self.tally.note("GET an old attachment", told=reply.status == 200, due=False, what=what)

    async def _logs(self, person: Person, asker: Asker) -> None:
        """Receipts are of one's own logs."""
        logs = sorted(self.world.logs)
        for start in range(0, len(logs), 100):
            some = logs[start : start + 100]
            heads = [{"log": log, "n": 0, "digest": GENESIS} for log in some]
            body = {"device": "tab-oracle", "device_time": self.world.now.now, "logs": heads}
            reply = await asker.ask("POST", "_sync", "", body)
            told = {one["log"] for one in reply.json["receipts"]}
            for log in some:
                mine = self.world.logs[log] == person.person
                self.tally.note(
                    "_sync receipts",
                    told=log in told,
                    due=mine,
                    what=self._what(person, f"log {log}"),
                )

    async def _locals(self, person: Person, asker: Asker) -> None:
        """Local documents are each person's own."""
        mine = f"_local/of-{person.person}"
        await asker.ask("PUT", mine, "", {"mine": person.person})
        for other in self.chance.sample(sorted(self.askers), min(5, len(self.askers))):
            reply = await asker.ask("GET", f"_local/of-{other}")
            self.tally.note(
                "_local",
                told=reply.status == 200,
                due=other == person.person,
                what=self._what(person, f"a local document of {other}"),
            )
        names = [f"_local/of-{other}" for other in sorted(self.askers)]
        reply = await asker.ask("POST", "_local_docs", "", {"keys": names})
        for row in reply.json["rows"]:
            self.tally.note(
                "_local_docs",
                told="error" not in row,
                due=row["key"] == mine,
                what=self._what(person, row["key"]),
            )

    async def _powers(self, person: Person, asker: Asker) -> None:
        """Lists that are for some roles only."""
        held: list[Given] = [one for one in person.givens if one.holds(self.world.now.now)]
        roles = {one.role for one in held}
        for path, able in POWERS.items():
            reply = await asker.ask("GET", path)
            self.tally.note(
                path,
                told=reply.status == 200,
                due=bool(roles & able),
                what=self._what(person, path),
            )
            if path == "_figures" and NAMED.search(reply.body):
                self.tally.leaks.append(f"{self._what(person, path)} names somebody")
        await self._explained(person, asker, may=bool(roles & EXPLAINS))

    async def _explained(self, person: Person, asker: Asker, *, may: bool) -> None:
        """Why somebody sees something: what is said of whether they do is what the words say."""
        day, everybody = self.world.now, sorted(self.world.people)
        for paper in self.chance.sample(self.papers, 12 if may else 2):
            other = self.world.people[self.chance.choice(everybody)]
            query = f"person={other.person}&document={paper.id}"
            reply = await asker.ask("GET", "_explain", query)
            what = self._what(person, f"why {other.person} sees {paper.id}")
            self.tally.note("_explain", told=reply.status == 200, due=may, what=what)
            if reply.status == 200:
                due = sees(other.person, other.givens, paper, day) and not paper.gone
                told = reply.json["sees"]
                self.tally.note("_explain: sees", told=told, due=due, what=what)


def _alike(one: Reply, other: Reply) -> bool:
    return (one.status, one.headers, one.body) == (other.status, other.headers, other.body)
