"""A real Chromium: devices with stores of their own, signed in as people sign in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, BrowserType, Page, ViewportSize, sync_playwright

from server.demo.sign_ins import SignIn

__all__ = ["DESKTOP", "Chromium", "chromium", "sign_in"]

TABLET: ViewportSize = {"width": 1024, "height": 768}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
QUIET = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]


class Chromium:
    """Launches browsers, each over a folder that is its device's storage."""

    def __init__(self, path: str, launcher: BrowserType) -> None:
        self._path = path
        self._launcher = launcher

    @contextmanager
    def device(
        self, storage: Path, *, size: ViewportSize = TABLET, offline: bool = False
    ) -> Iterator[BrowserContext]:
        """A browser process of its own; what it stores outlives it, as on a tablet."""
        context = self._launcher.launch_persistent_context(
            storage,
            executable_path=self._path,
            chromium_sandbox=False,
            args=QUIET,
            viewport=size,
            has_touch=size == TABLET,
            timezone_id="Europe/London",
            locale="en-GB",
            offline=offline,
        )
        try:
            yield context
        finally:
            context.close()


@contextmanager
def chromium(path: str) -> Iterator[Chromium]:
    """The browser at ``path``."""
    with sync_playwright() as driver:
        yield Chromium(path, driver.chromium)


def sign_in(context: BrowserContext, address: str, who: SignIn) -> Page:
    """Open the app, sign in, and wait until the app is kept on the device."""
    page = context.pages[0]
    page.goto(address)
    page.get_by_label("Username").fill(who.username)
    page.get_by_label("Password", exact=True).fill(who.password)
    page.get_by_role("button", name="Sign in").click()
    page.locator(".tm-status").wait_for()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page
