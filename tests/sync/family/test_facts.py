"""The fold of facts: vectors, which the tablet keeps too, and laws over random histories."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.family.cells import FactSaid
from schemas.family.facts import DoorOutcome, FactClaim, Seen, VisitPlan, cell_of
from schemas.policy import Role
from schemas.published import Verdict
from sync.family.facts import contested, fold, fold_cell, items, screen, value, values
from tests.sync.attendance.histories import SILENT

VECTORS = Path(__file__).parents[2] / "vectors"
CELLS = json.loads((VECTORS / "facts.json").read_text("utf-8"))["cells"]
TEN = "2026-11-23T10:00:00.000Z"


def said(
    name: str, says: dict[str, Any], replaces: Any = (), verdict: Verdict = "stands"
) -> FactSaid:
    """A claim, by its id."""
    claim = FactClaim.model_validate_json(json.dumps({"says": says, "observed_at": TEN}))
    return FactSaid(
        id=name,
        entry=f"entry:{name}",
        kind="visit.noted",
        says=claim.says,
        observed_at=TEN,
        written_at=TEN,
        author="ann",
        author_name="Ann Aske",
        role=Role.FAMILY_WORKER,
        device="tablet-ann",
        replaces=tuple(replaces),
        verdict=verdict,
    )


@pytest.mark.parametrize("case", CELLS, ids=[one["name"] for one in CELLS])
def test_what_the_claims_come_to(case: dict[str, Any]) -> None:
    claims = [
        said(one["id"], one["says"], one.get("replaces", ()), one.get("verdict", "stands"))
        for one in case["claims"]
    ]
    (cell,) = fold(claims)
    assert fold(reversed(claims)) == (cell,)
    assert {"cell": cell.cell, "state": cell.state, "live": list(cell.live)} == case["cell"]
    assert {one.id for one in cell.claims} == {one.id for one in claims}
    assert list(screen(cell)) == case["screen"]
    kind = type(claims[0].says)
    item = getattr(claims[0].says, "item", None)
    assert len(values([cell], kind, item)) == case["values"]
    assert (value([cell], kind, item) is not None) == (case["values"] == 1)
    if "there" in case:
        assert bool(items([cell], kind)) == case["there"]


def test_items_are_listed_by_when_they_were_first_seen_and_say_where_people_differ() -> None:
    second = said("a", {"fact": "seen", "item": "kid-2", "seen": True})
    first = said("b", {"fact": "seen", "item": "kid-9", "seen": True})
    other = said("c", {"fact": "seen", "item": "kid-9", "seen": False})
    early = {"observed_at": "2026-11-23T09:00:00.000Z"}
    cells = fold([second, first.model_copy(update=early), other])
    found = items(cells, Seen)
    assert [(one.item, len(one.values), one.value is None) for one in found] == [
        ("kid-9", 2, True),
        ("kid-2", 1, False),
    ]
    assert [one.cell for one in contested(cells)] == ["seen:kid-9"]


def test_of_a_cell_that_nobody_spoke_of_there_is_nothing() -> None:
    assert values([], DoorOutcome) == []
    assert value([], VisitPlan) is None
    assert screen(None) == ()
    assert fold([]) == ()
    assert fold_cell("plan", []).model_dump() == {
        "cell": "plan",
        "state": "agreed",
        "live": (),
        "claims": (),
    }


SAYS: tuple[dict[str, Any], ...] = (
    {"fact": "outcome", "outcome": "seen"},
    {"fact": "outcome", "outcome": "seen", "card_left": True},
    {"fact": "outcome", "outcome": "no_answer"},
    {"fact": "seen", "item": "kid-1", "seen": True},
    {"fact": "seen", "item": "kid-1", "seen": False},
    {"fact": "seen", "item": "kid-2", "seen": True},
    {"fact": "action", "item": "act-1", "what": "Ring the school", "owner": "Ann"},
    {"fact": "action", "item": "act-1", "what": "Ring the school", "owner": "Bo"},
)


@st.composite
def histories(draw: st.DrawFn) -> list[FactSaid]:
    """Claims of people who each saw some of those before, and replaced what their screen showed."""
    claims: list[FactSaid] = []
    for number in range(draw(st.integers(1, 8))):
        says = draw(st.sampled_from(SAYS))
        seen = [claim for claim in claims if draw(st.booleans())]
        name = cell_of(said("x", says).says)
        shown = {cell.cell: cell for cell in fold(seen)}
        claims.append(said(f"{number}", says, screen(shown.get(name))))
    return [
        one.model_copy(update={"verdict": draw(st.sampled_from(("stands", "stands", *SILENT)))})
        for one in claims
    ]


seeds = st.randoms(use_true_random=False, note_method_calls=False)


@given(histories(), seeds)
def test_neither_order_nor_copies_nor_grouping_say_anything(
    claims: list[FactSaid], source: random.Random
) -> None:
    whole = fold(claims)
    again = [claim for claim in claims if source.random() < 0.5]
    assert fold(source.sample(claims, len(claims)) + again) == whole
    half = source.randrange(len(claims) + 1)
    folded = [claim for cell in fold(claims[:half]) for claim in cell.claims]
    assert fold([*folded, *claims[half:]]) == whole


@given(histories())
def test_nothing_vanishes(claims: list[FactSaid]) -> None:
    cells = {cell.cell: cell for cell in fold(claims)}
    for claim in claims:
        assert claim in cells[cell_of(claim.says)].claims
    standing = [claim for claim in claims if claim.verdict == "stands"]
    replaced = {old for claim in standing for old in claim.replaces}
    live = {one for cell in cells.values() for one in cell.live}
    assert live == {claim.id for claim in standing} - replaced


@given(histories(), st.sampled_from(SAYS))
def test_a_value_that_nobody_saw_is_never_replaced(
    claims: list[FactSaid], says: dict[str, Any]
) -> None:
    before = {cell.cell: set(cell.live) for cell in fold(claims)}
    unseen = said("unseen", says)
    after = {cell.cell: set(cell.live) for cell in fold([*claims, unseen])}
    name = cell_of(unseen.says)
    assert after == before | {name: before.get(name, set()) | {"unseen"}}


@given(histories())
def test_two_workers_records_merge_cell_by_cell(claims: list[FactSaid]) -> None:
    """Where one of two wrote of a cell and the other did not, what they wrote is what it says."""
    ours = [claim.model_copy(update={"replaces": ()}) for claim in claims]
    one, other = fold(ours[::2]), fold(ours[1::2])
    merged = {cell.cell: cell for cell in fold(ours)}
    both = {cell.cell for cell in one} & {cell.cell for cell in other}
    for cell in (*one, *other):
        if cell.cell not in both:
            assert merged[cell.cell] == cell
        else:
            assert set(cell.live) <= set(merged[cell.cell].live)


@given(histories(), st.sampled_from(SAYS))
def test_a_claim_chosen_on_sight_of_everything_settles_its_cell(
    claims: list[FactSaid], says: dict[str, Any]
) -> None:
    name = cell_of(said("x", says).says)
    shown = {cell.cell: cell for cell in fold(claims)}
    settled = said("z", says, screen(shown.get(name)))
    after = {cell.cell: cell for cell in fold([*claims, settled])}[name]
    assert (after.state, after.live) == ("agreed", ("z",))


@given(histories())
def test_contested_is_where_live_claims_differ(claims: list[FactSaid]) -> None:
    for cell in fold(claims):
        live = [claim.says for claim in cell.claims if claim.id in cell.live]
        assert (cell.state == "contested") == any(one != live[0] for one in live)
