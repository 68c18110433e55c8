"""Who can sign in to the demonstration, and with what. Passwords are drawn once and kept."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from schemas.base import Model, OpaqueId
from schemas.policy import ROLE_NAMES, Role
from schemas.school import Group
from server.accounts import Account, Post
from server.demo.family.area import DemoArea
from server.demo.names import FullName
from server.demo.schools import DemoSchool

__all__ = ["SignIn", "account", "password", "sign_ins"]

COVERED = 3
"""Teachers whose groups the head grants the cover teacher, the shown form's among them."""

_WORD_LIST = (
    "amber anchor apple autumn badge basket beacon biscuit blanket bridge bucket butter cabin "
    "candle canvas carrot castle cedar chalk cherry clover comet copper cotton crayon daisy "
    "dolphin donkey ember falcon feather fiddle finch flint forest garden ginger glider "
    "granite hammer harbour hazel hedge honey island ivory jacket jigsaw juniper kettle "
    "kitten ladder lantern lemon linen magnet maple marble meadow mitten mirror nettle nutmeg "
    "orchard otter paddle parcel pebble pencil pepper pillow planet pocket pumpkin puzzle "
    "quarry rabbit raven ribbon river rocket saddle saffron sandal shadow silver slate "
    "sparrow spruce summer teapot thistle ticket timber tulip tunnel velvet violet walnut "
    "whistle willow window winter wooden yellow zephyr"
)
_WORDS = _WORD_LIST.split()


class SignIn(Model):
    """One person's way in. ``registers`` says in words whose registers they take.

    ``groups`` come with their post; ``covers`` are granted for a day (:mod:`server.demo.cover`).
    """

    school: OpaqueId
    school_name: str
    person: OpaqueId
    name: str
    role: Role
    username: str
    password: str
    groups: tuple[OpaqueId, ...]
    covers: tuple[OpaqueId, ...] = ()
    registers: str

    @property
    def role_name(self) -> str:
        """The role, in words."""
        return ROLE_NAMES[self.role]


def sign_ins(
    schools: Iterable[DemoSchool], area: DemoArea, kept: Mapping[str, str]
) -> Iterator[SignIn]:
    """The sign-ins to print. ``kept``: passwords drawn before, by person.

    In each school a teacher, a cover teacher who may take the same registers today, the officer,
    the head, the safeguarding lead, a governor and their chair; in the area three family workers,
    a partner of another agency, the team's lead, the coordinator and whoever is on duty.
    """
    taken: set[str] = set()
    for school in schools:
        groups = list(school.roster.groups.values())
        start = school.forms.index(school.shown)
        nearest = (*school.forms[start:], *school.forms)[:COVERED]
        covered = {form.teacher for form in nearest}
        tutors = [one for one in groups if one.teacher == school.shown.teacher]
        covers = [one for one in groups if one.teacher in covered]
        teacher = next(one for one in school.staff if one.person == school.shown.teacher)
        staff = school.staff
        desk = (staff.officer, staff.head, staff.safeguarding_lead, staff.governor, staff.chair)
        for who, theirs in (
            (teacher, tutors),
            (staff.cover[0], covers),
            *((one, list[Group]()) for one in desk),
        ):
            named = tuple(group.group for group in theirs)
            is_cover = who.role is Role.COVER_TEACHER
            username = _username(who.name, taken)
            taken.add(username)
            yield SignIn(
                school=school.id,
                school_name=school.plan.name,
                person=who.person,
                name=str(who.name),
                role=who.role,
                username=username,
                password=kept.get(who.person) or password(),
                groups=() if is_cover else named,
                covers=named if is_cover else (),
                registers=_said(theirs),
            )
    for who in area.staff:
        username = _username(who.name, taken)
        taken.add(username)
        yield SignIn(
            school=area.id,
            school_name=area.roster.school.name,
            person=who.person,
            name=str(who.name),
            role=who.role,
            username=username,
            password=kept.get(who.person) or password(),
            groups=(area.team,) if who.role is Role.TEAM_LEAD else (),
            registers=f"of {who.agency}" if who.agency is not None else "",
        )


def _said(groups: Sequence[Group]) -> str:
    forms = [group.name for group in groups if group.kind == "form"]
    lessons = len(groups) - len(forms)
    return ", ".join(forms) + (f" and {lessons} lesson groups" if lessons else "")


def _username(name: FullName, taken: Container[str]) -> str:
    """The dotted name; with a number where somebody has that."""
    plain = name.dotted
    return next(
        username
        for number in itertools.count(1)
        if (username := plain if number == 1 else f"{plain}{number}") not in taken
    )


def password() -> str:
    """A password to read out and type: three words and a number, about 26 bits. For show only."""
    words = (secrets.choice(_WORDS) for _ in range(3))
    return "-".join((*words, str(secrets.randbelow(90) + 10)))


def account(sign_in: SignIn, hashed: str) -> Account:
    """The account behind a sign-in."""
    return Account(
        person=sign_in.person,
        username=sign_in.username,
        name=sign_in.name,
        role=sign_in.role,
        schools=(Post(school=sign_in.school, groups=sign_in.groups),),
        hash=hashed,
    )
