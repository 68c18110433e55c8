from pathlib import Path

import pytest

from loadtests import __main__ as command
from loadtests.bench import Bench
from loadtests.report import Report


def test_a_quick_run_is_shorter_and_a_number_said_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIDEMARK_BENCH_AGAINST", raising=False)
    whole, quick = command.arguments([]), command.arguments(["--quick", "--schools", "7"])
    assert (whole.seconds, whole.repeats, whole.schools) == (120, 30, 2000)
    assert (quick.seconds, quick.repeats, quick.schools) == (30, 20, 7)
    assert whole.against is None


def test_the_peer_may_be_named_where_no_process_list_shows_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TIDEMARK_BENCH_AGAINST", "http://a:b@127.0.0.1:1")
    assert command.arguments([]).against == "http://a:b@127.0.0.1:1"
    assert command.arguments(["--against", "http://other"]).against == "http://other"


def test_a_setting_is_a_name_and_a_value() -> None:
    asked = command.arguments(["--set", "open_schools=2000", "--set", "gzip_level=0"])
    assert dict(asked.settings) == {"open_schools": "2000", "gzip_level": "0"}


def test_a_row_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["loadtests", "--only", "P99"])
    assert command.main() == 2
    assert "There is no bench for P99" in capsys.readouterr().out


def test_what_is_scaled_fits_the_time_but_never_falls_below_its_least(tmp_path: Path) -> None:
    def bench(seconds: float) -> Bench:
        return Bench(Report({}, {}), tmp_path, seconds, 1, 1, "")

    assert bench(120).scaled(1000, 10) == 1000
    assert bench(240).scaled(1000, 10) == 1000
    assert bench(30).scaled(1000, 10) == 250
    assert bench(1).scaled(1000, 100) == 100


def test_the_peer_s_password_is_not_shown(tmp_path: Path) -> None:
    bench = Bench(Report({}, {}), tmp_path, 1, 1, 1, "", against="http://a:secret@host")
    assert "secret" not in repr(bench)
