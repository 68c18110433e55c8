"""The command ``tidemark``, at another time: TIDEMARK_TEST_CLOCK_MS says by how much it is moved.

The browser tests live on one day of term, whatever day they are run on. Nothing else is changed.
"""

import os
import time

from server import cli
from sync.clock import SystemClock

MOVED_MS = int(os.environ["TIDEMARK_TEST_CLOCK_MS"])


def now_ms(self: SystemClock) -> int:
    return time.time_ns() // 1_000_000 + MOVED_MS


SystemClock.now_ms = now_ms  # type: ignore[method-assign]

if __name__ == "__main__":
    cli.main()
