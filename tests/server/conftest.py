"""A running town for every test that asks for one."""

from collections.abc import AsyncIterator

import pytest

from server import logs
from server.settings import Settings
from tests.server.town import Town, town


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """Log only what is wrong."""
    logs.configure(Settings(log_level="warning", log_format="json"))


@pytest.fixture
async def place() -> AsyncIterator[Town]:
    """A running town."""
    async with town() as one:
        yield one
