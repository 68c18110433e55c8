"""What a tablet shows of a case with its own waiting entries is what the server folds of all.

Random days of three workers, each of whom sees a part of what the others wrote. The server has
published the others' part and some of Ann's; her tablet lays all of hers over that, and must come
to the very document that the server folds once it has everything.
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest

from schemas.family.cases import Case
from schemas.family.visits import Visit
from sync.family.facts import screen
from tests.sync.family.family_days import ZONE, Day, fold_all
from tests.sync.family.telling import NAMES
from tests.sync.twin import ask_the_tablet

DAYS = 250
SEED = int(os.environ.get("TIDEMARK_TEST_SEED", "20261123"))


def wire(document: Case | Visit | None) -> dict[str, Any] | None:
    """A document as it is published."""
    return None if document is None else document.model_dump(mode="json", by_alias=True)


def undated(document: dict[str, Any] | None) -> dict[str, Any] | None:
    """Without when it was published: the tablet cannot know."""
    return {k: v for k, v in document.items() if k != "as_at"} if document is not None else None


def says_anything(one: Visit) -> bool:
    """Whether there is anything to show of it."""
    live = any(cell.live for cell in one.cells)
    return live or bool(one.contributions or one.addenda or one.photos)


@pytest.mark.slow
def test_the_tablet_comes_to_the_servers_documents(tmp_path: Path) -> None:
    source = random.Random(SEED)
    days = [Day(source) for _ in range(DAYS)]
    questions: list[dict[str, Any]] = []
    bases: list[set[str]] = []
    for day in days:
        own = [one for one in day.told if one.body.author == "ann"]
        waiting = {one.entry for one in own if source.random() < 0.5}
        base, visits = fold_all([one for one in day.told if one.entry not in waiting])
        bases.append({one.visit for one in visits})
        questions.append(
            {
                "case": wire(base),
                "visits": [wire(one) for one in visits],
                "authorName": NAMES["ann"],
                "own": [day.known[one.entry] for one in own],
                "timeZone": ZONE,
            }
        )
    answers = ask_the_tablet(tmp_path, "family-twin.ts", questions)

    contested = 0
    for day, before, question, answer in zip(days, bases, questions, answers, strict=True):
        whole, visits = fold_all(day.told)
        if answer["case"] is not None or question["case"] is not None:
            found = undated(answer["case"])
            assert found is not None
            wanted = undated(wire(whole))
            assert wanted is not None
            if question["case"] is None:
                found["workers"], wanted["workers"] = [], []
            assert found == wanted
        if whole is not None:
            assert answer["screens"] == {cell.cell: list(screen(cell)) for cell in whole.cells}
        shown = {one["visit"]: undated(one) for one in answer["visits"]}
        for one in visits:
            if one.visit in before or says_anything(one):
                assert shown[one.visit] == undated(wire(one)), one.visit
        cells = [*(whole.cells if whole else ()), *(cell for one in visits for cell in one.cells)]
        contested += sum(cell.state == "contested" for cell in cells)
    assert contested > DAYS / 4
