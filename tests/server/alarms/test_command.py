"""``tidemark alarm test``, over a folder of its own and real servers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.accounts import Accounts
from server.passwords import Passwords
from server.settings import Settings
from server.stores import FOLDER
from sync.stores.sqlite import SqliteStore
from tests.server.alarms.area import (
    LEAD,
    MAILS,
    PHONES,
    SECRET,
    MailServer,
    Webhook,
    accounts,
    make_area,
    messages,
    ways,
)
from tests.server.process import run
from tests.server.town import CHEAP


async def found(data: Path) -> None:
    store = SqliteStore(data / FOLDER)
    passwords = Passwords(Settings(**CHEAP))
    try:
        await make_area(store)
        await (await Accounts.open(store, passwords)).put(accounts(None))
    finally:
        passwords.close()
        await store.close()


@pytest.fixture
def sent() -> Iterator[tuple[MailServer, Webhook]]:
    with messages() as both:
        yield both


def test(data: Path, to: str, settings: dict[str, Any]) -> tuple[int, str]:
    said = {f"TIDEMARK_{name.upper()}": str(value) for name, value in settings.items()}
    done = run("alarm", "test", to, "--data", str(data), **said)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def test_a_person_is_sent_a_message_each_way_and_told_what_became_of_it(tmp_path: Path, sent):
    mail, texts = sent
    asyncio.run(found(tmp_path))
    code, said = test(tmp_path, "lee", ways(*sent))
    assert code == 0
    assert f"mail to Lee Lead ({MAILS[LEAD.person]}): handed over" in said
    assert f"sms to Lee Lead ({PHONES[LEAD.person]}): handed over" in said
    assert mail.subjects(LEAD.person) == ["A test of Tidemark's alarms"]
    assert "nothing has happened" in texts.to(LEAD.person)[0]
    mail.refuses = True
    texts.status = 403
    code, said = test(tmp_path, LEAD.person, ways(*sent))
    assert code == 1
    assert "NOT sent: SMTP 451" in said
    assert "NOT sent: HTTP 403" in said
    assert SECRET not in said


def test_an_address_or_a_number_is_enough(tmp_path: Path, sent):
    mail, texts = sent
    assert test(tmp_path, "someone@example.gov.uk", ways(*sent))[0] == 0
    assert test(tmp_path, "+44 1632 960005", ways(*sent))[0] == 0
    assert (len(mail.mails), len(texts.texts)) == (1, 1)
    code, said = test(tmp_path, "+44 1632 960005", ways(mail, None))
    assert code == 1
    assert "Nothing can be sent to" in said


def test_without_a_way_or_a_person_it_says_what_to_do(tmp_path: Path, sent):
    code, said = test(tmp_path, "lee", {})
    assert code == 1
    assert "smtp_host" in said
    asyncio.run(found(tmp_path))
    code, said = test(tmp_path, "nobody", ways(*sent))
    assert code == 1
    assert "nobody's id or username" in said


test.__test__ = False  # type: ignore[attr-defined]
