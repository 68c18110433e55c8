"""The report of one run: a line for each figure, and the raw numbers as JSON."""

from __future__ import annotations

import datetime as dt
import json
import math
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

__all__ = ["Figure", "Report", "Target"]

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Target:
    """What a row must reach: ``times`` as good as the peer, or a value of at most ``limit``.

    ``less``: the smaller value is the better one, as of a time or of memory.
    """

    times: float | None = None
    limit: float | None = None
    less: bool = False

    def ratio(self, value: float, other: float) -> float:
        """How many times as good ``value`` is as ``other``."""
        high, low = (other, value) if self.less else (value, other)
        return high / low if low else math.nan

    def is_reached(self, value: float, other: float | None) -> bool | None:
        """Whether it is reached; None where there is nothing to compare with."""
        if self.limit is not None:
            return value <= self.limit
        if self.times is None or other is None:
            return None
        return self.ratio(value, other) >= self.times


@dataclass(frozen=True)
class Figure:
    """One measured value. ``row`` is its row in the table of targets: P1, P9, …

    ``other``: the peer's value, measured in turns with it; or that of whatever ``beside`` names.
    """

    row: str
    what: str
    value: float
    unit: str
    other: float | None = None
    target: Target | None = None
    beside: str | None = None

    def line(self, peer: str = "the other") -> str:
        """The figure as it is printed."""
        parts = [f"{self.row:<4} {self.what:<78} {_number(self.value):>10} {self.unit}"]
        target = self.target or Target()
        if self.other is not None:
            ratio = target.ratio(self.value, self.other)
            parts.append(f"{self.beside or peer} {_number(self.other)}, {_number(ratio)} × as good")
        if target.limit is not None:
            parts.append(f"target at most {_number(target.limit)}")
        elif target.times is not None:
            parts.append(f"target {_number(target.times)} ×")
        reached = target.is_reached(self.value, self.other)
        if reached is not None:
            parts[-1] += ": reached" if reached else ": MISSED"
        return "; ".join(parts)


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
        self.peer = "the other"
        """What the peer calls itself."""

    def figure(
        self,
        row: str,
        what: str,
        value: float,
        unit: str,
        *,
        other: float | None = None,
        target: Target | None = None,
        beside: str | None = None,
    ) -> None:
        """Print a figure at once, beside the peer's where there is one, and keep it."""
        one = Figure(row, what, value, unit, other, target, beside)
        self._figures.append(one)
        print(one.line(self.peer), flush=True)

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
            "figures": [_plain(one) for one in self._figures],
            "raw": self._raw,
        }
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
        return path


def _plain(figure: Figure) -> dict[str, Any]:
    """A figure for the file; the peer's value and the target only where there are any."""
    target, value, other = figure.target, figure.value, figure.other
    plain: dict[str, Any] = {"row": figure.row, "what": figure.what, "unit": figure.unit}
    plain["value"] = _finite(value)
    if other is not None:
        plain["other"] = _finite(other)
        if figure.beside is not None:
            plain["beside"] = figure.beside
        plain["times"] = _finite((target or Target()).ratio(value, other))
    if target is not None:
        plain["target"] = asdict(target)
        plain["reached"] = target.is_reached(value, other)
    return plain


def _finite(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None
