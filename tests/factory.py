"""Factories: a small fictional school, its roster, and tablets that write sealed entries."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

import orjson

from schemas.access import Grant
from schemas.calendar import Closure, RegisterTimes, SchoolCalendar, Span, Term
from schemas.canonical import GENESIS, claim_id
from schemas.entry import make_entry
from schemas.identifiers import upn_check_letter
from schemas.policy import Role
from schemas.roster import Pupil
from schemas.school import Group, Meeting, School, StaffMember
from sync.clock import instant, to_ms
from sync.grants import Access
from sync.pushed import Speaker
from sync.roster import Roster
from sync.store import Write, WriteBatch

MONDAY = "2026-11-23"
FRIDAY = "2026-11-20"
NINE = f"{MONDAY}T09:00:00.000Z"


def speaker(person: str, name: str, role: Role, device: str, *groups: str) -> Speaker:
    """Somebody with a post in the school, over groups."""
    post = Grant(person=person, role=role, groups=groups)
    return Speaker(person, name, role, device, (post,))


TUTOR = speaker("staff-tutor", "Tess Tutor", Role.CLASS_TEACHER, "tablet-1", "form-1", "maths")
COVER = speaker("staff-cover", "Cal Cover", Role.COVER_TEACHER, "tablet-2", "form-1")
OFFICER = speaker("staff-office", "Olu Officer", Role.ATTENDANCE_OFFICER, "desk-1")
HEAD = speaker("staff-head", "Hana Head", Role.HEAD, "desk-2")


def may_read(
    role: Role,
    person: str = "p",
    groups: tuple[str, ...] = (),
    pupils: tuple[str, ...] = (),
    day: str = "2026-11-23",
    **changes: Any,
) -> frozenset[str]:
    """The channels of somebody with a post, on a day in the calendar below."""
    grant = Grant(person=person, role=role, groups=groups, pupils=pupils)
    return Access(person, (grant,)).channels(to_ms(f"{day}T09:30:00.000Z"), calendar(**changes))


AM = Span(opens="08:50", closes="09:20", ends="12:00")
PM = Span(opens="13:05", closes="13:35", ends="15:20")


def calendar(**changes: Any) -> SchoolCalendar:
    """Autumn 2026 with half-term, an INSET day on Friday 27 November and a bank holiday."""
    fields: dict[str, Any] = {
        "terms": (Term(name="Autumn", first="2026-09-02", last="2026-12-18"),),
        "closures": (
            Closure(first="2026-10-26", last="2026-10-30", kind="holiday"),
            Closure(first="2026-11-27", last="2026-11-27", kind="inset"),
        ),
        "times": (RegisterTimes(valid_from="2026-09-01", am=AM, pm=PM),),
    }
    return SchoolCalendar(**(fields | changes))


def upn(serial: int) -> str:
    """A well-formed UPN of an authority that does not exist."""
    tail = f"999123426{serial:03d}"
    return upn_check_letter(tail) + tail


def pupil(number: int, **changes: Any) -> Pupil:
    """Pupil ``pup-<number>`` of the form ``form-1``."""
    fields: dict[str, Any] = {
        "id": f"pupil:pup-{number}",
        "pupil": f"pup-{number}",
        "upn": upn(number),
        "forename": f"Forename{number}",
        "surname": f"Surname{number}",
        "known_as": f"Known{number}",
        "born": "2016-05-01",
        "year": "5",
        "form": "form-1",
        "enrolled_from": "2026-09-02",
    }
    return Pupil(**(fields | changes))


def group(name: str, members: tuple[str, ...], **changes: Any) -> Group:
    """A form that registers every morning and afternoon."""
    fields: dict[str, Any] = {
        "id": f"group:{name}",
        "group": name,
        "name": name.upper(),
        "kind": "form",
        "room": "Room 1",
        "teacher": TUTOR.person,
        "teacher_name": TUTOR.name,
        "members": members,
        "meets": tuple(Meeting(weekday=d, session=s) for d in range(5) for s in ("AM", "PM")),
    }
    return Group(**(fields | changes))


def school(**changes: Any) -> School:
    """The school document."""
    fields: dict[str, Any] = {
        "id": "school",
        "school": "sch-test",
        "name": "Saltmarsh Primary School",
        "phase": "primary",
        "calendar": calendar(),
        "staff": tuple(
            StaffMember(person=one.person, name=one.name, role=one.role)
            for one in (TUTOR, COVER, OFFICER, HEAD)
        ),
    }
    return School(**(fields | changes))


def roster(size: int = 4, **changes: Any) -> Roster:
    """A roster of one form with ``size`` pupils."""
    pupils = [pupil(number) for number in range(1, size + 1)]
    groups = [group("form-1", tuple(one.pupil for one in pupils))]
    return Roster.build(school(**changes), groups, pupils)


def roster_batch(one: Roster) -> WriteBatch:
    """The roster as documents to write."""
    documents: list[tuple[School | Group | Pupil, set[str]]] = [
        (one.school, {"staff"}),
        *((g, {"staff"}) for g in one.groups.values()),
        *((p, {"roster"}) for p in one.pupils.values()),
    ]
    return WriteBatch(
        [
            Write(
                document.id,
                document.model_dump(mode="json", by_alias=True, exclude={"id"}),
                frozenset(to),
                force=True,
            )
            for document, to in documents
        ]
    )


def claim(who: int | str, code: str = "/", **more: Any) -> dict[str, Any]:
    """A claim as a tablet writes it."""
    name = who if isinstance(who, str) else f"pup-{who}"
    return {"pupil": name, "code": code, "observed_at": NINE} | more


@dataclass
class Tablet:
    """One person's log on one device."""

    speaker: Speaker
    log: str = "a" * 32
    n: int = 0
    prev: str = GENESIS
    entries: list[dict[str, Any]] = field(default_factory=list)
    salts: Any = field(default_factory=itertools.count)

    def write(self, kind: str, /, **fields: Any) -> dict[str, Any]:
        """Seal the next entry of the log."""
        body = {
            "kind": kind,
            "author": self.speaker.person,
            "role": self.speaker.role.value,
            "device": self.speaker.device,
            "written_at": NINE,
            "clock": {"offset_ms": 0, "contact": None},
        } | fields
        self.n += 1
        entry = make_entry(self.log, self.n, self.prev, f"{next(self.salts):032x}", body)
        self.prev = entry["digest"]
        self.entries.append(entry)
        return entry

    def register(self, *claims: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """A register of ``form-1`` on Monday morning."""
        fields = {"group": "form-1", "date": MONDAY, "session": "AM"} | fields
        return self.write("register.taken", claims=list(claims), **fields)

    def say(self, kind: str, /, *claims: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """Any other entry with claims on Monday morning."""
        fields = {"date": MONDAY, "session": "AM"} | fields
        return self.write(kind, claims=list(claims), **fields)


def claim_ids(entry: dict[str, Any]) -> list[str]:
    """Ids of an entry's claims."""
    return [claim_id(entry["digest"], index) for index in range(len(entry["body"]["claims"]))]


@dataclass
class SetClock:
    """A clock that stands where it is set."""

    ms: int = to_ms(f"{MONDAY}T09:30:00.000Z")

    def now_ms(self) -> int:
        return self.ms

    def set(self, text: str) -> None:
        self.ms = to_ms(text)

    @property
    def now(self) -> str:
        return instant(self.ms)


class NoContacts:
    """Knows the one nonce ``nonce-0930``."""

    def contact_ms(self, nonce: str) -> int | None:
        return to_ms(f"{MONDAY}T09:30:00.000Z") if nonce == "nonce-0930" else None


def wire(value: Any) -> Any:
    """What comes out at the other end of the wire."""
    return orjson.loads(orjson.dumps(value))
