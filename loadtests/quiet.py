"""P9, a sync that finds nothing new: one request, how many bytes, how long."""

from __future__ import annotations

import asyncio
import time

from playwright.sync_api import Page, Request

from loadtests.bench import Bench
from loadtests.browser import chromium
from loadtests.browser import sign_in as sign_in_on_screen
from loadtests.client import Connection
from loadtests.demo import Demo, make_demo, pull, sign_in
from loadtests.latencies import Latencies
from loadtests.loop import run
from loadtests.pen import Pen, now
from loadtests.process import ServerProcess

__all__ = ["nothing_new", "requests"]

ROW = "P9"
ASKED = 2000
PUBLISHED_S = 2.0
"""Long enough for the register pushed at first to be on its sheet."""
SETTLED_MS = 3000
"""Long enough for a tablet to have fetched everything, and to wait for news."""


def nothing_new(bench: Bench) -> None:
    """A teacher of the demonstration's secondary school, on a tablet that has everything."""
    with bench.data("quiet") as data:
        demo = make_demo(bench.folder, data)
        with ServerProcess(data, settings=bench.settings) as server:
            taken, sizes, asked_bytes = run(_ask(server.port, demo))
    say = bench.report.figure
    say(ROW, "sync that finds nothing new: answer, headers and body, largest", max(sizes), "bytes")
    say(ROW, "sync that finds nothing new: the request itself", asked_bytes, "bytes")
    for share in (0.5, 0.95, 0.99):
        what = f"sync that finds nothing new, one after the other, p{share * 100:.0f}"
        say(ROW, what, taken.percentile(share), "ms")
    raw = {"answer_bytes": sorted(set(sizes)), "request_bytes": asked_bytes, **taken.summary()}
    bench.report.raw("P9", raw)


def requests(bench: Bench) -> None:
    """The same teacher in Chromium: what the app sends until it waits for news again."""
    with bench.data("quiet") as data:
        demo = make_demo(bench.folder, data / "server")
        with (
            ServerProcess(data / "server", settings=bench.settings) as server,
            chromium(bench.chromium) as browser,
            browser.device(data / "device") as context,
        ):
            page = sign_in_on_screen(context, server.address, demo.teacher)
            page.wait_for_timeout(SETTLED_MS)
            seen = _requests(page)
    what = "sync that finds nothing new: requests of a tablet in Chromium"
    bench.report.figure(ROW, what, len(seen), "requests")
    bench.report.raw("P9 requests", seen)


def _requests(page: Page) -> list[str]:
    """Requests from a reason to ask until the tablet waits for news; at least one of them waits."""
    sent: list[Request] = []

    def note(request: Request) -> None:
        sent.append(request)

    page.on("request", note)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(SETTLED_MS)
    page.remove_listener("request", note)
    waits = [(one.post_data_json or {}).get("wait_s", 0) > 0 for one in sent]
    assert any(waits), "the tablet did not go back to waiting"
    asked = [one for one, waiting in zip(sent, waits, strict=True) if not waiting]
    return [f"{one.method} {one.url.rpartition('/')[2]}" for one in asked]


async def _ask(port: int, demo: Demo) -> tuple[Latencies, list[int], int]:
    connection = await Connection.open(port)
    cookie = await sign_in(connection, demo.teacher)
    pen = Pen(demo.school, demo.teacher.person, demo.teacher.role.value, cookie)
    claim = {"pupil": demo.sheet.rows[0].pupil, "code": "/", "observed_at": now(), "replaces": []}
    entry = pen.write(
        "register.taken",
        group=demo.sheet.group,
        date=demo.sheet.date,
        session=demo.sheet.session,
        claims=[claim],
    )
    answer = await connection.ask(pen.push(entry))
    assert answer.status == 201, f"pushing: {answer.status}"
    await asyncio.sleep(PUBLISHED_S)
    token, _ = await pull(connection, demo.school, cookie, "0")
    answer = await connection.ask(pen.sync(token))
    receipt = answer.json()["receipts"][0]["tag"]
    taken, sizes = Latencies(), []
    request = pen.sync(token, receipt=receipt)
    for _ in range(ASKED):
        began = time.perf_counter()
        answer = await connection.ask(request)
        taken.add_s(time.perf_counter() - began)
        sizes.append(answer.size)
        said = answer.json()
        found = said["news"] or said["receipts"]
        assert not found, "there was something new"
    connection.close()
    return taken, sizes, len(request)
