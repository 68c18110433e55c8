"""What a tablet shows of its own waiting entries is what the server publishes once it has them.

Random days: three people write; one of them is offline at the end. The tablet lays what waits over
the sheet it has; the server takes it in and publishes. Both sheets must say the same.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from schemas.entry import Claim
from schemas.published import Held, Outcome
from schemas.syncing import LogHead
from sync import channels
from sync.attendance.sheets import sheet
from sync.lookups import read_held
from sync.roster import Roster
from sync.spoken import read_feed
from sync.stores.memory import MemoryStore
from tests.factory import MONDAY, Tablet, claim, claim_ids, group, pupil
from tests.factory import school as school_document
from tests.sync.school import School
from tests.sync.twin import ask_the_tablet

DAYS = 120
SEED = 20261123
ACT = {"date": MONDAY, "session": "AM"}
MEMBERS = ("pup-1", "pup-2", "pup-3")
PUPILS = (*MEMBERS, "pup-4", "pup-unknown")
CODES = ("/", "N", "L", "U", "I", "M", "O", "C", "H", "\\")


def roster() -> Roster:
    """A form of three, another of one."""
    pupils = [pupil(number) for number in (1, 2, 3)] + [pupil(4, form="form-2")]
    return Roster.build(
        school_document(), [group("form-1", MEMBERS), group("form-2", ("pup-4",))], pupils
    )


class Day:
    """Random acts of three people, each an entry in its author's log.

    From some moment on ``offline`` keeps what they write; the others do not see it.
    """

    def __init__(self, source: random.Random, school: School) -> None:
        self.source = source
        self.people = (school.tutor, school.cover, school.officer)
        self.offline = source.choice(self.people)
        self.waiting: list[dict[str, Any]] = []
        self.sent: list[dict[str, Any]] = []
        self.claims: dict[str, list[str]] = {}
        self.registers: list[str] = []
        self.plans: list[dict[str, Any]] = []
        self.departures: list[str] = []

    def pass_by(self) -> None:
        """A few entries, first with everybody online, then with one of them offline."""
        for _ in range(self.source.randrange(5)):
            self.sent.append(self.act(self.source.choice(self.people)))
        for _ in range(self.source.randrange(1, 6)):
            who = self.source.choice((self.offline, *self.people))
            (self.waiting if who is self.offline else self.sent).append(self.act(who))

    def seen(self, who: Tablet, entries: list[str]) -> list[str]:
        """Of these entries, those that ``who`` can know of."""
        hidden = {entry["_id"] for entry in self.waiting} if who is not self.offline else set()
        return [entry for entry in entries if entry not in hidden]

    def act(self, who: Tablet) -> dict[str, Any]:
        """One more entry."""
        return self.source.choice(
            (
                self.taken,
                self.taken,
                self.amended,
                self.arrival,
                self.departure,
                self.void,
                self.plan,
                self.withdraw,
                self.reassign,
            )
        )(who)

    def marks(self, codes: tuple[str, ...] = CODES) -> list[dict[str, Any]]:
        """Claims on some pupils, each replacing some of those before."""
        chosen = self.source.sample(PUPILS, self.source.randrange(1, 4))
        found = []
        for one in chosen:
            known = self.claims.get(one, [])
            minute = self.source.randrange(60)
            found.append(
                claim(
                    one,
                    self.source.choice(codes),
                    arrived=self.source.choice((None, "09:05", "09:25")),
                    replaces=[old for old in known if self.source.random() < 0.5],
                    observed_at=f"{MONDAY}T09:{minute:02d}:00.000Z",
                )
            )
        return found

    def known(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Remember an entry's claims, so that later ones may replace them."""
        for one, ident in zip(entry["body"]["claims"], claim_ids(entry), strict=True):
            self.claims.setdefault(one["pupil"], []).append(ident)
        return entry

    def taken(self, who: Tablet) -> dict[str, Any]:
        """A register, now and then of another group, session, or from paper."""
        fields: dict[str, Any] = {"group": self.source.choice(("form-1", "form-1", "form-2"))}
        if self.source.random() < 0.2:
            fields["session"] = "PM"
        if self.source.random() < 0.2:
            fields["paper"] = {"taken_by": "A visitor", "taken_at": "08:55"}
        entry = self.known(who.register(*self.marks(), **fields))
        self.registers.append(entry["_id"])
        return entry

    def amended(self, who: Tablet) -> dict[str, Any]:
        """Marks changed, in a group's register or outside of one."""
        where = self.source.choice((None, "form-1"))
        entry = who.say("mark.amended", *self.marks(), group=where, reason="Was mistaken")
        return self.known(entry)

    def arrival(self, who: Tablet) -> dict[str, Any]:
        """The late desk; from a teacher it is held."""
        return self.known(who.say("arrival.recorded", *self.marks(("L", "U", "M"))))

    def departure(self, who: Tablet) -> dict[str, Any]:
        """A pupil leaves early; half of the tablets still write it in the first shape."""
        left = self.source.choice(("10:00", "11:10"))
        one = self.source.choice(PUPILS)
        today = {"shape": 2, "left_with": self.source.choice((None, "An aunt"))}
        more = self.source.choice(({}, today)) | ACT
        entry = who.write("departure.recorded", pupil=one, left=left, reason="Dentist", **more)
        self.departures.append(entry["_id"])
        return entry

    def void(self, who: Tablet) -> dict[str, Any]:
        """Something said before no longer speaks, if its author or the desk says so."""
        known = self.seen(who, self.registers + self.departures)
        if not known:
            return self.taken(who)
        target = self.source.choice(known)
        return who.write("register.voided", entry=target, reason="By mistake", **ACT)

    def plan(self, who: Tablet) -> dict[str, Any]:
        """A planned code, perhaps not for this session or day."""
        entry = who.write(
            "planned.recorded",
            pupil=self.source.choice(PUPILS),
            first=self.source.choice((MONDAY, "2026-11-24")),
            last="2026-11-25",
            sessions=self.source.choice((["AM"], ["PM"], ["AM", "PM"])),
            code=self.source.choice(("M", "V")),
            source="Letter",
        )
        self.plans.append(entry)
        return entry

    def withdraw(self, who: Tablet) -> dict[str, Any]:
        """A planned code that no longer holds."""
        known = self.seen(who, [plan["_id"] for plan in self.plans])
        if not known:
            return self.plan(who)
        chosen = self.source.choice(known)
        old = next(plan for plan in self.plans if plan["_id"] == chosen)
        body = {name: old["body"][name] for name in ("pupil", "first", "last")}
        return who.write("planned.withdrawn", entry=old["_id"], reason="Cancelled", **body)

    def reassign(self, who: Tablet) -> dict[str, Any]:
        """Another person takes the register."""
        to = self.source.choice(("staff-cover", "staff-head", "staff-gone"))
        where = self.source.choice(("form-1", "form-2"))
        return who.write("register.reassigned", group=where, to=to, reason="Ill", **ACT)


async def published(school: School) -> dict[str, Any]:
    """The sheet of form-1 as it goes out."""
    form = school.roster.groups["form-1"]
    as_at = f"{MONDAY}T09:30:00.000Z"
    found = sheet(await school.day(), await school.planned(), form, "AM", as_at)
    return found.model_dump(mode="json", by_alias=True)


def comparable(one: dict[str, Any]) -> dict[str, Any]:
    """Without what only the server knows: when things were received, and doubts of clocks."""
    unknown = ("received_at", "flags")
    return one | {
        "rows": [
            row
            | {
                "claims": [{k: v for k, v in c.items() if k not in unknown} for c in row["claims"]],
                "planned": row.get("planned", []),
                "left": row.get("left"),
                "departure": row.get("departure"),
            }
            for row in one["rows"]
        ],
        "takings": sorted(
            ({k: v for k, v in t.items() if k not in unknown} for t in one["takings"]),
            key=lambda taking: str(taking["entry"]),
        ),
    }


async def told(school: School, author: Tablet) -> dict[str, dict[str, Any]]:
    """What the tablet keeps of the author's receipt: the fate of each entry."""
    head = LogHead(log=author.log, n=author.n, digest=author.prev)
    (receipt,) = await school.intake.receipts([head], author.speaker)
    held = {item.entry: item for item in receipt.held}
    return {
        name: {
            "state": "held" if name in held else "stored",
            "reason": held[name].reason if name in held else None,
            "receivedAt": None,
            "setAside": [
                {"claim": one.claim, "reason": one.reason} | outcome(one.outcome)
                for one in receipt.set_aside
                if one.entry == name
            ],
        }
        | outcome(held[name].outcome if name in held else None)
        for name in (entry["_id"] for entry in author.entries)
    }


def outcome(decided: Outcome | None) -> dict[str, Any]:
    """As the tablet keeps it: absent before."""
    return {} if decided is None else {"outcome": decided.model_dump(mode="json")}


@pytest.mark.slow
async def test_the_tablet_shows_what_the_server_will_publish(tmp_path: Path) -> None:
    source = random.Random(SEED)
    questions: list[dict[str, Any]] = []
    expected: list[dict[str, Any]] = []
    waited = 0
    for number in range(DAYS):
        store = MemoryStore()
        school = School(await store.create(f"sch-{number}"), roster())
        school.clock.set(f"{MONDAY}T12:00:00.000Z")
        day = Day(source, school)
        day.pass_by()
        await school.push(*day.sent)
        base = await published(school)
        await school.push(*day.waiting)
        fates = await told(school, day.offline) if day.offline.n else {}
        questions.append(
            {
                "sheet": base,
                "authorName": day.offline.speaker.name,
                "names": [[m.person, m.name] for m in school.roster.school.staff],
                "waiting": [{"entry": one, "fate": fates[one["_id"]]} for one in day.waiting],
            }
        )
        expected.append(await published(school))
        waited += len(day.waiting)
        await store.close()
    assert waited > DAYS
    for question, overlaid, there in zip(
        questions, ask_the_tablet(tmp_path, "overlay-twin.ts", questions), expected, strict=True
    ):
        # Of a pupil who was not on the sheet, the tablet knows only what it wrote itself.
        known = {row["pupil"] for row in question["sheet"]["rows"]}
        mine, theirs = comparable(overlaid), comparable(there)
        added = [row for row in mine["rows"] if row["pupil"] not in known]
        assert [row["pupil"] for row in mine["rows"]] == [row["pupil"] for row in theirs["rows"]]
        for sheet_ in (mine, theirs):
            sheet_["rows"] = [row for row in sheet_["rows"] if row["pupil"] in known]
        assert mine == theirs, question["waiting"]
        for row in added:
            there_now = next(one for one in there["rows"] if one["pupil"] == row["pupil"])
            assert {c["id"] for c in row["claims"]} <= {c["id"] for c in there_now["claims"]}


async def to_decide(school: School, author: Tablet) -> list[Held]:
    """Marks of one author that are held or set aside, in some session."""
    documents, _ = await read_feed(school.database, 0, frozenset({channels.QUARANTINE}))
    held = (read_held(one.id, one.body) for one in documents)
    mine = [one for one in held if one.sender == author.speaker.person and one.author == one.sender]
    return [one for one in mine if one.claims and one.session is not None]


async def voided_elsewhere(school: School) -> set[str]:
    """Registers of the other form that were voided: this form's sheet does not tell."""
    day = await school.day()
    takings = [taking for half in ("AM", "PM") for taking in day.takings(half, "form-2")]
    return {taking.entry for taking in takings if taking.voided is not None}


def decide(source: random.Random, school: School, held: Held, *, correct: bool) -> dict[str, Any]:
    """The officer decides on it, one way or another."""
    about = {"held": held.id, "entry": held.entry, "reason": "Looked into it"}
    choices = ["quarantine.declined"]
    choices += ["quarantine.released"] * 2 if held.releasable else []
    choices += ["quarantine.corrected"] if correct else []
    kind = source.choice(choices)
    if kind != "quarantine.corrected":
        return school.officer.write(kind, date=held.date, **about)
    claims: list[dict[str, Any]] = [
        claim(source.choice(MEMBERS), source.choice(("/", "N")), replaces=[held.claims[0].claim])
    ]
    assert Claim.model_validate_json(json.dumps(claims[0]))
    return school.officer.say(kind, *claims, session=held.session, **about)


@pytest.mark.slow
@pytest.mark.parametrize("whose", ["the author's", "the desk's"])
async def test_a_tablet_shows_what_was_decided_before_the_sheet_does(
    whose: str, tmp_path: Path
) -> None:
    """The author's knows it from the receipt, the desk's because it was decided there."""
    source = random.Random(f"{SEED} {whose}")
    questions: list[dict[str, Any]] = []
    expected: list[dict[str, Any]] = []
    for number in range(DAYS):
        store = MemoryStore()
        school = School(await store.create(f"sch-{number}"), roster())
        school.clock.set(f"{MONDAY}T12:00:00.000Z")
        day = Day(source, school)
        day.pass_by()
        await school.push(*day.sent, *day.waiting)
        author = source.choice((school.tutor, school.cover))
        base = await published(school)
        desk = whose == "the desk's"
        elsewhere = await voided_elsewhere(school)
        found = [one for one in await to_decide(school, author) if one.entry not in elsewhere]
        decisions = [decide(source, school, one, correct=desk) for one in found]
        await school.push(*decisions)
        fates = await told(school, author) if author.n else {}
        own = author.entries if not desk else decisions
        questions.append(
            {
                "sheet": base,
                "authorName": (school.officer if desk else author).speaker.name,
                "names": [[m.person, m.name] for m in school.roster.school.staff],
                "waiting": [
                    {
                        "entry": one,
                        "fate": None
                        if desk
                        else fates[one["_id"]] | {"receivedAt": f"{MONDAY}T08:00:00.000Z"},
                    }
                    for one in own
                ],
            }
        )
        expected.append(await published(school))
        await store.close()
    assert sum(before["sheet"] != there for before, there in zip(questions, expected, strict=True))
    answers = ask_the_tablet(tmp_path, "overlay-twin.ts", questions)
    for question, overlaid, there in zip(questions, answers, expected, strict=True):
        assert comparable(overlaid) == comparable(there), question["waiting"]
