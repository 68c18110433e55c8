"""Laws of the folds of visits and cases over random days: no order matters, nothing vanishes."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from schemas.family.acts import VisitAddendum, VisitSubmitted
from schemas.family.cases import Case
from schemas.family.cells import FactSaid
from schemas.family.facts import cell_of
from schemas.family.photos import PhotoAdded
from schemas.family.visits import Visit
from sync.family.casefile import visit_of
from sync.family.cases import case_facts
from sync.family.told import Told
from sync.family.visits import visit_facts
from tests.sync.family.family_days import Day, fold_all

seeds = st.randoms(use_true_random=False, note_method_calls=False)
days = seeds.map(lambda source: Day(source).told)


def folded(told: list[Told]) -> tuple[Case, dict[str, Visit]]:
    """The case, of which something was told, and its visits by name."""
    whole, visits = fold_all(told)
    assert whole is not None
    return whole, {one.visit: one for one in visits}


@given(days, seeds)
def test_neither_order_nor_copies_say_anything(told: list[Told], source: random.Random) -> None:
    again = [one for one in told if source.random() < 0.5]
    assert folded(source.sample(told, len(told)) + again) == folded(told)


@given(days)
def test_every_claim_is_in_its_cell(told: list[Told]) -> None:
    whole, visits = folded(told)

    def held_in(document: Case | Visit, claim: FactSaid) -> bool:
        (cell,) = (one for one in document.cells if one.cell == cell_of(claim.says))
        return any(
            (one.id, one.says, one.verdict) == (claim.id, claim.says, claim.verdict)
            for one in cell.claims
        )

    for one in told:
        for claim in case_facts(one):
            assert held_in(whole, claim)
        for claim in visit_facts(one):
            assert held_in(visits[str(visit_of(one.spoken.entry))], claim)


@given(days)
def test_a_standing_claim_is_live_or_was_seen_by_whoever_replaced_it(told: list[Told]) -> None:
    whole, visits = folded(told)
    for cells in (whole.cells, *(one.cells for one in visits.values())):
        for cell in cells:
            standing = [claim for claim in cell.claims if claim.verdict == "stands"]
            replaced = {old for claim in standing for old in claim.replaces}
            assert set(cell.live) == {claim.id for claim in standing} - replaced


@given(days)
def test_no_word_is_lost(told: list[Told]) -> None:
    _, visits = folded(told)
    for one in told:
        body = one.body
        if not one.stands or not isinstance(body, VisitSubmitted | VisitAddendum | PhotoAdded):
            continue
        found = visits[body.visit]
        notes = {note.entry: note for note in found.contributions}
        if isinstance(body, VisitSubmitted):
            assert notes[one.entry].contribution == body.contribution
        elif isinstance(body, VisitAddendum):
            added = notes[body.to].addenda if body.to in notes else found.addenda
            assert one.entry in {more.entry for more in added}
        else:
            assert body.photo in {photo.photo for photo in found.photos}


@given(days)
def test_nobody_owes_what_they_handed_in(told: list[Told]) -> None:
    _, visits = folded(told)
    for one in visits.values():
        assert not {note.author for note in one.contributions} & {*one.owed_by}
        assert one.note_due_at is not None or not one.owed_by
