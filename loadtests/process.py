"""The server under load: a process of its own, started as anybody starts it."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["ServerProcess"]

START_S = 120
STOP_S = 30
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


class ServerProcess:
    """``tidemark <command>`` on a free port. Use it as a context, or :meth:`kill` it yourself."""

    def __init__(
        self,
        data: Path,
        *,
        command: Sequence[str] = ("serve",),
        settings: dict[str, str] | None = None,
    ) -> None:
        self.port = _free_port()
        self._log = (data.parent / f"{data.name}.log").open("wb")
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TIDEMARK_")}
        environment |= {f"TIDEMARK_{name.upper()}": v for name, v in (settings or {}).items()}
        program = Path(sys.executable).parent / "tidemark"
        self._process = subprocess.Popen(
            [program, *command, "--port", str(self.port), "--data", data],
            env=environment,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def __enter__(self) -> Self:
        self.wait_ready()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def wait_ready(self) -> None:
        """Wait until it answers that it is ready."""
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise RuntimeError(
                    f"the server ended with {self._process.returncode}: {self.tail()}"
                )
            with contextlib.suppress(OSError):
                asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                asking.request("GET", "/readyz")
                if asking.getresponse().status == 200:
                    return
            time.sleep(0.05)
        self.kill()
        raise RuntimeError(f"the server was not ready after {START_S} s: {self.tail()}")

    def cpu_s(self) -> float:
        """Processor seconds used so far, its threads included."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * TICK_S

    def memory_mib(self) -> float:
        """Resident memory at this moment."""
        for line in Path(f"/proc/{self.pid}/status").read_text("utf-8").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def tail(self) -> str:
        """The end of what it said."""
        self._log.flush()
        return Path(self._log.name).read_text("utf-8", "replace")[-2000:]

    def stop(self) -> None:
        """Ask it to stop, and wait."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        self._log.close()

    def kill(self) -> None:
        """End it as a power cut does, with no chance to tidy up."""
        self._process.kill()
        self._process.wait()
        self._log.close()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
