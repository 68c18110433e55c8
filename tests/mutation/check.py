"""Breaking a guard, and seeing that its tests notice."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from tests.mutation.breaking import VARIABLE
from tests.mutation.guard import ROOT, Guard

__all__ = ["check"]

TIMEOUT_S = 180
_FAILED = re.compile(r"^FAILED (\S+)", re.MULTILINE)
_TESTS_FAILED = 1
"""pytest's exit code where tests ran and some failed; a module that cannot load is another."""


def check(guard: Guard) -> str | None:
    """What is wrong with a guard's tests: None if each of them fails without the guard."""
    try:
        guard.broken_text()
    except LookupError as error:
        return str(error)
    command = [sys.executable, "-m", "pytest", "-p", "tests.mutation.breaking", "-q", "--tb=no"]
    first = ["-x"] if len(guard.tests) == 1 else []
    options = ["-p", "no:cacheprovider", "-rf", *first, *guard.tests]
    try:
        done = subprocess.run(
            [*command, *options],
            cwd=ROOT,
            env={**os.environ, VARIABLE: guard.name},
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"{guard.name}: its tests ran on for {TIMEOUT_S} s; choose one that fails"
    if done.returncode not in {0, _TESTS_FAILED}:
        return f"{guard.name}: its tests could not be run: {done.stdout[-2000:]}{done.stderr}"
    failed = {name.partition("[")[0] for name in _FAILED.findall(done.stdout)}
    passed = [test for test in guard.tests if test not in failed]
    return f"{guard.name}: broken, and {', '.join(passed)} did not notice" if passed else None
