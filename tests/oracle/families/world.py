"""An authority's area beside two schools: people, families, and what was written about them.

Whatever somebody writes is marked with a word that stands nowhere else; the world remembers, in
the words of :mod:`tests.oracle.families.words`, whose each is. The server is told by entries alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from schemas.canonical import claim_id
from schemas.family.concerns import Safeguarding, ToRing
from schemas.policy import Role
from schemas.school import Group, StaffMember
from server.accounts import Account
from server.accounts import Post as AccountPost
from server.app import create_app
from server.settings import Settings
from server.site import Site
from sync.clock import instant, to_ms
from sync.pushed import Speaker
from sync.store import Store
from sync.stores.memory import MemoryStore
from tests import factory
from tests.factory import SetClock, Tablet
from tests.oracle.asking import Asker
from tests.oracle.families.words import Concern, Family, Moment, Part, Post
from tests.oracle.world import UNLIMITED
from tests.server.photos.pictures import picture
from tests.server.town import CHEAP, PASSWORD

__all__ = ["AREA", "SCHOOLS", "TEAMS", "FamilyWorld", "Somebody", "family_world"]

AREA, SCHOOLS = "area-oracle", ("sch-ash", "sch-birch")
PLACES = (AREA, *SCHOOLS)
NORTH, SOUTH = "team-north", "team-south"
TEAMS = frozenset({NORTH, SOUTH})
MONDAY, BEGAN = "2026-11-23", "2026-09-02T07:00:00.000Z"


def at(time: str, date: str = MONDAY) -> str:
    return f"{date}T{time}:00.000Z"


@dataclass
class Somebody:
    """Somebody with an account, and all that they hold anywhere."""

    person: str
    role: str
    place: str
    posts: list[Post]
    tablets: dict[str, Tablet] = field(default_factory=dict)
    grants: dict[str, str] = field(default_factory=dict)
    """Entries that gave them something, by what it was for."""

    def named(self) -> str:
        return f"{self.person} ({self.role} in {self.place})"


WORKERS = (
    ("fay", "family_worker", (NORTH,), None, None),
    ("max", "family_worker", (NORTH,), None, None),
    ("gus", "family_worker", (NORTH,), None, None),
    ("sue", "family_worker", (SOUTH,), None, None),
    ("pat", "family_worker", (), None, None),
    ("wes", "family_worker", (), None, None),
    ("tim", "family_worker", (NORTH,), at("08:00", "2026-11-30"), None),
    ("gil", "family_worker", (NORTH,), None, "2026-06-01T00:00:00.000Z"),
    ("lee", "team_lead", (NORTH,), None, None),
    ("lex", "team_lead", (NORTH,), None, at("12:00")),
    ("lou", "team_lead", (SOUTH,), None, None),
    ("cat", "authority_coordinator", (), None, None),
    ("dee", "safeguarding_lead", (), None, None),
    ("ada", "administrator", (), None, None),
    ("vic", "virtual_school", (), None, None),
)
STAFF = (
    "head",
    "safeguarding_lead",
    "chair_of_governors",
    "attendance_officer",
    "attendance_champion",
    "class_teacher",
    "governor",
)
PARTNERS = {"pat": "Tarn Family Trust"}


@dataclass
class FamilyWorld:
    """The places, their people, and every part that was written."""

    chance: Random
    store: Store
    clock: SetClock = field(default_factory=SetClock)
    app: Any = None
    people: dict[str, Somebody] = field(default_factory=dict)
    families: dict[str, Family] = field(default_factory=dict)
    concerns: dict[str, Concern] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    papers: dict[tuple[str, str], Part] = field(default_factory=dict)
    """By place and the beginning of an id: whose a paper is."""
    photos: dict[str, str] = field(default_factory=dict)
    """The case of each photo."""
    claims: dict[tuple[str, str], str] = field(default_factory=dict)
    """The claim by which each fact of a case was said last."""
    opened: dict[str, dict[str, Any]] = field(default_factory=dict)
    logs: Any = field(default_factory=lambda: itertools.count(1))
    items: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def site(self) -> Site:
        site: Site = self.app.state.site
        return site

    @property
    def moment(self) -> Moment:
        return Moment(self.clock.ms, AREA, self.families, self.concerns)

    # What is written.

    def mark(self, kind: str, where: str, **whose: Any) -> str:
        """A word that stands nowhere else, whose part is remembered."""
        mark = f"marked{self.chance.getrandbits(48):012x}"
        self.parts.append(Part(kind, mark, where, **whose))
        return mark

    def fact(self, family: str, kind: str, *marked: str, **says: Any) -> dict[str, Any]:
        """A claim on a fact of a case; ``marked``: its fields that are words of the narrative."""
        words = {one: self.mark("narrative", f"{kind}.{one}", family=family) for one in marked}
        return self.claim(fact=kind, **says, **words)

    def claim(self, **says: Any) -> dict[str, Any]:
        replaces = says.pop("replaces", [])
        return {"says": says, "observed_at": self.clock.now, "replaces": replaces}

    async def say(
        self, who: str, kind: str, /, *, place: str = AREA, due: str = "stored", **fields: Any
    ) -> dict[str, Any]:
        """An entry of somebody's, now; ``due``: what is to become of it."""
        person = self.people[who]
        if place not in person.tablets:
            speaker = Speaker(who, who, Role(person.role), f"tab-{who}", ())
            person.tablets[place] = Tablet(speaker, log=f"{next(self.logs):032x}")
        entry = person.tablets[place].write(kind, written_at=self.clock.now, **fields)
        async with self.site.schools.use(place) as opened:
            account = await self.site.accounts.of(who)
            assert account is not None
            speaker = replace(person.tablets[place].speaker, posts=account.grants(place))
            taken = await opened.intake.take(speaker, factory.wire([entry]))
            await opened.grants.refresh()
        (row,) = taken.rows
        assert row.verdict == due, row
        return entry

    async def settle(self) -> None:
        """Have everything published and carried, until nothing more follows."""
        before: list[int] = []
        while True:
            await self.site.alarms.tick()
            await self.site.alarms.settle()
            for name in PLACES:
                async with self.site.schools.use(name) as opened:
                    await opened.publisher.settle()
            now = [(await (await self.store.open(one)).info()).update_seq for one in PLACES]
            if now == before:
                return
            before = now

    # Who there is.

    def holds(self, who: str, role: str, **more: Any) -> None:
        self.people[who].posts.append(Post(AREA, role, **more))

    async def grant(
        self, giver: str, who: str, *, place: str = AREA, ends: str, **over: Any
    ) -> dict[str, Any]:
        """Somebody is granted something from now on, over teams or cases."""
        role = over.pop("grants", self.people[who].role)
        families = over.get("cases", [])
        kind = "purpose of a case" if families else "purpose"
        family = families[0] if families else ""
        purpose = self.mark(kind, "grant.purpose", family=family, person=who, other=place)
        entry = await self.say(
            giver,
            "grant.given",
            place=place,
            person=who,
            grants=role,
            groups=over.get("groups", []),
            pupils=[],
            cases=families,
            starts=self.clock.now,
            ends=ends,
            purpose=purpose,
        )
        self.people[who].posts.append(
            Post(
                place,
                role,
                frozenset(over.get("groups", ())),
                frozenset(families),
                self.clock.ms,
                to_ms(ends),
            )
        )
        return entry

    async def given(self, who: str) -> list[str]:
        """The entries that granted somebody something in the area, in turn."""
        async with self.site.schools.use(AREA) as opened:
            found = opened.grants.access(who).grants
        return [one.id for one in found if not one.follows]

    def claim_of(self, family: str, index: int) -> str:
        """A claim of the entry that opened a case."""
        return _claim_ids(self.opened[family])[index]

    # Cases.

    async def open_family(
        self, name: str, by: str, team: str, *children: tuple[str, str], restricted: bool = False
    ) -> None:
        """A case is opened, with its household and all that is known of it."""
        family = Family(name, frozenset({team}), restricted)
        family.children = {f"kid-{n}": one for n, one in enumerate(children, 1)}
        family.were = dict(family.children)
        self.families[name] = family
        facts = [
            self.fact(name, "placing", "reason", team=team, restricted=restricted),
            *(
                self.fact(
                    name,
                    "member",
                    *("name", "relation", "district", "note"),
                    item=item,
                    child=True,
                    born="2016-05-01",
                    school=school,
                    pupil=pupil,
                )
                for item, (school, pupil) in family.children.items()
            ),
            self.fact(name, "member", "name", "relation", item="mum", child=False),
            self.fact(name, "address", "address", "of", item="home", flags=["do_not_disclose"]),
            self.fact(name, "risk", "what", item="dog", to="visitor"),
            self.fact(name, "phone", "name", "relation", "number", item="ph-1"),
            self.claim(
                fact="lead",
                person=by,
                name=self.mark("lead", "lead.name", family=name),
                agency=self.mark("lead", "lead.agency", family=name),
                phone=self.mark("narrative", "lead.phone", family=name),
            ),
        ]
        self.opened[name] = await self.say(by, "case.opened", case=name, facts=facts)
        self._posted(by, name)
        for kind in ("case", "visit", "summary"):
            self.papers[AREA, f"{kind}:{name}"] = self._paper("narrative", family=name)
        self.papers[AREA, f"summary:{name}"] = self._paper("summary", family=name)
        for school, pupil in children:
            self.papers[school, f"support:{name}:{pupil}"] = self._paper("action", family=name)
            self.papers[school, f"shared:{name}:{pupil}"] = self._paper("told", family=name)
        await self.plan(name, by)

    def _posted(self, who: str, family: str) -> None:
        """Whoever opens a case, or restricts one, works on it as long as they have the role."""
        role = self.people[who].role
        self.holds(who, role, families=frozenset({family}), starts=None, follows=True)

    def _paper(self, kind: str, **whose: Any) -> Part:
        return Part(kind, "", "", **whose)

    def of_all(self, name: str) -> list[dict[str, Any]]:
        """A claim on every fact of a plan: all of it is the workers' and their lead's alone."""
        n = next(self.items)
        i = {"item": f"it-{n}"}
        return [
            self.fact(
                name, "consent", "of", "how", "note", to="support", given=True, on=MONDAY, **i
            ),
            self.fact(name, "assessment", "text", domain="home", on=MONDAY, **i),
            self.fact(name, "barrier", "what", category="anxiety", **i),
            self.fact(name, "strength", "what", **i),
            self.fact(name, "goal", "what", "measure", by="2026-12-18", **i),
            self.fact(name, "partner", "name", "role", "agency", "phone", "email", **i),
            self.fact(name, "meeting", "notes", on=MONDAY, held=True, **i),
            self.fact(name, "review", "note", due="2026-12-11", **i),
            self.fact(name, "referral", "to", "reason", "reply", sent=MONDAY, **i),
            self.fact(name, "strategy", "what", "note", began=MONDAY, **i),
            self.fact(
                name, "contact", "name", "note", at=at("08:00"), how="phone", reached=True, **i
            ),
            self.fact(
                name, "letter", "to", "text", template="invite", language="en", on=MONDAY, **i
            ),
            self.fact(name, "step", "reason", step="voluntary_support", on=MONDAY, **i),
        ]

    async def plan(self, name: str, by: str) -> None:
        """What is agreed, and what each child's school is told of it."""
        facts = self.of_all(name)
        for child in (None, *self.families[name].children):
            whose: dict[str, Any] = {"family": name, "child": child}
            says = {"item": f"act-{child}", "child": child, "due": "2026-12-01"}
            what = self.mark("action", "action.what", **whose)
            owner = self.mark("action", "action.owner", **whose)
            note = self.mark("narrative", "action.note", family=name)
            facts.append(self.claim(fact="action", what=what, owner=owner, note=note, **says))
            if child is not None:
                text = self.mark("told", "shared.text", **whose)
                says = {"item": f"sha-{child}", "child": child, "basis": "consent"}
                facts.append(self.claim(fact="shared", text=text, **says))
        await self.say(by, "case.noted", case=name, facts=facts)

    async def visit(self, name: str, by: str, *others: str) -> str:
        """A visit, from its plan to an addendum and a photo. ``others``: who write as well."""
        visit = f"v-{name}-{next(self.items)}"
        self.papers[AREA, f"visit:{visit}"] = self._paper("narrative", family=name)
        of = {"case": name, "visit": visit}
        plan = self.fact(
            name,
            "plan",
            *("purpose", "address", "risks", "agreed_last_time", "authorised_by"),
            type="welfare",
            announced=True,
            starts=at("08:00"),
            ends=at("08:40"),
            workers=[by, *others],
        )
        await self.say(by, "visit.planned", facts=[plan], **of)
        note = [
            self.claim(fact="arrived", at=at("08:02")),
            self.fact(name, "outcome", "note", outcome="seen"),
            self.fact(name, "present", "name", "relation", item="mum", present=True),
            self.fact(name, "seen", "where", "presentation", item="kid-1", seen=True),
            self.fact(name, "alone", "why_not", item="kid-1", alone=False),
            self.fact(name, "interpreter", "language", "name"),
            self.fact(name, "basis", "note", basis="consent"),
            self.fact(name, "next_visit", "note", on="2026-12-02"),
        ]
        await self.say(by, "visit.noted", facts=note, **of)
        for who in (by, *others):
            words = {
                one: self.mark("narrative", f"note.{one}", family=name)
                for one in ("observation", "analysis", "parent_view")
            }
            said = [{"child": "kid-1", "words": self.mark("narrative", "words", family=name)}]
            note_of: dict[str, Any] = {
                "contribution": {**words, "words": said},
                "begun_at": at("08:10"),
            }
            handed = await self.say(who, "visit.submitted", facts=[], **note_of, **of)
            added = self.mark("narrative", "addendum", family=name)
            await self.say(who, "visit.addendum", to=handed["_id"], text=added, **of)
        await self._photograph(name, by, of)
        return visit

    async def _photograph(self, name: str, by: str, of: dict[str, str]) -> None:
        photo, data = f"ph-{of['visit']}", picture(size=(24, 16))
        caption = self.mark("narrative", "photo.caption", family=name)
        digest = hashlib.sha256(data).hexdigest()
        await self.say(
            by,
            "photo.added",
            photo=photo,
            digest=digest,
            bytes=len(data),
            media_type="image/jpeg",
            caption=caption,
            taken_at=at("08:20"),
            **of,
        )
        headers = ((b"upload-offset", b"0"), (b"upload-length", b"%d" % len(data)))
        asker = await self.asker(by, AREA)
        reply = await asker.ask("PATCH", f"_photos/{photo}/photo", "", data, headers)
        assert reply.status == 200, reply.body
        self.photos[photo] = name

    async def draft(self, by: str, family: str, visit: str) -> str:
        """A note that is still being written, as its tablet sends it."""
        draft = f"dr-{next(self.items)}"
        text = self.mark("draft", "draft.fields", family=family, person=by)
        body = {
            "draft": draft,
            "copy_id": f"copy-{draft}",
            "case": family,
            "visit": visit,
            "n": 1,
            "begun_at": self.clock.now,
            "saved_at": self.clock.now,
            "fields": {"observation": text},
            "device": f"tab-{by}",
        }
        reply = await (await self.asker(by, AREA)).ask("PUT", f"_drafts/{draft}", "", body)
        assert reply.status == 200, reply.body
        self.papers[AREA, f"draft:{draft}:"] = self.parts[-1]
        return draft

    async def open_draft(self, lead: str, draft: str, of: str, family: str, due: str) -> None:
        """A lead opens somebody's draft; ``due``: whether they may."""
        stored = due == "stored"
        kind = "opening" if stored else "held"
        whose = {"person": of, "other": lead} if stored else {"person": lead}
        reason = self.mark(kind, "draft.reason", family=family, **whose)
        says = {"draft": draft, "of": of, "case": family, "reason": reason}
        entry = await self.say(lead, "draft.opened", due=due, **says)
        if not stored:
            self._hold(entry, family, lead)
            return
        self.papers[AREA, f"draft_opening:{draft}:{entry['digest'][:16]}"] = self.parts[-1]
        self._read_until(draft, lead, self.clock.ms + 7 * 86_400_000)

    def _read_until(self, draft: str, lead: str, until: int) -> None:
        """A draft is read by a lead until a moment."""
        name = (AREA, f"draft:{draft}:")
        after = replace(self.papers[name], other=lead, until=until)
        self.parts[self.parts.index(self.papers[name])] = after
        self.papers[name] = after

    def close_drafts(self, family: str, lead: str) -> None:
        """What a lead opened is closed, for good: the case is not theirs any more."""
        for (_, name), part in list(self.papers.items()):
            if part.kind == "draft" and (part.family, part.other) == (family, lead):
                self._read_until(name.split(":")[1], lead, self.clock.ms)

    async def watch(self, who: str, family: str, buddy: str) -> None:
        """Somebody goes out to a family."""
        watch = f"w-{next(self.items)}"
        whose = {"family": family, "person": who, "other": buddy, "paper": f"watch:{watch}"}
        where, note = (self.mark("watch", f"watch.{one}", **whose) for one in ("where", "note"))
        says = {"watch": watch, "case": family, "where": where, "note": note, "buddy": buddy}
        back = instant(self.clock.ms + 20 * 3_600_000)
        await self.say(who, "watch.started", expected_back=back, phone="01632 960001", **says)
        self.papers[AREA, f"watch:{watch}"] = self.parts[-1]

    async def back(self) -> None:
        """Everybody who is out is back, and safe."""
        for (_, name), part in list(self.papers.items()):
            kind, _, watch = name.partition(":")
            if kind == "watch":
                await self.say(part.person, "watch.ended", watch=watch)

    async def trespass(self, who: str, family: str) -> None:
        """Somebody writes about a case that is not theirs: it is kept, and held."""
        text = self.mark("held", "held.original", family=family, person=who)
        facts = [self.claim(fact="strength", item=f"it-{next(self.items)}", what=text)]
        entry = await self.say(who, "case.noted", due="held", case=family, facts=facts)
        self._hold(entry, family, who)

    def _hold(self, entry: dict[str, Any], family: str, sender: str) -> None:
        name = f"held:{entry['digest'][:16]}"
        self.papers[AREA, name] = self._paper("held", family=family, person=sender)

    async def break_glass(self, who: str, family: str) -> None:
        """Somebody opens a restricted case with a reason."""
        reason = self.mark("glass", "glass.reason", family=family)
        entry = await self.say(who, "glass.broken", case=family, reason=reason)
        self.papers[AREA, f"glass:{entry['digest'][:32]}"] = self.parts[-1]
        now, role = self.clock.ms, self.people[who].role
        over = {"families": frozenset({family}), "starts": now, "ends": now + 8 * 3_600_000}
        self.holds(who, role, follows=True, **over)

    async def replace_placing(self, who: str, family: str, **says: Any) -> None:
        """A case is placed anew: restricted, or with another team."""
        before = self.claims.get((family, "placing")) or _claim_ids(self.opened[family])[0]
        placing = self.claim(fact="placing", replaces=[before], **says)
        entry = await self.say(who, "case.noted", case=family, facts=[placing])
        self.claims[family, "placing"] = _claim_ids(entry)[0]

    # Concerns.

    async def worry(  # one for each thing that can be said of a concern
        self,
        name: str,
        by: str,
        place: str,
        answers: str,
        *steps: tuple[int, str],
        about: tuple[str, ...] = (),
        due: str = "stored",
        silent: bool = False,
        **says: Any,
    ) -> None:
        """A concern is raised in a place. ``steps``: who has it how many minutes after."""
        now = self.clock.ms
        line = [(now + minutes * 60_000, step) for minutes, step in steps]
        head = bool(says.get("about_head"))
        one = Concern(name, place, by, answers, line, frozenset(about), head)
        self.concerns[name] = one
        text = "" if silent else self.mark("concern", "concern.text", concern=name)
        sender = by if silent else ""
        named = self.mark("concern", "concern.child_name", concern=name, person=sender)
        says = {"about": list(about), "observed_at": self.clock.now, "child_name": named} | says
        entry = await self.say(
            by, "concern.raised", place=place, due=due, concern=name, text=text, **says
        )
        if silent:
            self.papers[place, f"held:{entry['digest'][:16]}"] = self._paper("status", person=by)
        for where in PLACES:
            self.papers[where, f"concern:{name}"] = self._paper("concern", concern=name)
        self.papers[place, f"concern_status:{name}"] = self._paper("status", person=by)

    # The server.

    async def asker(self, who: str, place: str) -> Asker:
        """Somebody, signed in."""
        key = f"{who}@"
        cookie = self._cookies.get(key)
        asker = Asker(self.app, place, cookie or "")
        if cookie is None:
            await asker.sign_in(who, PASSWORD)
            self._cookies[key] = asker.cookie
        return asker

    _cookies: dict[str, str] = field(default_factory=dict)
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    async def start(self) -> None:
        """Run the application on the store."""
        ids = (f"{self.chance.getrandbits(80):026d}" for _ in itertools.count())
        self.app = create_app(
            Settings(**(CHEAP | UNLIMITED)), self.store, self.clock, ids=ids.__next__
        )
        self._stack = contextlib.AsyncExitStack()
        await self._stack.enter_async_context(self.app.router.lifespan_context(self.app))
        await self.site.alarms.close()

    async def stop(self) -> None:
        await self._stack.aclose()

    async def restart(self) -> None:
        """Another process goes on from the same disk."""
        await self.stop()
        await self.start()
        await self.settle()


def _claim_ids(entry: dict[str, Any]) -> list[str]:
    return [claim_id(entry["digest"], n) for n in range(len(entry["body"]["facts"]))]


def _ring(who: str, role: str) -> ToRing:
    return ToRing(name=who, role=role, phone="01632 960001", person=who)


async def _make_places(world: FamilyWorld) -> None:
    for who, role, teams, starts, ends in WORKERS:
        post = Post(
            AREA,
            role,
            frozenset(teams),
            starts=None if starts is None else to_ms(starts),
            ends=None if ends is None else to_ms(ends),
        )
        world.people[who] = Somebody(who, role, AREA, [post])
    staff = tuple(
        StaffMember(person=who, name=f"Area {who}", role=Role(role), agency=PARTNERS.get(who))
        for who, role, *_ in WORKERS
        if who != "gil"
    )
    document = factory.school(
        school=AREA,
        name="Tarn Area",
        phase="area",
        staff=staff,
        safeguarding=Safeguarding(duty=_ring("dee", "Duty")),
        photo_bytes=2_000_000,
    )
    groups = [_team(NORTH, "lee"), _team(SOUTH, "lou")]
    roster = factory.Roster.build(document, groups, [])
    await (await world.store.create(AREA)).write(factory.roster_batch(roster))
    for school in SCHOOLS:
        await _make_school(world, school)


def _team(name: str, lead: str) -> Group:
    team: dict[str, Any] = {"kind": "team", "teacher": lead, "teacher_name": lead, "meets": ()}
    return factory.group(name, (), **team)


async def _make_school(world: FamilyWorld, school: str) -> None:
    tag = school.removeprefix("sch-")
    people = {f"{role.removeprefix('attendance_').partition('_')[0]}-{tag}": role for role in STAFF}
    if school == SCHOOLS[0]:
        people[f"deputy-{tag}"] = "safeguarding_lead"
    for who, role in people.items():
        world.people[who] = Somebody(who, role, school, [Post(school, role)])
    staff = tuple(
        StaffMember(person=who, name=f"Staff {who}", role=Role(role))
        for who, role in people.items()
    )
    says = Safeguarding(
        leads=tuple(_ring(who, "Lead") for who, role in people.items() if "safeg" in role),
        head=_ring(f"head-{tag}", "Head"),
        chair=_ring(f"chair-{tag}", "Chair"),
    )
    document = factory.school(
        school=school, name=f"{tag} school", area=AREA, staff=staff, safeguarding=says
    )
    pupils = [factory.pupil(n, forename=f"{tag}{n}") for n in range(1, 5)]
    groups = [factory.group("form-1", tuple(one.pupil for one in pupils))]
    roster = factory.Roster.build(document, groups, pupils)
    await (await world.store.create(school)).write(factory.roster_batch(roster))


async def _employ(world: FamilyWorld) -> None:
    hashed = await world.site.accounts.hash(PASSWORD)
    accounts = []
    for one in world.people.values():
        (post,) = one.posts
        groups = ("form-1",) if one.role == "class_teacher" else tuple(sorted(post.teams))
        place = AccountPost(
            school=one.place,
            groups=groups,
            role=Role(one.role),
            starts=None if post.starts is None else instant(post.starts),
            ends=None if post.ends is None else instant(post.ends),
        )
        accounts.append(
            Account(
                person=one.person,
                username=one.person,
                name=f"Called {one.person}",
                role=Role(one.role),
                schools=(place,),
                hash=hashed,
            )
        )
    await world.site.accounts.put(accounts)


@contextlib.asynccontextmanager
async def family_world(seed: int, store: Store | None = None) -> AsyncIterator[FamilyWorld]:
    """The places and their people, on Monday at half past nine; nothing is written yet."""
    world = FamilyWorld(Random(seed), store or MemoryStore())
    await _make_places(world)
    await world.start()
    try:
        await _employ(world)
        yield world
    finally:
        await world.stop()
