"""The command ``tidemark``, at another time: by as much as the file TIDEMARK_TEST_CLOCK says.

The browser tests live on one day of term, whatever day they are run on, and hours pass in them as
the tests wish. Nothing else is changed.
"""

import os
import time
from pathlib import Path

from server import cli
from sync.clock import SystemClock


def main() -> None:
    moved_ms = Path(os.environ["TIDEMARK_TEST_CLOCK"])

    def now_ms(_: SystemClock) -> int:
        return time.time_ns() // 1_000_000 + int(moved_ms.read_text("ascii"))

    setattr(SystemClock, "now_ms", now_ms)  # noqa: B010 - mypy lets nobody assign to a method
    cli.main()


if __name__ == "__main__":
    main()
