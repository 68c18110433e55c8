"""The control socket: whose it is, and that it goes with its server."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

from server.control import FILE, ask, listening


async def echo(asked: dict[str, Any]) -> dict[str, Any]:
    return {"said": asked}


async def test_the_socket_is_its_owners_alone_and_goes_with_the_server(tmp_path: Path) -> None:
    async with listening(tmp_path, echo):
        assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
        assert await ask(tmp_path, {"a": 1}) == {"said": {"a": 1}}
    assert not (tmp_path / FILE).exists()
    assert await ask(tmp_path, {"a": 1}) is None
