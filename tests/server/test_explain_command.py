"""``tidemark explain``, over a folder of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.cli import app
from server.settings import Settings
from server.stores import open_store
from sync.clock import SystemClock
from tests.factory import HEAD, MONDAY, TUTOR, Tablet, claim
from tests.server.town import SCHOOL, Town, push, town

MOMENT = f"{MONDAY}T09:30:00.000Z"


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """A store in files, with a register and a grant."""
    store = open_store(Settings(data=tmp_path), SystemClock(), "nowhere; it is a test")
    async with town(store) as place:
        await filled(place)
    await store.close()
    return tmp_path


async def filled(place: Town) -> None:
    async with place.visit() as browser:
        await push(browser, Tablet(TUTOR).register(claim(2)))
    given = Tablet(HEAD, log="4" * 32).write(
        "grant.given",
        person="staff-cover",
        grants="cover_teacher",
        groups=["form-2"],
        starts=f"{MONDAY}T09:00:00.000Z",
        ends=f"{MONDAY}T15:30:00.000Z",
        purpose="Tess is on a course",
    )
    async with place.visit("hana") as browser:
        await push(browser, given)
    await place.settle()


def explain(folder: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["explain", *words, "--data", str(folder)])
    return done.exit_code, " ".join((done.output or str(done.exception)).split())


async def test_it_says_why_in_words_and_as_json(folder: Path) -> None:
    import asyncio

    def run() -> None:
        sheet = f"sheet:{MONDAY}:AM:form-2"
        code, said = explain(folder, "cal", sheet, "--at", MOMENT)
        assert code == 0
        assert "Cal Cover (staff-cover) sees" in said
        assert "given by Hana Head: Tess is on a course" in said
        code, said = explain(folder, "cal", sheet, "--at", f"{MONDAY}T16:00:00.000Z")
        assert "does not see" in said
        assert "ended at 15:30 on 23 November 2026" in said
        code, said = explain(folder, "staff-tutor", "card:pup-2", "--at", MOMENT, "--json")
        assert json.loads(said)["sees"] is True
        code, said = explain(folder, "nobody", "school")
        assert code == 1
        assert "say in which school with --school" in said
        code, said = explain(folder, "nobody", "school", "--school", SCHOOL, "--at", MOMENT)
        assert (code, "was never granted anything" in said) == (0, True)
        code, said = explain(folder, "tess", "school", "--at", "noon")
        assert (code, "is no moment" in said) == (1, True)
        code, said = explain(folder, "tess", "school", "--school", "sch-none")
        assert (code, "There is no school sch-none" in said) == (1, True)

    await asyncio.to_thread(run)
