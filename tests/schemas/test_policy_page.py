"""``docs/policy.md`` says what the policy is, and the channels keep it."""

from pathlib import Path

import pytest

from schemas.policy import DOCUMENT_READERS, POLICY, Reach, Role
from schemas.policy_page import main, page
from sync import channels
from tests.factory import MONDAY, may_read

PAGE = Path(__file__).parents[2] / "docs" / "policy.md"
HALF = "2026-11-02"


def test_the_page_is_what_the_policy_says(tmp_path: Path) -> None:
    main(tmp_path / "policy.md")
    assert PAGE.read_text("utf-8") == page() == (tmp_path / "policy.md").read_text("utf-8")


def test_the_page_names_every_role_and_every_kind_of_entry() -> None:
    said = page()
    assert all(f"`{role.value}`" in said for role in Role)
    assert all(f"`{kind}`" in said for rule in POLICY.values() for kind in rule.writes)


@pytest.mark.parametrize("role", list(Role))
def test_channels_reach_each_kind_as_the_table_says(role: Role) -> None:
    of_case = frozenset({channels.case("case-1"), channels.team("form-1")})
    lies_in = {
        "school": channels.STAFF,
        "group": channels.STAFF,
        "roll": channels.roll(MONDAY),
        "sheet": channels.sheet(MONDAY, "form-1", None),
        "card": channels.card("pup-1", ["form-1"]),
        "history": channels.history(HALF, "pup-1", ["form-1"]),
        "unexplained": frozenset({"office"}),
        "held": channels.held("somebody-else"),
        "support": channels.SUPPORT,
        "shared": channels.SAFEGUARDING,
        "concern": channels.SAFEGUARDING | channels.ALLEGATIONS | channels.CHAIR,
        "case": of_case,
        "visit": of_case,
        "watch": of_case,
        "summary": channels.SUMMARIES,
        "glass": channels.SAFEGUARDING | of_case,
    }
    assert lies_in.keys() == DOCUMENT_READERS.keys()
    mine = may_read(role, groups=("form-1",), pupils=("pup-1",))
    for kind, to in lies_in.items():
        reached = bool(POLICY[role].sees & DOCUMENT_READERS[kind])
        assert (not mine.isdisjoint(to)) is reached, kind
    others = may_read(role, groups=("form-2",), pupils=("pup-2",))
    for kind in ("sheet", "card", "history"):
        assert (not others.isdisjoint(lies_in[kind])) is (Reach.OFFICE in POLICY[role].sees), kind
