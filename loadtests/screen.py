"""P14, the tablet itself at a quarter of its speed: a tap, a start without network, the script."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from playwright.sync_api import Page

from loadtests.bench import Bench
from loadtests.browser import Chromium, chromium, sign_in
from loadtests.demo import Demo, make_demo
from loadtests.latencies import Latencies
from loadtests.process import ServerProcess

__all__ = ["offline_start", "script_size"]

ROW = "P14"
SLOWER = 4
DIST = Path(__file__).parent.parent / "pwa" / "dist"
CALM_MS = 300
SETTLED_MS = 3000
"""Long enough for a tablet to have fetched everything, and to wait for news."""
TAPS = """
globalThis.taps = [];
addEventListener("pointerdown", (event) => {
  const mark = event.target instanceof Element ? event.target.closest("[role=radio]") : null;
  if (mark === null) return;
  const look = () => {
    if (mark.getAttribute("aria-checked") !== "true") return requestAnimationFrame(look);
    const painted = new MessageChannel();
    painted.port1.onmessage = () => globalThis.taps.push(performance.now() - event.timeStamp);
    painted.port2.postMessage(null);
  };
  requestAnimationFrame(look);
}, true);
"""
"""Clocks each tap on a mark: from the finger's touch to the end of the frame that shows it."""
SHOWN = """
globalThis.shown = new Promise((resolve) => {
  const look = () => {
    if (document.querySelector(SELECTOR) === null) return requestAnimationFrame(look);
    const painted = new MessageChannel();
    painted.port1.onmessage = () => resolve(performance.now());
    painted.port2.postMessage(null);
  };
  requestAnimationFrame(look);
});
"""
"""Clocks a page from the start of its navigation to the frame that first shows the selector."""


def offline_start(bench: Bench) -> None:
    """Taps on the register, then starts without network: each a browser launched anew."""
    with bench.data("tablet") as data:
        demo, storage = make_demo(bench.folder, data / "server"), data / "device"
        with (
            ServerProcess(data / "server", settings=bench.settings) as server,
            chromium(bench.chromium) as browser,
        ):
            address = server.address
            with browser.device(storage) as context:
                context.add_init_script(TAPS)
                page = sign_in(context, address, demo.teacher)
                page.goto(f"{address}{demo.path}")
                page.locator(".tm-pupil").first.wait_for()
                page.wait_for_timeout(SETTLED_MS)
                taps = _taps(page, demo, bench.repeats)
            _say(bench, f"tap to mark painted, CPU {SLOWER} times slower", taps)
            for name, path, first in (
                ("register's first row", demo.path, ".tm-pupil"),
                ("list of today's registers", "/", ".tm-sheet-card"),
            ):
                starts = _starts(browser, storage, f"{address}{path}", first, bench.repeats)
                _say(bench, f"offline start to the {name}, CPU {SLOWER} times slower", starts)


def _say(bench: Bench, what: str, taken: Latencies) -> None:
    for share in (0.5, 0.95):
        one = f"{what}, p{share * 100:.0f} of {len(taken)}"
        bench.report.figure(ROW, one, taken.percentile(share), "ms")
    bench.report.raw(f"{ROW} {what}", taken.summary())


def _slow(page: Page) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def _taps(page: Page, demo: Demo, repeats: int) -> Latencies:
    """Mark every pupil not here, then here, and so on; nothing is saved."""
    _slow(page)
    pupils = [row.pupil for row in demo.sheet.rows]
    for number in range(3 * repeats):
        pupil, code = pupils[number % len(pupils)], "N/"[number // len(pupils) % 2]
        mark = page.locator(f"[data-pupil={pupil}] [data-code='{code}']")
        mark.scroll_into_view_if_needed()
        page.wait_for_timeout(CALM_MS)
        mark.tap()
    page.wait_for_timeout(CALM_MS)
    taken = Latencies()
    for milliseconds in page.evaluate("globalThis.taps"):
        taken.add_ms(milliseconds)
    return taken


def _starts(
    browser: Chromium, storage: Path, address: str, selector: str, repeats: int
) -> Latencies:
    taken = Latencies()
    for _ in range(repeats):
        with browser.device(storage, offline=True) as context:
            page = context.pages[0]
            page.add_init_script(SHOWN.replace("SELECTOR", json.dumps(selector)))
            _slow(page)
            page.goto(address, wait_until="commit")
            taken.add_ms(page.evaluate("globalThis.shown"))
    return taken


def script_size(bench: Bench) -> None:
    """JavaScript that must be there before the first screen, as its files are sent.

    Like ``pwa/scripts/budget.mjs``: the entry of Vite's manifest and what it imports statically.
    """
    manifest = json.loads((DIST / ".vite" / "manifest.json").read_text("utf-8"))
    wanted, seen = ["index.html"], set[str]()
    while wanted:
        key = wanted.pop()
        if key not in seen:
            seen.add(key)
            wanted += manifest[key].get("imports", [])
    files = [DIST / manifest[key]["file"] for key in seen]
    size = sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)
    bench.report.figure(ROW, "JavaScript before the first screen, gzip", size / 1024, "KiB")
    bench.report.raw("P14 script", {"bytes": size, "files": len(files)})
