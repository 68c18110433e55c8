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

__all__ = ["ServerProcess", "cpu_s_of", "listener_of", "pss_kib"]

START_S = 120
STOP_S = 30
FREE = {"limit_device": "0", "limit_person": "0", "limit_person_at_once": "0"}
"""Most benches ask as one person what a thousand would; those of whole mornings are limited."""
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


class ServerProcess:
    """``tidemark <command>`` on a free port. Use it as a context, or :meth:`kill` it yourself."""

    def __init__(
        self,
        data: Path,
        *,
        command: Sequence[str] = ("serve",),
        settings: dict[str, str] | None = None,
        ready: str = "/readyz",
        limited: bool = False,
    ) -> None:
        self.port = _free_port()
        self._ready = ready
        self._log = (data.parent / f"{data.name}.log").open("wb")
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TIDEMARK_")}
        settings = ({} if limited else FREE) | (settings or {})
        environment |= {f"TIDEMARK_{name.upper()}": v for name, v in settings.items()}
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
                asking.request("GET", self._ready)
                if asking.getresponse().status == 200:
                    return
            time.sleep(0.05)
        self.kill()
        raise RuntimeError(f"the server was not ready after {START_S} s: {self.tail()}")

    def cpu_s(self) -> float:
        """Processor seconds used so far, its threads included."""
        return cpu_s_of(self.pid)

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


def cpu_s_of(pid: int) -> float:
    """Processor seconds that a process has used so far, its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S


def pss_kib(pid: int) -> int:
    """Memory of a process in KiB, what it shares with others counted in part (PSS)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise LookupError(f"the kernel does not say how much memory process {pid} has")


def listener_of(port: int) -> int | None:
    """The process on this machine that listens on ``port``; None if it is not to be seen."""
    wanted = {f"socket:[{inode}]" for inode in _listening(port)}
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if str(link.readlink()) in wanted:
                return int(link.parts[2])
    return None


def _listening(port: int) -> list[str]:
    """The inodes of sockets that listen on ``port``."""
    found: list[str] = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text("utf-8").splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                found.append(fields[9])
    return found


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
