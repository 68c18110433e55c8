"""What every bench is given: how long, how much, where, and the report to tell."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from loadtests.report import Report

__all__ = ["Bench"]


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
