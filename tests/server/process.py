"""A server as its own process, as a school runs it, for tests that kill it."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Self

import httpx2
import orjson

from tests.commands import commands

CHEAP = {"TIDEMARK_ARGON2_MEMORY_KIB": "64", "TIDEMARK_ARGON2_TIME_COST": "1"}


def environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TIDEMARK_")}
    return {**kept, **CHEAP, "PORT": "0", **more}


def run(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return commands().run(words, environment(**more))


class Process:
    """A running ``tidemark serve`` on a free port."""

    def __init__(self, data: Path, *words: str, **more: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            out, err = (Path(folder) / name for name in ("out", "err"))
            os.mkfifo(out)
            os.mkfifo(err)
            said = [*(words or ("serve",)), "--data", str(data)]
            env = environment(TIDEMARK_LOG_FORMAT="json", **more)
            self.process = commands().start(said, env, out, err)
            self.stdout = out.open(encoding="utf-8")
            self._stderr = err.open(encoding="utf-8")
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
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        self._reader.join(10)
        self.stdout.close()
        self._stderr.close()

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
        for line in self._stderr:
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
