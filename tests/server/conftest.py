"""A running town for every test that asks for one."""

import logging
import sys
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog

from server import logs
from server.settings import Settings
from tests.server.town import Town, town


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Log only what is wrong, and leave no trace for other tests."""
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = list(root.handlers), root.level
    logs.configure(Settings(log_level="warning", log_format="json"))
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook = hook


@pytest.fixture
async def place() -> AsyncIterator[Town]:
    """A running town."""
    async with town() as one:
        yield one
