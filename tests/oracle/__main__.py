"""``python -m tests.oracle --checks 1000000 --seed 1``: the long run of the oracle.

Worlds are made one after the other, each in some acts, until so many checks were made: of schools,
and of an area with its schools (``--of`` one of them alone). Every second lies on disk. Prints
checks, leaks, what was wrongly hidden, and seconds; fails unless both are 0.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from server import logs
from server.settings import Settings
from sync.store import Store
from sync.stores.sqlite import SqliteStore
from tests.oracle.checking import Checker, Tally
from tests.oracle.families.running import check_families
from tests.oracle.forms import MANY
from tests.oracle.world import ACTS, world
from tests.oracle.writing import CASES
from tests.oracle.writing_runs import check_writing

ON_DISK = 2
"""Every so many-th world lies on disk."""
ENDLESS = 10**12


async def run(checks: int, seed: int, ones: int) -> Tally:
    """Make whole worlds until ``checks`` checks are made."""
    tally, number = Tally(), 0
    while tally.checks < checks and not tally.leaks and not tally.hidden:
        number += 1
        if number % ON_DISK:
            await _world(tally, seed + number, number, ones, None)
            continue
        with tempfile.TemporaryDirectory() as folder:
            store = SqliteStore(Path(folder) / "data")
            await _world(tally, seed + number, number, ones, store)
            await store.close()
    await check_writing(tally, CASES)
    return tally


async def run_families(checks: int, seed: int, people: int) -> Tally:
    """Make whole worlds of families until ``checks`` checks are made."""
    tally, number = Tally(), 0
    while tally.checks < checks and not tally.leaks and not tally.hidden:
        number += 1
        with tempfile.TemporaryDirectory() as folder:
            store = None if number % ON_DISK else SqliteStore(Path(folder) / "data")
            await check_families(tally, seed + number, people=people, store=store)
            if store is not None:
                await store.close()
        sys.stderr.write(f"families, seed {seed + number}: {tally.checks:,} checks\n")
    return tally


async def _world(tally: Tally, seed: int, number: int, ones: int, store: Store | None) -> None:
    chance = Random(seed)
    async with world(seed, store) as made:
        checker = Checker(made, tally, chance)
        everybody = list(made.people.values())
        followed = chance.sample(everybody, 2)
        for act, happens in enumerate((None, *ACTS)):
            if happens is not None:
                await happens(made)
            await checker.look()
            # In four worlds of four acts everybody's turn comes once; some are followed through.
            turn = number % 4 * 4 + act
            await checker.everybody([*followed, *everybody[turn::16]], MANY, ones, ENDLESS)
            sys.stderr.write(f"seed {seed}: {tally.checks:,} checks\n")


def main() -> int:
    """Run, print, and say whether all was well."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle")
    parser.add_argument("--checks", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ones", type=int, default=60, help="documents asked for singly")
    parser.add_argument("--people", type=int, default=12, help="of families, in each act")
    parser.add_argument("--of", choices=("schools", "families"), nargs="*")
    asked = parser.parse_args()
    logs.configure(Settings(log_level="warning", log_format="json"))
    wrong = False
    for kind in asked.of or ("schools", "families"):
        began = time.monotonic()
        if kind == "schools":
            tally = asyncio.run(run(asked.checks, asked.seed, asked.ones))
        else:
            tally = asyncio.run(run_families(asked.checks, asked.seed, asked.people))
        _tell(kind, tally, time.monotonic() - began)
        wrong = wrong or bool(tally.leaks or tally.hidden or tally.wrong)
    return 1 if wrong else 0


def _tell(kind: str, tally: Tally, seconds: float) -> None:
    for name, count in sorted(tally.forms.items()):
        sys.stdout.write(f"{count:>9,}  {name}\n")
    for wrong in (*tally.leaks[:20], *tally.hidden[:20], *tally.wrong[:20]):
        sys.stdout.write(f"{wrong}\n")
    sys.stdout.write(
        f"{kind}: {tally.checks:,} checks ({tally.shown:,} of what is to be seen), "
        f"{len(tally.leaks)} leaks, {len(tally.hidden)} wrongly hidden; "
        f"{tally.written:,} entries, {len(tally.wrong)} judged otherwise; {seconds:.0f} s\n"
    )


if __name__ == "__main__":
    sys.exit(main())
