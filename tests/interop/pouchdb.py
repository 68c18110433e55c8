"""Stock PouchDB, which the tests have do things by name: in Node, or in a page of a browser."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from playwright.sync_api import Page

FOLDER = Path(__file__).parent
PEERS = FOLDER.parent / "peers/node_modules"
OPERATIONS = FOLDER / "operations.js"
SCRIPT = PEERS / "pouchdb/dist/pouchdb.min.js"
PATIENCE_S = 20.0
T = TypeVar("T")


class PouchError(Exception):
    """What PouchDB answered with."""


class Pouch(Protocol):
    """PouchDB somewhere; the operations are those of ``operations.js``."""

    def __call__(self, operation: str, *args: Any) -> Any:
        """Do it, and wait for what comes of it. Raises ``PouchError``."""


class NodePouch:
    """PouchDB in a Node process, with its databases in memory."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, operation: str, *args: Any) -> Any:
        """See :class:`Pouch`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([operation, args]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"PouchDB's process ended during {operation}"
        answer, error = json.loads(line)
        if error is not None:
            raise PouchError(f"{operation}: {error}")
        return answer


@contextmanager
def node_pouch(log: Path) -> Iterator[NodePouch]:
    """Start PouchDB under Node; what it complains of goes to ``log``."""
    assert SCRIPT.exists(), f"{SCRIPT} is not there: run .ci/environment peers (make test does)"
    node = shutil.which("node") or str(FOLDER.parents[1] / ".venv/bin/node")
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [node, str(FOLDER / "node.cjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
        )
    try:
        yield NodePouch(process)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


class PagePouch:
    """PouchDB in a page, put there by the debugging protocol, which no policy of the page binds."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.evaluate(SCRIPT.read_text(encoding="utf-8"))
        page.evaluate(OPERATIONS.read_text(encoding="utf-8"))
        page.evaluate("globalThis.pouch = operations(PouchDB)")

    def __call__(self, operation: str, *args: Any) -> Any:
        """See :class:`Pouch`."""
        done = "async ([operation, args]) => (await pouch[operation](...args)) ?? null"
        return self._page.evaluate(done, [operation, list(args)])


def until(read: Callable[[], T], holds: Callable[[T], object], wanted: str) -> T:
    """What ``read`` gives once it ``holds``; ``wanted`` says in words what that is."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds(seen := read()):
        assert time.monotonic() < deadline, f"{wanted} was wanted, and last seen was: {seen}"
        time.sleep(0.05)
    return seen
