"""The report of one run: a line for each figure, and the raw numbers as JSON."""

from __future__ import annotations

import datetime as dt
import json
import math
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

__all__ = ["Figure", "Report"]

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Figure:
    """One measured value. ``row`` is its row in the table of targets: P1, P9, …"""

    row: str
    what: str
    value: float
    unit: str

    def line(self) -> str:
        """The figure as it is printed."""
        return f"{self.row:<4} {self.what:<78} {_number(self.value):>10} {self.unit}"


def _number(value: float) -> str:
    if math.isnan(value):
        return "none"
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}"


class Report:
    """Prints figures as they come, and keeps what they were computed from."""

    def __init__(self, machine: dict[str, Any], options: dict[str, Any]) -> None:
        self._began = dt.datetime.now(dt.UTC)
        self._machine = machine
        self._options = options
        self._figures: list[Figure] = []
        self._raw: dict[str, Any] = {}

    def figure(self, row: str, what: str, value: float, unit: str) -> None:
        """Print a figure at once, and keep it."""
        one = Figure(row, what, value, unit)
        self._figures.append(one)
        print(one.line(), flush=True)

    def note(self, sentence: str) -> None:
        """Say what goes on, beside the figures."""
        print(f"     {sentence}", file=sys.stderr, flush=True)

    def raw(self, name: str, numbers: Any) -> None:
        """Keep the numbers behind a figure."""
        self._raw[name] = numbers

    def write(self) -> Path:
        """Write the run's file and return its path."""
        RESULTS.mkdir(exist_ok=True)
        stamp = f"{self._began:%Y%m%dT%H%M%SZ}"
        path = RESULTS / f"{stamp}-{self._machine['commit']}.json"
        content = {
            "began": f"{self._began:%Y-%m-%dT%H:%M:%SZ}",
            "machine": self._machine,
            "options": self._options,
            "figures": [asdict(one) | {"value": _finite(one.value)} for one in self._figures],
            "raw": self._raw,
        }
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
        return path


def _finite(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None
