"""Serving: the port, the store, the application and uvicorn, from start to stop.

At a stop the held requests are answered first, then running ones get a moment to finish, then the
schools are closed, then the store: an order in which nothing acknowledged can be lost.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import resource
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

from schemas.errors import TidemarkError
from server.app import create_app
from server.corking import CorkedProtocol
from server.logs import log
from server.settings import Settings
from server.stores import open_store, store_folder
from server.waits import Waits
from sync.clock import Clock, SystemClock
from sync.store import Store
from sync.stores.records import Rules

__all__ = ["Build", "PortTaken", "Prepare", "address_of", "serve"]

BACKLOG = 2048
STOPS = (signal.SIGINT, signal.SIGTERM)
Prepare = Callable[[Store, Clock], Awaitable[None]]
Started = Callable[[str], None]
Build = Callable[[Store, Clock, Waits], ASGIApp]
"""Makes the application over an open store; it ends its held requests through the waits."""


class PortTaken(TidemarkError):
    """The address to listen on cannot be had."""

    code = "port_taken"


class Server(uvicorn.Server):
    """uvicorn, ending held requests before it waits for running ones."""

    def __init__(self, config: uvicorn.Config, waits: Waits, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._waits = waits
        self._told = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self._told()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let go of everybody who waits, then stop."""
        self._waits.close()
        await super().shutdown(sockets)


async def serve(
    settings: Settings,
    *,
    prepare: Prepare | None = None,
    started: Started | None = None,
    build: Build | None = None,
    rules: Rules | None = None,
) -> None:
    """Serve until told to stop. ``prepare`` fills the store before anybody is let in.

    ``started`` is told the address once requests are answered. ``build`` makes another
    application than Tidemark's own, and ``rules`` say what its databases keep. Raises
    ``PortTaken``, ``StoreBusy``, ``SettingsError``.
    """
    clock = SystemClock()
    _allow_many_files()
    async with contextlib.AsyncExitStack() as stack:
        # A free port must be found before the lock can name it; a given one is asked for after,
        # so that a second server on the same folder is told of the first and not of its port.
        listener = _listen(settings, stack) if settings.port == 0 else None
        address = _address(settings, listener)
        store = open_store(settings, clock, address, rules)
        stack.push_async_callback(store.close)
        listener = listener or _listen(settings, stack)
        if prepare is not None:
            await prepare(store, clock)
        waits = Waits()
        if build is None:
            # Commands come by the folder's socket where this server alone holds the store.
            control = None if store.shared or store_folder(settings) is None else settings.data
            app: ASGIApp = create_app(settings, store, clock, waits=waits, control=control)
        else:
            app = build(store, clock, waits)
        await _run(settings, app, waits, listener, address, started)


async def _run(
    settings: Settings,
    app: ASGIApp,
    waits: Waits,
    listener: socket.socket,
    address: str,
    started: Started | None,
) -> None:
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        http=CorkedProtocol,
        ws="none",
        lifespan="on",
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=settings.shutdown_s,
        backlog=BACKLOG,
    )

    def tell() -> None:
        _collect_seldom()
        log().info("serving", address=address)
        if started is not None:
            started(address)

    with _signals_spent():
        await Server(config, waits, tell).serve(sockets=[listener])
    log().info("stopped", address=address)


@contextlib.contextmanager
def _signals_spent() -> Iterator[None]:
    """Let a signal that stopped uvicorn end there.

    uvicorn raises it once more when it has finished, for whoever had a handler before: by default
    that would end the process before the store is closed.
    """
    before = {one: signal.signal(one, lambda *_: None) for one in STOPS}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def address_of(host: str, port: int) -> str:
    """The address for a browser on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"


def _address(settings: Settings, listener: socket.socket | None) -> str:
    port = listener.getsockname()[1] if listener is not None else settings.port
    return address_of(settings.host, port)


def _listen(settings: Settings, stack: contextlib.AsyncExitStack) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    where = (settings.host, settings.port)
    try:
        listener = socket.create_server(where, family=family, backlog=BACKLOG)
    except OSError as error:
        raise PortTaken(_unlistenable(settings, error)) from None
    stack.callback(listener.close)
    return listener


def _unlistenable(settings: Settings, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {settings.port} on {settings.host} is taken by another program. Stop that one, "
            f"or choose another port: PORT={settings.port + 1 if settings.port < 65535 else 0}."
        )
    if error.errno == errno.EACCES:
        return f"Port {settings.port} is not for ordinary users; choose one above 1023."
    return (
        f"The address {settings.host} port {settings.port} cannot be listened on "
        f"({error.strerror or 'unknown name'}); check the settings host and port."
    )


def _collect_seldom() -> None:
    """Look for cyclic garbage less often, and not among what was there from the start.

    A batch of documents makes thousands of objects at a time, none of them in a cycle; looking
    through them after every 700, as Python does by itself, costs a tenth of taking it in.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _allow_many_files() -> None:
    """Every tablet that waits holds a connection: raise the soft limit as far as it goes."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
