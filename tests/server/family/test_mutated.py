"""Mutated entries of family support: whatever is thrown at intake is stored or held, what is sent
with it stands, and all that follows from it is folded, published and carried without a fault.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.family.watches import fold_watch, read_watch, watch_document
from tests.server.family.authority import (
    AREA,
    CASE,
    DSL,
    DUTY,
    LEAD,
    OTHER,
    SCHOOL,
    STRANGER,
    TEAM,
    WORKER,
    Authority,
    fact,
)
from tests.server.family.bodies import FAMILY, Bodies

SEEDS = st.integers(0, 2**32)
NOTHING = f"entry:{'d' * 32}:00000001:{'d' * 16}"
POOL = {
    "case": (CASE, CASE, CASE, "case-2", "case-none"),
    "visit": ("visit-1", "visit-1", "visit-2"),
    "concern": ("con-1", "con-1", "con-2"),
    "watch": ("watch-1", "watch-1", "watch-2"),
    "item": ("kid-1", "kid-2", "x-1"),
    "child": ("kid-1", "kid-2", "kid-1", "kid-9"),
    "school": (SCHOOL, OTHER, STRANGER, AREA, "sch-none", "UPPER"),
    "pupil": ("pup-1", "pup-2", "pup-9"),
    "team": (TEAM, TEAM, "team-none"),
    "person": (WORKER.person, LEAD.person, DUTY.person, DSL.person, "nobody"),
    "buddy": (LEAD.person, WORKER.person, "nobody"),
    "of": (WORKER.person, "nobody"),
    "about": (WORKER.person, DUTY.person, DSL.person),
    "to": (NOTHING,),
    "replaces": (f"{'0' * 24}.0",),
    "photo": ("photo-1", "photo-2"),
}


def _thrown(authority: Authority, kinds: list[str], source: random.Random, faults: float) -> Any:
    """Entries of three people; some are spoilt."""
    bodies = Bodies(source, POOL)
    for kind in kinds:
        tablet = authority.tablet(source.choice((LEAD, LEAD, WORKER, DUTY)))
        body = bodies.of(kind)
        written = source.choice(("2026-11-23T09:00:00.000Z", "1970-01-01T00:00:00.000Z"))
        clock = {"offset_ms": source.choice((0, 7_200_000, -(2**53) + 1, None)), "contact": None}
        fields = bodies.spoilt(body) if source.random() < faults else body
        own = {"author", "role", "device", "kind"}
        fields = {key: value for key, value in fields.items() if key not in own}
        yield tablet.write(kind, **{"written_at": written, "clock": clock} | fields)


async def _watches(authority: Authority) -> None:
    """Whoever is out is watched over, or nobody said that they are."""
    database = await authority.store.open(AREA)
    for watch in POOL["watch"]:
        fold = fold_watch(watch, await read_watch(database, watch))
        if fold is not None:
            now_ms = authority.clock.now_ms()
            assert watch_document(fold, now_ms, str).state in {"running", "overdue", "help", "safe"}
            assert fold.expected_ms <= now_ms + 24 * 3_600_000


async def _throw(kinds: list[str], seed: int, faults: float) -> None:
    source = random.Random(seed)
    authority = await Authority.make()
    await authority.open_case()
    for entry in _thrown(authority, kinds, source, faults):
        author = entry["body"]["author"]
        who = next(one for one in (LEAD, WORKER, DUTY) if one.person == author)
        good = authority.tablet(who).write(
            "concern.raised",
            concern=f"c{entry['n']}-{who.person}",
            text="A bruise.",
            observed_at="2026-11-23T09:00:00.000Z",
        )
        taken = await authority.push(entry, good, may_wait=True)
        assert [row.id for row in taken.rows] == [entry["_id"], good["_id"]]
        assert taken.rows[1].verdict == "stored"
        assert taken.rows[0].verdict == "stored" or taken.rows[0].reason
    await authority.note(fact(fact="strength", item="s-9", what="Kind."), who=LEAD)
    await authority.publish(rounds=2)
    await _watches(authority)
    case = (await authority.documents(AREA, "case"))[f"case:{CASE}"]
    assert any(cell["cell"] == "strength:s-9" for cell in case.body["cells"])
    await authority.store.close()


@pytest.mark.parametrize("kind", FAMILY)
async def test_every_kind_with_every_extreme_value_is_published(kind: str) -> None:
    for seed in range(2):
        await _throw([kind] * 6, seed, faults=0)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(FAMILY), min_size=2, max_size=8), SEEDS)
async def test_whatever_is_thrown_at_intake(kinds: list[str], seed: int) -> None:
    await _throw(kinds, seed, faults=0.6)
