"""Laws of the fold over random histories: in whatever order it comes, nobody's word is lost."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from schemas.calendar import Span
from schemas.published import Verdict
from schemas.register import code_as_read
from sync.attendance.fold import FoldClaim, fold, refines, screen
from tests.sync.attendance.histories import SILENT, SPANS, history

seeds = st.randoms(use_true_random=False, note_method_calls=False)
verdicts = st.sampled_from(("stands", *SILENT))
Cell = tuple[list[FoldClaim], Span]

histories = seeds.map(history)
"""Claims and the times of their session."""


@st.composite
def honest(draw: st.DrawFn) -> Cell:
    """A history whose authors replaced exactly what the screen showed, and what that had."""
    span = draw(st.sampled_from(SPANS))
    claims: list[FoldClaim] = []
    for number in range(draw(st.integers(1, 8))):
        seen = [claim for claim in claims if draw(st.booleans())]
        claims.append(
            FoldClaim(
                id=f"{number}",
                code=draw(st.sampled_from(("/", "N", "L", "U", "I", "M", "O"))),
                date="2026-11-23",
                arrived=draw(st.sampled_from((None, "09:05", "09:40"))),
                replaces=screen(seen, span),
            )
        )
    return claims, span


@given(histories, seeds)
def test_order_says_nothing(cell: Cell, source: random.Random) -> None:
    claims, span = cell
    shuffled = source.sample(claims, len(claims))
    assert fold(shuffled, span) == fold(claims, span)
    assert screen(shuffled, span) == screen(claims, span)


@given(histories, seeds)
def test_a_claim_that_came_twice_came_once(cell: Cell, source: random.Random) -> None:
    claims, span = cell
    again = [claim for claim in claims if source.random() < 0.5]
    assert fold([*claims, *again], span) == fold(claims, span)


@given(histories, seeds)
def test_how_the_claims_were_brought_together_says_nothing(
    cell: Cell, source: random.Random
) -> None:
    claims, span = cell
    parts: list[list[FoldClaim]] = [[], [], []]
    for claim in claims:
        parts[source.randrange(3)].append(claim)
        parts[source.randrange(3)].append(claim)
    first, second, third = ({claim.id: claim for claim in part} for part in parts)
    left = (first | second) | third
    right = first | (second | third)
    assert fold(left.values(), span) == fold(right.values(), span) == fold(claims, span)


@given(histories)
def test_a_standing_claim_that_nobody_replaced_is_live_or_joined(cell: Cell) -> None:
    claims, span = cell
    folded = fold(claims, span)
    standing = [claim for claim in claims if claim.verdict == "stands"]
    named = {old for claim in standing for old in claim.replaces if old != claim.id}
    unreplaced = {claim.id for claim in standing} - named
    assert {*folded.live, *folded.joined} == unreplaced
    assert not {*folded.live} & {*folded.joined}


@given(histories)
def test_only_an_n_that_another_refines_is_joined(cell: Cell) -> None:
    claims, span = cell
    folded = fold(claims, span)
    known = {claim.id: claim for claim in claims}
    live = [known[one] for one in folded.live]
    for one in folded.joined:
        assert known[one].code == "N"
        assert any(refines(new, known[one], span) for new in live)


@given(histories)
def test_no_winner_is_invented(cell: Cell) -> None:
    claims, span = cell
    folded = fold(claims, span)
    known = {claim.id: claim for claim in claims}
    said = {code_as_read(known[o].code, known[o].arrived, span) for o in folded.live}
    assert folded.state == ("unmarked", "agreed", "contested")[min(len(said), 2)]
    assert folded.code == (said.pop() if folded.state == "agreed" else None)


@given(histories)
def test_what_does_not_stand_says_nothing(cell: Cell) -> None:
    claims, span = cell
    assert fold(claims, span) == fold([c for c in claims if c.verdict == "stands"], span)


@given(honest(), st.data())
def test_what_an_author_replaced_stays_replaced_whatever_becomes_of_it(
    cell: Cell, data: st.DataObject
) -> None:
    claims, span = cell
    judged: list[Verdict] = [data.draw(verdicts) for _ in claims]
    later = [replace(claim, verdict=one) for claim, one in zip(claims, judged, strict=True)]
    folded = fold(later, span)
    for claim in later:
        if claim.verdict == "stands":
            assert not {*claim.replaces} & {*folded.live, *folded.joined}


@given(honest())
def test_a_claim_chosen_now_replaces_all_that_is_shown(cell: Cell) -> None:
    claims, span = cell
    settled = FoldClaim(id="z", code="I", date="2026-11-23", replaces=screen(claims, span))
    folded = fold([*claims, settled], span)
    assert (folded.state, folded.code, folded.live) == ("agreed", "I", ("z",))


@given(histories, st.sampled_from(("/", "N", "I")))
def test_what_was_not_seen_is_not_replaced(cell: Cell, code: str) -> None:
    claims, span = cell
    before = fold(claims, span)
    unseen = FoldClaim(id="unseen", code=code, date="2026-11-23")
    after = fold([*claims, unseen], span)
    assert {*before.live, *before.joined, "unseen"} == {*after.live, *after.joined}
