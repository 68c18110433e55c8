"""CouchDB and servers like it, for the tests: npm's ``pouchdb-server``, started here, and a real
one where ``TIDEMARK_TEST_COUCHDB_URL`` (``http://user:password@host:5984``) names it.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

FOLDER = Path(__file__).parent
SERVER = FOLDER / "node_modules/pouchdb-server/bin/pouchdb-server"
USER, PASSWORD = "tidemark", "sec:ret %/@"
REAL = "TIDEMARK_TEST_COUCHDB_URL"
START_S = 60.0


def real_url() -> str | None:
    """The address of a real CouchDB, as the store takes it; None if there is none."""
    named = os.environ.get(REAL)
    return f"couchdb+{named}" if named else None


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def pouchdb_server(*, admin: bool = True) -> Iterator[str]:
    """Run a server that keeps everything in memory; its address, as the store takes it."""
    assert SERVER.exists(), f"{SERVER} is not there: run .ci/environment peers (make test does)"
    folder = Path(mkdtemp(prefix="tidemark-pouchdb-"))
    port = free_port()
    config = {
        "log": {"level": "none", "file": str(folder / "log.txt")},
        "couchdb": {"max_document_size": "64mb"},
        "admins": {USER: PASSWORD} if admin else {},
    }
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    node = shutil.which("node") or str(FOLDER.parent.parent / ".venv/bin/node")
    flags = ["--in-memory", "--no-stdout-logs", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [node, "--unhandled-rejections=warn", str(SERVER), *flags],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        quoted = urllib.parse.quote(PASSWORD, safe="")
        signed_in = f"{USER}:{quoted}@" if admin else ""
        yield f"couchdb+http://{signed_in}127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while True:
        assert process.poll() is None, "pouchdb-server ended by itself"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                return
        except OSError:
            assert time.monotonic() < end, f"pouchdb-server does not answer after {START_S:.0f} s"
            time.sleep(0.1)


def new_prefix() -> str:
    """A prefix that nobody else uses."""
    return f"tidemark-test-{secrets.token_hex(4)}-"
