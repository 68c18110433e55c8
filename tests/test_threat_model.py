"""``docs/threat-model.md`` names guards and tests that are there, for every threat."""

from __future__ import annotations

import re

import pytest

from tests.mutation.guard import ROOT, exists
from tests.mutation.guards import GUARDS

PAGE = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
_HEAD = "| threat | guard | test |"
_NAMED = re.compile(r"`([^`]+)`")


def rows() -> list[tuple[str, list[str], list[str]]]:
    """Each threat, its guards and its tests."""
    found = []
    for table in PAGE.split(_HEAD)[1:]:
        lines = table.strip().splitlines()[1:]
        for line in lines:
            if not line.startswith("|"):
                break
            threat, guards, tests = (cell.strip() for cell in line.strip("|").split(" | "))
            found.append((threat, _NAMED.findall(guards), _NAMED.findall(tests)))
    return found


ROWS = rows()


def test_there_are_threats() -> None:
    assert len(ROWS) > 50
    assert len({threat for threat, _, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("threat", "guards", "tests"), ROWS, ids=[row[0] for row in ROWS])
def test_a_threat_has_a_guard_and_a_test(threat: str, guards: list[str], tests: list[str]) -> None:
    assert guards, threat
    assert tests, threat
    assert [one for one in guards if not (ROOT / one).is_file()] == []
    assert [one for one in tests if not _is_there(one)] == []


def _is_there(test: str) -> bool:
    path, _, name = test.partition("::")
    if path.endswith(".ts"):
        file = ROOT / path
        return file.is_file() and f'("{name}"' in file.read_text("utf-8")
    return exists(test)


def test_every_guard_that_is_broken_on_purpose_is_told_of() -> None:
    told = {guard for _, guards, _ in ROWS for guard in guards}
    assert {one.file for one in GUARDS} <= told


def test_its_links_lead_somewhere() -> None:
    for page in ("docs/threat-model.md", "SECURITY.md", *_governance()):
        text = (ROOT / page).read_text("utf-8")
        for target in re.findall(r"\]\(([^)#:]+)[^):]*\)", text):
            assert ((ROOT / page).parent / target).exists(), (page, target)


def _governance() -> list[str]:
    folder = ROOT / "docs" / "governance"
    return [str(one.relative_to(ROOT)) for one in sorted(folder.glob("*.md"))]
