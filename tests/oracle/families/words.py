"""Family support said a second time: who may see which part of a visit, a case, or a concern.

Nothing of the product's is used here: no channels, no folds, no table of roles. A *part* is one
thing that somebody wrote (a child's words, an address, why somebody broke the glass), marked with a
word that stands nowhere else; a *paper* is a document that parts are published in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

__all__ = [
    "ANSWERS",
    "Concern",
    "Family",
    "Part",
    "Post",
    "knows_family",
    "looks_after_access",
    "may",
    "oversees_views",
]

TEAMWORK = frozenset({"family_worker", "team_lead"})
"""Whose work is with the families of their teams."""
OFFICE = frozenset({"attendance_officer", "attendance_champion", "head", "safeguarding_lead"})
"""Who in a school may know that a family is visited, what came of it, and what was agreed."""
ACCESS = frozenset(
    {"attendance_officer", "attendance_champion", "head", "administrator", "team_lead"}
)
VIEWS = frozenset(
    {
        "attendance_champion",
        "head",
        "safeguarding_lead",
        "team_lead",
        "authority_coordinator",
    }
)
ANSWERS = {
    "lead": "safeguarding_lead",
    "head": "head",
    "chair": "chair_of_governors",
    "duty": "safeguarding_lead",
}
"""Who answers for a concern at each step; the duty team are the area's safeguarding leads."""
HOURS_8, DAYS_7 = 8 * 3_600_000, 7 * 86_400_000


@dataclass(frozen=True)
class Post:
    """A role that somebody holds in one place, over teams or over families by name.

    Times are milliseconds; None: always. ``follows``: it comes of what they did, and is good only
    with a role of the same name that they hold besides.
    """

    place: str
    role: str
    teams: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()
    starts: int | None = None
    ends: int | None = None
    follows: bool = False

    def holds(self, now: int) -> bool:
        return (self.starts is None or self.starts <= now) and (
            self.ends is None or now < self.ends
        )


@dataclass
class Family:
    """A family's case: where it lies now, and which schools its children are at."""

    name: str
    teams: frozenset[str]
    restricted: bool = False
    children: dict[str, tuple[str, str]] = field(default_factory=dict)
    """School and pupil of each child who is of the household."""

    were: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The children who ever were of it."""

    def once(self, teams: frozenset[str]) -> Family:
        """What it may have been before: open to all teams, with all its children."""
        return Family(self.name, teams, children=self.were)

    def schools(self, child: str | None = None) -> frozenset[str]:
        """The schools that a thing of one child, or of all of them, is for."""
        mine = self.children.items()
        return frozenset(school for name, (school, _) in mine if child in (None, name))


@dataclass
class Concern:
    """Who has a concern by when. ``place``: the school, or the area, that answers for it."""

    name: str
    raised_in: str
    author: str
    place: str
    steps: list[tuple[int, str]]
    about: frozenset[str] = frozenset()
    about_head: bool = False


@dataclass(frozen=True)
class Part:
    """Something that was written. ``kind`` says whose it is (:func:`may`); ``mark``: its word."""

    kind: str
    mark: str
    where: str
    """In which paper it stands, for whoever reads a failure."""
    family: str = ""
    child: str | None = None
    person: str = ""
    other: str = ""
    concern: str = ""
    until: int | None = None
    paper: str = ""
    """The one paper that it stands in, where that may be taken away."""


@dataclass(frozen=True)
class Moment:
    """Now, in the area and its schools."""

    now: int
    area: str
    families: dict[str, Family]
    concerns: dict[str, Concern]


def roles(posts: Iterable[Post], place: str, now: int) -> frozenset[str]:
    """The roles that somebody holds in a place."""
    return frozenset(
        one.role for one in posts if one.place == place and one.holds(now) and not one.follows
    )


def knows_family(posts: Iterable[Post], family: Family, when: Moment) -> bool:
    """Whether a case is theirs: by name; or by a team of theirs, unless it is restricted."""
    held = [one for one in posts if one.place == when.area and one.holds(when.now)]
    plain = roles(held, when.area, when.now)
    for one in held:
        if one.follows and one.role not in plain:
            continue
        if family.name in one.families:
            return True
        if not family.restricted and one.role in TEAMWORK and one.teams & family.teams:
            return True
    return False


def answers_for(person: str, posts: Iterable[Post], one: Concern, place: str, when: Moment) -> bool:
    """Whether somebody answers for a concern in a place; never whom it concerns."""
    mine = roles(posts, place, when.now)
    if person in one.about:
        return False
    if one.about_head and any(post.role == "head" and post.place == place for post in posts):
        return False
    return any(
        ANSWERS[step] in mine
        for at, step in one.steps
        if at <= when.now and place == (when.area if step == "duty" else one.place)
    )


def looks_after_access(posts: Iterable[Post], place: str, when: Moment) -> bool:
    """Whether they see who holds what in a place."""
    return bool(roles(posts, place, when.now) & ACCESS)


def oversees_views(posts: Iterable[Post], place: str, when: Moment) -> bool:
    """Whether they see who opened what, of what they may see themselves."""
    return bool(roles(posts, place, when.now) & VIEWS)


def may(  # noqa: PLR0911  # a rule for each kind
    person: str, posts: Iterable[Post], part: Part, place: str, when: Moment
) -> bool:
    """Whether somebody may read a part in a place's database, in a paper of it."""
    posts = tuple(posts)
    family = when.families.get(part.family)
    in_area, mine = place == when.area, roles(posts, place, when.now)
    if part.kind == "concern":  # or in what they sent, which is held
        answers = answers_for(person, posts, when.concerns[part.concern], place, when)
        return answers or person == part.person
    if part.kind in {"draft", "opening", "watch", "glass", "held"} and not in_area:
        return False
    works = in_area and family is not None and knows_family(posts, family, when)
    match part.kind:
        case "narrative" | "photo":
            return works
        case "draft":
            lead = person == part.other and "team_lead" in mine
            opened = lead and part.until is not None and when.now < part.until
            return person == part.person or (opened and works)
        case "opening":
            return person in {part.person, part.other}
        case "watch":
            return works or person in {part.person, part.other}
        case "glass":
            by_name = family is not None and knows_family(
                posts, replace(family, restricted=True), when
            )
            return by_name or "safeguarding_lead" in mine
        case "held":
            return works or person == part.person
        case "lead":
            coordinates = in_area and "authority_coordinator" in mine
            office = bool(mine & OFFICE) and family is not None and place in family.schools()
            open_to = family is not None and not family.restricted
            return works or (open_to and (coordinates or office))
        case "action" | "told":
            if in_area or family is None or family.restricted:
                return works
            able = OFFICE if part.kind == "action" else {"safeguarding_lead"}
            return bool(mine & able) and place in family.schools(part.child)
    return False
