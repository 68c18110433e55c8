"""Real servers: a process each, on a port of its own, with a data folder of its own."""

import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self
from zoneinfo import ZoneInfo

import httpx2

from tests.commands import Running, commands

ROOT = Path(__file__).parents[2]
LONDON = ZoneInfo("Europe/London")
TODAY = dt.date(2026, 5, 20)
"""The Wednesday before half-term, in summer time: most rules about days and hours show on it."""
PATIENCE_S = 60
CLOCKED = "tests.browser.clocked"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def moved_to(time_of_day: str, day: dt.date = TODAY) -> int:
    """By how many milliseconds clocks must be moved for it to be that time at school now."""
    there = dt.datetime.combine(day, dt.time.fromisoformat(time_of_day), LONDON)
    return int(there.timestamp() * 1000) - time.time_ns() // 1_000_000


class Clock:
    """A file that says by how many milliseconds a server's clock is moved."""

    def __init__(self, file: Path, moved_ms: int) -> None:
        self.file = file
        self.moved_ms = moved_ms
        self.move(moved_ms)

    def move(self, moved_ms: int) -> None:
        """Say another number; it is never there by half."""
        self.moved_ms = moved_ms
        new = self.file.with_suffix(".new")
        new.write_text(str(moved_ms), "ascii")
        new.replace(self.file)


class Server:
    """A server over ``folder``, at ``time_of_day`` as it is made; ``aside`` holds its log.

    ``settings``: of the server's own, by the names that they have in its environment.
    """

    def __init__(
        self,
        folder: Path,
        time_of_day: str,
        aside: Path,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.folder = folder
        self._settings = settings
        self.port = free_port()
        self.log = aside / "log"
        self._clock = Clock(aside / "clock", moved_to(time_of_day))
        self._process: Running | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Start it, and wait until it answers."""
        assert self._process is None, "it runs already"
        words = ["serve", "--port", str(self.port), "--data", str(self.folder)]
        self._process = commands(CLOCKED).start(
            words, environment(self._clock) | dict(self._settings), self.log, self.log
        )
        deadline = time.monotonic() + PATIENCE_S
        while not self._answers():
            assert self._process.poll() is None, f"the server ended:\n{self.log.read_text()}"
            assert time.monotonic() < deadline, f"no answer in time:\n{self.log.read_text()}"
            time.sleep(0.02)
        return self

    def stop(self) -> None:
        """End it as an operator does."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut does."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop it, and start it again at the same address."""
        self.stop()
        self.start()

    @property
    def moved_ms(self) -> int:
        """By how much its clock is moved."""
        return self._clock.moved_ms

    def later(self, by_ms: int) -> None:
        """Let time pass."""
        self._clock.move(self.moved_ms + by_ms)

    def faults(self) -> list[str]:
        """Lines of the log that say the server was at fault."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [one for one in lines if '"level":"error"' in one or "Traceback" in one]

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE_S)
            self._process = None

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.address}/readyz", timeout=5).status_code == 200
        except httpx2.TransportError:
            return False


def command() -> list[str]:
    """The command ``tidemark`` with a clock that can be moved."""
    return [sys.executable, "-m", CLOCKED]


def environment(clock: Clock) -> dict[str, str]:
    """What a server's process is given, and nothing else that would change how it behaves."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TIDEMARK_")}
    ours = {"TIDEMARK_TEST_CLOCK": str(clock.file), "TIDEMARK_LOG_FORMAT": "json"}
    return kept | ours


def start_demo(folder: Path, clock: Clock) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    """Run ``tidemark demo --json`` on a free port; its process, and the line it printed."""
    process = subprocess.Popen(
        [*command(), "demo", "--json", "--port", "0", "--data", str(folder)],
        env=environment(clock),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        process.wait(PATIENCE_S)
    assert line, f"the demonstration ended with {process.returncode} and said nothing"
    said: dict[str, Any] = json.loads(line)
    return process, said
