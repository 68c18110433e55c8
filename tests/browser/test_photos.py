"""A photo of a visit: taken without a signal, killed and cut on its way, seen by whoever may."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import CDPSession, Locator, Page, Request, expect

from tests.browser.conftest import Room, running
from tests.browser.demonstration import Demonstration, Person
from tests.browser.devices import Device
from tests.browser.looks import look
from tests.browser.screens import dialog, go, sign_in, status
from tests.browser.servers import Server
from tests.browser.test_tablets import CODE, enrol_device, revoke
from tests.server.photos.pictures import picture

AT = "15:30"
CAPTION = "The broken lock of the back door"
LARGE = (2000, 1500)
"""Of noise: over a megabyte, however it is pressed."""
SLOW = {"offline": False, "latency": 40, "downloadThroughput": -1, "uploadThroughput": 48 * 1024}
"""A village's signal: some half a minute for a large photo."""
QUICK = SLOW | {"latency": 0, "uploadThroughput": -1}
COUNT_PHOTOS = """
async () => {
  const answer = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  let found = 0;
  for (const { name } of await indexedDB.databases()) {
    const database = await answer(indexedDB.open(name));
    if (database.objectStoreNames.contains("photos")) {
      found += await answer(database.transaction("photos").objectStore("photos").count());
    }
    database.close();
  }
  return found;
}
"""
GONE = r"net::ERR_(CONNECTION_|SOCKET_NOT_CONNECTED|EMPTY_RESPONSE|FAILED|ABORTED)"
CUT = r"status of 409 .*/_photos/"
"""Of a portion that was cut more had come than the tablet was told; it goes on from there."""
SOON_MS = 30_000


@pytest.fixture
def server(demonstration: Demonstration, tmp_path: Path) -> Iterator[Server]:
    """A server of each test's own: at each a worker stands at the first door of the day."""
    with running(demonstration, AT, tmp_path) as one:
        yield one


@pytest.fixture
def worker(demonstration: Demonstration) -> Person:
    return demonstration.family_workers[0]


def test_taken_without_a_signal_it_survives_the_browser_and_comes_after_the_entries(
    room: Room, demonstration: Demonstration, worker: Person, tmp_path: Path
) -> None:
    tablet = room.restartable("worker")
    device = tablet.device
    sign_in(device.open(), worker)
    device.keeps_the_app()
    device.lose_network()
    page = device.page
    visit = _at_the_door(page)
    page.goto(f"{device.address}/visits/{visit}")
    _take(page, _file(tmp_path, picture(size=(640, 400), located=True)))
    line = _line(page, CAPTION)
    expect(line).to_contain_text("On this tablet")
    expect(line.get_by_role("img", name=CAPTION)).to_be_visible()
    look(page, "photo-on-this-tablet")
    tablet.kill()

    device = tablet.launch(offline=True)
    page = device.open(f"/visits/{visit}")
    line = _line(page, CAPTION)
    expect(line).to_contain_text("It is sent when there is a signal, after everything you wrote.")
    expect(line.get_by_role("img", name=CAPTION)).to_be_visible()

    device.watch.expect(CUT)
    asked: list[str] = []
    device.context.on("request", lambda request: asked.append(_step(request)))
    device.context.clear_cookies()
    device.find_network()
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, worker)
    page.goto(f"{device.address}/visits/{visit}")
    expect(line).to_contain_text("Received", timeout=SOON_MS)
    look(page, "photo-received")
    steps = [one for one in dict.fromkeys(asked) if one]
    assert steps == ["entries", "thumbnail", "photo"]

    lead = room.signed_in(demonstration.team_lead)
    shown: list[str] = []
    lead.context.on("request", lambda request: shown.append(request.url))
    lead.open(f"/visits/{visit}")
    theirs = _line(lead.page, CAPTION)
    small = theirs.get_by_role("img", name=CAPTION)
    expect(small).to_be_visible()
    expect(theirs).to_contain_text(f"taken by {worker.name}")
    look(lead.page, "photo-small")
    narrow = small.evaluate("(image) => image.naturalHeight")
    theirs.get_by_role("button", name="Show it large").click()
    expect(theirs.get_by_role("button", name="Show it small")).to_be_visible()
    lead.page.wait_for_function(
        "(than) => document.querySelector('.tm-photos__picture').naturalHeight > than", arg=narrow
    )
    look(lead.page, "photo-large")
    (small_one, large_one) = dict.fromkeys(one for one in shown if "/_photos/" in one)
    kept = Image.open(io.BytesIO(lead.page.request.get(large_one).body()))
    assert kept.size == (400, 640), "it was turned by a quarter, and stands upright now"
    assert not kept.getexif()
    assert not {"exif", "xmp", "comment"} & set(kept.info)

    outsider = room.signed_in(demonstration.officer)
    for address in (small_one, large_one):
        assert outsider.page.request.get(address).status in {403, 404}


def test_what_is_no_photo_is_refused_in_words_and_nothing_of_it_is_kept(
    room: Room, worker: Person, tmp_path: Path
) -> None:
    device = room.signed_in(worker)
    page = device.page
    _open_begun(page, device)
    _take(page, _file(tmp_path, b"The minutes of a meeting.\n" * 400))
    error = page.get_by_role("alert").filter(has_text="not a photo")
    expect(error).to_contain_text("Take the photo again, or choose another.")
    expect(page.get_by_label("What the photo shows")).to_have_value(CAPTION)
    expect(page.get_by_role("region", name="Photos").get_by_role("listitem")).to_have_count(0)
    look(page, "photo-refused")
    assert page.evaluate(COUNT_PHOTOS) == 0
    damaged = picture(size=(400, 300))
    _take(page, _file(tmp_path, damaged[:200]))
    expect(error).to_be_visible()
    assert page.evaluate(COUNT_PHOTOS) == 0
    _take(page, _file(tmp_path, damaged))
    expect(_line(page, CAPTION)).to_contain_text("Received")
    expect(error).to_have_count(0)


def test_a_server_without_room_or_gone_is_said_and_it_is_tried_again(
    room: Room, server: Server, worker: Person, tmp_path: Path
) -> None:
    device = room.signed_in(worker)
    device.watch.expect("status of 507", GONE, CUT)
    page = device.page
    _open_begun(page, device)
    full = "The server has no room left. Nothing is lost."
    page.route(
        "**/_photos/**",
        lambda route: route.fulfill(
            status=507,
            content_type="application/problem+json",
            json={"code": "storage_full", "title": "Full", "detail": full, "status": 507},
        ),
    )
    _take(page, _file(tmp_path, picture(size=(800, 600))))
    line = _line(page, CAPTION)
    expect(line).to_contain_text("Not sent yet")
    expect(line).to_contain_text("It is kept on this tablet and tried again by itself.")
    look(page, "photo-not-sent")
    page.unroute("**/_photos/**")
    line.get_by_role("button", name=f"Send again now: {CAPTION}").click()
    expect(line).to_contain_text("Received")

    wire = _slowly(device)
    other = "The stairs"
    _take(page, _file(tmp_path, picture(size=LARGE)), other)
    line = _line(page, other)
    expect(line.get_by_role("progressbar")).to_be_visible(timeout=SOON_MS)
    server.kill()
    expect(line).to_contain_text("Not sent yet", timeout=SOON_MS)
    server.start()
    wire.send("Network.emulateNetworkConditions", QUICK)
    expect(line).to_contain_text("Received", timeout=2 * SOON_MS)


def test_a_call_for_help_does_not_wait_for_a_large_photo(
    room: Room, worker: Person, tmp_path: Path
) -> None:
    device = room.signed_in(worker)
    page = device.page
    device.watch.expect(CUT)
    _open_begun(page, device)
    wire = _slowly(device)
    _take(page, _file(tmp_path, picture(size=LARGE)))
    line = _line(page, CAPTION)
    expect(line.get_by_role("progressbar")).to_be_visible(timeout=SOON_MS)
    page.get_by_role("button", name="I need help").click()
    page.get_by_role("button", name="Yes, call for help now").click()
    expect(status(page)).to_contain_text("received")
    expect(line).to_contain_text("Sending: ")
    look(page, "photo-sending")
    wire.send("Network.emulateNetworkConditions", QUICK)
    expect(line).to_contain_text("Received", timeout=SOON_MS)


def test_what_waits_is_counted_at_signing_out_and_on_a_tablet_that_is_revoked(
    room: Room, demonstration: Demonstration, worker: Person, tmp_path: Path
) -> None:
    desk = room.signed_in(demonstration.team_lead).page
    go(desk, "Tablets")
    desk.get_by_role("button", name="Enrol a tablet").click()
    dialog(desk).get_by_label("What is it called?").fill("Car 3")
    dialog(desk).get_by_role("radio", name="Anybody who works here").check()
    dialog(desk).get_by_role("button", name="Show the code").click()
    code = dialog(desk).get_by_text(CODE).inner_text()
    device = room.device("tablet")
    device.watch.expect("status of 40[13]")
    enrol_device(device, desk, code)
    page = device.page
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, worker)
    device.keeps_the_app()
    device.lose_network()
    _open_begun(page, device)
    _take(page, _file(tmp_path, picture()))
    expect(_line(page, CAPTION)).to_contain_text("On this tablet")
    expect(status(page)).to_contain_text("2 entries wait. 1 photo waits.")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("2 entries and 1 photo wait on this tablet")).to_be_visible()
    look(page, "photo-signed-out")

    revoke(desk, "Car 3")
    device.find_network()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("This tablet is revoked")
    main = page.get_by_role("main")
    expect(main).to_contain_text("2 entries were handed over.", timeout=SOON_MS)
    expect(main).to_contain_text("1 photo of a visit that the server did not have is gone.")
    expect(main).to_contain_text("so that they can be taken again")
    look(page, "photo-revoked")


def _file(folder: Path, content: bytes) -> Path:
    file = folder / "IMG_0001.jpg"
    file.write_bytes(content)
    return file


def _take(page: Page, file: Path, caption: str = CAPTION) -> None:
    page.get_by_label("What the photo shows").fill(caption)
    page.get_by_label("Take a photo").set_input_files(file)


def _line(page: Page, caption: str) -> Locator:
    photos = page.get_by_role("region", name="Photos")
    return photos.get_by_role("listitem").filter(has_text=caption)


def _at_the_door(page: Page) -> str:
    """Go to the door of the day's next visit; its id."""
    lines = page.get_by_role("region", name="Today").get_by_role("article")
    lines.filter(has_not_text="Handed in").first.get_by_role("link").click()
    page.get_by_role("button", name="I am at the door").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("At the door")
    return page.url.split("/visits/")[1].split("/")[0]


def _open_begun(page: Page, device: Device) -> None:
    """The page of a visit at whose door the worker stands."""
    visit = _at_the_door(page)
    page.goto(f"{device.address}/visits/{visit}")
    expect(page.get_by_label("What the photo shows")).to_be_visible()


def _step(request: Request) -> str:
    """What of a photo's way a request is; nothing for any other."""
    if request.url.endswith("/_bulk_docs"):
        return "entries"
    return request.url.rpartition("/")[2] if request.method == "PATCH" else ""


def _slowly(device: Device) -> CDPSession:
    """The wire of a device's page, made slow; what sets it is answered by the one returned."""
    wire = device.context.new_cdp_session(device.page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW)
    return wire
