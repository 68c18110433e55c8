"""What happens in an area, act by act: from a Monday morning into the week after next."""

from __future__ import annotations

from typing import Any

from sync.clock import instant
from tests.oracle.families.words import Part, Post
from tests.oracle.families.world import AREA, NORTH, SCHOOLS, SOUTH, FamilyWorld, at

__all__ = ["ACTS"]

ASH, BIRCH = SCHOOLS
TERM = "2026-12-18T16:00:00.000Z"
LEAD_LINE = ((0, "lead"), (60, "head"), (120, "duty"))
HEAD_LINE, CHAIR_LINE = ((0, "head"), (60, "duty")), ((0, "chair"), (60, "duty"))


async def in_the_morning(world: FamilyWorld) -> None:
    """Everything that there is of eight families, and the worries of two schools."""
    await world.open_family("c1", "fay", NORTH, (ASH, "pup-1"), (BIRCH, "pup-1"))
    await world.open_family("c2", "fay", NORTH, (ASH, "pup-2"))
    await world.open_family("c3", "gus", NORTH, (BIRCH, "pup-2"))
    await world.open_family("c4", "max", NORTH, (ASH, "pup-3"), restricted=True)
    await world.open_family("c5", "sue", SOUTH, (BIRCH, "pup-3"))
    await world.open_family("c6", "sue", SOUTH, (BIRCH, "pup-4"), restricted=True)
    await world.open_family("c7", "max", NORTH, (ASH, "pup-4"))
    await world.open_family("c8", "gus", NORTH, (ASH, "pup-1"))
    await world.grant("lee", "pat", cases=["c1"], ends=TERM)
    await world.grant("lee", "wes", cases=["c2"], ends=at("12:00"))
    visits = {
        "c1": await world.visit("c1", "fay", "max", "pat"),
        "c2": await world.visit("c2", "fay", "wes"),
        "c3": await world.visit("c3", "gus"),
        "c4": await world.visit("c4", "max"),
        "c5": await world.visit("c5", "sue"),
        "c6": await world.visit("c6", "sue"),
    }
    for who, family in (("fay", "c1"), ("fay", "c2"), ("max", "c4"), ("sue", "c6")):
        draft = await world.draft(who, family, visits[family])
        if family != "c6":
            due = "held" if family == "c4" else "stored"
            await world.open_draft("lex", draft, who, family, due)
    await world.watch("fay", "c1", "sue")
    await world.watch("fay", "c2", "gus")
    await world.watch("max", "c4", "pat")
    await world.watch("gus", "c3", "max")
    await world.trespass("sue", "c1")
    await world.trespass("lou", "c2")
    await world.trespass("gus", "c4")
    await world.trespass("fay", "c6")
    await _worries(world)


async def _worries(world: FamilyWorld) -> None:
    teacher, dsl, other_dsl = "class-ash", "safeguarding-ash", "safeguarding-birch"
    of_ash: dict[str, Any] = {"pupil": "pup-1"}
    await world.worry("k1", teacher, ASH, ASH, *LEAD_LINE, **of_ash)
    await world.worry("k2", teacher, ASH, ASH, *HEAD_LINE, about_staff=True, **of_ash)
    await world.worry("k3", teacher, ASH, ASH, *CHAIR_LINE, about_head=True, **of_ash)
    await world.worry("k4", teacher, ASH, ASH, *HEAD_LINE, about=(dsl,), **of_ash)
    await world.worry("k5", dsl, ASH, ASH, *HEAD_LINE, about=(teacher,), **of_ash)
    of_c1: dict[str, Any] = {"case": "c1", "child": "kid-1", "school": ASH, "pupil": "pup-1"}
    await world.worry("k6", "fay", AREA, ASH, *LEAD_LINE, **of_c1)
    of_c4: dict[str, Any] = {"case": "c4", "child": "kid-1", "school": ASH, "pupil": "pup-3"}
    await world.worry("k7", "max", AREA, ASH, *LEAD_LINE, **of_c4)
    await world.worry("k8", "fay", AREA, AREA, (0, "duty"), case="c1", child="kid-9")
    of_c5: dict[str, Any] = {"case": "c5", "child": "kid-1", "school": BIRCH, "pupil": "pup-3"}
    await world.worry("k9", "fay", AREA, BIRCH, *LEAD_LINE, about=("sue",), **of_c5)
    at_once = ((0, "lead"), (0, "head"), (0, "duty"))
    await world.worry("k10", "class-birch", BIRCH, BIRCH, *at_once, immediate=True, pupil="pup-1")
    quiet: dict[str, Any] = {"due": "held", "silent": True}
    await world.worry("k11", "class-birch", BIRCH, BIRCH, *LEAD_LINE, pupil="pup-2", **quiet)
    await world.worry("k12", "sue", AREA, BIRCH, *HEAD_LINE, about=(other_dsl,), **of_c5)


async def at_noon(world: FamilyWorld) -> None:
    """Grants end, and what nobody read goes on; another lead opens a draft."""
    world.clock.set(at("12:30"))
    (draft,) = (one for (_, one), part in world.papers.items() if _is_draft(part, "c2"))
    await world.open_draft("lee", draft.split(":")[1], "fay", "c2", "stored")


def _is_draft(part: Part, family: str) -> bool:
    return part.kind == "draft" and part.family == family


async def in_the_afternoon(world: FamilyWorld) -> None:
    """One case is restricted, one moves, one is closed, and on one people differ; grants go."""
    world.clock.set(at("13:00"))
    await world.replace_placing("fay", "c2", team=NORTH, restricted=True)
    world.families["c2"].restricted = True
    world.close_drafts("c2", "lee")
    world.holds("fay", "family_worker", families=frozenset({"c2"}), follows=True)
    await world.replace_placing("lee", "c3", team=SOUTH)
    world.families["c3"].teams = frozenset({SOUTH})
    note = world.mark("narrative", "status.note", family="c7")
    closed = world.claim(fact="status", status="closed", outcome="goals_met", note=note)
    await world.say("max", "case.noted", case="c7", facts=[closed])
    elsewhere = world.claim(fact="placing", team=SOUTH)
    await world.say("max", "case.noted", case="c8", facts=[elsewhere])
    world.families["c8"].teams |= {SOUTH}
    world.families["c8"].restricted = True  # as long as they differ
    await world.say("lee", "case.noted", case="c1", facts=world.of_all("c1"))
    await _end(world, "pat")
    dsl, officer = "safeguarding-ash", "attendance_officer"
    await world.grant("head-ash", dsl, place=ASH, grants=officer, ends=TERM)
    role = "safeguarding_lead"
    await world.grant("head-ash", "class-ash", place=ASH, grants=role, ends=TERM)
    await world.say("deputy-ash", "concern.acknowledged", place=ASH, concern="k1")
    text = world.mark("concern", "concern.note", concern="k6")
    await world.say(dsl, "concern.noted", place=ASH, concern="k6", text=text)


async def _end(world: FamilyWorld, who: str) -> None:
    """What somebody was granted last is ended."""
    person, grants = world.people[who], await world.given(who)
    await world.say("lee", "grant.ended", person=who, grant=grants[-1], reason="It is over")
    last: Post = person.posts.pop()
    person.posts.append(
        Post(last.place, last.role, last.teams, last.families, last.starts, world.clock.ms)
    )


async def with_broken_glass(world: FamilyWorld) -> None:
    """Three people open restricted cases with a reason."""
    world.clock.set(at("14:00"))
    for who, family in (("dee", "c6"), ("cat", "c6"), ("lee", "c2"), ("lou", "c4")):
        await world.break_glass(who, family)
    await world.visit("c6", "sue")


async def late(world: FamilyWorld) -> None:
    """The eight hours are over, another process serves, and somebody worries out of hours."""
    world.clock.set(at("22:30"))
    await world.back()
    await world.restart()
    of_c5: dict[str, Any] = {"case": "c5", "child": "kid-1", "school": BIRCH, "pupil": "pup-3"}
    line = ((0, "lead"), (0, "duty"), (60, "head"))
    await world.worry("k20", "fay", AREA, BIRCH, *line, **of_c5)


async def next_week(world: FamilyWorld) -> None:
    """Drafts that were opened are closed again; a child leaves a household; somebody begins."""
    world.clock.set(at("10:00", "2026-12-01"))
    gone = world.families["c1"].children.pop("kid-2")
    member = {"item": "kid-2", "name": "Gone", "relation": "son", "child": True, "gone": True}
    before = world.claim_of("c1", 2)
    says = {"school": gone[0], "pupil": gone[1], "replaces": [before]}
    await world.say(
        "fay", "case.noted", case="c1", facts=[world.claim(fact="member", **member, **says)]
    )
    await world.replace_placing("fay", "c2", team=NORTH)
    world.families["c2"].restricted = False
    await world.grant("lou", "wes", cases=["c5"], ends=instant(world.clock.ms + 86_400_000))


ACTS = (
    in_the_morning,
    at_noon,
    in_the_afternoon,
    with_broken_glass,
    late,
    next_week,
)
"""What happens, one after the other."""
