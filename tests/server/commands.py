"""Commands in processes of their own, without loading the program anew for each.

``python -m tests.server.commands`` loads it once and waits: each line on its standard input is a
command (words, environment, files for its output), which a fork of it runs as the program would.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 60


class Commands:
    """The loaded program, and the way to have it run commands one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.server.commands"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self._end)

    def run(self, words: Sequence[str], env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        with self._lock, tempfile.TemporaryDirectory() as folder:
            files = [str(Path(folder) / name) for name in ("out", "err")]
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            line = json.dumps({"words": list(words), "env": dict(env), "files": files})
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
            code = int(self._process.stdout.readline())
            out, err = (Path(file).read_text("utf-8") for file in files)
        return subprocess.CompletedProcess(list(words), code, out, err)

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()


def _serve() -> None:
    from server.cli import main

    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(asked["words"], asked["env"], asked["files"])
            try:
                main()
            except SystemExit as end:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(end.code if isinstance(end.code, int) else int(end.code is not None))
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


def _become(words: list[str], env: dict[str, str], files: list[str]) -> None:
    """Be the command: its words, its environment, nothing to read, files to write to."""
    import signal

    signal.alarm(TIMEOUT_S)
    nothing = os.open(os.devnull, os.O_RDONLY)
    opened = [os.open(file, os.O_WRONLY | os.O_CREAT, 0o600) for file in files]
    for at, descriptor in enumerate([nothing, *opened]):
        os.dup2(descriptor, at)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["tidemark", *words]


if __name__ == "__main__":
    _serve()
