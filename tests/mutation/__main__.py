"""``python -m tests.mutation [WORD…]``: break each guard whose name has a word in it, or all."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.mutation.check import check
from tests.mutation.guards import GUARDS


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(words: list[str]) -> int:
    """Say of each guard whether it is tested; 1 if one is not."""
    chosen = [one for one in GUARDS if not words or any(word in one.name for word in words)]
    bad = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for guard, problem in zip(chosen, pool.map(check, chosen), strict=True):
            bad += problem is not None
            say(f"{'ok  ' if problem is None else 'BAD '} {guard.name}")
            if problem is not None:
                say(f"     {problem}")
    say(f"{len(chosen)} guards broken, {bad} not noticed")
    return 1 if bad or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
