"""``docs/api.md`` says what the code does: the same addresses, the same refusals."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.routing import Route

from server.problems import PROBLEMS, Refusal, markdown, of_error, of_status
from server.routes import all_routes
from sync import errors

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")


def test_the_page_has_every_address_and_no_other() -> None:
    told = set(re.findall(r"^\| ([A-Z]+) \| `([^`]+)` \|", PAGE, re.MULTILINE))
    routes = [one for one in all_routes() if isinstance(one, Route)]
    there = {(m, one.path) for one in routes for m in (one.methods or {"GET"}) - {"HEAD"}}
    assert told == there


def test_the_page_has_every_refusal() -> None:
    assert markdown() in PAGE


def test_every_error_of_the_layers_below_is_in_the_table_under_its_own_status() -> None:
    below = [
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, errors.StoreError)
    ]
    assert below
    for one in below:
        refusal = of_error(one("A sentence."))
        assert PROBLEMS[refusal.code].status == (one.status if one.status != 412 else 400), one


def test_a_fault_says_nothing_of_what_went_wrong() -> None:
    assert "secret" not in of_error(errors.StoreError("a secret")).sentence
    refusal = Refusal("not_found", "There is none.")
    assert of_error(refusal) is refusal
    assert (of_status(404), of_status(418), of_status(502)) == (
        "not_found",
        "bad_request",
        "internal_server_error",
    )
