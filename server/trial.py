"""Trying Tidemark: a demonstration filled and served by one command, and what it says to a person.

Only a folder that holds a demonstration, or nothing, is ever filled: real schools are left alone.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from schemas.errors import TidemarkError
from schemas.policy import ROLE_NAMES, Role
from server.demo import DemoAuthority, fill
from server.demo import Progress as Told
from server.demo.keeping import kept
from sync.clock import Clock
from sync.store import Store

__all__ = ["DATA", "NotADemonstration", "Trial"]

DATA = Path("data") / "demo"
"""Where a demonstration is kept unless said otherwise: apart from a real server's data."""
LINE_EVERY_S = 2.0
"""How often progress is told where no terminal can draw a bar."""
SEED = 2026


class NotADemonstration(TidemarkError):
    """The folder holds data that no demonstration made."""

    code = "not_a_demonstration"


class Trial:
    """One run of the demonstration in ``folder``."""

    def __init__(self, folder: Path, console: Console, *, as_json: bool) -> None:
        self._folder = folder
        self._console = console
        self._as_json = as_json
        self._authority: DemoAuthority | None = None

    async def prepare(self, store: Store, clock: Clock) -> None:
        """Fill the store, or find it filled. Raises ``NotADemonstration``."""
        if kept(self._folder) is None and await store.names():
            raise NotADemonstration(
                f"The folder {self._folder} holds real data, so no demonstration was put into it. "
                "Give it a folder of its own: DATA=/some/folder."
            )
        with self._told() as progress:
            self._authority = await fill(store, clock, progress, seed=SEED, folder=self._folder)

    def started(self, address: str) -> None:
        """Tell the address and the sign-ins: a table for people, one line of JSON for programs."""
        if self._as_json:
            sys.stdout.write(json.dumps({"address": address, "sign_ins": self._rows()}) + "\n")
            sys.stdout.flush()
        else:
            self._tell(address)

    @contextlib.contextmanager
    def _told(self) -> Iterator[Told]:
        """Show progress: a bar on a terminal, elsewhere a line now and then."""
        if not self._console.is_terminal:
            yield _Lines(self._console)
            return
        columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
        with Progress(*columns, console=self._console, transient=True) as bar:
            task = bar.add_task("Looking for the demonstration …", total=1.0)

            def tell(said: str, share: float) -> None:
                bar.update(task, description=said, completed=share)

            yield tell

    def _rows(self) -> list[dict[str, str]]:
        if self._authority is None:
            return []
        return [
            {
                "school": one.school,
                "school_name": one.school_name,
                "name": one.name,
                "role": one.role.value,
                "username": one.username,
                "password": one.password,
            }
            for one in self._authority.sign_ins
        ]

    def _tell(self, address: str) -> None:
        console = Console(highlight=False, soft_wrap=True)
        console.print(f"\nTidemark is at [bold]{address}[/bold]\n")
        console.print("Everyone below is fictional. Sign in as any of them:")
        for school, rows in itertools.groupby(self._rows(), key=lambda row: row["school_name"]):
            table = Table("role", "username", "password", box=None, show_header=False)
            for column in table.columns:
                column.no_wrap = True
            for row in rows:
                table.add_row(ROLE_NAMES[Role(row["role"])], row["username"], row["password"])
            console.print(f"\n[bold]{school}[/bold]")
            console.print(table)
        console.print("\nStop with Ctrl+C. Started again, it goes on as you left it.")


class _Lines:
    """Progress as lines, at most one in two seconds: for a log, or a pipe."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._next_s = time.monotonic() + LINE_EVERY_S

    def __call__(self, said: str, share: float) -> None:
        if time.monotonic() < self._next_s:
            return
        self._next_s = time.monotonic() + LINE_EVERY_S
        self._console.print(f"{said} ({share:.0%})", highlight=False)
