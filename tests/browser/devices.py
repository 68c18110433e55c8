"""Tablets and office computers: browsers with stores of their own, which can lose their network."""

import os
import signal
import time
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, ViewportSize

from tests.browser.watch import Watch

TABLET: ViewportSize = {"width": 1024, "height": 768}
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
MOVE_CLOCK = """
if (globalThis.clockMovedMs === undefined) {
  const Real = Date;
  globalThis.clockMovedMs = 0;
  globalThis.Date = class extends Real {
    constructor(...given) {
      if (given.length === 0) super(Real.now() + clockMovedMs);
      else super(...given);
    }
    static now() { return Real.now() + clockMovedMs; }
  };
}
globalThis.clockMovedMs += BY_MS;
"""
"""Moves a page's clock as a server's is moved, and lets it run on. Several of these add up."""
READ_ALL = """
async () => {
  const answer = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  for (const { name } of await indexedDB.databases()) {
    const database = await answer(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      await answer(database.transaction(store).objectStore(store).count());
    }
    database.close();
  }
}
"""
PATIENCE_MS = 15_000
QUIRKS = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]


class Device:
    """One browser at one address, with pages (tabs) that are closed with it."""

    def __init__(self, context: BrowserContext, address: str, watch: Watch) -> None:
        self.context = context
        self.address = address
        self.watch = watch
        self.page = context.pages[0] if context.pages else context.new_page()

    def open(self, path: str = "/") -> Page:
        """Type an address."""
        self.page.goto(f"{self.address}{path}")
        return self.page

    def lose_network(self) -> None:
        """Walk out of reach."""
        self.context.set_offline(True)

    def find_network(self) -> None:
        """Come back into reach."""
        self.context.set_offline(False)

    def keeps_the_app(self) -> None:
        """Wait until the app is kept on the device, as it is soon after it was opened first."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def has_written(self) -> None:
        """Wait until what the page has begun to write is on the device: a reader queues behind."""
        self.page.evaluate(READ_ALL)

    def later(self, by_ms: int) -> None:
        """Let time pass on this device."""
        script = MOVE_CLOCK.replace("BY_MS", str(by_ms))
        self.context.add_init_script(script)
        for page in self.context.pages:
            page.evaluate(script)

    def new_tab(self) -> Page:
        """Another tab of the same browser."""
        return self.context.new_page()


class Browsers:
    """Makes devices of one browser process, closes them, and gathers what they complained of."""

    def __init__(self, chromium: BrowserType, path: str) -> None:
        self._chromium = chromium
        self._path = path
        self._browser: Browser | None = None
        self._contexts: list[BrowserContext] = []
        self._watches: list[Watch] = []

    def device(
        self,
        name: str,
        address: str,
        moved_ms: int,
        size: ViewportSize = TABLET,
        time_zone: str = "Europe/London",
    ) -> Device:
        """A device without anything on it. ``moved_ms``: how far off its clock is."""
        if self._browser is None:
            self._browser = self._chromium.launch(
                executable_path=self._path, chromium_sandbox=False, args=QUIRKS
            )
        context = self._browser.new_context(
            viewport=size, timezone_id=time_zone, locale="en-GB", reduced_motion="reduce"
        )
        return self._watched(name, context, address, moved_ms)

    def restartable(self, name: str, address: str, moved_ms: int, store: Path) -> "Restartable":
        """A device whose store is the folder ``store``: its browser can be killed and reopened."""
        return Restartable(self, name, address, moved_ms, store)

    def launch(
        self, name: str, address: str, moved_ms: int, store: Path, *, offline: bool
    ) -> Device:
        """Start a browser of its own over the folder ``store``."""
        context = self._chromium.launch_persistent_context(
            store,
            executable_path=self._path,
            chromium_sandbox=False,
            args=QUIRKS,
            viewport=TABLET,
            timezone_id="Europe/London",
            locale="en-GB",
            reduced_motion="reduce",
            offline=offline,
        )
        return self._watched(name, context, address, moved_ms)

    def complaints(self) -> list[str]:
        """What the devices complained of since they were asked last."""
        found = [problem for watch in self._watches for problem in watch.problems]
        for watch in self._watches:
            watch.problems.clear()
        return found

    def close_devices(self) -> None:
        """Close every device made since this was called last."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()
        self._watches.clear()

    def close(self) -> None:
        """Close the browser."""
        self.close_devices()
        if self._browser is not None:
            self._browser.close()
            self._browser = None

    def _watched(self, name: str, context: BrowserContext, address: str, moved_ms: int) -> Device:
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        watch = Watch(name)
        self._watches.append(watch)
        watch.over(context)
        device = Device(context, address, watch)
        device.later(moved_ms)
        return device


class Restartable:
    """A device that can be cut off in mid-stroke. ``device`` is the browser now running."""

    def __init__(
        self, browsers: Browsers, name: str, address: str, moved_ms: int, store: Path
    ) -> None:
        self._browsers = browsers
        self._name = name
        self._address = address
        self._moved_ms = moved_ms
        self._store = store
        self.device = self.launch()

    def launch(self, *, offline: bool = False) -> Device:
        """Start the browser over what the last one left."""
        self.device = self._browsers.launch(
            self._name, self._address, self._moved_ms, self._store, offline=offline
        )
        return self.device

    def quit(self) -> None:
        """End the browser as a person does who turns the tablet off."""
        self.device.context.close()

    def kill(self) -> None:
        """Kill the browser and all its processes, without a moment to finish anything."""
        mark = f"--user-data-dir={self._store}".encode()
        running = _running(mark)
        assert running, "the browser to kill is not running"
        for process in running:
            os.kill(process, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while _running(mark):
            assert time.monotonic() < deadline, "the killed browser is still there"
            time.sleep(0.01)


def _running(mark: bytes) -> list[int]:
    """Ids of the processes whose command line has ``mark`` among its words, children included."""
    parents: dict[int, int] = {}
    marked: set[int] = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            stat = (entry / "stat").read_text()
        except OSError:
            continue
        state, parent = stat.rpartition(")")[2].split()[:2]
        if state == "Z":
            continue
        number = int(entry.name)
        parents[number] = int(parent)
        if mark in words:
            marked.add(number)
    found = set(marked)
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found)
