"""P11, from reconnect to the coordinator's screen: in two browsers, and without any."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

from playwright.sync_api import Page

from loadtests.bench import Bench
from loadtests.browser import DESKTOP, chromium, sign_in
from loadtests.client import Connection
from loadtests.demo import Demo, make_demo, pull
from loadtests.demo import sign_in as sign_in_plainly
from loadtests.latencies import Latencies
from loadtests.loop import run
from loadtests.pen import Pen, now
from loadtests.process import ServerProcess

__all__ = ["on_the_screen", "over_http"]

ROW = "P11"
CALM_S = 1.0
"""Between two tries, so that each finds a server with nothing to do."""
NOTHING_UNSAVED = re.compile(r"^Save$")
"""What the button says once every mark chosen is an entry in the tablet's store."""
ONLINE = "addEventListener('online', () => { globalThis.cameOnline = Date.now(); });"
MARKED = ".tm-office-figure:nth-child(2) .tm-office-figure__value"
WATCH = """([selector, before]) => {
  globalThis.shown = new Promise((resolve) => {
    const look = () => {
      const found = document.querySelector(selector);
      if (found === null || found.textContent === before) return requestAnimationFrame(look);
      const painted = new MessageChannel();
      painted.port1.onmessage = () => resolve(Date.now());
      painted.port2.postMessage(null);
    };
    requestAnimationFrame(look);
  });
}"""
"""Resolves once the browser has painted a text that differs from ``before``."""


def on_the_screen(bench: Bench) -> None:
    """A teacher marks one pupil without a signal, and walks back into reach; the officer looks on.

    Clocked from the tablet's ``online`` event to the frame of the officer's page that counts the
    pupil as marked. Both browsers are on this machine, so they have one clock.
    """
    with bench.data("reconnect") as data:
        demo = make_demo(bench.folder, data / "server")
        with ServerProcess(data / "server", settings=bench.settings) as server:
            taken = _in_browsers(bench, demo, server.address, data)
    for share in (0.5, 0.95):
        what = f"reconnect to the mark on the officer's screen, p{share * 100:.0f}"
        bench.report.figure(ROW, f"{what} of {len(taken)}", taken.percentile(share), "ms")
    bench.report.raw("P11 screen", taken.summary())


def _in_browsers(bench: Bench, demo: Demo, address: str, data: Path) -> Latencies:
    taken = Latencies()
    with (
        chromium(bench.chromium) as browser,
        browser.device(data / "desk", size=DESKTOP) as desk,
        browser.device(data / "tablet") as tablet,
    ):
        office = sign_in(desk, address, demo.officer)
        office.get_by_role("tab", name="Morning").click()
        office.locator(MARKED).wait_for()
        tablet.add_init_script(ONLINE)
        register = sign_in(tablet, address, demo.teacher)
        register.goto(f"{address}{demo.path}")
        pupils = [row.pupil for row in demo.sheet.rows][:-1]
        for pupil in pupils[: bench.repeats]:
            office.wait_for_timeout(CALM_S * 1000)
            before = office.locator(MARKED).text_content()
            tablet.set_offline(True)
            _mark(register, pupil)
            office.evaluate(WATCH, [MARKED, before])
            tablet.set_offline(False)
            shown = office.evaluate("globalThis.shown")
            taken.add_ms(shown - register.evaluate("globalThis.cameOnline"))
    return taken


def _mark(register: Page, pupil: str) -> None:
    """Mark one pupil as here, save the register in part, and see that it is on the tablet."""
    register.locator(f"[data-pupil={pupil}] [data-code='/']").click()
    register.locator(".tm-bar__save").click()
    register.get_by_role("button", name="Save the others").click()
    register.locator(".tm-bar__save", has_text=NOTHING_UNSAVED).wait_for()


def over_http(bench: Bench) -> None:
    """The same without browsers: from a teacher's push to the sheet in the officer's hands.

    The officer's device holds a ``_sync``, is told of news, and pulls, as the app does.
    """
    with bench.data("reconnect") as data:
        demo = make_demo(bench.folder, data)
        with ServerProcess(data, settings=bench.settings) as server:
            taken = run(_over_http(server.port, demo, bench.repeats))
    for share in (0.5, 0.95):
        what = f"push to the changed sheet at the officer's device, p{share * 100:.0f}"
        bench.report.figure(ROW, f"{what} of {len(taken)}", taken.percentile(share), "ms")
    bench.report.raw("P11 http", taken.summary())


async def _over_http(port: int, demo: Demo, repeats: int) -> Latencies:
    tablet, desk = await Connection.open(port), await Connection.open(port)
    cookie = await sign_in_plainly(tablet, demo.teacher)
    teacher = Pen(demo.school, demo.teacher.person, demo.teacher.role.value, cookie)
    cookie = await sign_in_plainly(desk, demo.officer)
    officer = Pen(demo.school, demo.officer.person, demo.officer.role.value, cookie)
    token, _ = await pull(desk, demo.school, cookie, "0")
    taken = Latencies()
    for row in demo.sheet.rows[:repeats]:
        await asyncio.sleep(CALM_S)
        token, _ = await pull(desk, demo.school, cookie, token)
        entry = teacher.write(
            "register.taken",
            group=demo.sheet.group,
            date=demo.sheet.date,
            session=demo.sheet.session,
            claims=[{"pupil": row.pupil, "code": "/", "observed_at": now(), "replaces": []}],
        )
        held = desk.ask(officer.sync(token, wait_s=30))
        await asyncio.sleep(CALM_S / 10)
        began = time.perf_counter()
        pushing = tablet.ask(teacher.push(entry))
        wanted = entry["_id"].encode()
        while True:
            answer = await held
            assert answer.json()["news"], "no news within the wait"
            token, pages = await pull(desk, demo.school, cookie, token)
            if any(wanted in page.body for page in pages):
                break
            held = desk.ask(officer.sync(token, wait_s=30))
        taken.add_s(time.perf_counter() - began)
        assert (await pushing).status == 201, "the push was refused"
    tablet.close()
    desk.close()
    return taken
