"""The control socket: commands that a running server carries out, since it alone holds its folder.

A Unix socket in the data folder, for whoever may read that folder anyway (mode 0600): no port, no
network. One line of JSON is asked, one is answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson

from server.logs import log, place

__all__ = ["FILE", "ask", "listening"]

FILE = "tidemark.control"
MAX_LINE = 1024 * 1024
PATIENCE_S = 30.0
Answer = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


@contextlib.asynccontextmanager
async def listening(folder: Path, answer: Answer) -> AsyncIterator[None]:
    """Listen in ``folder``, whose lock is held: a socket that lies there is a dead server's."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                asked = orjson.loads(await reader.readuntil(b"\n"))
                writer.write(orjson.dumps(await answer(asked)) + b"\n")
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, orjson.JSONDecodeError):
            pass  # whoever asked has gone, or asked nothing that can be read
        except Exception as error:  # noqa: BLE001  # told to the log; the server goes on
            log().error("a command failed", error=type(error).__name__, at=place(error))
        finally:
            writer.close()

    (folder / FILE).unlink(missing_ok=True)
    with _within(folder) as path:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        (folder / FILE).chmod(0o600)
    server = await asyncio.start_unix_server(serve, sock=listener, limit=MAX_LINE)
    try:
        yield
    finally:
        server.close()
        (folder / FILE).unlink(missing_ok=True)


async def ask(folder: Path, asked: dict[str, Any]) -> dict[str, Any] | None:
    """What the server of ``folder`` answers; None where none listens there."""
    with _within(folder) as path:
        speaker = socket.socket(socket.AF_UNIX)
        try:
            speaker.connect(path)
        except OSError:
            speaker.close()
            return None
    reader, writer = await asyncio.open_unix_connection(sock=speaker, limit=MAX_LINE)
    try:
        async with asyncio.timeout(PATIENCE_S):
            writer.write(orjson.dumps(asked) + b"\n")
            await writer.drain()
            said = orjson.loads(await reader.readuntil(b"\n"))
    except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError):
        return None
    finally:
        writer.close()
    return said if isinstance(said, dict) else None


@contextlib.contextmanager
def _within(folder: Path) -> Any:
    """The socket's path by way of an open folder: a socket's own path has room for 100 bytes."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{FILE}"
    finally:
        os.close(descriptor)
