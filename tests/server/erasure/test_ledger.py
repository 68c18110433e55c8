from __future__ import annotations

import os
from pathlib import Path

import pytest

from server.erasure.ledger import FILE, Ledger, LedgerError, ledger_file
from server.settings import Settings
from sync.erasure import Erasure, Order

ORDER = Order(
    at="2026-11-24T09:00:00.000Z", by="Hana Head", reason="Article 17", reference="2026/14"
)


def erasure(n: int) -> Erasure:
    digest = f"{n:064x}"
    return Erasure(
        entry=f"entry:{'a' * 32}:{n:08d}:{digest[:16]}",
        rev=f"1-{digest[:32]}",
        log="a" * 32,
        n=n,
        prev="0" * 64,
        body_digest=digest,
        digest=digest,
        channels=("entries:2026-11-23",),
        order=ORDER,
    )


def test_what_was_added_is_there_for_whoever_reads_it_next(tmp_path: Path) -> None:
    path = tmp_path / "there" / FILE
    ledger = Ledger(path)
    assert ledger.of("sch-test") == []
    ledger.add("sch-test", [erasure(1)])
    ledger.add("sch-test", [erasure(1), erasure(2)])
    ledger.add("sch-other", [erasure(3)])
    ledger.add("sch-test", [])
    again = Ledger(path)
    assert again.of("sch-test") == [erasure(1), erasure(2)] == ledger.of("sch-test")
    assert again.of("sch-other") == [erasure(3)]
    assert len(path.read_bytes().splitlines()) == 3
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_short_write_is_gone_on_with_until_all_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda to, data: write(to, data[:100]))
    path = tmp_path / FILE
    Ledger(path).add("sch-test", [erasure(1), erasure(2)])
    assert Ledger(path).of("sch-test") == [erasure(1), erasure(2)]


@pytest.mark.parametrize("left", [1, 40, 200])
def test_a_line_that_was_cut_counts_for_nothing_and_the_next_stands_by_itself(
    tmp_path: Path, left: int
) -> None:
    path = tmp_path / FILE
    Ledger(path).add("sch-test", [erasure(1), erasure(2)])
    whole = path.read_bytes()
    first, _ = whole.splitlines(keepends=True)
    path.write_bytes(first + whole[len(first) : len(first) + left])
    cut = Ledger(path)
    assert cut.of("sch-test") == [erasure(1)]
    cut.add("sch-test", [erasure(3)])
    assert Ledger(path).of("sch-test") == [erasure(1), erasure(3)]


@pytest.mark.parametrize("line", ["no json", "[]", "{}", '{"school": "sch-test", "entry": "x"}'])
def test_a_line_that_is_no_erasure_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / FILE
    Ledger(path).add("sch-test", [erasure(1)])
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    with pytest.raises(LedgerError, match=r"Line 2 of .*erasures\.jsonl is no erasure"):
        Ledger(path)


def test_the_ledger_is_in_the_data_folder_unless_the_settings_say_otherwise(tmp_path: Path) -> None:
    assert ledger_file(Settings(data=tmp_path)) == tmp_path / "erasures.jsonl"
    elsewhere = tmp_path / "kept" / "erased"
    assert ledger_file(Settings(data=tmp_path, erasures=elsewhere)) == elsewhere
