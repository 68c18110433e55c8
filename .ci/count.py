"""Add up the JUnit reports in a folder; print one closing line: N passed, N failed, N skipped."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET


def count(folder: Path) -> dict[str, int]:
    """Sum tests, failures, errors and skips over each report's suites."""
    total = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for report in sorted(folder.glob("*.xml")):
        for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314 - our own
            for name in total:
                total[name] += int(suite.get(name, "0"))
    return total


def main() -> None:
    """Print the line that a reader, or a CI, looks for at the end."""
    total = count(Path(sys.argv[1]))
    failed = total["failures"] + total["errors"]
    passed = total["tests"] - failed - total["skipped"]
    sys.stdout.write(f"\n{passed} passed, {failed} failed, {total['skipped']} skipped\n")


if __name__ == "__main__":
    main()
