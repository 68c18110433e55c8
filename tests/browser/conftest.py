"""What browser tests are given: a filled demonstration, a server of the module's own, devices."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserType, ViewportSize, expect, sync_playwright

from tests.browser.demonstration import Demonstration, Person, filled
from tests.browser.devices import TABLET, Browsers, Device, Restartable
from tests.browser.screens import sign_in
from tests.browser.servers import ROOT, Server

FAILURES = ROOT / "build" / "browser" / "failures"
expect.set_options(timeout=10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def demonstration() -> Demonstration:
    assert (ROOT / "pwa/dist/index.html").exists(), "the tablet app is not built: run `make build`"
    return filled()


@pytest.fixture(scope="module")
def chromium() -> Iterator[BrowserType]:
    """Of the module: a running playwright and another test's event loop do not mix."""
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="module")
def browsers(chromium: BrowserType, chromium_path: str) -> Iterator[Browsers]:
    made = Browsers(chromium, chromium_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(
    request: pytest.FixtureRequest,
    demonstration: Demonstration,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    """A server of the module's own, at the time of day that the module calls ``AT``."""
    with running(demonstration, request.module.AT, tmp_path_factory.mktemp("server")) as one:
        yield one


@contextlib.contextmanager
def running(
    demonstration: Demonstration, time_of_day: str, place: Path, **settings: str
) -> Iterator[Server]:
    """A server over a copy of the demonstration. A fault in its log fails the test."""
    one = Server(demonstration.copy(place / "data"), time_of_day, place, settings).start()
    try:
        yield one
    finally:
        one.stop()
    assert one.faults() == []


class Room:
    """Where the test happens: hands out devices that speak with the module's server."""

    def __init__(self, browsers: Browsers, server: Server, folder: Path) -> None:
        self._browsers = browsers
        self._server = server
        self._folder = folder
        self._devices: list[Callable[[], Device]] = []

    def device(
        self,
        name: str,
        size: ViewportSize = TABLET,
        time_zone: str = "Europe/London",
        off_by_ms: int = 0,
    ) -> Device:
        """A new device; ``off_by_ms``: how wrong its clock is."""
        moved = self._server.moved_ms + off_by_ms
        made = self._browsers.device(name, self._server.address, moved, size, time_zone)
        self._devices.append(lambda: made)
        return made

    def signed_in(self, person: Person, size: ViewportSize = TABLET) -> Device:
        """A new device, with a person signed in."""
        device = self.device(person.name, size)
        sign_in(device.open(), person)
        return device

    def restartable(self, name: str) -> Restartable:
        """A new device that can be killed and started again."""
        store = self._folder / f"store-{len(self._devices)}"
        address, moved = self._server.address, self._server.moved_ms
        made = self._browsers.restartable(name, address, moved, store)
        self._devices.append(lambda: made.device)
        return made

    def later(self, minutes: int) -> None:
        """Let time pass for everybody."""
        self._server.later(minutes * 60_000)
        for device in self._devices:
            device().later(minutes * 60_000)

    def keep_pictures(self, name: str) -> None:
        """What the devices showed last, for whoever looks into a failure."""
        FAILURES.mkdir(parents=True, exist_ok=True)
        for number, device in enumerate(self._devices):
            for page in device().context.pages:
                page.screenshot(path=FAILURES / f"{name}-{number}.png")


@pytest.fixture
def room(
    request: pytest.FixtureRequest, browsers: Browsers, server: Server, tmp_path: Path
) -> Iterator[Room]:
    """Devices of the test's own. A complaint on any of their consoles fails the test."""
    made = Room(browsers, server, tmp_path)
    failures = request.session.testsfailed
    yield made
    if request.session.testsfailed > failures:
        made.keep_pictures(request.node.name)
    complaints = browsers.complaints()
    browsers.close_devices()
    assert complaints == []
