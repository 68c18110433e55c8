"""Who is told of a concern, and when: each step as it comes to it, and again until it is read."""

from __future__ import annotations

from dataclasses import replace

from schemas.support import Step
from sync.concern_alarms import Telling, next_telling
from sync.concerns import Answering, Folded
from tests.factory import HEAD
from tests.sync.test_concerns import (
    ANSWERING,
    AT_MS,
    LEAD,
    MINUTE,
    SAFEGUARDING,
    SCHOOL,
    acknowledged,
    folded,
    heard,
    raised,
    ring,
)

Told = tuple[Step, int]


def then(found: Folded, *told: Told, answering: Answering = ANSWERING) -> tuple[str, int, float]:
    telling = next_telling(found, answering, told)
    assert telling is not None
    return telling.step, telling.n, (telling.at_ms - AT_MS) / MINUTE


def test_each_is_told_as_it_comes_to_them_and_all_again_until_it_is_read() -> None:
    one = heard(1, raised())
    assert then(folded(one)) == ("lead", 1, 0)
    lead: Told = ("lead", AT_MS)
    assert then(folded(one), lead) == ("head", 1, 60)
    assert then(folded(one, minutes=60), lead) == ("head", 1, 60)
    head: Told = ("head", AT_MS + 60 * MINUTE)
    assert then(folded(one, minutes=61), lead, head) == ("duty", 1, 120)
    duty: Told = ("duty", AT_MS + 121 * MINUTE)
    last = folded(one, minutes=130)
    assert then(last, lead, head, duty) == ("lead", 2, 181)
    again: Told = ("lead", AT_MS + 181 * MINUTE)
    assert then(last, lead, head, duty, again) == ("head", 2, 181)


def test_read_by_somebody_it_is_told_to_nobody_further() -> None:
    found = folded(heard(1, raised()), heard(2, acknowledged(), 70), minutes=500)
    assert then(found, ("lead", AT_MS)) == ("head", 1, 60)  # it had come to the head by then
    assert next_telling(found, ANSWERING, [("lead", AT_MS), ("head", AT_MS)]) is None


def test_whom_it_concerns_is_not_told() -> None:
    deputy = SAFEGUARDING.model_copy(update={"leads": (ring("L", LEAD), ring("D", "deputy"))})
    answering = replace(ANSWERING, place=SCHOOL.model_copy(update={"safeguarding": deputy}))
    found = folded(heard(1, raised(about=(LEAD,))), answering=answering)
    assert next_telling(found, answering, ()) == Telling(
        "head", 1, AT_MS, (ring("Hana Head", HEAD.person),)
    )
    head = folded(heard(1, raised(about_head=True, immediate=True)))
    assert next_telling(head, ANSWERING, ()) == Telling("chair", 1, AT_MS, (ring("Chi", "chair"),))
    assert next_telling(head, ANSWERING, [("chair", AT_MS)]) == Telling(
        "duty", 1, AT_MS, (ring("Duty"),)
    )


def test_a_step_that_proves_to_concern_somebody_is_told_no_more() -> None:
    one = heard(1, raised())
    before = folded(one, minutes=61).concern
    again = heard(2, raised(about=(LEAD,)), 62)
    found = folded(one, again, minutes=62, before=before)
    told: list[Told] = [("lead", AT_MS), ("head", AT_MS + 60 * MINUTE)]
    assert then(found, *told)[:2] == ("duty", 1)
