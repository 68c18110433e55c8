"""``python -m tests.oracle --checks 1000000 --seed 1``: the long run of the oracle.

Worlds are made one after the other, each in four acts, until so many checks were made; every second
lies on disk. Prints checks, leaks, what was wrongly hidden, and seconds; fails unless both are 0.
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
    asked = parser.parse_args()
    logs.configure(Settings(log_level="warning", log_format="json"))
    began = time.monotonic()
    tally = asyncio.run(run(asked.checks, asked.seed, asked.ones))
    seconds = time.monotonic() - began
    for name, count in sorted(tally.forms.items()):
        sys.stdout.write(f"{count:>9,}  {name}\n")
    for wrong in (*tally.leaks[:20], *tally.hidden[:20], *tally.wrong[:20]):
        sys.stdout.write(f"{wrong}\n")
    sys.stdout.write(
        f"{tally.checks:,} checks ({tally.shown:,} of what is to be seen), "
        f"{len(tally.leaks)} leaks, {len(tally.hidden)} wrongly hidden; "
        f"{tally.written:,} entries, {len(tally.wrong)} judged otherwise; {seconds:.0f} s\n"
    )
    return 1 if tally.leaks or tally.hidden or tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
