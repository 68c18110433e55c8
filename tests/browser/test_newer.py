"""What only a newer version of the app can show: kept, told of, and nothing else is hidden."""

from playwright.sync_api import Route, expect

from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration
from tests.browser.looks import look
from tests.browser.screens import Register, go, sign_in, status

AT = "08:54"
TOLD = "An update is needed to show everything: 1 item."


def _planted(route: Route) -> None:
    """The server of next year publishes a kind of document that this app does not know."""
    answer = route.fetch()
    page = answer.json()
    if page.get("results"):
        last = page["results"][-1]
        plan = {"_id": "plan:2026-05-20", "_rev": "1-a", "type": "plan"}
        page["results"].append(last | {"id": plan["_id"], "doc": plan})
    route.fulfill(response=answer, json=page)


def test_a_document_of_a_newer_kind_is_kept_and_an_update_is_offered(
    room: Room, demonstration: Demonstration
) -> None:
    device = room.device("tutor")
    device.page.context.route("**/_changes*", _planted, times=1)
    page = device.open()
    sign_in(page, demonstration.tutor)
    expect(status(page)).to_contain_text(TOLD)
    look(page, "update-needed")
    line = page.get_by_role("region", name="Sending and receiving")
    line.get_by_role("button", name="Get the update").click()
    expect(line).to_contain_text("No update could be found yet. What came is kept")
    register = Register.next(page)
    expect(line).to_contain_text("Finish this register, then get the update.")
    register.mark(register.unplanned()[0], "Here")
    page.reload()
    go(page, "Today")
    expect(status(page)).to_contain_text(TOLD)
