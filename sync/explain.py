"""Explaining: why somebody may or may not see a document, in sentences a person can check.

It looks at the same channels that a request is answered by, and at nothing else: what it says and
what happens cannot differ. It never tells what stands in the document.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from schemas.access import Explanation, Grant, GrantLine, GrantState
from schemas.policy import POLICY, ROLE_NAMES, Reach
from sync import channels
from sync.clock import in_words, instant, local
from sync.grants import Access, begins_ms, ends_ms
from sync.roster import Roster
from sync.store import Document

__all__ = ["Explainer", "grant_line", "state_of"]

_INTERNAL = (
    "entries:",
    "arrivals:",
    "log:",
    "held:",
    "attended:",
    "roster",
    *channels.ALARMS,
    *channels.ERASURES,
)


_OF_REACH = {
    one.value: one
    for one in (
        Reach.QUARANTINE,
        Reach.SUPPORT,
        Reach.SAFEGUARDING,
        Reach.ALLEGATIONS,
        Reach.CHAIR,
        Reach.SUMMARIES,
    )
}
"""Channels that are a reach's own; of one person where they name one."""
_BY_NAME = {
    "case": "whoever works on this case, by a grant over it",
    "pupil": "whoever was granted this pupil by name",
}


_OWN = "whose own it is"
_BY_PERSON = {
    "watch": "who is out, looks out for them, or was told",
    "draft_opening": "who wrote the draft, or opened it",
}
"""What those are to a document who get it by name, where it is not their own."""


def state_of(grant: Grant, ms: int) -> GrantState:
    """Whether a grant is yet to begin, in force, or over at a moment."""
    end, start = ends_ms(grant), begins_ms(grant)
    if end is not None and end <= ms:
        return "over"
    return "to_begin" if start is not None and ms < start else "in_force"


Knows = Callable[[str], bool]
"""Whether somebody may know of a case."""
_HIDDEN = "For a case that is not yours to know of."


def _knows_all(_: str) -> bool:
    return True


def grant_line(
    grant: Grant,
    ms: int,
    name: Callable[[str], str],
    roster: Roster,
    knows: Knows = _knows_all,
) -> GrantLine:
    """A grant with its state, and the names of who gave and ended it and of its groups.

    For a reader who may not know of one of its cases (``knows``) that is only counted, and what the
    grant is for, which may tell of it, is left out.
    """
    known = tuple(one for one in grant.cases if knows(one))
    others = len(grant.cases) - len(known)
    if others:
        grant = grant.model_copy(update={"cases": known, "purpose": _HIDDEN})
    return GrantLine(
        other_cases=others,
        grant=grant,
        state=state_of(grant, ms),
        given_by_name=None if grant.given_by is None else name(grant.given_by),
        ended_by_name=None if grant.ended is None else name(grant.ended.by),
        group_names=tuple(_group_name(roster, one) for one in grant.groups),
    )


def _group_name(roster: Roster, group: str) -> str:
    found = roster.groups.get(group)
    return "a group that is no more" if found is None else found.name


@dataclass(frozen=True)
class Explainer:
    """Explains one school at one moment. ``name``: what a person is called.

    ``knows``: whether whoever asks may know of a case.
    """

    roster: Roster
    name: Callable[[str], str]
    ms: int
    knows: Knows = _knows_all

    def explain(self, access: Access, document: str, found: Document | None) -> Explanation:
        """Why the person of ``access`` may or may not see ``document``; ``found``: what it is."""
        there = found is not None and not found.deleted
        to = found.channels if found is not None and there else frozenset[str]()
        lines = tuple(self._line(access, grant, to) for grant in access.grants)
        by_person = _BY_PERSON.get(document.partition(":")[0], _OWN)
        sees = not to.isdisjoint(access.channels(self.ms, self.roster.calendar))
        body = found.body if found is not None else {}
        return Explanation(
            person=access.person,
            name=self.name(access.person),
            document=document,
            as_at=instant(self.ms),
            sees=sees,
            because=self._because(access, found, to, lines, sees=sees),
            goes_to=tuple(sorted({self._audience(one, by_person) for one in to})),
            grants=lines,
            restricted=bool(body.get("restricted", False)),
        )

    def _because(
        self,
        access: Access,
        found: Document | None,
        to: frozenset[str],
        lines: tuple[GrantLine, ...],
        *,
        sees: bool,
    ) -> str:
        who = self.name(access.person)
        letting = [line.why for line in lines if line.sees]
        if sees:
            own = f"{who} sees it {_why_own(found)}."
            return next((why for why in letting if why), own)
        if found is None or found.deleted or all(one.startswith(_INTERNAL) for one in to):
            return _nobodys(found)
        if all(one.startswith("person:") for one in to):
            return f"It goes to people by name, and {who} is not among them."
        if not lines:
            return f"{who} was never granted anything in this school."
        if not any(line.state == "in_force" for line in lines):
            return f"Nothing that {who} was granted is in force at this moment."
        return f"Nothing that {who} was granted and that is in force reaches it."

    def _line(self, access: Access, grant: Grant, to: frozenset[str]) -> GrantLine:
        line = grant_line(grant, self.ms, self.name, self.roster, self.knows)
        counts = grant in access.at(self.ms).grants
        alone = Access(
            grant.person, (grant.model_copy(update={"follows": False}),) if counts else ()
        )
        own = Access(grant.person).channels(self.ms, self.roster.calendar)
        through = to & (alone.channels(self.ms, self.roster.calendar) - own)
        sees = bool(through)
        why = self._lets(grant, through) if sees else self._fails(grant, to, line.state)
        return line.model_copy(update={"sees": sees, "why": why})

    def _lets(self, grant: Grant, through: frozenset[str]) -> str:
        whom = min(self._audience(one) for one in through)
        return f"{self._who(grant)} sees it: it goes to {whom}."

    def _fails(self, grant: Grant, to: frozenset[str], state: GrantState) -> str:
        if state == "to_begin":
            return f"{self._who(grant)} begins {self._moment(begins_ms(grant))}."
        if state == "over":
            return f"{self._who(grant)} ended {self._moment(ends_ms(grant))}."
        wanted = [reach for reach in Reach if any(_reaches(reach, one) for one in to)]
        seen = POLICY[grant.role].sees
        if not any(reach in seen for reach in wanted):
            role = ROLE_NAMES[grant.role]
            return f"A{'n' * (role[0] in 'aeiou')} {role} does not see documents of this kind."
        if any(reach in seen for reach in (Reach.ROLL, Reach.OFFICE) if reach in wanted):
            return f"{self._who(grant)} sees such documents for some days; this one is older."
        if Reach.CASES in wanted:
            return f"{self._who(grant)} is for other cases."
        return f"{self._who(grant)} is for other groups or pupils, or other days."

    def _who(self, grant: Grant) -> str:
        groups = [self._group(one) for one in grant.groups[:5]]
        over = f" of {', '.join(groups)}" if groups else ""
        count = len(grant.pupils)
        over += f" for {count} pupil{'s'[: count > 1]} by name" if count else ""
        count = len(grant.cases)
        over += f" on {count} case{'s'[: count > 1]} by name" if count else ""
        return f"{self.name(grant.person)} as {ROLE_NAMES[grant.role]}{over}"

    def _moment(self, ms: int | None) -> str:
        assert ms is not None  # noqa: S101  # only of an edge that is there
        date, time = local(instant(ms), self.roster.calendar.time_zone)
        return f"at {time} on {in_words(date)}"

    def _group(self, group: str) -> str:
        return _group_name(self.roster, group)

    def _audience(self, channel: str, own: str = _OWN) -> str:  # noqa: PLR0911  # a table of sentences
        kind, _, rest = channel.partition(":")
        if channel.startswith(_INTERNAL):
            return "nobody"
        if kind == "half":
            first, _, inner = rest.partition(":")
            return (
                f"{self._audience(inner, own)}, until two half-terms after {in_words(first)} began"
            )
        if kind == "staff":
            reach = Reach.ROLL if rest else Reach.STAFF
            day = f", on {in_words(rest)} and the school day after" if rest else ""
            return f"{_roles(reach)}{day}"
        if kind == "office":
            days = f", for {channels.OFFICE_DAYS} school days from {in_words(rest)}" if rest else ""
            return f"{_roles(Reach.OFFICE)}{days}"
        if kind in _OF_REACH and rest:
            return f"{self.name(rest)}, who answers for it"
        if kind in _OF_REACH:
            return _roles(_OF_REACH[kind])
        if kind in _BY_NAME:
            return _BY_NAME[kind]
        if kind == "team":
            return f"whoever was granted the team {self._group(rest)}"
        if kind == "group":
            return f"whoever takes the registers of {self._group(rest)}"
        person, _, date = rest.partition(":")
        if kind == "lent":
            return f"{self.name(person)}, who opened it with a reason, while they lead"
        if kind == "taker":
            return f"{self.name(person)}, to whom the register was given on {in_words(date)}"
        return f"{self.name(person)}, {own}"


def _why_own(found: Document | None) -> str:
    kind = "" if found is None else str(found.body.get("type"))
    if kind in _BY_PERSON:
        return f"by name, as somebody {_BY_PERSON[kind]}"
    return f"because it is their own{': they sent what is held' if kind == 'held' else ''}"


def _nobodys(found: Document | None) -> str:
    if found is None:
        return "There is no such document, so nobody sees it."
    if found.deleted:
        return "The document was removed, so nobody sees it any more."
    if found.body.get("type") == "photo":
        visit = found.body.get("visit")
        return f"A photo is sent to nobody; whoever may see its visit may fetch it: visit:{visit}."
    if not found.channels:
        return "It goes to nobody here: those whom it is for are in another place, or not named."
    return "It is the server's own record. It is sent to nobody; its parts are published."


def _roles(reach: Reach) -> str:
    return ", ".join(ROLE_NAMES[role] for role, rule in POLICY.items() if reach in rule.sees)


def _reaches(reach: Reach, channel: str) -> bool:
    """Whether a channel is of the family that ``reach`` stands for, whatever its day or group."""
    kind, _, rest = channel.partition(":")
    if kind == "half":
        return _reaches(reach, rest.partition(":")[2])
    return {
        "staff": reach is (Reach.ROLL if rest else Reach.STAFF),
        "office": reach is Reach.OFFICE,
        "group": reach is Reach.GROUPS,
        "taker": reach is Reach.GROUPS,
        "pupil": reach is Reach.PUPILS,
        "case": reach is Reach.CASES,
        "team": reach is Reach.CASES,
    }.get(kind, reach is _OF_REACH.get(kind))
