"""A pytest plugin that breaks one guard: its module is imported with another text than its file's.

``-p tests.mutation.breaking`` with the guard's name in :data:`VARIABLE`. Nothing on the disk is
changed, and what Python keeps compiled is neither read nor written.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType

from typing_extensions import override

from tests.mutation.guard import ROOT, Guard
from tests.mutation.guards import GUARDS

__all__ = ["VARIABLE"]

VARIABLE = "TIDEMARK_TEST_BREAK"


class _Broken(importlib.machinery.SourceFileLoader):
    """Loads one module from the broken text."""

    def __init__(self, name: str, guard: Guard) -> None:
        super().__init__(name, str(ROOT / guard.file))
        self._guard = guard

    @override
    def get_code(self, fullname: str) -> CodeType:
        return compile(self._guard.broken_text(), self.path, "exec", dont_inherit=True)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the one module that is broken, before anybody else does."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._name = ".".join(Path(guard.file).with_suffix("").parts)

    @override
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_loader(fullname, _Broken(fullname, self._guard))


def _break(name: str) -> None:
    guard = next(one for one in GUARDS if one.name == name)
    finder = _Finder(guard)
    assert finder._name not in sys.modules, "the module was imported before it could be broken"
    sys.meta_path.insert(0, finder)


if VARIABLE in os.environ:
    _break(os.environ[VARIABLE])
