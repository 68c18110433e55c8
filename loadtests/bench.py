"""What every bench is given: how long, how much, where, and the report to tell."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from loadtests.report import Report

__all__ = ["FULL_S", "Bench"]

FULL_S = 120.0
"""How long a load lasts in a run of full length."""


@dataclass(frozen=True)
class Bench:
    """The options of a run. ``settings``: the server's, by name, where they are not its defaults.

    ``seconds``: how long a load lasts. ``repeats``: how often something is tried that is not load.
    """

    report: Report
    folder: Path
    seconds: float
    repeats: int
    schools: int
    chromium: str
    settings: dict[str, str] = field(default_factory=dict)
    rounds: int = 5
    """How often each of two servers gets its turn."""
    against: str | None = field(default=None, repr=False)
    """A CouchDB to measure beside Tidemark: a URL with name and password, never told or kept."""

    @property
    def slice_s(self) -> float:
        """How long one turn of a load lasts, where two servers take turns."""
        return self.seconds / 30

    def scaled(self, most: int, least: int) -> int:
        """So many documents or requests as fit the time: ``most`` in a run of full length."""
        return max(least, min(most, round(most * self.seconds / FULL_S)))

    @contextmanager
    def data(self, name: str) -> Iterator[Path]:
        """An empty data folder, removed afterwards."""
        path = self.folder / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)
