"""``python -m loadtests``: print the machine, then one line for each figure."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from loadtests import (
    backing,
    commits,
    engines,
    england,
    gateway,
    history,
    opening,
    quiet,
    reading,
    reconnect,
    scoped,
    screen,
    waiting,
    workers,
    writing,
)
from loadtests.bench import FULL_S, Bench
from loadtests.demo import FILLED
from loadtests.endpoint import Endpoint
from loadtests.loop import run
from loadtests.machine import busy_share, describe, sentence
from loadtests.report import Report

BENCHES: dict[str, tuple[Callable[[Bench], None], ...]] = {
    "P1": (england.one_school, england.many_schools),
    "P2": (writing.bulk,),
    "P3": (writing.single_puts,),
    "P4": (reading.single_gets,),
    "P5": (reading.whole_feed,),
    "P6": (reading.bulk_gets,),
    "P7": (scoped.scoped_pull,),
    "P8": (waiting.held,),
    "P9": (quiet.nothing_new, quiet.requests),
    "P11": (reconnect.over_http, reconnect.on_the_screen),
    "P12": (history.six_years,),
    "P14": (screen.script_size, screen.offline_start),
    "P15": (gateway.gateway,),
    "R7": (backing.backups,),
    "commits": (commits.commits,),
    "engines": (engines.engines,),
    "opening": (opening.opening,),
    "workers": (workers.workers,),
}
NOISE_S = 2.0
FOLDER = Path(__file__).parent.parent / "build" / "bench"


def main() -> int:
    """Run the benches that were asked for; 1 if any of them could not be run."""
    asked = arguments()
    rows = asked.only.split(",") if asked.only else list(BENCHES)
    unknown = [row for row in rows if row not in BENCHES]
    if unknown:
        print(f"There is no bench for {unknown[0]}; there are {', '.join(BENCHES)}.")
        return 2
    asked.folder.mkdir(parents=True, exist_ok=True)
    machine = describe(asked.folder)
    print(sentence(machine), flush=True)
    options = {
        "only": rows,
        "seconds": asked.seconds,
        "repeats": asked.repeats,
        "schools": asked.schools,
        "settings": dict(asked.settings),
    }
    report = Report(machine, options)
    _name_peer(report, asked.against)
    bench = Bench(
        report=report,
        folder=asked.folder,
        seconds=asked.seconds,
        repeats=asked.repeats,
        schools=asked.schools,
        chromium=asked.chromium,
        settings=dict(asked.settings),
        rounds=3 if asked.quick else 5,
        against=asked.against,
    )
    failed = [row for row in rows if not all(_try(bench, row, one) for one in BENCHES[row])]
    shutil.rmtree(asked.folder / FILLED, ignore_errors=True)
    if not asked.no_file:
        print(f"Raw numbers: loadtests/results/{report.write().name}")
    return 1 if failed else 0


def _name_peer(report: Report, against: str | None) -> None:
    """Say whom Tidemark is compared with. The file keeps the peer's name, never its address."""
    if against is None:
        report.note("No peer: --against URL names a CouchDB to measure beside Tidemark.")
        return
    report.peer = run(Endpoint.sign_in(against)).label
    report.raw("peer", report.peer)
    report.note(f"The peer, in turns with Tidemark on the same machine: {report.peer}")


def _try(bench: Bench, row: str, work: Callable[[Bench], None]) -> bool:
    """Run one bench; one that cannot be run says why, and stops no other."""
    busy = busy_share(NOISE_S) * 100
    what = f"{row} {work.__name__}: of the processors, busy just before with other work"
    bench.report.figure("–", what, busy, "%")
    try:
        work(bench)
    except Exception as error:  # noqa: BLE001  # told, and the run ends with 1
        bench.report.note(f"{row} could not be measured: {type(error).__name__}: {error}")
        return False
    return True


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line, or ``words``."""
    parser = argparse.ArgumentParser(prog="python -m loadtests", description=__doc__)
    say = parser.add_argument
    say("--only", help="rows to measure, for example P1,P9; all of them if left out")
    say("--quick", action="store_true", help="a quarter of the time, fewer schools and repeats")
    say("--seconds", type=float, help="how long each load lasts (120, quick: 30)")
    say(
        "--repeats",
        type=int,
        help="how often a tap, a start or a reconnect is tried (30, quick: 20)",
    )
    say("--schools", type=int, help="schools of the many (2000, quick: 500; England has 24000)")
    say(
        "--set",
        action="append",
        default=[],
        dest="settings",
        type=_setting,
        metavar="NAME=VALUE",
        help="a setting of the server that is not its default; repeatable",
    )
    say("--folder", type=Path, default=FOLDER, help="where databases are made, and removed again")
    say(
        "--against",
        metavar="URL",
        default=os.environ.get("TIDEMARK_BENCH_AGAINST"),
        help="a CouchDB to measure beside Tidemark: http://name:password@host:port "
        "(or the variable TIDEMARK_BENCH_AGAINST)",
    )
    say("--chromium", default=None, help="the browser (CHROMIUM, or the first on PATH)")
    say("--no-file", action="store_true", help="print only; write no results file")
    asked = parser.parse_args(words)
    asked.seconds = asked.seconds or (30.0 if asked.quick else FULL_S)
    asked.repeats = asked.repeats or (20 if asked.quick else 30)
    asked.schools = asked.schools or (500 if asked.quick else 2000)
    asked.chromium = asked.chromium or _chromium()
    return asked


def _setting(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def _chromium() -> str:
    named = os.environ.get("CHROMIUM", "")
    return named or shutil.which("chromium") or shutil.which("google-chrome") or "chromium"


if __name__ == "__main__":
    sys.exit(main())
