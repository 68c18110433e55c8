"""docs/couchdb.md names what there is, and nothing that there is not."""

import re
from pathlib import Path

import pytest

from server.couch import database, design, root

PAGE = (Path(__file__).parents[3] / "docs" / "couchdb.md").read_text("utf-8")
PRIVATE = {"_db_updates", "_partition", "_temp_view"}
"""Addresses that only say that they are not for here."""
OURS = {*root._HANDLERS, *database._HANDLERS, "_session", "_local"}


@pytest.mark.parametrize("name", sorted(OURS - PRIVATE))
def test_every_address_is_named(name: str) -> None:
    assert re.search(rf"[`/]{name}[`/?]", PAGE), name


def test_no_other_address_is_named() -> None:
    offered = PAGE.partition("## What is not offered")[0].partition("## What is offered")[2]
    named = set(re.findall(r"/(_[a-z_]+)", offered))
    assert named <= OURS


def test_actions_of_design_documents_are_refused_in_whole_sentences() -> None:
    assert all(words.endswith(" are") for words in design.ACTIONS.values())
