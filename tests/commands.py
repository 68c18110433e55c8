"""The program in processes of its own, without loading it anew for each: that takes two seconds.

``python -m tests.commands MODULE`` loads it once and waits: each line on its standard input asks
for a fork of it that runs a command (words, environment, files for its output) by the module's
``main``, as the program would; or for the exit code of one that ends.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
TIMEOUT_S = 60


@cache
def commands(module: str = "server.cli") -> Commands:
    """The program, loaded once for all tests."""
    return Commands(module)


class Commands:
    """The loaded program, and the way to have it run commands. ``module`` has its ``main``."""

    def __init__(self, module: str) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.commands", module],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self._end)

    def run(self, words: Sequence[str], env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / name for name in ("out", "err")]
            child = self._fork(words, env, files, TIMEOUT_S)
            code = self.code_of(child)
            out, err = (file.read_text("utf-8") for file in files)
        return subprocess.CompletedProcess(list(words), code, out, err)

    def start(self, words: Sequence[str], env: Mapping[str, str], out: Path, err: Path) -> Running:
        """Start a command that runs until it is ended; what it says is added to files."""
        return Running(self, self._fork(words, env, [out, err], 0))

    def code_of(self, child: int) -> int:
        """Wait for its end; how it ended."""
        return self._ask({"end": child})

    def _fork(
        self, words: Sequence[str], env: Mapping[str, str], files: list[Path], for_s: int
    ) -> int:
        """Fork; the child's id. ``for_s``: after how many seconds it is ended; 0 for never."""
        told = {"words": list(words), "env": dict(env), "files": [*map(str, files)]}
        return self._ask({**told, "for_s": for_s})

    def _ask(self, what: Mapping[str, object]) -> int:
        with self._lock:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps(what) + "\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()


class Running:
    """A command that runs, as :class:`subprocess.Popen` would tell of it."""

    def __init__(self, commands: Commands, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._commands = commands
        self._ended = os.pidfd_open(pid)  # readable once it has ended

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        return self._code_within(0)

    def wait(self, timeout_s: float) -> int:
        """Wait for its end; how it ended."""
        code = self._code_within(timeout_s)
        if code is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout_s)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        if self.returncode is None:
            signal.pidfd_send_signal(self._ended, number)

    def _code_within(self, timeout_s: float) -> int | None:
        if self.returncode is None and select.select([self._ended], [], [], timeout_s)[0]:
            self.returncode = self._commands.code_of(self.pid)
            os.close(self._ended)
        return self.returncode


def _serve(module: str) -> None:
    main = importlib.import_module(module).main
    for line in sys.stdin:
        asked = json.loads(line)
        if "end" in asked:
            _, status = os.waitpid(asked["end"], 0)
            print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201
            continue
        child = os.fork()
        if child == 0:
            signal.alarm(asked["for_s"])
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
        print(child, flush=True)  # noqa: T201


def _become(words: list[str], env: dict[str, str], files: list[str]) -> None:
    """Be the command: its words, its environment, nothing to read, files to write to."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    opened = [os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) for file in files]
    for at, descriptor in enumerate([nothing, *opened]):
        os.dup2(descriptor, at)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["tidemark", *words]


if __name__ == "__main__":
    _serve(sys.argv[1])
