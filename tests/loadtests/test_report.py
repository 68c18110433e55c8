import json
from pathlib import Path
from typing import Any

import pytest

from loadtests import report as reports
from loadtests.report import Figure, Report, Target


@pytest.mark.parametrize(
    ("target", "value", "other", "reached"),
    [
        (Target(times=3), 9, 3, True),
        (Target(times=3), 8.9, 3, False),
        (Target(times=50, less=True), 10, 500, True),
        (Target(times=50, less=True), 10.1, 500, False),
        (Target(times=3), 9, None, None),
        (Target(), 9, 3, None),
        (Target(limit=20, less=True), 20, None, True),
        (Target(limit=20, less=True), 20.1, 100, False),
    ],
)
def test_a_target_is_reached_or_not_or_there_is_nothing_to_compare_with(
    target: Target, value: float, other: float | None, reached: bool | None
) -> None:
    assert target.is_reached(value, other) is reached


def test_a_line_says_the_value_the_peer_s_and_whether_the_target_is_reached() -> None:
    figure = Figure("P2", "documents", 30_000, "docs/s", 10_000, Target(times=4))
    said = figure.line("CouchDB 3")
    assert "30,000 docs/s; CouchDB 3 10,000, 3 × as good; target 4 ×: MISSED" in said


def test_a_line_names_what_it_was_measured_beside() -> None:
    figure = Figure("–", "rows", 2, "ms", 8, Target(less=True), beside="sqlite3")
    assert figure.line("CouchDB 3").endswith("2 ms; sqlite3 8, 4 × as good")


def test_without_a_peer_a_line_is_the_value_and_the_target() -> None:
    assert Figure("P2", "documents", 3, "docs/s").line().endswith(" 3 docs/s")
    said = Figure("P8", "memory", 25, "KiB", target=Target(limit=20, less=True)).line()
    assert said.endswith("25 KiB; target at most 20: MISSED")
    assert Figure("P2", "documents", 3, "docs/s", target=Target(times=3)).line().endswith("3 ×")


def test_a_file_keeps_what_was_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reports, "RESULTS", tmp_path)
    report = Report({"commit": "abc"}, {"only": ["P2"]})
    report.peer = "CouchDB 3"
    report.figure("P2", "documents", 9, "docs/s", other=3, target=Target(times=3))
    report.figure("–", "nothing", float("nan"), "ms", other=2, beside="sqlite3")
    report.raw("P2", [1, 2])
    kept: dict[str, Any] = json.loads(report.write().read_text("utf-8"))
    first, second = kept["figures"]
    assert (first["value"], first["other"], first["times"], first["reached"]) == (9, 3, 3, True)
    assert (second["value"], second["beside"]) == (None, "sqlite3")
    assert kept["raw"] == {"P2": [1, 2]}
    assert "CouchDB 3 3" in capsys.readouterr().out
