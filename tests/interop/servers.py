"""``tidemark couch`` as a process of its own; and a site that is another origin than it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import httpx2

from tests.commands import Running, commands
from tests.peers.couch import free_port

ADMIN, PASSWORD = "admin", "a-fictional-password"
PATIENCE_S = 60.0


class Couch:
    """One server over ``folder``; it can be stopped and started again at the same address."""

    def __init__(self, folder: Path, *origins: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.log = folder.with_suffix(".log")
        self._origins = origins
        self._process: Running | None = None

    @property
    def url(self) -> str:
        """Its address, with the administrator's name and password."""
        return f"http://{ADMIN}:{PASSWORD}@127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Start it, and wait until it answers."""
        words = ["couch", "--port", str(self.port), "--data", str(self.folder)]
        for origin in self._origins:
            words += ["--cors", origin]
        kept = {key: value for key, value in os.environ.items() if not key.startswith("TIDEMARK_")}
        env = kept | {"TIDEMARK_COUCH_ADMIN": f"{ADMIN}:{PASSWORD}"}
        self._process = commands().start(words, env, self.log, self.log)
        deadline = time.monotonic() + PATIENCE_S
        while not self._answers():
            assert self._process.poll() is None, f"the server ended:\n{self.log.read_text()}"
            assert time.monotonic() < deadline, f"no answer in time:\n{self.log.read_text()}"
            time.sleep(0.02)
        return self

    def kill(self) -> None:
        """End it as a power cut does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(PATIENCE_S)
            self._process = None

    def stop(self) -> None:
        """End it as an operator does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            assert self._process.wait(PATIENCE_S) == 0
            self._process = None

    def faults(self) -> list[str]:
        """Lines of the log that say the server was at fault."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [one for one in lines if '"level":"error"' in one or "Traceback" in one]

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"http://127.0.0.1:{self.port}/_up", timeout=5).status_code == 200
        except httpx2.TransportError:
            return False


class _Empty(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Empty</title>")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def empty_site() -> Iterator[str]:
    """Serve an empty page; the origin of its site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Empty)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
