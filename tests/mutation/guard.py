"""A guard: a place in the source that keeps something out, and the test that says so."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

__all__ = ["ROOT", "Guard", "exists"]

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Guard:
    """``source`` stands once in ``file``; with ``broken`` in its place, each of ``tests`` fails.

    ``tests``: as pytest names them; of a test with parameters, one case at least fails.
    """

    name: str
    file: str
    source: str
    broken: str
    tests: tuple[str, ...]

    def broken_text(self) -> str:
        """The file's text with the guard broken. Raises ``LookupError`` if it moved away."""
        file = ROOT / self.file
        text = file.read_text("utf-8") if file.is_file() else ""
        if text.count(self.source) != 1:
            raise LookupError(
                f"{self.name}: {self.file} has its source text {text.count(self.source)} times, "
                "not once; bring tests/mutation/guards.py up to date."
            )
        return text.replace(self.source, self.broken)


def exists(test: str) -> bool:
    """Whether there is a test of that name: ``path::function``."""
    path, _, function = test.partition("::")
    return function in _functions(path)


@lru_cache
def _functions(path: str) -> frozenset[str]:
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, kinds))
