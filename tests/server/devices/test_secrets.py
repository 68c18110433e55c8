"""What the logs and the store hold of devices: no code, no name, no note, nothing that signs in."""

from __future__ import annotations

import io
import logging
import re

import orjson

from server import logs
from server.settings import Settings
from tests.factory import TUTOR, Tablet, claim
from tests.server.devices.signer import Signing, enrol, make_code, signer
from tests.server.devices.test_revocation import revoke
from tests.server.town import PASSWORD, Town, ask, credentials, push


async def test_the_life_of_a_tablet_leaves_no_secret_in_the_logs(place: Town) -> None:
    lines = io.StringIO()
    logs.configure(Settings(log_level="debug", log_format="json"), lines)
    label, note = "Trolley Nine", "Left with Mrs O’Neil"
    device = signer(place)
    async with place.visit("olu") as office:
        code = await make_code(place, office, label=label)
    await enrol(place, device, "AAAA-BBBB")
    await enrol(place, device, code)
    async with place.browser() as browser:
        browser.auth = Signing(device)
        await browser.post("/session", json=credentials("tess"))
        cookie = browser.cookies["tidemark_session"]
        await ask(browser, device=device.device)
        await push(browser, Tablet(TUTOR).register(claim(1)))
        await revoke(place, device.device, note=note)
        await browser.get("/session")
        left = {"entries": [{"school": "sch-test", "docs": [note]}], "last": True}
        await browser.post("/devices/farewell", json=left)
        await browser.post("/devices/wiped")
    text = lines.getvalue()
    assert {"/devices", "/devices/farewell", "/devices/wiped"} <= set(
        re.findall(r'"route":"([^"]*)"', text)
    )
    private = (code, code.replace("-", ""), "AAAA", label, note, "Neil", device.device, cookie)
    proof = device.proof("GET", "http://tidemark.test/session").split(".")[0]
    assert not [word for word in (*private, proof, PASSWORD) if word in text]
    logging.getLogger().handlers.clear()


async def test_the_store_holds_nothing_to_enrol_or_to_sign_with(place: Town) -> None:
    device = signer(place)
    async with place.visit("olu") as office:
        code = await make_code(place, office)
        await enrol(place, device, code)
        unused = await make_code(place, office)
    documents = await place.site.accounts.database.range("", "~")
    text = orjson.dumps([[one.id, one.body] for one in documents]).decode()
    assert device.device in text
    assert code.replace("-", "") not in text
    assert unused.replace("-", "") not in text
    assert device.jwk["x"] not in text
