"""A server as its own process, as a school runs it, for tests that kill it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any, Self

import httpx2
import orjson

from tests.server.commands import Commands

COMMAND = [sys.executable, "-c", "from server.cli import main; main()"]
CHEAP = {"TIDEMARK_ARGON2_MEMORY_KIB": "64", "TIDEMARK_ARGON2_TIME_COST": "1"}
ROOT = Path(__file__).parent.parent.parent


def environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TIDEMARK_")}
    return {**kept, **CHEAP, "PORT": "0", **more}


def run(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return _commands().run(words, environment(**more))


@cache
def _commands() -> Commands:
    return Commands()


class Process:
    """A running ``tidemark serve`` on a free port."""

    def __init__(self, data: Path, *words: str, **more: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, *(words or ("serve",)), "--data", str(data)],
            cwd=ROOT,
            env=environment(TIDEMARK_LOG_FORMAT="json", **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.address = self._wait()
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        self._reader.join(10)
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()

    def browser(self) -> httpx2.Client:
        return httpx2.Client(base_url=self.address, timeout=30)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> float:
        """Ask it to stop; how many seconds that took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        return time.monotonic() - began

    def events(self) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in list(self.lines) if line.startswith("{")]

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line.strip())

    def _wait(self) -> str:
        for _ in range(2400):
            for event in self.events():
                if event.get("event") == "serving":
                    return str(event["address"])
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError("the server did not start:\n" + "\n".join(self.lines))
