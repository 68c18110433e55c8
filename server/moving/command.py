"""``tidemark move``: what it shows on the terminal, and the code that it ends with."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from server.moving.mover import Differs, Moved, Moving, move_school, reopen_school
from server.settings import Settings
from sync.clock import SystemClock
from sync.moving import Step

__all__ = ["DIFFERS", "move", "reopen"]

DIFFERS = 3
"""The exit code of a move whose copy is not the same as what was copied."""


class Shown:
    """A bar for copying, and one for comparing."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks = {
            doing: progress.add_task(doing, total=None) for doing in ("copying", "verifying")
        }

    def __call__(self, step: Step) -> None:
        """Show how far it is."""
        self._progress.update(self._tasks[step.doing], completed=step.seen, total=step.of)


async def move(settings: Settings, school: str, to: str, out: Console, err: Console) -> int:
    """Move a school, say what became of it, and return the exit code."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeRemainingColumn(), console=err, transient=True) as progress:
        moving = Moving(settings, SystemClock(), Shown(progress))
        try:
            moved = await move_school(school, to, moving)
        except Differs as error:
            progress.stop()
            err.print(f"tidemark: {error.sentence}", markup=False)
            return DIFFERS
    out.print(_said(moved), markup=False)
    return 0


async def reopen(settings: Settings, school: str, out: Console) -> None:
    """Give a move up that was cut, and say so."""
    there_was = await reopen_school(school, Moving(settings, SystemClock()))
    what = "is served again from where it is" if there_was else "was not being moved"
    out.print(f"The school {school} {what}.", markup=False)


def _said(moved: Moved) -> str:
    if moved.before:
        return f"The school {moved.school} moved to {moved.to} before; there was nothing to do."
    return (
        f"The school {moved.school} is at {moved.to} now: {moved.documents} documents, compared "
        f"one by one, and {moved.people} people's accounts. Start the server there, or let the "
        "address that tablets use lead to it; they go on by themselves."
    )
